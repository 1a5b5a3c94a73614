"""Sessions from near: a bar each, its events, its sign-on, and the signals found in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pingsessions_nb.coded.coding import Rows
from pingsessions_nb.figures.clock import microseconds, moments, positions
from pingsessions_nb.figures.palette import Palette
from pingsessions_nb.figures.picture import Properties
from pingsessions_nb.figures.plotly_text import durations, plain, plain_series
from pingsessions_nb.figures.timeline_scene import Scene, View
from pingsessions_nb.history.session_facts import place_words, user_names

MOST_SIGNALS = 500
ROOMY = 40  # sessions, with room for larger marks
_SHOWN_PLACES = 6
_NOWHERE: Properties = {"base": [None], "x": [None], "y": [None]}
"""Of a colour without bars: the legend leaves out who has no place at all."""
_ACROSS, _DOWN = 90, 40  # signals nearer than a part of these are one mark


def bar_traces(
    scene: Scene,
    rows: Rows,
    *,
    color_by: str,
    colors: Palette,
    time_zone: str,
    selected: Rows,
) -> Iterator[Properties]:
    """Give a trace a colour, as the legend lists them; one without bars still has its entry."""
    slot, legend = scene.slots(color_by)
    y, thick = scene.lanes.places(rows)
    facts = session_facts(scene, rows, time_zone)
    chosen = np.isin(rows, selected)
    ids = np.array(scene.ids_of(rows), dtype=object)
    for number, name in legend:
        mine = slot[rows] == number
        color = colors.categories[number]
        place = {
            "base": positions(scene.start[rows[mine]]),
            "x": (scene.end[rows[mine]] - scene.start[rows[mine]]) / 1000,
            "y": y[mine],
            "width": thick[mine],
        }
        yield {
            "type": "bar",
            "meta": {"part": f"bars-{number}"},
            "name": plain(name, 40),
            "legendrank": 100 + number,
            "orientation": "h",
            # The outline keeps the shortest session visible.
            "marker": {"color": color, "line": {"color": color, "width": 2}},
            "hoverinfo": "text",
            "showlegend": True,
            "selectedpoints": np.flatnonzero(chosen[mine]) if len(selected) else None,
            "unselected": {"marker": {"opacity": 0.28}},
            "customdata": ids[mine],
            "hovertext": facts[mine],
            **(place if mine.any() else _NOWHERE),
        }


def session_facts(scene: Scene, rows: Rows, time_zone: str) -> NDArray[np.object_]:
    """Return what there is to say of some sessions, for hovering: all of it text, no markup."""
    history = scene.history
    sessions = history.sessions.iloc[rows]
    told = [
        f"<b>{who}</b><br>Created {created}<br>Active {active}<br>Duration {duration}"
        f"<br>Last sign-on {at} from {address}<br>{browser} on {system}, {device}<br>{seen}"
        for who, created, active, duration, at, address, browser, system, device, seen in zip(
            plain_series(user_names(history, sessions["user_id"])),
            moments(sessions["created_at"], time_zone),
            moments(sessions["active_at"], time_zone),
            durations(sessions["active_at"] - sessions["created_at"]),
            moments(sessions["last_sign_on_at"], time_zone),
            plain_series(sessions["last_sign_on_ip"], "an unknown address"),
            _versioned(sessions, "browser", "Unknown browser"),
            _versioned(sessions, "os", "an unknown system"),
            plain_series(sessions["device_type"], "unknown device"),
            _places_seen(scene, rows),
            strict=True,
        )
    ]
    return np.array(told, dtype=object)


def _versioned(sessions: pd.DataFrame, what: str, missing: str) -> pd.Series[str]:
    """Return names with their versions, where those are known."""
    name, version = sessions[f"{what}_name"], sessions[f"{what}_version"]
    return plain_series((name + " " + version).fillna(name), missing)


def _places_seen(scene: Scene, rows: Rows) -> list[str]:
    """Return where each session was seen, each place once, in order of time."""
    events, whose = scene.events_of(rows)
    words = place_words(scene.history.locations.iloc[events])
    seen: list[dict[str, None]] = [{} for _ in rows]
    known = words.notna().to_numpy()
    for row, place in zip(whose[known].tolist(), plain_series(words[known]), strict=True):
        seen[row][place] = None
    return ["<br>".join(_some(list(each))) for each in seen]


def _some(places: list[str]) -> list[str]:
    more = len(places) - _SHOWN_PLACES
    if more > 0:
        return [*places[:_SHOWN_PLACES], f"{more} more"]
    return places or ["No location known"]


def event_trace(scene: Scene, rows: Rows, time_zone: str, colors: Palette) -> Properties:
    """Mark each location event on its session's bar."""
    which, whose = scene.events_of(rows)
    events = scene.history.locations.iloc[which]
    dated = events["at"].notna().to_numpy()
    events, whose = events[dated], whose[dated]
    where = plain_series(place_words(events), "place unknown")
    address = plain_series(events["remote_ip"], "address unknown")
    return _marks(
        "events",
        "Location",
        200,
        x=microseconds(events["at"]),
        y=scene.lanes.places(rows)[0][whose],
        ids=np.array(scene.ids_of(rows), dtype=object)[whose],
        told=moments(events["at"], time_zone) + "<br>" + where + "<br>" + address,
        marker={
            "symbol": "circle",
            "size": 6 if len(rows) <= ROOMY else 5,
            "color": colors.background,
            "line": {"color": colors.muted, "width": 1.25},
        },
    )


def sign_on_trace(scene: Scene, rows: Rows, time_zone: str, colors: Palette) -> Properties:
    """Mark each session's last sign-on."""
    sessions = scene.history.sessions.iloc[rows]
    known = sessions["last_sign_on_at"].notna().to_numpy()
    sessions, rows = sessions[known], rows[known]
    address = plain_series(sessions["last_sign_on_ip"], "address unknown")
    at = sessions["last_sign_on_at"]
    return _marks(
        "sign-ons",
        "Last sign-on",
        201,
        x=microseconds(at),
        y=scene.lanes.places(rows)[0],
        ids=np.array(scene.ids_of(rows), dtype=object),
        told="Last sign-on " + moments(at, time_zone) + "<br>" + address,
        marker={
            "symbol": "diamond",
            "size": 8 if len(rows) <= ROOMY else 6,
            "color": colors.text,
            "line": {"color": colors.background, "width": 1},
        },
    )


def signal_trace(
    scene: Scene, signals: pd.DataFrame, view: View, colors: Palette, *, near: bool
) -> Properties:
    """Mark the findings in sight; where many lie at one place, one mark says so."""
    rows = scene.signal_rows(signals)
    moment = microseconds(signals["at"])
    shown = (
        (rows >= 0)
        & signals["at"].notna().to_numpy()
        & (moment >= view.start)
        & (moment <= view.end)
    )
    rows, found, moment = rows[shown], signals[shown], moment[shown]
    lane = scene.lanes.lane[rows]
    inside = (lane >= view.top - 0.5) & (lane <= view.bottom + 0.5)
    rows, found, moment, lane = rows[inside], found[inside], moment[inside], lane[inside]
    y = scene.lanes.places(rows)[0] if near else lane.astype(float)
    told = plain_series(found["summary"]).to_numpy(dtype=object)
    if len(rows) > MOST_SIGNALS or not near:
        across = ((moment - view.start) / (view.end - view.start) * _ACROSS).astype(np.int64)
        down = ((y - view.top) / (view.bottom - view.top) * _DOWN).astype(np.int64)
        _, first, count = np.unique(across * 1000 + down, return_index=True, return_counts=True)
        more = ["" if n == 1 else f"<br>and {n - 1:,} more" for n in count]
        told = told[first] + np.array(more, dtype=object)
        rows, moment, y = rows[first], moment[first], y[first]
    return _marks(
        "signals",
        "Signal",
        202,
        x=moment,
        y=y,
        ids=np.array(scene.ids_of(rows), dtype=object),
        told=told,
        marker={
            "symbol": "triangle-up",
            "size": 13,
            "color": colors.warn,
            "line": {"color": colors.background, "width": 1.5},
        },
    )


def _marks(
    part: str,
    name: str,
    rank: int,
    *,
    x: Rows,
    y: NDArray[np.float64],
    ids: NDArray[np.object_],
    told: pd.Series[str] | NDArray[np.object_],
    marker: Mapping[str, Any],
) -> Properties:
    return {
        "type": "scatter",
        "meta": {"part": part},
        "name": name,
        "legendrank": rank,
        "mode": "markers",
        "x": positions(x),
        "y": y,
        "marker": marker,
        "customdata": ids,
        "hovertext": np.asarray(told, dtype=object),
        "hoverinfo": "text",
        "showlegend": len(x) > 0,
    }
