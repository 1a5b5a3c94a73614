"""Populations as a frame."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from pingsessions_nb.tenant.api_pages import objects

_DTYPES = {
    "population_id": "str",
    "name": "str",
    "description": "str",
    "user_count": "Int64",
    "default": "boolean",
}


_FIELDS = (
    ("id", str),
    ("name", str),
    ("description", str),
    ("userCount", int),
    ("default", bool),
)


def populations_frame(populations: Iterable[bytes]) -> pd.DataFrame:
    """Make a row of each population.

    Parameters
    ----------
    populations : iterable of bytes
        JSON of each.

    Returns
    -------
    DataFrame
        ``population_id, name, description`` (str), ``user_count`` (Int64), ``default`` (boolean).
    """
    rows = [[_value(one.get(name), kind) for name, kind in _FIELDS] for one in objects(populations)]
    frame = pd.DataFrame(rows, columns=list(_DTYPES)).astype(_DTYPES)
    return listed_once(frame, "population_id")


def listed_once(frame: pd.DataFrame, key: str) -> pd.DataFrame:
    """Return the rows of a list without those that came before: what moves between two pages."""
    again = frame[key].duplicated() & frame[key].notna()
    return frame[~again].reset_index(drop=True) if again.any() else frame


def _value(found: object, kind: type) -> object:
    """Return what was found if it is of its kind, and fits into its column."""
    fits = type(found) is kind and (not isinstance(found, int) or abs(found) < 2**63)
    return found if fits else None
