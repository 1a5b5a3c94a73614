"""Rows of the tables -> `History`, and SQL over them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from itertools import repeat
from typing import TYPE_CHECKING, Final

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pingsessions_nb.archive.rows import from_stored, plain, to_pandas
from pingsessions_nb.archive.snapshots import Versions, read_at
from pingsessions_nb.archive.sql import answer
from pingsessions_nb.archive.table_layout import TABLES, bucket_of, in_sql, one_of
from pingsessions_nb.archive.tables import Tables, columns_of
from pingsessions_nb.arguments import Time, given_time
from pingsessions_nb.coded.coding import arrow
from pingsessions_nb.errors import NotFound
from pingsessions_nb.history import History
from pingsessions_nb.history.failures import failure_frame, nobody
from pingsessions_nb.history.finding_users import known_users, unknown_names

if TYPE_CHECKING:
    from deltalake import DeltaTable

_ORDER: Final = {
    "users": ["user_id"],
    "sessions": ["user_id", "created_at", "session_id"],
    "locations": ["user_id", "at", "session_id", "remote_ip", "city", "state", "country"],
}
_DESCENDING: Final = {"created_at"}
_MOST_IN_A_CONDITION: Final = 100


class Reader:
    """The archive's rows as of one snapshot."""

    def __init__(self, tables: Tables, versions: Versions, buckets: int) -> None:
        self._tables = tables
        self.versions = versions
        self._buckets = buckets
        self._opened: dict[str, DeltaTable] = {}
        self._users: pd.DataFrame | None = None

    def history(
        self,
        users: str | Iterable[str] | pd.DataFrame | None = None,
        since: Time | None = None,
        until: Time | None = None,
        buckets: Sequence[int] | None = None,
        columns: Mapping[str, Sequence[str]] | None = None,
    ) -> History:
        """Read a history; see `Archive.history`.

        `buckets`: of these alone. `columns`: of each table these alone, the others being missing.
        """
        ids = None if users is None else self.ids(users)
        if buckets is None and ids is not None:
            buckets = sorted({bucket_of(each, self._buckets) for each in ids})
        where = "TRUE" if buckets is None else one_of("bucket", buckets)
        limits = _limits(since, until)
        conditions = [f"{where} AND {limits.get(name, 'TRUE')}" for name in TABLES]
        with ThreadPoolExecutor(len(TABLES)) as pool:
            wanted = [(columns or {}).get(name) for name in TABLES]
            frames = list(pool.map(self._frame, TABLES, conditions, repeat(ids), wanted))
        history = History(*frames)
        # A recorder at work may have got as far as the locations.
        named = [arrow(frame["session_id"]) for frame in (history.locations, history.sessions)]
        known = pc.is_in(named[0], value_set=named[1]).to_numpy(zero_copy_only=False)
        if not known.all():
            history.locations = history.locations[known].reset_index(drop=True)
        return history if since is until is None else history.between(since, until)

    def answer(
        self,
        users: str | Iterable[str] | pd.DataFrame | None,
        since: Time | None,
        until: Time | None,
    ) -> History:
        """Read a history, and say of names that are nobody's here that they are."""
        read = self.history(users, since, until)
        read.read_at = self.read_at
        if users is None or isinstance(users, pd.DataFrame):
            return read
        asked = [users] if isinstance(users, str) else list(dict.fromkeys(users))
        unknown = unknown_names(known_users(read.users, read.sessions["user_id"]), asked)
        # Who has no record, and no session of that time, may have others.
        unknown = unknown_names(self.known_users(), unknown) if unknown else []
        missing = [nobody(name, "this archive") for name in unknown]
        if missing and isinstance(users, str):
            raise NotFound(missing[0][1], status=404, code="NOT_FOUND")
        read.failures = failure_frame(missing)
        return read

    def sql(self, query: str, timeout: float | None = None) -> pd.DataFrame:
        """Answer a query of a user's; see `Archive.sql`."""
        return to_pandas(plain(answer(self._tables, self.versions._asdict(), query, timeout)))

    def rows(self, query: str) -> pd.DataFrame:
        """Answer a query of our own."""
        return to_pandas(self._tables.query(query, {name: self._table(name) for name in TABLES}))

    def _table(self, name: str) -> DeltaTable:
        if name not in self._opened:
            self._opened[name] = self._tables.open(name, getattr(self.versions, name))
        return self._opened[name]

    def known_users(self) -> pd.DataFrame:
        """Return everybody who has a record or a session; kept for the next search."""
        if self._users is None:
            ids = self._tables.read_all(self._table("sessions"), ["user_id"], "TRUE")["user_id"]
            listed = pd.Series(ids.unique().to_pylist(), dtype="str")
            self._users = known_users(self._frame("users", "TRUE", None), listed)
        return self._users

    @cached_property
    def read_at(self) -> pd.Timestamp | None:
        """When PingOne was last read for what is recorded here."""
        return read_at(self._tables, self.versions)

    def columns(self, name: str) -> list[str]:
        """Return a table's columns."""
        return columns_of(self._table(name))

    def ids(self, users: str | Iterable[str] | pd.DataFrame) -> list[str]:
        """Return ids in the order asked for; a name or an e-mail may stand for several."""
        if isinstance(users, pd.DataFrame):
            return list(dict.fromkeys(users["user_id"].dropna()))
        # Many may have the same name where it is blank: it stands for nobody.
        listed = [users] if isinstance(users, str) else users
        asked = [each for each in listed if isinstance(each, str) and each.strip()]
        names = ["user_id", "username", "email"]
        folded = pa.array({each.casefold() for each in asked}, pa.large_string())
        # Arrow knows no folding: of names that are not ASCII, all are folded one by one.
        by_name: dict[str, list[str]] = {}
        for batch in self._tables.read(self._table("users"), names):
            for name in ("username", "email"):
                found = pc.is_in(pc.ascii_lower(batch[name]), value_set=folded)
                found = pc.or_(found, pc.invert(pc.string_is_ascii(batch[name])))
                for row in batch.filter(found).to_pylist():
                    by_name.setdefault(row[name].casefold(), []).append(row["user_id"])
        return list(dict.fromkeys(i for a in asked for i in by_name.get(a.casefold(), [a])))

    def _frame(
        self, name: str, where: str, ids: list[str] | None, columns: Sequence[str] | None = None
    ) -> pd.DataFrame:
        table = self._table(name)
        columns = columns or columns_of(table)
        if ids is None or len(ids) <= _MOST_IN_A_CONDITION:
            if ids is not None:
                where += f" AND {one_of('user_id', ids)}"
            rows = self._tables.read_all(table, columns, where)
        else:
            rows = self._tables.read_those(table, columns, where, "user_id", ids)
        rows = rows.sort_by(
            [(c, "descending" if c in _DESCENDING else "ascending") for c in _ORDER[name]]
        )
        frame = from_stored(rows, name)
        if ids is None:
            return frame
        place = pd.Index(ids).get_indexer(pd.Index(frame["user_id"]))
        return frame.iloc[place.argsort(kind="stable")].reset_index(drop=True)


def _limits(since: Time | None, until: Time | None) -> dict[str, str]:
    """Return conditions that leave out, a file at a time, what `History.between` would."""
    sessions, locations = ["TRUE"], ["TRUE"]
    if since is not None:
        start = in_sql(given_time("since", since))
        sessions.append(f"(active_at >= {start} OR active_at IS NULL)")
        locations.append(f"at >= {start}")
    if until is not None:
        end = in_sql(given_time("until", until))
        sessions.append(f"(created_at < {end} OR created_at IS NULL)")
        locations.append(f"at < {end}")
    return {"sessions": " AND ".join(sessions), "locations": " AND ".join(locations)}
