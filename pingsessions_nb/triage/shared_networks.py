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

from pingsessions_nb.addresses import networks, whole
from pingsessions_nb.coded.coded_history import CodedHistory, Events
from pingsessions_nb.coded.coding import MICROSECONDS_A_DAY, arrow, encode
from pingsessions_nb.detectors.places import place_labels

STEADY_USERS = 2
MANY_USERS, MANY_DAYS, MANY_SHARE = 5, 4, 0.01


class Sharing(NamedTuple):
    """Who else comes from a network: users, those on several days, and days on which some did."""

    users: int
    steady: int
    days: int

    def is_common(self, tenant: int) -> bool:
        """Tell whether it is a network of many, in a tenant of so many users."""
        many = self.users >= max(MANY_USERS, MANY_SHARE * tenant) and self.days >= MANY_DAYS
        return self.steady >= STEADY_USERS or many


class Visit(NamedTuple):
    """Where a session was: a place, the country, and the code of the address's network."""

    place: str
    country: str | None
    network: int


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
        self._visits = _visits(events.take(theirs), network[theirs])
        placed = np.flatnonzero(mine[events.user] & coded.placed)
        self.usual = _usual_places(events.take(placed))
        wanted = np.zeros(int(network.max(initial=-1)) + 2, dtype=bool)
        wanted[network[theirs]] = True
        wanted[-1] = False
        near = np.flatnonzero(wanted[network])
        self._days = _days(network[near], events.user[near], events.at[near])

    def of_session(self, user: int, session: str) -> set[Visit]:
        """Return where a session was, outside the company's networks."""
        return self._visits.get(user, {}).get(session, set())

    def away(self, user: int, session: str) -> set[Visit]:
        """Return where a session was, but for its user's usual place."""
        usual = self.usual.get(user)
        return {visit for visit in self.of_session(user, session) if visit.place != usual}

    def elsewhere(self, user: int, session: str) -> set[Visit]:
        """Return where a user's other sessions were."""
        others = self._visits.get(user, {})
        return {visit for name, visits in others.items() if name != session for visit in visits}

    def sharing(self, network: int, but: set[int]) -> Sharing:
        """Return who comes from a network but some users."""
        theirs = {u: days for u, days in self._days.get(network, {}).items() if u not in but}
        steady = sum(len(days) > 1 for days in theirs.values())
        return Sharing(len(theirs), steady, len(set().union(*theirs.values())) if theirs else 0)


def _networks(events: Events) -> NDArray[np.int32]:
    """Return the code of each event's network, -1 where its address is not whole."""
    complete = pa.array(whole(events.addresses))
    named = pc.if_else(complete, networks(events.addresses), pa.scalar(None, pa.large_string()))
    return np.append(encode(named)[0], np.int32(-1))[events.address]


def _users_by_country(events: Events) -> dict[str, int]:
    codes, names = encode(events.texts("country"))
    pairs = np.unique(events.user.astype(np.int64) * (len(names) + 1) + codes + 1)
    counts = np.bincount(pairs % (len(names) + 1), minlength=len(names) + 1)[1:]
    return dict(zip(names.to_pylist(), counts.tolist(), strict=True))


def _visits(events: Events, network: NDArray[np.int32]) -> dict[int, dict[str, set[Visit]]]:
    visits: dict[int, dict[str, set[Visit]]] = defaultdict(lambda: defaultdict(set))
    labels = events.texts("place").to_pylist()
    countries = events.texts("country").to_pylist()
    sessions = events.texts("session_id").to_pylist()
    rows = zip(events.user.tolist(), sessions, labels, countries, network.tolist(), strict=True)
    for user, session, place, country, code in rows:
        if place is not None and session is not None:
            visits[user][session].add(Visit(place, country, code))
    return visits


def _days(
    network: NDArray[np.int32], user: NDArray[np.int32], at: NDArray[np.int64]
) -> dict[int, dict[int, set[int]]]:
    """Return for each network its users, and for each of these the days."""
    seen = pd.DataFrame({"network": network, "user": user, "day": at // MICROSECONDS_A_DAY})
    days: dict[int, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    distinct = seen.drop_duplicates()
    rows = zip(*(distinct[name].tolist() for name in ("network", "user", "day")), strict=True)
    for code, who, day in rows:
        days[code][who].add(day)
    return days


def _usual_places(events: Events) -> dict[int, str]:
    """Return the place at which each user was on the most days."""
    frame = pd.DataFrame(
        {
            "user": events.user,
            "place": pd.Series(place_labels(events), dtype=object),
            "day": events.at // MICROSECONDS_A_DAY,
        }
    ).dropna()
    days = frame.drop_duplicates().groupby(["user", "place"], sort=True).size()
    best = days.sort_values(ascending=False, kind="stable").reset_index().drop_duplicates("user")
    return dict(zip(best["user"].tolist(), best["place"].tolist(), strict=True))
