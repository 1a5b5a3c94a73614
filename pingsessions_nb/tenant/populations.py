"""Populations as a frame."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
import pandas as pd

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


def populations_frame(arrays: Iterable[bytes]) -> pd.DataFrame:
    """Make a row of each population.

    Parameters
    ----------
    arrays : iterable of bytes
        JSON arrays of populations.

    Returns
    -------
    DataFrame
        ``population_id, name, description`` (str), ``user_count`` (Int64), ``default`` (boolean).
    """
    rows = [
        [_value(one.get(name), kind) for name, kind in _FIELDS]
        for array in arrays
        for one in msgspec.json.decode(array)
        if isinstance(one, dict)
    ]
    return pd.DataFrame(rows, columns=list(_DTYPES)).astype(_DTYPES)


def _value(found: object, kind: type) -> object:
    """Return what was found if it is of its kind, and fits into its column."""
    fits = type(found) is kind and (not isinstance(found, int) or abs(found) < 2**63)
    return found if fits else None
