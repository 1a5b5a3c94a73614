"""Places in a tenant's own words: what its analysts say that a city, state and country mean."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple, SupportsFloat

import pandas as pd

from pingsessions_nb.arguments import given_frame
from pingsessions_nb.errors import ConfigurationError
from pingsessions_nb.places.spelling import key

WORDS = ("city", "state", "country")
MEANT = ("is_city", "is_state", "is_country")
AT = ("latitude", "longitude")
RADIUS_KM = 25.0
"""The radius of a place whose alias says none."""

Words = tuple[str | None, str | None, str | None]
Place = tuple[float, float] | tuple[float, float, float] | Words
Aliases = Mapping[Words, Place] | pd.DataFrame | str | PathLike[str]
"""Words -> what they mean; a frame or a CSV file of them."""


class Spot(NamedTuple):
    """A place that an alias gives by its coordinates."""

    latitude: float
    longitude: float
    radius_km: float


Keys = tuple[str, ...]


def read_aliases(aliases: Aliases) -> dict[Keys, Spot | Sequence[str]]:
    """Return what each alias means: a spot, or other words; by the keys of its words.

    Raises
    ------
    ConfigurationError
        Where the file cannot be read, or an alias says no place.
    """
    if isinstance(aliases, Mapping):
        return {_keys(words): _place(words, place) for words, place in aliases.items()}
    if isinstance(aliases, str | PathLike):
        rows: Sequence[Mapping[Any, Any]] = _file(Path(aliases).expanduser())
    else:
        given_frame("aliases", aliases, WORDS)
        rows = aliases.astype(object).where(aliases.notna(), None).to_dict("records")
    read = {}
    for row in rows:
        words = tuple(row.get(name) or None for name in WORDS)
        at = [row.get(name) for name in AT]
        meant = tuple(row.get(name) or None for name in MEANT)
        if all(value not in (None, "") for value in at):
            radius = row.get("place_radius_km")
            read[_keys(words)] = _place(words, (*at, RADIUS_KM if radius in (None, "") else radius))
        elif any(meant):
            read[_keys(words)] = _place(words, meant)
    return read


def _file(path: Path) -> list[dict[str, Any]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            rows = list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        msg = f"The file of places {str(path)!r} cannot be read: {error}."
        raise ConfigurationError(msg) from error
    missing = [name for name in WORDS if name not in (reader.fieldnames or ())]
    if missing:
        msg = (
            f"The file of places {str(path)!r} lacks the columns {', '.join(missing)}; it needs "
            "city, state, country, and latitude, longitude or is_city, is_state, is_country."
        )
        raise ConfigurationError(msg)
    return rows


def _place(words: Iterable[object], place: object) -> Spot | Sequence[str]:
    said = ", ".join(str(word) for word in words if word) or "without words"
    if isinstance(place, Sequence) and not isinstance(place, str):
        text = all(word is None or isinstance(word, str) for word in place)
        if len(place) == 3 and text and any(place) and not any(map(_is_number, place)):
            return [word or "" for word in place]
        if len(place) in (2, 3) and all(_is_number(value) for value in place):
            spot = Spot(*(float(value) for value in (*place, RADIUS_KM)[:3]))
            if abs(spot.latitude) <= 90 and abs(spot.longitude) <= 180 and spot.radius_km > 0:
                return spot
    msg = (
        f"The place of {said!r} is {place!r}; give latitude and longitude in degrees, with a "
        "radius in km if you like, or the city, state and country that are meant."
    )
    raise ConfigurationError(msg)


def _is_number(value: SupportsFloat | str) -> bool:
    try:
        return math.isfinite(float(value))
    except (TypeError, ValueError):
        return False


def _keys(words: object) -> Keys:
    if not isinstance(words, tuple | list) or len(words) != len(WORDS):
        msg = f"An alias is for a city, a state and a country, None where unsaid, not {words!r}."
        raise ConfigurationError(msg)
    return alias_keys(*(str(word or "") for word in words))


def alias_keys(city: str, state: str, country: str) -> Keys:
    """Return what finds an alias: case, accents and punctuation make no difference."""
    return key(city), key(state), key(country)
