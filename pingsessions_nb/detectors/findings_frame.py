"""The frame of findings: its columns and dtypes, how findings are ranked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pingsessions_nb.coded.coding import starts
from pingsessions_nb.wording import SEVERITIES

LEVELS = SEVERITIES[::-1]
"""Severities by number: `LOW`, `MEDIUM`, `HIGH`."""
LOW, MEDIUM, HIGH = range(3)

_TEXT = ("user_id", "username", "session_id", "summary", "from_place", "to_place")
_NUMBER = ("distance_km", "hours", "speed_kmh")
COLUMNS = (
    *("kind", "severity", "user_id", "session_id", "at", "summary", "within_session"),
    *("from_place", "to_place", "distance_km", "hours", "speed_kmh", "evidence", "username"),
)


def findings(kind: str, count: int, **columns: Any) -> pd.DataFrame:
    """Make a frame of so many findings of one kind.

    Columns are ``user_id, session_id, summary, from_place, to_place`` (text), ``severity`` (`LOW`,
    `MEDIUM`, `HIGH`), ``at`` (int64 microseconds), ``within_session`` (bool), ``distance_km, hours,
    speed_kmh`` (numbers), ``evidence`` (dicts). What is not given is missing.
    """
    return _frame(kind, count, columns) if count else _none().copy()


@cache
def _none() -> pd.DataFrame:
    # Of a single user's history most kinds find nothing, and a frame takes long to make.
    return _frame("", 0, {})


def _frame(kind: str, count: int, columns: Mapping[str, Any]) -> pd.DataFrame:
    instants = np.asarray(columns.get("at", np.zeros(count)), dtype=np.int64)
    texts = {name: list(columns.get(name, [None] * count)) for name in _TEXT}
    numbers = {name: columns.get(name, np.full(count, np.nan)) for name in _NUMBER}
    made = {
        "kind": pd.array([kind] * count, dtype="str"),
        "severity": np.asarray(columns.get("severity", np.zeros(count)), dtype=np.int8),
        **{name: pd.array(values, dtype="str") for name, values in texts.items()},
        "at": pd.DatetimeIndex(instants.view("datetime64[us]"), tz="UTC"),
        "within_session": np.asarray(columns.get("within_session", np.zeros(count)), dtype=bool),
        **{name: np.asarray(values, dtype=np.float64) for name, values in numbers.items()},
        "evidence": pd.Series(list(columns.get("evidence", [])), dtype=object),
    }
    return pd.DataFrame(made, columns=list(COLUMNS))


FACTS = {
    "geovelocity_anomaly": "place",
    "user_location_anomaly": "place",
    "new_device": "device",
    "ip_velocity": "addresses",
    "user_velocity": "crowd",
    "dormant_return": "silence",
    "session_replay": "replay",
}
"""The fact that each kind tells of: an unusual place and the journey there are one."""


def judged(frame: pd.DataFrame) -> pd.DataFrame:
    """Return all findings of some users with their final severity, as text.

    A session that stands out in more than one way is more than a coincidence: where findings of
    several facts name one session, each of them is a step more severe than on its own.
    """
    corroborated = _facts_of_sessions(frame).to_numpy() > 1
    levels = np.minimum(frame["severity"].to_numpy(np.int64) + corroborated, HIGH)
    words = np.array(LEVELS, dtype=object)[levels]
    return frame.assign(severity=pd.array(words, dtype="str"))


def ranked(frame: pd.DataFrame) -> pd.DataFrame:
    """Order findings: the most severe first, of these those of sessions with the most facts.

    Of equal ones, the newest come first.
    """
    level = frame["severity"].map({word: number for number, word in enumerate(LEVELS)})
    by = ["level", "facts", "at", "user_id", "session_id", "kind"]
    ascending = [False, False, False, True, True, True]
    ordered = frame.assign(level=level, facts=_facts_of_sessions(frame)).sort_values(
        by, ascending=ascending, kind="stable", ignore_index=True
    )
    return ordered.drop(columns=["level", "facts"])


def _facts_of_sessions(frame: pd.DataFrame) -> pd.Series[int]:
    """Return for each finding how many facts were found of its session."""
    facts = frame.assign(fact=frame["kind"].map(FACTS))
    of_session = facts.groupby(["user_id", "session_id"], dropna=False)["fact"]
    counts: pd.Series[int] = of_session.transform("nunique")
    return counts


def worst_of_each(group: NDArray[Any], order: Sequence[NDArray[Any]]) -> NDArray[np.int64]:
    """Return for each group the position of its worst member, in order of the groups.

    `order` decides, the most telling first; the smallest value is worst.
    """
    by = np.lexsort((*reversed(order), group))
    return by[starts(group[by])]
