"""A map of places and of the journeys between them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from numpy.typing import NDArray

from pingsessions_nb.arguments import given_frame, given_zone
from pingsessions_nb.coded.coding import Rows
from pingsessions_nb.figures.journeys import Travels, travels
from pingsessions_nb.figures.layout import base_layout, say_over
from pingsessions_nb.figures.map_circles import rim, uncertainty_traces
from pingsessions_nb.figures.map_clusters import Room
from pingsessions_nb.figures.map_ground import ground_layout, ground_traces
from pingsessions_nb.figures.map_marks import (
    NONE,
    Findings,
    Marks,
    joined_marks,
    name_trace,
    place_traces,
)
from pingsessions_nb.figures.map_view import MapView
from pingsessions_nb.figures.map_ways import MOST_JOURNEYS, journey_traces
from pingsessions_nb.figures.palette import Palette, Theme, palette
from pingsessions_nb.figures.picture import Picture, Properties
from pingsessions_nb.figures.rounding import rounded
from pingsessions_nb.history import History, HistoryLike, history_of
from pingsessions_nb.history.session_facts import session_rows
from pingsessions_nb.places.sphere import unit_vectors

WIDTH, HEIGHT = 980, 470  # pixels for which names are chosen
_LEGEND = 50  # pixels below the map
_ANTIPODES = 1e-3  # between them no way is the shortest
_CIRCLE = ["latitude", "longitude", "place_radius_km"]
NOTHING = "No location to show on a map."


def map_figure(
    history: HistoryLike,
    *,
    time_zone: str = "UTC",
    theme: Theme = "auto",
    signals: pd.DataFrame | None = None,
    view: MapView | None = None,
) -> go.Figure:
    """Draw places sized by visits, how exactly each is known, and the journeys between them.

    The map is turned and scaled so that every place is in sight, however wide it is shown. Land and
    borders are Natural Earth's, from this package: nothing is fetched, and a page made by
    ``write_html`` shows its map from disk, offline.

    Parameters
    ----------
    history : History or Archive
    time_zone : str
        IANA name, for the hover texts.
    theme : {"auto", "light", "dark"}
        ``auto`` is legible on light and on dark ground, and has none of its own.
    signals : DataFrame, optional
        Findings; the journeys of kind ``geovelocity_anomaly`` have the warning colour.
    view : MapView, optional
        What part of the world to show; all places, if there is none. Near places are joined into
        one as this view asks.

    Returns
    -------
    plotly.graph_objects.Figure
        ``scattergeo`` traces: land, borders and names; circles within which a place may be;
        journeys, at most the 400 most travelled, each with an arrow; places by precision, whose
        ``customdata`` is their row among all places, the most visited first; their names.

    Raises
    ------
    ConfigurationError
        If there is no history, or an option is unknown.

    Examples
    --------
    >>> import pingsessions_nb as ps
    >>> history = ps.demo(users=20, seed=7).history("ariel.friedman")
    >>> figure = ps.map_figure(history, signals=ps.signals(history))
    >>> figure.layout.geo.projection.type
    'natural earth'
    """
    given_zone(time_zone)
    if signals is not None:
        given_frame("signals", signals)
    history = history_of(history)
    seen = travels(history)
    findings = places_in_signals(history, seen, signals)
    view = fitting_view(seen) if view is None else view
    return draw_map(seen, findings, view, theme=theme, time_zone=time_zone)


def draw_map(
    seen: Travels, findings: Findings, view: MapView, *, theme: Theme = "auto", time_zone: str
) -> go.Figure:
    """Draw a map of what is known already, as `map_figure` does."""
    colors = palette(theme)
    traces, _ = map_traces(seen, view, colors, findings, time_zone=time_zone)
    figure = Picture(traces, map_layout(view, colors)).figure()
    figure.update_layout(height=view.height + _LEGEND)
    if seen.places.empty:
        say_over(figure, NOTHING, colors, bgcolor=colors.background, borderpad=10)
    return rounded(figure)


def map_traces(
    seen: Travels,
    view: MapView,
    colors: Palette,
    findings: Findings,
    *,
    time_zone: str = "UTC",
    chosen: Rows | None = None,
) -> tuple[list[Properties], Marks]:
    """Return the traces of a map, of which there are always as many, in the same order.

    Parameters
    ----------
    chosen : array of int64 or None
        Rows of the history's sessions that are lit up; None where nothing is chosen.

    Returns
    -------
    traces : list of dict
        Each says in ``meta["part"]`` which one it is.
    marks : Marks
        Which places are joined.
    """
    lit = None if chosen is None else seen.places_of(chosen)
    marks = joined_marks(seen, view, findings, lit)
    room = Room(view)
    names = name_trace(marks, view, colors, room)
    traces = [
        *ground_traces(view, colors, room),
        *uncertainty_traces(marks, view, colors),
        *journey_traces(seen, marks, findings, view, colors, chosen),
        *place_traces(seen, marks, colors, time_zone, dim=chosen is not None),
        names,
    ]
    for trace in traces:
        trace["meta"] = {"part": trace["name"]}
    return traces, marks


def map_layout(view: MapView, colors: Palette) -> Properties:
    """Return the layout of a map: no axes, the legend below."""
    return base_layout(colors) | {
        "xaxis": None,
        "yaxis": None,
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "geo": ground_layout(view, colors),
        "dragmode": "pan",
        "clickmode": "event",
    }


def fitting_view(seen: Travels, *, width: int = WIDTH, height: int = HEIGHT) -> MapView:
    """Return the view in which all places are in sight with their uncertainty.

    The ways between them are in sight as well.
    """
    places = seen.places
    empty = MapView(width=width, height=height)
    points = [places[["latitude", "longitude"]].to_numpy(float)]
    points += [
        rim(lat, lon, km)
        for lat, lon, km in places[places["place_precision"] != "city"][_CIRCLE].to_numpy(float)
        if km > 0
    ]
    lat, lon = np.concatenate(points).T
    return empty.fitting(lat, lon, _heights(seen))


def _heights(seen: Travels) -> NDArray[np.float64]:
    """Return how far north and south each drawn journey goes: a great circle is an arch."""
    ends = seen.legs.head(MOST_JOURNEYS)[["from", "to"]].to_numpy(int)
    at = unit_vectors(seen.places["latitude"], seen.places["longitude"])[ends]
    along = np.linspace(0, 1, 17)[:, None, None]
    points = at[:, 0] + along * (at[:, 1] - at[:, 0])
    far = np.linalg.norm(points, axis=-1)
    sine = points[..., 2][far > _ANTIPODES] / far[far > _ANTIPODES]
    high: NDArray[np.float64] = np.degrees(np.arcsin(sine.clip(-1, 1))).round(4)
    return high


def places_in_signals(
    history: History,
    seen: Travels,
    signals: pd.DataFrame | None,
) -> Findings:
    """Find the places and journeys of which signals speak."""
    if signals is None or not {"kind", "to_place"} <= set(signals):
        return Findings(pd.DataFrame({"from": NONE, "to": NONE, "session": NONE}), NONE)
    labels = pd.Index(seen.places["place"])
    known = ~labels.duplicated() & labels.notna()
    row_of = pd.Series(np.flatnonzero(known), index=labels[known])
    about = signals[signals["kind"].isin(["geovelocity_anomaly", "user_location_anomaly"])]
    ends = pd.DataFrame(
        {
            "from": about["from_place"].map(row_of) if "from_place" in about else np.nan,
            "to": about["to_place"].map(row_of),
            "session": session_rows(history, about["session_id"]) if "session_id" in about else -1,
            "kind": about["kind"],
        }
    )
    warned = ends["to"].dropna().astype(np.int64).unique()
    impossible = ends[ends["kind"] == "geovelocity_anomaly"].dropna(subset=["from", "to"])
    return Findings(impossible[["from", "to", "session"]].astype(np.int64), warned)
