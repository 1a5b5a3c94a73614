"""Gathered columns -> the frames of the contract: joined, ordered, located."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from pingsessions_nb.frames.authenticators import authenticators_of
from pingsessions_nb.frames.chunks import Extras, GrowingColumns, add_extras
from pingsessions_nb.frames.columns import (
    FLAG,
    LOCATION_FIELDS,
    NUMBER,
    PLACE_COLUMNS,
    SESSION_COLUMNS,
    SESSION_FIELDS,
    TEXT,
    USER_FIELDS,
    Field,
)
from pingsessions_nb.frames.gathering import Gathering
from pingsessions_nb.frames.pruning import as_text
from pingsessions_nb.frames.typed_values import (
    ARROW,
    COLUMN_OF,
    STRING,
    extra_column,
    without_blanks,
)
from pingsessions_nb.places import locate

_LAST = np.iinfo(np.int64).max
_PANDAS = {
    STRING: pd.StringDtype(na_value=np.nan),
    ARROW[FLAG]: pd.BooleanDtype(),
    ARROW[NUMBER]: pd.Int64Dtype(),
}
PROBLEM_COLUMNS = ("session_id", "field", "value", "user_id")


def session_frames(
    gathering: Gathering, *, located: bool = True
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Make the frames of sessions and of locations, emptying the gathering's columns.

    They are given up one by one, so that memory holds little twice. Unless it is to be `located`,
    the frame of locations is empty. Unknown fields are in further columns; ``status`` is for
    `with_status` to tell.
    """
    chunks = gathering.chunks
    chunks.flush()
    counts = np.concatenate([np.zeros(0, np.int64), *chunks.counts])
    columns = _joined(chunks.sessions, SESSION_FIELDS)
    columns["status"] = pa.nulls(len(counts), STRING)
    authenticators = authenticators_of(chunks.sessions.extras, len(counts))
    columns["authenticators"] = pa.array(authenticators, STRING)
    users = _codes(columns["user_id"])
    order = _order(users, columns["created_at"], newest_first=True)
    places = _locations(gathering, columns, counts, users) if located else pd.DataFrame()
    for name in columns:
        columns[name] = _taken(columns[name], order)
    frame = _frame(columns)
    frame["location_count"] = counts if order is None else counts[order]
    return _with_extras(frame[list(SESSION_COLUMNS)], chunks.sessions.extras, order), places


def _locations(
    gathering: Gathering,
    session_columns: Mapping[str, pa.Array],
    counts: npt.NDArray[np.int64],
    users: npt.NDArray[np.int64],
) -> pd.DataFrame:
    growing = gathering.chunks.locations
    owners = np.repeat(np.arange(len(counts)), counts)
    columns = _joined(growing, LOCATION_FIELDS)
    order = _order(users[owners], columns["at"], newest_first=False)
    owners = owners if order is None else owners[order]
    for name in columns:
        columns[name] = _taken(columns[name], order)
    ids = {name: _taken(session_columns[name], owners) for name in ("session_id", "user_id")}
    frame = _frame({**ids, **columns})
    frame[list(PLACE_COLUMNS)] = _places(columns)
    return _with_extras(frame, growing.extras, order)


def user_frame(gathering: Gathering) -> pd.DataFrame:
    """Make the frame of users, in the order of the responses, a row for each time one came."""
    columns: dict[str, pa.Array] = {}
    for column, path, kind in USER_FIELDS:
        if column is None or path is None:
            continue
        values = [_at(known, path) for known, _ in gathering.users]
        columns[column], bad = COLUMN_OF[kind](values)
        if kind == TEXT:
            columns[column] = without_blanks(columns[column])
        for row in bad:
            user_id = gathering.users[row][0].get("id")
            gathering.problems.append((None, f"users.{path}", as_text(values[row]), user_id))
    frame = _frame(columns)
    extras: Extras = {}
    for row, (_, found) in enumerate(gathering.users):
        add_extras(extras, row, found)
    return _with_extras(frame, extras, None)


def problem_frame(gathering: Gathering) -> pd.DataFrame:
    """List the values that could not be used: those of sessions, then those of users."""
    rows = gathering.chunks.problems + gathering.problems
    return pd.DataFrame(rows, columns=list(PROBLEM_COLUMNS), dtype="str")


def _at(known: Mapping[str, Any], path: str) -> str | bool | None:
    *objects, last = path.split(".")
    inside: Mapping[str, Any] = known
    for name in objects:
        inside = inside.get(name) or {}
    found: str | bool | None = inside.get(last)
    return found


def _joined(growing: GrowingColumns, fields: Iterable[Field]) -> dict[str, pa.Array]:
    columns = {}
    for column, path, kind in fields:
        if column is not None and path is not None:
            pieces = growing.pieces.pop(column, [])
            joined = pa.chunked_array(pieces, ARROW[kind]).combine_chunks()
            columns[column] = without_blanks(joined) if kind == TEXT else joined
    return columns


def _taken(column: pa.Array, order: npt.NDArray[np.int64] | None) -> pa.Array:
    return column if order is None else column.take(pa.array(order))


def _frame(columns: Mapping[str, pa.Array]) -> pd.DataFrame:
    table = pa.table(dict(columns))
    frame: pd.DataFrame = table.to_pandas(types_mapper=_PANDAS.get)
    return frame


def _codes(column: pa.Array) -> npt.NDArray[np.int64]:
    """Give each value its number in order of first appearance, a missing one too."""
    if column.type != STRING or len(column) == 0:
        return np.zeros(len(column), np.int64)
    return np.asarray(column.dictionary_encode("encode").indices).astype(np.int64)


def _order(
    users: npt.NDArray[np.int64], times: pa.Array, *, newest_first: bool
) -> npt.NDArray[np.int64] | None:
    """Order rows by user, then by time, unknown times last, stably; None if they are in order."""
    known = np.asarray(times.is_valid())
    instants = np.asarray(times.cast(pa.int64()).fill_null(0))
    keys = -instants if newest_first else instants.copy()
    if len(keys):
        keys -= keys.min()  # below 2**59: the calendar's 9999 years in microseconds
        if not (keys % 1000).any():
            keys //= 1000  # PingOne's times are milliseconds; smaller keys more often fit below
        keys[~known] = keys.max() + 1
    ordered = (users[1:] > users[:-1]) | ((users[1:] == users[:-1]) & (keys[1:] >= keys[:-1]))
    if ordered.all():
        return None
    span = int(keys.max()) + 1
    if span * (int(users.max()) + 1) < _LAST:
        # One key that is almost in order already sorts ten times as fast as two.
        return np.argsort(users * span + keys, kind="stable")
    return np.lexsort((keys, users))


def _places(columns: Mapping[str, pa.Array]) -> pd.DataFrame:
    """Locate each distinct place once."""
    words = {name: columns[name] for name in ("city", "state", "country")}
    codes = np.zeros(len(words["city"]), np.int64)
    for column in words.values():
        inner = _codes(column)
        codes = pd.factorize(codes * (inner.max(initial=0) + 1) + inner)[0].astype(np.int64)
    # Codes are numbered in order of appearance, so that each first one is a new maximum.
    first = np.flatnonzero(np.diff(np.maximum.accumulate(codes), prepend=-1))
    distinct = _frame({name: column.take(pa.array(first)) for name, column in words.items()})
    return locate(distinct)[list(PLACE_COLUMNS)].take(codes).reset_index(drop=True)


def _with_extras(
    frame: pd.DataFrame, extras: Extras, order: npt.NDArray[np.int64] | None
) -> pd.DataFrame:
    """Add the unknown fields as columns, in the order in which they first came.

    A field named like one of our columns becomes ``sent.`` and its name.
    """
    place = None
    if order is not None:
        place = np.empty(len(order), np.int64)
        place[order] = np.arange(len(order))
    added: dict[str, pd.Series[Any]] = {}
    for name, cells in extras.items():
        rows = [row if place is None else int(place[row]) for row in cells]
        column = name
        while column in frame or column in added:
            column = f"sent.{column}"
        added[column] = extra_column(rows, list(cells.values()), len(frame))
    # All at once: a thousand columns added one by one take seconds.
    return pd.concat([frame, pd.DataFrame(added)], axis=1) if added else frame
