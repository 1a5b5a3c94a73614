"""The hard life: what ordinary networks, software and offices do to whoever looks for thieves.

As in `close_calls`, the story says what is an incident, and no number is taken from a detector.

No incident:

``far carrier``
    Four people of a region are on one carrier, whose gateway comes to the surface in a city 150 to
    600 km away. Every day for nine days they leave their wifi, and are there within the hour.
``privacy relay``
    Six people of a region browse through one relay, which shows each of them in three other cities,
    every second day another, through networks that it shares among all.
``in-app view``
    A link is opened within an app on the phone: another browser of the same maker.
``renamed software``
    From one day on, the provider's parser names the same browser and system otherwise.
``short history``
    Two to four sessions are all that is known.
``office nobody named``
    Eight people come to an office that is not among the known networks, one address for all; two
    of them live 300 to 1,200 km away and came for three days.

Incidents:

``young takeover``
    An account with three sessions is taken over from another country, on another device.
"""

from __future__ import annotations

import functools
from dataclasses import replace

from pingsessions_nb.sandbox.close_calls import homes_within
from pingsessions_nb.sandbox.devices import Software
from pingsessions_nb.sandbox.geography import DAY, HOUR, MINUTE, City, abroad, between, cities
from pingsessions_nb.sandbox.hashing import number
from pingsessions_nb.sandbox.networks import pool_address, rented_address
from pingsessions_nb.sandbox.people import place_of
from pingsessions_nb.sandbox.scene import ANYWHERE, Plan, Scene
from pingsessions_nb.sandbox.sessions import Event

# How often each happens among 20,000 users, and to how many of them at once, at a noise of 1; the
# incident as often at any noise.
HARD_LIFE = {
    "far carrier": (2, 4),
    "privacy relay": (2, 6),
    "in-app view": (20, 1),
    "renamed software": (20, 1),
    "short history": (20, 1),
    "office nobody named": (1, 8),
    "young takeover": (20, 1),
}
_GATEWAY_KM = (150, 600)
_TRIP_KM = (300, 1_200)
_DAYS = 9
_TRAVELLERS = 2
_IN_APP = {"iOS": "Mobile Safari UI/WKWebView", "Android": "Chrome Mobile WebView"}
_RENAMED = {
    "Mac OS X": "macOS",
    "Windows": "windows",
    "Edge": "Microsoft Edge",
    "Chrome": "Chrome ",
    "Mobile Safari": "Safari Mobile",
}


def homes_in_region(plan: Plan) -> tuple[City, ...]:
    """Return where somebody may live to whom it happens."""
    if plan.plot == "far carrier" or plan.plot == "privacy relay":
        return _in_country(_base(plan), _GATEWAY_KM)
    if plan.plot == "office nobody named":
        away = plan.member < _TRAVELLERS
        return _in_country(_base(plan), _TRIP_KM) if away else (_base(plan),)
    return homes_within(3_000, 20_100)


@functools.cache
def _in_country(base: City, reach: tuple[float, float]) -> tuple[City, ...]:
    return tuple(each for each in between(base, *reach) if each.country == base.country)


@functools.cache
def _bases() -> tuple[City, ...]:
    """Return the cities with four others in the same country at each of the distances."""
    reaches = (_GATEWAY_KM, _TRIP_KM)
    return tuple(
        each for each in cities() if all(len(_in_country(each, reach)) > 3 for reach in reaches)
    )


def _base(plan: Plan) -> City:
    return _bases()[number("base", plan.group) % len(_bases())]


class HardLife(Scene):
    """One story of what is hard on whoever looks for thieves."""

    def _far_carrier(self, at: int) -> None:
        gateway = place_of(_base(self._plan))
        self._clear(at - _DAYS * DAY, at + 3 * HOUR)
        for day in range(_DAYS):
            begun = at - day * DAY - self._draw.randrange(90) * MINUTE
            address = pool_address("carrier", self._plan.group, self._draw.randrange(200))
            outside = Event(begun + self._draw.randrange(10, 50) * MINUTE, address, gateway, False)
            events = [self._at_home(begun + 9_000, True), outside]
            self._add(f"left {day}", begun, events, self._phone)

    def _privacy_relay(self, at: int) -> None:
        surfaces = _in_country(_base(self._plan), _GATEWAY_KM)[:3]
        self._clear(at - _DAYS * DAY, at + 3 * HOUR)
        for day in range(_DAYS):
            begun = at - day * DAY - self._draw.randrange(5 * 60) * MINUTE
            shown = self._draw.randrange(3)
            address = pool_address("relay", self._plan.group, shown, self._draw.randrange(200))
            relayed = Event(begun + 9_000, address, place_of(surfaces[shown]), True)
            events = [relayed if day % 2 else self._at_home(begun + 9_000, True)]
            self._add(f"relayed {day}", begun, events, self._own_device)

    def _in_app_view(self, at: int) -> None:
        phone = self._phone
        view = phone._replace(browser=_IN_APP[phone.system])
        self._clear(at - 2 * HOUR, at + 2 * HOUR)
        self._visit("in an app", at, self._person.at_home, view)

    def _renamed_software(self, at: int) -> None:
        begun = at - self._draw.randrange(1, 6) * DAY
        self._sessions = [
            replace(each, browser=_renamed(each.browser), system=_renamed(each.system))
            if each.created >= begun
            else each
            for each in self._sessions
        ]

    def _office_nobody_named(self, at: int) -> None:
        address, there = pool_address("office", self._plan.group, 7), place_of(_base(self._plan))
        days = 3 if self._plan.member < _TRAVELLERS else 8
        self._clear(at - days * DAY - 8 * HOUR, at + 3 * HOUR)
        for day in range(days):
            begun = at - day * DAY - self._draw.randrange(3 * 60) * MINUTE
            events = [Event(begun + 9_000, address, there, True)]
            self._add(f"at work {day}", begun, events, self._own_device)

    def _young_takeover(self, at: int) -> None:
        self._begin_late(at - 2 * DAY, 3)
        far = self._draw.choice(abroad(self._person.home, 3_000, 20_100))
        address, device = rented_address(self._person.key), self._attackers_device()
        taken = self._attack(at, far, address, "taken", device)
        self._note(taken, "new_device", "user_location_anomaly")

    def _short_history(self, at: int) -> None:
        self._begin_late(at, self._draw.randint(2, 4))

    def _begin_late(self, at: int, sessions: int) -> None:
        """Leave nothing before some sessions of the days before a moment."""
        self._clear(0, at + 2 * DAY + ANYWHERE)
        for turn in range(sessions):
            begun = at - turn * 2 * DAY - self._draw.randrange(6) * HOUR
            self._visit(f"own {turn}", begun, self._person.at_home, self._own_device)


def _renamed(software: Software | None) -> Software | None:
    return software and software._replace(name=_RENAMED.get(software.name, software.name))
