"""Lists of decoded values -> typed columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

STRING: Final = pa.large_string()
INSTANT: Final = pa.timestamp("us", "UTC")

_USUAL = len("2020-07-22T19:26:10.680Z")
_ISO_8601 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ]([01][0-9]|2[0-3]):[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?"
    r"([Zz]|[+-][0-9]{2}(:?[0-9]{2})?)?"
)


def without_blanks(column: pa.Array) -> pa.Array:
    """Make blank text missing."""
    if pc.min(pc.binary_length(column)).as_py() != 0:
        return column
    return pc.if_else(pc.equal(column, ""), pa.scalar(None, STRING), column)


def time_column(values: Sequence[str | None]) -> tuple[pa.Array, list[int]]:
    """Parse timestamps, all at once where they are written as PingOne writes them.

    Parameters
    ----------
    values : sequence of str or None
        ISO 8601 with a date and a time. Without an offset it is UTC; digits past the
        microsecond are cut off.

    Returns
    -------
    column : pyarrow.TimestampArray
        Microseconds, UTC.
    bad : list of int
        Rows whose text is not a time; they are null in the column.
    """
    column = _usual_times(values)
    if column is not None:
        return column, []
    instants = [None if not value else _instant(value) for value in values]
    bad = [row for row, value in enumerate(values) if value and instants[row] is None]
    return pa.array(instants, INSTANT), bad


def _usual_times(values: Sequence[str | None]) -> pa.Array | None:
    """Parse times that all look like ``2020-07-22T19:26:10.680Z``; None where one does not."""
    count = len(values)
    try:
        lengths = set(map(len, values))  # type: ignore[arg-type] # a None is what is caught
        joined = "".join(values)  # type: ignore[arg-type]
    except TypeError:
        return None
    # Arrow reads what ends in Z as we do, but for the year 0, which the calendar does not have.
    if lengths != {_USUAL} or joined[_USUAL - 1 :: _USUAL] != "Z" * count or "0000-" in joined:
        return None
    data = joined.encode("utf-8", "surrogatepass")
    if len(data) != count * _USUAL:
        return None
    offsets = np.arange(0, len(data) + 1, _USUAL)
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


def extra_column(rows: Sequence[int], values: Sequence[Any], length: int) -> pd.Series[Any]:
    """Make a column of a field that we do not know, of the narrowest dtype that loses nothing.

    Parameters
    ----------
    rows, values
        The rows that have a value, and the value of each.
    length : int
        Rows of the frame.

    Returns
    -------
    Series
        ``str``, ``boolean``, ``Int64`` or ``float64`` where all values are of one such type;
        else ``object``, each value as it was decoded (a list stays a list).
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
