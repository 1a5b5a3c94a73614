"""What a report is about: a history, what was found in it, and where it came from."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self, cast

import pandas as pd

from pingsessions_nb.detectors import signals
from pingsessions_nb.detectors.thresholds import Thresholds, thresholds_for
from pingsessions_nb.errors import NotFound
from pingsessions_nb.history import History, HistoryLike, Source, history_of, source_of
from pingsessions_nb.redaction import redact_words
from pingsessions_nb.reporting.told_cases import cases_of_some, told_cases
from pingsessions_nb.scoring import RiskModel, risk
from pingsessions_nb.triage import cases

if TYPE_CHECKING:
    from pingsessions_nb.archive import Archive
    from pingsessions_nb.tenant import Tenant
    from pingsessions_nb.tenant.user_lookup import Users


@dataclass(frozen=True)
class Origin:
    """Where a history came from.

    Attributes
    ----------
    kind : {"tenant", "archive", "history"}
    name : str or None
        What it calls itself.
    """

    kind: str
    name: str | None = None

    def __str__(self) -> str:
        return f"{self.kind.title()} {self.name or ''}".strip()


@dataclass(frozen=True)
class Known:
    """A history that was read before, with where that was, as a source of reports."""

    history: History
    origin: Origin


@dataclass(frozen=True)
class Subject:
    """All that a report tells.

    Attributes
    ----------
    history : History
    cases : DataFrame
        See `told_cases`.
    signals, risk : DataFrame
        As `ps.signals` and `ps.risk` give them, of the sessions in ``history``.
    thresholds : Thresholds
    origin : Origin
    made_at : datetime
        UTC.
    sessions_compared, users_compared : int
        Of the history in which signals were looked for, and to which risk was fitted.
    """

    history: History
    cases: pd.DataFrame
    signals: pd.DataFrame
    risk: pd.DataFrame
    thresholds: Thresholds
    origin: Origin
    made_at: datetime
    sessions_compared: int
    users_compared: int

    @classmethod
    def of(
        cls,
        history: History,
        origin: Origin,
        thresholds: Mapping[str, Any],
        fit: HistoryLike | RiskModel | None = None,
        everybody: Archive | None = None,
    ) -> Self:
        """Look for signals and score each session.

        What several users do at one address shows among ``everybody`` only, where the history has
        not all that is known.
        """
        if thresholds.get("known_networks") is not None:  # they travel with it from here on
            history = history.between()
            history.known_networks = thresholds["known_networks"]
        limits = thresholds_for(history, thresholds)
        if fit is not None and not isinstance(fit, RiskModel):
            fit = history_of(fit)
        scores = risk(history, fit=fit, baseline_sessions=limits.baseline_sessions)
        population = history if fit is None else fit
        if isinstance(population, History):
            compared = len(population), len(population.user_ids)
        else:
            compared = population.sessions, population.users
        if everybody is None:
            found, told = signals(history, **thresholds), cases(history, **thresholds)
        else:
            found, told = everybody.signals(**thresholds), everybody.cases(**thresholds)
        return cls(
            history,
            told_cases(told),
            found,
            scores,
            limits,
            origin,
            datetime.now(UTC),
            *compared,
        )

    def for_users(self, users: Users) -> Self:
        """Tell of some users only; what they were compared with stays."""
        history = self.history.for_users(users)
        ids = set(history.user_ids)
        return replace(
            self,
            history=history,
            cases=cases_of_some(self.cases, ids),
            signals=_rows_of(self.signals, ids),
            risk=_rows_of(self.risk, ids),
        )

    def redacted(self, history: History) -> Self:
        """Tell the same of a redacted history."""
        return replace(
            self,
            history=history,
            cases=redact_words(self.cases, self.history, history),
            signals=redact_words(self.signals, self.history, history),
            risk=redact_words(self.risk, self.history, history),
            origin=Origin(self.origin.kind),
        )


def _rows_of(frame: pd.DataFrame, user_ids: set[str]) -> pd.DataFrame:
    return frame[frame["user_id"].isin(user_ids)].reset_index(drop=True)


def read_source(
    source: Source | Known, users: Users | None, *, progress: bool
) -> tuple[History, Origin]:
    """Get the history out of whatever has one, and say where it came from.

    Parameters
    ----------
    source : Tenant, Archive, History or Known
    users : str, iterable of str, DataFrame or None
        Of a history all users are read, so that each is compared with everybody.
    progress : bool

    Raises
    ------
    ConfigurationError
        Where ``source`` has no history.
    ApiError, ArchiveError
        Where it cannot be read.
    """
    if isinstance(source, Known):
        return source.history, source.origin
    if isinstance(source, History):
        return source, Origin("history")
    if isinstance(source_of(source), HistoryLike):
        archive = cast("Archive", source)
        return archive.history(users), Origin("archive", archive.path)
    tenant = cast("Tenant", source)
    return tenant.history(users, progress=progress), Origin("tenant", tenant.name)


def must_know(history: History, users: Users, origin: Origin) -> None:
    """Check that a history knows at least one of some users.

    Raises
    ------
    NotFound
        Where nobody of them is there.
    """
    with contextlib.suppress(NotFound):
        if history.for_users(users).user_ids:
            return
    whom = repr(users) if isinstance(users, str) else "These users"
    verb = "is" if isinstance(users, str) else "are"
    some = ", ".join(history.label(user_id) for user_id in history.user_ids[:3])
    hint = f" It has {some} and so on." if some else ""
    msg = f"{whom} {verb} not in this {origin.kind}.{hint}"
    raise NotFound(msg, status=404, code="NOT_FOUND")
