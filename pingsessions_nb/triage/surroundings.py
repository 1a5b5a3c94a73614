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
from pingsessions_nb.coded.device_families import MOBILE_SYSTEMS, families
from pingsessions_nb.detectors.places import place_labels
from pingsessions_nb.detectors.strangers import device_codes
from pingsessions_nb.triage.traffic import Sharing, Traffic, Wanted, block_names, network_names


class Visit(NamedTuple):
    """Where a session was: place, country, and the address's network and block, where known."""

    place: str
    country: str | None
    network: str | None
    block: str | None


class Device(NamedTuple):
    """The number of a browser's, system's and device's families, and whether it is a phone's."""

    number: int
    mobile: bool


def networks_of(coded: CodedHistory) -> Wanted:
    """Return some users, with the networks and blocks they came from but for the company's own."""
    events = coded.events.take(coded.outside)
    used = pa.array(np.unique(events.address[events.address >= 0]))
    names = (network_names(events), block_names(events))
    networks, blocks = (set(each.take(used).drop_null().to_pylist()) for each in names)
    return Wanted(networks, blocks, set(coded.users.to_pylist()))


class Surroundings:
    """What is known around the findings of some users.

    `coded` is all that is known of these users, and of no others; `traffic` is everybody's, about
    their networks. ``usual`` is the place at which each user was on the most days.
    """

    def __init__(self, coded: CodedHistory, traffic: Traffic) -> None:
        self.traffic = traffic
        events = coded.events
        # The company's own networks are explained already, and a VPN's place says nothing.
        self._visits = _visits(events.take(coded.outside), coded.users)
        placed = events.take(coded.placed)
        self.usual = _usual_places(placed, _through_many(placed, traffic), coded.users)
        self._devices = _devices(coded)

    def away(self, user: str, session: str) -> set[Visit]:
        """Return where a session was, but for its user's usual place and the company's networks."""
        usual = self.usual.get(user)
        visits = self._visits.get(user, {}).get(session, set())
        return {visit for visit in visits if visit.place != usual}

    def at_home(self, user: str, visit: Visit) -> bool:
        """Tell whether a visit is in the country of the user's usual place."""
        usual = self.usual.get(user)
        return any(
            each.country == visit.country
            for of in self._visits.get(user, {}).values()
            for each in of
            if each.place == usual
        )

    def elsewhere(self, user: str, session: str) -> set[Visit]:
        """Return where a user's other sessions were."""
        others = self._visits.get(user, {})
        return {visit for name, visits in others.items() if name != session for visit in visits}

    def device(self, user: str, session: str) -> Device:
        """Return what a session ran on."""
        return self._devices.get(user, {}).get(session, Device(-1, mobile=False))

    def others_on(self, user: str, device: Device, but: Set[str]) -> int:
        """Return how many sessions, but some, a user has on a device."""
        return sum(
            each == device and session not in but
            for session, each in self._devices.get(user, {}).items()
        )

    def sessions(self, user: str) -> int:
        """Return how many sessions a user has."""
        return len(self._devices.get(user, {}))

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


def _devices(coded: CodedHistory) -> dict[str, dict[str, Device]]:
    number = device_codes(coded)[1].tolist()
    system, names = families("os_name", *coded.sessions.encoded("os_name"))
    phones = np.array([*(name in MOBILE_SYSTEMS for name in names), False])[system].tolist()
    users = coded.users.take(pa.array(coded.sessions.user)).to_pylist()
    told: dict[str, dict[str, Device]] = defaultdict(dict)
    ids = coded.sessions.texts("session_id").to_pylist()
    for user, session, *what in zip(users, ids, number, phones, strict=True):
        told[user][session] = Device(*what)
    return told


def _through_many(events: Events, traffic: Traffic) -> NDArray[np.bool_]:
    """Tell of each event whether it came through a network, or block, of many."""
    blocks = block_names(events).to_pylist()
    known = traffic.are_common(network_names(events).to_pylist(), blocks)
    known &= np.array([block is not None for block in blocks], dtype=bool)
    return np.append(known, False)[events.address]


def _usual_places(
    events: Events, through_many: NDArray[np.bool_], users: pa.Array
) -> dict[str, str]:
    """Return the place at which each user was on the most days.

    Where networks of many surface, nobody need live: another place comes first if the user was
    there on several days, or on as many. Of equal ones, that where the user was first.
    """
    frame = pd.DataFrame(
        {
            "user": events.user,
            "place": pd.Series(place_labels(events), dtype=object),
            "at": events.at,
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
    days["first"] = frame.groupby(["user", "place"], sort=True)["at"].min()
    by, ascending = ["lives", "days", "own", "first"], [False, False, False, True]
    order = days.sort_values(by, ascending=ascending, kind="stable")
    best = order.reset_index().drop_duplicates("user")
    names = users.take(pa.array(best["user"].to_numpy(np.int64))).to_pylist()
    return dict(zip(names, best["place"].tolist(), strict=True))
