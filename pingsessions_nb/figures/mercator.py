"""Which part of the Mercator map holds some points."""

from __future__ import annotations

import numpy as np
import pandas as pd

TILE = 512  # pixels of the whole world at zoom 0, in MapLibre
_REGION = 0.0125  # about 500 km at the equator: a single city is shown with its region
_POLE = 85.05


def fitting_view(
    latitude: pd.Series[float], longitude: pd.Series[float], width: int, height: int
) -> tuple[dict[str, float], float]:
    """Return the centre (``lat``, ``lon``) and the zoom at which a map shows all points.

    Parameters
    ----------
    latitude, longitude : Series of float64
        Degrees; at least one point.
    width, height : int
        Pixels.

    Returns
    -------
    center : dict
    zoom : float
        MapLibre's: the world is ``512 * 2**zoom`` pixels wide. The projection is Snyder, "Map
        Projections: A Working Manual" (USGS 1395, 1987), equation 7-2.
    """
    x = np.unique(longitude.to_numpy() / 360 + 0.5)
    # The widest gap between points, the date line included, is what need not be shown.
    gaps = np.append(np.diff(x), x[0] + 1 - x[-1])
    widest = int(gaps.argmax())
    west = x[(widest + 1) % len(x)]
    across = 1 - gaps[widest]
    sine = np.sin(np.radians(latitude.to_numpy().clip(-_POLE, _POLE)))
    y = 0.5 - np.arctanh(sine) / (2 * np.pi)
    down = y.max() - y.min()
    side = min(0.8 * width / max(across, _REGION), 0.7 * height / max(down, _REGION))
    middle_y, middle_x = (y.max() + y.min()) / 2, (west + across / 2) % 1
    # The last bits of NumPy's functions differ from one processor, even from one run, to the next.
    middle = {
        "lat": round(float(np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * middle_y))))), 6),
        "lon": round(float((middle_x - 0.5) * 360), 6),
    }
    return middle, round(float(max(0.3, np.log2(side / TILE))), 6)
