"""A history as the columns that ``static/map_model.js`` draws."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from pingsessions_nb.history.session_facts import in_order, session_rows, user_names
from pingsessions_nb.widgets.encoding import (
    Columns,
    coded,
    codes_column,
    milliseconds,
    numbers,
    texts,
)

if TYPE_CHECKING:
    from pingsessions_nb.history import History

_PLACE = ["latitude", "longitude", "place_precision"]
_SHOWN_KINDS = ("geovelocity_anomaly", "user_location_anomaly")


def map_columns(history: History) -> Columns:
    """Return places, and the location events seen there by user and then time.

    Returns
    -------
    dict
        ``ids`` of sessions in the frame's row order; ``unplaced``: events without coordinates;
        ``places``: ``latitude``, ``longitude``, ``radius`` (float64, degrees and km),
        ``precision`` (coded), ``label``; ``events``: ``place`` and ``session`` (uint32 rows),
        ``user`` (coded), ``at`` (float64 ms), ``ip`` (coded).
    """
    kept, rows, place_rows, places = _placed(history)
    locations = history.locations
    users = locations["user_id"].iloc[kept]
    user_codes, user_ids = pd.factorize(users, use_na_sentinel=False)
    # Events without a time are last: they count as visits, and no journey passes them.
    order = in_order(user_codes, locations["at"].iloc[kept])
    events = kept[order]
    return {
        "count": len(history.sessions),
        "unplaced": int(locations["latitude"].isna().sum()),
        "ids": texts(history.sessions["session_id"]),
        "places": {
            "latitude": numbers(places["latitude"], np.float64),
            "longitude": numbers(places["longitude"], np.float64),
            "radius": numbers(places["place_radius_km"].fillna(0), np.float64),
            "precision": coded(places["place_precision"]),
            "label": texts(places["place"]),
        },
        "events": {
            "place": numbers(place_rows[order], np.uint32),
            "session": numbers(rows[order], np.uint32),
            "user": {
                **codes_column(user_codes[order]),
                "texts": texts(user_names(history, pd.Series(user_ids))),
            },
            "at": milliseconds(locations["at"].iloc[events]),
            "ip": coded(locations["remote_ip"], events),
        },
    }


def journey_signals(history: History, signals: pd.DataFrame | None) -> Columns:
    """Return the findings about places: ``session``, ``from`` and ``to`` (int32 rows of places).

    A row is -1 where the place is not on the map; ``impossible`` is 1 for a journey that nobody
    can make, 0 for an unusual place; ``summary`` is the finding's sentence.
    """
    if signals is None or "to_place" not in signals:
        return {"count": 0}
    sessions = session_rows(history, signals["session_id"])
    shown = (sessions >= 0) & signals["kind"].isin(_SHOWN_KINDS).to_numpy()
    found = signals[shown]
    labels = pd.Index(_placed(history)[3]["place"])
    unique = ~labels.duplicated()
    row_of = pd.Series(np.flatnonzero(unique), index=labels[unique])
    row_of = row_of[row_of.index.notna()]
    return {
        "count": len(found),
        "session": numbers(sessions[shown], np.uint32),
        "from": numbers(found["from_place"].map(row_of).fillna(-1), np.int32),
        "to": numbers(found["to_place"].map(row_of).fillna(-1), np.int32),
        "impossible": numbers(found["kind"] == "geovelocity_anomaly", np.uint8),
        "summary": texts(found["summary"]),
    }


def _placed(history: History) -> tuple[np.ndarray, np.ndarray, np.ndarray, pd.DataFrame]:
    """Return located events of known sessions, their session and place rows, and the places."""
    locations = history.locations
    rows = session_rows(history, locations["session_id"])
    kept = np.flatnonzero((rows >= 0) & locations["latitude"].notna().to_numpy())
    where = locations[_PLACE].iloc[kept]
    place_rows = where.groupby(_PLACE, sort=False, dropna=False).ngroup().to_numpy()
    _, first = np.unique(place_rows, return_index=True)
    return kept, rows[kept], place_rows, locations.iloc[kept[first]]
