"""Recording: a history merged into the tables.

The order of commits is locations, sessions, users, snapshot. A recorder that dies in between has
left rows that nobody sees yet; the next one compares with the tables as they are, these rows
included, and so adds nothing twice.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from pingsessions_nb.archive import changes as changing
from pingsessions_nb.archive.changes import Changes, NewRows
from pingsessions_nb.archive.incremental import complete_snapshots
from pingsessions_nb.archive.rows import digests, owners, to_arrow, to_pandas, to_stored
from pingsessions_nb.archive.snapshots import latest, pin, pinned
from pingsessions_nb.archive.table_layout import (
    EVENT,
    GONE,
    KEYS,
    KNOWN,
    buckets_of,
    months_of,
    one_of,
)
from pingsessions_nb.archive.tables import BusyError, ConflictError, Tables, columns_of
from pingsessions_nb.errors import ArchiveError
from pingsessions_nb.frames.columns import TEXT, TIME
from pingsessions_nb.frames.typed_values import missing_column
from pingsessions_nb.history import History
from pingsessions_nb.history.merging import merge_sessions, merge_users

if TYPE_CHECKING:
    from deltalake import DeltaTable

_ATTEMPTS: Final = 50


def record(
    tables: Tables,
    history: History,
    seen_at: pd.Timestamp | None,
    buckets: int,
    action: str | None = None,
) -> Changes:
    """Merge a history into the tables; see `Archive.record`."""
    recording = _Recording(tables, history, seen_at, buckets, action)
    for attempt in range(_ATTEMPTS):
        try:
            recording.commit()
        except (ConflictError, ArchiveError) as error:
            # What was being read may have been erased: then there is a newer version to read.
            if isinstance(error, ArchiveError) and not recording.overtaken():
                raise
            time.sleep(random.uniform(0, min(0.05 * 2**attempt, 2)))  # noqa: S311 - no secret
        else:
            return Changes(**recording.done)
    msg = (
        f"The archive {tables.address} was written to by others {_ATTEMPTS} times while this "
        "history was merged. Nothing is lost; record it again when fewer recorders are at work."
    )
    raise BusyError(msg)


@dataclass
class _Recording:
    """One history on its way into the tables, over as many attempts as it takes."""

    tables: Tables
    history: History
    seen_at: pd.Timestamp | None
    buckets: int
    action: str | None
    done: Counter[str] = field(default_factory=Counter)
    opened: dict[str, int] = field(default_factory=dict)

    def overtaken(self) -> bool:
        """Tell whether somebody has written since the last attempt began."""
        now = latest(self.tables)._asdict()
        return any(now[name] != version for name, version in self.opened.items())

    def commit(self) -> None:
        """Write what is new; nothing at all where there is nothing new."""
        opened = {name: self.tables.open(name) for name in ("locations", "sessions", "users")}
        self.opened = {name: table.version() for name, table in opened.items()}
        stored = {name: self._stored(name, table) for name, table in opened.items()}
        self.seen_at = self.seen_at or _latest(stored)
        shown, places = merge_sessions(stored["sessions"], stored["locations"])
        self._commit_sessions(opened["sessions"], opened["locations"], shown, places)
        self._commit_users(opened["users"], merge_users(stored["users"]))
        before = pinned(self.tables.open("snapshots"))
        news = any(opened[name].version() > version for name, version in before._asdict().items())
        # That somebody looked, and at whom, is news of its own.
        if news or self.action is not None:
            pin(self.tables, self.action or "record", Changes(**self.done), self.seen_at)

    def _commit_sessions(
        self, sessions: DeltaTable, locations: DeltaTable, shown: pd.DataFrame, places: pd.DataFrame
    ) -> None:
        owner = owners(shown, places)
        places, owner = places[owner >= 0], owner[owner >= 0]
        shown = self._filed(shown).assign(digest=digests(shown, places, owner))
        known = self._known(sessions, shown, ["session_id", "digest", "month"])
        told = shown["digest"].isin(known["digest"]).to_numpy()
        if told.all():
            return
        news = np.cumsum(~told) - 1
        places, owner = places[~told[owner]], news[owner[~told[owner]]]
        shown = shown[~told].reset_index(drop=True)
        shown["month"] = months_of(shown["created_at"])
        known = self._known_in_full(sessions, shown, known)
        shown["location_count"] = self._commit_locations(locations, places, shown, owner)
        self._commit_rows(sessions, changing.new_sessions(known, shown), "sessions")

    def _known_in_full(
        self, table: DeltaTable, shown: pd.DataFrame, known: pd.DataFrame
    ) -> pd.DataFrame:
        """Read the known rows of sessions that have news, and file these where those are."""
        there = pd.Index(shown["session_id"]).unique().get_indexer(pd.Index(known["session_id"]))
        months = known.loc[there >= 0, "month"].unique()
        if not len(months):
            return shown.iloc[:0]
        rows = self._known(table, shown, columns_of(table), months)
        owner = owners(shown, rows)
        rows, owner = rows[owner >= 0], owner[owner >= 0]
        # Where a session is filed it stays, even if its beginning should read otherwise one day.
        shown.loc[owner, "month"] = rows["month"].to_numpy()
        return rows

    def _commit_locations(
        self,
        table: DeltaTable,
        places: pd.DataFrame,
        sessions: pd.DataFrame,
        owner: npt.NDArray[np.int64],
    ) -> npt.NDArray[np.int64]:
        """Add the new locations of sessions; return how many there are now of each session."""
        places = places.assign(
            first_seen_at=self.seen_at,
            last_seen_at=self.seen_at,
            bucket=sessions["bucket"].to_numpy()[owner],
            month=sessions["month"].to_numpy()[owner],
        )
        known = self._known(table, sessions, EVENT, sessions["month"].unique())
        had = owners(sessions, known)
        new = changing.are_new(known[had >= 0], places)
        self._append(table, places[new], "locations")
        self.done["locations_added"] += int(new.sum())
        have = np.concatenate([had[had >= 0], owner[new]])
        return np.bincount(have, minlength=len(sessions)).astype(np.int64)

    def _commit_users(self, table: DeltaTable, shown: pd.DataFrame) -> None:
        if shown.empty:
            return
        shown = self._filed(shown)
        shown[GONE] = missing_column(TIME, shown.index)
        known = self._known(table, shown, columns_of(table), key="user_id")
        self._commit_rows(table, changing.new_users(known, shown), "users")
        if self.action is not None and self.seen_at is not None:
            self._commit_gone(table, shown["user_id"], self.seen_at)

    def _commit_gone(
        self, table: DeltaTable, listed: pd.Series[str], seen_at: pd.Timestamp
    ) -> None:
        """Mark whoever a list of everybody has no more, unless a later one is recorded."""
        if (complete_snapshots(self.tables)["seen_at"] > seen_at).any():
            return
        columns = [name for name in ("user_id", "last_seen_at", GONE) if name in columns_of(table)]
        rows = to_pandas(self.tables.read_all(table, columns, "TRUE"))
        gone = self._filed(changing.gone_users(rows, listed, seen_at)[["user_id"]])
        if gone.empty:
            return
        marked = self._known(table, gone, columns_of(table), key="user_id")
        marked = marked.assign(**{GONE: seen_at, "last_seen_at": seen_at})
        self._commit_rows(table, NewRows(marked.iloc[:0], marked, len(marked)), "users")
        self.done["users_gone"] += len(marked)

    def _commit_rows(self, table: DeltaTable, rows: NewRows, name: str) -> None:
        self._append(table, rows.added, name)
        self.done[f"{name}_added"] += len(rows.added)
        if len(rows.updated):
            self.tables.replace(table, self._fitting(table, rows.updated, name), KEYS[name])
            self.done[f"{name}_updated"] += rows.news

    def _append(self, table: DeltaTable, rows: pd.DataFrame, name: str) -> None:
        if len(rows):
            rows = rows.iloc[_by_user(rows["user_id"])]
            self.tables.append(table, self._fitting(table, rows, name))

    def _fitting(self, table: DeltaTable, rows: pd.DataFrame, name: str) -> pa.Table:
        """Give a table the columns that rows have more, and rows those that it has more."""
        more = [column for column in rows.columns if column not in columns_of(table)]
        if more:
            self.tables.widen(table, {column: KNOWN[name].get(column, TEXT) for column in more})
        return to_arrow(rows.reindex(columns=columns_of(table)), name)

    def _stored(self, name: str, table: DeltaTable) -> pd.DataFrame:
        frame = to_stored(getattr(self.history, name), name, columns_of(table))
        return frame.dropna(subset=KEYS.get(name, KEYS["sessions"])).reset_index(drop=True)

    def _filed(self, rows: pd.DataFrame) -> pd.DataFrame:
        return rows.assign(
            first_seen_at=self.seen_at,
            last_seen_at=self.seen_at,
            bucket=buckets_of(rows["user_id"], self.buckets),
        )

    def _known(
        self,
        table: DeltaTable,
        wanted: pd.DataFrame,
        columns: Iterable[str],
        months: Iterable[str] | None = None,
        key: str = "session_id",
    ) -> pd.DataFrame:
        """Read the rows of the wanted sessions or users, streaming past all others."""
        where = one_of("bucket", wanted["bucket"].unique())
        if months is not None:
            where += f" AND {one_of('month', months)}"
        found = self.tables.read_those(table, list(columns), where, key, wanted[key])
        return to_pandas(found)


def _by_user(user_ids: pd.Series[str]) -> npt.NDArray[np.int64]:
    """Return the stable order by user; sorting numbers is quicker than sorting texts."""
    codes, distinct = pd.factorize(user_ids)
    rank = np.empty(len(distinct), np.int64)
    rank[np.argsort(np.asarray(distinct, dtype=object))] = np.arange(len(distinct))
    return np.argsort(rank[codes], kind="stable")


def _latest(stored: Mapping[str, pd.DataFrame]) -> pd.Timestamp:
    """Return the latest time in a history: it was read then or later. Now, if it has none."""
    instants = [
        stored[table][name].max()
        for table, columns in KNOWN.items()
        for name, kind in columns.items()
        if kind == TIME
    ]
    latest = pd.Series(instants, dtype="datetime64[us, UTC]").max()
    return pd.Timestamp.now("UTC") if latest is pd.NaT else latest
