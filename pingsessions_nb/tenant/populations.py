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


class _Population(msgspec.Struct, rename="camel"):
    id: str
    name: str | None = None
    description: str | None = None
    user_count: int | None = None
    default: bool | None = None


_POPULATIONS = msgspec.json.Decoder(list[_Population])


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
    rows = [msgspec.structs.astuple(one) for array in arrays for one in _POPULATIONS.decode(array)]
    return pd.DataFrame(rows, columns=list(_DTYPES)).astype(_DTYPES)
