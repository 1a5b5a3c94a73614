"""SessionDetails: every fact about the selected sessions, and a way to end one where allowed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pandas as pd
import traitlets

from pingsessions_nb.frames.authenticators import told_authenticators
from pingsessions_nb.frames.columns import SIGNED_ON_WITH
from pingsessions_nb.history.session_facts import place_words, user_names
from pingsessions_nb.widgets.assets import STATIC
from pingsessions_nb.widgets.cut_lists import cut_lists
from pingsessions_nb.widgets.encoding import moment
from pingsessions_nb.widgets.history_widget import HistoryWidget
from pingsessions_nb.widgets.table import named_version
from pingsessions_nb.wording import counted

if TYPE_CHECKING:
    from pingsessions_nb.history import History, HistoryLike

SHOWN = 20

# Columns that have a place of their own; every other one is listed under its own name.
_SESSION_COLUMNS = frozenset(
    (
        *("session_id", "user_id", "environment_id", "created_at", "active_at", "location_count"),
        *("last_sign_on_at", "last_sign_on_ip", "browser_name", "browser_version"),
        *("os_name", "os_version", "device_type", "expires_at", "idle_timeout_minutes"),
        *("user_agent", "status", "authenticators"),
    )
)
_LOCATION_COLUMNS = frozenset(
    (
        *("session_id", "user_id", "at", "remote_ip", "city", "state", "country", "place"),
        *("latitude", "longitude", "place_precision", "place_radius_km", "words"),
    )
)


class SessionDetails(HistoryWidget):
    """The selected sessions in full: their facts, fields that we do not know, their locations.

    Parameters
    ----------
    history : History, optional

    Attributes
    ----------
    history : History or None
    selected : tuple of str
        Session ids, each one in `history`. The first 20 are written out,
        more on demand.
    time_zone : str
        IANA name of the zone in which times are written, ``"UTC"`` at first.
    signals : DataFrame or None
        Findings with `session_id`, `at`, `kind`, `severity`, `summary`.
    can_end : bool
        Whether each session has a button that ends it; see `on_end`.
    error : str
        Shown in place of the facts when not empty.

    Examples
    --------
    >>> import pingsessions_nb as ps
    >>> history = ps.demo(users=20, seed=7).history("olivia.adams")
    >>> details = ps.SessionDetails(history)
    >>> details.selected = history.sessions["session_id"].head(1)
    >>> details
    SessionDetails(1 session)
    """

    _esm = STATIC / "details.js"
    _css = STATIC / "details.css"

    can_end = traitlets.Bool(False).tag(sync=True)
    _facts: traitlets.List[dict[str, Any]] = traitlets.List().tag(sync=True)
    _ending = traitlets.Dict().tag(sync=True)
    _limit = traitlets.Int(SHOWN).tag(sync=True)

    def __init__(self, history: HistoryLike | None = None, **traits: Any) -> None:
        self._end: Callable[[str, str], None] | None = None
        super().__init__(history, **traits)
        self.on_msg(self._on_message)

    def on_end(self, end: Callable[[str, str], None]) -> None:
        """Offer to end sessions: ``end(user_id, session_id)`` is called when the analyst confirms.

        It answers through `tell_end`.
        """
        self._end = end
        self.can_end = True

    def tell_end(self, session_id: str, state: str, words: str = "") -> None:
        """Show beside a session how ending it goes.

        Parameters
        ----------
        session_id : str
        state : {"ending", "ended", "failed"}
        words : str
            A sentence for people.
        """
        self._ending = {**self._ending, session_id: {"state": state, "words": words}}

    @traitlets.observe("history", "selected", "signals", "_limit")
    def _gather(self, _: object) -> None:
        history = self.history
        self._facts = (
            []
            if history is None
            else session_facts(history, self.selected[: self._limit], self.signals)
        )

    def _on_message(self, _: object, message: dict[str, Any], __: object) -> None:
        if message.get("type") != "end" or self._end is None or self.history is None:
            return
        sessions = self.history.sessions
        found = sessions[sessions["session_id"] == message["session"]]
        if not found.empty:
            self._end(found["user_id"].iloc[0], message["session"])

    def __repr__(self) -> str:
        return f"SessionDetails({counted(len(self.selected), 'session')})"


def session_facts(
    history: History, session_ids: tuple[str, ...], signals: pd.DataFrame | None = None
) -> list[dict[str, Any]]:
    """All that is known of some sessions, in the order asked for, ready to be written out.

    Returns
    -------
    list of dict
        ``id``, ``user``, ``title``; ``facts``: ``[label, value]`` pairs, where a value is text,
        ``{"at": ms}``, ``{"span": ms}`` or ``{"each": [[text, ms or None], …]}``; ``locations``:
        dicts with ``at`` (ms or None), ``place``, ``ip``, ``also`` (pairs); ``signals``: dicts with
        ``kind``, ``severity``, ``summary`` and ``lists``, see `cut_lists`.
    """
    if not session_ids:
        return []
    sessions = history.sessions[history.sessions["session_id"].isin(session_ids)]
    sessions = sessions.drop_duplicates("session_id")
    sessions = sessions.assign(
        user=user_names(history, sessions["user_id"]),
        browser=named_version(sessions, "browser"),
        os=named_version(sessions, "os"),
    )
    locations = history.locations[history.locations["session_id"].isin(session_ids)]
    locations = locations.assign(words=place_words(locations)).sort_values("at", kind="stable")
    rows: dict[str, Any] = {row["session_id"]: row for row in sessions.to_dict("records")}
    return [
        {
            "id": one,
            "user": rows[one]["user"],
            "title": _title(rows[one]),
            "facts": _session_facts(rows[one], history.sessions.columns),
            "locations": _location_facts(locations[locations["session_id"] == one]),
            "signals": _signal_facts(one, signals),
        }
        for one in session_ids
        if one in rows
    ]


def _title(row: dict[str, Any]) -> str:
    parts = [row[key] for key in ("browser", "os") if not pd.isna(row[key])]
    return " on ".join(parts) or "Unknown browser"


def _session_facts(row: dict[str, Any], columns: pd.Index) -> list[list[Any]]:
    span = row["active_at"] - row["created_at"]
    pairs = [
        ("User", row["user"]),
        ("Created", row["created_at"]),
        ("Last active", row["active_at"]),
        ("Duration", None if pd.isna(span) else {"span": span.total_seconds() * 1000}),
        ("Last sign-on", row["last_sign_on_at"]),
        ("Sign-on IP", row["last_sign_on_ip"]),
        ("Authenticators", _authenticators(row.get("authenticators"))),
        ("Status", row.get("status")),
        ("Expires", row.get("expires_at")),
        ("Idle timeout", _minutes(row.get("idle_timeout_minutes"))),
        ("Browser", row["browser"]),
        ("Operating system", row["os"]),
        ("Device", row["device_type"]),
        ("User agent", row.get("user_agent")),
        ("Session ID", row["session_id"]),
        ("User ID", row["user_id"]),
        ("Environment ID", row["environment_id"]),
    ]
    told = () if pd.isna(row.get("authenticators")) else SIGNED_ON_WITH
    further = [name for name in columns if name not in _SESSION_COLUMNS and name not in told]
    return _written(pairs + [(name, row[name]) for name in further])


def _authenticators(text: str | None) -> dict[str, Any] | None:
    if text is None or pd.isna(text):
        return None
    return {"each": [[name, moment(at)] for name, at in told_authenticators(text)]}


def _minutes(minutes: float | None) -> str | None:
    return None if pd.isna(minutes) else counted(int(minutes), "minute")


def _location_facts(locations: pd.DataFrame) -> list[dict[str, Any]]:
    also = [name for name in locations.columns if name not in _LOCATION_COLUMNS]
    return [
        {
            "at": moment(row["at"]),
            "place": None if pd.isna(row["words"]) else row["words"],
            "precision": None if pd.isna(row["place_precision"]) else row["place_precision"],
            "ip": None if pd.isna(row["remote_ip"]) else row["remote_ip"],
            "also": _written(
                [
                    (name, row[name])
                    for name in also
                    if name != "region" or row[name] != row["state"]
                ]
            ),
        }
        for row in locations.to_dict("records")
    ]


def _signal_facts(session_id: str, signals: pd.DataFrame | None) -> list[dict[str, Any]]:
    if signals is None:
        return []
    found = signals[signals["session_id"] == session_id]
    return [
        {
            "kind": str(row["kind"]),
            "severity": row["severity"],
            "summary": row["summary"],
            "lists": cut_lists(row["summary"], row.get("evidence")),
        }
        for row in found.to_dict("records")
    ]


def _written(pairs: list[tuple[str, Any]]) -> list[list[Any]]:
    """Drop what is missing; instants become ``{"at": ms}``, what is not yet told text."""
    written: list[list[Any]] = []
    for label, value in pairs:
        if isinstance(value, dict) and value.keys() <= {"span", "each"}:
            written.append([label, value])
        elif isinstance(value, (list, tuple, dict)) or not pd.isna(value):
            instant = isinstance(value, pd.Timestamp)
            written.append([label, {"at": moment(value)} if instant else str(value)])
    return written
