"""Numbers, times and lists as people say them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

_EPOCH = datetime(1970, 1, 1)
_MANY = 4


def distance(km: float) -> str:
    """Say a distance: ``85 km``, ``11,820 km``."""
    return f"{_rounded(km):,} km"


def speed(kmh: float) -> str:
    """Say a speed: ``1,230 km/h``."""
    return f"{_rounded(kmh):,} km/h"


def duration(hours: float) -> str:
    """Say a span of time: ``40 seconds``, ``14 minutes``, ``2.5 hours``, ``3 days``."""
    if hours * 3600 < 99.5:
        return _units(max(1, round(hours * 3600)), "second")
    if hours * 60 < 99.5:
        return _units(round(hours * 60), "minute")
    if hours < 9.95:
        return f"{hours:.1f} hours".replace(".0 ", " ")
    if hours < 47.5:
        return _units(round(hours), "hour")
    return _units(round(hours / 24), "day")


def window(hours: float) -> str:
    """Say the length of a window of time: ``an hour``, ``30 minutes``."""
    return "an hour" if hours == 1 else duration(hours)


def instant(microseconds: int) -> str:
    """Write a time as ISO 8601."""
    return f"{(_EPOCH + timedelta(microseconds=microseconds)).isoformat()}Z"


def several(things: Sequence[str]) -> str:
    """Join things: ``a``, ``a and b``, ``a, b, c and 3 more``."""
    shown = list(things)
    if len(shown) > _MANY:
        shown = [*shown[: _MANY - 1], f"{len(shown) - _MANY + 1} more"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def _rounded(number: float) -> int:
    """Round down to three digits that matter: the sentences say "at least"."""
    whole = int(number)
    unit = int(10 ** max(0, len(str(whole)) - 3))
    return whole // unit * unit


def _units(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
