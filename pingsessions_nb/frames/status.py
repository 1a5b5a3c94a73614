"""Which sessions are live: those that at the time of reading have not come to their end."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd

LIVE: Final = "live"
EXPIRED: Final = "expired"


def with_status(sessions: pd.DataFrame, read_at: pd.Timestamp | None = None) -> pd.DataFrame:
    """Say of each session in ``status`` whether it is live or expired.

    Parameters
    ----------
    sessions : DataFrame
    read_at : Timestamp, optional
        The time that counts. Default: now.

    Returns
    -------
    DataFrame
        ``status`` is ``live`` or ``expired`` as `session_ends` tells, NA where that is unknown.
    """
    if read_at is None:
        read_at = pd.Timestamp.now("UTC")
    ends = session_ends(sessions)
    code = np.where(ends.isna(), 2, np.where(ends > read_at, 0, 1))
    words = pd.Series([LIVE, EXPIRED, None], dtype="str")
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
