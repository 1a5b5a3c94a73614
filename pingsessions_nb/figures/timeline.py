"""A static timeline of sessions."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd
import plotly.graph_objects as go  # type: ignore[import-untyped]

from pingsessions_nb.figures.lanes import Lanes, lanes
from pingsessions_nb.figures.layout import base_layout, say
from pingsessions_nb.figures.palette import Palette, Theme, palette, slots
from pingsessions_nb.figures.plotly_text import durations, moments, plain, plain_series
from pingsessions_nb.figures.rounding import rounded
from pingsessions_nb.history import History, HistoryLike, history_of
from pingsessions_nb.history.session_facts import (
    color_values,
    place_words,
    session_rows,
    spans,
    user_names,
)
from pingsessions_nb.wording import counted

ColorBy = Literal["browser", "os", "device", "country", "user"]
BARS_UP_TO = 2_000  # more bars than this, drawn as SVG, take a browser seconds
_MARKS_UP_TO = 500  # with more, marks would cover the bars
_NAMED_LANES = 60


def timeline_figure(
    history: HistoryLike,
    *,
    color_by: ColorBy = "browser",
    time_zone: str = "UTC",
    theme: Theme = "auto",
    signals: pd.DataFrame | None = None,
) -> go.Figure:
    """Draw a bar for each session, from its creation to its last activity.

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

    Returns
    -------
    plotly.graph_objects.Figure
        One bar trace a colour (lines drawn by WebGL above 2,000 sessions), then location events
        and last sign-ons (up to 500 sessions), then signals.

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
    history = history_of(history)
    colors = palette(theme)
    figure = go.Figure(layout=base_layout(colors))
    sessions = history.sessions
    values = color_values(history, color_by)
    start, end = spans(sessions)
    dated = start.notna().to_numpy()
    if not dated.any():
        return say(figure, "No sessions to show.", colors)
    layout = lanes(sessions)
    bars = pd.DataFrame(
        {
            "start": _clock(start, time_zone),
            "end": _clock(end, time_zone),
            "y": layout.y,
            "thick": layout.thick,
            "facts": _facts(history, time_zone),
            "id": sessions["session_id"],
        }
    )
    slot, legend = slots(values)
    draw = _bar_trace if dated.sum() <= BARS_UP_TO else _line_trace
    for number, name in legend:
        rows = bars[dated & (slot == number)]
        if len(rows):
            figure.add_trace(draw(rows, colors.categories[number], plain(name, 40)))
    if len(sessions) <= _MARKS_UP_TO:
        figure.add_trace(_event_trace(history, layout, time_zone, colors))
        figure.add_trace(_sign_on_trace(history, layout, time_zone, colors))
    if signals is not None and len(signals):
        figure.add_trace(_signal_trace(history, layout, time_zone, colors, signals))
    _set_axes(figure, history, layout, time_zone)
    return rounded(figure)


def _clock(times: pd.Series[Any], time_zone: str) -> pd.Series[Any]:
    # Plotly knows no zones: it is given what the clock shows.
    shown: pd.Series[Any] = times.dt.tz_convert(time_zone).dt.tz_localize(None)
    return shown


def _facts(history: History, time_zone: str) -> pd.Series[str]:
    sessions = history.sessions
    browser = sessions["browser_name"].str.cat(sessions["browser_version"], " ", na_rep="")
    system = sessions["os_name"].str.cat(sessions["os_version"], " ", na_rep="")
    rows = session_rows(history, history.locations["session_id"])
    places = place_words(history.locations)
    known = (rows >= 0) & places.notna().to_numpy()
    pairs = pd.DataFrame({"row": rows[known], "place": places[known]}).drop_duplicates()
    seen = pairs.groupby("row")["place"].agg("; ".join).reindex(range(len(sessions)))
    seen.index = sessions.index
    return (
        ("<b>" + plain_series(user_names(history, sessions["user_id"])) + "</b>")
        .str.cat("<br>Created " + moments(sessions["created_at"], time_zone))
        .str.cat("<br>Active " + moments(sessions["active_at"], time_zone))
        .str.cat("<br>Duration " + durations(sessions["active_at"] - sessions["created_at"]))
        .str.cat("<br>Last sign-on " + moments(sessions["last_sign_on_at"], time_zone))
        .str.cat(" from " + plain_series(sessions["last_sign_on_ip"], "an unknown address"))
        .str.cat("<br>" + plain_series(browser, "Unknown browser"))
        .str.cat(" on " + plain_series(system, "an unknown system"))
        .str.cat(", " + plain_series(sessions["device_type"], "unknown device"))
        .str.cat("<br>" + plain_series(seen, "No location known"))
    )


def _bar_trace(rows: pd.DataFrame, color: str, name: str) -> go.Bar:
    length = (rows["end"] - rows["start"]).dt.total_seconds() * 1000
    return go.Bar(
        name=name,
        orientation="h",
        base=rows["start"],
        x=length,
        y=rows["y"],
        width=rows["thick"],
        # The outline keeps the shortest session visible.
        marker={"color": color, "line": {"color": color, "width": 2}},
        hovertext=rows["facts"],
        hoverinfo="text",
        customdata=rows["id"],
        unselected={"marker": {"opacity": 0.28}},
    )


def _line_trace(rows: pd.DataFrame, color: str, name: str) -> go.Scattergl:
    count = len(rows)
    x = np.empty((count, 3), dtype="datetime64[us]")
    x[:, 0], x[:, 1], x[:, 2] = rows["start"], rows["end"], np.datetime64("NaT")
    y = np.repeat(rows["y"].to_numpy(), 3)
    y[2::3] = np.nan
    return go.Scattergl(
        name=name,
        x=x.ravel(),
        y=y,
        mode="lines",
        line={"color": color, "width": 3},
        hovertext=np.repeat(rows["facts"].to_numpy(dtype=object), 3),
        hoverinfo="text",
    )


def _event_trace(history: History, layout: Lanes, time_zone: str, colors: Palette) -> go.Scatter:
    events = history.locations
    rows = session_rows(history, events["session_id"])
    known = (rows >= 0) & events["at"].notna().to_numpy()
    where = plain_series(place_words(events), "place unknown")
    address = plain_series(events["remote_ip"], "address unknown")
    told = moments(events["at"], time_zone) + "<br>" + where + "<br>" + address
    return go.Scatter(
        name="Location",
        x=_clock(events["at"][known], time_zone),
        y=layout.y[rows[known]],
        mode="markers",
        marker={
            "symbol": "circle",
            "size": 6,
            "color": colors.background,
            "line": {"color": colors.muted, "width": 1.25},
        },
        hovertext=told[known],
        hoverinfo="text",
        customdata=events["session_id"][known],
    )


def _sign_on_trace(history: History, layout: Lanes, time_zone: str, colors: Palette) -> go.Scatter:
    at = history.sessions["last_sign_on_at"]
    known = at.notna().to_numpy()
    address = plain_series(history.sessions["last_sign_on_ip"][known], "address unknown")
    return go.Scatter(
        name="Last sign-on",
        x=_clock(at[known], time_zone),
        y=layout.y[known],
        mode="markers",
        marker={
            "symbol": "diamond",
            "size": 8,
            "color": colors.text,
            "line": {"color": colors.background, "width": 1},
        },
        hovertext="Last sign-on " + moments(at[known], time_zone) + "<br>" + address,
        hoverinfo="text",
        customdata=history.sessions["session_id"][known],
    )


def _signal_trace(
    history: History, layout: Lanes, time_zone: str, colors: Palette, signals: pd.DataFrame
) -> go.Scatter:
    rows = session_rows(history, signals["session_id"])
    known = rows >= 0
    return go.Scatter(
        name="Signal",
        x=_clock(signals["at"][known], time_zone),
        y=layout.y[rows[known]],
        mode="markers",
        marker={
            "symbol": "triangle-up",
            "size": 13,
            "color": colors.warn,
            "line": {"color": colors.background, "width": 1.5},
        },
        hovertext=plain_series(signals["summary"][known]),
        hoverinfo="text",
        customdata=signals["session_id"][known],
    )


def _set_axes(figure: go.Figure, history: History, layout: Lanes, time_zone: str) -> None:
    figure.update_xaxes(type="date", title={"text": plain(time_zone)}, side="top")
    figure.update_yaxes(range=[layout.count - 0.4, -0.6], zeroline=False, fixedrange=False)
    if layout.count <= _NAMED_LANES:
        sessions = history.sessions
        first = np.unique(layout.lane, return_index=True)[1]
        if layout.sessions and sessions["user_id"].nunique() == 1:
            browser = sessions["browser_name"].fillna("Unknown browser")
            start = _clock(spans(sessions)[0], time_zone).dt.strftime("%d %b %Y").fillna("no date")
            names = browser.str.cat(start, " · ")
        else:
            names = user_names(history, sessions["user_id"])
        figure.update_yaxes(
            tickmode="array",
            tickvals=list(range(layout.count)),
            ticktext=[plain(name, 32) for name in names.iloc[first].fillna("Unknown user")],
        )
        height = max(240, 150 + 30 * layout.count)
    else:
        said = counted(layout.count, "session" if layout.sessions else "user")
        figure.update_yaxes(showticklabels=False, title={"text": said})
        height = 640
    figure.update_layout(height=height, barmode="overlay", bargap=0)
