"""Lists of decoded values -> typed columns."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pingsessions_nb.frames.columns import COUNT, DEGREES, FLAG, NUMBER, TEXT, TIME

STRING: Final = pa.large_string()
INSTANT: Final = pa.timestamp("us", "UTC")
ARROW: Final = {
    TEXT: STRING,
    TIME: INSTANT,
    FLAG: pa.bool_(),
    NUMBER: pa.int64(),
    COUNT: pa.int64(),
}
PANDAS: Final = {
    TEXT: "str",
    TIME: "datetime64[us, UTC]",
    FLAG: "boolean",
    NUMBER: "Int64",
    COUNT: "int64",
    DEGREES: "float64",
}
Column: TypeAlias = tuple[pa.Array, list[int]]
"""A column, and the rows of which the value could not be used: these are null."""

_USUAL = len("2020-07-22T19:26:10.680Z")
# To the second, or with one to six digits behind it: what Arrow reads as we do.
_IN_BULK = {_USUAL - 4, *range(_USUAL - 2, _USUAL + 4)}
_HOUR = "([01][0-9]|2[0-3])"
_ZONE = "([Zz]|[+-][0-9]{2}(:?[0-9]{2})?)?"
# The extended format, and the basic one, which has no separators.
_ISO_8601 = re.compile(
    rf"([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}[Tt ]{_HOUR}:[0-9]{{2}}(:[0-9]{{2}}([.,][0-9]+)?)?"
    rf"|[0-9]{{8}}[Tt]{_HOUR}[0-9]{{2}}([0-9]{{2}}([.,][0-9]+)?)?){_ZONE}"
)
_NUMBER = re.compile(r"\s*[0-9]{1,9}(\.0*)?\s*")
_LARGEST_NUMBER = 10**9


def without_blanks(column: pa.Array) -> pa.Array:
    """Make blank text missing."""
    if pc.min(pc.binary_length(column)).as_py() != 0:
        return column
    return pc.if_else(pc.equal(column, ""), pa.scalar(None, STRING), column)


def _number_column(values: Sequence[float | str | None]) -> Column:
    """Read whole numbers from 0 to a billion, written as numbers or as text."""
    read = [_number(value) for value in values]
    bad = [row for row, value in enumerate(values) if value not in (None, "") and read[row] is None]
    return pa.array(read, ARROW[NUMBER]), bad


def time_column(values: Sequence[str | None]) -> Column:
    """Parse timestamps, all at once where they end in ``Z`` as PingOne writes them.

    They are ISO 8601 with a date and a time. Without an offset it is UTC; digits past the
    microsecond are cut off. Java leaves out a fraction of zero: a column of PingOne's is rarely of
    one length throughout.
    """
    lengths = [0 if value is None else len(value) for value in values]
    if set(lengths) == {_USUAL}:
        column = _usual_times(values, _USUAL)
        if column is not None:
            return column, []
    rows_of: dict[int, list[int]] = {}
    for row, length in enumerate(lengths):
        if length:
            rows_of.setdefault(length, []).append(row)
    instants = np.zeros(len(values), np.int64)
    missing = np.ones(len(values), np.bool_)
    bad: list[int] = []
    for length, rows in rows_of.items():
        written = [values[row] for row in rows]
        column = _usual_times(written, length) if length in _IN_BULK else None
        if column is None:
            column = pa.array([_instant(text or "") for text in written], INSTANT)
        known = np.asarray(column.is_valid())
        instants[rows] = np.asarray(column.cast(pa.int64()).fill_null(0))
        missing[rows] = ~known
        bad += np.asarray(rows)[~known].tolist()
    return pa.array(instants, pa.int64(), mask=missing).cast(INSTANT), sorted(bad)


def _usual_times(values: Sequence[str | None], length: int) -> pa.Array | None:
    """Parse times of one length that end in ``Z``, all at once; None where one does not."""
    count = len(values)
    joined = "".join(value or "" for value in values)
    # Arrow reads what ends in Z as we do, but for the year 0, which the calendar does not have.
    if joined[length - 1 :: length] != "Z" * count or "0000-" in joined:
        return None
    data = joined.encode("utf-8", "surrogatepass")
    if len(data) != count * length:
        return None
    offsets = np.arange(0, len(data) + 1, length)
    written = pa.LargeStringArray.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(data))
    try:
        return written.cast(INSTANT)
    except pa.ArrowInvalid:
        return None


def _instant(written: str) -> datetime | None:
    if not _ISO_8601.fullmatch(written):
        return None
    try:
        instant = datetime.fromisoformat(written.upper())
        return instant.replace(tzinfo=instant.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _number(written: float | str | None) -> int | None:
    if isinstance(written, str):
        return int(float(written)) if _NUMBER.fullmatch(written) else None
    if written is None or not 0 <= written <= _LARGEST_NUMBER or written != int(written):
        return None
    return int(written)


COLUMN_OF: Final[dict[str, Callable[[Sequence[Any]], Column]]] = {
    TEXT: lambda values: (pa.array(values, STRING), []),
    TIME: time_column,
    FLAG: lambda values: (pa.array(values, ARROW[FLAG]), []),
    NUMBER: _number_column,
}


def missing_column(kind: str, index: pd.Index) -> pd.Series[Any]:
    """Make a column in which nothing is known; a count is 0."""
    return pd.Series(0 if kind == COUNT else None, index=index, dtype=PANDAS[kind])


def with_columns(frame: pd.DataFrame, columns: Mapping[str, str]) -> pd.DataFrame:
    """Put the known columns first, in order, each that the frame lacks added as missing."""
    lacking = [name for name in columns if name not in frame]
    if lacking:
        frame = frame.assign(**{n: missing_column(columns[n], frame.index) for n in lacking})
    return frame[[*columns, *(name for name in frame if name not in columns)]]


def extra_column(rows: Sequence[int], values: Sequence[Any], length: int) -> pd.Series[Any]:
    """Make a column of a field that we do not know, of the narrowest dtype that loses nothing.

    ``str``, ``boolean``, ``Int64`` or ``float64`` where all values are of one such type; else
    ``object``, each value as it was decoded (a list stays a list). `rows` are those that have a
    value.
    """
    types = {type(value) for value in values}
    dtype = "object"
    if types == {str}:
        dtype = "str"
    elif types == {bool}:
        dtype = "boolean"
    elif types == {float}:
        dtype = "float64"
    elif types == {int} and all(-(2**63) <= value < 2**63 for value in values):
        dtype = "Int64"
    cells: list[Any] = [None] * length
    for row, value in zip(rows, values, strict=True):
        cells[row] = value
    return pd.Series(cells, dtype=dtype)
