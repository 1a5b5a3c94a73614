"""The invented people: where they live and work, when, on what, and how."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import NamedTuple

from pingsessions_nb.sandbox.devices import Device, own_devices
from pingsessions_nb.sandbox.geography import (
    DAY,
    HOUR,
    MINUTE,
    City,
    abroad,
    border_pairs,
    cities,
    in_countries,
    local,
    weekday,
    within_commute,
)
from pingsessions_nb.sandbox.hashing import number
from pingsessions_nb.sandbox.names import POOLS, Name
from pingsessions_nb.sandbox.networks import (
    OFFICES,
    VPNS,
    Network,
    access_address,
    home_address_6,
    masked,
)
from pingsessions_nb.sandbox.sessions import Place

_TO_WORK = (8 * 60, 9 * 60 + 15)
_FROM_WORK = (17 * 60, 18 * 60)


class Spot(NamedTuple):
    """A city, and whether the person is at work there."""

    city: City
    is_work: bool


@dataclass(frozen=True, slots=True)
class Person:
    """What does not change about a user."""

    key: str  # seeds everything that is drawn for this person
    at_home: Spot
    at_work: Spot  # in the same city for those who work from home, and for many others
    devices: tuple[Device, ...]
    gap_days: tuple[int, ...]  # from one session to the next, one of these; none: never signs in
    commutes: bool = False  # goes to work, and so is on the way at times
    office: Network | None = None  # the company's network at work
    vpn: Network | None = None  # the company's that every second session goes through
    second: City | None = None  # where a frequent traveller is part of every week or fortnight
    store: str | None = None  # key of the shop's address, which at most three users share
    home_days: frozenset[int] = frozenset()  # of working from home; Monday is 0
    last_day: int | None = None  # from the tenant's anchor; the person never came again after it
    roams: bool = False  # the phone's network is known to the country only
    masked: bool = False  # the person's addresses are
    sparse: bool = False  # fields are missing
    new_protocol: bool = False  # the home has IPv6

    @property
    def home(self) -> City:
        """The city where the person lives."""
        return self.at_home.city

    def where(self, at: int) -> Spot | None:
        """Return where the person is on an ordinary day, or None on the way to or from work."""
        if not self.commutes:
            return self.at_home
        wall = local(self.home.zone, at)
        day = weekday(wall)
        if day >= 5 or day in self.home_days:
            return self.at_home
        minutes = wall % DAY // MINUTE
        if minutes < _TO_WORK[0] or minutes >= _FROM_WORK[1]:
            return self.at_home
        return self.at_work if _TO_WORK[1] <= minutes < _FROM_WORK[0] else None

    def settled(self, at: int) -> int:
        """Return the time itself or, on the way to or from work, one after the arrival."""
        while self.commutes and self.where(at) is None:
            at += HOUR
        return at

    def address(self, spot: Spot, at: int, mobile: bool) -> tuple[str, Place]:
        """Return the address that the person has at a spot, and how that is geolocated.

        There are never more than four different ones within an hour: home's and the phone's,
        each before and after midnight, or work's in place of home's.
        """
        day = at // DAY
        city = spot.city
        place = place_of(city)
        if mobile:
            address = access_address(self.key, "mobile", city.name, day)
            return address, Place(None, None, city.country) if self.roams else place
        if spot.is_work:
            return self.office.address if self.office else access_address(self.key, "work"), place
        if city != self.home:
            return access_address(self.key, "away", city.name), place
        if self.store is not None:
            return access_address(self.store), place
        if self.new_protocol:
            return home_address_6(self.key, day), place
        return access_address(self.key, "home", day // 40), place

    def shown(self, address: str) -> str:
        """Return an address as the API shows it."""
        return masked(address) if self.masked else address


def place_of(city: City) -> Place:
    """Return how an address in a city is geolocated."""
    return Place(city.name, city.state, city.country)


def ordinary_person(key: str, name: Name, store: str | None) -> Person:
    """Draw a person to whom nothing happens, for a key.

    People mostly live where their name is at home; shop-floor staff near their store.
    """
    draw = random.Random(number("person", key))
    home, work, office = _home_and_work(draw, name, store)
    border = home.country != work.country
    second = None
    if store is None and work == home and office is None and draw.random() < 0.15:
        second = draw.choice(abroad(home, 300, 9_000))
    vpn = draw.choice(VPNS) if store is None and second is None and draw.random() < 0.1 else None
    sparse = second is None and vpn is None and draw.random() < 0.08
    shy = draw.random()
    plain = second is None and vpn is None
    gaps: tuple[int, ...] = (1, 1, 1, 2, 2, 3, 4)
    if second is None and shy < 0.18:
        gaps = () if shy < 0.01 else (5, 7, 9, 12, 15)
    return Person(
        key=key,
        at_home=Spot(home, False),
        at_work=Spot(work, True),
        commutes=work != home or office is not None,
        office=office,
        vpn=vpn,
        second=second,
        store=store,
        home_days=frozenset(draw.sample(range(5), draw.randint(0, 2))),
        devices=own_devices(draw, 1 if sparse else draw.choice((2, 2, 3)), free=True),
        gap_days=gaps,
        last_day=-draw.randint(20, 150) if plain and draw.random() < 0.02 else None,
        roams=plain and not border and draw.random() < 0.3,
        masked=plain and shy > 0.95,
        sparse=sparse,
        new_protocol=0.8 < shy < 0.88,
    )


def eventful_person(key: str, homes: tuple[City, ...]) -> Person:
    """Draw a person to whom something happens: plain ways, so that only that stands out."""
    draw = random.Random(number("person", key))
    home = draw.choice(homes)
    devices = own_devices(draw, 2, free=False)
    return Person(key, Spot(home, False), Spot(home, True), devices, (1, 1, 1, 2, 2, 3))


def _home_and_work(
    draw: random.Random, name: Name, store: str | None
) -> tuple[City, City, Network | None]:
    if store is not None:
        home = cities()[number("store", store) % len(cities())]
        return home, home, None
    kind = draw.random()
    if kind < 0.04:
        home, work = draw.choice(border_pairs())
        return home, work, None
    if kind < 0.4:
        office = draw.choice(OFFICES)
        home = draw.choice((*within_commute(office.city), office.city))
        return home, office.city, office
    home = draw.choice(in_countries(POOLS[name.pool].countries) or cities())
    near = within_commute(home)
    work = draw.choice(near) if near and draw.random() < 0.4 else home
    return home, work, None
