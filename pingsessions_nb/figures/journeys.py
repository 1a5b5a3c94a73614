"""Places of a history, who was seen there, and the moves between them: what maps draw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pingsessions_nb.coded.coding import Rows
from pingsessions_nb.history.session_facts import in_order, place_words, session_rows

if TYPE_CHECKING:
    from pingsessions_nb.history import History

PLACE = ["latitude", "longitude", "place_precision"]


@dataclass(frozen=True)
class Travels:
    """Who was where.

    Attributes
    ----------
    places : DataFrame
        As `visited` returns it.
    legs : DataFrame
        As `journeys` returns it.
    place, session, user : array of int64
        Of each located event, by user and time: its row of ``places``, its row of the history's
        sessions (-1 where that is not there), and a number for its user.
    dated : array of bool
        Whether it has a time.
    unplaced : int
        Events without coordinates.
    """

    places: pd.DataFrame
    legs: pd.DataFrame
    place: Rows
    session: Rows
    user: Rows
    dated: NDArray[np.bool_]
    unplaced: int

    def sessions_at(self, places: Rows) -> Rows:
        """Return the rows of the sessions that were seen at any of some places, in row order."""
        rows: Rows = np.unique(self.session[np.isin(self.place, places)])
        return rows[rows >= 0]

    def places_of(self, sessions: Rows) -> Rows:
        """Return the rows of the places at which any of some sessions was seen."""
        rows: Rows = np.unique(self.place[np.isin(self.session, sessions)])
        return rows

    def moves(self, events: NDArray[np.bool_]) -> Rows:
        """Return where each user went from one of some events to the next: rows of places."""
        rows = np.flatnonzero(events & self.dated)
        before, after = rows[:-1], rows[1:]
        moved = (self.user[before] == self.user[after]) & (self.place[before] != self.place[after])
        return np.column_stack([self.place[before[moved]], self.place[after[moved]]])


def travels(history: History) -> Travels:
    """Find the places of a history and the moves between them."""
    events = _located(history)
    users = pd.factorize(events["user_id"], use_na_sentinel=False)[0].astype(np.int64)
    order = in_order(users, events["at"])
    events, users = events.iloc[order], users[order]
    places, place = _visited(events)
    dated = events["at"].notna().to_numpy()
    return Travels(
        places,
        _legs(events["at"], place, users),
        place,
        session_rows(history, events["session_id"]),
        users,
        dated,
        len(history.locations) - len(events),
    )


def visited(history: History) -> pd.DataFrame:
    """Return one row a place, the most visited first.

    Returns
    -------
    DataFrame
        ``latitude, longitude`` (degrees), ``place_precision``, ``place_radius_km``, ``place``
        (label), ``visits`` (events), ``sessions``, ``users`` and ``addresses`` (distinct),
        ``first`` and ``last`` (UTC).
    """
    return _visited(_located(history))[0]


def _visited(events: pd.DataFrame) -> tuple[pd.DataFrame, Rows]:
    """Return the places of some events, and of each event the row of its place."""
    at = events.groupby(PLACE, sort=False, dropna=False)
    places = pd.DataFrame(
        {
            "place_radius_km": at["place_radius_km"].first(),
            "place": at["place"].first(),
            "visits": at.size(),
            "sessions": at["session_id"].nunique(),
            "users": at["user_id"].nunique(),
            "addresses": at["remote_ip"].nunique(),
            "first": at["at"].min(),
            "last": at["at"].max(),
        }
    ).reset_index()
    order = np.argsort(-places["visits"].to_numpy(), kind="stable")
    row = np.empty(len(order), dtype=np.int64)
    row[order] = np.arange(len(order))
    return places.iloc[order].reset_index(drop=True), row[at.ngroup().to_numpy()]


def journeys(history: History) -> pd.DataFrame:
    """Return each user's moves from place to place in order of time, alike ones as one.

    Returns
    -------
    DataFrame
        ``from`` and ``to`` (rows of `visited`), ``moves`` (count), ``last`` (UTC, of the
        arrivals); the most travelled first.
    """
    return travels(history).legs


def _legs(at: pd.Series[pd.Timestamp], place: Rows, users: Rows) -> pd.DataFrame:
    rows = np.flatnonzero(at.notna())
    before, after = rows[:-1], rows[1:]
    moved = (users[before] == users[after]) & (place[before] != place[after])
    legs = pd.DataFrame(
        {
            "from": place[before[moved]],
            "to": place[after[moved]],
            "at": at.iloc[after[moved]].reset_index(drop=True),
        }
    )
    alike = legs.groupby(["from", "to"], sort=False)["at"]
    joined = pd.DataFrame({"moves": alike.size(), "last": alike.max()}).reset_index()
    return joined.sort_values("moves", ascending=False, kind="stable", ignore_index=True)


def _located(history: History) -> pd.DataFrame:
    events = history.locations.dropna(subset=["latitude", "longitude"])
    return events.assign(place=place_words(events))
