"""Keeping an archive: its known networks, its files joined, and a user erased from all of them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final, NamedTuple, TypeVar

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pingsessions_nb.archive.changes import Changes
from pingsessions_nb.archive.snapshots import pin, readable
from pingsessions_nb.archive.table_layout import FILED, TABLES, bucket_of, one_of
from pingsessions_nb.archive.tables import BusyError, ConflictError, Tables, columns_of
from pingsessions_nb.known_networks import Described

Done = TypeVar("Done")
_ATTEMPTS: Final = 20
_NETWORKS: Final = "pingsessions.known_networks"  # a property, JSON, of the table of users


class Forgotten(NamedTuple):
    """Rows that `Archive.forget` erased."""

    users: int
    sessions: int
    locations: int


def kept_networks(tables: Tables) -> Described:
    """Return the networks that are kept with an archive that exists."""
    kept = tables.open("users").metadata().configuration.get(_NETWORKS, "{}")
    networks: Described = json.loads(kept)
    return networks


def keep_networks(tables: Tables, networks: Described) -> None:
    """Keep networks with an archive that exists, in place of those before; nothing if the same."""

    def keep() -> None:
        if kept_networks(tables) != networks:
            # Not of the table of snapshots: its versions are the snapshots' numbers.
            tables.describe(tables.open("users"), {_NETWORKS: json.dumps(networks)})

    _insist(tables, keep)


def compact(tables: Tables, keep_days: float) -> None:
    """Join small files and delete those of old snapshots; see `Archive.compact`."""
    for name in (*TABLES, "snapshots"):
        _insist(tables, partial(_join_files, tables, name))
    rows = readable(tables, tables.open("snapshots"))
    since = pd.Timestamp.now("UTC") - pd.Timedelta(days=keep_days)
    kept = rows[rows["recorded_at"] >= since]
    pin(tables, "compact", Changes(), oldest=int(kept["snapshot"].min()) if len(kept) else 0)
    for name in TABLES:
        versions = [int(version) for version in kept[f"{name}_version"]]
        with tables.writing("compacted"):
            tables.open(name).vacuum(
                retention_hours=max(1, round(keep_days * 24)),
                dry_run=False,
                full=True,  # what killed recorders left goes, too
                enforce_retention_duration=False,
                keep_versions=versions,
            )


def forget(tables: Tables, ids: Sequence[str], buckets: int) -> Forgotten:
    """Erase users; see `Archive.forget`."""
    erased = dict.fromkeys(TABLES, 0)
    for name in reversed(TABLES):  # users last: while rows are left, a name still finds them
        for user in ids:
            erased[name] += _insist(tables, partial(_without, tables, name, user, buckets))
    left = {name: _insist(tables, partial(_unused, tables, name)) for name in TABLES}
    pin(tables, "forget", Changes(), oldest=0)
    for name, paths in left.items():
        with tables.trouble("freed of old files"):
            tables.delete(name, paths)
    return Forgotten(**erased)


def _join_files(tables: Tables, name: str) -> None:
    tables.join_files(tables.open(name))


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
    return len(rows) - len(others)


def _of(batch: pa.RecordBatch, user: str) -> pa.RecordBatch:
    return batch.filter(pc.equal(batch["user_id"], user))


def _unused(tables: Tables, name: str) -> set[str]:
    """Return the data files that are there and that the table does not need.

    These are files of earlier versions, and what killed recorders left. Files of a recorder at
    work may be among them: it began before the commit made here, which has its own refused. One
    that begins after this has no files yet when they are listed. No clock is asked.
    """
    there = tables.files(name)
    table = tables.open(name)
    tables.fence(table)
    return there - tables.needed(table)


def _insist(tables: Tables, act: Callable[[], Done]) -> Done:
    for attempt in range(_ATTEMPTS):
        try:
            return act()
        except ConflictError:
            time.sleep(0.1 * attempt)
    msg = f"The archive {tables.address} is being written to all the time; try again later."
    raise BusyError(msg)
