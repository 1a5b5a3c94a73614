"""Sessions as structs -> columns of sessions and of locations, a chunk at a time."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pingsessions_nb.frames.columns import STRING, time_column
from pingsessions_nb.frames.pruning import Pruned, as_text
from pingsessions_nb.frames.shapes import Device, Location, Ref, Session, SignOn, Software

# Few enough to stay in the processor's cache: twice as fast as decoding everything first.
_CHUNK = 1000

_REF, _SIGN_ON, _SOFTWARE, _DEVICE = Ref(), SignOn(), Software(), Device()
_NO_LOCATIONS: list[Location] = []


# Fields that we do not know: by dotted path, the rows that have one and its values there.
Extras = dict[str, dict[int, Any]]


class Problem(NamedTuple):
    """A value that could not be used, of a session."""

    session_id: str | None
    user_id: str | None
    field: str
    value: str


class Chunks:
    """Columns that grow by chunks.

    Attributes
    ----------
    sessions, locations : dict of str to list of pyarrow.Array
        Each column in pieces, in the order of the responses.
    counts : list of numpy.ndarray of int64
        For each session the number of its rows in ``locations``, in the same pieces.
    session_extras, location_extras : Extras
        Unknown fields, with row numbers of the whole columns.
    problems : list of Problem
    """

    def __init__(self) -> None:
        self.sessions: dict[str, list[pa.Array]] = {}
        self.locations: dict[str, list[pa.Array]] = {}
        self.counts: list[npt.NDArray[np.int64]] = []
        self.session_extras: Extras = {}
        self.location_extras: Extras = {}
        self.problems: list[Problem] = []
        self._pending: list[Session] = []
        self._pruned: list[tuple[int, Pruned]] = []
        self._positions: dict[int, list[int]] = {}  # of locations, where some were not objects
        self._session_rows = 0
        self._location_rows = 0

    def extend(self, sessions: Sequence[Session]) -> None:
        """Add sessions."""
        self._pending += sessions
        if len(self._pending) >= _CHUNK:
            self.flush()

    def append(self, session: Session, pruned: Pruned | None = None) -> None:
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
        lists = [session.locations or _NO_LOCATIONS for session in sessions]
        counts = np.fromiter(map(len, lists), np.int64, len(lists))
        offsets = np.cumsum(counts) - counts
        self._keep_aside(sessions, offsets)
        self._take_sessions(sessions)
        self._take_locations(sessions, list(chain.from_iterable(lists)), counts, offsets)
        self.counts.append(counts)
        self._positions = {}
        self._session_rows += len(sessions)
        self._location_rows += int(counts.sum())

    def _keep_aside(self, sessions: list[Session], offsets: npt.NDArray[np.int64]) -> None:
        for row, pruned in self._pruned:
            session = sessions[row]
            at = self._session_rows + row
            add_extras(self.session_extras, at, pruned.extras)
            for field, value in pruned.problems:
                self._problem(session, field, value)
            start = self._location_rows + int(offsets[row])
            if pruned.positions:
                self._positions[row] = pruned.positions
            for index, (position, element) in enumerate(
                zip(pruned.positions, pruned.elements, strict=True)
            ):
                add_extras(self.location_extras, start + index, element.extras)
                for field, value in element.problems:
                    self._problem(session, f"locations[{position}].{field}", value)
        self._pruned = []

    def _take_sessions(self, sessions: list[Session]) -> None:
        sign_ons = [session.last_sign_on or _SIGN_ON for session in sessions]
        browsers = [session.browser or _SOFTWARE for session in sessions]
        systems = [session.operating_system or _SOFTWARE for session in sessions]
        columns = self.sessions
        _text(columns, "session_id", [session.id for session in sessions])
        _text(columns, "user_id", [(session.user or _REF).id for session in sessions])
        _text(columns, "environment_id", [(session.environment or _REF).id for session in sessions])
        times = {
            "created_at": ("createdAt", [session.created_at for session in sessions]),
            "active_at": ("activeAt", [session.active_at for session in sessions]),
            "last_sign_on_at": ("lastSignOn.at", [sign_on.at for sign_on in sign_ons]),
        }
        for column, (field, written) in times.items():
            for row in _time(columns, column, written):
                self._problem(sessions[row], field, as_text(written[row]))
        _text(columns, "last_sign_on_ip", [sign_on.remoteIp for sign_on in sign_ons])
        _text(columns, "browser_name", [browser.name for browser in browsers])
        _text(columns, "browser_version", [browser.version for browser in browsers])
        _text(columns, "os_name", [system.name for system in systems])
        _text(columns, "os_version", [system.version for system in systems])
        _text(columns, "device_type", [(session.device or _DEVICE).type for session in sessions])

    def _take_locations(
        self,
        sessions: list[Session],
        locations: list[Location],
        counts: npt.NDArray[np.int64],
        offsets: npt.NDArray[np.int64],
    ) -> None:
        columns = self.locations
        written = [location.at for location in locations]
        for row in _time(columns, "at", written):
            owner = int(np.searchsorted(offsets + counts, row, side="right"))
            position = row - int(offsets[owner])
            if owner in self._positions:
                position = self._positions[owner][position]
            self._problem(sessions[owner], f"locations[{position}].at", as_text(written[row]))
        _text(columns, "remote_ip", [location.remoteIp for location in locations])
        _text(columns, "city", [location.city for location in locations])
        _text(columns, "state", [location.state for location in locations])
        _text(columns, "country", [location.country for location in locations])

    def _problem(self, session: Session, field: str, value: str) -> None:
        user_id = (session.user or _REF).id
        self.problems.append(Problem(session.id, user_id, field, value))


def add_extras(extras: Extras, row: int, found: list[tuple[str, Any]]) -> None:
    """Add the unknown fields of one row."""
    for name, value in found:
        extras.setdefault(name, {})[row] = value


def _text(columns: dict[str, list[pa.Array]], name: str, values: list[str | None]) -> None:
    columns.setdefault(name, []).append(pa.array(values, STRING))


def _time(columns: dict[str, list[pa.Array]], name: str, values: list[str | None]) -> list[int]:
    column, bad = time_column(values)
    columns.setdefault(name, []).append(column)
    return bad
