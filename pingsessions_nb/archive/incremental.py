"""Which users a recording must ask about: those whose sessions can have changed since the last.

PingOne lists users, 200 a page, with the time of each one's last sign-on. A session changes when
its user signs on, or by activity while it lives. So whoever signed on since they were recorded is
asked about, and whoever then had a session that may still have been live: it says so, and it was
used within `_STILL_HOURS`. What that leaves out is activity, without a new sign-on, in a session
that had been still for longer. A sweep of everybody, every so many days, brings the session, and
those of its locations that PingOne then still has.
"""

from __future__ import annotations

from typing import Final

import pandas as pd

from pingsessions_nb.archive.reading import Reader
from pingsessions_nb.archive.rows import to_pandas
from pingsessions_nb.archive.table_layout import SESSION_ENDS, SNAPSHOTS, in_sql
from pingsessions_nb.archive.tables import Tables

SWEEP: Final = "sweep"
"""The action of a snapshot for which everybody was asked about, and all could be read."""
UPDATE: Final = "update"
"""That of one for which all could be read who had to be asked about."""

_CLOCKS_DIFFER: Final = pd.Timedelta(hours=1)
# PingOne's sessions may idle for months: asked for all that live, nearly everybody would be asked
# about. So long before a record at night lies the last morning.
_STILL_HOURS: Final = 18


def sweep_is_due(tables: Tables, days: float) -> bool:
    """Tell whether the last sweep is so many days old, or there was none."""
    done = complete_snapshots(tables)
    last = done.loc[done["action"] == SWEEP, "seen_at"].max()
    return bool(pd.isna(last)) or pd.Timestamp.now("UTC") - last >= pd.Timedelta(days=days)


def changed_users(tables: Tables, reader: Reader, users: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the listed users who must be asked about; see `Archive.due`."""
    done = complete_snapshots(tables)
    if done.empty:
        return users
    recorded = reader.rows("SELECT user_id, last_sign_on_at FROM users")
    before = users["user_id"].map(recorded.set_index("user_id")["last_sign_on_at"])
    now = users["last_sign_on_at"]
    same = (before == now) | (before.isna() & now.isna())
    same &= users["user_id"].isin(recorded["user_id"])
    may_live = _may_have_lived(reader, done["seen_at"].max() - _CLOCKS_DIFFER)
    return users[~same | users["user_id"].isin(may_live)].reset_index(drop=True)


def complete_snapshots(tables: Tables) -> pd.DataFrame:
    """Return the snapshots for which everybody was listed, and all could be read."""
    snapshots = tables.open("snapshots")
    rows = tables.read_all(snapshots, SNAPSHOTS.names, f"action IN ('{SWEEP}', '{UPDATE}')")
    return to_pandas(rows)


def _may_have_lived(reader: Reader, at: pd.Timestamp) -> pd.Series[str]:
    """Return ids of users with a session that may have been live at a time."""
    ends = f"active_at + INTERVAL '{_STILL_HOURS} hours'"
    if {"expires_at", "idle_timeout_minutes"} <= set(reader.columns("sessions")):
        ends = f"least(coalesce({SESSION_ENDS}, {ends}), {ends})"
    lived = f"{ends} >= {in_sql(at)} OR active_at IS NULL"
    return reader.rows(f"SELECT DISTINCT user_id FROM sessions WHERE {lived}")["user_id"]  # noqa: S608
