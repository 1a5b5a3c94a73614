"""The clock of a time zone beside an axis of instants.

A figure's positions are instants, always UTC: so a bar is as long as its session and a later
session lies further right on days when clocks are changed, too. Only what is written follows the
zone, and says how far from UTC it is where that is not one and the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from pingsessions_nb.arguments import given_zone

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
NATIVE_FORMATS = [
    {"dtickrange": [None, 60_000], "value": "%H:%M:%S\n%-d %b %Y"},
    {"dtickrange": [60_000, 86_399_999], "value": "%H:%M\n%-d %b %Y"},
    {"dtickrange": [86_400_000, "M1"], "value": "%-d %b\n%Y"},
    {"dtickrange": ["M1", "M12"], "value": "%b\n%Y"},
    {"dtickrange": ["M12", None], "value": "%Y"},
]
"""How plotly writes ticks in UTC, where it needs no help: in the words that `ticks` uses."""

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
_STEPS = (
    *(1, 2, 5, 10, 15, 30),
    *(_MINUTE * n for n in (1, 2, 5, 10, 15, 30)),
    *(_HOUR * n for n in (1, 2, 3, 6, 12)),
)
_DAYS = (1, 2, 4, 7, 14)
_MONTHS = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Tick(NamedTuple):
    """An instant, in seconds since 1970, and what is written there."""

    at: float
    text: str


def offset_words(seconds: float) -> str:
    """Write how far a clock is from UTC: ``UTC``, ``UTC+2``, ``UTC+5:30``."""
    minutes = round(abs(seconds) / 60)
    if not minutes:
        return "UTC"
    rest = f":{minutes % 60:02d}" if minutes % 60 else ""
    sign = "\u2212" if seconds < 0 else "+"
    return f"UTC{sign}{minutes // 60}{rest}"


def moments(values: pd.Series[pd.Timestamp], time_zone: str) -> pd.Series[str]:
    """Write instants as a zone's clock shows them: ``26 Oct 2025, 02:30:00 UTC+1``."""
    known = values.notna().to_numpy()
    # As numpy's arrays: a handful of moments costs ten milliseconds by pandas' accessors.
    shown = values[known].dt.tz_convert(time_zone)
    local = shown.dt.tz_localize(None).to_numpy("datetime64[s]")
    away = (local - shown.to_numpy("datetime64[s]")).astype(np.int64).tolist()
    words = {each: offset_words(each) for each in set(away)}
    text = np.full(len(values), "unknown", dtype=object)
    text[known] = [
        f"{at.day} {MONTHS[at.month - 1]} {at.year}, "
        f"{at.hour:02d}:{at.minute:02d}:{at.second:02d} {words[each]}"
        for at, each in zip(local.astype(object), away, strict=True)
    ]
    return pd.Series(text, index=values.index, dtype="str")


def microseconds(instants: pd.Series[pd.Timestamp]) -> NDArray[np.int64]:
    """Return instants as microseconds since 1970; a naive one is UTC."""
    utc = pd.to_datetime(instants, utc=True).dt.tz_localize(None)
    return utc.to_numpy("datetime64[us]").astype(np.int64)


def positions(microseconds: ArrayLike) -> list[str]:
    """Return instants as plotly places them: UTC, in text that says no zone."""
    instants = np.asarray(microseconds).astype("datetime64[us]")
    return [str(one) for one in np.datetime_as_string(instants)]


def ticks(start: float, end: float, time_zone: str, most: int = 9) -> list[Tick]:
    """Choose round times of a zone's clock between two instants, in seconds since 1970.

    Where clocks are changed among hours or minutes, each says its offset from UTC, so that an hour
    that comes twice is told apart.
    """
    zone = given_zone(time_zone)
    length = end - start
    for step in _STEPS:
        if length <= step * most:
            return _clock_ticks(start, end, zone, step)
    for days in _DAYS:
        if length <= days * _DAY * most:
            return _date_ticks(start, end, zone, days)
    months = next((m for m in _MONTHS if length <= m * 30.4 * _DAY * most), _MONTHS[-1])
    return _month_ticks(start, end, zone, months)


def _clock_ticks(start: float, end: float, zone: ZoneInfo, step: int) -> list[Tick]:
    stretches = list(_stretches(start, end, zone))
    changes = len(stretches) > 1
    found = []
    day = None
    for first, last, offset in stretches:
        at = -(-(first + offset) // step) * step - offset
        while at < last or (at == last == end):
            clock = _EPOCH + timedelta(seconds=at + offset)
            under = [] if clock.date() == day else [f"{clock.day} {MONTHS[clock.month - 1]}"]
            if under and day is None:
                under[0] += f" {clock.year}"
            if changes:
                under.append(offset_words(offset))
            day = clock.date()
            time = f"{clock:%H:%M:%S}" if step < _MINUTE else f"{clock:%H:%M}"
            found.append(Tick(at, "<br>".join([time, ", ".join(under)]) if under else time))
            at += step
    return found


def _date_ticks(start: float, end: float, zone: ZoneInfo, days: int) -> list[Tick]:
    found: list[Tick] = []
    date = _at(start, zone).date() + timedelta(days=1)
    if days > 1:  # the same days, wherever the view begins
        date += timedelta(days=-date.toordinal() % days)
    while (at := _midnight(date.year, date.month, date.day, zone)) <= end:
        text = f"{date.day} {MONTHS[date.month - 1]}"
        if not found or date.year != _at(found[-1].at, zone).year:
            text += f"<br>{date.year}"
        found.append(Tick(at, text))
        date += timedelta(days=days)
    return found


def _month_ticks(start: float, end: float, zone: ZoneInfo, months: int) -> list[Tick]:
    found: list[Tick] = []
    first = _at(start, zone)
    number = first.year * 12 + first.month  # of the month after
    number += -number % months
    while number // 12 < 9999 and (at := _midnight(number // 12, number % 12 + 1, 1, zone)) <= end:
        year, month = number // 12, number % 12
        text = MONTHS[month] if months < 12 else str(year)
        if months < 12 and (not found or month == 0):
            text += f"<br>{year}"
        found.append(Tick(at, text))
        number += months
    return found


def _midnight(year: int, month: int, day: int, zone: ZoneInfo) -> float:
    # Where there is none, as clocks go forward then, this is when the day begins all the same.
    return datetime(year, month, day, tzinfo=zone).timestamp()


def _at(seconds: float, zone: ZoneInfo) -> datetime:
    return (_EPOCH + timedelta(seconds=seconds)).astimezone(zone)


def _offset(seconds: float, zone: ZoneInfo) -> float:
    away = _at(seconds, zone).utcoffset()
    return away.total_seconds() if away else 0.0


def _stretches(start: float, end: float, zone: ZoneInfo) -> Iterator[tuple[float, float, float]]:
    """Give the stretches of time in which the clock is not changed, with their offset."""
    first, offset = start, _offset(start, zone)
    at = start
    while at < end:
        after = min(at + 6 * _HOUR, end)
        if (other := _offset(after, zone)) != offset:
            change = _change(int(at), int(after) + 1, zone)
            yield first, change, offset
            first, offset = change, other
        at = after
    yield first, end, offset


@lru_cache(maxsize=256)
def _change(before: int, after: int, zone: ZoneInfo) -> int:
    """Return the second at which a clock is changed, that lies between two."""
    old = _offset(before, zone)
    while after - before > 1:
        middle = (before + after) // 2
        if _offset(middle, zone) == old:
            before = middle
        else:
            after = middle
    return after
