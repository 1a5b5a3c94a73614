"""The explorer's cases: found at once in what was read already, on demand in a tenant."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from pingsessions_nb.detectors import crowded_addresses, newcomers
from pingsessions_nb.errors import ConfigurationError
from pingsessions_nb.history import History, Source
from pingsessions_nb.tenant import Tenant
from pingsessions_nb.triage import cases
from pingsessions_nb.widgets.arrivals import Newest, in_background, on_loop
from pingsessions_nb.widgets.case_list import CaseList
from pingsessions_nb.wording import counted

if TYPE_CHECKING:
    from pingsessions_nb.archive import Archive

INVITATION = "Read all users to find the cases that need attention first."
NO_CASES = "No cases were found."
_AT_ONCE = 200  # users between two words of how far it is


@dataclass(frozen=True)
class Everybody:
    """What was found in everybody's sessions.

    Attributes
    ----------
    cases : DataFrame
    crowded : DataFrame
        Addresses with many newcomers: with it, the signals of some users are those that they have
        among all.
    users : DataFrame or None
        Users who were read.
    words : str
        What is missing, if anything is.
    """

    cases: pd.DataFrame
    crowded: pd.DataFrame
    users: pd.DataFrame | None = None
    words: str = ""


class CaseFinder:
    """Fills a `CaseList`: at once from what was read already, on demand from a tenant.

    Parameters
    ----------
    source : Tenant, Archive or History
    archive : Archive or None
        What was recorded of the tenant.
    shown : CaseList
    on_found : callable
        Called with `Everybody`.

    Attributes
    ----------
    is_archive : bool
        Whether the cases are the archive's.
    """

    def __init__(
        self,
        source: Source,
        archive: Archive | None,
        shown: CaseList,
        on_found: Callable[[Everybody], None],
    ) -> None:
        self._source = source
        self._shown = shown
        self._on_found = on_found
        self._finding = Newest()
        self._stop = threading.Event()
        self.is_archive = False
        at_hand: Source | None = archive if isinstance(source, Tenant) else source
        if isinstance(source, Tenant):
            shown.on_read(self.read_everybody, self.stop)
            shown.say(INVITATION)
        if at_hand is not None:
            self.is_archive = at_hand is archive
            shown.say("Finding cases …", "busy")
            self._finding.ask(in_background(look_at, at_hand), self._take, self._fail)

    @property
    def waiting(self) -> bool:
        """Whether cases are being looked for."""
        return self._finding.waiting

    def read_everybody(self) -> None:
        """Read the sessions of all users that the tenant lists, and find cases in them."""
        if not isinstance(self._source, Tenant):
            return
        self._stop.set()
        self._stop = threading.Event()
        self.is_archive = False
        self._shown.say("Listing users …", "busy")
        tell = on_loop(self._tell)
        reading = in_background(read_everybody, self._source, tell, self._stop)
        self._finding.ask(reading, self._take, self._fail)

    def stop(self) -> None:
        """End the reading, and find cases in what was read."""
        if self.waiting:
            self._stop.set()
            self._shown.say("Stopping …", "busy")

    def drop(self) -> None:
        """Let go of what is under way."""
        self._stop.set()
        self._finding.drop()

    def _tell(self, done: int, total: int) -> None:
        if self.waiting and not self._stop.is_set():
            words = f"Reading {counted(total, 'user')}: {done:,} read …"
            self._shown.say(words, "busy", (done, total))

    def _take(self, found: Everybody) -> None:
        self._shown.cases = found.cases
        nothing = "" if len(found.cases) else NO_CASES
        self._shown.say(" ".join(filter(None, (found.words, nothing))))
        self._on_found(found)

    def _fail(self, words: str) -> None:
        self._shown.say(words, "error")


def look_at(source: Source) -> Everybody:
    """Find cases in what was read already."""
    if isinstance(source, History):
        return Everybody(cases(source), crowds(source), source.users)
    from pingsessions_nb.archive import Archive

    if not isinstance(source, Archive):
        msg = f"Cases are found in a history or an archive, not in a {type(source).__name__}."
        raise ConfigurationError(msg)
    return Everybody(source.cases(), source.crowded_addresses())


def read_everybody(
    tenant: Tenant, tell: Callable[[int, int], None], stop: threading.Event
) -> Everybody:
    """Read everybody's sessions, some at a time, and find cases in them."""
    users = tenant.users(progress=False)
    parts: list[History] = []
    read = 0
    while read < len(users) and not stop.is_set():
        tell(read, len(users))
        parts.append(tenant.history_of_users(users.iloc[read : read + _AT_ONCE]))
        read = min(read + _AT_ONCE, len(users))
    tell(read, len(users))
    whole = History.concat(parts)
    whole.known_networks = tenant.known_networks
    return Everybody(cases(whole), crowds(whole), whole.users, _missing(whole, read, len(users)))


def crowds(history: History) -> pd.DataFrame:
    """Return the addresses with many newcomers of a history of everybody."""
    networks = history.known_networks
    return crowded_addresses(newcomers(history), known_networks=networks)


def _missing(history: History, read: int, total: int) -> str:
    words = f"Stopped: {read:,} of {counted(total, 'user')} were read." if read < total else ""
    failures = history.failures
    if failures.empty:
        return words
    failed = f"{counted(len(failures), 'user')} could not be read: {failures['error'].iloc[0]}"
    return f"{words} {failed}".strip()
