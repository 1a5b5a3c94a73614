"""What the rest of the tenant says of a network: whose it may be, by who else comes from it.

A carrier's gateway, a privacy relay or an office has many users, and they come back. A thief's
server has a few, each once. PingOne does not say whose an address is, but a tenant's own traffic
does.
"""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pingsessions_nb.addresses import networks
from pingsessions_nb.coded.coded_history import CodedHistory, Events
from pingsessions_nb.coded.coding import MICROSECONDS_A_DAY, arrow, encode
from pingsessions_nb.detectors.places import place_labels

STEADY_USERS = 3
"""So many users on several days make a network one of many. Who comes once proves nothing: a thief
who takes one account after another comes from one network, too."""
MANY_USERS, MANY_DAYS = 5, 4
"""Of a network in the user's own country, so many users on so many days are enough: a large carrier
has more networks than any of its users meets twice."""
BLOCK_USERS = 10
"""So many users of a block, some of them steady, make it a carrier's."""


class Sharing(NamedTuple):
    """Who else comes from a network: users, those on several days, and days on which some did."""

    users: int
    steady: int
    days: int


class Visit(NamedTuple):
    """Where a session was: place, country, and the codes of the address's network and block."""

    place: str
    country: str | None
    network: int
    block: int


class Surroundings:
    """Where some users were, which places are their own, and who shares their networks.

    Parameters
    ----------
    coded : CodedHistory
    user_ids : Series of str
        The users to know about.

    Attributes
    ----------
    users : int
        How many the tenant has.
    usual : dict of int to str
        The place at which each user was on the most days, by the user's code.
    in_country : dict of str to int
        How many users were ever in each country.
    """

    def __init__(self, coded: CodedHistory, user_ids: pd.Series[str]) -> None:
        self.users = len(coded.users)
        mine = pc.is_in(coded.users, value_set=arrow(user_ids)).to_numpy(zero_copy_only=False)
        events = coded.events
        network = _networks(events)
        self.in_country = _users_by_country(events)
        # The company's own networks are explained already, and a VPN's place says nothing.
        theirs = np.flatnonzero(mine[events.user] & coded.outside)
        block = _blocks(events)
        self._visits = _visits(events.take(theirs), network[theirs], block[theirs])
        self._days = _days(network, events, theirs)
        self._block_days = _days(block, events, theirs)
        common = {
            code
            for code, days_of in self._days.items()
            if len(days_of) > STEADY_USERS and _sharing(days_of, set()).steady > STEADY_USERS
        }
        placed = np.flatnonzero(mine[events.user] & coded.placed)
        through = np.isin(network[placed], np.array(sorted(common), dtype=np.int64))
        self.usual = _usual_places(events.take(placed), through)

    def of_session(self, user: int, session: str) -> set[Visit]:
        """Return where a session was, outside the company's networks."""
        return self._visits.get(user, {}).get(session, set())

    def away(self, user: int, session: str) -> set[Visit]:
        """Return where a session was, but for its user's usual place."""
        usual = self.usual.get(user)
        return {visit for visit in self.of_session(user, session) if visit.place != usual}

    def at_home(self, user: int, visits: set[Visit]) -> bool:
        """Tell whether visits are in the country of the user's usual place."""
        usual = self.usual.get(user)
        places = [visit for of in self._visits.get(user, {}).values() for visit in of]
        home = {visit.country for visit in places if visit.place == usual}
        return {visit.country for visit in visits} <= home

    def elsewhere(self, user: int, session: str) -> set[Visit]:
        """Return where a user's other sessions were."""
        others = self._visits.get(user, {})
        return {visit for name, visits in others.items() if name != session for visit in visits}

    def sharing(self, network: int, but: set[int]) -> Sharing:
        """Return who comes from a network but some users."""
        return _sharing(self._days.get(network, {}), but)

    def common(self, visit: Visit, but: set[int], *, at_home: bool) -> Sharing | None:
        """Return who else comes from a visit's network, or block at home; None if it is not common.

        In the user's own country, a carrier is known by the block, of which its networks are part.
        """
        if visit.network < 0:
            return None
        near = self.sharing(visit.network, but)
        if near.steady >= STEADY_USERS:
            return near
        if not at_home:
            return None
        if near.users >= MANY_USERS and near.days >= MANY_DAYS:
            return near
        wide = _sharing(self._block_days.get(visit.block, {}), but)
        return wide if wide.steady >= STEADY_USERS and wide.users >= BLOCK_USERS else None


def _networks(events: Events) -> NDArray[np.int32]:
    """Return the code of each event's network, -1 where its address is not whole."""
    complete = pa.array(events.are_whole)
    named = pc.if_else(complete, networks(events.addresses), pa.scalar(None, pa.large_string()))
    return np.append(encode(named)[0], np.int32(-1))[events.address]


def _blocks(events: Events) -> NDArray[np.int32]:
    """Return the code of each event's block: the /16 (IPv4) or /32 (IPv6) of its network."""
    near = pc.ascii_rtrim(networks(events.addresses), ".")
    named = pc.ascii_rtrim(near, "0123456789abcdef")  # 203.0. of 203.0.113.
    complete = pa.array(events.are_whole)
    named = pc.if_else(complete, named, pa.scalar(None, pa.large_string()))
    return np.append(encode(named)[0], np.int32(-1))[events.address]


def _sharing(days_of: dict[int, set[int]], but: set[int]) -> Sharing:
    theirs = [days for user, days in days_of.items() if user not in but]
    steady = sum(len(days) > 1 for days in theirs)
    return Sharing(len(theirs), steady, len(set().union(*theirs)))


def _users_by_country(events: Events) -> dict[str, int]:
    codes, names = encode(events.texts("country"))
    pairs = np.unique(events.user.astype(np.int64) * (len(names) + 1) + codes + 1)
    counts = np.bincount(pairs % (len(names) + 1), minlength=len(names) + 1)[1:]
    return dict(zip(names.to_pylist(), counts.tolist(), strict=True))


def _visits(
    events: Events, network: NDArray[np.int32], block: NDArray[np.int32]
) -> dict[int, dict[str, set[Visit]]]:
    visits: dict[int, dict[str, set[Visit]]] = defaultdict(lambda: defaultdict(set))
    labels = events.texts("place").to_pylist()
    countries = events.texts("country").to_pylist()
    sessions = events.texts("session_id").to_pylist()
    codes = network.tolist(), block.tolist()
    rows = zip(events.user.tolist(), sessions, labels, countries, *codes, strict=True)
    for user, session, place, *rest in rows:
        if place is not None and session is not None:
            visits[user][session].add(Visit(place, *rest))
    return visits


def _days(
    network: NDArray[np.int32], events: Events, some: NDArray[np.int64]
) -> dict[int, dict[int, set[int]]]:
    """Return for each network of some events its users, and for each of these the days."""
    wanted = np.zeros(int(network.max(initial=-1)) + 2, dtype=bool)
    wanted[network[some]] = True
    wanted[-1] = False
    near = np.flatnonzero(wanted[network])
    at = events.at[near]
    seen = pd.DataFrame(
        {"network": network[near], "user": events.user[near], "day": at // MICROSECONDS_A_DAY}
    )
    days: dict[int, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    distinct = seen.drop_duplicates()
    rows = zip(*(distinct[name].tolist() for name in ("network", "user", "day")), strict=True)
    for code, who, day in rows:
        days[code][who].add(day)
    return days


def _usual_places(events: Events, through_many: NDArray[np.bool_]) -> dict[int, str]:
    """Return the place at which each user was on the most days.

    Where networks of many surface, nobody need live: another place comes first if the user was
    there on several days, or on as many.
    """
    frame = pd.DataFrame(
        {
            "user": events.user,
            "place": pd.Series(place_labels(events), dtype=object),
            "day": events.at // MICROSECONDS_A_DAY,
            "own": ~through_many,
        }
    ).dropna()
    own = frame.loc[frame["own"]].drop_duplicates(["user", "place", "day"])
    own_days = own.groupby(["user", "place"], sort=True).size()
    distinct = frame.drop_duplicates(["user", "place", "day"])
    days = distinct.groupby(["user", "place"], sort=True).size().rename("days").to_frame()
    days["own"] = own_days.reindex(days.index, fill_value=0)
    days["lives"] = days["own"].where(days["own"] > 1, 0)
    order = days.sort_values(["lives", "days", "own"], ascending=False, kind="stable")
    best = order.reset_index().drop_duplicates("user")
    return dict(zip(best["user"].tolist(), best["place"].tolist(), strict=True))
