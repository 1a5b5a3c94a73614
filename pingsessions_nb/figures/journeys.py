"""Places of a history and the moves between them, for maps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from pingsessions_nb.history.session_facts import place_words

if TYPE_CHECKING:
    from pingsessions_nb.history import History

ENDS = ["from_latitude", "from_longitude", "to_latitude", "to_longitude"]
PLACE = ["latitude", "longitude", "place_precision"]


def visited(history: History) -> pd.DataFrame:
    """Return one row a place, the most visited first.

    Returns
    -------
    DataFrame
        ``latitude, longitude`` (degrees), ``place_precision``, ``place_radius_km``, ``place``
        (label), ``visits`` (events), ``sessions`` and ``addresses`` (distinct), ``first`` and
        ``last`` (UTC).
    """
    events = _located(history)
    places = events.groupby(PLACE, sort=False, dropna=False, as_index=False).agg(
        place_radius_km=("place_radius_km", "first"),
        place=("place", "first"),
        visits=("at", "size"),
        sessions=("session_id", "nunique"),
        addresses=("remote_ip", "nunique"),
        first=("at", "min"),
        last=("at", "max"),
    )
    return places.sort_values("visits", ascending=False, kind="stable", ignore_index=True)


def journeys(history: History) -> pd.DataFrame:
    """Return each user's moves from place to place in order of time, alike ones as one.

    Returns
    -------
    DataFrame
        ``from_latitude, from_longitude, to_latitude, to_longitude`` (degrees), ``from_place``,
        ``to_place``, ``moves`` (count), ``last`` (UTC, of the arrivals); the rarest first.
    """
    events = _located(history).dropna(subset=["at"])
    events = events.sort_values(["user_id", "at"], kind="stable")
    before = events.groupby("user_id", sort=False)[[*PLACE[:2], "place"]].shift()
    moved = before["latitude"].notna() & (
        (before["latitude"] != events["latitude"]) | (before["longitude"] != events["longitude"])
    )
    legs = (
        before[moved]
        .add_prefix("from_")
        .join(
            events.loc[moved, [*PLACE[:2], "place", "at"]].rename(
                columns={
                    "latitude": "to_latitude",
                    "longitude": "to_longitude",
                    "place": "to_place",
                }
            )
        )
    )
    return (
        legs.groupby([*ENDS, "from_place", "to_place"], sort=False, as_index=False)
        .agg(moves=("at", "size"), last=("at", "max"))
        .sort_values("moves", kind="stable", ignore_index=True)
    )


def _located(history: History) -> pd.DataFrame:
    events = history.locations.dropna(subset=["latitude", "longitude"])
    return events.assign(place=place_words(events))
