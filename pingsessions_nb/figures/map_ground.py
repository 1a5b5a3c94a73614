"""Land, borders, countries' names and the scale of a map, as traces of our own.

Every layer of plotly's own is left off: it would ask the network for it.
"""

from __future__ import annotations

import numpy as np

from pingsessions_nb import places
from pingsessions_nb.figures.map_clusters import Name, Room
from pingsessions_nb.figures.map_view import MapView
from pingsessions_nb.figures.palette import FONT, Palette
from pingsessions_nb.figures.picture import Properties
from pingsessions_nb.places.outlines import Lines

GROUND = ("Land", "Lakes", "Borders")  # names of the first traces, which are the largest
_FINE_FROM = 5.0  # how much larger than the whole world
_COARSE = "110m"
_FINE = "50m"
_AFAR = 12  # of so many points beyond the view one is drawn
_LONG = 240  # points
_EARTH_KM = 6371.0
_SILENT = {"type": "scattergeo", "hoverinfo": "skip", "showlegend": False}


def ground_traces(view: MapView, colors: Palette, room: Room) -> list[Properties]:
    """Draw land, lakes, borders, names and scale, in an order that never changes."""
    fine = view.scale > _FINE_FROM
    outline = {"color": colors.land_line, "width": 0.7}
    bar = _scale_bar(view, room)
    words = _country_names(view, room)
    land, lakes, borders = (
        _near(lines(_FINE), view) if fine else lines(_COARSE)
        for lines in (places.land, places.lakes, places.borders)
    )
    return [
        _lines(land, "Land", outline) | {"fill": "toself", "fillcolor": colors.land},
        _lines(lakes, "Lakes", outline) | {"fill": "toself", "fillcolor": colors.water},
        _lines(borders, "Borders", outline),
        {
            **_SILENT,
            "name": "Countries",
            "mode": "text",
            "lat": [lat for _, lat, _ in words],
            "lon": [lon for _, _, lon in words],
            "text": [name for name, _, _ in words],
            "textfont": letters(colors.muted, 11, colors.land),
        },
        {
            **_SILENT,
            **bar,
            "name": "Scale",
            "mode": "lines+text",
            "textposition": "top right",
            "textfont": letters(colors.text, 11, colors.water),
            "line": {"color": colors.text, "width": 1.25},
        },
    ]


def ground_layout(view: MapView, colors: Palette) -> Properties:
    """Return a ``geo`` that shows a view and nothing of plotly's own."""
    return {**view.layout(), "visible": False, "bgcolor": colors.water, "domain": {"x": [0, 1]}}


def letters(color: str, size: int, around: str) -> Properties:
    """Return a font whose letters stand out from lines behind them."""
    halo = ", ".join([f"0 0 3px {around}"] * 6)
    return {"family": FONT, "color": color, "size": size, "shadow": halo}


def _lines(lines: Lines, name: str, line: Properties) -> Properties:
    lon, lat = lines.T
    return {**_SILENT, "name": name, "mode": "lines", "lon": lon, "lat": lat, "line": line}


def _near(lines: Lines, view: MapView) -> Lines:
    """Keep every point near the view; far away one in a dozen of long lines, and no short ones."""
    x, y = view.project(lines[:, 1], lines[:, 0])
    wide, high = view.width, view.height
    near = (x > -wide) & (x < 2 * wide) & (y > -high) & (y < 2 * high)
    gap = np.isnan(lines[:, 0])
    number = np.cumsum(gap) - gap  # of the line that a point is in
    length = np.bincount(number)[number]
    seen = np.bincount(number, weights=near)[number] > 0
    end = gap | np.concatenate([[True], gap[:-1]]) | np.concatenate([gap[1:], [True]])
    # A ring of few points may turn the other way once it is thinned, and fill the world.
    kept = near | end | (length < _LONG) | (np.arange(len(lines)) % _AFAR == 0)
    result: Lines = lines[kept & (seen | (length >= _LONG))]
    return result


def _country_names(view: MapView, room: Room) -> list[tuple[str, float, float]]:
    labels = places.country_labels(_FINE)
    x, y = view.project(labels["latitude"], labels["longitude"])
    # A name needs room: about as wide as the country is.
    across = np.sqrt(labels["area"] * 4 * np.pi) * view.pixels_per_radius
    shown = []
    rows = np.flatnonzero((across > 46) & view.sees(labels["latitude"], labels["longitude"]))
    near = labels.iloc[rows].itertuples(index=False)
    for row, (name, lat, lon, _) in zip(rows, near, strict=True):
        if name != "Antarctica" and room.place(Name(name, float(x[row]), float(y[row]), size=11)):
            shown.append((name, float(lat), float(lon)))
    return shown


def _scale_bar(view: MapView, room: Room) -> Properties:
    """Return a line as long as a round number of kilometres, near the lower left corner."""
    lat, west = view.place_at(14, view.height - 12)
    if lat is None or west is None:
        return {"lat": [], "lon": [], "text": []}
    _, east = view.place_at(15, view.height - 12)
    km_per_degree = np.radians(_EARTH_KM) * np.cos(np.radians(lat))
    per_pixel = km_per_degree * (((east or west) - west) % 360.0)
    most = 110 * per_pixel
    unit = 10.0 ** np.floor(np.log10(most))
    km = next(step * unit for step in (5, 2, 1) if step * unit <= most)
    longitudes = west + np.linspace(0, km / km_per_degree, 12)
    room.block(14 + km / per_pixel / 2, view.height - 20, km / per_pixel / 2 + 8)
    return {
        "lat": np.full(12, lat).round(4),
        "lon": longitudes.round(4),
        "text": [f"{km:,.0f} km", *[""] * 11],
    }
