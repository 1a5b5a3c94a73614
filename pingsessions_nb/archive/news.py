"""Which cases an archive has news of since a time."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import pandas as pd

from pingsessions_nb.archive.table_layout import in_sql
from pingsessions_nb.history import History

if TYPE_CHECKING:
    from pingsessions_nb.archive.reading import Reader

_MARGIN_HOURS: Final = 1.0
_ENOUGH: Final = 1_000_000  # sessions, to learn from what is common


def first_seen(reader: Reader) -> pd.Timestamp | None:
    """Return when the oldest row was first seen; None of an empty archive."""
    oldest = reader.rows("SELECT min(first_seen_at) AS at FROM sessions")["at"].iloc[0]
    return None if pd.isna(oldest) else pd.Timestamp(oldest)


def since(
    found: pd.DataFrame,
    read: Callable[[list[str]], History],
    after: pd.Timestamp,
    oldest: pd.Timestamp | None,
) -> pd.DataFrame:
    """Return the cases of which something was first seen, or happened, since a time.

    Parameters
    ----------
    found : DataFrame
        Cases.
    read : callable
        Returns the history of the users with some ids.
    after : Timestamp
    oldest : Timestamp or None
        When the archive first saw anything. If it is younger than ``after``, everything in it is
        news, and what happened decides.
    """
    if oldest is None or oldest >= after:
        return found[found["last_at"] >= after].reset_index(drop=True)
    return found[brought(found, read, after)].reset_index(drop=True)


def brought(
    found: pd.DataFrame, read: Callable[[list[str]], History], after: pd.Timestamp
) -> pd.Series[bool]:
    """Tell of which cases a session or a location was first seen by a recording since a time."""
    theirs = read(sorted({each for ids in found["user_ids"] for each in ids}))
    news = {
        session
        for frame in (theirs.sessions, theirs.locations)
        for session in frame.loc[frame["first_seen_at"] >= after, "session_id"]
    }
    return found["session_ids"].map(lambda ids: not news.isdisjoint(ids)).astype(bool)


def theirs(reader: Reader, since: pd.Timestamp, hours: float) -> History:
    """Return the histories of whoever something was recorded of since a time.

    And of whoever was active so many hours before: they may be part of a crowd that goes on.
    """
    near = since - pd.Timedelta(hours=hours + _MARGIN_HOURS)
    query = (
        f"SELECT user_id FROM sessions WHERE last_seen_at > {in_sql(since)} UNION "  # noqa: S608
        f"SELECT user_id FROM locations WHERE first_seen_at > {in_sql(since)} "
        f"OR at >= {in_sql(near)}"
    )
    return reader.history(reader.rows(query))


def sessions(reader: Reader) -> int:
    """Return how many sessions an archive has."""
    return int(reader.rows("SELECT count(*) AS n FROM sessions")["n"].iloc[0])


def parts_to_learn_from(parts: int, sessions: int) -> int:
    """Return how many parts of an archive hold enough sessions."""
    return min(parts, math.ceil(parts * _ENOUGH / max(1, sessions)))
