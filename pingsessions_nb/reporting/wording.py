"""Findings, times and numbers as a manager reads them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pandas as pd

SEVERITIES = ("high", "medium", "low")  # as the report ranks them

# What each kind is called, and what it may mean; the finding's own sentence says what was seen.
KINDS: dict[str, tuple[str, str]] = {
    "geovelocity_anomaly": (
        "Impossible journey",
        "Nobody travels so fast. Somebody else may hold the session or the password; or one of "
        "the addresses is a VPN's, or is placed wrongly.",
    ),
    "user_location_anomaly": (
        "Unusual place",
        "The user was never active near there before. A journey explains it, if there was one.",
    ),
    "new_device": (
        "New device",
        "The user never had this browser, system and kind of device together before.",
    ),
    "ip_velocity": (
        "Many addresses",
        "So many networks in so short a time suggest a proxy, or somebody who hides.",
    ),
    "user_velocity": (
        "Many users at one address",
        "Different people who appear at a new address together suggest one hand behind them.",
    ),
    "dormant_return": (
        "Return after long silence",
        "An account that nobody has used for long is worth a question to its owner.",
    ),
}

_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff\ud800-\udfff]"
)


def visible(text: str) -> str:
    """Show control and direction characters, which have no place in a name: ``a⟨202E⟩b``."""
    return _UNSEEN.sub(lambda found: f"\u27e8{ord(found.group()):04X}\u27e9", text)


def present(value: Any) -> Any:  # noqa: ANN401 - a cell of any column
    """Return a cell as it is, or None where it is missing."""
    if isinstance(value, (list, tuple, dict)):
        return value
    return None if pd.isna(value) else value


def signed(number: float) -> str:
    """Write a score: ``+1.7``, and below 0 with a true minus sign."""
    return f"{round(number, 1) + 0.0:+.1f}".replace("-", "\u2212")


def duration(span: pd.Timedelta) -> str:
    """Say a span of time: ``8 d 4 h``, ``35 min``, ``12 s``."""
    seconds = int(span.total_seconds())
    parts = [
        (seconds // 86400, "d"),
        (seconds // 3600 % 24, "h"),
        (seconds // 60 % 60, "min"),
        (seconds % 60, "s"),
    ]
    first = next((at for at, (number, _) in enumerate(parts) if number), len(parts) - 1)
    shown = parts[first : first + 2] if first < 2 else parts[first : first + 1]
    return " ".join(f"{number} {unit}" for number, unit in shown if number or unit == "s")


@dataclass(frozen=True)
class Verdict:
    """The report in a line.

    Attributes
    ----------
    level : {"high", "medium", "low", "none"}
    headline, sentence : str
    """

    level: str
    headline: str
    sentence: str


def verdict(signals: pd.DataFrame, sessions: int) -> Verdict:
    """Sum up findings in a number of sessions."""
    if signals.empty:
        whole = "the one session" if sessions == 1 else f"these {sessions:,} sessions"
        return Verdict(
            "none", "No findings", f"Nothing in {whole} stands out by the thresholds named below."
        )
    counts = signals["severity"].value_counts()
    worst = next(severity for severity in SEVERITIES if severity in counts)
    number = len(signals)
    concerned = signals["session_id"].nunique()
    told = ", ".join(f"{counts[each]:,} {each}" for each in SEVERITIES if each in counts)
    headline = f"{number:,} finding{'' if number == 1 else 's'}"
    if number > 1:
        headline += f", the most severe {worst}"
    kinds = signals["kind"].map(lambda kind: KINDS.get(kind, (kind.replace("_", " "),))[0])
    named = ", ".join(dict.fromkeys(kinds.str.lower()))
    return Verdict(
        worst,
        headline,
        f"{told[0].upper()}{told[1:]}; in {concerned:,} of {sessions:,} "
        f"session{'' if sessions == 1 else 's'}: {named}.",
    )
