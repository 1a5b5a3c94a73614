"""A history as the columns that ``static/timeline_model.js`` draws."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from pingsessions_nb.history.session_facts import (
    place_words,
    session_countries,
    session_events,
    session_rows,
    spans,
    user_names,
)
from pingsessions_nb.widgets.encoding import (
    Columns,
    coded,
    codes_column,
    epoch_milliseconds,
    milliseconds,
    numbers,
    texts,
)

if TYPE_CHECKING:
    from pingsessions_nb.history import History


def timeline_columns(history: History) -> Columns:
    """Return sessions in the frame's row order, their events, and the order to draw them in.

    Returns
    -------
    dict
        ``count``; per session ``ids``, ``created``, ``active``, ``signOn`` (float64 ms, NaN where
        missing), ``signOnIp``, ``browser``, ``browserVersion``, ``os``, ``osVersion``, ``device``,
        ``country`` (of its latest located event), ``user`` (coded, texts are usernames);
        ``order``: uint32 rows by user, then start; ``events``: ``session`` (uint32 row), ``at``,
        ``place``, ``ip``, by session then time.
    """
    sessions = history.sessions
    user_codes, user_ids = pd.factorize(sessions["user_id"], use_na_sentinel=False)
    start = epoch_milliseconds(spans(sessions)[0])
    locations = history.locations
    rows, order = events = session_events(history)
    return {
        "count": len(sessions),
        "ids": texts(sessions["session_id"]),
        "created": milliseconds(sessions["created_at"]),
        "active": milliseconds(sessions["active_at"]),
        "signOn": milliseconds(sessions["last_sign_on_at"]),
        "signOnIp": coded(sessions["last_sign_on_ip"]),
        "browser": coded(sessions["browser_name"]),
        "browserVersion": coded(sessions["browser_version"]),
        "os": coded(sessions["os_name"]),
        "osVersion": coded(sessions["os_version"]),
        "device": coded(sessions["device_type"]),
        "country": coded(session_countries(history, events)),
        "user": {
            **codes_column(user_codes),
            "texts": texts(user_names(history, pd.Series(user_ids))),
        },
        "order": numbers(np.lexsort((start, user_codes)), np.uint32),
        "events": {
            "session": numbers(rows[order], np.uint32),
            "at": numbers(epoch_milliseconds(locations["at"])[order], np.float64),
            "place": coded(place_words(locations), order),
            "ip": coded(locations["remote_ip"], order),
        },
    }


def signal_columns(history: History, signals: pd.DataFrame | None) -> Columns:
    """Return the findings in sessions of ``history``: ``session`` (row), ``at``, their words."""
    if signals is None:
        return {"count": 0}
    rows = session_rows(history, signals["session_id"])
    known = rows >= 0
    found = signals[known]
    return {
        "count": int(known.sum()),
        "session": numbers(rows[known], np.uint32),
        "at": milliseconds(found["at"]),
        "kind": coded(found["kind"]),
        "severity": coded(found["severity"]),
        "summary": texts(found["summary"]),
    }
