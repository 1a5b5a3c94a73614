"""Where a report comes from and how far it can be trusted."""

from __future__ import annotations

from dataclasses import fields
from importlib.metadata import version
from typing import Any

from markupsafe import Markup

from pingsessions_nb.history import History
from pingsessions_nb.reporting.subject import Subject
from pingsessions_nb.wording import counted, visible

_LIMITS = (
    "PingOne keeps the last ten sessions of a user and the last five locations of a session: what "
    "was dropped before this was read is not in it.",
    "Places are where PingOne thinks that an address is. Its city may be wrong; VPNs and mobile "
    "networks are placed where their gateway is.",
    "No finding is not an acquittal, and a finding is a question, not an answer.",
)
_CREDITS = (
    "Places: GeoNames (geonames.org), CC BY 4.0. Land and borders: Natural Earth, public domain."
)


def provenance(subject: Subject) -> dict[str, Any]:
    """Gather what the end of a report tells of it.

    Returns
    -------
    dict
        ``facts``: pairs of a label and a text or an instant; ``thresholds``: names and values;
        ``redaction``: sentences, none where nothing was redacted; ``limits``, ``credits``.
    """
    history = subject.history
    rows = [(history.users, "user"), (history.sessions, "session"), (history.locations, "location")]
    faults = [(history.failures, "failure"), (history.problems, "unusable value")]
    environments = history.sessions["environment_id"].dropna().unique()
    numbers = (subject.sessions_compared, "session"), (subject.users_compared, "user")
    compared = " of ".join(counted(number, noun) for number, noun in numbers)
    return {
        "facts": [
            ("Source", str(subject.origin)),
            ("Environment ID", ", ".join(environments[:3]) or "Unknown"),
            ("Made", subject.made_at),
            ("By", f"pingsessions_nb {version('pingsessions_nb')}"),
            ("Rows", ", ".join(counted(len(frame), noun) for frame, noun in rows)),
            ("Could not be read", ", ".join(counted(len(frame), noun) for frame, noun in faults)),
            ("Signals and risk from", compared),
            ("Kinds looked for", ", ".join(subject.thresholds.kinds)),
            ("Known networks", _known_networks(subject)),
        ],
        "failures": _failures(history),
        "thresholds": _thresholds(subject),
        "redaction": history.redaction.sentences() if history.redaction else [],
        "limits": _LIMITS,
        "credits": _CREDITS,
    }


def _thresholds(subject: Subject) -> list[tuple[str, str]]:
    """Name each number by which something is a finding, as `ps.signals` takes it."""
    named = (
        (each.name, getattr(subject.thresholds, each.name)) for each in fields(subject.thresholds)
    )
    return [(name, f"{value:,g}") for name, value in named if isinstance(value, (int, float))]


def _known_networks(subject: Subject) -> str:
    named = subject.thresholds.known_networks.named
    if not named:
        return "None named"
    if subject.history.redaction:
        return f"{counted(len(named), 'network')}, left out of what compares places and addresses"
    # However many they are: each is escaped, and none is cut.
    return Markup(", ").join(visible(f"{name} ({cidr})") for name, cidr in named.items())


def _failures(history: History) -> list[str]:
    return history.failures["error"].dropna().drop_duplicates().head(5).tolist()
