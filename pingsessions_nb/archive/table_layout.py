"""What the archive's tables look like, and where in them a row lies.

Four Delta tables lie side by side: ``users``, ``sessions``, ``locations`` and ``snapshots``. The
first is partitioned by ``bucket``, a hash of the user's id; sessions and their locations by
``bucket`` and then by ``month``, that of the session's beginning, so that all of a user lies in
one bucket and what changes from day to day lies in the latest months of each.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa

from pingsessions_nb.frames.columns import (
    COUNT,
    DEGREES,
    FLAG,
    LOCATION_COLUMNS,
    NUMBER,
    SESSION_COLUMNS,
    TEXT,
    TIME,
    USER_COLUMNS,
)

TABLES: Final = ("users", "sessions", "locations")
BUCKETS: Final = 16
NO_MONTH: Final = "unknown"  # of a session that does not say when it began

# table -> column -> kind: the frames' own columns, but for what follows from when they are read
KNOWN: Final[dict[str, dict[str, str]]] = {
    "users": USER_COLUMNS,
    "sessions": {name: kind for name, kind in SESSION_COLUMNS.items() if name != "status"},
    "locations": LOCATION_COLUMNS,
}
# which snapshots brought a row: the earliest that showed it, the latest that had news of it
SEEN: Final = {"first_seen_at": TIME, "last_seen_at": TIME}
# of whoever was recorded and is not in a later list of everybody: since when
GONE: Final = "gone_at"
SEEN_OF: Final = {"users": SEEN | {GONE: TIME}, "sessions": SEEN, "locations": SEEN}
# how a row is found again; no facts
FILED: Final[dict[str, dict[str, pa.DataType]]] = {
    "users": {"bucket": pa.int32()},
    "sessions": {"bucket": pa.int32(), "month": pa.string(), "digest": pa.int64()},
    "locations": {"bucket": pa.int32(), "month": pa.string()},
}
PARTITIONS: Final = {
    table: [name for name in names if name != "digest"] for table, names in FILED.items()
}
KEYS: Final = {"users": ["user_id"], "sessions": ["user_id", "session_id"]}
EVENT: Final = ["user_id", "session_id", "at", "remote_ip", "city", "state", "country"]

UTC_TYPE: Final = 'Timestamp(Microsecond, Some("UTC"))'
ARROW: Final = {
    TEXT: pa.string(),
    TIME: pa.timestamp("us", "UTC"),
    FLAG: pa.bool_(),
    NUMBER: pa.int64(),
    COUNT: pa.int64(),
    DEGREES: pa.float64(),
}
SNAPSHOTS: Final = pa.schema(
    [
        ("snapshot", pa.int64()),
        ("recorded_at", ARROW[TIME]),
        ("seen_at", ARROW[TIME]),
        ("action", pa.string()),
        *((f"{table}_version", pa.int64()) for table in TABLES),
        ("sessions_added", pa.int64()),
        ("sessions_updated", pa.int64()),
        ("locations_added", pa.int64()),
        ("users_added", pa.int64()),
        ("users_updated", pa.int64()),
    ]
)


def schema(table: str) -> pa.Schema:
    """Return the schema that a table begins with."""
    columns = {name: ARROW[kind] for name, kind in (KNOWN[table] | SEEN_OF[table]).items()}
    return pa.schema([*columns.items(), *FILED[table].items()])


def bucket_of(user_id: str, buckets: int) -> int:
    """Return a user's bucket: CRC-32 of the id in UTF-8, modulo the number of buckets."""
    return zlib.crc32(user_id.encode()) % buckets


def buckets_of(user_ids: pd.Series[str], buckets: int) -> pd.Series[int]:
    """Return the bucket (int32) of each user."""
    codes, distinct = pd.factorize(user_ids)
    found = np.fromiter((bucket_of(each, buckets) for each in distinct), np.int32, len(distinct))
    return pd.Series(found[codes], index=user_ids.index)


def months_of(times: pd.Series[pd.Timestamp]) -> pd.Series[str]:
    """Return the month, such as ``2026-01``, of each time in UTC."""
    instants = times.dt.tz_convert(None).to_numpy().astype("datetime64[M]")
    codes, distinct = pd.factorize(instants)
    names = np.array([*np.datetime_as_string(distinct), NO_MONTH], dtype=object)
    return pd.Series(names[codes], index=times.index, dtype="str")  # code -1, missing, is the last


SESSION_ENDS: Final = (
    "coalesce(expires_at, arrow_cast(arrow_cast(active_at, 'Int64') "
    f"+ idle_timeout_minutes * 60000000, '{UTC_TYPE}'))"
)
"""When a session expires, in SQL; what `frames.status.session_ends` says of a frame."""


def literal(text: str) -> str:
    """Write a text as a literal of SQL."""
    return "'" + text.replace("'", "''") + "'"


def quoted(name: str) -> str:
    """Write a column's name in SQL."""
    return '"' + name.replace('"', '""') + '"'


def one_of(column: str, values: Iterable[object]) -> str:
    """Write the SQL condition that a column has one of some values, texts or numbers."""
    written = [literal(value) if isinstance(value, str) else str(value) for value in values]
    return f"{column} IN ({', '.join(written)})" if written else "FALSE"


def in_sql(time: pd.Timestamp) -> str:
    """Write a time as a literal of SQL."""
    return f"arrow_cast('{time.isoformat()}', '{UTC_TYPE}')"
