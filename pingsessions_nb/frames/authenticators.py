"""With what a user last signed on: PingOne's list and table of authenticators as one text."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

import pandas as pd

from pingsessions_nb.frames.chunks import Extras
from pingsessions_nb.frames.columns import SIGNED_ON_WITH


def authenticators_of(extras: Extras, rows: int) -> list[str | None]:
    """Name each session's authenticators, with the time of each where it is known.

    Such as ``pwd 2026-01-31T08:00:00.000Z, mfa``, of a list of names, ``["pwd", "mfa"]``, and a
    table by name, ``{"pwd": {"at": …, "policy": …}}``; either may be missing.
    """
    texts: list[str | None] = [None] * rows
    listed, dated = (extras.get(name, {}) for name in SIGNED_ON_WITH)
    for row in listed.keys() | dated.keys():
        times: dict[str, str | None] = {}
        for name, at in chain(_named(listed.get(row)), _named(dated.get(row))):
            times[name] = at or times.get(name)
        texts[row] = ", ".join(f"{name} {at}" if at else name for name, at in times.items()) or None
    return texts


def told_authenticators(text: str) -> list[tuple[str, pd.Timestamp | None]]:
    """Read what `authenticators_of` wrote: names, and when each was used where that is known."""
    told: list[tuple[str, pd.Timestamp | None]] = []
    for each in text.split(", "):
        name, _, time = each.rpartition(" ")
        at = pd.to_datetime(time, utc=True, errors="coerce", format="ISO8601") if name else pd.NaT
        told.append((each, None) if pd.isna(at) else (name, at))
    return told


def _named(given: object) -> Iterator[tuple[str, str | None]]:
    """Find names and times: in a table by name, or in a list of names or of objects."""
    if isinstance(given, dict):
        yield from ((name, _time(about)) for name, about in given.items() if name)
        return
    for each in given if isinstance(given, list) else [given]:
        name = (each.get("type") or each.get("name")) if isinstance(each, dict) else each
        if isinstance(name, str) and name:
            yield name, _time(each)


def _time(about: object) -> str | None:
    at = about.get("at") if isinstance(about, dict) else None
    return at if isinstance(at, str) else None
