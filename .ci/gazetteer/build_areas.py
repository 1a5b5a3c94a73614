"""States and other areas that hold towns, for the build: of today, of former years, by any name."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from build_reading import Sources, Spot, county_code, state_code
from numpy.typing import NDArray

from pingsessions_nb.places.spelling import key, state_keys
from pingsessions_nb.places.sphere import distance_km, unit_vectors

SHARE_WITHIN_RADIUS = 0.99
"""An area's radius holds this share of its people."""
SAME_AREA = 0.8
"""Two lists mean one area if this share of one's places lies in the other's."""
PEOPLE_PER_KM2 = 1_500
"""Of built-up land, for a city's radius: between the sprawl of North America and dense Asia."""
CITY_RADIUS_KM = (5, 50)
FEWEST_PEOPLE = 500
"""What a town counts for whose people the sources do not count."""
_CELL = 0.5
"""Degrees: the grid in which the town next to a place is looked for."""
FEWEST_PLACES = 3
"""An area that only an older or a postal list has is kept if it names so many places of it."""
SAME_SPOT_KM = 20.0
"""How far apart two lists may put the middle of one small state."""
AREA_RADIUS_KM = 15.0
"""No area is said to be smaller: a list may know few of its towns."""

Point = tuple[float, float, float]
"""Latitude, longitude, people."""


@dataclass
class Area:
    """A state, or another area that is written where a state belongs.

    Attributes
    ----------
    country : str
    name : str
    level : int
        1 for GeoNames' first level, 2 for its second, 3 for what neither has: former areas and
        those of other authorities.
    inside : str
        The code of the first-level area that it lies in, ``""`` where there is none.
    points : list of Point
        Its towns.
    other_names : list of str
    """

    country: str
    name: str
    level: int
    inside: str = ""
    points: list[Point] = field(default_factory=list)
    other_names: list[str] = field(default_factory=list)

    def extent(self) -> tuple[float, float, float]:
        """Return the middle of where people live, and the radius that holds most of them."""
        latitude, longitude, radius = extent(self.points)
        return latitude, longitude, max(radius, AREA_RADIUS_KM)

    def people(self) -> float:
        """Return how many people live in its towns."""
        return sum(people for *_, people in self.points)


def areas(sources: Sources, towns: list[dict[str, Any]], spots: list[Spot]) -> dict[str, Area]:
    """Return all areas by code: GeoNames' codes, then ``XX|name`` for those that have none."""
    first = {
        code: Area(code[:2], name, level=1, inside=code)
        for code, name in sources.states(towns).items()
    }
    second = {
        code: Area(code[:2], name, level=2, inside=code.rpartition(".")[0])
        for code, name in sources.counties(towns).items()
        if code.rpartition(".")[0] in first
    }
    found = first | second
    for town in towns:
        point = (town["latitude"], town["longitude"], max(town["population"], FEWEST_PEOPLE))
        for code in (state_code(town), county_code(town, town["admin2code"])):
            if code in found:
                found[code].points.append(point)
    grid = Grid(towns)
    for group in _groups(spots):
        _join(group, found, grid)
    for country in sorted({area.country for area in found.values()}):
        _add_iso_names(sources, country, found)
    return found


class Grid:
    """Finds the town next to a place."""

    def __init__(self, towns: list[dict[str, Any]]) -> None:
        self._cells: defaultdict[tuple[str, int, int], list[dict[str, Any]]] = defaultdict(list)
        for town in towns:
            for cell in self._around(town["countrycode"], town["latitude"], town["longitude"]):
                self._cells[cell].append(town)

    def nearest(self, country: str, latitude: float, longitude: float) -> dict[str, Any] | None:
        """Return the country's nearest town, None where there is none within some 50 km."""
        near = self._cells.get((country, int(latitude // _CELL), int(longitude // _CELL)), [])
        stretch = math.cos(math.radians(latitude))

        def off(town: dict[str, Any]) -> float:
            return math.hypot(
                town["latitude"] - latitude, (town["longitude"] - longitude) * stretch
            )

        return min(near, key=off, default=None)

    @staticmethod
    def _around(country: str, latitude: float, longitude: float) -> Iterator[tuple[str, int, int]]:
        north, east = int(latitude // _CELL), int(longitude // _CELL)
        for row in (north - 1, north, north + 1):
            for column in (east - 1, east, east + 1):
                yield country, row, column


def _groups(spots: Iterable[Spot]) -> list[tuple[str, str, list[Spot]]]:
    """Return the places of each area that older and postal lists name."""
    groups: defaultdict[tuple[str, str], dict[tuple[float, float], Spot]] = defaultdict(dict)
    for spot in spots:
        at = (round(spot.latitude, 1), round(spot.longitude, 1))
        for area in spot.areas:
            if state_keys(area):
                groups[spot.country, area].setdefault(at, spot)
    return [(*names, list(members.values())) for names, members in sorted(groups.items())]


def _join(group: tuple[str, str, list[Spot]], found: dict[str, Area], grid: Grid) -> None:
    """Add a group of places as an area, or its name to the area that it is."""
    country, name, spots = group
    towns = [grid.nearest(country, spot.latitude, spot.longitude) for spot in spots]
    near = [(spot, town) for spot, town in zip(spots, towns, strict=True) if town is not None]
    if not near:
        return
    points: list[Point] = [
        (spot.latitude, spot.longitude, float(max(town["population"], FEWEST_PEOPLE)))
        for spot, town in near
    ]
    held: Counter[str] = Counter()
    for _, town in near:
        held.update({state_code(town), county_code(town, town["admin2code"])} & found.keys())
    inside = [code for code, count in held.most_common() if count >= SAME_AREA * len(near)]
    for code in sorted(inside, key=len, reverse=True):  # the second level before the first
        if _alike(points, found[code].points):
            found[code].other_names.append(name)
            return
    if len(near) < FEWEST_PLACES:
        return
    state = next((code for code in inside if found[code].level == 1), "")
    found[f"{country}|{name}"] = Area(country, name, level=3, inside=state, points=points)


def _alike(one: Sequence[Point], other: Sequence[Point]) -> bool:
    """Tell whether two lists of places cover about the same ground."""
    lat, lon, radius = extent([(place[0], place[1], 1.0) for place in one])
    to_lat, to_lon, to_radius = extent([(place[0], place[1], 1.0) for place in other])
    apart = float(distance_km(lat, lon, to_lat, to_lon))
    low, high = sorted((radius + 10, to_radius + 10))
    return apart < high / 3 and high < 1.6 * low


def _add_iso_names(sources: Sources, country: str, found: dict[str, Area]) -> None:
    """Add codes and names of ISO 3166-2 and CLDR to the area that bears one of them."""
    exact: defaultdict[tuple[int, str], set[str]] = defaultdict(set)
    loose: defaultdict[tuple[int, str], set[str]] = defaultdict(set)
    for code, area in found.items():
        if area.country == country:
            for name in (area.name, *area.other_names):
                exact[area.level, state_keys(name)[0]].add(code)
                for looser in state_keys(name)[1:]:
                    loose[area.level, looser].add(code)
    left = []
    for iso, titles in sources.subdivisions(country).items():
        plain = {key(title) for title in titles}
        spelt = {name for title in titles for name in state_keys(title)}
        for level, names, table in (
            (level, names, table)
            for level in (1, 2, 3)
            for names, table in ((plain, exact), (spelt, exact), (spelt, loose))
        ):
            codes = set[str]().union(*(table.get((level, name), ()) for name in names))
            if len(codes) == 1:
                found[codes.pop()].other_names += [*titles, iso, iso[3:]]
                break
        else:
            left.append((iso, titles))
    _join_by_place(left, sources.middles(country), country, found)


def _join_by_place(
    left: list[tuple[str, list[str]]],
    middles: dict[str, tuple[float, float]],
    country: str,
    found: dict[str, Area],
) -> None:
    """Add ISO's names that no area bears to the nameless state in whose midst they lie."""
    states = [
        area
        for code, area in found.items()
        if area.country == country
        and area.level == 1
        and not any(name.startswith(f"{country}-") for name in area.other_names)
    ]
    taken = []
    for iso, titles in left:
        if iso not in middles:
            continue
        for area in states:
            lat, lon, radius = area.extent()
            if float(distance_km(lat, lon, *middles[iso])) <= max(radius / 2, SAME_SPOT_KM):
                taken.append((iso, titles, area))
    for iso, titles, area in taken:
        if sum(other is area for *_, other in taken) == sum(it == iso for it, *_ in taken) == 1:
            area.other_names += [*titles, iso, iso[3:]]


def extent(points: Sequence[Point]) -> tuple[float, float, float]:
    """Return the middle of where people live, and the radius that holds most of them."""
    lat, lon, people = np.array(points).T
    x, y, z = people @ unit_vectors(lat, lon)
    middle = math.degrees(math.atan2(z, math.hypot(x, y))), math.degrees(math.atan2(y, x))
    reach: NDArray[np.float64] = distance_km(*middle, lat, lon) + city_radius(people)
    order = np.argsort(reach, kind="stable")
    held = np.cumsum(people[order]) / people.sum()
    at = min(int(np.searchsorted(held, SHARE_WITHIN_RADIUS)), len(order) - 1)
    return *middle, float(reach[order][at])


def city_radius(people: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the radius in km of a round city of `PEOPLE_PER_KM2`, within `CITY_RADIUS_KM`."""
    return np.clip(np.sqrt(people / PEOPLE_PER_KM2 / math.pi), *CITY_RADIUS_KM)
