"""What the explorer does in the background: reads a history and finds its signals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from pingsessions_nb.detectors import signals
from pingsessions_nb.widgets.arrivals import sentence
from pingsessions_nb.wording import counted

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
    crowded : DataFrame or None
        What was known of everybody meanwhile: see `pingsessions_nb.signals`.
    fault : str
        A sentence that says why signals failed.
    """

    history: History
    signals: pd.DataFrame | None
    crowded: pd.DataFrame | None = None
    fault: str = ""

    @property
    def trouble(self) -> str:
        """What could not be read or found, in a sentence; or nothing."""
        failures = self.history.failures
        if failures.empty:
            return self.fault
        users = counted(len(failures), "user")
        return f"{users} could not be read: {failures['error'].iloc[0]}"


def read(
    source: Source,
    users: Sequence[str] | pd.DataFrame,
    networks: Networks,
    crowded: pd.DataFrame | None = None,
) -> Reading:
    """Read the history of `users`, then look through it: both are shown at once."""
    return look_through(source.history_of_users(users), networks, crowded)


def look_through(
    history: History, networks: Networks, crowded: pd.DataFrame | None = None
) -> Reading:
    """Find the signals of a history; what fails there must not hide the history.

    Networks that the history itself knows count before those of the explorer's source.
    """
    try:
        known = history.known_networks or networks
        found = signals(history, crowded=crowded, known_networks=known)
        return Reading(history, found, crowded)
    except Exception as error:  # whatever it is, the analyst is told
        return Reading(
            history, None, crowded, f"Signals could not be worked out. {sentence(error)}"
        )
