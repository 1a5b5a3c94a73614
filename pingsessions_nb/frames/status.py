"""Which sessions are live: those that at the time of reading have not come to their end."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd


def with_status(sessions: pd.DataFrame, read_at: pd.Timestamp | None = None) -> pd.DataFrame:
    """Say in ``status`` whether each session is ``live`` or ``expired`` at a time: by default, now.

    As `session_ends` tells; NA where that is unknown.
    """
    ends = session_ends(sessions)
    lives = ends > (pd.Timestamp.now("UTC") if read_at is None else read_at)
    code = np.where(ends.isna(), 2, np.where(lives, 0, 1))
    words = pd.Series(["live", "expired", None], dtype="str")
    return sessions.assign(status=words.take(code).array)


def session_ends(sessions: pd.DataFrame) -> pd.Series[Any]:
    """Return when each session expires: ``expires_at``, else so long after its last activity.

    That is ``active_at`` and ``idle_timeout_minutes``. NaT where neither tells.
    """
    if "expires_at" not in sessions or "idle_timeout_minutes" not in sessions:
        return pd.Series(pd.NaT, index=sessions.index, dtype="datetime64[us, UTC]")
    ends: pd.Series[Any] = sessions["expires_at"]
    minutes = sessions["idle_timeout_minutes"]
    if minutes.isna().all():
        return ends
    idle = minutes.astype("float64").mul(60e6).astype("timedelta64[us]")
    return ends.fillna(sessions["active_at"] + idle)
