"""`user_location_anomaly`: activity far from every place of the user's past.

As with PingOne Protect's predictor of that name, a place near one where the user was before is
usual. The past is every earlier event outside the known networks. Distances are the least that
both places' radii allow (see `geovelocity`), so that a place known only to its country is seldom
unusual. A user's first `baseline_sessions` sessions are what is compared with: of these,
only what happens on a stranger's device counts (see `strangers`).

Severity
    ``medium`` on a stranger's device in a country where the user never was; else ``low``: who
    travels takes a device along.

A session has one finding, its furthest place.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from pingsessions_nb.coded.coded_history import CodedHistory, Events
from pingsessions_nb.coded.coding import Flags, Floats, Rows, encode, pair, starts
from pingsessions_nb.detectors.findings_frame import LOW, MEDIUM, findings, worst_of_each
from pingsessions_nb.detectors.pairs import first_seen, with_earlier
from pingsessions_nb.detectors.places import Areas, discs, least_distance_km, place_labels, spots
from pingsessions_nb.detectors.thresholds import Thresholds
from pingsessions_nb.wording import distance

KIND = "user_location_anomaly"


def find_location_anomalies(
    coded: CodedHistory, limits: Thresholds, strange: Flags
) -> pd.DataFrame:
    """Return a finding for each session that leads to a place far from all before.

    `strange` tells of each session whether its device is a stranger's.
    """
    places = _first_visits(coded)
    alone = _of_strangers(coded, places, strange)
    settled = (places.at >= coded.settled(limits.baseline_sessions)[places.user]) | alone
    radius = places.numbers("place_radius_km")
    where, areas, least = discs(places), Areas(places), limits.location_radius_km
    found = [_far(where, areas, least, *pairs) for pairs in with_earlier(places.user, settled)]
    if not found:
        return findings(KIND, 0)
    far, nearest, apart_km, abroad = (np.concatenate(each) for each in zip(*found, strict=True))
    there = places.take(far)
    sessions = there.texts("session_id")
    group = pair(there.user, encode(sessions)[0] + 1)
    chosen = worst_of_each(group, [-apart_km, there.at])
    names, usual = place_labels(there), place_labels(places.take(nearest))
    addresses = there.texts("remote_ip").to_pylist()
    rows = chosen.tolist()
    return findings(
        KIND,
        len(rows),
        user_id=coded.users.take(there.user[chosen]).to_pylist(),
        session_id=sessions.take(chosen).to_pylist(),
        at=there.at[chosen],
        severity=np.where(abroad[chosen] & alone[far[chosen]], MEDIUM, LOW),
        summary=[
            f"First activity in {names[row]}, at least {distance(apart_km[row])} from every "
            f"place where this user was before; the nearest is {usual[row]}."
            for row in rows
        ],
        from_place=[usual[row] for row in rows],
        to_place=[names[row] for row in rows],
        distance_km=apart_km[chosen],
        evidence=[
            {
                "to_ip": addresses[row],
                "to_radius_km": float(radius[far[row]]),
                "new_country": bool(abroad[row]),
                "own_device": not alone[far[row]],
            }
            for row in rows
        ],
    )


def _far(
    where: tuple[Floats, Floats, Floats], areas: Areas, least_km: float, later: Rows, earlier: Rows
) -> tuple[Rows, Rows, Floats, Flags]:
    """Return what of some pairs is far from all before, the nearest of that, and how far it is.

    And whether it is in another country than all before.
    """
    km = least_distance_km(where, later, earlier)
    km[areas.overlap(later, earlier)] = 0.0
    first = np.flatnonzero(starts(later))
    unusual = np.minimum.reduceat(km, first) > least_km
    country = areas.country
    known = (country[later] == country[earlier]) | (country[later] < 0)
    closest = worst_of_each(later, [km, earlier])[unusual]
    at_home = np.logical_or.reduceat(known, first)[unusual]
    return later[closest], earlier[closest], km[closest], ~at_home


def _of_strangers(coded: CodedHistory, places: Events, strange: Flags) -> Flags:
    """Tell which events are of a session on a stranger's device."""
    sessions = np.flatnonzero(strange)
    ids = coded.sessions.texts("session_id", sessions)
    found = pc.index_in(places.texts("session_id"), value_set=ids, skip_nulls=True)
    number = pc.fill_null(found, -1).to_numpy(zero_copy_only=False)
    owner = np.append(coded.sessions.user[sessions], np.int32(-1))
    same: Flags = owner[number] == places.user
    return same


def _first_visits(coded: CodedHistory) -> Events:
    """Return each user's first event at each place."""
    events = coded.events
    events = events.take(coded.placed & ~np.isnan(events.numbers("latitude")))
    radii = pd.factorize(events.numbers("place_radius_km"), use_na_sentinel=False)[0]
    place = pd.factorize(spots(events))[0] * (radii.max(initial=0) + 1) + radii
    return events.take(first_seen(events.user, place))
