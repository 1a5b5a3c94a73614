"""The report in a line, and cells of its tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from pingsessions_nb.wording import SEVERITIES, counted, kind_name


def present(value: Any) -> Any:  # noqa: ANN401 - a cell of any column
    """Return a cell as it is, or None where it is missing."""
    if isinstance(value, (list, tuple, dict)):
        return value
    return None if pd.isna(value) else value


def signed(number: float) -> str:
    """Write a score: ``+1.7``, and below 0 with a true minus sign."""
    return f"{round(number, 1) + 0.0:+.1f}".replace("-", "\u2212")


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


def verdict(cases: pd.DataFrame, signals: pd.DataFrame, sessions: int) -> Verdict:
    """Sum up cases and findings in a number of sessions."""
    if signals.empty:
        whole = "the one session" if sessions == 1 else f"these {sessions:,} sessions"
        return Verdict(
            "none", "No findings", f"Nothing in {whole} stands out by the thresholds named below."
        )
    counts = cases["severity"].value_counts()
    worst = next((severity for severity in SEVERITIES if severity in counts), "low")
    told = ", ".join(f"{counts[each]:,} {each}" for each in SEVERITIES if each in counts)
    headline = counted(len(cases), "case")
    if len(cases) > 1:
        headline += f", the most severe {worst}"
    named = ", ".join(dict.fromkeys(signals["kind"].map(kind_name)))
    found = counted(len(signals), "finding")
    concerned = signals["session_id"].nunique()
    return Verdict(
        worst,
        headline,
        f"{told[:1].upper()}{told[1:]}; from {found} in {concerned:,} of "
        f"{counted(sessions, 'session')}: {named}.",
    )
