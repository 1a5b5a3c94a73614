"""What explains a finding innocently: networks of many, and meetings.

Where a network of many surfaces says little of where its users are, so it explains an unusual
place. It explains a device only where it is a phone, which may live on its carrier and never be
where the user's computers are, or where little is known of the user. Many users who are new to an
address are no attack where they, or others, come back, or where they bring devices of their own, of
several makes: a meeting has a network, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

import pyarrow as pa

from pingsessions_nb.addresses import networks
from pingsessions_nb.detectors.findings_frame import LOW
from pingsessions_nb.triage.surroundings import Surroundings, Visit
from pingsessions_nb.triage.traffic import STEADY_USERS, Sharing
from pingsessions_nb.wording import counted

LEAST_SESSIONS = 5
"""Of whom fewer other sessions are known, a device proves little."""
_LEARNED = 100  # users: of fewer, nothing can be learned of who shares a network
_MEETING_DEVICES = 3
NO_HOME = (
    "All else that is known of the user came through networks of many, which may be seen in "
    "another city, so that nobody knows where the user is at home."
)
MEETING = (
    "Most of them came on devices of their own, of several makes, so that it looks like a meeting "
    "or a shared hotspot."
)


class Finding(NamedTuple):
    """A finding, with its severity in numbers, and its fact."""

    kind: str
    fact: str
    level: int
    user_id: str
    session_id: str
    at: datetime
    summary: str
    to_place: str | None
    evidence: dict[str, Any]


@dataclass
class Explanation:
    """What of a case has an innocent explanation."""

    of: set[tuple[str, str]] = field(default_factory=set)  # fact and session
    # Sessions from networks from which nobody else comes, and the user not otherwise.
    lonely: set[str] = field(default_factory=set)
    # Sessions on devices that their users have in others, too.
    owned: set[str] = field(default_factory=set)
    # Of the networks of many that explain something; and what else does.
    sharing: set[Sharing] = field(default_factory=set)
    sentences: list[str] = field(default_factory=list)

    def against(self) -> list[str]:
        """Say what speaks against alarm, each thing once."""
        told = [_of_networks(self.sharing)] if self.sharing else []
        return [*told, *dict.fromkeys(self.sentences)]


def explain(found: Sequence[Finding], around: Surroundings) -> Explanation:
    """Look for what explains the findings of a case."""
    told = Explanation()
    users = {each.user_id for each in found}
    for user, session in dict.fromkeys((each.user_id, each.session_id) for each in found):
        if around.others_on(user, around.device(user, session), {session}):
            told.owned.add(session)
        before = {
            each.evidence.get("from_session_id", session)
            for each in found
            if each.session_id == session
        }
        if _explains_place(user, session, before, users, around, told):
            told.of |= {(fact, session) for fact in ("place", "replay")}
            told.of -= {("replay", each.session_id) for each in found if "changes" in each.evidence}
            phone = around.device(user, session).mobile
            if phone or around.sessions(user) <= LEAST_SESSIONS:
                told.of.add(("device", session))
    _explain_crowd([each for each in found if each.fact == "crowd"], around, told)
    return told


def _explains_place(
    user: str,
    session: str,
    before: AbstractSet[str],
    users: AbstractSet[str],
    around: Surroundings,
    told: Explanation,
) -> bool:
    """Tell whether there is an explanation of where a session was; note it, or how lonely it is."""
    away = around.away(user, session)
    networks = {visit.network for visit in away}
    others = around.elsewhere(user, session)
    rest = [visit for visit in others if visit.network not in networks]
    if away and around.traffic.users >= _LEARNED and _alone(away, rest, around, users):
        told.lonely.add(session)
    ends = away.union(*(around.away(user, each) for each in before))
    shared = [
        around.common(visit, users, at_home=around.at_home(user, visit))
        for visit in sorted(ends, key=str)
    ]
    if ends and all(shared):
        told.sharing |= set(filter(None, shared)) if len(users) == 1 else set()
        return True
    near = {visit.country for visit in away} <= {visit.country for visit in others}
    few = around.sessions(user) <= LEAST_SESSIONS
    if not (few and near and rest and _homeless(rest, users, around)):
        return False
    told.sentences += [NO_HOME] if len(users) == 1 else []
    return True


def _homeless(rest: Sequence[Visit], users: AbstractSet[str], around: Surroundings) -> bool:
    """Tell whether all that is known came through networks of many, and not from one place."""
    everywhere = len({visit.place for visit in rest}) > 1
    return all(around.common(visit, users, at_home=everywhere) for visit in rest)


def _alone(
    away: AbstractSet[Visit], rest: Sequence[Visit], around: Surroundings, users: AbstractSet[str]
) -> bool:
    """Tell whether nobody else comes from where a session was, nor the user otherwise."""
    known = {visit.network for visit in rest}
    fresh = {visit.network for visit in away} - known - {None}
    sharing = around.traffic.sharing
    return bool(fresh) and not any(sharing(network, users).users for network in fresh)


def _of_networks(sharing: AbstractSet[Sharing]) -> str:
    few, most = min(sharing), max(sharing)
    like = "a carrier's, a relay's or an office's, which may be seen in another city."
    if few.users == most.users:
        users, days = counted(most.users, "other user"), counted(most.days, "day")
        steady = most.steady >= STEADY_USERS
        often = f"{most.steady:,} of them on several days" if steady else f"on {days} altogether"
        return f"{users} come through that network, {often}, so that it looks like {like}"
    return (
        f"{few.users:,} to {most.users:,} other users come through each of the networks, again and "
        f"again, so that these look like {like}"
    )


def _explain_crowd(crowd: Sequence[Finding], around: Surroundings, told: Explanation) -> None:
    if not crowd:
        return
    sessions = {each.session_id for each in crowd}
    sharing = around.traffic.sharing
    for each in crowd:
        # The address's own network: where else a session was says nothing of the crowd.
        own = networks(pa.array([each.evidence["address"]], pa.large_string()))
        shared = sharing(own[0].as_py())
        if shared.steady >= STEADY_USERS:
            told.of.add(("crowd", each.session_id))
            told.sharing.add(shared)
    devices = [(each.user_id, around.device(each.user_id, each.session_id)) for each in crowd]
    judged = [(user, one) for user, one in devices if around.sessions(user) > 1]
    own = sum(around.others_on(user, one, sessions) > 0 for user, one in judged)
    if len({one for _, one in devices}) >= _MEETING_DEVICES and own > len(judged) / 2 > LOW:
        told.sentences.append(MEETING)
        told.of |= {("crowd", session) for session in sessions}
