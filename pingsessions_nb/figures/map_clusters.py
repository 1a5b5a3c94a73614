"""Near places joined into one mark, and names that do not cover each other, at one view."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pingsessions_nb.figures.map_view import MapView

NEAR_PIXELS = 22.0
_LETTER = 0.5  # of the letters' size: how wide one is, on average
_CAPITALS = 1.0  # of it, too: by so much capitals and figures make a name wider
_SIDES = ("middle right", "middle left", "top center", "bottom center")

Box = tuple[float, float, float, float]


def clusters(places: pd.DataFrame, view: MapView) -> NDArray[np.int64]:
    """Join cities that are within `NEAR_PIXELS` of a more visited one.

    Parameters
    ----------
    places : DataFrame
        As `visited` returns it; states and countries stand alone.
    view : MapView

    Returns
    -------
    array of int64
        For each place the row of the one that stands for it: its own, or a more visited one's.
    """
    x, y = view.project(places["latitude"], places["longitude"])
    leader = np.arange(len(places))
    free = (places["place_precision"] == "city").to_numpy().copy()
    for row in range(len(places)):
        if not free[row]:
            continue
        near = free & (np.hypot(x - x[row], y - y[row]) < NEAR_PIXELS)
        leader[near] = row
        free &= ~near
    return leader


@dataclass(frozen=True)
class Name:
    """A name to be written.

    Attributes
    ----------
    text : str
    x, y : float
        Pixels of the point that it names.
    gap : float
        Pixels from there to the nearest letter; 0 if it is written over the point.
    size : int
        Of the letters, in pixels.
    """

    text: str
    x: float
    y: float
    gap: float = 0.0
    size: int = 12


class Room:
    """The part of a map on which nothing is written yet."""

    def __init__(self, view: MapView) -> None:
        self.view = view
        self._taken = np.empty((0, 4))

    def block(self, x: float, y: float, radius: float) -> None:
        """Keep names away from a mark."""
        self._add((x - radius, y - radius, x + radius, y + radius))

    def place(self, name: Name) -> str | None:
        """Find a free side of the point; None if there is none.

        Returns
        -------
        str or None
            Plotly's ``textposition``.
        """
        wide = (_LETTER * len(name.text) + _CAPITALS) * name.size
        high = 1.3 * name.size
        for side in _SIDES if name.gap else ("middle center",):
            vertical, horizontal = side.split()
            x = name.x + _SHIFT[horizontal] * (wide / 2 + (name.gap if vertical == "middle" else 0))
            y = name.y + _SHIFT[vertical] * (high / 2 + name.gap)
            box = (x - wide / 2 - 2, y - high / 2, x + wide / 2 + 2, y + high / 2)
            if self._is_free(box):
                self._add(box)
                return side
        return None

    def _is_free(self, box: Box) -> bool:
        left, top, right, bottom = box
        if left < 2 or top < 2 or right > self.view.width - 2 or bottom > self.view.height - 2:
            return False
        taken = self._taken
        apart = (
            (right <= taken[:, 0])
            | (left >= taken[:, 2])
            | (bottom <= taken[:, 1])
            | (top >= taken[:, 3])
        )
        return bool(apart.all())

    def _add(self, box: Box) -> None:
        self._taken = np.vstack([self._taken, box])


_SHIFT = {"left": -1, "right": 1, "center": 0, "middle": 0, "top": -1, "bottom": 1}
