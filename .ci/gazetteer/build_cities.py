"""Cities and smaller places for the build, and the names that each is known by."""

from __future__ import annotations

import math
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

from build_areas import Area, Grid
from build_reading import Sources, Spot, county_code, state_code

from pingsessions_nb.places.spelling import key, words
from pingsessions_nb.places.sphere import distance_km

OTHER_NAMES_FROM = 1_500
"""Population from which a city's other names are kept."""
SAME_PLACE_KM = 25.0
"""Places of one name that lie no further apart than this are one."""
UNCOUNTED = 100.0
"""People of a place whose people nobody counted."""
COMMON = 3
"""A name that so many places of a country bear as their own is a common one."""
BORROWED, SHORTENED = 20, 5
"""A city keeps a common name as another name, or as a short form of its own, if it has so many
times the people of the largest place that bears it; one that is not common, if it is the larger."""
WITHOUT_HAMLETS = {"JP", "KR", "MX", "PE", "PT", "SG"}
"""Countries whose postal places are mostly quarters and streets."""
TOO_MANY = {"AR", "DZ", "EE", "IN", "LT", "LV", "PL", "TR"}
"""Countries of which only hamlets that GeoNames has a number for are kept, to fit in 8 MB."""
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "æ": "ae"})


class City(NamedTuple):
    """A city or smaller place; `area` is the code of the smallest area known to hold it."""

    country: str
    name: str
    latitude: float
    longitude: float
    people: float
    area: str
    other_names: tuple[str, ...] = ()


class Called(NamedTuple):
    """A city's name as a key: rank 0 for its own, 1 for another; the people it counts with."""

    key: str
    rank: int
    people: float


def cities(
    sources: Sources, towns: list[dict[str, Any]], spots: list[Spot], areas: dict[str, Area]
) -> list[City]:
    """Return GeoNames' towns, then the hamlets that only the postal lists have."""
    found = [_city(sources, town, areas) for town in towns]
    return found + list(_hamlets(found, spots, Grid(towns), areas))


def _city(sources: Sources, town: dict[str, Any], areas: dict[str, Area]) -> City:
    country, people = town["countrycode"], town["population"]
    fits = sources.scripts(country).fullmatch
    others = town["alternatenames"] if people >= OTHER_NAMES_FROM else []
    return City(
        country,
        town["name"],
        town["latitude"],
        town["longitude"],
        people,
        _area(town, areas),
        tuple(name for name in others if fits(name) and not _is_a_code(name)),
    )


def _is_a_code(name: str) -> bool:
    """Tell an airport's code from a name."""
    return name.isascii() and name.isupper() and len(name) < 4


def _area(town: dict[str, Any], areas: dict[str, Area]) -> str:
    codes = (county_code(town, town["admin2code"]), state_code(town))
    return next((code for code in codes if code in areas), "")


def _hamlets(
    cities: list[City], spots: list[Spot], grid: Grid, areas: dict[str, Area]
) -> Iterator[City]:
    known: defaultdict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
    for city in cities:
        for name in {key(name) for name in (city.name, *city.other_names)}:
            known[city.country, name].append((city.latitude, city.longitude))
    for spot in spots:
        if not spot.exact or spot.country in WITHOUT_HAMLETS | TOO_MANY:
            continue
        name = spot.name.partition("(")[0].strip()
        at = known[spot.country, key(name)]
        if not key(name) or name[-1].isdigit() or _near(spot, at):
            continue
        town = grid.nearest(spot.country, spot.latitude, spot.longitude)
        at.append((spot.latitude, spot.longitude))
        yield City(
            spot.country,
            name,
            spot.latitude,
            spot.longitude,
            UNCOUNTED,
            _area(town, areas) if town else "",
        )


def _near(spot: Spot, known: list[tuple[float, float]]) -> bool:
    return any(
        abs(lat - spot.latitude) < 0.25
        and float(distance_km(lat, lon, spot.latitude, spot.longitude)) <= SAME_PLACE_KM
        for lat, lon in known
    )


def called(cities: list[City]) -> Iterator[tuple[City, list[Called]]]:
    """Yield each city with its names.

    A name that is other places' own is dropped, unless the city is much larger: a town that once
    was Franklin is not what Franklin means.
    """
    largest: defaultdict[tuple[str, str], float] = defaultdict(float)
    bearers: Counter[tuple[str, str]] = Counter()
    for city in cities:
        name = city.country, key(city.name)
        largest[name] = max(largest[name], city.people, 1_000)
        bearers[name] += 1
    for city in cities:
        own = key(city.name)
        names = [Called(own, 0, city.people)]
        names += [Called(name, 0, city.people) for name in _without_umlauts(city.name)]
        for other in city.other_names:
            other_key = key(other)
            name = city.country, other_key
            common = bearers[name] >= COMMON
            people = city.people / largest[name] if name in largest else math.inf
            short = set(words(other)) < set(words(city.name))
            if short and people >= (SHORTENED if common else 1):
                # "Juárez" rather means Ciudad Juárez than a village Juárez, but "Caxias" the city
                # Caxias rather than Duque de Caxias.
                names.append(Called(other_key, 0, city.people / 20))
            elif people >= (BORROWED if common else 1):
                names.append(Called(other_key, 1, city.people))
        yield city, names


def _without_umlauts(name: str) -> list[str]:
    """Return the key of a name whose umlauts are written as two letters."""
    plain = unicodedata.normalize("NFC", name.casefold())
    return [key(plain.translate(_UMLAUTS))] if plain.translate(_UMLAUTS) != plain else []
