"""The one reader of times that users give."""

from __future__ import annotations

from datetime import date, datetime
from numbers import Real

import pandas as pd

from pingsessions_nb.errors import ConfigurationError

Time = datetime | date | str


def given_time(name: str, time: Time | float) -> pd.Timestamp:
    """Read a time; UTC where it has no zone.

    Raises
    ------
    ConfigurationError
        Where it is none; `name` says of what. A number is none: it could be seconds or
        milliseconds.
    """
    read: pd.Timestamp | None = None
    if not isinstance(time, Real):
        try:
            read = pd.Timestamp(time)
            read = read.tz_localize("UTC") if read.tzinfo is None else read.tz_convert("UTC")
        except (ValueError, TypeError, OverflowError):
            read = None
    if read is None or pd.isna(read):
        msg = f"{name}={time!r} is not a time; write it like 2026-01-31 or 2026-01-31T08:00Z."
        raise ConfigurationError(msg)
    return read
