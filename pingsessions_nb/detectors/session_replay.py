"""`session_replay`: a session's cookie in other hands, as only an archive can tell.

PingOne shows a session as it is now, and its last five locations. An archive keeps what it was (see
`archive.versions`) and where. A browser does not become another, nor a computer another: where the
family of a session's browser or operating system changes between recordings, its cookie was copied.
So it was where one session is used from two networks in turn, too far apart to go from one to the
other and back.

No change is an upgrade, another spelling, a page that asks for its desktop form (an iPhone that
says it is a Mac, an Android that says it is Linux), a page within an application, or Edge's mode
for Internet Explorer; unless it was where its user never is otherwise. No turn is what relays,
carriers and VPNs of the user's do: through a block of addresses that other sessions of the user
came from, too; to a city of another country where the user was on several days before; or, within
a country, to a city that the user comes from through several networks, of which phones and Apple's
browsers need but one. And nothing is found of a user of whom one recording alone knows: that is no
more than PingOne shows itself.

Severity
    ``high`` where the operating system changed, or the networks are of two countries; ``medium``
    where the browser alone changed, or the networks are of one country.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pingsessions_nb.addresses import networks
from pingsessions_nb.coded.coded_history import CodedHistory, Events
from pingsessions_nb.coded.coding import (
    MICROSECONDS_A_DAY,
    MICROSECONDS_AN_HOUR,
    encode,
    pair,
    times,
)
from pingsessions_nb.coded.device_families import MOBILE_SYSTEMS, family
from pingsessions_nb.detectors.findings_frame import HIGH, MEDIUM, findings
from pingsessions_nb.detectors.places import Areas, discs, least_distance_km, place_labels, spots
from pingsessions_nb.detectors.thresholds import Thresholds
from pingsessions_nb.wording import distance, duration

KIND = "session_replay"
_SEEN = "first_seen_at"
_NAMES = {"browser_name": "browser", "os_name": "operating system"}
_ALIKE = (
    frozenset(("ios", "macos")),
    frozenset(("android", "linux")),
    frozenset(("edge", "internet explorer")),
    *(frozenset(("linux", name)) for name in ("ubuntu", "fedora", "debian")),
)
_ON_LAND_KMH = 250.0
_BOARDING_HOURS = 0.75
_HABIT, _OFTEN, _TWO = 3, 2, 2


class _Replay(NamedTuple):
    """What is found of a session: when, how grave, in a sentence, and as evidence."""

    user: str
    session: str
    at: int
    severity: int
    sentence: str
    evidence: dict[str, Any]


def find_session_replays(coded: CodedHistory, limits: Thresholds) -> pd.DataFrame:
    """Return a finding for each session that somebody else uses, too; none without an archive."""
    if _SEEN not in coded.sessions.frame:
        return findings(KIND, 0)
    found: dict[tuple[str, str], list[_Replay]] = {}
    for each in (*_changed(coded), *_in_turn(coded, limits)):
        found.setdefault((each.user, each.session), []).append(each)
    told = [found[key] for key in sorted(found)]
    return findings(
        KIND,
        len(told),
        user_id=[of[0].user for of in told],
        session_id=[of[0].session for of in told],
        at=[min(each.at for each in of) for of in told],
        severity=[max(each.severity for each in of) for of in told],
        summary=[" ".join(each.sentence for each in of) for of in told],
        within_session=np.ones(len(told), dtype=bool),
        evidence=[{name: one for each in of for name, one in each.evidence.items()} for of in told],
    )


def _changed(coded: CodedHistory) -> Iterator[_Replay]:
    """Find sessions of which the family of browser or system changed."""
    sessions = coded.sessions.frame
    if "versions" not in sessions:
        return
    changed = sessions[sessions["versions"].notna() & sessions["user_id"].notna()]
    columns = (changed[name] for name in ("user_id", "session_id", "versions"))
    for user, session, changes in zip(*columns, strict=True):
        others = [each for each in changes if _families(each)]
        disguised = [each for each in others if _families(each) in _ALIKE]
        telling = [each for each in others if each not in disguised]
        if not telling and disguised and _somewhere_new(coded, user, session, disguised):
            telling = disguised
        if not telling:
            continue
        system = any(each["fact"] == "os_name" for each in telling)
        said = [
            f"the {_NAMES[each['fact']]} was {each['from']} and then {each['to']}"
            for each in telling
        ]
        yield _Replay(
            user,
            session,
            _microseconds(telling[0]["by"]),
            HIGH if system else MEDIUM,
            f"Of one and the same session, {' and '.join(dict.fromkeys(said[:3]))}: no upgrade "
            "does that, so that somebody else may have its cookie.",
            {"changes": telling},
        )


def _families(change: dict[str, Any]) -> frozenset[str | None]:
    """Return the families that a browser or system changed between; none if these are one."""
    if change.get("fact") not in _NAMES or not (change.get("after") and change.get("by")):
        return frozenset()
    told = frozenset(family(change["fact"], str(change[end])) for end in ("from", "to"))
    return frozenset() if len(told) < _TWO or None in told else told


def _somewhere_new(
    coded: CodedHistory, user: str, session: str, changes: list[dict[str, Any]]
) -> bool:
    """Tell whether a session was, when it changed, where its user never is otherwise."""
    code = coded.users.index(user).as_py()
    events = coded.events.take((coded.events.user == code) & coded.placed)
    own = np.array([each == session for each in events.texts("session_id").to_pylist()], dtype=bool)
    first = min(_microseconds(each["after"]) for each in changes)
    last = max(_microseconds(each["by"]) for each in changes)
    then = own & (events.at > first) & (events.at <= last)
    spot = spots(events)
    return bool(np.setdiff1d(spot[then & ~np.isnan(spot)], spot[~then]).size)


def _microseconds(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1_000_000)


def _in_turn(coded: CodedHistory, limits: Thresholds) -> Iterator[_Replay]:
    """Find sessions that are used from two networks in turn."""
    turns = _turns(coded, limits)
    if turns.empty:
        return
    some = coded.events.take(np.isin(coded.events.user, turns["user"].unique()))
    visits = _visits(some).assign(user=some.user)
    of_user = dict(list(visits.groupby("user")))
    phones = _phones(coded, turns["session"])
    ids = coded.users.take(pa.array(turns["user"].to_numpy())).to_pylist()
    for user_id, turn in zip(ids, turns.to_dict("records"), strict=True):
        phone = (user_id, turn["session"]) in phones
        if _is_usual(turn, of_user[turn["user"]], phone=phone):
            continue
        there, other = turn["places"]
        yield _Replay(
            user_id,
            turn["session"],
            turn["at"],
            HIGH if turn["abroad"] else MEDIUM,
            f"One session was used in {there}, then in {other}, and "
            f"{duration(turn['hours'])} after it was last in {there} it was there again, at least "
            f"{distance(turn['apart'])} away: two use it in turn.",
            {"networks": list(turn["networks"]), "places": list(turn["places"])},
        )


def _is_usual(turn: dict[Any, Any], visits: pd.DataFrame, *, phone: bool) -> bool:
    """Tell whether a user is seen so anyway: through a relay, a carrier or a VPN of old."""
    days = [visits.loc[visits["network"] == each, "day"].nunique() for each in turn["networks"]]
    away = int(days[1] <= days[0])  # the network of fewer days
    network, spot = turn["networks"][away], turn["spots"][away]
    others = visits[visits["session"] != turn["session"]]
    if (others["block"] == turn["blocks"][away]).any():
        return True
    if turn["abroad"]:
        before = others[(others["at"] < turn["at"]) & (others["spot"] == spot)]
        return bool(before["day"].nunique() >= _HABIT)
    through = visits.loc[visits["spot"] == spot, "network"].drop_duplicates()
    changing = int((through != network).sum())
    return bool(changing >= (1 if phone else _HABIT) or (phone and turn["returns"] < _OFTEN))


def _visits(events: Events) -> pd.DataFrame:
    """Return where events were: ``session, network, block, spot, day, at``, a row for each."""
    network = _networks(events)
    return pd.DataFrame(
        {
            "session": events.texts("session_id").to_pylist(),
            "network": network,
            "block": pc.ascii_rtrim(
                pc.ascii_rtrim(pa.array(network, pa.large_string()), "."), "0123456789abcdef"
            ).to_pylist(),
            "spot": spots(events),
            "day": events.at // MICROSECONDS_A_DAY,
            "at": events.at,
        }
    )


def _turns(coded: CodedHistory, limits: Thresholds) -> pd.DataFrame:
    """Return of each session the first time that it was away and back too soon.

    Only of users whom an archive has followed over several recordings.
    """
    events = coded.events
    followed = _followed(coded)[events.user]
    events = events.take(followed & coded.outside & ~np.isnan(events.numbers("latitude")))
    names = encode(events.texts("session_id"))[0]
    session = pair(events.user, names)
    order = np.argsort(session, kind="stable")
    order = order[session[order] >= 0]
    events, session, spot = events.take(order), session[order], spots(events)[order]
    starts = np.append(True, (session[1:] != session[:-1]) | (spot[1:] != spot[:-1]))
    first = np.flatnonzero(starts[: len(session)])
    last = np.append(first[1:], len(session)) - 1
    stay = np.arange(max(0, len(first) - 2))
    there, gone, left, again = last[stay], first[stay + 1], last[stay + 1], first[stay + 2]
    back = (session[there] == session[again]) & (spot[there] == spot[again])
    there, gone, left, again = there[back], gone[back], left[back], again[back]
    apart = least_distance_km(discs(events), there, gone)
    least = np.minimum(apart / _ON_LAND_KMH, apart / limits.max_speed_kmh + _BOARDING_HOURS)
    least = least * MICROSECONDS_AN_HOUR
    network = _networks(events)
    fast = (apart > limits.min_distance_km) & (network[there] != network[gone])
    fast &= (events.at[gone] - events.at[there] < least) & (
        events.at[again] - events.at[left] < least
    )
    fast &= ~Areas(events).overlap(there, gone)
    chosen = np.flatnonzero(fast)
    _, first, returns = np.unique(session[there[chosen]], return_index=True, return_counts=True)
    chosen = chosen[first]
    one, other, home = (events.take(rows[chosen]) for rows in (there, gone, again))
    ends = [_visits(end) for end in (one, other)]
    countries = zip(*(end.texts("country").to_pylist() for end in (one, other)), strict=True)
    return pd.DataFrame(
        {
            "user": one.user,
            "session": ends[0]["session"],
            "at": other.at,
            "hours": (home.at - one.at) / MICROSECONDS_AN_HOUR,
            "apart": apart[chosen],
            "returns": returns,
            "abroad": np.array([a != b for a, b in countries], dtype=bool),
            "places": list(zip(place_labels(one), place_labels(other), strict=True)),
            **{
                f"{name}s": list(zip(*(end[name] for end in ends), strict=True))
                for name in ("network", "block", "spot")
            },
        }
    )


def _followed(coded: CodedHistory) -> NDArray[np.bool_]:
    """Tell of each user code whether several recordings brought something."""
    parts = [
        pd.DataFrame({"user": rows.user, "seen": times(rows.frame[_SEEN])[rows.rows]})
        for rows in (coded.sessions, coded.events)
        if _SEEN in rows.frame
    ]
    seen = pd.concat(parts).groupby("user")["seen"].nunique()
    told = np.zeros(len(coded.users), dtype=bool)
    told[seen.index[seen > 1].to_numpy()] = True
    return told


def _phones(coded: CodedHistory, ids: pd.Series[str]) -> set[tuple[str, str]]:
    """Return the sessions, by user, on phones and Apple's browsers, which change networks."""
    frame = coded.sessions.frame
    some = frame[frame["session_id"].isin(ids)]
    told = zip(
        *(some[name].tolist() for name in ("user_id", "session_id", "os_name", "browser_name")),
        strict=True,
    )
    return {
        (user, session)
        for user, session, system, browser in told
        if (isinstance(system, str) and family("os_name", system) in MOBILE_SYSTEMS)
        or (isinstance(browser, str) and family("browser_name", browser) == "safari")
    }


def _networks(events: Events) -> NDArray[np.object_]:
    """Return the network of each event; of a masked address what is left of it."""
    names = np.array([*networks(events.addresses).to_pylist(), None], dtype=object)
    whole = np.array([*events.addresses.to_pylist(), None], dtype=object)
    use = np.append(events.are_whole, False)
    return np.where(use, names, whole)[events.address]
