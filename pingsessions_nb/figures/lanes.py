"""Where each session lies on a timeline: a lane for itself, or in its user's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pingsessions_nb.history.session_facts import spans

FEW = 16
FEW_OF_ONE_USER = 400
DEEPEST = 12


@dataclass(frozen=True)
class Lanes:
    """``y`` (float64, a session's height in lanes) and ``thick``, ``names`` of lanes, of a row."""

    y: NDArray[np.float64]
    thick: NDArray[np.float64]
    sessions: bool
    count: int
    lane: NDArray[np.int64]


def lanes(sessions: pd.DataFrame) -> Lanes:
    """Lay sessions in lanes, the first row on top.

    Few sessions, or one user's: a lane each. More: a lane for each user, whose overlapping
    sessions go one below the other, each in the first level that is free (at most 12).
    """
    count = len(sessions)
    users, ids = pd.factorize(sessions["user_id"], use_na_sentinel=False)
    if count <= FEW or (len(ids) == 1 and count <= FEW_OF_ONE_USER):
        rows = np.arange(count)
        return Lanes(rows.astype(float), np.full(count, 0.5), True, count, rows)
    start, end = (column.to_numpy("datetime64[us]") for column in spans(sessions))
    level, depth = _levels(users.astype(np.int64), start, end, len(ids))
    step = 0.8 / depth[users]
    y = users + (level - (depth[users] - 1) / 2) * step
    return Lanes(y, np.minimum(0.45, step * 0.85), False, len(ids), users.astype(np.int64))


def _levels(
    users: NDArray[np.int64],
    start: NDArray[np.datetime64],
    end: NDArray[np.datetime64],
    user_count: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return each session's level and each user's number of levels: first fit, by start."""
    level = np.zeros(len(users), dtype=np.int64)
    depth = np.ones(user_count, dtype=np.int64)
    free: list[np.datetime64] = []
    user = -1
    for row in np.lexsort((start, users)):
        if users[row] != user:
            user, free = users[row], []
        place = next((k for k, until in enumerate(free) if until < start[row]), len(free))
        if place == DEEPEST:
            place = int(row) % DEEPEST
        if place == len(free):
            free.append(end[row])
        free[place] = end[row]
        level[row] = place
        depth[user] = max(depth[user], len(free))
    return level, depth
