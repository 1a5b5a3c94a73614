"""Places as discs: how far apart two are at the least, and what they are called."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pingsessions_nb.coded.coded_history import Events
from pingsessions_nb.coded.coding import Flags, Floats, Rows, encode
from pingsessions_nb.places import distance_km

_COMMA = pa.scalar(", ", pa.large_string())


def spots(events: Events) -> NDArray[np.complex128]:
    """Return each event's coordinates as one number, which tells places apart."""
    return np.asarray(events.numbers("latitude") + 1j * events.numbers("longitude"))


def discs(events: Events) -> tuple[Floats, Floats, Floats]:
    """Return each event's place: latitude and longitude in degrees, and the radius in km."""
    radius = np.nan_to_num(events.numbers("place_radius_km"))
    return events.numbers("latitude"), events.numbers("longitude"), radius


def least_distance_km(places: tuple[Floats, Floats, Floats], one: Rows, other: Rows) -> Floats:
    """Return the least distance that two `discs` on the Earth allow, ``max(0, d - r1 - r2)``."""
    latitude, longitude, radius_km = places
    apart = distance_km(latitude[one], longitude[one], latitude[other], longitude[other])
    return np.maximum(0.0, apart - radius_km[one] - radius_km[other])


class Areas:
    """States and countries that events, each with a place, are known to lie in.

    The disc of a state or country holds nearly all of its people, not all. So a place known only
    to its country is no distance at all from any city there.
    """

    def __init__(self, events: Events) -> None:
        self.country, self.state = (encode(events.texts(name))[0] for name in ("country", "state"))
        precision = events.texts("place_precision")
        self._country_only = _equals(precision, "country")
        self._state_only = _equals(precision, "state")

    def overlap(self, one: Rows, other: Rows) -> Flags:
        """Tell of pairs of events whether one's place is an area that holds the other's."""
        country = (self.country[one] == self.country[other]) & (self.country[one] >= 0)
        state = country & (self.state[one] == self.state[other]) & (self.state[one] >= 0)
        vague = self._country_only[one] | self._country_only[other]
        held: Flags = (country & vague) | (
            state & (self._state_only[one] | self._state_only[other])
        )
        return held


def _equals(texts: pa.Array, word: str) -> Flags:
    flags: Flags = pc.fill_null(pc.equal(texts, word), False).to_numpy(zero_copy_only=False)
    return flags


def exact(events: Events) -> Flags:
    """Tell which events' places are known to the city."""
    return _equals(events.texts("place_precision"), "city")


def place_labels(events: Events) -> list[str]:
    """Return each event's label; where it has none, PingOne's words or else the coordinates."""
    labels: list[str] = events.texts("place").to_pylist()
    if None not in labels:
        return labels
    words = [events.texts(name) for name in ("city", "state", "country")]
    said = pc.binary_join_element_wise(*words, _COMMA, null_handling="skip").to_pylist()
    centres = zip(events.numbers("latitude"), events.numbers("longitude"), strict=True)
    return [
        label or text or f"{latitude:.2f}, {longitude:.2f}"
        for label, text, (latitude, longitude) in zip(labels, said, centres, strict=True)
    ]
