"""Columns of a frame as the bytes that a browser reads into typed arrays.

A widget's traits would send a frame as JSON, row by row. Here each column is one little-endian
buffer: a million sessions stay a few buffers, and the browser needs no parsing. The other side is
``frontend/src/kit/columns.ts``.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa

from pingsessions_nb.history.session_facts import arrow_text

Columns: TypeAlias = dict[str, Any]


def texts(values: pd.Series) -> Columns:
    """Pack UTF-8 text, end to end.

    Parameters
    ----------
    values : Series of str
        Missing becomes the empty text.

    Returns
    -------
    dict
        ``bytes``: all texts joined; ``offsets``: ``len(values) + 1`` uint32 positions in it.
    """
    return _packed(arrow_text(values))


def coded(values: pd.Series) -> Columns:
    """Pack text by dictionary, for columns with few distinct values.

    Parameters
    ----------
    values : Series of str

    Returns
    -------
    dict
        ``codes``: an integer per row of ``width`` bytes (1, 2 or 4), -1 where missing;
        ``texts``: the distinct values, as `texts`.
    """
    encoded = arrow_text(values).dictionary_encode()
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    width = np.min_scalar_type(-1 - max(0, int(codes.max(initial=0)))).itemsize
    return {
        "codes": numbers(codes, np.dtype(f"i{width}").type),
        "width": width,
        "texts": _packed(encoded.dictionary),
    }


def milliseconds(values: pd.Series) -> bytes:
    """Pack UTC instants as float64 milliseconds since 1970, NaN where missing."""
    instants = pd.to_datetime(values, utc=True).dt.tz_localize(None).to_numpy("datetime64[us]")
    result = instants.astype(np.int64) / 1000.0
    result[np.isnat(instants)] = np.nan
    return numbers(result, np.float64)


def moment(at: pd.Timestamp | float | None) -> float | None:
    """Return milliseconds since 1970 of one instant, None where it is missing."""
    return at.timestamp() * 1000 if isinstance(at, pd.Timestamp) else None


def numbers(values: object, dtype: type[np.generic]) -> bytes:
    """Pack an array as little-endian bytes."""
    return np.ascontiguousarray(values, dtype=np.dtype(dtype).newbyteorder("<")).tobytes()


def _packed(array: pa.LargeStringArray) -> Columns:
    array = array.fill_null("")
    if len(array) == 0:
        return {"bytes": b"", "offsets": numbers([0], np.uint32)}
    _, positions, content = array.buffers()
    first = array.offset
    offsets = np.frombuffer(positions, dtype=np.int64)[first : first + len(array) + 1]
    data = b"" if content is None else content[offsets[0] : offsets[-1]].to_pybytes()
    return {"bytes": data, "offsets": numbers(offsets - offsets[0], np.uint32)}
