"""`dormant_return`: a session that begins long after the user's last activity.

Activity is the last that PingOne tells of earlier sessions: beginning, sign-on, activity, events.

Severity
    ``low``; ``medium`` after twice the days allowed and more.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from pingsessions_nb.coded.coded_history import CodedHistory, Sessions
from pingsessions_nb.coded.coding import MICROSECONDS_A_DAY, MICROSECONDS_AN_HOUR, Rows, Times
from pingsessions_nb.detectors.findings_frame import LOW, MEDIUM, findings
from pingsessions_nb.detectors.thresholds import Thresholds
from pingsessions_nb.wording import duration, instant

KIND = "dormant_return"


def find_dormant_returns(coded: CodedHistory, limits: Thresholds) -> pd.DataFrame:
    """Return a finding for each session that ends a long silence."""
    sessions = coded.sessions
    again = np.flatnonzero(sessions.rank > 0)
    least = limits.dormant_days * MICROSECONDS_A_DAY
    # Few sessions come so late, so that few users' events are looked at.
    again = again[_silences(sessions, sessions.last, again)[1] >= least]
    if not len(again):
        return findings(KIND, 0)
    last, gap = _silences(sessions, _last_of_events(coded, again), again)
    dormant = gap >= least
    rows, gap = again[dormant], gap[dormant]
    hours = gap / MICROSECONDS_AN_HOUR
    days = hours / 24
    return findings(
        KIND,
        len(rows),
        user_id=coded.users.take(sessions.user[rows]).to_pylist(),
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


def _silences(sessions: Sessions, active: Times, rows: Rows) -> tuple[Times, Times]:
    """Return until when each user had been active, and how long before some sessions that was."""
    last = pd.Series(active).groupby(sessions.user, sort=False).cummax().to_numpy(np.int64)
    return last, sessions.start[rows] - last[rows - 1]


def _last_of_events(coded: CodedHistory, rows: Rows) -> Times:
    """Return each session's last activity, events included if its user has one of the rows."""
    events, sessions = coded.events, coded.sessions
    theirs = events.take(np.isin(events.user, sessions.user[rows]))
    some = np.flatnonzero(np.isin(sessions.user, sessions.user[rows]))
    ids = sessions.texts("session_id", some)
    found = pc.index_in(theirs.texts("session_id"), value_set=ids, skip_nulls=True)
    which = some[pc.fill_null(found, 0).to_numpy(zero_copy_only=False)]
    own = found.is_valid().to_numpy(zero_copy_only=False) & (sessions.user[which] == theirs.user)
    last = sessions.last.copy()
    np.maximum.at(last, which[own], theirs.at[own])
    return last
