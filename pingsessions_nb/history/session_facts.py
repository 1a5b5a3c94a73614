"""What a history says of its sessions, in the words that figures and widgets show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pingsessions_nb.errors import ConfigurationError

if TYPE_CHECKING:
    from pingsessions_nb.history import History

COLOR_COLUMNS = {
    "browser": "browser_name",
    "os": "os_name",
    "device": "device_type",
    "country": None,
    "user": None,
}
"""What sessions can be coloured by, and the sessions column that holds it, if one does."""

Events: TypeAlias = tuple[NDArray[np.int64], NDArray[np.int64]]

_SHORT_ID = 8  # the first group of a UUID, as History.label has it


def color_values(history: History, color_by: str) -> pd.Series[str]:
    """Return the text that gives each session its colour, in the sessions' row order.

    By one of `COLOR_COLUMNS`; anything else is a `ConfigurationError`.
    """
    if color_by not in COLOR_COLUMNS:
        msg = f"color_by is one of {', '.join(COLOR_COLUMNS)}, not {color_by!r}."
        raise ConfigurationError(msg)
    if color_by == "country":
        return session_countries(history)
    if color_by == "user":
        ids = history.sessions["user_id"]
        return user_names(history, ids).where(ids.notna())
    return history.sessions[COLOR_COLUMNS[color_by]]


def usernames(history: History, user_ids: pd.Series[str]) -> pd.Series[str]:
    """Return each id's username, NA where none is known."""
    ids, names = history.users["user_id"], history.users["username"]
    known = (ids.notna() & names.notna()).to_numpy()
    # The last of a key stays: from the end, so that it is the first.
    named = dict(zip(reversed(ids[known].tolist()), reversed(names[known].tolist()), strict=True))
    codes, distinct = pd.factorize(user_ids)
    told = pd.Series([*map(named.get, distinct), None], dtype="str", name=user_ids.name)
    return told.take(codes).set_axis(user_ids.index)


def user_names(history: History, user_ids: pd.Series[str]) -> pd.Series[str]:
    """Return each id's username, else the first group of the id, else that nobody knows it."""
    return usernames(history, user_ids).fillna(user_ids.str[:_SHORT_ID]).fillna("Unknown user")


def session_countries(history: History) -> pd.Series[str]:
    """Return the country of each session's latest event that has one, in row order."""
    countries = latest_words(history, history.locations["country"])
    codes, names = pd.factorize(countries)
    # Few are distinct: each is written once. The last is what -1, a missing one, takes.
    titles = [*pd.Series(names, dtype="str").str.title(), None]
    return pd.Series(titles, dtype="str").take(codes).set_axis(history.sessions.index)


def latest_words(
    history: History, words: pd.Series[str], events: Events | None = None
) -> pd.Series[str]:
    """Return of each session, in row order, the latest of its events' ``words`` that is known.

    The words are in the row order of ``history.locations``; `events` is what `session_events`
    gives, if it is there already.
    """
    rows, order = events or session_events(history)
    codes, known = pd.factorize(words)
    order = order[codes[order] >= 0]
    undated = history.locations["at"].isna().to_numpy()[order]
    latest = np.full(len(history.sessions), -1)
    # Of several assignments to one place the last one stays, and that is the latest event's.
    for part in (order[undated], order[~undated]):
        latest[rows[part]] = codes[part]
    found = pd.Series([*known, None], dtype="str").take(latest)
    return found.set_axis(history.sessions.index)


def session_events(history: History) -> Events:
    """Return each event's row of ``history.sessions``, and the known sessions' events in order.

    Returns
    -------
    rows : array of int64
        In the row order of ``history.locations``; -1 where the session is not there.
    order : array of int64
        Rows of ``history.locations`` by session and time.
    """
    rows = session_rows(history, history.locations["session_id"])
    return rows, in_order(rows, history.locations["at"])


def in_order(groups: NDArray[np.int64], at: pd.Series[Any]) -> NDArray[np.int64]:
    """Return positions by group and time, undated ones last in each; groups below 0 left out."""
    order = np.argsort(groups, kind="stable")
    order = order[np.searchsorted(groups[order], 0) :]
    instants = at.dt.tz_localize(None).to_numpy("datetime64[us]").astype(np.int64)
    later = np.where(at.isna(), np.iinfo(np.int64).max, instants)[order]
    # A history lists a user's events by time: then they need no second sorting.
    in_time = (later[1:] >= later[:-1]) | (groups[order[1:]] != groups[order[:-1]])
    return order if in_time.all() else order[np.lexsort((later, groups[order]))]


def place_words(locations: pd.DataFrame) -> pd.Series[str]:
    """Return each event's located label, or else the words that PingOne gave."""
    places = locations["place"]
    unplaced = places.isna()
    if not unplaced.any():
        return places
    words = locations.loc[unplaced, ["city", "state", "country"]].fillna("")
    said = words["city"] + ", " + words["state"] + ", " + words["country"]
    said = said.str.replace(r"(?:, )+", ", ", regex=True)
    said = said.str.strip(", ").str.title()
    return places.where(~unplaced, said.where(said != "").reindex(places.index))


def session_rows(history: History, session_ids: pd.Series[str]) -> NDArray[np.int64]:
    """Return the position in ``history.sessions`` of each id, -1 where it is not there."""
    known = arrow_text(history.sessions["session_id"])
    found = pc.index_in(arrow_text(session_ids), value_set=known, skip_nulls=True)
    rows: NDArray[np.int64] = found.fill_null(-1).to_numpy().astype(np.int64)
    return rows


def arrow_text(values: pd.Series[str]) -> pa.LargeStringArray:
    """Return a column of text as one Arrow array, missing as null."""
    array = pa.array(values, type=pa.large_string(), from_pandas=True)
    if isinstance(array, pa.ChunkedArray):
        # The chunks of one pandas column may be of both string types, as after Series.map.
        chunks = [chunk.cast(pa.large_string()) for chunk in array.chunks]
        array = pa.concat_arrays(chunks) if chunks else pa.array([], type=pa.large_string())
    return array


def spans(sessions: pd.DataFrame) -> tuple[pd.Series[Any], pd.Series[Any]]:
    """Return when each session's bar starts and ends; NaT where nothing at all is known."""
    start = sessions["created_at"].fillna(sessions["active_at"])
    start = start.fillna(sessions["last_sign_on_at"])
    end = sessions["active_at"].fillna(start)
    return start, end.where(end >= start, start)
