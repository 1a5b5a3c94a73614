"""Where some users were, which places are their own, and who shares their networks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Set
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from pingsessions_nb.coded.coded_history import CodedHistory, Events
from pingsessions_nb.coded.coding import MICROSECONDS_A_DAY
from pingsessions_nb.detectors.places import place_labels
from pingsessions_nb.triage.traffic import (
    STEADY_USERS,
    Sharing,
    Traffic,
    Wanted,
    block_names,
    network_names,
)


class Visit(NamedTuple):
    """Where a session was: place, country, and the address's network and block, where known."""

    place: str
    country: str | None
    network: str | None
    block: str | None


def networks_of(coded: CodedHistory) -> Wanted:
    """Return the networks and blocks that some users came from, but for the company's own."""
    events = coded.events.take(coded.outside)
    used = pa.array(np.unique(events.address[events.address >= 0]))
    names = (network_names(events), block_names(events))
    networks, blocks = (set(each.take(used).drop_null().to_pylist()) for each in names)
    return networks, blocks


class Surroundings:
    """What is known around the findings of some users.

    Parameters
    ----------
    coded : CodedHistory
        All that is known of these users, and of no others.
    traffic : Traffic
        Of everybody, about their networks.

    Attributes
    ----------
    traffic : Traffic
    usual : dict of str to str
        The place at which each user was on the most days.
    """

    def __init__(self, coded: CodedHistory, traffic: Traffic) -> None:
        self.traffic = traffic
        events = coded.events
        names = network_names(events)
        # The company's own networks are explained already, and a VPN's place says nothing.
        self._visits = _visits(events.take(coded.outside), coded.users)
        common = {name for name in traffic.networks if traffic.sharing(name).steady > STEADY_USERS}
        shared = np.array([name in common for name in names.to_pylist()], dtype=bool)
        placed = np.flatnonzero(coded.placed)
        through = np.append(shared, False)[events.address[placed]]
        self.usual = _usual_places(events.take(placed), through, coded.users)

    def of_session(self, user: str, session: str) -> set[Visit]:
        """Return where a session was, outside the company's networks."""
        return self._visits.get(user, {}).get(session, set())

    def away(self, user: str, session: str) -> set[Visit]:
        """Return where a session was, but for its user's usual place."""
        usual = self.usual.get(user)
        return {visit for visit in self.of_session(user, session) if visit.place != usual}

    def at_home(self, user: str, visits: set[Visit]) -> bool:
        """Tell whether visits are in the country of the user's usual place."""
        usual = self.usual.get(user)
        places = [visit for of in self._visits.get(user, {}).values() for visit in of]
        home = {visit.country for visit in places if visit.place == usual}
        return {visit.country for visit in visits} <= home

    def elsewhere(self, user: str, session: str) -> set[Visit]:
        """Return where a user's other sessions were."""
        others = self._visits.get(user, {})
        return {visit for name, visits in others.items() if name != session for visit in visits}

    def common(self, visit: Visit, but: Set[str], *, at_home: bool) -> Sharing | None:
        """Return who else comes from where a visit was: see `Traffic.common`."""
        return self.traffic.common(visit.network, visit.block, but, at_home=at_home)


def _visits(events: Events, users: pa.Array) -> dict[str, dict[str, set[Visit]]]:
    visits: dict[str, dict[str, set[Visit]]] = defaultdict(lambda: defaultdict(set))
    words = [events.texts(name).to_pylist() for name in ("session_id", "place", "country")]
    address = pa.array(np.where(events.address < 0, len(events.addresses), events.address))
    nothing = pa.array([None], pa.large_string())
    names = [
        pa.concat_arrays([each, nothing]).take(address).to_pylist()
        for each in (network_names(events), block_names(events))
    ]
    owners = users.take(pa.array(events.user)).to_pylist()
    for user, session, place, *rest in zip(owners, *words, *names, strict=True):
        if place is not None and session is not None:
            visits[user][session].add(Visit(place, *rest))
    return visits


def _usual_places(
    events: Events, through_many: NDArray[np.bool_], users: pa.Array
) -> dict[str, str]:
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
    names = users.take(pa.array(best["user"].to_numpy(np.int64))).to_pylist()
    return dict(zip(names, best["place"].tolist(), strict=True))
