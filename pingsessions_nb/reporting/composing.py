"""What was found -> pages: what stands in a report and in an index of reports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from pingsessions_nb.history.session_facts import session_rows, user_names
from pingsessions_nb.reporting.embedding import packed_json
from pingsessions_nb.reporting.facts import key_facts, person
from pingsessions_nb.reporting.page import render
from pingsessions_nb.reporting.provenance import provenance
from pingsessions_nb.reporting.report_pictures import opening, report_pictures
from pingsessions_nb.reporting.session_rows import table_rows
from pingsessions_nb.reporting.subject import Subject
from pingsessions_nb.reporting.told_cases import case_lines
from pingsessions_nb.reporting.verdict import present, signed, verdict
from pingsessions_nb.scoring import FEATURES
from pingsessions_nb.wording import KINDS, SEVERITIES, counted, kind_name

_MOST_FINDINGS = 50
_MOST_RISKS = 10
_MOST_PEOPLE = 200


def report_page(subject: Subject, *, time_zone: str = "UTC", shares: bool = False) -> str:
    """Write a subject as a page.

    Parameters
    ----------
    subject : Subject
    time_zone : str
    shares : bool
        Whether plotly is in a file beside it.
    """
    history = subject.history
    several = len(history.user_ids) > 1
    people = user_lines(subject) if several else []
    _, earlier = opening(history)
    return render(
        "report.html",
        shares=shares,
        time_zone=time_zone,
        who=person(history),
        verdict=verdict(subject.cases, subject.signals, len(history.sessions)),
        facts=key_facts(history),
        made_at=subject.made_at,
        redacted=history.redaction is not None,
        several=several,
        cases=case_lines(subject.cases, history),
        cases_total=len(subject.cases),
        findings=_findings(subject),
        findings_total=len(subject.signals),
        meanings=[KINDS[kind] for kind in subject.signals["kind"].unique() if kind in KINDS],
        risk=_risk(subject),
        people=people[:_MOST_PEOPLE],
        people_total=len(people),
        rows=table_rows(subject),
        sessions_total=len(history.sessions),
        about=provenance(subject),
        earlier=counted(earlier, "session") if earlier else "",
        data=packed_json(report_pictures(subject, time_zone)),
    )


def index_page(subject: Subject, files: Mapping[str, str], *, time_zone: str = "UTC") -> str:
    """Write the list of users with their reports.

    Parameters
    ----------
    subject : Subject
        Of all users.
    files : mapping of str to str
        File name of a user's report by user id; a user without one has no sessions.
    time_zone : str
    """
    return render(
        "index.html",
        time_zone=time_zone,
        who=person(subject.history),
        verdict=verdict(subject.cases, subject.signals, len(subject.history.sessions)),
        made_at=subject.made_at,
        redacted=subject.history.redaction is not None,
        people=[{**line, "file": files.get(line["user_id"])} for line in user_lines(subject)],
        about=provenance(subject),
    )


def user_lines(subject: Subject) -> list[dict[str, Any]]:
    """Sum up each user, the most severe findings and then the highest risk first.

    Returns
    -------
    list of dict
        ``user_id``, ``label``, ``findings`` (number), ``kinds`` (titles), ``level``, ``score``
        (the highest, or None), ``sessions`` (number), ``last`` (when active last, or None).
    """
    history = subject.history
    ids = pd.Series(history.user_ids, dtype="str")
    sessions = history.sessions.groupby("user_id")
    last, number = sessions["active_at"].max(), sessions.size()
    highest = subject.risk.groupby("user_id")["score"].max()
    found = dict(list(subject.signals.groupby("user_id")))
    lines = []
    for user_id, label in zip(ids, user_names(history, ids), strict=True):
        signals = found.get(user_id)
        severities = [] if signals is None else signals["severity"].tolist()
        kinds: list[str] = [] if signals is None else signals["kind"].unique().tolist()
        lines.append(
            {
                "user_id": user_id,
                "label": label,
                "findings": len(severities),
                "severities": [severities.count(each) for each in SEVERITIES],
                "kinds": [kind_name(kind) for kind in kinds],
                "level": next((each for each in SEVERITIES if each in severities), "none"),
                "score": present(highest.get(user_id)),
                "sessions": int(number.get(user_id, 0)),
                "last": present(last.get(user_id)),
            }
        )
    lowest = float("-inf")
    lines.sort(
        key=lambda one: (one["severities"], lowest if one["score"] is None else one["score"]),
        reverse=True,
    )
    return lines


def _findings(subject: Subject) -> list[dict[str, Any]]:
    shown = subject.signals.head(_MOST_FINDINGS)
    sessions = subject.history.sessions
    numbers = session_rows(subject.history, shown["session_id"])
    users = user_names(subject.history, shown["user_id"])
    devices = sessions["browser_name"].str.cat(sessions["os_name"], " on ")
    return [
        {
            **{str(name): present(value) for name, value in row.items()},
            "title": kind_name(row["kind"]),
            "number": number if number >= 0 else None,
            "user": present(user),
            "device": present(devices.iloc[number]) if number >= 0 else None,
        }
        for row, number, user in zip(shown.to_dict("records"), numbers.tolist(), users, strict=True)
    ]


def _risk(subject: Subject) -> dict[str, Any]:
    scored = subject.risk.dropna(subset=["score"])
    above = scored[scored["score"] > 0]
    shown = above.head(_MOST_RISKS)
    parts = [name for name in ("user", *FEATURES) if name in scored]
    largest = float(shown[parts].abs().max().max()) if len(shown) else 1.0
    numbers = session_rows(subject.history, shown["session_id"])
    rows = [
        {
            **row,
            "number": number if number >= 0 else None,
            "user": present(user),
            "parts": [(name, row[name]) for name in parts if row[name]],
        }
        for row, number, user in zip(
            shown.to_dict("records"),
            numbers.tolist(),
            user_names(subject.history, shown["user_id"]),
            strict=True,
        )
    ]
    return {
        "rows": rows,
        "largest": max(largest, 1.0),
        "scored": len(scored),
        "sentence": _risk_sentence(subject, scored, len(above), len(shown)),
    }


def _risk_sentence(subject: Subject, scored: pd.DataFrame, above: int, shown: int) -> str:
    first = subject.thresholds.baseline_sessions
    if scored.empty:
        return (
            f"No session has a score: each user's first {counted(first, 'known session')} are what "
            "later ones are compared with."
        )
    if not above:
        return (
            "No session looks more like anybody else's than like this user's: the highest score "
            f"is {signed(scored['score'].iloc[0])}."
        )
    more = f"; the {shown} highest are shown" if above > shown else ""
    return f"{counted(above, 'session')} of {len(scored):,} scored above 0{more}."
