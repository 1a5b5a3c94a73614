"""Outlines of land as the canvas map wants them, cut at the antimeridian.

Coordinates are (longitude, latitude) in degrees, rounded to two decimals, within -180..180: shapes
that cross the antimeridian come cut in two.
"""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pingsessions_nb import places
from pingsessions_nb.widgets.antimeridian import cut

DATA = Path(places.__file__).with_name("data")

Resolution = Literal["110m", "50m"]
Line = list[list[float]]
GeoJSON = dict[str, Any]


def land(resolution: Resolution = "110m") -> GeoJSON:
    """Return the Earth's land without borders.

    Parameters
    ----------
    resolution : {"110m", "50m"}
        Natural Earth's scale: 1:110 million for a map of the world, 1:50 million for a continent.

    Returns
    -------
    dict
        A FeatureCollection of one feature, a MultiPolygon.

    Raises
    ------
    ValueError
        If the resolution is another.
    """
    atlas = _atlas(resolution)
    (shape,) = atlas["objects"]["land"]["geometries"]
    return _collection([_feature(_polygons(atlas, shape), {})])


def countries(resolution: Resolution = "110m") -> GeoJSON:
    """Return the outlines of countries.

    Returns
    -------
    dict
        A FeatureCollection; each feature is a MultiPolygon with the property ``name``, Natural
        Earth's English name.
    """
    atlas = _atlas(resolution)
    return _collection(
        [
            _feature(_polygons(atlas, shape), {"name": shape["properties"]["name"]})
            for shape in atlas["objects"]["countries"]["geometries"]
        ]
    )


def borders(resolution: Resolution = "110m") -> GeoJSON:
    """Return the borders between countries, each once, without coasts.

    Returns
    -------
    dict
        A FeatureCollection of one feature, a MultiLineString.
    """
    atlas = _atlas(resolution)
    # In a topology a border is one arc that two countries use; a coast is used by one.
    uses = Counter(
        arc if arc >= 0 else ~arc
        for shape in atlas["objects"]["countries"]["geometries"]
        for polygon in _rings_of(shape)
        for ring in polygon
        for arc in ring
    )
    lines = [_points(atlas["arcs"][arc]) for arc, count in sorted(uses.items()) if count > 1]
    geometry = {"type": "MultiLineString", "coordinates": lines}
    return _collection([_feature(geometry, {})])


def country_labels(resolution: Resolution = "110m") -> pd.DataFrame:
    """Return where a map can write the countries' names.

    Returns
    -------
    DataFrame
        The largest first: name (str), latitude and longitude (float64, degrees: the centroid of
        the country's largest piece), area (float64, that piece's share of the Earth's surface).
    """
    rows = []
    for feature in countries(resolution)["features"]:
        rings = [polygon[0] for polygon in feature["geometry"]["coordinates"]]
        area, lon, lat = max(_centroid(np.array(ring)) for ring in rings)
        rows.append((feature["properties"]["name"], lat, lon, area))
    labels = pd.DataFrame(rows, columns=["name", "latitude", "longitude", "area"])
    return labels.sort_values("area", ascending=False, ignore_index=True)


def _centroid(ring: NDArray[np.float64]) -> tuple[float, float, float]:
    """Return (area, lon, lat) of a ring, in Lambert's cylindrical equal-area projection."""
    x, y = np.radians(ring[:, 0]), np.sin(np.radians(ring[:, 1]))
    cross = x[:-1] * y[1:] - x[1:] * y[:-1]
    double = cross.sum()
    if double == 0:  # an island that rounding flattened
        return 0.0, *ring[0].tolist()
    middle_x = ((x[:-1] + x[1:]) * cross).sum() / (3 * double)
    middle_y = ((y[:-1] + y[1:]) * cross).sum() / (3 * double)
    lon, lat = np.degrees(middle_x), np.degrees(np.arcsin(middle_y))
    return float(abs(double) / (8 * np.pi)), float(lon.round(2)), float(lat.round(2))


@cache
def _atlas(resolution: str) -> dict[str, Any]:
    """Return the file's topology, its arcs as arrays of degrees of shape (points, 2).

    TopoJSON holds arcs as whole-number steps: https://github.com/topojson/topojson-specification.
    """
    path = DATA / f"outlines-{resolution}.json.gz"
    if not path.exists():
        msg = f"outlines come at 110m or 50m; there is no {resolution!r}"
        raise ValueError(msg)
    atlas: dict[str, Any] = json.loads(gzip.decompress(path.read_bytes()))
    scale, origin = (np.array(atlas["transform"][name]) for name in ("scale", "translate"))
    atlas["arcs"] = [np.cumsum(arc, axis=0) * scale + origin for arc in atlas["arcs"]]
    return atlas


def _rings_of(shape: dict[str, Any]) -> Iterator[list[list[int]]]:
    """Yield a shape's polygons, each a list of rings, each a list of arcs."""
    if shape["type"] == "Polygon":
        yield shape["arcs"]
    elif shape["type"] == "MultiPolygon":
        yield from shape["arcs"]


def _polygons(atlas: dict[str, Any], shape: dict[str, Any]) -> GeoJSON:
    whole = ([_ring(atlas, ring) for ring in polygon] for polygon in _rings_of(shape))
    polygons = [[_points(ring) for ring in piece] for polygon in whole for piece in cut(polygon)]
    # Rounding can leave nothing of the smallest islands and lakes.
    polygons = [[ring for ring in polygon if len(ring) > 3] for polygon in polygons]
    return {"type": "MultiPolygon", "coordinates": [polygon for polygon in polygons if polygon]}


def _ring(atlas: dict[str, Any], ring: list[int]) -> NDArray[np.float64]:
    arcs = [atlas["arcs"][arc] if arc >= 0 else atlas["arcs"][~arc][::-1] for arc in ring]
    # Each arc begins where the one before it ends.
    return np.concatenate([arcs[0], *(arc[1:] for arc in arcs[1:])])


def _points(line: NDArray[np.float64]) -> Line:
    rounded = line.round(2) + 0.0  # no -0.0
    moved = np.any(np.diff(rounded, axis=0) != 0, axis=1)
    points: Line = rounded[np.concatenate([[True], moved])].tolist()
    return points


def _feature(geometry: GeoJSON, properties: dict[str, str]) -> GeoJSON:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def _collection(features: list[GeoJSON]) -> GeoJSON:
    return {"type": "FeatureCollection", "features": features}
