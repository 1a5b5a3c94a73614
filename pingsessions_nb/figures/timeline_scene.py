"""What a timeline draws from: found once for a history, then looked up for every view of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pingsessions_nb.coded.coding import Rows
from pingsessions_nb.figures.lanes import Lanes
from pingsessions_nb.figures.palette import slots
from pingsessions_nb.history import History
from pingsessions_nb.history.session_facts import (
    arrow_text,
    color_values,
    session_events,
    session_rows,
    user_names,
)

SECOND = 1_000_000  # microseconds, in which a scene counts time
_PAD = 0.03
_LEAST = 15 * 60 * SECOND  # on each side: all of it may be one instant
_BULK_FROM = 20


@dataclass(frozen=True)
class View:
    """The part of a timeline that is in sight.

    ``start`` and ``end`` are microseconds since 1970; ``top`` and ``bottom`` are lanes, counted
    from above, of which lane 0 reaches from -0.5 to 0.5.
    """

    start: float
    end: float
    top: float
    bottom: float

    def wider(self, share: float) -> View:
        """Return this view with more on each side, so that dragging shows something at once."""
        time, lanes = (self.end - self.start) * share, (self.bottom - self.top) * share
        return View(self.start - time, self.end + time, self.top - lanes, self.bottom + lanes)


class Scene:
    """A history as a timeline needs it, each column computed when it is first asked for."""

    def __init__(self, history: History) -> None:
        self.history = history
        self.lanes = Lanes(history.sessions)
        self.dated = ~np.isnat(self.lanes.start)
        self.start = np.where(self.dated, self.lanes.start.astype(np.int64), 0)
        self.end = np.where(self.dated, self.lanes.end.astype(np.int64), 0)
        self._slots: dict[str, tuple[NDArray[np.int8], list[tuple[int, str]]]] = {}
        self._signals: tuple[Any, Rows] = (None, np.empty(0, np.int64))

    @cached_property
    def everything(self) -> View:
        """The view that shows all of it."""
        if not self.dated.any():
            return View(0, 1, -0.6, self.lanes.count - 0.4)
        first, last = int(self.start[self.dated].min()), int(self.end[self.dated].max())
        pad = max((last - first) * _PAD, _LEAST)
        return View(first - pad, last + pad, -0.6, self.lanes.count - 0.4)

    @cached_property
    def opening(self) -> View:
        """The view to begin with: a few sessions of long ago do not squeeze all the others."""
        every = self.everything
        starts = np.sort(self.start[self.dated])
        if len(starts) < _BULK_FROM:
            return every
        first, last = starts[0], self.end[self.dated].max()
        bulk = starts[int(len(starts) * 0.02)]
        if last - bulk > 0.3 * (last - first):
            return every
        pad = max((last - bulk) * 0.04, _LEAST)
        return View(bulk - pad, last + pad, every.top, every.bottom)

    def in_sight(self, view: View) -> Rows:
        """Return the dated sessions that a view shows a part of, in the frame's row order."""
        shown = self.dated & (self.start <= view.end) & (self.end >= view.start)
        if view.top > -0.5 or view.bottom < self.lanes.count - 0.5:
            lane = self.lanes.lane
            shown &= (lane >= view.top - 0.5) & (lane <= view.bottom + 0.5)
        return np.flatnonzero(shown)

    def slots(self, color_by: str) -> tuple[NDArray[np.int8], list[tuple[int, str]]]:
        """Return `palette.slots` of what the sessions are coloured by."""
        if color_by not in self._slots:
            slot, legend = slots(color_values(self.history, color_by))
            self._slots[color_by] = slot.astype(np.int8), legend
        return self._slots[color_by]

    @cached_property
    def ids(self) -> pa.LargeStringArray:
        """The sessions' ids, in row order."""
        return arrow_text(self.history.sessions["session_id"])

    def rows_of(self, session_ids: tuple[str, ...]) -> Rows:
        """Return the rows of some sessions, in row order."""
        if not session_ids:
            return np.empty(0, np.int64)
        found = pc.is_in(self.ids, value_set=pa.array(session_ids, self.ids.type))
        return np.flatnonzero(found.to_numpy(zero_copy_only=False))

    def ids_of(self, rows: Rows) -> tuple[str, ...]:
        """Return the ids of some rows."""
        return tuple(self.ids.take(pa.array(rows)).to_pylist())

    def lane_names(self, lanes: Rows) -> pd.Series[str]:
        """Return the users' names of some lanes."""
        rows = self.lanes.first_rows[lanes]
        return user_names(self.history, self.history.sessions["user_id"].iloc[rows])

    def events_of(self, rows: Rows) -> tuple[Rows, Rows]:
        """Return the location events of some sessions: positions in the frame, and whose each is.

        The second counts in ``rows``.
        """
        order, first = self._events
        counts = first[rows + 1] - first[rows]
        whose = np.repeat(np.arange(len(rows)), counts)
        within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        return order[np.repeat(first[rows], counts) + within], whose

    @cached_property
    def _events(self) -> tuple[Rows, Rows]:
        rows, order = session_events(self.history)
        counts = np.bincount(rows[order], minlength=len(self.history.sessions))
        return order, np.concatenate(([0], np.cumsum(counts))).astype(np.int64)

    def signal_rows(self, signals: pd.DataFrame) -> Rows:
        """Return the session of each finding, -1 where it is none of this history."""
        if self._signals[0] is not signals:
            self._signals = signals, session_rows(self.history, signals["session_id"])
        return self._signals[1]
