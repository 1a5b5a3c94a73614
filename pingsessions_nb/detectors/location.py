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
from pingsessions_nb.coded.coding import Flags, Floats, Rows, encode, pair
from pingsessions_nb.detectors.findings import LOW, MEDIUM, findings, worst_of_each
from pingsessions_nb.detectors.pairs import first_seen, with_earlier
from pingsessions_nb.detectors.places import Areas, least_distance_km, place_labels
from pingsessions_nb.detectors.thresholds import Thresholds
from pingsessions_nb.wording import distance

KIND = "user_location_anomaly"


def find_location_anomalies(
    coded: CodedHistory, limits: Thresholds, strange: Flags
) -> pd.DataFrame:
    """Return a finding for each session that leads to a place far from all before.

    Parameters
    ----------
    strange : bool ndarray
        Of each session, whether its device is a stranger's.
    """
    places = _first_visits(coded)
    latitude, longitude = places.numbers("latitude"), places.numbers("longitude")
    radius = np.nan_to_num(places.numbers("place_radius_km"))
    areas = Areas(places)
    country = areas.country
    alone = _of_strangers(coded, places, strange)
    settled = (places.at >= coded.settled(limits.baseline_sessions)[places.user]) | alone

    far: list[Rows] = []
    nearest: list[Rows] = []
    apart: list[Floats] = []
    abroad: list[Flags] = []
    for later, earlier in with_earlier(places.user, settled):
        km = least_distance_km(latitude, longitude, radius, later, earlier)
        km[areas.overlap(later, earlier)] = 0.0
        first = np.flatnonzero(np.append(True, later[1:] != later[:-1]))
        unusual = np.minimum.reduceat(km, first) > limits.location_radius_km
        known = (country[later] == country[earlier]) | (country[later] < 0)
        at_home = np.logical_or.reduceat(known, first)
        closest = worst_of_each(later, [km, earlier])
        far.append(later[first][unusual])
        nearest.append(earlier[closest][unusual])
        apart.append(km[closest][unusual])
        abroad.append(~at_home[unusual])
    if not far:
        return findings(KIND, 0)
    return _findings(
        coded,
        places.take(np.concatenate(far)),
        places.take(np.concatenate(nearest)),
        np.concatenate(apart),
        np.concatenate(abroad),
        alone[np.concatenate(far)],
    )


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
    latitude = events.numbers("latitude")
    located = coded.placed & ~np.isnan(latitude)
    events = events.take(located)
    # Distinct pairs of coordinates, as complex numbers, which pandas can tell apart.
    centres = latitude[located] + 1j * events.numbers("longitude")
    radii = pd.factorize(events.numbers("place_radius_km"), use_na_sentinel=False)[0]
    place = pd.factorize(centres)[0] * (radii.max(initial=0) + 1) + radii
    return events.take(first_seen(events.user, place))


def _findings(
    coded: CodedHistory,
    there: Events,
    nearest: Events,
    apart_km: Floats,
    abroad: Flags,
    alone: Flags,
) -> pd.DataFrame:
    sessions = there.texts("session_id")
    group = pair(there.user, encode(sessions)[0] + 1)
    chosen = worst_of_each(group, [-apart_km, there.at])
    places, usual = place_labels(there), place_labels(nearest)
    radius = there.numbers("place_radius_km")
    addresses = there.texts("remote_ip").to_pylist()
    rows = chosen.tolist()
    return findings(
        KIND,
        len(rows),
        user_id=coded.users.take(there.user[chosen]).to_pylist(),
        session_id=sessions.take(chosen).to_pylist(),
        at=there.at[chosen],
        severity=np.where(abroad[chosen] & alone[chosen], MEDIUM, LOW),
        summary=[
            f"First activity in {places[row]}, at least {distance(apart_km[row])} from every "
            f"place where this user was before; the nearest is {usual[row]}."
            for row in rows
        ],
        from_place=[usual[row] for row in rows],
        to_place=[places[row] for row in rows],
        distance_km=apart_km[chosen],
        evidence=[
            {
                "to_ip": addresses[row],
                "to_radius_km": float(radius[row]),
                "new_country": bool(abroad[row]),
                "own_device": not alone[row],
            }
            for row in rows
        ],
    )
