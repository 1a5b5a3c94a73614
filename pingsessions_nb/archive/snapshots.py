"""Snapshots: which versions of the three tables belong together.

A recording commits to locations, sessions and users in turn and then, in one last commit, to the
table of snapshots, which names the versions of the three. Readers open these and no others. So a
recorder that is killed between commits is not seen until the next recording, which finds its
rows, adds what is missing, and names them.
"""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

from pingsessions_nb.archive.changes import Changes
from pingsessions_nb.archive.rows import to_pandas
from pingsessions_nb.archive.table_layout import SNAPSHOTS, TABLES
from pingsessions_nb.archive.tables import ConflictError, Tables
from pingsessions_nb.arguments import Time, given_time
from pingsessions_nb.errors import ArchiveError

if TYPE_CHECKING:
    from deltalake import DeltaTable

AsOf = int | Time | None


class Versions(NamedTuple):
    """Versions of the tables that belong together."""

    users: int
    sessions: int
    locations: int


def pinned(snapshots: DeltaTable) -> Versions:
    """Return the versions of the latest snapshot; of an archive without one, the empty tables'."""
    return Versions(*(snapshots.transaction_version(name) or 0 for name in TABLES))


def latest(tables: Tables) -> Versions:
    """Return the versions that the tables have now, named by a snapshot or not."""
    return Versions(*(tables.open(name).version() for name in TABLES))


def pin(
    tables: Tables,
    action: str,
    changes: Changes,
    seen_at: pd.Timestamp | None = None,
    oldest: int | None = None,
) -> None:
    """Make a snapshot of the tables as they are now, after ``record``, ``compact`` or ``forget``.

    `seen_at` is when what was recorded was read from PingOne, `oldest` the number of the oldest
    snapshot that can still be read; 0 means the one made here.
    """
    while True:
        snapshots = tables.open("snapshots")
        versions = latest(tables)._asdict()
        number = snapshots.version() + 1
        first = oldest_readable(snapshots) if oldest is None else oldest or number
        row = {
            "snapshot": number,
            "recorded_at": datetime.now(UTC),
            "seen_at": seen_at,
            "action": action,
            **{f"{name}_version": version for name, version in versions.items()},
            **changes,
        }
        rows = pa.Table.from_pylist([row], SNAPSHOTS)
        with contextlib.suppress(ConflictError):
            tables.append(snapshots, rows, oldest=first, **versions)
            return


def oldest_readable(snapshots: DeltaTable) -> int:
    """Return the number of the oldest snapshot whose files are kept."""
    return snapshots.transaction_version("oldest") or 1


def readable(tables: Tables, snapshots: DeltaTable) -> pd.DataFrame:
    """Return the rows of snapshots that can still be read, oldest first."""
    since = f"snapshot >= {oldest_readable(snapshots)}"
    frame = to_pandas(tables.read_all(snapshots, SNAPSHOTS.names, since))
    return frame.sort_values("snapshot", ignore_index=True)


def read_at(tables: Tables, versions: Versions) -> pd.Timestamp | None:
    """Return when PingOne was read last before tables had these versions; None if unknown."""
    rows = to_pandas(tables.read_all(tables.open("snapshots"), SNAPSHOTS.names, "TRUE"))
    for name, version in versions._asdict().items():
        rows = rows[rows[f"{name}_version"] <= version]
    latest_of_all = rows["seen_at"].max()
    return None if pd.isna(latest_of_all) else latest_of_all


def versions_as_of(tables: Tables, as_of: AsOf) -> Versions:
    """Find the versions as of a snapshot's number or a time; None: the latest.

    Where there is no such snapshot, or none is as old, that is an `ArchiveError`.
    """
    snapshots = tables.open("snapshots")
    if as_of is None:
        return pinned(snapshots)
    rows = readable(tables, snapshots)
    if isinstance(as_of, int | np.integer) and not isinstance(as_of, bool):
        found = rows[rows["snapshot"] == as_of]
    else:
        found = rows[rows["recorded_at"] <= given_time("as_of", as_of)].tail(1)
    if found.empty:
        known = (
            f"Those that can be read are {rows['snapshot'].min()} to {rows['snapshot'].max()}, "
            f"from {rows['recorded_at'].min():%Y-%m-%d %H:%M:%S} UTC on"
            if len(rows)
            else "It has none"
        )
        msg = f"The archive {tables.address} has no snapshot as of {as_of!r}. {known}."
        raise ArchiveError(msg)
    return Versions(*(int(found[f"{name}_version"].iloc[0]) for name in TABLES))
