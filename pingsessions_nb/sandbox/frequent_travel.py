"""Frequent travellers: between home and a second city, in flights that are just possible."""

from __future__ import annotations

import random
from typing import NamedTuple

from pingsessions_nb.sandbox.geography import DAY, HOUR, MINUTE, City, distance_km
from pingsessions_nb.sandbox.people import Person, Spot

# How far the tenant's record reaches to both sides of its moment.
DAYS_BEFORE = 150
DAYS_AFTER = 105
_WEEK = 7 * DAY
# From the beginning of a session to its first event, in ms.
FIRST_SIGN = 9_000


class Visit(NamedTuple):
    """When, in ms, and where a session is active."""

    at: int
    spot: Spot


def way(home: City, there: City) -> int:
    """Return the ms from door to door: an hour and what 850 km/h takes.

    So every journey is slower than 850 km/h, however long it is.
    """
    return round(HOUR * (1 + distance_km(home, there) / 850))


def journeys(person: Person, second: City, anchor: int, draw: random.Random) -> list[list[Visit]]:
    """Return the sessions of somebody who goes to a second city and back again and again.

    They travel every week or, where the journey takes five hours or more, every other week. Of
    four sessions, the first travels along: it is active until they leave home, and again on
    arrival. Two are at the second city, the last of them until they leave; one is back at home.
    """
    home, there = Spot(person.home, False), Spot(second, False)
    travel = way(person.home, second)
    period = _WEEK if travel < 5 * HOUR else 2 * _WEEK
    first = anchor - DAYS_BEFORE * DAY
    first += (4 * DAY - first) % _WEEK  # the first Monday; 1970 began on a Thursday
    sessions = []
    for monday in range(first, anchor + DAYS_AFTER * DAY, period):
        leave = monday + draw.randrange(6 * 60) * MINUTE
        back = leave + period // 2 + draw.randrange(12 * 60) * MINUTE
        arrival = leave + travel + 10 * MINUTE
        sessions += [
            [*_seen(leave - 2 * HOUR, home, draw), Visit(leave, home), Visit(arrival, there)],
            _seen(arrival + draw.randrange(14 * 60, 24 * 60) * MINUTE, there, draw),
            [
                *_seen(back - draw.randrange(2 * 60, 10 * 60) * MINUTE, there, draw),
                Visit(back, there),
            ],
            _seen(back + travel + draw.randrange(60, 12 * 60) * MINUTE, home, draw),
        ]
    return sessions


def _seen(created: int, spot: Spot, draw: random.Random) -> list[Visit]:
    visits = [Visit(created + FIRST_SIGN, spot)]
    if draw.random() < 0.6:
        visits.append(Visit(created + draw.randrange(10, 55) * MINUTE, spot))
    return visits
