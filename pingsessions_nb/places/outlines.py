"""Outlines of land for maps: Natural Earth's, from the package's own files.

Lines are on the sphere: one that crosses the antimeridian goes on there, and a ring has what it
encloses on its right, as maps of d3-geo and so plotly's want it (`Bostock, M., "d3-geo"
<https://d3js.org/d3-geo>`_: polygons are wound clockwise).
"""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

DATA = Path(__file__).with_name("data")

Resolution = Literal["110m", "50m"]
Lines: TypeAlias = NDArray[np.float32]
"""Rows of longitude and latitude in degrees, to two decimals, a row of NaN after each line."""


@cache
def land(resolution: Resolution = "110m") -> Lines:
    """Return the Earth's land, with the lakes that are in it, as closed rings.

    Parameters
    ----------
    resolution : {"110m", "50m"}
        Natural Earth's scale: 1:110 million for a map of the world, 1:50 million for a continent.

    Returns
    -------
    float32 array of shape (points, 2)
        See `Lines`; it cannot be written to.

    Raises
    ------
    ValueError
        If the resolution is another.
    """
    atlas = _atlas(resolution)
    (shape,) = atlas["objects"]["land"]["geometries"]
    return _joined(polygon[0] for polygon in _polygons(atlas, shape))


@cache
def lakes(resolution: Resolution = "110m") -> Lines:
    """Return the water that land encloses, the Caspian Sea, as closed rings: see `land`."""
    atlas = _atlas(resolution)
    (shape,) = atlas["objects"]["land"]["geometries"]
    return _joined(hole[::-1] for polygon in _polygons(atlas, shape) for hole in polygon[1:])


@cache
def borders(resolution: Resolution = "110m") -> Lines:
    """Return the borders between countries, each once, without coasts, as lines: see `land`."""
    atlas = _atlas(resolution)
    # In a topology a border is one arc that two countries use; a coast is used by one.
    uses = Counter(
        arc if arc >= 0 else ~arc
        for shape in atlas["objects"]["countries"]["geometries"]
        for polygon in _rings_of(shape)
        for ring in polygon
        for arc in ring
    )
    return _joined(atlas["arcs"][arc] for arc, count in sorted(uses.items()) if count > 1)


@cache
def country_labels(resolution: Resolution = "110m") -> pd.DataFrame:
    """Return where a map can write the countries' names.

    Returns
    -------
    DataFrame
        The largest first: name (str, Natural Earth's in English), latitude and longitude (float64,
        degrees: the centroid of the country's largest piece), area (float64, that piece's share
        of the Earth's surface).
    """
    atlas = _atlas(resolution)
    rows = []
    for shape in atlas["objects"]["countries"]["geometries"]:
        area, lon, lat = max(_centroid(polygon[0]) for polygon in _polygons(atlas, shape))
        rows.append((shape["properties"]["name"], lat, lon, area))
    labels = pd.DataFrame(rows, columns=["name", "latitude", "longitude", "area"])
    return labels.sort_values("area", ascending=False, ignore_index=True)


def _centroid(ring: NDArray[np.float64]) -> tuple[float, float, float]:
    """Return (area, lon, lat) of a ring, in Lambert's cylindrical equal-area projection."""
    x, y = np.unwrap(np.radians(ring[:, 0])), np.sin(np.radians(ring[:, 1]))
    if abs(x[-1] - x[0]) > np.pi:  # around a pole: go by way of it
        pole = np.copysign(1.0, y.mean())
        x, y = np.append(x, [x[-1], x[0], x[0]]), np.append(y, [pole, pole, y[0]])
    cross = x[:-1] * y[1:] - x[1:] * y[:-1]
    double = cross.sum()
    if double == 0:  # an island that rounding flattened
        return 0.0, *ring[0].tolist()
    middle_x = ((x[:-1] + x[1:]) * cross).sum() / (3 * double)
    middle_y = ((y[:-1] + y[1:]) * cross).sum() / (3 * double)
    lon, lat = np.degrees(middle_x), np.degrees(np.arcsin(middle_y))
    lon = (lon + 180) % 360 - 180
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


def _polygons(atlas: dict[str, Any], shape: dict[str, Any]) -> list[list[NDArray[np.float64]]]:
    """Return a shape's polygons: the outer ring, then its holes."""
    whole = ([_ring(atlas, ring) for ring in polygon] for polygon in _rings_of(shape))
    # At 1:50 million Antarctica has a further ring that runs around the very pole: no area, no use.
    # Rounding can leave nothing of the smallest islands and lakes.
    polygons = [
        [ring for ring in rings if len(ring) > 3 and np.abs(ring[:, 1]).min() < 89.9]
        for rings in whole
    ]
    return [rings for rings in polygons if rings]


def _ring(atlas: dict[str, Any], ring: list[int]) -> NDArray[np.float64]:
    arcs = [atlas["arcs"][arc] if arc >= 0 else atlas["arcs"][~arc][::-1] for arc in ring]
    # Each arc begins where the one before it ends.
    points = np.concatenate([arcs[0], *(arc[1:] for arc in arcs[1:])]).round(2) + 0.0  # no -0.0
    moved = np.any(np.diff(points, axis=0) != 0, axis=1)
    kept: NDArray[np.float64] = points[np.concatenate([[True], moved])]
    return kept


def _joined(lines: Iterable[NDArray[np.float64]]) -> Lines:
    gap = np.full((1, 2), np.nan)
    joined = np.concatenate([part for line in lines for part in (line, gap)]).round(2)
    result = joined.astype(np.float32)
    result.flags.writeable = False
    return result
