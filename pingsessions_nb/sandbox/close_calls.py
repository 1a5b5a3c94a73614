"""What is hard to tell apart: ordinary people who look odd, and attackers who hardly do.

The story decides what an incident is: whether somebody else is at work, and what is new about it.
No number here is taken from a detector, and no story depends on what a detector would say. So
`truth` and findings may differ, in both directions.

No incident, though it may look like one:

``day out``
    A session 30 to 90 km from home, where the user has never been: as far as people drive for a
    day.
``quick journey``
    The user is active until the doors of the aeroplane close, and again after a flight at 820 to
    960 km/h and 25 to 50 minutes of taxiing. It is the first journey there, so that a row of
    ``user_location_anomaly`` is due, but none of ``geovelocity_anomaly``.
``distant gateway``
    The user leaves the house, and the phone's network reaches the internet in a city 46 to 200 km
    away.
``shared hotspot``
    Two to four people, rarely five, use one address that is new to them within an hour: a hotel,
    a conference, a mobile network's translation of addresses.
``hopping phone``
    On a train a phone changes its address three to five times within an hour; rarely, the user's
    computer is connected through that phone.
``long leave``
    Nothing for 42 to 60 days, added to the usual time between sessions. Then the user is back.
``another browser``
    The user tries another browser on their own computer.

Incidents that keep close to the ordinary:

``nearby theft``
    As a stolen session, but 250 to 1,500 km away, 5 to 25 minutes after its owner was seen.
``quiet spraying``
    One address signs on to five to seven accounts, rarely four, with pauses of 6 to 13 minutes.
``few proxies``
    Six to nine addresses, rarely five, within 50 minutes.
``revived account``
    Nothing for about two months, and then somebody else, 250 to 1,500 km from the user's home.

One attacker in twenty imitates the browser and system of the account's owner.
"""

from __future__ import annotations

import functools

from pingsessions_nb.sandbox.devices import DESKTOPS, Device
from pingsessions_nb.sandbox.geography import (
    HOUR,
    MINUTE,
    City,
    abroad,
    between,
    cities,
    distance_km,
    way,
)
from pingsessions_nb.sandbox.hashing import number
from pingsessions_nb.sandbox.networks import access_address, rented_address
from pingsessions_nb.sandbox.people import Spot, place_of
from pingsessions_nb.sandbox.scene import ANYWHERE, Plan, Scene
from pingsessions_nb.sandbox.sessions import Event, Session

# How often each happens among 2,000 users, and to how many of them at once. Tenants of less than
# 334 users have none.
CLOSE_CALLS = {
    "day out": (2, 1),
    "quick journey": (3, 1),
    "distant gateway": (1, 1),
    "shared hotspot": (2, 5),
    "hopping phone": (6, 1),
    "long leave": (3, 1),
    "another browser": (1, 1),
    "nearby theft": (3, 1),
    "quiet spraying": (1, 7),
    "few proxies": (3, 1),
    "revived account": (3, 1),
}
_DAY_OUT_KM = (30, 90)
_GATEWAY_KM = (46, 200)
_NEAR_KM = (250, 1_500)
_FLIGHT_KM = (1_000, 9_000)
_REACHES = {
    "day out": _DAY_OUT_KM,
    "quick journey": _FLIGHT_KM,
    "distant gateway": _GATEWAY_KM,
    "nearby theft": _NEAR_KM,
    "revived account": _NEAR_KM,
}


def homes_for(plan: Plan) -> tuple[City, ...]:
    """Return where somebody may live to whom it happens."""
    if plan.plot == "shared hotspot":
        return (_base(plan),)
    if plan.plot == "quiet spraying":
        return tuple(each for each in cities() if distance_km(each, _base(plan)) > _NEAR_KM[0])
    if plan.plot in _REACHES:
        return homes_within(*_REACHES[plan.plot])
    return cities()


@functools.cache
def homes_within(nearest_km: float, furthest_km: float) -> tuple[City, ...]:
    """Return the cities with others between two distances."""
    return tuple(each for each in cities() if between(each, nearest_km, furthest_km))


def _base(plan: Plan) -> City:
    return cities()[number("base", plan.group) % len(cities())]


def _how_many(often: tuple[int, ...], seldom: int, plan: Plan) -> int:
    """Return to how many of a group it really happens: once in twenty times ``seldom``."""
    drawn = number("members", plan.group)
    return seldom if drawn % 20 == 0 else often[drawn // 20 % len(often)]


ORDINARY = frozenset(list(CLOSE_CALLS)[:7])
"""Those of them that are no incidents: there are as many times more as the tenant has noise."""


class CloseCall(Scene):
    """One story of those that are hard to tell apart."""

    def _day_out(self, at: int) -> None:
        there = self._within(_DAY_OUT_KM)
        self._clear(at - way(self._person.home, there), at + HOUR + way(self._person.home, there))
        self._visit("out", at, Spot(there, False), self._own_device)

    def _quick_journey(self, at: int) -> None:
        home = self._person.home
        there = self._draw.choice(abroad(home, *_FLIGHT_KM))
        aloft = distance_km(home, there) / self._draw.uniform(820, 960) * HOUR
        left = at - round(aloft) - self._draw.randrange(25, 50) * MINUTE
        begun = left - self._draw.randrange(20, 60) * MINUTE
        self._clear(begun - 2 * HOUR, at + ANYWHERE)
        address, place = self._person.address(Spot(there, False), at, mobile=False)
        events = [self._at_home(begun + 9_000, True), self._at_home(left)]
        events.append(Event(at, address, place, False))
        flown = self._add("flown", begun, events, self._own_device)
        self._note(flown, "user_location_anomaly")

    def _distant_gateway(self, at: int) -> None:
        gateway = place_of(self._within(_GATEWAY_KM))
        self._clear(at - 2 * HOUR, at + 3 * HOUR)
        outside = at + self._draw.randrange(3, 40) * MINUTE
        address = access_address(self._person.key, "gateway")
        events = [self._at_home(at + 9_000, True), Event(outside, address, gateway, False)]
        self._add("left", at, events, self._phone)

    def _shared_hotspot(self, at: int) -> None:
        if self._plan.member >= _how_many((2, 3, 4), 5, self._plan):
            return
        at += self._draw.randrange(50) * MINUTE
        self._clear(at - HOUR, at + HOUR)
        address = access_address(self._plan.group, "hotspot")
        events = [Event(at + 9_000, address, place_of(self._person.home), True)]
        self._add("hotspot", at, events, self._phone)

    def _hopping_phone(self, at: int) -> None:
        key, count = self._person.key, self._draw.randint(3, 5)
        self._clear(at - 2 * HOUR, at + 3 * HOUR)
        addresses = [access_address(key, "train", step) for step in range(count)]
        self._hop("train", at, 50, addresses, self._phone)
        if self._draw.random() < 0.05:
            addresses = [access_address(key, "tethered", step) for step in range(2)]
            self._hop("tethered", at + 10 * MINUTE, 25, addresses, self._own_device)

    def _long_leave(self, at: int) -> None:
        self._clear(at - self._draw.randrange(42 * 24, 60 * 24) * HOUR, at)
        self._visit("back", at, self._person.at_home, self._own_device)

    def _another_browser(self, at: int) -> None:
        own = self._own_device
        others = [each for each in DESKTOPS if each.system == own.system]
        other = self._draw.choice([each for each in others if each.browser != own.browser])
        self._clear(at - 2 * HOUR, at + 2 * HOUR)
        self._visit("tried", at, self._person.at_home, other)

    def _nearby_theft(self, at: int) -> None:
        self._steal(at, self._within(_NEAR_KM), (5, 25))

    def _quiet_spraying(self, at: int) -> None:
        if self._plan.member >= _how_many((5, 6, 7), 4, self._plan):
            return
        pause = 6 + number("pause", self._plan.group) % 8
        at += self._plan.member * pause * MINUTE
        self._clear(at - ANYWHERE, at + ANYWHERE)
        address = rented_address(self._plan.group)
        taken = self._attack(at, _base(self._plan), address, "taken", self._intruders_device())
        self._note(taken, "user_velocity", "new_device", "user_location_anomaly")

    def _few_proxies(self, at: int) -> None:
        count = 5 if self._draw.random() < 1 / 30 else self._draw.randint(6, 9)
        addresses = [rented_address(self._person.key, step) for step in range(count)]
        self._clear(at - 3 * HOUR, at + 3 * HOUR)
        for half in range(2):
            begun = at + half * 25 * MINUTE
            added = self._hop(f"proxied {half}", begun, 25, addresses[half::2], self._own_device)
            self._note(added, "ip_velocity")

    def _revived_account(self, at: int) -> None:
        self._clear(at - self._draw.randrange(59 * 24, 75 * 24) * HOUR, at + ANYWHERE)
        address, there = rented_address(self._person.key), self._within(_NEAR_KM)
        taken = self._attack(at, there, address, "revived", self._intruders_device())
        self._note(taken, "dormant_return", "new_device", "user_location_anomaly")

    def _intruders_device(self) -> Device:
        return self._own_device if self._draw.random() < 1 / 20 else self._attackers_device()

    def _within(self, reach: tuple[float, float]) -> City:
        return self._draw.choice(between(self._person.home, *reach))

    def _hop(
        self, name: str, begun: int, minutes: int, addresses: list[str], device: Device
    ) -> Session:
        """Add a session that comes from one address after another, in the user's own city."""
        place = place_of(self._person.home)
        step = minutes * MINUTE // len(addresses)
        events = [
            Event(begun + 9_000 + nth * step, address, place, nth == 0)
            for nth, address in enumerate(addresses)
        ]
        return self._add(name, begun, events, device)
