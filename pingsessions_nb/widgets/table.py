"""SessionTable: sessions as sortable rows, quick at a hundred thousand, copied as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from pingsessions_nb.history.session_facts import place_words, user_names
from pingsessions_nb.widgets.assets import script, style
from pingsessions_nb.widgets.encoding import Columns, coded, milliseconds, numbers, texts
from pingsessions_nb.widgets.history_widget import HistoryWidget
from pingsessions_nb.widgets.time_traits import TimeZone
from pingsessions_nb.wording import kind_name

if TYPE_CHECKING:
    from pingsessions_nb.history import History


class SessionTable(HistoryWidget):
    """One row for each session; a click on a column's title sorts by it.

    A click selects, with ctrl another one, with shift a range. Arrows, Page Up and Down, Home and
    End move, Enter selects, Ctrl+A selects all, Escape none, Ctrl+C copies what is selected.

    Parameters
    ----------
    history : History, optional
        Without one the widget says that it has nothing to list.

    Attributes
    ----------
    history : History or None
        Set it again to redraw.
    selected : tuple of str
        Session ids, each one in `history`; both sides set it.
    time_zone : str
        IANA name of the zone in which times are written, ``"UTC"`` at first. What is copied is
        always UTC, as ISO 8601.
    signals : DataFrame or None
        Findings with `session_id`, `at`, `kind`, `severity`, `summary`.
    error : str
        Shown in place of the sessions when not empty.

    Examples
    --------
    >>> import pingsessions_nb as ps
    >>> ps.SessionTable(ps.demo(users=20, seed=7).history("olivia.adams"))
    SessionTable(10 sessions, 1 user)
    """

    _esm = script(
        *("theme.js", "canvas_data.js", "canvas_time.js", "elements.js", "times.js"),
        *("table_order.js", "table.js"),
    )
    _css = style("controls.css", "table.css")

    time_zone = TimeZone("UTC").tag(sync=True)

    def _columns(self, history: History) -> Columns:
        return table_columns(history)

    def _signal_columns(self, history: History, signals: pd.DataFrame | None) -> Columns:
        if signals is None:
            return {}
        return {"words": coded(signal_words(history.sessions["session_id"], signals))}


def table_columns(history: History) -> Columns:
    """Sessions in the frame's row order, as ``static/table.js`` reads them.

    Returns
    -------
    dict
        ``count``; ``ids``; ``created``, ``active`` (float64 ms, NaN where missing); ``places``
        (int32, number of locations); coded ``user``, ``signOnIp``, ``browser``, ``os``,
        ``device``, ``place`` (of the latest location).
    """
    sessions = history.sessions
    located = history.locations.assign(words=place_words(history.locations)).dropna(
        subset=["words"]
    )
    latest = located.sort_values("at", kind="stable").drop_duplicates("session_id", keep="last")
    return {
        "count": len(sessions),
        "ids": texts(sessions["session_id"]),
        "created": milliseconds(sessions["created_at"]),
        "active": milliseconds(sessions["active_at"]),
        "places": numbers(sessions["location_count"].fillna(0), np.int32),
        "user": coded(user_names(history, sessions["user_id"])),
        "signOnIp": coded(sessions["last_sign_on_ip"]),
        "browser": coded(named_version(sessions, "browser")),
        "os": coded(named_version(sessions, "os")),
        "device": coded(sessions["device_type"]),
        "place": coded(sessions["session_id"].map(latest.set_index("session_id")["words"])),
    }


def named_version(sessions: pd.DataFrame, what: str) -> pd.Series:
    """Join ``<what>_name`` and ``<what>_version``: ``Chrome 83.0.4103``; either may be missing."""
    joined = sessions[f"{what}_name"].str.cat(sessions[f"{what}_version"], " ", na_rep="")
    joined = joined.str.strip()
    return joined.where(joined != "")


def signal_words(session_ids: pd.Series, signals: pd.DataFrame) -> pd.Series:
    """List the kinds of findings of each session, such as ``new device, geovelocity anomaly``."""
    kinds = signals.drop_duplicates(["session_id", "kind"])
    words = kinds["kind"].map(kind_name).groupby(kinds["session_id"]).agg(", ".join)
    return session_ids.map(words).astype("str")
