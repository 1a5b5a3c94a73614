"""`locate`: a city, a state and a country in words -> coordinates, precision, radius, label."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from pingsessions_nb.places.gazetteer import NOWHERE, Gazetteer, Rows, gazetteer
from pingsessions_nb.places.matching import Matches, match
from pingsessions_nb.places.spelling import LONGEST, key, state_keys, words

WORDS = ("city", "state", "country")


def locate(frame: pd.DataFrame) -> pd.DataFrame:
    """Add coordinates to rows that say a city, a state and a country in words.

    Works offline, from GeoNames' cities of 1,000 people and more. Each row gets the most precise
    place that its words agree on:

    - A city in its state and country. Case, accents, punctuation, ``st``/``saint``, ``ft``/``fort``
      and the like make no difference; other names of a city, state or country are known too, ISO
      codes included.
    - A city without a state: the largest of its name in the country.
    - A city that is not in its state, or that nobody knows: the state. With a state that is
      another country's: the country. With a state that is known nowhere on Earth, or is spelt like
      the city: the city if its name is unique in the country, otherwise the country.
    - Without a country: the city, or else the state, if a single country has such a state (with
      such a city); otherwise nothing.
    - A country that nobody knows: nothing.

    Parameters
    ----------
    frame : DataFrame
        With columns `city`, `state` and `country`; values other than text count as missing.
        It is not changed.

    Returns
    -------
    DataFrame
        A copy of `frame`, rows and index as they were, with these columns added or replaced:

        - latitude, longitude : float64, degrees (WGS 84) to two decimals
        - place_precision : str, ``city``, ``state``, ``country``, or NA where nothing is known
        - place_radius_km : float64. A city's is that of a circle with its population at 1,500
          people a km², from 5 to 50 km. A state's or country's is that of the circle, around the
          middle of its people, which holds 95% of them.
        - place : str, a label such as ``Tacoma, Washington, US``, ``Washington, US`` or
          ``United States``

    Raises
    ------
    KeyError
        If a column is missing.

    Examples
    --------
    >>> rows = pd.DataFrame({"city": ["tacoma"], "state": "washington", "country": "united states"})
    >>> locate(rows)[["latitude", "longitude", "place_precision", "place"]].values.tolist()
    [[47.25, -122.44, 'city', 'Tacoma, Washington, US']]
    """
    missing = [column for column in WORDS if column not in frame.columns]
    if missing:
        msg = f"locate needs the columns city, state and country; missing: {', '.join(missing)}"
        raise KeyError(msg)
    known = gazetteer()
    codes, (cities, states, countries) = _distinct([frame[column] for column in WORDS])
    described = _describe(known, match(known, cities, states, countries), cities)
    return frame.assign(**{name: values.take(codes) for name, values in described.items()})


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
