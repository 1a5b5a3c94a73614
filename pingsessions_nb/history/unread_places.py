"""Which places of a history's locations were not read whole, and reading them in other words."""

from __future__ import annotations

import pandas as pd

from pingsessions_nb.frames.columns import PLACE_COLUMNS
from pingsessions_nb.places import Aliases, locate

_WORDS = ["city", "state", "country"]


def unread_places(locations: pd.DataFrame) -> pd.DataFrame:
    """List the words of locations that are not placed by their city, most often said first."""
    vague = locations[locations["place_precision"].ne("city").fillna(True)]
    said = vague.groupby(_WORDS, dropna=False, sort=False)
    counts = said.agg(
        users=("user_id", "nunique"),
        sessions=("session_id", "nunique"),
        locations=("session_id", "size"),
    ).reset_index()
    counts[_WORDS] = counts[_WORDS].astype("str")
    read = locate(counts, explain=True)
    read = read[read["words_unread"].notna()]
    columns = [
        *_WORDS,
        "words_unread",
        "place",
        "place_precision",
        "users",
        "sessions",
        "locations",
    ]
    return read.sort_values("locations", ascending=False, kind="stable", ignore_index=True)[columns]


def located_again(locations: pd.DataFrame, aliases: Aliases) -> pd.DataFrame:
    """Locate locations anew, with words of one's own."""
    places = locate(locations[_WORDS], aliases=aliases)
    return locations.assign(**{name: places[name] for name in PLACE_COLUMNS})
