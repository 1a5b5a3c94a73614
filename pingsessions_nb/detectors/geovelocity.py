"""`geovelocity_anomaly`: activity at places that nobody can travel between in the time.

Compared are a user's successive events that have a place, those from the company's VPNs left out
and those from its offices placed there; of all sessions together, and of each session on its own,
so that what another session does in between hides no stolen cookie. Where the earlier of two is
only known to a state or country, the later one is also compared with the last event known to its
city, so that a vague event in between hides nothing.

A place is a disc: its coordinates and a radius. What counts is the least distance that the discs
allow, ``max(0, d - r1 - r2)``, and the least speed, that distance over the time between. A place
known only to its state or country is no distance from any place in there.

A journey that took longer than `geovelocity_hours` is none, as with PingOne Protect.

Severity
    Between countries: ``high`` from `FAR_KM` on, else ``medium``. Within a country, where a
    carrier's gateway often lies far from the phone: ``medium`` from `VERY_FAR_KM` on, else
    ``low``. One step less between sessions at less than twice the speed allowed, which errors of
    geolocation explain. A hop that is a habit is ``low``: see `habits`.

A session has one finding: its fastest journey, one within the session before any other. How many
there were is in the evidence.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pingsessions_nb.coded.coded_history import CodedHistory, Events
from pingsessions_nb.coded.coding import (
    MICROSECONDS_AN_HOUR,
    Flags,
    Floats,
    Rows,
    encode,
    encode_alike,
    pair,
)
from pingsessions_nb.detectors.findings_frame import HIGH, LOW, MEDIUM, findings, worst_of_each
from pingsessions_nb.detectors.places import (
    Areas,
    discs,
    exact,
    least_distance_km,
    place_labels,
    spots,
)
from pingsessions_nb.detectors.thresholds import Thresholds
from pingsessions_nb.wording import distance, duration, instant, speed

KIND = "geovelocity_anomaly"
FAR_KM = 500.0
VERY_FAR_KM = 1_500.0


def find_geovelocity_anomalies(coded: CodedHistory, limits: Thresholds) -> pd.DataFrame:
    """Return a finding for each session that an impossible journey leads to."""
    events = coded.events
    events = events.take(coded.placed & ~np.isnan(events.numbers("latitude")))
    before, after = _steps(events)
    apart = least_distance_km(discs(events), before, after)
    hours = (events.at[after] - events.at[before]) / MICROSECONDS_AN_HOUR
    with np.errstate(divide="ignore", invalid="ignore"):
        kmh = apart / hours
    fast = np.flatnonzero(
        (apart > limits.min_distance_km)
        & (kmh > limits.max_speed_kmh)
        & (hours <= limits.geovelocity_hours)
    )
    ends = np.arange(len(fast))
    areas = Areas(events.take(np.concatenate([before[fast], after[fast]])))
    fast = fast[~areas.overlap(ends, ends + len(fast))]
    return _findings(
        coded, limits, _Journeys(events, before[fast], after[fast], apart[fast], kmh[fast])
    )


def _steps(events: Events) -> tuple[Rows, Rows]:
    """Return the positions of events to compare, earlier and later, at different places."""
    to_city, spot = exact(events), spots(events)
    before, after = _successive(np.arange(len(events)), events.user, to_city)
    steps = spot[before] != spot[after]
    before, after = before[steps], after[steps]
    # Who never moves does so in no session.
    moves = np.zeros(int(events.user.max(initial=-1)) + 1, dtype=bool)
    moves[events.user[after]] = True
    some = np.flatnonzero(moves[events.user])
    session = pair(events.user[some], encode(events.take(some).texts("session_id"))[0])
    some, session = some[session >= 0], session[session >= 0]
    order = np.argsort(session, kind="stable")
    own_before, own_after = _successive(some[order], session[order], to_city[some[order]])
    steps = spot[own_before] != spot[own_after]
    # The pairs of both, each once, as whole numbers.
    width = max(len(events), 1)
    earlier, later = np.append(before, own_before[steps]), np.append(after, own_after[steps])
    found = np.unique(earlier * width + later)
    return found // width, found % width


def _successive(rows: Rows, group: NDArray[Any], to_city: Flags) -> tuple[Rows, Rows]:
    """Pair each row with that before it, if that is vague also with the last known to its city.

    Rows are by group and time; only rows of the same group are paired. `to_city` tells which places
    are known to the city.
    """
    later = np.arange(1, len(rows))
    last_exact = np.maximum.accumulate(np.where(to_city, np.arange(len(rows)), -1))[:-1]
    vague = ~to_city[:-1] & (last_exact >= 0)
    before = np.concatenate([later - 1, last_exact[vague]])
    after = np.concatenate([later, later[vague]])
    same = group[before] == group[after]
    return rows[before[same]], rows[after[same]]


class _Journeys:
    """Impossible journeys between events; arrays of one length, each pair its start and end."""

    def __init__(
        self, events: Events, before: Rows, after: Rows, apart_km: Floats, kmh: Floats
    ) -> None:
        ends = events.take(before), events.take(after)
        self.user = ends[1].user
        self.since, self.at = ends[0].at, ends[1].at
        self.hours = (self.at - self.since) / MICROSECONDS_AN_HOUR
        self.apart_km, self.kmh = apart_km, kmh
        self.session_ids = [end.texts("session_id").to_pylist() for end in ends]
        self.addresses = [end.texts("remote_ip").to_pylist() for end in ends]
        self.radii = [end.numbers("place_radius_km").tolist() for end in ends]
        self.places = [place_labels(end) for end in ends]
        country = encode_alike(*(end.texts("country") for end in ends))[0]
        self.abroad = (country[0] != country[1]) | (country[0] < 0)
        self.within = np.array(
            [
                start == end and end is not None
                for start, end in zip(*self.session_ids, strict=True)
            ],
            dtype=bool,
        )

    def summary(self, row: int) -> str:
        """Tell a journey in a sentence."""
        start, end = (places[row] for places in self.places)
        subject = "One session was used" if self.within[row] else "Active"
        there = f"in {end}" if self.within[row] else f"in {end} in another session"
        apart = f"at least {distance(self.apart_km[row])} away"
        if not self.hours[row]:
            return f"{subject} in {start} and at the same moment {there}, {apart}."
        later = duration(self.hours[row])
        return (
            f"{subject} in {start} and {later} later {there}, {apart}: "
            f"that is {speed(self.kmh[row])} or more."
        )

    def evidence(self, row: int, journeys: int) -> dict[str, Any]:
        """Return what else a finding rests on."""
        return {
            "from_session_id": self.session_ids[0][row],
            "from_at": instant(int(self.since[row])),
            "from_ip": self.addresses[0][row],
            "to_ip": self.addresses[1][row],
            "from_radius_km": self.radii[0][row],
            "to_radius_km": self.radii[1][row],
            "impossible_journeys": journeys,
            "abroad": bool(self.abroad[row]),
        }


def _findings(coded: CodedHistory, limits: Thresholds, all_of: _Journeys) -> pd.DataFrame:
    """Return a finding for each session: the worst journey that leads to it."""
    session = pd.factorize(pd.array(all_of.session_ids[1], dtype="str"), use_na_sentinel=False)[0]
    group = pair(all_of.user, session)
    chosen = worst_of_each(group, [~all_of.within, -all_of.kmh, all_of.at])
    counts = np.unique(group, return_counts=True)[1]
    rows = chosen.tolist()
    kmh = all_of.kmh[chosen]
    abroad, apart = all_of.abroad[chosen], all_of.apart_km[chosen]
    severity = np.where(
        abroad, np.where(apart >= FAR_KM, HIGH, MEDIUM), np.where(apart >= VERY_FAR_KM, MEDIUM, LOW)
    )
    doubtful = ~all_of.within[chosen] & (kmh < 2 * limits.max_speed_kmh)
    severity = np.maximum(severity - doubtful, LOW)
    return findings(
        KIND,
        len(rows),
        user_id=coded.users.take(all_of.user[chosen]).to_pylist(),
        session_id=[all_of.session_ids[1][row] for row in rows],
        at=all_of.at[chosen],
        severity=severity,
        summary=[all_of.summary(row) for row in rows],
        within_session=all_of.within[chosen],
        from_place=[all_of.places[0][row] for row in rows],
        to_place=[all_of.places[1][row] for row in rows],
        distance_km=all_of.apart_km[chosen],
        hours=all_of.hours[chosen],
        speed_kmh=kmh,
        evidence=[all_of.evidence(row, n) for row, n in zip(rows, counts.tolist(), strict=True)],
    )
