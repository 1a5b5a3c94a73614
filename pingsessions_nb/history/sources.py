"""Where users and their sessions come from: one protocol of tenant, archive and history."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from typing import Protocol, runtime_checkable

import pandas as pd

from pingsessions_nb.errors import ConfigurationError
from pingsessions_nb.history.history import History
from pingsessions_nb.known_networks import Described


@runtime_checkable
class Source(Protocol):
    """What users are found in and their sessions read from: a tenant, an archive, a history."""

    @property
    def known_networks(self) -> Described:
        """The company's own networks."""

    def populations(self) -> pd.DataFrame:
        """List populations: ``population_id`` and ``name`` (str), and what else is known."""

    def search_users(
        self, text: str, population: str | None = None, limit: int = 50
    ) -> Future[pd.DataFrame]:
        """Begin a search for users of whom every word of ``text`` begins a name."""

    def find_users(self, users: str | Iterable[str]) -> pd.DataFrame:
        """Return users by id, username or e-mail address."""

    def history_of_users(self, users: Sequence[str] | pd.DataFrame) -> History:
        """Read the sessions of some users, by id or as rows of `find_users`."""


def source_of(source: Source) -> Source:
    """Return the source, if it is one.

    Raises
    ------
    ConfigurationError
        Where it is none; the sentence says what is.
    """
    if isinstance(source, Source) and not isinstance(source, type):
        return source
    msg = (
        "A source is needed: a tenant (ps.connect, ps.demo), an archive (ps.Archive) or a history "
        f"(ps.read_history), not a value of type {type(source).__name__}."
    )
    raise ConfigurationError(msg)
