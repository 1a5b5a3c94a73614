"""A static map of places and journeys."""

from __future__ import annotations

import json
import re
from typing import Any, Literal

import numpy as np
import pandas as pd
import plotly.graph_objects as go  # type: ignore[import-untyped]

from pingsessions_nb import places
from pingsessions_nb.figures.journeys import ENDS, journeys, visited
from pingsessions_nb.figures.layout import base_layout, say
from pingsessions_nb.figures.mercator import TILE, fitting_view
from pingsessions_nb.figures.palette import Palette, Theme, palette
from pingsessions_nb.figures.wording import moments, plain_series
from pingsessions_nb.history import HistoryLike, history_of
from pingsessions_nb.wording import counted

WIDTH, HEIGHT = 1000, 520  # of the view that is fitted; a wider figure shows more
_MOST_JOURNEYS = 400
_ONE_ADDRESS = {"1 addresses": "1 address"}
_FINE_FROM = 3.0  # zoom
Resolution = Literal["110m", "50m"]


def map_figure(
    history: HistoryLike,
    *,
    time_zone: str = "UTC",
    theme: Theme = "light",
    signals: pd.DataFrame | None = None,
) -> go.Figure:
    """Draw places sized by visits, and the journeys between them.

    Land and borders are Natural Earth's, from this package: nothing is fetched.
    A page made by ``write_html`` shows its map in a notebook or from a server (``python -m
    http.server``), but not opened from disk: there Chromium refuses to load the code of plotly
    7.1's map worker. What `ps.report` writes opens from disk as well.

    Parameters
    ----------
    history : History or Archive
    time_zone : str
        IANA name, for the hover texts.
    theme : {"light", "dark"}
    signals : DataFrame, optional
        Findings; the journeys of kind ``geovelocity_anomaly`` have the warning colour.

    Returns
    -------
    plotly.graph_objects.Figure
        Line traces of journeys, at most the 400 most travelled, then places by precision.

    Raises
    ------
    ConfigurationError
        If there is no history.
    ValueError
        If ``theme`` is unknown.

    Examples
    --------
    >>> import pingsessions_nb as ps
    >>> history = ps.demo(users=20, seed=7).history("ariel.friedman")
    >>> figure = ps.map_figure(history, signals=ps.signals(history))
    >>> figure.layout.height
    520
    """
    history = history_of(history)
    colors = palette(theme)
    figure = go.Figure(layout=base_layout(colors))
    spots = visited(history)
    if spots.empty:
        return say(figure, "No location to show on a map.", colors)
    legs = journeys(history).tail(_MOST_JOURNEYS)
    impossible = _impossible(spots, signals)
    if len(legs):
        figure.add_trace(_journey_trace(legs, "Journey", colors.categories[0], 1.5))
    if len(impossible):
        figure.add_trace(_journey_trace(impossible, "Impossible journey", colors.warn, 2.5))
    exact = spots["place_precision"] == "city"
    for name, rows, color in (
        ("State or country only", spots[~exact], colors.categories[7]),
        ("Place, by visits", spots[exact], colors.categories[0]),
    ):
        if len(rows):
            figure.add_trace(_place_trace(rows, name, color, int(spots["visits"].max()), time_zone))
    center, zoom = fitting_view(spots["latitude"], spots["longitude"], WIDTH, HEIGHT)
    figure.update_layout(
        height=HEIGHT,
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        legend={"y": 0.99, "bgcolor": colors.background, "bordercolor": colors.line},
        map={
            "style": _ground(colors, center, zoom),
            "center": center,
            "zoom": zoom,
        },
    )
    return figure


def _ground(colors: Palette, center: dict[str, float], zoom: float) -> dict[str, object]:
    """Return a MapLibre style of sea, land and borders; it asks for no tiles, glyphs or sprites."""
    resolution: Resolution = "110m" if zoom < _FINE_FROM else "50m"
    # A figure of one region need not carry the shores of the whole world.
    reach = 360 / 2**zoom * WIDTH / TILE
    outlines = {"land": places.land(resolution), "borders": places.borders(resolution)}
    line = {"type": "line", "paint": {"line-color": colors.land_line, "line-width": 0.7}}
    return {
        "version": 8,
        "sources": {
            name: {"type": "geojson", "data": _data_url(_near(shapes, center, reach), zoom)}
            for name, shapes in outlines.items()
        },
        "layers": [
            {"id": "sea", "type": "background", "paint": {"background-color": colors.water}},
            {"id": "land", "source": "land", "type": "fill", "paint": {"fill-color": colors.land}},
            {"id": "coast", "source": "land", **line},
            {"id": "borders", "source": "borders", **line},
        ],
    }


def _data_url(outlines: dict[str, Any], zoom: float) -> str:
    # One string, not thousands of numbers on a line each, keeps saved notebooks light; so does
    # leaving out digits that are far below a pixel (a tenth of a degree is 0.3 pixels at zoom 2).
    text = json.dumps(outlines, separators=(",", ":"))
    if zoom < _FINE_FROM - 1:
        text = re.sub(r"(\d\.\d)\d+", r"\1", text)
    return "data:application/geo+json," + text


def _near(outlines: dict[str, Any], center: dict[str, float], reach: float) -> dict[str, Any]:
    """Keep the shapes that come within ``reach`` degrees of the centre, east or west."""
    if reach >= 180:
        return outlines
    geometry = outlines["features"][0]["geometry"]
    kept = []
    for shape in geometry["coordinates"]:
        line = shape[0] if geometry["type"] == "MultiPolygon" else shape
        east, north = np.array(line).T
        away = np.abs((east - center["lon"] + 180) % 360 - 180).min()
        if away <= reach and np.abs(north - center["lat"]).min() <= reach:
            kept.append(shape)
    return {"type": geometry["type"], "coordinates": kept}


def _journey_trace(legs: pd.DataFrame, name: str, color: str, width: float) -> go.Scattermap:
    latitude: list[float] = []
    longitude: list[float] = []
    for ends in legs[ENDS].to_numpy(dtype=float):
        lats, lons = places.great_circle(*ends)
        latitude += [*lats.tolist(), np.nan]
        longitude += [*lons.tolist(), np.nan]
    return go.Scattermap(
        name=name,
        lat=np.array(latitude),
        lon=np.array(longitude),
        mode="lines",
        line={"color": color, "width": width},
        opacity=0.75,
        hoverinfo="skip",
    )


def _place_trace(
    rows: pd.DataFrame, name: str, color: str, most: int, time_zone: str
) -> go.Scattermap:
    told = (
        ("<b>" + plain_series(rows["place"]) + "</b>")
        .str.cat("<br>" + rows["visits"].map(lambda number: counted(number, "visit")))
        .str.cat(" in " + rows["sessions"].map(lambda number: counted(number, "session")))
        .str.cat(" from " + rows["addresses"].map("{:,} addresses".format).replace(_ONE_ADDRESS))
        .str.cat("<br>First seen " + moments(rows["first"], time_zone))
        .str.cat("<br>Last seen " + moments(rows["last"], time_zone))
        .str.cat("<br>Within " + rows["place_radius_km"].map("{:,.0f} km".format))
    )
    return go.Scattermap(
        name=name,
        lat=rows["latitude"],
        lon=rows["longitude"],
        mode="markers",
        marker={
            "color": color,
            # Area says how many visits.
            "size": np.maximum(9.0, 34.0 * np.sqrt(rows["visits"] / max(most, 8))),
            "opacity": 0.85,
        },
        hovertext=told,
        hoverinfo="text",
    )


def _impossible(spots: pd.DataFrame, signals: pd.DataFrame | None) -> pd.DataFrame:
    """Return the impossible journeys whose two places are on the map, as `journeys` does."""
    if signals is None or not {"kind", "from_place", "to_place"} <= set(signals):
        return pd.DataFrame(columns=ENDS)
    found = signals.loc[signals["kind"] == "geovelocity_anomaly", ["from_place", "to_place"]]
    where = spots.drop_duplicates("place").set_index("place")[["latitude", "longitude"]]
    legs = found.join(where.add_prefix("from_"), on="from_place")
    legs = legs.join(where.add_prefix("to_"), on="to_place")
    return legs.dropna(subset=ENDS).drop_duplicates()
