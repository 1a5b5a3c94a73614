"""Natural Earth's outlines in the compact form that ``static/map_land.js`` reads."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from itertools import accumulate
from typing import Any

import numpy as np

from pingsessions_nb.widgets import map_outlines
from pingsessions_nb.widgets.encoding import Columns, numbers, texts


@cache
def land_columns() -> Columns:
    """Return land and borders, coarse for the world and fine for a region, and country names.

    Returns
    -------
    dict
        ``coarse`` (1:110 million) and ``fine`` (1:50 million), each with ``land`` (rings) and
        ``borders`` (lines): ``points``, int16 pairs of hundredths of a degree east and north, and
        ``ends``, the uint32 count of points up to each line's end. ``names``, ``east``, ``north``
        (float64 degrees) and ``area`` (share of the Earth) of countries, the largest first.
    """
    labels = map_outlines.country_labels("50m")
    return {
        "coarse": _scale("110m"),
        "fine": _scale("50m"),
        "names": texts(labels["name"]),
        "east": numbers(labels["longitude"], np.float64),
        "north": numbers(labels["latitude"], np.float64),
        "area": numbers(labels["area"], np.float64),
    }


def _scale(resolution: Any) -> Columns:  # noqa: ANN401 - a literal of places
    rings = (
        ring
        for feature in map_outlines.land(resolution)["features"]
        for polygon in feature["geometry"]["coordinates"]
        for ring in polygon
    )
    lines = (
        line
        for feature in map_outlines.borders(resolution)["features"]
        for line in feature["geometry"]["coordinates"]
    )
    return {"land": _lines(rings), "borders": _lines(lines)}


def _lines(lines: Iterable[list[list[float]]]) -> Columns:
    kept = list(lines)
    points = np.rint(np.array([point for line in kept for point in line]) * 100)
    return {
        "points": numbers(points, np.int16),
        "ends": numbers(list(accumulate(len(line) for line in kept)), np.uint32),
    }
