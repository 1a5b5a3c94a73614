"""The timeline of sessions: from near a bar each, from afar their density."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from pingsessions_nb.arguments import given_frame, given_zone
from pingsessions_nb.coded.coding import Rows
from pingsessions_nb.figures.clock import MONTHS, NATIVE_FORMATS, positions, ticks
from pingsessions_nb.figures.layout import base_layout, say
from pingsessions_nb.figures.palette import Palette, Theme, palette
from pingsessions_nb.figures.picture import Picture, Properties
from pingsessions_nb.figures.plotly_text import plain
from pingsessions_nb.figures.rounding import rounded
from pingsessions_nb.figures.timeline_bars import (
    bar_traces,
    event_trace,
    sign_on_trace,
    signal_trace,
)
from pingsessions_nb.figures.timeline_density import density_trace
from pingsessions_nb.figures.timeline_scene import SECOND, Scene, View
from pingsessions_nb.history import HistoryLike, history_of
from pingsessions_nb.wording import counted

ColorBy = Literal["browser", "os", "device", "country", "user"]
BUDGET = 1_500  # bars; more of them take a browser longer than a blink
MARKED_UP_TO = 500  # with more sessions, marks would cover the bars
_NAMED_LANES = 60
_BESIDE = 0.5  # of the view, on each side, if the budget allows


@dataclass(frozen=True)
class Look:
    """How a timeline is drawn, whatever part of it is in sight."""

    color_by: str = "browser"
    time_zone: str = "UTC"
    theme: Theme = "light"
    signals: pd.DataFrame | None = None
    selected: tuple[str, ...] = ()
    time_range: tuple[pd.Timestamp, pd.Timestamp] | None = None
    budget: int = BUDGET
    named_lanes: int = _NAMED_LANES


def timeline_figure(
    history: HistoryLike,
    *,
    color_by: ColorBy = "browser",
    time_zone: str = "UTC",
    theme: Theme = "auto",
    signals: pd.DataFrame | None = None,
    selected: Iterable[str] = (),
    window: Sequence[Any] | None = None,
) -> go.Figure:
    """Draw a bar for each session, from its creation to its last activity.

    Positions are instants, in UTC whatever the zone: what you add to the figure (a line, a band, a
    trace) takes times in UTC, as the frames have them.

    Parameters
    ----------
    history : History or Archive
    color_by : {"browser", "os", "device", "country", "user"}
        The seven commonest values have a colour each.
    time_zone : str
        IANA name; the axis and the hover texts show its clock.
    theme : {"auto", "light", "dark"}
        ``auto`` is legible on light and on dark ground, and has none of its own.
    signals : DataFrame, optional
        Findings with ``session_id, at, summary``; each is a warning mark.
    selected : iterable of str
        Ids of sessions that stand out; the others fade.
    window : two timestamps, optional
        The time to show; a naive one is UTC. Otherwise all of it.

    Returns
    -------
    plotly.graph_objects.Figure
        One bar trace a colour, then location events and last sign-ons (up to 500 sessions), then
        signals. With more than 1,500 sessions in sight, their density over users and time, in
        which each of them shows.

    Raises
    ------
    ConfigurationError
        If there is no history, or an option is unknown.

    Examples
    --------
    >>> import pingsessions_nb as ps
    >>> history = ps.demo(users=20, seed=7).history("olivia.adams")
    >>> figure = ps.timeline_figure(history, color_by="os", time_zone="Europe/Lisbon")
    >>> figure.layout.xaxis.title.text
    'Europe/Lisbon'
    """
    colors = palette(theme)
    given_zone(time_zone)
    if signals is not None:
        given_frame("signals", signals, ("session_id", "at", "summary"))
    scene = Scene(history_of(history))
    scene.slots(color_by)
    if not scene.dated.any():
        return say(go.Figure(layout=base_layout(colors)), "No sessions to show.", colors)
    view = scene.everything
    if window is not None:
        start, end = (pd.to_datetime(part, utc=True).timestamp() * SECOND for part in window)
        view = View(start, end, view.top, view.bottom)
    look = Look(color_by, time_zone, theme, signals, tuple(selected))
    figure = draw_timeline(scene, look, view).figure()
    figure.update_xaxes(range=time_range_of(view), title={"text": plain(time_zone)})
    figure.update_yaxes(range=[view.bottom, view.top])
    return rounded(figure)


def draw_timeline(scene: Scene, look: Look, view: View) -> Picture:
    """Draw what a view shows, and a little beside it; the axes' ranges are the caller's."""
    colors = palette(look.theme)
    traces: list[Properties] = []
    around, rows = _affordable(scene, look, view)
    selected = scene.rows_of(look.selected)
    near = len(rows) <= look.budget
    if not near:
        faded = len(selected) > 0
        traces.append(
            density_trace(scene, rows, around, color_by=look.color_by, colors=colors, faded=faded)
        )
    bars = rows if near else _both(rows, selected)[: look.budget]
    traces += bar_traces(
        scene,
        bars,
        color_by=look.color_by,
        colors=colors,
        time_zone=look.time_zone,
        selected=selected,
    )
    lanes = min(view.bottom, scene.lanes.count) - max(view.top, 0)
    if near and len(rows) <= MARKED_UP_TO and lanes <= look.named_lanes:
        traces.append(event_trace(scene, rows, look.time_zone, colors))
        traces.append(sign_on_trace(scene, rows, look.time_zone, colors))
    if look.signals is not None and len(look.signals):
        traces.append(signal_trace(scene, look.signals, around, colors, near=near))
    if look.time_range is not None:
        traces.append(_range_trace(scene, look.time_range, colors))
    return Picture(traces, _layout(scene, look, view))


def _both(rows: Rows, selected: Rows) -> Rows:
    places = np.searchsorted(rows, selected)
    both: Rows = selected[rows[np.minimum(places, len(rows) - 1)] == selected]
    return both


def time_range_of(view: View) -> list[str]:
    """Return a view's time as plotly's axis takes it."""
    return positions([int(view.start), int(view.end)])


def _affordable(scene: Scene, look: Look, view: View) -> tuple[View, Rows]:
    """Take all sessions if they are few, else those in sight, with some beside if they are few."""
    everything = scene.everything
    if scene.dated.sum() <= look.budget:
        return everything, np.flatnonzero(scene.dated)
    wide = view.wider(_BESIDE)
    rows = scene.in_sight(wide)
    if len(rows) <= look.budget:
        return wide, rows
    rows = scene.in_sight(view)
    if len(rows) <= look.budget:
        return view, rows
    wide = view.wider(_BESIDE / 2)
    return wide, scene.in_sight(wide)


def _range_trace(
    scene: Scene, time_range: tuple[pd.Timestamp, pd.Timestamp], colors: Palette
) -> Properties:
    # A trace, not a shape: the layout's shapes are the analyst's.
    start, end = positions([int(part.timestamp() * SECOND) for part in time_range])
    red, green, blue = (int(colors.accent[at : at + 2], 16) for at in (1, 3, 5))
    low, high = -0.6, scene.lanes.count - 0.4
    return {
        "type": "scatter",
        "meta": {"part": "range"},
        "name": "Chosen time",
        "x": [start, end, end, start, start],
        "y": [low, low, high, high, low],
        "mode": "lines",
        "fill": "toself",
        "fillcolor": f"rgba({red},{green},{blue},0.1)",
        "line": {"color": colors.accent, "width": 1},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _layout(scene: Scene, look: Look, view: View) -> Properties:
    base = base_layout(palette(look.theme))
    lanes, height = _lane_axis(scene, look, view)
    return base | {
        "xaxis": base["xaxis"] | _time_axis(look, view),
        "yaxis": base["yaxis"] | lanes,
        "height": height,
        "barmode": "overlay",
        "bargap": 0,
        "dragmode": "pan",
        "legend": base["legend"]
        | {
            "yref": "container",
            "yanchor": "bottom",
            "y": 0,
            "font": {"size": 12},
            "itemsizing": "constant",
        },
    }


def _time_axis(look: Look, view: View) -> Properties:
    small = {"size": 12, "color": palette(look.theme).muted}
    axis = {"type": "date", "side": "top", "tickfont": small, "title": {"font": small}}
    if look.time_zone == "UTC":
        return axis | {"tickmode": "auto", "tickformatstops": NATIVE_FORMATS}
    marks = ticks(view.start / SECOND, view.end / SECOND, look.time_zone)
    return axis | {
        "tickmode": "array",
        "tickvals": positions([int(mark.at * SECOND) for mark in marks]),
        "ticktext": [mark.text for mark in marks],
    }


def _lane_axis(scene: Scene, look: Look, view: View) -> tuple[Properties, int]:
    """Return the axis of lanes, and how high a picture of them should be, in pixels."""
    lanes = scene.lanes
    first = max(0, int(np.ceil(view.top - 0.4)))
    last = min(lanes.count - 1, int(np.floor(view.bottom + 0.4)))
    shown = np.arange(first, last + 1)
    axis = {"zeroline": False, "showgrid": False}
    if len(shown) > look.named_lanes:
        said = counted(len(shown), "session" if lanes.of_sessions else "user")
        small = {"size": 12, "color": palette(look.theme).muted}
        return axis | {"showticklabels": False, "title": {"text": said, "font": small}}, 640
    tallest = min(80, max(30, 7 * lanes.depth(shown)))
    height = max(240, 150 + tallest * min(len(shown), 20) + 18 * max(0, len(shown) - 20))
    names = _lane_names(scene, shown, look.time_zone)
    named = {"tickmode": "array", "tickvals": shown.tolist(), "ticktext": names}
    return axis | named | {"showticklabels": True}, height


def _lane_names(scene: Scene, shown: Rows, time_zone: str) -> list[str]:
    lanes = scene.lanes
    if not (lanes.of_sessions and lanes.users == 1):
        return [plain(name, 32) for name in scene.lane_names(shown)]
    start = pd.Series(lanes.start[shown]).dt.tz_localize("UTC").dt.tz_convert(time_zone)
    return [
        "no date" if pd.isna(at) else f"{at.day} {MONTHS[at.month - 1]} {at:%Y, %H:%M}"
        for at in start
    ]
