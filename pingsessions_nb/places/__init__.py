"""Words to coordinates, offline; distances and great circles; outlines of land for maps."""

from __future__ import annotations

from pingsessions_nb.places.aliases import Aliases
from pingsessions_nb.places.locating import locate
from pingsessions_nb.places.outlines import borders, country_labels, lakes, land
from pingsessions_nb.places.sphere import EARTH_RADIUS_KM, bearing, distance_km, great_circle

__all__ = [
    "EARTH_RADIUS_KM",
    "Aliases",
    "bearing",
    "borders",
    "country_labels",
    "distance_km",
    "great_circle",
    "lakes",
    "land",
    "locate",
]
