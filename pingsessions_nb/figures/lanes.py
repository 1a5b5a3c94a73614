"""Where each session lies on a timeline: a lane for itself, or in its user's."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pingsessions_nb.history.session_facts import spans

FEW = 16
FEW_OF_ONE_USER = 400
DEEPEST = 24

Places = tuple[NDArray[np.float64], NDArray[np.float64]]


class Lanes:
    """Lays sessions in lanes, the first row on top.

    Few sessions, or one user's: a lane each. More: a lane for each user, whose overlapping
    sessions go one below the other, each in the first level that is free (at most 24). Levels are
    found for the users that are asked for, once.

    Attributes
    ----------
    lane : array of int64
        Of each session, in the frame's row order.
    count : int
        Number of lanes.
    of_sessions : bool
        Whether each session has a lane for itself.
    first_rows : array of int64
        Of each lane a row of the frame, from which it has its name.
    """

    def __init__(self, sessions: pd.DataFrame) -> None:
        users, ids = pd.factorize(sessions["user_id"], use_na_sentinel=False)
        size = len(sessions)
        self.users = len(ids)
        self.of_sessions = size <= FEW or (self.users == 1 and size <= FEW_OF_ONE_USER)
        self.start, self.end = (part.to_numpy("datetime64[us]") for part in spans(sessions))
        if self.of_sessions:
            self.lane = np.arange(size)
            self.first_rows = np.arange(size)
            self.count = size
            return
        self.lane = users.astype(np.int64)
        self.count = self.users
        self.first_rows = np.zeros(self.count, dtype=np.int64)
        self.first_rows[self.lane[::-1]] = np.arange(size)[::-1]
        self._level = np.zeros(size, dtype=np.int64)
        self._depth = np.zeros(self.count, dtype=np.int64)  # 0: not looked at

    def places(self, rows: NDArray[np.int64]) -> Places:
        """Return height and thickness, in lanes, of some sessions."""
        lane = self.lane[rows]
        if self.of_sessions:
            return lane.astype(float), np.full(len(rows), 0.5)
        self._find_levels(np.unique(lane))
        depth = self._depth[lane]
        step = 0.8 / depth
        y = lane + (self._level[rows] - (depth - 1) / 2) * step
        return y, np.minimum(0.45, step * 0.85)

    def depth(self, lanes: NDArray[np.int64]) -> int:
        """Return the most levels that one of some lanes has."""
        if self.of_sessions or not len(lanes):
            return 1
        self._find_levels(lanes)
        return int(self._depth[lanes].max())

    def _find_levels(self, lanes: NDArray[np.int64]) -> None:
        """Give each session of some users a level: first fit, by start."""
        wanted = np.zeros(self.count, dtype=bool)
        wanted[lanes] = True
        wanted &= self._depth == 0
        if not wanted.any():
            return
        rows = np.flatnonzero(wanted[self.lane])
        rows = rows[np.lexsort((self.start[rows], self.lane[rows]))]
        start, end = self.start[rows].astype(np.int64), self.end[rows].astype(np.int64)
        free: list[int] = []
        user = -1
        for row, lane, begin, until in zip(
            rows.tolist(), self.lane[rows].tolist(), start.tolist(), end.tolist(), strict=True
        ):
            if lane != user:
                user, free = lane, []
            level = next((k for k, taken in enumerate(free) if taken < begin), len(free))
            if level == DEEPEST:
                level = row % DEEPEST
            if level == len(free):
                free.append(until)
            free[level] = until
            self._level[row] = level
            self._depth[lane] = len(free)
