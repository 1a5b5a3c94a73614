"""SessionTable: sessions as sortable rows, quick at a hundred thousand, copied as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import traitlets
from traitlets import Bunch

from pingsessions_nb.history.session_facts import (
    latest_words,
    place_words,
    session_events,
    user_names,
)
from pingsessions_nb.widgets.assets import STATIC
from pingsessions_nb.widgets.encoding import Columns, coded, milliseconds, numbers, texts
from pingsessions_nb.widgets.history_widget import HistoryWidget
from pingsessions_nb.wording import kind_name

if TYPE_CHECKING:
    from pingsessions_nb.history import History


FIRST_COLUMNS = ("user", "created_at", "place", "address", "browser", "signals")
COLUMNS = (
    *FIRST_COLUMNS,
    *("status", "duration", "os", "device_type", "last_sign_on_ip", "active_at", "location_count"),
    *("session_id", "user_id"),
)


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
    columns : tuple of str
        Which columns are shown, in this order: some of `COLUMNS`; both sides set it. At first
        those that an analyst needs first.
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

    _esm = STATIC / "table.js"
    _css = STATIC / "table.css"

    columns = traitlets.Tuple(default_value=FIRST_COLUMNS).tag(sync=True)
    _data = traitlets.Dict().tag(sync=True)
    _signals = traitlets.Dict().tag(sync=True)

    @traitlets.validate("columns")
    def _check_columns(self, proposal: Bunch) -> tuple[str, ...]:
        names = tuple(dict.fromkeys(proposal["value"]))
        strangers = [name for name in names if name not in COLUMNS]
        if strangers:
            msg = f"There is no column {strangers[0]!r}; there are {', '.join(COLUMNS)}."
            raise traitlets.TraitError(msg)
        return names

    @traitlets.observe("history")
    def _take_history(self, change: object) -> None:
        with self.hold_sync():
            super()._take_history(change)
            self._data = {} if self.history is None else table_columns(self.history)
            self._send_signals(change)

    @traitlets.observe("signals")
    def _send_signals(self, _: object) -> None:
        history, signals = self.history, self.signals
        found: Columns = {}
        if history is not None and signals is not None:
            found["words"] = coded(signal_words(history.sessions["session_id"], signals))
        self._signals = found


def table_columns(history: History) -> Columns:
    """Sessions in the frame's row order, as the browser reads them.

    Returns
    -------
    dict
        ``count``; ``ids``; ``created_at``, ``active_at`` (float64 ms, NaN where missing);
        ``location_count`` (int32); ``words``: coded ``user``, ``user_id``, ``place`` and
        ``address`` (of the latest location that has one), ``last_sign_on_ip``, ``browser``,
        ``os``, ``device_type``, ``status``.
    """
    sessions = history.sessions
    locations, events = history.locations, session_events(history)
    nothing = pd.Series(None, index=sessions.index, dtype="str")
    address = latest_words(history, locations["remote_ip"], events)
    return {
        "count": len(sessions),
        "ids": texts(sessions["session_id"]),
        "created_at": milliseconds(sessions["created_at"]),
        "active_at": milliseconds(sessions["active_at"]),
        "location_count": numbers(sessions["location_count"].fillna(0), np.int32),
        "words": {
            "user": coded(user_names(history, sessions["user_id"])),
            "user_id": coded(sessions["user_id"]),
            "place": coded(latest_words(history, place_words(locations), events)),
            "address": coded(address.fillna(sessions["last_sign_on_ip"])),
            "last_sign_on_ip": coded(sessions["last_sign_on_ip"]),
            "browser": coded(named_version(sessions, "browser")),
            "os": coded(named_version(sessions, "os")),
            "device_type": coded(sessions["device_type"]),
            "status": coded(sessions.get("status", nothing)),
        },
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
