"""Text columns as small whole numbers, and rows in order of user and time."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Codes = NDArray[np.int32]
Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]
Rows = NDArray[np.int64]
Times = NDArray[np.int64]

NEVER: int = np.iinfo(np.int64).min  # how numpy writes a missing time
MICROSECONDS_A_SECOND = 1_000_000
MICROSECONDS_AN_HOUR = 3_600 * MICROSECONDS_A_SECOND
MICROSECONDS_A_DAY = 24 * MICROSECONDS_AN_HOUR


def arrow(column: pd.Series[Any]) -> pa.Array:
    """Return a text column as one Arrow array, missing values null."""
    array = pa.array(column, from_pandas=True)
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    return array if array.type == pa.large_string() else array.cast(pa.large_string())


def times(column: pd.Series[Any]) -> Times:
    """Return a time column as microseconds since 1970, UTC; missing ones are `NEVER`."""
    instants: Times = column.to_numpy(dtype="datetime64[us]").view(np.int64)
    return instants


def encode(texts: pa.Array) -> tuple[Codes, pa.Array]:
    """Return a code for each text, -1 if it is missing, and the distinct texts."""
    (codes,), distinct = encode_alike(texts)
    return codes, distinct


def encode_alike(*columns: pa.Array) -> tuple[list[Codes], pa.Array]:
    """Encode text columns with the same codes, given by first appearance.

    Neighbours are compared first, which costs little where a user's rows lie together.
    """
    firsts = [run_starts(column) for column in columns]
    heads = [column.filter(pa.array(first)) for column, first in zip(columns, firsts, strict=True)]
    encoded = pa.concat_arrays(heads).dictionary_encode()
    indices = pc.fill_null(encoded.indices, -1)
    codes: Codes = indices.to_numpy(zero_copy_only=False).astype(np.int32, copy=False)
    spread = []
    begin = 0
    for head, first in zip(heads, firsts, strict=True):
        lengths = np.diff(np.append(np.flatnonzero(first), len(first)))
        spread.append(np.repeat(codes[begin : begin + len(head)], lengths))
        begin += len(head)
    return spread, encoded.dictionary


def run_starts(column: pa.Array) -> Flags:
    """Tell of each row whether its text is another than that of the row before."""
    first = np.ones(len(column), dtype=bool)
    if len(column) > 1:
        differs = pc.not_equal(column.slice(1), column.slice(0, len(column) - 1))
        first[1:] = pc.fill_null(differs, fill_value=True).to_numpy(zero_copy_only=False)
    return first


def starts(*keys: NDArray[Any]) -> Flags:
    """Tell of each row whether one of its keys is another than that of the row before."""
    first = np.ones(len(keys[0]), dtype=bool)
    first[1:] = False
    for key in keys:
        first[1:] |= key[1:] != key[:-1]
    return first


def pair(left: NDArray[Any], right: NDArray[Any]) -> Rows:
    """Return one number for each pair of codes; -1 where either is missing."""
    width = int(right.max(initial=-1)) + 1
    return np.where((left < 0) | (right < 0), -1, left.astype(np.int64) * width + right)


def chronological(user: Codes, at: Times) -> Rows:
    """Return the rows that have a user and a time, by user and time.

    Frames come in order, locations oldest first and sessions newest first, so that there is
    mostly nothing to sort.
    """
    rows = np.flatnonzero((user >= 0) & (at != NEVER))
    who, when = user[rows], at[rows]
    same = who[1:] == who[:-1]
    rising = when[1:] - when[:-1]
    if not np.all(same | (who[1:] > who[:-1])):
        return rows[np.lexsort((when, who))]
    if np.all(rising[same] >= 0):
        return rows
    if not np.all(rising[same] <= 0):
        return rows[np.lexsort((when, who))]
    bounds = np.flatnonzero(np.concatenate([[True], ~same, [True]]))
    turned = np.repeat(bounds[:-1] + bounds[1:] - 1, np.diff(bounds)) - np.arange(len(rows))
    return rows[turned]


def without_ties(
    rows: Rows, major: NDArray[Any], minor: NDArray[Any], *facts: pd.Series[Any]
) -> Rows:
    """Order rows whose two keys are the same by their facts, and drop those that are the same.

    So that neither the order in which rows come nor their repetition makes a difference.

    ``rows`` are positions in the frame, by the keys ``major`` and ``minor`` of all its rows.
    """
    again = ~starts(major[rows], minor[rows])
    again[:-1] |= again[1:]
    tied = np.flatnonzero(again)
    if not len(tied):
        return rows
    of = rows[tied]
    keys = pd.DataFrame({str(number): fact.take(of).array for number, fact in enumerate(facts)})
    keys["tie"] = np.cumsum(starts(major[of], minor[of]))
    by = ["tie", *map(str, range(len(facts)))]
    keys["row"] = of
    keys = keys.sort_values(by, kind="stable")
    rows = rows.copy()
    rows[tied] = keys["row"]
    kept = np.ones(len(rows), dtype=bool)
    kept[tied] = ~keys.duplicated(by).to_numpy()
    return rows[kept]
