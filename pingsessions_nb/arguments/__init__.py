"""What users give to a call, each kind read in one place.

What is not of its kind is refused by a `ConfigurationError`, whose sentence names it.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterable
from datetime import date, datetime
from numbers import Real
from os import PathLike
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pandas as pd

from pingsessions_nb.errors import ConfigurationError

Time = datetime | date | str


def given_frame(name: str, frame: pd.DataFrame, columns: Iterable[str] = ()) -> pd.DataFrame:
    """Return a frame that has some columns."""
    if not isinstance(frame, pd.DataFrame):
        msg = f"{name} is a DataFrame, not a value of type {type(frame).__name__}."
        raise ConfigurationError(msg)
    needed = list(columns)
    lacking = [column for column in needed if column not in frame.columns]
    if lacking:
        msg = f"{name} needs the columns {', '.join(needed)}; missing: {', '.join(lacking)}."
        raise ConfigurationError(msg)
    return frame


def given_names(name: str, texts: str | Iterable[str]) -> list[str]:
    """Return one text, or several, as a list of different ones."""
    if isinstance(texts, str):
        return [texts]
    if not isinstance(texts, Iterable):
        msg = f"{name} is a text or a list of them, not a value of type {type(texts).__name__}."
        raise ConfigurationError(msg)
    return list(dict.fromkeys(texts))


def given_text(name: str, text: str) -> str:
    """Return one text."""
    if not isinstance(text, str):
        msg = f"{name} is a text, not a value of type {type(text).__name__}."
        raise ConfigurationError(msg)
    return text


def given_number(
    name: str, number: object, least: float, most: float, *, unit: str = "", whole: bool = False
) -> float:
    """Read a number within bounds, an int if `whole`; True and False are none."""
    read = math.nan
    if isinstance(number, Real) and not isinstance(number, bool):
        with contextlib.suppress(OverflowError):  # of a whole number that no float can hold
            read = float(number)
    if not least <= read <= most or (whole and read != int(read)):
        kind = f"{'a whole number' if whole else 'a number'}{unit and ' of '}{unit}"
        msg = f"{name} is {kind} from {least:,.4g} to {most:,.9g}, not {number!r}."
        raise ConfigurationError(msg)
    return int(read) if whole else read


def given_path(name: str, path: str | PathLike[str]) -> Path:
    """Read a path of files; ``~`` is the user's own folder.

    An empty one, as of a variable that is not set, would mean the folder that Python runs in.
    """
    try:
        read = Path(path).expanduser()
    except (TypeError, RuntimeError):
        read = None
    if read is None or not str(path).strip() or "\0" in str(path):
        msg = f"{name}={path!r} is not a path; give that of a file or a folder."
        raise ConfigurationError(msg)
    return read


def given_time(name: str, time: Time | float) -> pd.Timestamp:
    """Read a time; UTC where it has no zone. A number could be seconds or milliseconds: none."""
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


def given_zone(time_zone: str) -> ZoneInfo:
    """Return the zone of an IANA name."""
    try:
        return ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError, TypeError):
        msg = (
            f"time_zone is {time_zone!r}, which is no time zone; give an IANA name such as 'UTC' "
            "or 'Europe/Paris'."
        )
        raise ConfigurationError(msg) from None
