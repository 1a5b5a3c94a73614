"""Sessions as a table's rows, each with everything that PingOne said of it."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd

from pingsessions_nb.frames.authenticators import told_authenticators
from pingsessions_nb.frames.columns import SIGNED_ON_WITH
from pingsessions_nb.history.session_facts import place_words, user_names
from pingsessions_nb.reporting.subject import Subject
from pingsessions_nb.reporting.verdict import present
from pingsessions_nb.wording import brief_duration, kind_name

MOST_ROWS = 1000
OPEN_IN_PRINT = 25  # so many sessions are printed with all their facts; of more, only findings'

_IN_ROW = frozenset(
    (
        *("session_id", "user_id", "created_at", "active_at", "browser_name", "browser_version"),
        *("os_name", "os_version", "device_type", "location_count", "environment_id"),
        *("last_sign_on_at", "last_sign_on_ip", "authenticators", "status", "expires_at"),
        *("idle_timeout_minutes", "user_agent"),
    )
)
_IN_EVENT = frozenset(
    (
        *("session_id", "user_id", "at", "remote_ip", "city", "state", "country", "latitude"),
        *("longitude", "place_precision", "place_radius_km", "place", "words"),
    )
)


def table_rows(subject: Subject) -> list[dict[str, Any]]:
    """Gather what the table shows of each session.

    Returns
    -------
    list of dict
        In the frame's order (newest first per user), at most `MOST_ROWS`: those with findings,
        then the newest. ``number`` is the session's row in the frame; ``events`` its locations,
        newest first; ``findings`` the titles of its signals with their severity; ``further`` what
        has no column of its own, as pairs; ``authenticators`` names, each with a time or None.
    """
    sessions = subject.history.sessions
    found = _findings_of(subject.signals)
    scores = dict(zip(subject.risk["session_id"], subject.risk["score"], strict=True))
    shown = _shown(sessions, set(found))
    events = _events(subject, shown["session_id"])
    open_all = len(sessions) <= OPEN_IN_PRINT
    users = user_names(subject.history, shown["user_id"])
    rows = []
    for (number, row), user in zip(shown.to_dict("index").items(), users, strict=True):
        cells: dict[str, Any] = {str(name): present(value) for name, value in row.items()}
        session_id = cells["session_id"]
        signed_on_with = told_authenticators(cells.get("authenticators") or "")
        told = SIGNED_ON_WITH if cells.get("authenticators") else ()
        rows.append(
            {
                "number": number,
                "user": present(user),
                "span": _span(cells),
                "browser": _versioned(cells, "browser"),
                "os": _versioned(cells, "os"),
                "events": events.get(session_id, []),
                "findings": found.get(session_id, []),
                "score": present(scores.get(session_id)),
                "printed": open_all or session_id in found,
                "further": _further(cells, _IN_ROW.union(told)),
                **cells,
                "authenticators": signed_on_with if told else [],
            }
        )
    return rows


def _shown(sessions: pd.DataFrame, with_findings: set[str]) -> pd.DataFrame:
    if len(sessions) <= MOST_ROWS:
        return sessions
    ranked = sessions.assign(found=sessions["session_id"].isin(with_findings)).sort_values(
        ["found", "active_at"], ascending=False, kind="stable"
    )
    return sessions.loc[ranked.index[:MOST_ROWS].sort_values()]


def _findings_of(signals: pd.DataFrame) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {}
    for kind, severity, session_id in zip(
        signals["kind"], signals["severity"], signals["session_id"], strict=True
    ):
        if present(session_id):
            found.setdefault(session_id, []).append(
                {"title": kind_name(kind), "severity": severity}
            )
    return found


def _events(subject: Subject, session_ids: pd.Series) -> dict[str, list[dict[str, Any]]]:
    locations = subject.history.locations
    locations = locations[locations["session_id"].isin(session_ids)]
    locations = locations.assign(words=place_words(locations)).sort_values(
        "at", ascending=False, kind="stable"
    )
    gathered: dict[str, list[dict[str, Any]]] = {}
    for row in locations.to_dict("records"):
        cells = {str(name): present(value) for name, value in row.items()}
        told = ("region",) if cells.get("region") == cells["state"] else ()
        gathered.setdefault(cells["session_id"], []).append(
            {
                "at": cells["at"],
                "place": cells["words"],
                "precision": cells["place_precision"],
                "ip": cells["remote_ip"],
                "further": _further(cells, _IN_EVENT.union(told)),
            }
        )
    return gathered


def _span(cells: dict[str, Any]) -> str | None:
    created, active = cells["created_at"], cells["active_at"]
    if created is None or active is None or active < created:
        return None
    return brief_duration((active - created).total_seconds())


def _versioned(cells: dict[str, Any], what: str) -> str | None:
    parts = [cells[f"{what}_name"], cells[f"{what}_version"]]
    return " ".join(part for part in parts if part) or None


def _further(cells: dict[str, Any], known: frozenset[str]) -> list[tuple[str, Any]]:
    return [
        (
            str(name),
            json.dumps(value, ensure_ascii=False) if isinstance(value, (list, dict)) else value,
        )
        for name, value in cells.items()
        if name not in known and value is not None
    ]
