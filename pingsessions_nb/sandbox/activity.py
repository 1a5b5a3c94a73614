"""What an ordinary person does: when sessions begin, and what is seen of each.

The beginnings of all sessions are drawn first and cheaply; a session's events are drawn only when
somebody looks, from the session's own seed, so that an API's page costs ten sessions, not all.

What holds for every person, so that archives and detectors can rely on it:

* Any five sessions in a row show every device that the person owns and, where the person
  travels between two cities or uses the VPN, both places.
* A session has at most five events in any 24 hours, and none later than 24 hours before the
  tenth newer session begins: whoever reads the API once a day misses nothing.
* Between sessions lie at most 45 days.
"""

from __future__ import annotations

import random
from bisect import bisect_left
from dataclasses import replace
from typing import NamedTuple

from pingsessions_nb.sandbox.devices import seen
from pingsessions_nb.sandbox.geography import DAY, HOUR, MINUTE, City, local, utc, way, weekday
from pingsessions_nb.sandbox.hashing import number, uuid_of
from pingsessions_nb.sandbox.people import Person, Spot, place_of
from pingsessions_nb.sandbox.sessions import Event, Place, Session

# How far the tenant's record reaches to both sides of its moment.
_DAYS_BEFORE = 150
_DAYS_AFTER = 105
_WEEK = 7 * DAY
_FIRST_SIGN = 9_000  # ms from the beginning of a session to its first event
_LONGEST_UNSEEN = 4
_KEPT = 10


class Visit(NamedTuple):
    """When, in ms, and where a session is active."""

    at: int
    spot: Spot


class Starts(NamedTuple):
    """The beginnings of a person's sessions, in ms, oldest first.

    Of each, which of the person's devices it is on and, for a traveller, where it is active.
    """

    created: list[int]
    devices: list[int]
    visits: list[list[Visit]]


def starts(person: Person, anchor: int) -> Starts:
    """Return the beginnings of all sessions of a person, on both sides of the tenant's moment."""
    draw = random.Random(number("starts", person.key))
    created: list[int] = []
    visits: list[list[Visit]] = []
    if person.second is not None:
        visits = _journeys(person, person.second, anchor, draw)
        created = [each[0].at - _FIRST_SIGN for each in visits]
    elif person.gap_days:
        created = _ordinary_times(person, anchor, draw)
    if person.last_day is not None:
        created = created[: bisect_left(created, anchor + person.last_day * DAY)]
    return Starts(created, _devices(len(created), len(person.devices), draw), visits)


def session(person: Person, begun: Starts, ordinal: int) -> Session:
    """Return one of a person's sessions with all its events."""
    created = begun.created[ordinal]
    draw = random.Random(number("session", person.key, ordinal))
    device = person.devices[begun.devices[ordinal]]
    mobile = device.mobile and draw.random() < 0.5
    visits = begun.visits[ordinal] if begun.visits else _visits(person, created, draw)
    if ordinal + _KEPT < len(begun.created):
        end = begun.created[ordinal + _KEPT] - DAY
        visits = visits[: max(1, bisect_left(visits, end, key=lambda visit: visit.at))]
    events = []
    for place_in_order, (at, spot) in enumerate(visits):
        signs_on = place_in_order == 0 or draw.random() < 0.15
        if person.vpn is not None and ordinal % 2:
            address, place = person.vpn.address, place_of(person.vpn.city)
        else:
            address, place = person.address(spot, at, mobile)
        events.append(Event(at, person.shown(address), place, signs_on))
    browser, system = seen(device, created)
    identifier = uuid_of("session", person.key, ordinal)
    whole = Session(identifier, created, tuple(events), browser, system, device.kind)
    return _thinned(whole, draw) if person.sparse else whole


def without_late_events(sessions: list[Session]) -> list[Session]:
    """Return sessions without what a daily reader would miss, once more were put in between."""
    kept = list(sessions)
    for ordinal, newer in enumerate(sessions[_KEPT:]):
        end = newer.created - DAY
        events = sessions[ordinal].events
        if events and events[-1].at >= end:
            early = tuple(event for event in events if event.at < end)
            kept[ordinal] = replace(sessions[ordinal], events=early or events[:1])
    return kept


def _journeys(person: Person, second: City, anchor: int, draw: random.Random) -> list[list[Visit]]:
    """Return the sessions of somebody who goes to a second city and back again and again.

    They travel every week or, where the journey takes five hours or more, every other week. Of
    four sessions, the first travels along: it is active until they leave home, and again on
    arrival. Two are at the second city, the last of them until they leave; one is back at home.
    """
    home, there = Spot(person.home, False), Spot(second, False)
    travel = way(person.home, second)
    period = _WEEK if travel < 5 * HOUR else 2 * _WEEK
    first = anchor - _DAYS_BEFORE * DAY
    first += (4 * DAY - first) % _WEEK  # the first Monday; 1970 began on a Thursday
    sessions = []
    for monday in range(first, anchor + _DAYS_AFTER * DAY, period):
        leave = monday + draw.randrange(6 * 60) * MINUTE
        back = leave + period // 2 + draw.randrange(12 * 60) * MINUTE
        arrival = leave + travel + 10 * MINUTE
        sessions += [
            [*_seen_at(leave - 2 * HOUR, home, draw), Visit(leave, home), Visit(arrival, there)],
            _seen_at(arrival + draw.randrange(14 * 60, 24 * 60) * MINUTE, there, draw),
            [
                *_seen_at(back - draw.randrange(2 * 60, 10 * 60) * MINUTE, there, draw),
                Visit(back, there),
            ],
            _seen_at(back + travel + draw.randrange(60, 12 * 60) * MINUTE, home, draw),
        ]
    return sessions


def _seen_at(created: int, spot: Spot, draw: random.Random) -> list[Visit]:
    visits = [Visit(created + _FIRST_SIGN, spot)]
    if draw.random() < 0.6:
        visits.append(Visit(created + draw.randrange(10, 55) * MINUTE, spot))
    return visits


def _ordinary_times(person: Person, anchor: int, draw: random.Random) -> list[int]:
    chance = draw.random
    gaps = person.gap_days
    mean = sum(gaps) / len(gaps)
    day = round(anchor / DAY - max(_DAYS_BEFORE, 22 * mean)) + int(7 * chance())
    last = anchor // DAY + _DAYS_AFTER
    works_weekends = chance() < 0.3
    zone = person.home.zone
    times = []
    while day < last:
        if (day + 3) % 7 >= 5 and not works_weekends:
            day += 7 - (day + 3) % 7
        wall = day * DAY + 7 * HOUR + int(13 * HOUR * chance())
        at = person.settled(utc(zone, wall))
        times.append(at)
        if mean < 3 and chance() < 0.2:
            times.append(person.settled(at + 45 * MINUTE + int(105 * MINUTE * chance())))
        day += gaps[int(len(gaps) * chance())] + (14 if chance() < 0.01 else 0)
    return times


def _devices(sessions: int, devices: int, draw: random.Random) -> list[int]:
    """Choose a device for each session, so that none stays away for five in a row."""
    chance = draw.random
    last_used = [-1 - device for device in range(devices)]
    chosen = []
    for ordinal in range(sessions):
        stalest = min(last_used)
        if ordinal - stalest > _LONGEST_UNSEEN:
            device = last_used.index(stalest)
        else:
            device = int(devices * chance())
        last_used[device] = ordinal
        chosen.append(device)
    return chosen


def _visits(person: Person, created: int, draw: random.Random) -> list[Visit]:
    """Return when and where a session is active: for some minutes, or over several days."""
    chance = draw.random
    at = created + 4_000 + int(16_000 * chance())
    # When the session begins, the person is in one place, but may leave within the next seconds.
    visits = [Visit(at, person.where(created) or person.at_home)]
    times = []
    if chance() < 0.6:
        for _ in range(int(4 * chance())):
            at += 2 * MINUTE + int(68 * MINUTE * chance())
            times.append(at)
    else:
        zone = person.home.zone
        midnight = local(zone, created) // DAY * DAY
        for day in range(1, 2 + int(5 * chance())):
            wall = midnight + day * DAY
            if weekday(wall) < 5 or chance() < 0.3:
                times.append(utc(zone, wall + 9 * HOUR + int(13 * HOUR * chance())))
                if chance() < 0.4:
                    times.append(times[-1] + MINUTE + int(90 * MINUTE * chance()))
    for at in sorted(map(person.settled, times)):
        visits.append(Visit(at, person.where(at) or person.at_home))
    return visits


def _thinned(whole: Session, draw: random.Random) -> Session:
    """Leave out fields here and there, as the real API does."""
    events = []
    for event in whole.events:
        place = event.place
        kind = draw.random()
        if place is not None and kind < 0.1:
            place = Place(None, place.state, place.country)
        elif place is not None and kind < 0.2:
            place = Place(None, None, place.country)
        elif kind < 0.25:
            place = Place(None, None, None)
        events.append(event._replace(place=place, ip=None if draw.random() < 0.05 else event.ip))
    if draw.random() < 0.08:
        events = [event._replace(place=None, sign_on=False) for event in events]
    kind = draw.random()
    return Session(
        whole.id,
        whole.created,
        tuple(events),
        None if kind < 0.08 else whole.browser,
        None if 0.05 < kind < 0.15 else whole.system,
        None if 0.12 < kind < 0.22 else whole.device,
    )
