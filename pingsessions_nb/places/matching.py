"""Which place of the gazetteer a city, a state and a country in words mean, and how sure that is.

The rules are those that `pingsessions_nb.places.locate` documents. All triples are matched at once:
each rule is one bisection of the gazetteer for all the triples that it concerns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pingsessions_nb.places.gazetteer import NOWHERE, Gazetteer, Rows
from pingsessions_nb.places.index import NO_PLACE, Kind, fingerprints
from pingsessions_nb.places.spelling import city_keys, country_keys, state_keys

SAME_PLACE_KM = 25.0
"""Cities of one name that lie no further apart than this count as one."""
SURE = 0.9
"""A city is taken for sure if so many of all people in cities of its name live there."""
BESIDE = 1.25
"""How many times an area's radius its towns may lie off: it holds not all of its people."""
FEWEST_PEOPLE = 500.0
"""What a place counts for whose people the gazetteer does not know."""
INSIDE, NEAR, OUTSIDE = 0, 1, 2

Texts = Sequence[str]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Matches:
    """What was found for each triple of words.

    Attributes
    ----------
    rows : ndarray of int64
        The gazetteer's row, `NOWHERE` where there is none.
    radius_km : ndarray of float64
        What holds the place that is meant: wider than the row's own where others bear its name.
    sure : ndarray of bool
        False where a city is only the likeliest of several in the state that is said.
    took : ndarray of bool
        Three columns: whether the city, the state and the country were read.
    """

    rows: Rows
    radius_km: NDArray[np.float64]
    sure: Mask
    took: Mask


def match(known: Gazetteer, cities: Texts, states: Texts, countries: Texts) -> Matches:
    """Return the place of each triple of words; missing words are ``""``."""
    country = _countries(known, countries)
    # England and its like are written where a country belongs, but are states of one.
    part = np.where(known.is_country(country), NOWHERE, country)
    country = np.where(part == NOWHERE, country, known.parent[part])

    state, areas = _areas(known, states, country)
    # Puerto Rico and its like are written where a state belongs, but have a country's code.
    territory = known.is_country(state)
    country = np.where(territory, state, country)
    state = np.where(territory, NOWHERE, state)
    read = _marked(len(states), areas.of)
    areas = areas.where(~territory[areas.of])
    alone = ~read & (part != NOWHERE)
    state = np.where(alone, part, state)
    areas = areas.joined(Pairs(np.flatnonzero(alone), part[alone]))

    row, radius, sure, elsewhere = _cities(known, cities, states, country, areas)
    sure |= ~_marked(len(states), areas.of)
    took = np.stack([row != NOWHERE, read, country != NOWHERE], axis=1)
    # A city that lies elsewhere may be right, and the county's name another's: "Tacoma, Ontario".
    shared = np.where(elsewhere == known.state_of(state), elsewhere, country)
    small = (row == NOWHERE) & (elsewhere != NOWHERE) & (state >= known.states_end)
    state = np.where(small, shared, state)
    row = np.where(row != NOWHERE, row, np.where(state != NOWHERE, state, country))
    radius = np.where(took[:, 0], radius, known.radius_km[row])
    homeless = _said(states, state_keys) & ~_said(countries, country_keys)
    for i in np.flatnonzero(homeless).tolist():
        row[i] = _without_country(known, cities[i], states[i])
        took[i, :2] = row[i] >= known.areas_end, row[i] != NOWHERE
        radius[i] = known.radius_km[row[i]]
    return Matches(row, radius, sure, took)


@dataclass(frozen=True)
class Pairs:
    """Triples by number, and rows of the gazetteer that each may mean, in order."""

    of: Rows
    rows: Rows

    def where(self, kept: Mask) -> Pairs:
        """Keep some pairs."""
        return Pairs(self.of[kept], self.rows[kept])

    def joined(self, *others: Pairs) -> Pairs:
        """Add pairs at the end."""
        return Pairs(
            np.concatenate([self.of, *(other.of for other in others)]),
            np.concatenate([self.rows, *(other.rows for other in others)]),
        )

    def sorted(self, *keys: NDArray[np.generic]) -> Pairs:
        """Put the pairs of each triple together, in the order of some keys, the last one first."""
        order = np.lexsort((*keys, self.of))
        return Pairs(self.of[order], self.rows[order])

    def best(self, count: int) -> Rows:
        """Return the first row of each of `count` triples, `NOWHERE` where there is none."""
        rows = np.full(count, NOWHERE, dtype=np.int64)
        rows[self.of[::-1]] = self.rows[::-1]  # the last to be written is the first
        return rows


NO_PAIRS = Pairs(np.zeros(0, np.int64), np.zeros(0, np.int64))


def _named(known: Gazetteer, prints: Rows, which: Rows) -> Pairs:
    """Return the places of each fingerprint, best first; `which` are the triples."""
    begin, end = known.candidates(prints)
    count = end - begin
    nth = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    return Pairs(np.repeat(which, count), known.ranked[np.repeat(begin, count) + nth])


def _first(
    asked: Mask,
    names: Callable[[int], Iterable[tuple[Kind, int | str, str]]],
    take: Callable[[Rows, Rows], Rows],
) -> None:
    """Try each triple's names in turn, until `take` says that it has taken one.

    `take` gets fingerprints and the triples that they are of, and returns the triples that it took.
    """
    left = np.flatnonzero(asked)
    turns = {i: iter(names(i)) for i in left.tolist()}
    while len(left):
        prints = fingerprints(next(turns[i], None) for i in left.tolist())
        left, prints = left[prints != NO_PLACE], prints[prints != NO_PLACE]
        left = np.setdiff1d(left, take(prints, left), assume_unique=True)


def _countries(known: Gazetteer, countries: Texts) -> Rows:
    rows: Rows = np.full(len(countries), NOWHERE, dtype=np.int64)

    def take(prints: Rows, which: Rows) -> Rows:
        rows[which] = known.best(prints)
        taken: Rows = which[rows[which] != NOWHERE]
        return taken

    _first(
        np.full(len(countries), True),
        lambda i: (("country", "", key) for key in country_keys(countries[i])),
        take,
    )
    return rows


def _areas(known: Gazetteer, states: Texts, country: Rows) -> tuple[Rows, Pairs]:
    """Return the area that each state means, if it is a single one, and all that it may mean.

    A state of the first level is meant before smaller and former areas of its name.
    """
    rows: Rows = np.full(len(states), NOWHERE, dtype=np.int64)
    found: list[Pairs] = []

    def take(prints: Rows, which: Rows) -> Rows:
        pairs = _named(known, prints, which)
        best = pairs.best(len(states))
        pairs = pairs.where((best[pairs.of] >= known.states_end) | (pairs.rows == best[pairs.of]))
        found.append(pairs)
        far = known.apart_km(pairs.rows, best[pairs.of]) > known.radius_km[best[pairs.of]]
        rows[which] = np.where(_marked(len(states), pairs.of[far])[which], NOWHERE, best[which])
        return pairs.of

    _first(
        country != NOWHERE,
        lambda i: (("state", int(country[i]), key) for key in state_keys(states[i])),
        take,
    )
    return rows, NO_PAIRS.joined(*found).sorted()


def _cities(
    known: Gazetteer, cities: Texts, states: Texts, country: Rows, areas: Pairs
) -> tuple[Rows, NDArray[np.float64], Mask, Rows]:
    """Return each city's row, `NOWHERE` without one, the radius to say, and if it is sure.

    The last are the states in which the best city of the name lies, inside of the areas or not.
    """
    count = len(cities)
    rows: Rows = np.full(count, NOWHERE, dtype=np.int64)
    elsewhere = rows.copy()
    radius, sure = np.full(count, np.nan), np.full(count, True)
    namesake = np.fromiter(map(_share_a_name, cities, states), dtype=bool, count=count)

    def take(prints: Rows, which: Rows) -> Rows:
        pairs = _named(known, prints, which)
        best = pairs.best(count)[which]
        new = (best != NOWHERE) & (elsewhere[which] == NOWHERE)
        elsewhere[which[new]] = known.state_of(best[new])
        fits = _fit(known, pairs, areas, namesake)
        pairs = pairs.where(fits < OUTSIDE)
        fits = fits[fits < OUTSIDE]
        nearest = np.full(count, OUTSIDE)
        np.minimum.at(nearest, pairs.of, fits)
        pairs = pairs.where(fits == nearest[pairs.of])
        best = pairs.best(count)
        taken = np.unique(pairs.of)
        rows[taken] = best[taken]
        radius[taken] = known.radius_km[best[taken]]
        _doubt(known, pairs, best, radius, sure)
        return taken

    _first(
        country != NOWHERE,
        lambda i: (("city", int(country[i]), key) for key in city_keys(cities[i])),
        take,
    )
    return rows, radius, sure, elsewhere


def _fit(known: Gazetteer, cities: Pairs, areas: Pairs, namesake: Mask) -> NDArray[np.int64]:
    """Tell how each city fits its triple's areas: `INSIDE`, `NEAR` by distance, or `OUTSIDE`.

    Without an area, every city is inside. Distance counts for smaller and former areas, whose towns
    are not all known, and for a state that bears the city's name: Taipei stands in GeoNames' state
    of Taiwan, near its state of Taipei.
    """
    begin = np.searchsorted(areas.of, cities.of, side="left")
    count = np.searchsorted(areas.of, cities.of, side="right") - begin
    pair = np.repeat(np.arange(len(cities.of)), count)
    nth = np.arange(len(pair)) - np.repeat(np.cumsum(count) - count, count)
    city, area = cities.rows[pair], areas.rows[np.repeat(begin, count) + nth]
    above = known.parent[city]
    inside = (above == area) | (known.parent[above] == area)
    off = known.apart_km(city, area) / known.radius_km[area]
    near = np.where(area >= known.states_end, off <= BESIDE, namesake[cities.of[pair]] & (off <= 1))
    fits: NDArray[np.int64] = np.where(count == 0, INSIDE, OUTSIDE)
    np.minimum.at(fits, pair, np.where(inside, INSIDE, np.where(near, NEAR, OUTSIDE)))
    return fits


def _doubt(
    known: Gazetteer, pairs: Pairs, best: Rows, radius: NDArray[np.float64], sure: Mask
) -> None:
    """Widen the radius, and mark as not sure, where others that bear the name may be meant."""
    apart = known.apart_km(pairs.rows, best[pairs.of])
    people = np.maximum(known.people[pairs.rows], FEWEST_PEOPLE)
    others = np.where(apart > SAME_PLACE_KM, people, 0.0)
    rivals = np.bincount(pairs.of, others, minlength=len(best))
    own = np.maximum(known.people[best], FEWEST_PEOPLE)
    doubted = own < SURE * (own + rivals)
    wide = doubted[pairs.of] & (others > 0)
    np.maximum.at(radius, pairs.of[wide], (apart + known.radius_km[pairs.rows])[wide])
    sure[doubted] = False


def _share_a_name(city: str, state: str) -> bool:
    return not set(city_keys(city)).isdisjoint(state_keys(state))


def _without_country(known: Gazetteer, city: str, state: str) -> int:
    """Return the one city, or else the one state, of these names on Earth."""
    prints = fingerprints(("state", "", key) for key in state_keys(state))
    states = known.all_of(prints)
    if not city_keys(city):
        return int(states[0]) if len(states) == 1 else NOWHERE
    n = len(states)
    found, *_ = _cities(
        known, [city] * n, [state] * n, known.country_of(states), Pairs(np.arange(n), states)
    )
    places = found[found != NOWHERE] if (found != NOWHERE).any() else states
    return int(places[0]) if len(places) == 1 else NOWHERE


def _marked(count: int, which: Rows) -> Mask:
    marks = np.full(count, False)
    marks[which] = True
    return marks


def _said(texts: Texts, keys: Callable[[str], tuple[str, ...]]) -> Mask:
    return np.fromiter((bool(keys(text)) for text in texts), dtype=bool, count=len(texts))
