"""Which cases are news: what recordings brought since a time, and what nobody was told of yet.

So that each is told once, a table ``told`` beside the others has a row for each session of a case
that was told, with the severity that the case then had, and one for each time that all was told.
Its rows name nobody: a session is a hash of its user's id and its own. Readers of the archive do
not see it, and forgetting a user need not touch it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

import pandas as pd
import pyarrow as pa

from pingsessions_nb.archive.reading import Reader
from pingsessions_nb.archive.snapshots import latest, read_at, readable
from pingsessions_nb.archive.table_layout import ARROW, in_sql
from pingsessions_nb.archive.tables import ConflictError, Tables
from pingsessions_nb.detectors.findings_frame import LEVELS, LOW
from pingsessions_nb.errors import ArchiveError
from pingsessions_nb.frames.columns import TIME
from pingsessions_nb.history import History

_TOLD: Final = "told"
_SCHEMA: Final = pa.schema(
    [
        ("session", pa.int64()),
        ("level", pa.int32()),
        ("case_id", pa.string()),
        ("told_at", ARROW[TIME]),
        ("read_at", ARROW[TIME]),
        ("snapshot", pa.int64()),
    ]
)
_LEVELS: Final = {severity: level for level, severity in enumerate(LEVELS)}
_MARGIN_HOURS: Final = 1.0
_ALL: Final = "pingsessions.new_cases"


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

    If `oldest`, when the archive first saw anything, is younger than that, everything in it is
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


Known = dict[int, int]
"""The highest level of a case with each session that was told."""


def told(tables: Tables) -> Known | None:
    """Return what was told; None where nobody asked yet what is new."""
    if not tables.has(_TOLD):
        return None
    where = "session IS NOT NULL"
    rows = tables.read_all(tables.open(_TOLD), ["session", "level"], where).to_pandas()
    highest: Known = rows.groupby("session")["level"].max().to_dict()
    return highest


class Stand(NamedTuple):
    """How far an archive was: when PingOne was read, and the number of the latest snapshot."""

    read_at: pd.Timestamp | None
    snapshot: int


def stand(tables: Tables) -> Stand:
    """Return how far an archive is."""
    return Stand(read_at(tables, latest(tables)), tables.open("snapshots").version())


def told_until(tables: Tables) -> pd.Timestamp | None:
    """Return until which reading of PingOne all was told; None where that is not known.

    Nor is it where readings were recorded since then that are older, or not of a known time.
    """
    rows = tables.read_all(tables.open(_TOLD), ["read_at", "snapshot", "told_at"], "TRUE")
    last = rows.to_pandas().sort_values("told_at", kind="stable").tail(1)
    if last.empty or last["read_at"].isna().all():
        return None
    until, snapshot = last["read_at"].iloc[0], int(last["snapshot"].iloc[0])
    snapshots = readable(tables, tables.open("snapshots"))
    since = snapshots[(snapshots["snapshot"] > snapshot) & (snapshots["action"] != "compact")]
    in_order = (since["seen_at"] > until).fillna(False).all()
    return pd.Timestamp(until).as_unit("us") if in_order else None


def untold(found: pd.DataFrame, before: Known, asked_at: Stand) -> pd.DataFrame:
    """Return the cases that are news to whoever was told of those `before`.

    Why is in a further column ``news``. `asked_at` is how far the archive was when they were asked
    for.
    """
    news = [_news(*case, before) for case in _cases(found)]
    said = found.assign(news=pd.array(news, dtype="str"))
    said = said[said["news"].notna()].reset_index(drop=True)
    # Where all of them are told, the next question is about what comes later.
    said.attrs[_ALL] = (len(said), *asked_at)
    return said


def keep_told(tables: Tables, cases: pd.DataFrame) -> None:
    """Keep that cases were told, in one commit: all of them, or none.

    Where somebody else kept what they told at the same time, that is an `ArchiveError`.
    """
    tables.make(_TOLD, _SCHEMA)
    number, until, snapshot = cases.attrs.get(_ALL, (-1, None, 0))
    now = datetime.now(UTC)
    rows: list[dict[str, Any]] = [
        {"session": key, "level": level, "case_id": name, "told_at": now}
        for name, (level, keys) in zip(cases["case_id"], _cases(cases), strict=True)
        for key in keys
    ]
    if number == len(cases):
        rows.append({"told_at": now, "read_at": until, "snapshot": snapshot})
    if not rows:
        return
    try:
        tables.append(tables.open(_TOLD), pa.Table.from_pylist(rows, _SCHEMA))
    except ConflictError:
        msg = (
            f"Somebody else asked the archive {tables.address} what is new at the same time, so "
            "that some cases were told twice. Let one ask after the other."
        )
        raise ArchiveError(msg) from None


def _news(level: int, keys: dict[int, int], before: Known) -> str | None:
    """Tell a case of whose sessions nobody was told, and one that is graver or larger now."""
    levels = [before[key] for key in keys if key in before]
    if not levels:
        return "new"
    further = any(own > LOW and key not in before for key, own in keys.items())
    return "changed" if level > max(levels) or further else None


def _cases(cases: pd.DataFrame) -> list[tuple[int, dict[int, int]]]:
    """Return of each case how grave it is, and the worst found of each session, by its hash."""
    severities, evidence = cases["severity"].tolist(), cases["evidence"].tolist()
    return [
        (_LEVELS[severity], _keys(each["findings"]))
        for severity, each in zip(severities, evidence, strict=True)
    ]


def _keys(findings: list[dict[str, str]]) -> dict[int, int]:
    keys: dict[int, int] = {}
    for each in findings:
        told = f"{each['user_id']}\n{each['session_id']}".encode(errors="replace")
        key = int.from_bytes(hashlib.sha256(told).digest()[:8], "big", signed=True)
        keys[key] = max(keys.get(key, LOW), _LEVELS[each["severity"]])
    return keys
