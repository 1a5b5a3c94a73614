"""`dormant_return`: a session that begins long after the user's last activity.

Severity
    ``low``; ``medium`` after twice the days allowed and more.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pingsessions_nb.detectors.coding import MICROSECONDS_A_DAY, MICROSECONDS_AN_HOUR
from pingsessions_nb.detectors.findings import LOW, MEDIUM, findings
from pingsessions_nb.detectors.record import Record
from pingsessions_nb.detectors.thresholds import Thresholds
from pingsessions_nb.detectors.wording import duration, instant

KIND = "dormant_return"


def find_dormant_returns(record: Record, limits: Thresholds) -> pd.DataFrame:
    """Return a finding for each session that ends a long silence."""
    sessions = record.sessions
    last = pd.Series(sessions.last).groupby(sessions.user, sort=False).cummax().to_numpy()
    again = np.flatnonzero(sessions.rank > 0)
    gap = sessions.start[again] - last[again - 1]
    dormant = gap >= limits.dormant_days * MICROSECONDS_A_DAY
    rows, gap = again[dormant], gap[dormant]
    hours = gap / MICROSECONDS_AN_HOUR
    days = hours / 24
    return findings(
        KIND,
        len(rows),
        user_id=record.users.take(sessions.user[rows]).to_pylist(),
        session_id=sessions.texts("session_id", rows).to_pylist(),
        at=sessions.start[rows],
        severity=np.where(days >= 2 * limits.dormant_days, MEDIUM, LOW),
        summary=[f"Back after {duration(each)} without any activity." for each in hours.tolist()],
        hours=hours,
        evidence=[
            {"last_active_at": instant(when), "dormant_days": round(number, 1)}
            for when, number in zip(last[rows - 1].tolist(), days.tolist(), strict=True)
        ],
    )
