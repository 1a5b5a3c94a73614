"""Distances, bearings and great circles on a sphere of the Earth's mean radius.

Every function takes scalars or arrays of degrees and broadcasts them as numpy does.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

EARTH_RADIUS_KM = 6371.0088
"""Mean radius R1 = (2a + b) / 3 of the WGS-84 ellipsoid, in km.

Moritz, H. (2000), "Geodetic Reference System 1980", Journal of Geodesy 74, 128-133: R1 of GRS 80 is
6371.0088 km; WGS-84 has the same semi-axis a and a b that differs by 0.1 mm.
"""

Degrees = ArrayLike
Floats = NDArray[np.float64]


def distance_km(lat1: Degrees, lon1: Degrees, lat2: Degrees, lon2: Degrees) -> Floats:
    """Great-circle distance between points, in km.

    The haversine formula (Sinnott, R. W., "Virtues of the Haversine", Sky and Telescope 68(2),
    1984, p. 159), which keeps its precision where two points are close, on the WGS-84 mean sphere
    (`EARTH_RADIUS_KM`). The sphere differs from the ellipsoid by at most 0.6%.

    Parameters
    ----------
    lat1, lon1, lat2, lon2 : array_like of float
        Degrees, north and east positive. NaN in gives NaN out.

    Returns
    -------
    float64 scalar or ndarray
        Kilometres, of the inputs' broadcast shape.

    Examples
    --------
    >>> float(distance_km(36.12, -86.67, 33.94, -118.40).round(1))  # Nashville to Los Angeles
    2886.4
    """
    phi1, lam1, phi2, lam2 = _radians(lat1, lon1, lat2, lon2)
    haversine = (
        np.sin((phi2 - phi1) / 2) ** 2
        + np.cos(phi1) * np.cos(phi2) * np.sin((lam2 - lam1) / 2) ** 2
    )
    # Rounding may push the haversine of antipodes a hair above one.
    km: Floats = 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.minimum(haversine, 1.0)))
    return km


def bearing(lat1: Degrees, lon1: Degrees, lat2: Degrees, lon2: Degrees) -> Floats:
    """Direction in which the great circle leaves the first point for the second.

    Returns
    -------
    float64 scalar or ndarray
        Degrees clockwise from north, 0 <= bearing < 360. Formula: Snyder, J. P., "Map Projections:
        A Working Manual", USGS Professional Paper 1395 (1987), equation 5-4b.

    Examples
    --------
    >>> float(bearing(0.0, 0.0, 0.0, 10.0))
    90.0
    """
    phi1, lam1, phi2, lam2 = _radians(lat1, lon1, lat2, lon2)
    east = np.cos(phi2) * np.sin(lam2 - lam1)
    north = np.cos(phi1) * np.sin(phi2) - np.sin(phi1) * np.cos(phi2) * np.cos(lam2 - lam1)
    degrees: Floats = np.degrees(np.arctan2(east, north)) % 360.0
    return degrees


def great_circle(
    lat1: float, lon1: float, lat2: float, lon2: float, n: int = 50
) -> tuple[Floats, Floats]:
    """Points along the shortest way from one point to another, ends included.

    Longitudes run on without a jump: a way over the antimeridian leaves -180..180 rather than
    crossing the map. Between antipodes every great circle is as short; one of them is taken.

    Parameters
    ----------
    lat1, lon1, lat2, lon2 : float
        Degrees.
    n : int
        How many points, at least 2, evenly spaced.

    Returns
    -------
    (latitudes, longitudes) : float64 ndarrays of length `n`
        Degrees. Spherical linear interpolation of unit vectors: Shoemake, K., "Animating Rotation
        with Quaternion Curves", SIGGRAPH 1985, section 3.3.

    Raises
    ------
    ValueError
        If `n` is less than 2.
    """
    if n < 2:
        msg = f"a great circle needs at least its 2 ends: n is {n}"
        raise ValueError(msg)
    start, end = unit_vectors(lat1, lon1), unit_vectors(lat2, lon2)
    along = np.linspace(0.0, 1.0, n)[:, None]
    angle = float(np.arctan2(np.linalg.norm(np.cross(start, end)), start @ end))
    if np.sin(angle) < 1e-9 and angle > 1:  # antipodes: go by way of a point square to both
        square = np.cross(start, [0.0, 0.0, 1.0] if abs(start[2]) < 0.9 else [1.0, 0.0, 0.0])
        square /= np.linalg.norm(square)
        points = np.cos(np.pi * along) * start + np.sin(np.pi * along) * square
    elif angle < 1e-9:
        points = start + along * (end - start)
    else:
        points = np.sin((1 - along) * angle) * start + np.sin(along * angle) * end
    latitudes = np.degrees(np.arctan2(points[:, 2], np.hypot(points[:, 0], points[:, 1])))
    longitudes = np.degrees(np.unwrap(np.arctan2(points[:, 1], points[:, 0])))
    longitudes += lon1 - longitudes[0]
    return latitudes, longitudes


def unit_vectors(lat: Degrees, lon: Degrees) -> Floats:
    """Points as unit vectors from the Earth's centre, along a new last axis of length 3."""
    phi, lam = np.radians(np.asarray(lat, float)), np.radians(np.asarray(lon, float))
    return np.stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)], axis=-1)


def _radians(*degrees: Degrees) -> tuple[Floats, ...]:
    return tuple(np.radians(np.asarray(value, dtype=np.float64)) for value in degrees)
