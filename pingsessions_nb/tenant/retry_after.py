"""``Retry-After``: how long to wait, as servers really write it, and within reason.

Seconds, or an HTTP date (RFC 9110, 10.2.3). Some gateways send a Unix time instead, which read as
seconds would be half a century; and nobody waits for longer than an hour without asking again.
"""

from __future__ import annotations

import math
from email.utils import parsedate_to_datetime
from typing import NamedTuple

LONGEST_SECONDS = 3600.0
_UNIX_TIME = 1e9  # 2001-09-09; as seconds, 32 years
_UNIX_TIME_IN_MS = 1e12
_MOST_CHARACTERS = 64


class Pause(NamedTuple):
    """How long to wait, and what must be said of it.

    Attributes
    ----------
    seconds : float or None
        From 0 to `LONGEST_SECONDS`; None where nothing was said that makes sense.
    note : str or None
        Why this is not what the server said.
    """

    seconds: float | None = None
    note: str | None = None


def read_retry_after(value: str | None, now: float) -> Pause:
    """Read the header.

    Parameters
    ----------
    value : str or None
        The header's value; anything that cannot be read counts as absent.
    now : float
        Seconds since 1970, by the server's clock where it told its time.
    """
    if value is None or len(value) > _MOST_CHARACTERS:
        return Pause()
    try:
        seconds = float(value)
    except ValueError:
        return _until(read_date(value), value, now)
    if not math.isfinite(seconds):
        return Pause()
    if seconds < _UNIX_TIME:
        return _bounded(max(seconds, 0.0), value)
    at = seconds / 1000 if seconds >= _UNIX_TIME_IN_MS else seconds
    if at - now > LONGEST_SECONDS:
        return Pause(
            None, f"Retry-After: {value!r} is not a plausible time to wait, so it was ignored"
        )
    return _until(at, value, now)


def _until(at: float | None, value: str, now: float) -> Pause:
    return Pause() if at is None else _bounded(max(at - now, 0.0), value)


def _bounded(seconds: float, value: str) -> Pause:
    if seconds <= LONGEST_SECONDS:
        return Pause(seconds)
    return Pause(
        LONGEST_SECONDS, f"Retry-After: {value!r} was shortened to an hour, the longest wait"
    )


def read_date(text: str) -> float | None:
    """Read an HTTP date as seconds since 1970; None where it is none."""
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
