"""How exactly places are known: true circles on the sphere, as traces of a map."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pingsessions_nb.figures.map_marks import PLACES, WIDE, Marks
from pingsessions_nb.figures.map_view import MapView
from pingsessions_nb.figures.palette import Palette
from pingsessions_nb.figures.picture import Properties
from pingsessions_nb.places import EARTH_RADIUS_KM

_SEEN_FROM = 14.0  # pixels of a city's radius below which its circle would hide under its mark
_POINTS = 48
_CIRCLE = ["latitude", "longitude", "place_radius_km"]


def uncertainty_traces(marks: Marks, view: MapView, colors: Palette) -> list[Properties]:
    """Draw true circles on the sphere: states' and countries', then cities'."""
    places = marks.places
    exact = (places["place_precision"] == "city").to_numpy()
    reach = (places["place_radius_km"] / EARTH_RADIUS_KM * view.pixels_per_radius).to_numpy(float)
    return [
        _circles(places[~exact], "Within a state or country")
        | {
            "line": {"color": colors.categories[0], "width": 1.25, "dash": "dash"},
            "fillcolor": _faint(colors.categories[0], 0.07),
        },
        _circles(places[exact & (reach > _SEEN_FROM)], "Within a city")
        | {
            "line": {"color": _faint(colors.categories[0], 0.35), "width": 1.25},
            "fillcolor": _faint(colors.categories[0], 0.13),
        },
    ]


def _circles(places: pd.DataFrame, name: str) -> Properties:
    lines = [rim(lat, lon, km) for lat, lon, km in places[_CIRCLE].to_numpy(float) if km > 0]
    gap = np.full((1, 2), np.nan)
    points = np.concatenate([np.empty((0, 2)), *(part for line in lines for part in (line, gap))])
    return {
        "type": "scattergeo",
        "name": name,
        "mode": "lines",
        "fill": "toself",
        "lat": points[:, 0],
        "lon": points[:, 1],
        "hoverinfo": "skip",
        "legendgroup": WIDE if "state" in name else PLACES,
        "showlegend": False,
    }


def rim(lat: float, lon: float, km: float) -> NDArray[np.float64]:
    """Return the points (latitude, longitude) at one distance from a place, clockwise, closed.

    Snyder, J. P., "Map Projections: A Working Manual", USGS Professional Paper 1395 (1987),
    equations 5-5 and 5-6: the point at a distance and an azimuth.
    """
    azimuth = np.radians(np.linspace(0, 360, _POINTS + 1))
    far, phi = min(km / EARTH_RADIUS_KM, 3.0), np.radians(lat)
    sine = np.sin(phi) * np.cos(far) + np.cos(phi) * np.sin(far) * np.cos(azimuth)
    east = np.arctan2(
        np.sin(far) * np.sin(azimuth),
        np.cos(phi) * np.cos(far) - np.sin(phi) * np.sin(far) * np.cos(azimuth),
    )
    points = np.column_stack([np.degrees(np.arcsin(sine.clip(-1, 1))), lon + np.degrees(east)])
    points[-1] = points[0]
    return points.round(4)


def _faint(color: str, alpha: float) -> str:
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{alpha})"
