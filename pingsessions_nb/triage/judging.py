"""How grave a case is: independent facts, what speaks against them, and the sum of both.

A case has facts, not findings: an unusual place and the impossible journey there are one. Each
fact has the severity of its gravest finding. What speaks against alarm takes it down to ``low``:

- the network is one of many users who come back (see `traffic`), so that it is a carrier's,
  a relay's or an office's, and where it surfaces says little; or all else that is known of the user
  came through such networks, so that nobody knows where home is;
- the same was judged benign before.

Two independent facts of one session that nothing speaks against are a step more severe than the
graver of the two.

Score
    A sum, whose parts are in the evidence: of each fact 1, 3 or 6 for low, medium or high; 2 for
    each further independent fact of a session; up to 5 for the statistical risk (a third of
    `ps.risk`'s score, the log odds of Freeman et al., NDSS 2016); up to 2 for the rarity of the
    country in the tenant (the decimal logarithm of users for each one who is ever there); the
    binary logarithm of the number of users; -3 for each thing that speaks against. The constants
    were chosen on one generator of histories, and measured on others: see the tests.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from pingsessions_nb.detectors.findings import HIGH, LOW, MEDIUM
from pingsessions_nb.triage.surroundings import Surroundings, Visit
from pingsessions_nb.triage.traffic import STEADY_USERS, Sharing
from pingsessions_nb.wording import counted

_WEIGHTS = (1.0, 3.0, 6.0)
_MOST_RISK, _MOST_RARITY = 5.0, 2.0
_EXPLAINED_BY_NETWORK = ("place", "device", "crowd")
_LONELY = ("place", "device")
_LEARNED = 100  # users: of fewer, nothing can be learned of who shares a network
NO_HOME = (
    "All else that is known of the user came through networks of many, which may be seen in "
    "another city, so that nobody knows where the user is at home."
)
BENIGN = "The same was judged benign before."
HABIT = "The user makes this hop again and again."


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
class Judgement:
    """What is thought of a case.

    Attributes
    ----------
    severity : int
    facts : dict of str to int
        Severity of each, after what speaks against it.
    independent : int
        The most facts that one session has and nothing speaks against.
    against : list of str
        Sentences.
    parts : dict of str to float
        What adds up to the score.
    """

    severity: int = LOW
    facts: dict[str, int] = field(default_factory=dict)
    independent: int = 0
    against: list[str] = field(default_factory=list)
    parts: dict[str, float] = field(default_factory=dict)

    @property
    def score(self) -> float:
        """The sum of the parts."""
        return round(sum(self.parts.values()), 3)


def judge(
    found: Sequence[Finding],
    around: Surroundings,
    scores: Mapping[str, float],
    benign: set[int],
) -> Judgement:
    """Judge the findings of a case.

    Parameters
    ----------
    found : sequence of Finding
    around : Surroundings
    scores : mapping of str to float
        The risk of each session, where it has one.
    benign : set of int
        The ``id`` of findings whose like was judged benign.
    """
    told = Judgement()
    explained, lonely, returned = _explained(found, around, told.against)
    sound: dict[str, dict[str, int]] = defaultdict(dict)
    for each in found:
        liked = id(each) in benign
        known = each.session_id in (returned if each.fact == "crowd" else explained)
        known = known and each.fact in _EXPLAINED_BY_NETWORK
        lifted = each.session_id in lonely and each.fact in _LONELY and each.level == LOW
        level = LOW if liked or known else MEDIUM if lifted else each.level
        told.facts[each.fact] = max(told.facts.get(each.fact, LOW), level)
        told.severity = max(told.severity, level)
        if not (liked or known):
            of = sound[each.session_id]
            of[each.fact] = max(of.get(each.fact, LOW), level)
        if liked:
            told.against.append(BENIGN)
        if "habit_days" in each.evidence:
            told.against.append(HABIT)
    for facts in sound.values():
        told.severity = max(told.severity, min(HIGH, max(facts.values()) + (len(facts) > 1)))
        told.independent = max(told.independent, len(facts))
    told.against = list(dict.fromkeys(told.against))
    _weigh(told, found, around, scores)
    return told


def _explained(
    found: Sequence[Finding], around: Surroundings, against: list[str]
) -> tuple[set[str], set[str], set[str]]:
    """Tell sessions by the networks they came from, away from their user's usual place.

    Returns
    -------
    explained : set of str
        Sessions of which networks of many explain where they seem to be.
    lonely : set of str
        Sessions from networks from which nobody else comes, and the user not otherwise.
    returned : set of str
        Sessions from networks to which many come back.
    """
    users = {each.user_id for each in found}
    explained, lonely, returned = set(), set(), set()
    traffic = around.traffic
    for user, session in dict.fromkeys((each.user_id, each.session_id) for each in found):
        here = {visit.network for visit in around.of_session(user, session)}
        if here and all(traffic.sharing(network).steady >= STEADY_USERS for network in here):
            returned.add(session)
        away = around.away(user, session)
        at_home = around.at_home(user, away)
        shared = [around.common(visit, users, at_home=at_home) for visit in away]
        if away and all(shared):
            explained.add(session)
            against.append(_sentence(shared))
            continue
        others = around.elsewhere(user, session)
        networks = {visit.network for visit in away}
        before = [visit for visit in others if visit.network not in networks]
        near = {visit.country for visit in away} <= {visit.country for visit in others}
        if near and before and all(around.common(each, users, at_home=True) for each in before):
            explained.add(session)
            against.append(NO_HOME)
        elif away and traffic.users >= _LEARNED and _alone(away, before, around, users):
            lonely.add(session)
    return explained, lonely, returned


def _alone(
    away: set[Visit], before: Sequence[Visit], around: Surroundings, users: set[str]
) -> bool:
    """Tell whether nobody else comes from where a session was, nor the user otherwise."""
    known = {visit.network for visit in before}
    fresh = {visit.network for visit in away} - known - {None}
    return bool(fresh) and not any(
        around.traffic.sharing(network, users).users for network in fresh
    )


def _sentence(others: Sequence[Sharing | None]) -> str:
    most = max(filter(None, others))
    return (
        f"{counted(most.users, 'other user')} come from its network, {most.steady} of them on "
        "several days: it looks like a carrier's, a relay's or an office's, which may be seen in "
        "another city."
    )


def _weigh(
    told: Judgement,
    found: Sequence[Finding],
    around: Surroundings,
    scores: Mapping[str, float],
) -> None:
    """Fill the parts of the score."""
    for fact, level in sorted(told.facts.items()):
        told.parts[fact] = _WEIGHTS[level]
    told.parts["independent facts"] = 2.0 * max(0, told.independent - 1)
    risks = [score for each in found if not math.isnan(score := scores.get(each.session_id, 0.0))]
    told.parts["risk"] = round(min(max(0.0, *risks, 0.0) / 3, _MOST_RISK), 3)
    traffic = around.traffic
    there = [
        traffic.in_country[visit.country]
        for each in found
        if each.fact == "place"
        for visit in around.away(each.user_id, each.session_id)
        if visit.country is not None
    ]
    rarity = math.log10(max(1, traffic.users) / max(1, min(there))) if there else 0.0
    told.parts["rarity"] = round(min(rarity, _MOST_RARITY), 3)
    told.parts["users"] = round(math.log2(len({each.user_id for each in found})), 3)
    told.parts["against"] = -3.0 * len(told.against)
