"""Sessions from afar: cells of lanes and time, the stronger the more sessions each holds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pingsessions_nb.coded.coding import Rows
from pingsessions_nb.figures.clock import positions
from pingsessions_nb.figures.palette import COLORS, Palette
from pingsessions_nb.figures.picture import Properties
from pingsessions_nb.figures.timeline_scene import Scene, View

COLUMNS = 300
MOST_ROWS = 140
_FAINTEST = 0.5  # of one session: well to be seen


def density_trace(
    scene: Scene,
    rows: Rows,
    view: View,
    *,
    color_by: str,
    colors: Palette,
    faded: bool,
) -> Properties:
    """Draw how many sessions there are, each cell in the colour of most of them.

    A session touches every cell of its time, one of no length the cell that it lies in: none is
    invisible, however short.
    """
    first = max(0, int(np.ceil(view.top - 0.5)))
    last = min(scene.lanes.count - 1, int(np.floor(view.bottom + 0.5)))
    lanes_a_row = max(1, -(-(last - first + 1) // MOST_ROWS))
    down = max(1, -(-(last - first + 1) // lanes_a_row))
    step = (view.end - view.start) / COLUMNS
    lane = np.clip((scene.lanes.lane[rows] - first) // lanes_a_row, 0, down - 1)
    left, right = (
        np.clip(((at[rows] - view.start) / step).astype(np.int64), 0, COLUMNS - 1)
        for at in (scene.start, scene.end)
    )
    counts = _counts(scene.slots(color_by)[0][rows], lane, left, right, down)
    total = counts.sum(axis=0)
    return {
        "type": "heatmap",
        "meta": {"part": "density"},
        "z": _shades(counts, total),
        "customdata": total.astype(np.int32),
        "x0": positions([int(view.start + step / 2)])[0],
        "dx": step / 1000,
        "y0": first + (lanes_a_row - 1) / 2,
        "dy": lanes_a_row,
        "zmin": 0,
        "zmax": COLORS,
        "colorscale": _color_scale(colors),
        "showscale": False,
        "opacity": 0.35 if faded else 1,
        "xgap": 0,
        "ygap": 2 if down <= MOST_ROWS // 4 else 0,
        "hoverongaps": False,
        "hovertemplate": "<b>%{customdata:,} at once</b><br>Click to zoom in here.<extra></extra>",
    }


def _counts(
    slot: NDArray[np.int8],
    lane: NDArray[np.int64],
    left: NDArray[np.int64],
    right: NDArray[np.int64],
    down: int,
) -> NDArray[np.int64]:
    """Count the sessions of each colour in each cell: colours by lanes by columns."""
    shape = (COLORS, down, COLUMNS + 1)
    row = (slot.astype(np.int64) * down + lane) * (COLUMNS + 1)
    size = int(np.prod(shape))
    change = np.bincount(row + left, minlength=size) - np.bincount(row + right + 1, minlength=size)
    counted: NDArray[np.int64] = change.reshape(shape).cumsum(axis=2)[:, :, :COLUMNS]
    return counted


def _shades(counts: NDArray[np.int64], total: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return, for each cell, its colour's number and, behind the point, how strong it is."""
    most = max(1, int(total.max(initial=0)))
    strength = np.sqrt(total / most) * 0.96 + 0.02
    shade: NDArray[np.float32] = (counts.argmax(axis=0) + strength).astype(np.float32)
    shade[total == 0] = np.nan
    return shade


def _color_scale(colors: Palette) -> list[list[object]]:
    """Put the colours' scales end to end, each from faint to full."""
    scale: list[list[object]] = []
    for number, color in enumerate(colors.categories):
        red, green, blue = (int(color[at : at + 2], 16) for at in (1, 3, 5))
        for place, strength in ((number, _FAINTEST), (number + 1, 1.0)):
            scale.append([place / COLORS, f"rgba({red},{green},{blue},{strength})"])
    return scale
