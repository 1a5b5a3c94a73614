"""Which place of the gazetteer a city, a state and a country in words mean.

The rules are those that `pingsessions_nb.places.locate` documents. All triples are matched at once:
each rule is one bisection of the gazetteer for all the triples that it concerns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from pingsessions_nb.places.gazetteer import NOWHERE, Gazetteer, Rows
from pingsessions_nb.places.index import NO_PLACE, Kind, fingerprints
from pingsessions_nb.places.spelling import city_keys, country_keys, state_keys

AMBIGUOUS = -2
"""In place of a row: places of that name exist, and nothing says which one is meant."""
SAME_PLACE_KM = 25.0
"""Cities of one name that lie no further apart than this count as one."""

Texts = Sequence[str]
Mask = NDArray[np.bool_]
Names = Iterable[tuple[Kind, int | str, str]]
Choose = Callable[[Rows, Rows], Rows]
"""(fingerprints, which of the triples they are of) -> rows."""


def match(known: Gazetteer, cities: Texts, states: Texts, countries: Texts) -> Rows:
    """Return the gazetteer's row for each triple of words, `NOWHERE` where there is none.

    Missing words are ``""``.
    """
    country = _countries(known, countries)
    # England and its like are written where a country belongs, but are states of one.
    part = np.where(known.is_country(country), NOWHERE, country)
    country = np.where(part == NOWHERE, country, known.parent[part])

    state = _states(known, states, country)
    stated = _said(states, state_keys)
    # Puerto Rico and its like are written where a state belongs, but have a country's code.
    territory = known.is_country(state)
    country = np.where(territory, state, country)
    stated &= ~territory
    state = np.where(stated, state, part)
    stated |= part != NOWHERE

    city = _cities(known, cities, state, country, stated, states)
    found = np.where(city != NOWHERE, city, np.where(state != NOWHERE, state, country))
    for i in np.flatnonzero(stated & ~_said(countries, country_keys)).tolist():
        found[i] = _without_country(known, cities[i], states[i])
    return found


def _countries(known: Gazetteer, countries: Texts) -> Rows:
    return _first(
        np.full(len(countries), True),
        _best_of(known),
        lambda i: (("country", "", key) for key in country_keys(countries[i])),
    )


def _states(known: Gazetteer, states: Texts, country: Rows) -> Rows:
    return _first(
        country != NOWHERE,
        _best_of(known),
        lambda i: (("state", int(country[i]), key) for key in state_keys(states[i])),
    )


def _cities(
    known: Gazetteer, cities: Texts, state: Rows, country: Rows, stated: Mask, states: Texts
) -> Rows:
    """Return rows of cities, `NOWHERE` for one that its state, or its country, does not have."""

    def names(i: int) -> Names:
        return (("city", int(country[i]), key) for key in city_keys(cities[i]))

    in_country = country != NOWHERE
    in_state = _first(in_country & (state != NOWHERE), _in_state(known, state), names)
    stateless = _first(in_country & ~stated, _best_of(known), names)
    # Taipei stands in GeoNames' state of Taiwan, near its state of Taipei.
    namesake = np.fromiter(map(_share_a_name, cities, states), dtype=bool, count=len(cities))
    beside = namesake & (state != NOWHERE) & (in_state == NOWHERE)
    beside_state = _first(beside, _within(known, state), names)
    # A state that the country does not have: is it another country's, or just a strange spelling?
    strange = in_country & stated & (state == NOWHERE)
    doubted = np.flatnonzero(strange & ~namesake)
    strange[doubted] = [not _heard_of(known, states[i]) for i in doubted.tolist()]
    unique = _first(strange, _unique_of(known), names)
    found: Rows = np.maximum.reduce([in_state, stateless, beside_state, unique])
    return found


def _share_a_name(city: str, state: str) -> bool:
    return not set(city_keys(city)).isdisjoint(state_keys(state))


def _without_country(known: Gazetteer, city: str, state: str) -> int:
    """Return the one city, or else the one state, of these names on Earth."""
    prints = fingerprints(("state", "", key) for key in state_keys(state))
    states = known.all_of(prints)
    if not city_keys(city):
        return int(states[0]) if len(states) == 1 else NOWHERE
    n = len(states)
    found = _cities(
        known, [city] * n, states, known.country_of(states), np.full(n, True), [state] * n
    )
    places = found[found != NOWHERE] if (found != NOWHERE).any() else states
    return int(places[0]) if len(places) == 1 else NOWHERE


def _heard_of(known: Gazetteer, state: str) -> bool:
    prints = fingerprints(("state", "", key) for key in state_keys(state))
    return bool((known.best(prints) != NOWHERE).any())


def _best_of(known: Gazetteer) -> Choose:
    return lambda prints, _: known.best(prints)


def _in_state(known: Gazetteer, state: Rows) -> Choose:
    def choose(prints: Rows, which: Rows) -> Rows:
        begin, end = known.candidates(prints)
        rows = np.full(len(prints), NOWHERE, dtype=np.int64)
        for nth in range(int((end - begin).max(initial=0))):
            here = np.flatnonzero((begin + nth < end) & (rows == NOWHERE))
            candidates = known.ranked[begin[here] + nth]
            fits = known.parent[candidates] == state[which[here]]
            rows[here[fits]] = candidates[fits]
        return rows

    return choose


def _within(known: Gazetteer, region: Rows) -> Choose:
    def choose(prints: Rows, which: Rows) -> Rows:
        rows = known.best(prints)
        near = known.apart_km(rows, region[which]) <= known.radius_km[region[which]]
        return np.where(near, rows, NOWHERE)

    return choose


def _unique_of(known: Gazetteer) -> Choose:
    def choose(prints: Rows, _: Rows) -> Rows:
        begin, end = known.candidates(prints)
        rows = known.best(prints)
        for nth in range(1, int((end - begin).max(initial=0))):
            here = np.flatnonzero((begin + nth < end) & (rows >= 0))
            apart = known.apart_km(rows[here], known.ranked[begin[here] + nth])
            rows[here[apart > SAME_PLACE_KM]] = AMBIGUOUS
        return rows

    return choose


def _first(asked: Mask, choose: Choose, names: Callable[[int], Names]) -> Rows:
    """Try each triple's names in turn until one leads to a place."""
    rows: Rows = np.full(len(asked), NOWHERE, dtype=np.int64)
    left = np.flatnonzero(asked)
    turns = {i: iter(names(i)) for i in left.tolist()}
    while len(left):
        prints = fingerprints(next(turns[i], None) for i in left.tolist())
        rows[left] = choose(prints, left)
        left = left[(prints != NO_PLACE) & (rows[left] == NOWHERE)]
    rows[rows == AMBIGUOUS] = NOWHERE
    return rows


def _said(texts: Texts, keys: Callable[[str], tuple[str, ...]]) -> Mask:
    return np.fromiter((bool(keys(text)) for text in texts), dtype=bool, count=len(texts))
