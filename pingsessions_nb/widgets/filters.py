"""Filters: time, country, browser, device, status and signals narrow a history down."""

from __future__ import annotations

from typing import Any

import anywidget
import numpy as np
import pandas as pd
import traitlets

from pingsessions_nb.history import History, HistoryLike
from pingsessions_nb.widgets.assets import STATIC
from pingsessions_nb.widgets.history_traits import HistoryTrait
from pingsessions_nb.widgets.time_traits import TimeRange, TimeZone

# What the filters call a value that is missing.
UNKNOWN = ""


class Filters(anywidget.AnyWidget):
    """A row of filters over a history.

    Parameters
    ----------
    history : History or Archive, optional

    Attributes
    ----------
    history : History or None
        An archive that is set stands for all that it holds.
    filtered : History or None
        What passes every filter: sessions that were active within `time_range`, and their
        locations within it. Read it, or observe it.
    timeless : History or None
        What passes every filter but the time range, so that a timeline can still show the rest.
    time_range : None or tuple of (Timestamp, Timestamp)
    countries, browsers, devices, statuses : tuple of str
        Values let through, as in the frames; ``""`` is what is missing; none lets all through. A
        session is in a country if any of its locations is. ``statuses = ("live",)`` keeps the
        sessions that were still live when they were read.
    signals_only : bool
        Only sessions that `signals` names.
    signals : DataFrame or None
    time_zone : str
        IANA name of the zone in which the time range is typed.
    note : str
        Shown instead of the number of sessions, such as what is being waited for.
    """

    _esm = STATIC / "filters.js"
    _css = STATIC / "filters.css"

    history = HistoryTrait()
    filtered = HistoryTrait()
    timeless = HistoryTrait()
    signals = traitlets.Any(None, allow_none=True)

    time_range = TimeRange().tag(sync=True)
    countries = traitlets.Tuple().tag(sync=True)
    browsers = traitlets.Tuple().tag(sync=True)
    devices = traitlets.Tuple().tag(sync=True)
    statuses = traitlets.Tuple().tag(sync=True)
    signals_only = traitlets.Bool(False).tag(sync=True)
    time_zone = TimeZone("UTC").tag(sync=True)
    note = traitlets.Unicode("").tag(sync=True)

    _choices = traitlets.Dict().tag(sync=True)
    _extent = traitlets.Any(None).tag(sync=True)  # None, or ms between which all of it is
    _counts: traitlets.List[int] = traitlets.List().tag(sync=True)
    _has_signals = traitlets.Bool(False).tag(sync=True)

    def __init__(self, history: HistoryLike | None = None, **traits: Any) -> None:
        super().__init__(history=history, **traits)

    @traitlets.observe("history")
    def _list_choices(self, _: object) -> None:
        history = self.history
        if history is None:
            self._choices, self._extent = {}, None
            return
        sessions = history.sessions
        countries = history.locations.drop_duplicates(["session_id", "country"])["country"]
        self._choices = {
            "countries": _counted(countries),
            "browsers": _counted(sessions["browser_name"]),
            "devices": _counted(sessions["device_type"]),
            "statuses": _statuses(sessions),
        }
        first, last = history.since, history.until
        # A range ends before its end: the last moment is within.
        self._extent = first and last and [milliseconds(first), milliseconds(last) + 1]

    @traitlets.observe(
        *("history", "signals", "time_range", "signals_only"),
        *("countries", "browsers", "devices", "statuses"),
    )
    def _narrow(self, _: object) -> None:
        history = self.history
        self._has_signals = self.signals is not None
        if history is None:
            self._counts = []
            self.timeless = self.filtered = None
            return
        passes = self._passing(history)
        timeless = history
        if not passes.all():
            timeless = history.for_sessions(history.sessions["session_id"][passes])
        filtered = timeless if self.time_range is None else timeless.between(*self.time_range)
        self._counts = [len(filtered.sessions), len(history.sessions)]
        with self.hold_trait_notifications():
            self.timeless, self.filtered = timeless, filtered

    def _passing(self, history: History) -> np.ndarray:
        sessions = history.sessions
        passes = np.ones(len(sessions), dtype=bool)
        unknown = pd.Series(UNKNOWN, index=sessions.index)
        for column, allowed in (
            ("browser_name", self.browsers),
            ("device_type", self.devices),
            ("status", self.statuses),
        ):
            if allowed:
                values = sessions[column].fillna(UNKNOWN) if column in sessions else unknown
                passes &= values.isin(allowed).to_numpy()
        if self.countries:
            locations = history.locations
            there = locations["country"].fillna(UNKNOWN).isin(self.countries)
            passes &= sessions["session_id"].isin(locations["session_id"][there]).to_numpy()
        if self.signals_only and self.signals is not None:
            passes &= sessions["session_id"].isin(self.signals["session_id"]).to_numpy()
        return passes

    def __repr__(self) -> str:
        if not self._counts:
            return "Filters(no history)"
        shown, total = self._counts
        return f"Filters({shown:,} of {total:,} sessions)"


def milliseconds(at: pd.Timestamp) -> int:
    """Return whole milliseconds since 1970, UTC."""
    return int(at.timestamp() * 1000)


def _statuses(sessions: pd.DataFrame) -> list[list[Any]]:
    """Count sessions by status; nothing where none of them tells."""
    known = "status" in sessions and sessions["status"].notna().any()
    return _counted(sessions["status"]) if known else []


def _counted(values: pd.Series) -> list[list[Any]]:
    """Distinct values with their numbers, the commonest first: ``[["germany", 12], ["", 1]]``."""
    counts = values.fillna(UNKNOWN).value_counts()
    pairs = [[str(value), int(count)] for value, count in counts.items()]
    return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))
