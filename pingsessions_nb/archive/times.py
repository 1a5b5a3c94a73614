"""Times as people give them."""

from __future__ import annotations

from datetime import date, datetime

import pandas as pd

from pingsessions_nb.errors import ConfigurationError

Time = datetime | date | str


def moment(name: str, time: Time) -> pd.Timestamp:
    """Read a time; UTC where it has no zone.

    Raises
    ------
    ConfigurationError
        Where it is none; `name` says of what.
    """
    read: pd.Timestamp | None
    try:
        read = pd.Timestamp(time)
    except (ValueError, TypeError, OverflowError):
        read = None
    if read is None or pd.isna(read):
        msg = f"{name}={time!r} is not a time; write it like 2026-01-31 or 2026-01-31T08:00Z."
        raise ConfigurationError(msg)
    return read.tz_localize("UTC") if read.tzinfo is None else read.tz_convert("UTC")


def in_sql(time: pd.Timestamp) -> str:
    """Write a time as a literal of SQL."""
    return f"""arrow_cast('{time.isoformat()}', 'Timestamp(Microsecond, Some("UTC"))')"""
