"""Which part of the world a map shows, and where on it a place lies: plotly's own arithmetic."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pingsessions_nb.coded.coding import Floats

_LATITUDES = np.linspace(0.0, np.pi / 2, 721)
_ROOM = 0.8  # of the map's width and height, for the places; the rest is for marks and names
_ROOM_OF_WAYS = 0.95  # of its height, for the ways between them
_LEAST_KM = 350.0  # from top to bottom: a city alone says nothing of where it is
_EARTH_KM = 6371.0


def _stretch(phi: Floats) -> Floats:
    """Return how long a degree of longitude is at a latitude, in the projection."""
    square = phi**2
    fourth = square**2
    return (
        0.8707
        - 0.131979 * square
        + fourth * (-0.013791 + fourth * (0.003971 * square - 0.001529 * fourth))
    )


def _height(phi: Floats) -> Floats:
    square = phi**2
    fourth = square**2
    return phi * (
        1.007226
        + square * (0.015085 + fourth * (-0.044475 + 0.028874 * square - 0.005916 * fourth))
    )


_HEIGHTS = _height(_LATITUDES)
WORLD_HEIGHT = float(2 * _HEIGHTS[-1])
WORLD_WIDTH = float(2 * np.pi * _stretch(np.array(0.0)))


@dataclass(frozen=True)
class MapView:
    """A view of the Natural Earth projection, turned so that one meridian is upright.

    The formulas are those of Šavrič, B. et al., "Development of a Polynomial Equation for the
    Natural Earth Projection", Cartographica 46(4), 2011, as d3-geo and plotly have them; lengths
    are in radii of the Earth.

    Attributes
    ----------
    rotation : float
        Longitude of the upright meridian, degrees.
    lon, lat : float
        What lies in the middle, degrees.
    scale : float
        How much larger than the frame's fit.
    width, height : int
        Pixels of the map.
    """

    rotation: float = 0.0
    lon: float = 0.0
    lat: float = 20.0
    scale: float = 1.0
    width: int = 1000
    height: int = 480

    @property
    def frame(self) -> tuple[float, float]:
        """Width and height of what is in sight at a scale of 1: the whole world's, or a part's."""
        aspect = self.width / self.height
        if aspect >= WORLD_WIDTH / WORLD_HEIGHT:
            return WORLD_WIDTH, WORLD_WIDTH / aspect
        return WORLD_HEIGHT * aspect, WORLD_HEIGHT

    @property
    def pixels_per_radius(self) -> float:
        """Pixels of one radius of the Earth, in the middle of the map."""
        return self.scale * self.width / self.frame[0]

    def project(self, lat: ArrayLike, lon: ArrayLike) -> tuple[Floats, Floats]:
        """Return x and y, growing right and down, in pixels from the map's upper left corner."""
        x, y = self._plane(lat, lon)
        middle_x, middle_y = self._plane(self.lat, self.lon)
        size = self.pixels_per_radius
        return self.width / 2 + (x - middle_x) * size, self.height / 2 - (y - middle_y) * size

    def place_at(self, x: float, y: float) -> tuple[float, float] | tuple[None, None]:
        """Return latitude and longitude of a pixel; None twice where it is beside the world."""
        middle_x, middle_y = self._plane(self.lat, self.lon)
        size = self.pixels_per_radius
        high = float(middle_y) + (self.height / 2 - y) / size
        if abs(high) > _HEIGHTS[-1]:
            return None, None
        phi = np.copysign(np.interp(abs(high), _HEIGHTS, _LATITUDES), high)
        wide = (float(middle_x) + (x - self.width / 2) / size) / float(_stretch(phi))
        if abs(wide) > np.pi:
            return None, None
        return float(np.degrees(phi)), self.rotation + float(np.degrees(wide))

    def sees(self, lat: ArrayLike, lon: ArrayLike) -> NDArray[np.bool_]:
        """Whether points are on the map."""
        x, y = self.project(lat, lon)
        return (x >= 0) & (x <= self.width) & (y >= 0) & (y <= self.height)

    def resized(self, width: int, height: int) -> Self:
        """Show the same part of the world, as far as it goes, in another size."""
        other = replace(self, width=width, height=height)
        shown = min(self.frame[0] / other.frame[0], self.frame[1] / other.frame[1])
        return replace(other, scale=self.scale / shown) if shown else other

    def fitting(self, lat: ArrayLike, lon: ArrayLike, heights: ArrayLike = ()) -> Self:
        """Turn and scale so that all points are in sight; without any, to the whole world.

        ``heights`` are latitudes that are to be in sight too: how far north and south ways go.
        """
        lats, lons = np.asarray(lat, float).ravel(), np.asarray(lon, float).ravel()
        if not len(lats):
            return replace(self, rotation=0.0, lon=0.0, lat=15.0, scale=1.0)
        middle = _middle(lons)
        turned = replace(self, rotation=middle, lon=middle, lat=0.0)
        x, y = turned._plane(lats, lons)
        far = np.concatenate([y, _height(np.radians(np.asarray(heights, float)))])
        across = 2 * np.abs(x).max()
        wide, high = self.frame
        both = ((y, _ROOM), (far, _ROOM_OF_WAYS))
        down = max((a.max() - b.min()) * 2 / (r + s) for a, r in both for b, s in both)
        least = _LEAST_KM / _EARTH_KM
        scale = min(_ROOM * wide / max(across, 1e-9), high / max(down, 1e-9), high / least)
        half = high / scale / 2
        lowest = max(a.max() - room * half for a, room in both)
        highest = min(a.min() + room * half for a, room in both)
        central = min(max((y.max() + y.min()) / 2, lowest), highest)
        phi = np.copysign(np.interp(abs(central), _HEIGHTS, _LATITUDES), central)
        # The last bits of NumPy's functions differ from one processor to the next.
        return replace(turned, lat=round(float(np.degrees(phi)), 4), scale=float(f"{scale:.5g}"))

    def layout(self) -> dict[str, Any]:
        """Return what plotly's ``geo`` is told of the view."""
        wide, high = self.frame
        half_lon = 180.0 * wide / WORLD_WIDTH
        # Plotly's range is four great circles wide, and each bulges towards the pole.
        bulge = np.cos(np.radians(half_lon) / 4)
        highest = np.interp(high / 2, _HEIGHTS, _LATITUDES)
        half_lat = float(np.degrees(np.arctan(np.tan(highest) * bulge)))
        return {
            "fitbounds": False,
            "projection": {
                "type": "natural earth",
                "rotation": {"lon": self.rotation, "lat": 0.0, "roll": 0.0},
                "scale": self.scale,
            },
            "center": {"lon": self.lon, "lat": self.lat},
            "lonaxis": {"range": _range(self.rotation, half_lon)},
            "lataxis": {"range": _range(0.0, half_lat)},
        }

    def _plane(self, lat: ArrayLike, lon: ArrayLike) -> tuple[Floats, Floats]:
        phi = np.radians(np.asarray(lat, float))
        away = (np.asarray(lon, float) - self.rotation + 180.0) % 360.0 - 180.0
        return np.radians(away) * _stretch(phi), _height(phi)


def _range(middle: float, half: float) -> list[float]:
    return [round(middle - half, 4), round(middle + half, 4)]


def _middle(lon: Floats) -> float:
    """Return the middle of the shortest stretch of a circle that holds every longitude."""
    sorted_lon = np.unique(lon % 360.0)
    gaps = np.append(np.diff(sorted_lon), sorted_lon[0] + 360.0 - sorted_lon[-1])
    west = sorted_lon[(int(gaps.argmax()) + 1) % len(sorted_lon)]
    middle = west + (360.0 - gaps.max()) / 2
    return round(float((middle + 180.0) % 360.0 - 180.0), 4)
