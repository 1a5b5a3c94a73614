"""Sessions as structs -> columns of sessions and of locations, a chunk at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pingsessions_nb.frames.columns import JSON, LOCATION_FIELDS, SESSION_FIELDS, Field
from pingsessions_nb.frames.pruning import Pruned, as_text
from pingsessions_nb.frames.shapes import LIST_OF_LOCATIONS, Location, Session
from pingsessions_nb.frames.typed_values import ARROW, COLUMN_OF

# Few enough to stay in the processor's cache: twice as fast as decoding everything first.
_CHUNK = 1000
_NO_LOCATIONS: list[msgspec.Struct] = []

# Further fields: by dotted path, the rows that have one and its values there.
Extras = dict[str, dict[int, Any]]
# A value that could not be used: of which session, the field, in short, of which user.
Problem = tuple[str | None, str, str, str | None]


class GrowingColumns:
    """Columns of one kind of record, in pieces, in the order of the responses.

    Further fields are in ``extras``, with row numbers of the whole columns.
    """

    def __init__(self, fields: Iterable[Field], record: type[msgspec.Struct]) -> None:
        self.pieces: dict[str, list[pa.Array]] = {}
        self.extras: Extras = {}
        self.rows = 0
        self._plan = [
            (objects, _reader(key), field)
            for field in fields
            if field.path is not None and (field.column is not None or field.kind == JSON)
            for objects, _, key in (field.path.rpartition("."),)
        ]
        names = {objects for objects, _, _ in self._plan} - {""}
        empty = msgspec.convert({name: {} for name in names}, record)
        self._owners = {name: (_reader(name), getattr(empty, name)) for name in sorted(names)}

    def take(self, records: Sequence[msgspec.Struct]) -> list[tuple[int, str, str]]:
        """Add records; return row, path and short text of each value that could not be used."""
        owners: dict[str, Sequence[Any]] = {"": records}
        for name, (read, empty) in self._owners.items():
            owners[name] = [each or empty for each in read(records)]
        unusable = []
        for objects, read, field in self._plan:
            values = read(owners[objects])
            if field.column is None:
                self._keep(str(field.path), values)
                continue
            bad: list[int] = []
            if values and values[0] is None and values.count(None) == len(values):
                column = pa.nulls(len(values), ARROW[field.kind])
            else:
                column, bad = COLUMN_OF[field.kind](values)
            self.pieces.setdefault(field.column, []).append(column)
            unusable += [(row, str(field.path), as_text(values[row])) for row in bad]
        self.rows += len(records)
        return unusable

    def _keep(self, path: str, values: Sequence[Any]) -> None:
        if any(values):
            found = {self.rows + row: value for row, value in enumerate(values) if value}
            self.extras.setdefault(path, {}).update(found)


class Chunks:
    """Columns of sessions and of locations that grow by chunks.

    Of each session ``counts`` has the number of its locations, in the same pieces.
    """

    def __init__(self) -> None:
        self.sessions = GrowingColumns(SESSION_FIELDS, Session)
        self.locations = GrowingColumns(LOCATION_FIELDS, Location)
        self.counts: list[npt.NDArray[np.int64]] = []
        self.problems: list[Problem] = []
        self._listed = _reader(LIST_OF_LOCATIONS)
        self._pending: list[msgspec.Struct] = []
        self._pruned: list[tuple[int, Pruned]] = []
        self._positions: dict[int, list[int]] = {}  # of locations, where some were not objects

    def extend(self, sessions: Sequence[msgspec.Struct]) -> None:
        """Add sessions."""
        self._pending += sessions
        if len(self._pending) >= _CHUNK:
            self.flush()

    def append(self, session: msgspec.Struct, pruned: Pruned | None = None) -> None:
        """Add one session, with what was put aside when it was pruned to its shape."""
        if pruned is not None and (pruned.extras or pruned.problems or pruned.elements):
            self._pruned.append((len(self._pending), pruned))
        self._pending.append(session)
        if len(self._pending) >= _CHUNK:
            self.flush()

    def flush(self) -> None:
        """Turn the sessions added since the last time into columns."""
        sessions, self._pending = self._pending, []
        if not sessions:
            return
        lists = [each or _NO_LOCATIONS for each in self._listed(sessions)]
        counts = np.fromiter(map(len, lists), np.int64, len(lists))
        ends = np.cumsum(counts)
        self._keep_aside(sessions, ends - counts)
        for row, field, value in self.sessions.take(sessions):
            self._problem(sessions[row], field, value)
        for row, field, value in self.locations.take(list(chain.from_iterable(lists))):
            owner = int(np.searchsorted(ends, row, side="right"))
            position = row - int(ends[owner] - counts[owner])
            if owner in self._positions:
                position = self._positions[owner][position]
            self._problem(sessions[owner], _in_list(position, field), value)
        self.counts.append(counts)
        self._positions = {}

    def _keep_aside(
        self, sessions: Sequence[msgspec.Struct], offsets: npt.NDArray[np.int64]
    ) -> None:
        for row, pruned in self._pruned:
            add_extras(self.sessions.extras, self.sessions.rows + row, pruned.extras)
            for field, value in pruned.problems:
                self._problem(sessions[row], field, value)
            start = self.locations.rows + int(offsets[row])
            if pruned.positions:
                self._positions[row] = pruned.positions
            for index, (position, element) in enumerate(
                zip(pruned.positions, pruned.elements, strict=True)
            ):
                add_extras(self.locations.extras, start + index, element.extras)
                for field, value in element.problems:
                    self._problem(sessions[row], _in_list(position, field), value)
        self._pruned = []

    def _problem(self, session: Any, field: str, value: str) -> None:  # noqa: ANN401 - a struct
        user_id = session.user.id if session.user else None
        self.problems.append((session.id, field, value, user_id))


def _reader(field: str) -> Callable[[Sequence[Any]], list[Any]]:
    """Return what reads a field of each record: twice as fast as an `operator.attrgetter`."""
    read: Callable[[Sequence[Any]], list[Any]] = eval(  # noqa: S307 - of a name of our own
        f"lambda records: [each.{field} for each in records]"
    )
    return read


def add_extras(extras: Extras, row: int, found: Iterable[tuple[str, Any]]) -> None:
    """Add the further fields of one row."""
    for name, value in found:
        extras.setdefault(name, {})[row] = value


def _in_list(position: int, field: str) -> str:
    return f"{LIST_OF_LOCATIONS}[{position}].{field}"
