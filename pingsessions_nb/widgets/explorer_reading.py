"""What the explorer does in the background: reads a history, finds its signals, saves a report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from pingsessions_nb.detectors import signals
from pingsessions_nb.widgets.arrivals import sentence

if TYPE_CHECKING:
    from pingsessions_nb.history import History, Source

Networks = Mapping[str, Any] | None


@dataclass(frozen=True)
class Reading:
    """A history and what was found in it.

    Attributes
    ----------
    history : History
    signals : DataFrame or None
        As `ps.signals` returns it; None where it failed.
    fault : str
        A sentence that says why.
    """

    history: History
    signals: pd.DataFrame | None
    fault: str = ""


def read(source: Source, users: Sequence[str] | pd.DataFrame, networks: Networks) -> Reading:
    """Read the history of `users`, then look through it: both are shown at once."""
    return look_through(source.history_of_users(users), networks)


def look_through(history: History, networks: Networks) -> Reading:
    """Find the signals of a history; what fails there must not hide the history.

    Networks that the history itself knows count before those of the explorer's source.
    """
    try:
        known = history.known_networks or networks
        return Reading(history, signals(history, known_networks=known))
    except Exception as error:  # whatever it is, the analyst is told
        return Reading(history, None, f"Signals could not be worked out. {sentence(error)}")


def save_report(history: History, networks: Networks) -> str:
    """Write a report into the working directory, and say where it is."""
    from pingsessions_nb.reporting import report

    path = report(history, progress=False, known_networks=history.known_networks or networks)
    return f"Saved as {path} in {Path.cwd()}."
