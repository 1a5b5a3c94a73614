"""Which cases an archive has news of since a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pandas as pd

from pingsessions_nb.history import History

if TYPE_CHECKING:
    from pingsessions_nb.archive.reading import Reader


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
