"""Cut rings that cross the antimeridian, so that a flat map can fill them.

Natural Earth, as world-atlas stitches it, lets Russia, Fiji and Antarctica run over 180° as they do
on a globe; on a flat map their outline would jump from one edge to the other.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Ring = NDArray[np.float64]
"""Closed: (points, 2) of longitude and latitude in degrees, the first point again at the end."""


def cut(polygon: list[Ring]) -> list[list[Ring]]:
    """Return the polygons, all within -180..180, that a polygon makes on a flat map.

    Parameters
    ----------
    polygon : list of Ring
        The outer ring, then its holes.
    """
    # At 1:50 million Antarctica has a further ring that runs around the very pole: no area, no use.
    rings = [_unrolled(ring) for ring in polygon if np.abs(ring[:, 1]).min() < 89.9]
    outer = rings[0][:, 0]
    if outer.min() >= -180 and outer.max() <= 180:
        return [rings]
    pieces = []
    for turn in (-360.0, 0.0, 360.0):
        turned = [np.column_stack([ring[:, 0] + turn, ring[:, 1]]) for ring in rings]
        clipped = [_clip(_clip(ring, 180.0, -1), -180.0, 1) for ring in turned]
        if len(clipped[0]):
            pieces.append([ring for ring in clipped if len(ring)])
    return pieces


def _unrolled(ring: Ring) -> Ring:
    """Let longitudes run on over 180° without a jump; go by the pole if the ring is around it."""
    lon = np.unwrap(ring[:, 0], period=360.0)
    ring = np.column_stack([lon, ring[:, 1]])
    if abs(lon[-1] - lon[0]) < 180:
        return ring
    pole = np.copysign(90.0, ring[:, 1].mean())
    return np.concatenate([ring, [[lon[-1], pole], [lon[0], pole]], ring[:1]])


def _clip(ring: Ring, edge: float, side: int) -> Ring:
    """Keep what lies on one `side` (1 east, -1 west) of a meridian.

    Sutherland, I. E. and Hodgman, G. W., "Reentrant Polygon Clipping", Communications of the ACM
    17(1), 1974, pages 32-42, for a single edge.
    """
    inside = (ring[:, 0] - edge) * side >= 0
    if inside.all():
        return ring
    if not inside.any():
        return np.empty((0, 2))
    kept: list[Ring] = []
    for (lon1, lat1), (lon2, lat2) in pairwise(ring):
        inside1, inside2 = (lon1 - edge) * side >= 0, (lon2 - edge) * side >= 0
        if inside1 != inside2:
            share = (edge - lon1) / (lon2 - lon1)
            kept.append(np.array([edge, lat1 + share * (lat2 - lat1)]))
        if inside2:
            kept.append(np.array([lon2, lat2]))
    return np.array([*kept, kept[0]])
