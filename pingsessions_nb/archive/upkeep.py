"""Keeping an archive in order: joining small files, and erasing a user from rows and files."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from deltalake.fs import DeltaStorageHandler
from pyarrow.fs import FileSelector, FileType, PyFileSystem

from pingsessions_nb.archive.changes import Changes
from pingsessions_nb.archive.layout import FILED, TABLES, bucket_of, one_of
from pingsessions_nb.archive.snapshots import pin, readable
from pingsessions_nb.archive.tables import ConflictError, Tables, columns_of
from pingsessions_nb.errors import ArchiveError

_ATTEMPTS: Final = 20


class Forgotten(NamedTuple):
    """Rows that `Archive.forget` erased."""

    users: int
    sessions: int
    locations: int


def compact(tables: Tables, keep_days: float) -> None:
    """Join small files and delete those of old snapshots; see `Archive.compact`."""
    for name in (*TABLES, "snapshots"):
        _insist(tables, partial(_joined, tables, name))
    rows = readable(tables, tables.open("snapshots"))
    since = pd.Timestamp.now("UTC") - pd.Timedelta(days=keep_days)
    kept = rows[rows["recorded_at"] >= since]
    pin(tables, "compact", Changes(), oldest=int(kept["snapshot"].min()) if len(kept) else 0)
    for name in TABLES:
        versions = [int(version) for version in kept[f"{name}_version"]]
        with tables.trouble("compacted"):
            tables.open(name).vacuum(
                retention_hours=max(1, round(keep_days * 24)),
                dry_run=False,
                enforce_retention_duration=False,
                keep_versions=versions,
            )


def forget(tables: Tables, ids: Iterable[str], buckets: int) -> Forgotten:
    """Erase users; see `Archive.forget`."""
    erased = dict.fromkeys(TABLES, 0)
    users = list(ids)
    for name in TABLES:
        for user in users:
            erased[name] += _insist(tables, partial(_without, tables, name, user, buckets))
    erased_at = datetime.now(UTC)
    pin(tables, "forget", Changes(), oldest=0)
    for name in TABLES:
        with tables.trouble("freed of old files"):
            _delete_unused(tables, name, erased_at)
    return Forgotten(**erased)


def _joined(tables: Tables, name: str) -> int:
    tables.join_files(tables.open(name))
    return 0


def _without(tables: Tables, name: str, user: str, buckets: int) -> int:
    """Rewrite the partitions that hold a user, and return how many rows went.

    A DELETE would write its condition, and so the user's id, into the table's log.
    """
    table = tables.open(name)
    where = one_of("bucket", [bucket_of(user, buckets)])
    if "month" in FILED[name]:
        theirs = tables.read(table, ["month", "user_id"], where)
        months = {m for b in theirs for m in _of(b, user)["month"].unique().to_pylist()}
        where += f" AND {one_of('month', sorted(months))}"
    rows = tables.read_all(table, columns_of(table), where)
    others = rows.filter(pc.not_equal(rows["user_id"], user))
    if len(others) < len(rows):
        tables.rewrite(table, others, where)
    else:
        tables.append(table, others.slice(0, 0))  # refuses recorders that began before
    return len(rows) - len(others)


def _of(batch: pa.RecordBatch, user: str) -> pa.RecordBatch:
    return batch.filter(pc.equal(batch["user_id"], user))


def _delete_unused(tables: Tables, name: str, before: datetime) -> None:
    """Delete data files, written before a time, that the table as it is now does not need.

    These are files of earlier versions, and what killed recorders left. The files of a recorder
    at work are spared: it began after the last commit, or its commit is going to be refused.
    """
    table = tables.open(name)
    needed = {_relative(uri) for uri in table.file_uris()}
    if "://" not in tables.address:
        folder = Path(tables.uri(name))
        for file in folder.rglob("*"):
            inside = file.relative_to(folder)
            if inside.parts[0] == "_delta_log" or not file.is_file():
                continue
            if _relative(str(inside)) not in needed and file.stat().st_mtime < before.timestamp():
                file.unlink()
        return
    store = PyFileSystem(DeltaStorageHandler(tables.uri(name), tables.options))
    for found in store.get_file_info(FileSelector("", recursive=True)):
        if found.type != FileType.File or found.path.startswith("_delta_log"):
            continue
        if _relative(found.path) not in needed and found.mtime < before:
            store.delete_file(found.path)


def _relative(path: str) -> str:
    """Return a data file's path from its first partition on."""
    return path[path.index("bucket=") :]


def _insist(tables: Tables, act: Callable[[], int]) -> int:
    for attempt in range(_ATTEMPTS):
        try:
            return act()
        except ConflictError:
            time.sleep(0.1 * attempt)
    msg = f"The archive {tables.address} is being written to all the time; try again later."
    raise ArchiveError(msg)
