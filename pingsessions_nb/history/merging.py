"""Snapshots of the same sessions and users, taken at different times -> one row for each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

_LAST = np.iinfo(np.int64).max
_FIRST = -_LAST
_SESSION = ["user_id", "session_id"]
_EVENT = [*_SESSION, "at", "remote_ip", "city", "state", "country"]


def stacked(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Put frames under each other; a column that one lacks is missing there, and no dtype changes.

    Flags and whole numbers stay so too, being of pandas' nullable dtypes.
    """
    filled = [frame for frame in frames if len(frame)] or list(frames[:1])
    return filled[0] if len(filled) == 1 else pd.concat(filled, ignore_index=True)


def merge_sessions(
    sessions: pd.DataFrame, locations: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Leave one row of each session and of each of its locations.

    Parameters
    ----------
    sessions, locations : DataFrame
        Rows of several snapshots, older snapshots above.

    Returns
    -------
    sessions : DataFrame
        Of each session the facts of the snapshot with the latest ``active_at`` (of equals, the
        last), and where that has none, the latest there is. ``location_count`` counts the union.
    locations : DataFrame
        The union; one event is one time, address, city, state and country of one session.
    """
    if sessions["session_id"].dropna().is_unique:
        return sessions, locations
    again = sessions["session_id"].notna() & sessions.duplicated(_SESSION, keep=False)
    if again.any():
        seen = sessions[again].reset_index(drop=True)
        number = seen.groupby(_SESSION, dropna=False, sort=False).ngroup()
        latest = seen.sort_values("active_at", kind="stable", na_position="first")
        facts = latest.groupby(number).last()
        # Each where it first came, so that users and sessions of equal time stay in their order.
        firsts = np.flatnonzero(again)[~number.duplicated()]
        rows = np.concatenate([np.flatnonzero(~again), firsts])
        sessions = pd.concat([sessions[~again], facts]).take(np.argsort(rows))
        several = pd.MultiIndex.from_frame(facts[_SESSION])
        repeated = locations.duplicated(_EVENT, keep="last")
        repeated &= pd.MultiIndex.from_frame(locations[_SESSION]).isin(several)
        locations = locations[~repeated]
        sessions = with_location_counts(sessions, locations)
    return in_order(sessions, locations)


def in_order(sessions: pd.DataFrame, locations: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Order by user as sessions first name them; sessions newest, locations oldest first.

    Rows of unknown time come last, rows of equal time stay as they are.
    """
    users = pd.Index(pd.concat([sessions["user_id"], locations["user_id"]]).unique())
    keys = -sessions["created_at"].astype("int64").where(sessions["created_at"].notna(), _FIRST)
    by_session = np.lexsort((keys, users.get_indexer(sessions["user_id"])))
    times = locations["at"].astype("int64").where(locations["at"].notna(), _LAST)
    by_location = np.lexsort((times, users.get_indexer(locations["user_id"])))
    return (
        sessions.take(by_session).reset_index(drop=True),
        locations.take(by_location).reset_index(drop=True),
    )


def merge_users(users: pd.DataFrame) -> pd.DataFrame:
    """Leave one row of each user: the one updated last, filled up from earlier ones."""
    again = users["user_id"].notna() & users.duplicated("user_id", keep=False)
    if not again.any():
        return users
    first = users.drop_duplicates("user_id")["user_id"]
    latest = users[again].sort_values("updated_at", kind="stable", na_position="first")
    facts = latest.groupby("user_id", sort=False).last().reset_index()
    merged = pd.concat([users[~again], facts[users.columns]]).set_index("user_id", drop=False)
    return merged.loc[first].reset_index(drop=True)


def with_location_counts(sessions: pd.DataFrame, locations: pd.DataFrame) -> pd.DataFrame:
    """Count for each session its rows in ``locations``."""
    counts = locations.groupby(_SESSION, dropna=False).size()
    wanted = pd.MultiIndex.from_frame(sessions[_SESSION])
    found = counts.reindex(wanted, fill_value=0).to_numpy(np.int64)
    return sessions.assign(location_count=found)
