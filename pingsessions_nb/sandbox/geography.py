"""The cities in which the invented people live: real ones, named as IP geolocation names them."""

from __future__ import annotations

import functools
import importlib.resources
import math
from datetime import UTC, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

DAY = 86_400_000
HOUR = 3_600_000
MINUTE = 60_000
COMMUTE_KM = 45


class City(NamedTuple):
    """A city: names in lower-case English, degrees, and IANA time zone."""

    name: str
    state: str | None
    country: str
    latitude: float
    longitude: float
    zone: str


@functools.cache
def cities() -> tuple[City, ...]:
    """Return all cities, ordered by country, state and name."""
    files = importlib.resources.files("pingsessions_nb.sandbox")
    lines = (files / "data" / "cities.tsv").read_text(encoding="utf-8").splitlines()[2:]
    rows = (line.split("\t") for line in lines)
    return tuple(
        City(name, state or None, country, float(latitude), float(longitude), zone)
        for name, state, country, latitude, longitude, zone in rows
    )


@functools.cache
def city(name: str, country: str) -> City:
    """Return the city of that name in a country."""
    return next(each for each in cities() if (each.name, each.country) == (name, country))


@functools.cache
def in_countries(countries: tuple[str, ...]) -> tuple[City, ...]:
    """Return the cities of some countries."""
    return tuple(each for each in cities() if each.country in countries)


@functools.cache
def within_commute(home: City) -> tuple[City, ...]:
    """Return the other cities to which one can commute: at most 45 km away."""
    return tuple(each for each in between(home, 0, COMMUTE_KM) if each != home)


@functools.cache
def border_pairs() -> tuple[tuple[City, City], ...]:
    """Return pairs of cities within a commute in different countries, in both directions."""
    pairs = ((home, work) for home in cities() for work in within_commute(home))
    return tuple((home, work) for home, work in pairs if home.country != work.country)


@functools.cache
def abroad(home: City, nearest_km: float, furthest_km: float) -> tuple[City, ...]:
    """Return the cities of other countries between two distances."""
    reached = between(home, nearest_km, furthest_km)
    return tuple(each for each in reached if each.country != home.country)


@functools.cache
def between(home: City, nearest_km: float, furthest_km: float) -> tuple[City, ...]:
    """Return the cities of any country between two distances."""
    return tuple(each for each in cities() if nearest_km <= distance_km(home, each) <= furthest_km)


def distance_km(a: City, b: City) -> float:
    """Return the great-circle distance in km (haversine, mean Earth radius 6371.0088 km)."""
    phi_a, phi_b = math.radians(a.latitude), math.radians(b.latitude)
    up = math.sin((phi_b - phi_a) / 2) ** 2
    along = math.sin(math.radians(b.longitude - a.longitude) / 2) ** 2
    return 2 * 6371.0088 * math.asin(math.sqrt(up + math.cos(phi_a) * math.cos(phi_b) * along))


def way(home: City, there: City) -> int:
    """Return the ms from door to door: an hour and what 850 km/h takes.

    So every journey is slower than 850 km/h, however long it is.
    """
    return round(HOUR * (1 + distance_km(home, there) / 850))


@functools.lru_cache(maxsize=65_536)
def utc_offset(zone: str, day: int) -> int:
    """Return local time minus UTC, in ms, at noon of a day counted from 1970."""
    noon = datetime.fromtimestamp(day * 86_400 + 43_200, UTC)
    offset = noon.astimezone(ZoneInfo(zone)).utcoffset()
    return 0 if offset is None else round(offset.total_seconds() * 1000)


def local(zone: str, at: int) -> int:
    """Return the ms that a wall clock shows, counted as if it were UTC."""
    return at + utc_offset(zone, at // DAY)


def utc(zone: str, wall: int) -> int:
    """Return the time at which a wall clock shows some ms; `local` backwards."""
    return wall - utc_offset(zone, wall // DAY)


def weekday(local_at: int) -> int:
    """Return the day of the week of a local time; Monday is 0."""
    return (local_at // DAY + 3) % 7
