"""Journeys between places, with their direction, as traces of a map."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pingsessions_nb import places as geography
from pingsessions_nb.coded.coding import Floats, Rows
from pingsessions_nb.figures.journeys import Travels
from pingsessions_nb.figures.map_marks import NONE, Findings, Marks
from pingsessions_nb.figures.map_view import MapView
from pingsessions_nb.figures.palette import Palette
from pingsessions_nb.figures.picture import Properties
from pingsessions_nb.wording import kind_name

IMPOSSIBLE = kind_name("geovelocity_anomaly")  # as lists and tables call the finding
MOST_JOURNEYS = 400
_MANY_JOURNEYS = 24
_PAST_MIDDLE = 58  # percent of the way: both directions of one way keep their arrows apart
_ENOUGH_PIXELS = 34  # of a way: on a shorter one an arrow would hide all of it
_MOVES = ["from", "to"]


def journey_traces(
    travels: Travels,
    marks: Marks,
    findings: Findings,
    view: MapView,
    colors: Palette,
    chosen: Rows | None = None,
) -> list[Properties]:
    """Draw journeys, those of chosen sessions, and impossible ones, with their arrows.

    Parameters
    ----------
    chosen : array of int64 or None
        Rows of the history's sessions that are lit up.
    """
    legs = travels.legs
    moves = legs["moves"].to_numpy(np.int64)
    found = findings.impossible
    bright = found if chosen is None else found[found["session"].isin(chosen)]
    warned = _between(found[_MOVES].to_numpy(np.int64), marks)
    ordinary = _without(_between(legs[_MOVES].to_numpy(np.int64), marks, moves), warned)
    lit = NONE if chosen is None else chosen
    # The moves of each user between the events of the chosen sessions.
    own = _without(_between(travels.moves(np.isin(travels.session, lit)), marks), warned)
    many = len(ordinary) > _MANY_JOURNEYS
    calm = {"color": colors.categories[0], "width": 1.2 if many else 1.6}
    opacity = (0.35 if many else 0.7) * (1.0 if chosen is None else 0.4)
    at = travels.places
    impossible = {"color": colors.warn, "width": 2.25, "dash": "8px,4px"}
    faint = 1.0 if len(bright) or chosen is None else 0.35
    return [
        _ways(ordinary, at, "Journey") | {"line": calm, "opacity": opacity},
        _arrows(ordinary, at, view, "Journey", colors.categories[0], 9) | {"opacity": opacity},
        _ways(own, at, "Journey of the chosen") | {"line": {"color": colors.accent, "width": 2.5}},
        _arrows(own, at, view, "Journey of the chosen", colors.accent, 11),
        _ways(warned, at, f"{IMPOSSIBLE}, rim")
        | {
            "line": {"color": colors.background, "width": 4.5},
            "opacity": 0.8 * faint,
            "legendgroup": IMPOSSIBLE,
        },
        _ways(warned, at, IMPOSSIBLE) | {"line": impossible, "opacity": faint},
        _arrows(warned, at, view, IMPOSSIBLE, colors.warn, 12) | {"opacity": faint},
    ]


def _between(ways: Rows, marks: Marks, moves: Rows | None = None) -> Rows:
    """Join journeys as their ends are joined, the most travelled first.

    Those within one mark are not drawn. Ways have the shape (n, 2): rows of places, from and to.
    """
    ends = marks.leader[ways]
    away = ends[:, 0] != ends[:, 1]
    ends = ends[away]
    _, first, group = np.unique(_codes(ends), return_index=True, return_inverse=True)
    often = np.bincount(group, weights=None if moves is None else moves[away])
    joined: Rows = ends[first[np.lexsort((first, -often))]]
    return joined[:MOST_JOURNEYS]


def _codes(ways: Rows) -> Rows:
    return ways[:, 0] << 32 | ways[:, 1]


def _without(ways: Rows, others: Rows) -> Rows:
    return ways[~np.isin(_codes(ways), _codes(others))]


def _ends(ways: Rows, places: pd.DataFrame) -> tuple[Floats, Floats]:
    """Return latitudes and longitudes of both ends, of shape (ways, 2)."""
    return places["latitude"].to_numpy(float)[ways], places["longitude"].to_numpy(float)[ways]


def _ways(ways: Rows, places: pd.DataFrame, name: str) -> Properties:
    # Plotly draws the great circle between two points.
    gap = np.full((len(ways), 1), np.nan)
    lat, lon = (np.hstack([ends, gap]).ravel() for ends in _ends(ways, places))
    shown = bool(len(ways)) and "," not in name and "chosen" not in name
    return {
        "type": "scattergeo",
        "name": name,
        "mode": "lines",
        "lat": lat,
        "lon": lon,
        "hoverinfo": "skip",
        "legendgroup": name,
        "showlegend": shown,
    }


def _arrows(
    ways: Rows, places: pd.DataFrame, view: MapView, name: str, color: str, size: int
) -> Properties:
    lat, lon = _ends(ways, places)
    x, y = view.project(lat, lon)
    long = np.hypot(x[:, 1] - x[:, 0], y[:, 1] - y[:, 0]) > _ENOUGH_PIXELS
    arcs = [
        np.stack(geography.great_circle(*way, n=101), axis=1)[_PAST_MIDDLE - 1 : _PAST_MIDDLE + 1]
        for way in zip(lat[long, 0], lon[long, 0], lat[long, 1], lon[long, 1], strict=True)
    ]
    at = np.array(arcs, dtype=float).reshape(-1, 2, 2)
    x, y = view.project(at[..., 0], at[..., 1])
    return {
        "type": "scattergeo",
        "name": f"{name}, direction",
        "mode": "markers",
        "lat": at[:, 1, 0],
        "lon": at[:, 1, 1],
        "marker": {
            "symbol": "arrow",
            "size": size,
            "color": color,
            # From up on the screen: plotly 7.1 knows north for the first trace of a map only.
            "angle": np.degrees(np.arctan2(x[:, 1] - x[:, 0], y[:, 0] - y[:, 1])).round(1),
        },
        "selected": {"marker": {"opacity": 1.0}},
        "unselected": {"marker": {"opacity": 1.0}},
        "hoverinfo": "skip",
        "legendgroup": name,
        "showlegend": False,
    }
