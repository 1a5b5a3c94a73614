"""The one reader of time zones that users give."""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pingsessions_nb.errors import ConfigurationError


def given_zone(time_zone: str) -> ZoneInfo:
    """Return the zone of an IANA name.

    Raises
    ------
    ConfigurationError
        Where there is none of that name.
    """
    try:
        return ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError, TypeError):
        msg = (
            f"time_zone is {time_zone!r}, which is no time zone; give an IANA name such as 'UTC' "
            "or 'Europe/Paris'."
        )
        raise ConfigurationError(msg) from None
