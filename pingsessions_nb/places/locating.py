"""`locate`: a city, a state and a country in words -> coordinates, precision, radius, label."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from pingsessions_nb.arguments import given_frame
from pingsessions_nb.places.aliases import WORDS, Aliases, Spot, alias_keys, read_aliases
from pingsessions_nb.places.gazetteer import NOWHERE, Gazetteer, Rows, gazetteer
from pingsessions_nb.places.matching import Matches, match
from pingsessions_nb.places.spelling import LONGEST, key, state_keys, words

CITY = 3
"""The level of a city, below country and state."""


def locate(
    frame: pd.DataFrame, *, aliases: Aliases | None = None, explain: bool = False
) -> pd.DataFrame:
    """Add coordinates to rows that say a city, a state and a country in words.

    Works offline, from GeoNames' places of 500 people and more and the hamlets of its postal codes.
    Each row gets the most precise place that its words agree on:

    - A city in its state and country. Case, accents, punctuation, ``st``/``saint``, ``ft``/``fort``
      and the like make no difference; other names of a city, state or country are known too, ISO
      codes and native letters included. A state may also be a second-level area (a county, a
      province, a département) or one of former years, by any name that the sources give it.
    - A city without a state, or with one that nobody knows: the largest of its name in the country.
    - A city that is not in its state, or that nobody knows: the state. If the state is only a
      smaller or former area and a city of that name lies elsewhere, either word may be wrong: the
      state that both lie in, or else the country.
    - Without a country: the city, or else the state, if a single country has such a state (with
      such a city); otherwise nothing.
    - A country that nobody knows: nothing.

    Where several cities have the name, the most populous is taken. Unless nine tenths of the people
    in all of them live there, the radius reaches all of them, and within a state the precision is
    that of the state: a wider claim rather than a wrong one.

    Parameters
    ----------
    frame : DataFrame
        With columns `city`, `state` and `country`; values other than text count as missing.
        It is not changed.
    aliases : mapping, DataFrame or path, optional
        Words of your own. A mapping from (city, state, country), None where unsaid, to (latitude,
        longitude), (latitude, longitude, radius in km), or the (city, state, country) that are
        meant. A frame or a CSV file has the columns `city`, `state`, `country` and `latitude`,
        `longitude`, `place_radius_km` (25 if empty), or `is_city`, `is_state`, `is_country`; rows
        that say no place are passed over. An alias is for rows that say just these words.
    explain : bool
        Also tell which words were read.

    Returns
    -------
    DataFrame
        A copy of `frame`, rows and index as they were, with these columns added or replaced:

        - latitude, longitude : float64, degrees (WGS 84) to two decimals
        - place_precision : str, ``city``, ``state``, ``country``, or NA where nothing is known
        - place_radius_km : float64. A city's is that of a circle with its population at 1,500
          people a km², from 5 to 50 km, or wider where another city of the name may be meant. A
          state's or country's is that of the circle, around the middle of its people, which holds
          99% of them.
        - place : str, a label such as ``Tacoma, Washington, US``, ``Washington, US`` or
          ``United States``
        - words_read, words_unread : str, with `explain`: the words that the place rests on, and
          those that it does not, joined by commas; NA without any

    Raises
    ------
    ConfigurationError
        If a column is missing, an alias says no place, or the file of them cannot be read.

    Examples
    --------
    >>> rows = pd.DataFrame({"city": ["tacoma"], "state": "washington", "country": "united states"})
    >>> locate(rows)[["latitude", "longitude", "place_precision", "place"]].values.tolist()
    [[47.25, -122.44, 'city', 'Tacoma, Washington, US']]
    """
    given_frame("The frame to locate", frame, WORDS)
    known = gazetteer()
    codes, said = _distinct([frame[column] for column in WORDS])
    meant, spots = _renamed(said, aliases)
    found = match(known, *meant)
    described = _describe(known, found, meant[0])
    for i, spot in spots.items():
        described["latitude"][i], described["longitude"][i] = spot.latitude, spot.longitude
        described["place_radius_km"][i] = spot.radius_km
        described["place_precision"][i] = "city"
        described["place"][i] = ", ".join(word for word in _triple(said, i) if word)
        found.took[i] = True
    if explain:
        described |= _explain(said, found.took)
    return frame.assign(**{name: values.take(codes) for name, values in described.items()})


def _renamed(
    said: list[list[str]], aliases: Aliases | None
) -> tuple[list[list[str]], dict[int, Spot]]:
    """Return the words that are meant, and the triples whose alias gives coordinates."""
    if aliases is None:
        return said, {}
    known, spots = read_aliases(aliases), {}
    meant = [words.copy() for words in said]
    for i in range(len(said[0])):
        place = known.get(alias_keys(*_triple(said, i)))
        if isinstance(place, Spot):
            spots[i] = place
        elif place is not None:
            for words, word in zip(meant, place, strict=True):
                words[i] = word
    return meant, spots


def _explain(said: list[list[str]], took: NDArray[np.bool_]) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    for name, which in (("words_read", took), ("words_unread", ~took)):
        texts = [
            ", ".join(word for word, one in zip(_triple(said, i), row, strict=True) if one and word)
            for i, row in enumerate(which.tolist())
        ]
        columns[name] = pd.array([text or None for text in texts], dtype="str")
    return columns


def _triple(columns: list[list[str]], i: int) -> tuple[str, str, str]:
    city, state, country = (words[i] for words in columns)
    return city, state, country


def _distinct(columns: Sequence[pd.Series]) -> tuple[Rows, list[list[str]]]:
    """Return which distinct triple each row has, and the distinct triples, by column."""
    factors = [pd.factorize(_texts(column)) for column in columns]
    triple = np.zeros(len(columns[0]), dtype=np.int64)
    count = 1
    for codes, texts in factors:
        if count * (len(texts) + 1) >= 2**63:  # number the pairs anew before they overflow
            triple, pairs = pd.factorize(triple)
            count = len(pairs)
        triple = triple * (len(texts) + 1) + codes + 1
        count *= len(texts) + 1
    triple = pd.factorize(triple)[0]
    firsts = np.empty(triple.max(initial=-1) + 1, dtype=np.int64)
    firsts[triple[::-1]] = np.arange(len(triple))[::-1]  # the last to be written is the first row
    distinct = []
    for codes, texts in factors:
        # Factorize's code for a missing value is -1, the last.
        words = [*(text[:LONGEST] for text in texts.tolist()), ""]
        distinct.append([words[code] for code in codes[firsts].tolist()])
    return triple, distinct


def _texts(column: pd.Series) -> pd.Series | NDArray[np.object_]:
    if isinstance(column.dtype, pd.StringDtype):
        return column
    texts = [value if isinstance(value, str) else None for value in column]
    return np.array(texts, dtype=object)


def _describe(known: Gazetteer, found: Matches, cities: Sequence[str]) -> dict[str, Any]:
    """Return the columns that `locate` adds, for each triple of words."""
    rows = found.rows
    nowhere = rows == NOWHERE
    level = np.searchsorted([0, len(known.codes), known.areas_end], rows, side="right")
    read_state = found.took[:, 1] & (level == CITY)
    level = np.where(read_state & ~found.sure, CITY - 1, level)
    precision = pd.array(["country", "state", "city", None], dtype="str").take(level - 1)
    return {
        "latitude": np.where(nowhere, np.nan, known.latitude[rows]),
        "longitude": np.where(nowhere, np.nan, known.longitude[rows]),
        "place_precision": precision,
        "place_radius_km": np.where(nowhere, np.nan, found.radius_km),
        "place": pd.array(_labels(known, rows, cities), dtype="str"),
    }


def _labels(known: Gazetteer, rows: Rows, cities: Sequence[str]) -> list[str | None]:
    def names(of: Rows) -> list[str]:
        return [str(name) for name in known.names.take(pa.array(np.maximum(of, 0))).to_pylist()]

    state, country = known.state_of(known.parent[rows]), known.country_of(rows)
    labels: list[str | None] = []
    for row, said, name, name_of_state, its_country, name_of_country in zip(
        rows, cities, names(rows), names(state), country, names(country), strict=True
    ):
        name = name or " ".join(words(said)).title()
        if row == NOWHERE:
            labels.append(None)
        elif row == its_country:
            labels.append(name)
        # "Berlin, DE" rather than "Berlin, State of Berlin, DE", and no state where there is none.
        elif key(name) in state_keys(name_of_state) or name_of_state == name_of_country:
            labels.append(f"{name}, {known.codes[its_country]}")
        else:
            labels.append(f"{name}, {name_of_state}, {known.codes[its_country]}")
    return labels
