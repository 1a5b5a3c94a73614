"""What is found in a whole archive, bucket by bucket: signals, cases, scores, and what is news.

All of a user lies in one bucket, so whatever concerns single users is found in each bucket alone:
in little memory, or on a cluster. What concerns several, an address with many newcomers or how
common a value is, takes a first pass over the buckets.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

import pandas as pd

from pingsessions_nb.archive import new_cases, versions
from pingsessions_nb.archive.engines import on_each
from pingsessions_nb.archive.reading import Reader
from pingsessions_nb.archive.snapshots import AsOf, Versions
from pingsessions_nb.archive.table_layout import bucket_of
from pingsessions_nb.archive.tables import Tables
from pingsessions_nb.arguments import Time, given_time
from pingsessions_nb.coded import code_history
from pingsessions_nb.detectors import crowded_addresses, join_signals, newcomers, signals, unjudged
from pingsessions_nb.detectors.habits import without_habits
from pingsessions_nb.detectors.thresholds import read_thresholds
from pingsessions_nb.history import History
from pingsessions_nb.known_networks import Described
from pingsessions_nb.scoring import RiskModel, risk
from pingsessions_nb.triage.making_cases import cases_of, reader_of
from pingsessions_nb.triage.surroundings import networks_of
from pingsessions_nb.triage.traffic import Traffic, Wanted
from pingsessions_nb.triage.verdicts import read_verdicts

if TYPE_CHECKING:
    from pingsessions_nb.archive.engines import Engine

Answer = TypeVar("Answer")

_ENOUGH: Final = 1_000_000  # sessions, to learn from what is common
# What is learned of everybody rests on: reading the rest would take most of the time.
_IN_COMMON: Final = {
    "users": ["user_id"],
    "sessions": [
        *("session_id", "user_id", "created_at", "active_at", "last_sign_on_at"),
        *("browser_name", "browser_version", "os_name", "os_version", "device_type"),
    ],
    "locations": [
        *("session_id", "user_id", "at", "remote_ip", "city", "state", "country"),
        *("latitude", "longitude"),
    ],
}


@dataclass(frozen=True)
class Bucket:
    """One bucket of an archive as of one snapshot: small, and readable from another machine."""

    address: str
    options: Mapping[str, str] = field(repr=False)
    versions: Versions
    buckets: int
    bucket: int

    def history(self, columns: Mapping[str, Sequence[str]] | None = None) -> History:
        """Read all of the bucket, or of each table some columns, the others being missing."""
        tables = Tables(self.address, self.options)
        reader = Reader(tables, self.versions, self.buckets)
        return reader.history(buckets=[self.bucket], columns=columns)


class Analyses(Protocol):
    """What an archive can be asked for beyond its rows; `Archive` says where these are."""

    _tables: Tables

    @property
    def known_networks(self) -> Described:
        """The company's own networks."""

    def _parts(self, as_of: AsOf) -> list[Bucket]: ...

    def _asked(self, as_of: AsOf, ask: Callable[[Reader], Answer]) -> Answer: ...

    def _add_networks(self, thresholds: dict[str, object]) -> None:
        if thresholds.get("known_networks") is None:
            thresholds["known_networks"] = self.known_networks

    def signals(
        self, client: Engine | None = None, *, as_of: AsOf = None, **thresholds: object
    ) -> pd.DataFrame:
        """Find the signals of the whole archive, one bucket in memory at a time.

        Parameters
        ----------
        client : distributed.Client or SparkSession, optional
            A Dask cluster, or a session of Spark or of what speaks Spark Connect, to work on its
            buckets at the same time. Its workers need pingsessions_nb, and reach the archive at
            the same address.
        as_of : int, datetime, str or None
            As `history`.
        **thresholds
            As for `pingsessions_nb.signals`.

        Returns
        -------
        DataFrame
            What `pingsessions_nb.signals` returns for all of it in memory at once.
        """
        self._add_networks(thresholds)
        parts = self._parts(as_of)
        crowded = _crowds(parts, client, thresholds)
        return join_signals(on_each(parts, client, _signals, thresholds, crowded))

    def crowded_addresses(
        self, client: Engine | None = None, *, as_of: AsOf = None, **thresholds: object
    ) -> pd.DataFrame:
        """Find the addresses to which many users came, as ``crowded`` of `pingsessions_nb.signals`.

        With it, the signals of some users are those that `signals` finds for them.
        """
        self._add_networks(thresholds)
        return _crowds(self._parts(as_of), client, thresholds)

    def cases(
        self,
        since: Time | None = None,
        client: Engine | None = None,
        *,
        verdicts: pd.DataFrame | None = None,
        as_of: AsOf = None,
        **thresholds: object,
    ) -> pd.DataFrame:
        """Put the findings of the whole archive into cases.

        In memory are one bucket at a time, and then two thousand users with findings at a time.

        Parameters
        ----------
        since : datetime, date, str or None
            Only cases that are new or changed since then: a session or a location of theirs was
            first seen by a recording. What an archive that is younger knows is all new to it;
            then it is those that something happened in.
        client, as_of
            As for `signals`.
        verdicts : DataFrame, optional
            As for `pingsessions_nb.cases`.
        **thresholds
            As for `pingsessions_nb.signals`.

        Returns
        -------
        DataFrame
            What `pingsessions_nb.cases` returns for all of it in memory at once, ``rank`` being
            that among all; or those of its rows that `since` asks for.
        """
        judged = read_verdicts(verdicts)
        after = None if since is None else given_time("since", since)
        self._add_networks(thresholds)
        parts, limits = self._parts(as_of), read_thresholds(thresholds)
        read = functools.partial(self._of, as_of=as_of)
        models, came = zip(*on_each(parts, client, _common, thresholds), strict=True)
        crowded = crowded_addresses(pd.concat(came, ignore_index=True), **thresholds)
        some, asked = zip(*on_each(parts, client, _unjudged, thresholds, crowded), strict=True)
        wanted = Wanted(*(set().union(*each) for each in zip(*asked, strict=True)))
        around = on_each(parts, client, _around, thresholds, wanted)
        traffic = Traffic.joined([traffic for traffic, _ in around])
        found, model = pd.concat(some, ignore_index=True), RiskModel.joined(models)
        near = functools.partial(bucket_of, buckets=len(parts))
        found = cases_of(found, read, limits, traffic, model, judged, near)
        if after is None or found.empty:
            return found
        return new_cases.since(found, read, after, self._asked(as_of, new_cases.first_seen))

    def new_cases(
        self,
        client: Engine | None = None,
        *,
        verdicts: pd.DataFrame | None = None,
        **thresholds: object,
    ) -> pd.DataFrame:
        """Return the cases that nobody was told of yet, or that are graver or larger than then.

        Whoever has told them says so by `keep_told`. The first time, what the archive knew before
        its latest recording counts as told. Where all was told the last time, only users are looked
        at of whom something was recorded since; of an archive of several million sessions, scores
        are then learned from a million.

        Parameters
        ----------
        client, verdicts, **thresholds
            As for `cases`.

        Returns
        -------
        DataFrame
            Rows of `cases`, and ``news`` (str): ``new``; or ``changed`` where a case with some of
            its sessions was told, and it is graver now, or has a further session with a finding
            of more than low severity.
        """
        before, asked_at = new_cases.told(self._tables), new_cases.stand(self._tables)
        since = None if before is None else new_cases.told_until(self._tables)
        if since is None:
            found = self.cases(None, client, verdicts=verdicts, as_of=None, **thresholds)
        else:
            found = self._cases_with_news(since, client, verdicts, thresholds)
        if before is None:
            fresh = found["case_id"].isin([])
            if asked_at.read_at is not None and len(found):
                fresh = new_cases.brought(found, self._of, asked_at.read_at)
            self.keep_told(found[~fresh])
            before = new_cases.told(self._tables) or {}
        return new_cases.untold(found, before, asked_at)

    def keep_told(self, cases: pd.DataFrame) -> None:
        """Keep that cases were told, all or none of them, so that `new_cases` has them no more.

        Raises
        ------
        ArchiveError
            Where somebody else kept what they told at the same time, or as `record`.
        """
        new_cases.keep_told(self._tables, cases)

    def _cases_with_news(
        self,
        since: pd.Timestamp,
        client: Engine | None,
        verdicts: pd.DataFrame | None,
        thresholds: dict[str, object],
    ) -> pd.DataFrame:
        """Return the cases of whoever something was recorded of since a time.

        Who else comes to an address at the same time has to be among those that are looked at.
        """
        judged = read_verdicts(verdicts)
        self._add_networks(thresholds)
        parts, limits = self._parts(None), read_thresholds(thresholds)
        hours = limits.user_velocity_hours
        theirs = self._asked(None, lambda reader: new_cases.theirs(reader, since, hours))
        coded = code_history(theirs, limits.known_networks)
        crowded = crowded_addresses(newcomers(theirs, **thresholds), **thresholds)
        found = without_habits(unjudged(coded, limits, crowded), coded)
        theirs = theirs.for_users(found["user_id"].unique().tolist())
        wanted = networks_of(code_history(theirs, limits.known_networks))
        learn_from = math.ceil(len(parts) * _ENOUGH / max(1, self._asked(None, new_cases.sessions)))
        around = on_each(parts, client, _around, thresholds, wanted, learn_from)
        traffic = Traffic.joined([traffic for traffic, _ in around])
        model = RiskModel.joined([model for _, model in around if model is not None])
        return cases_of(found, reader_of(theirs), limits, traffic, model, judged)

    def versions(self, users: str | Iterable[str] | pd.DataFrame | None = None) -> pd.DataFrame:
        """List what changed in sessions between recordings, in the order in which it was seen.

        A change is told by the recording that finds a session otherwise than it is known. One of
        what was read before that tells of none, so record in the order of reading. Of each session
        the latest 40 changes are kept.

        Parameters
        ----------
        users : str, iterable of str, DataFrame or None
            As for `history`.

        Returns
        -------
        DataFrame
            A row for each change: ``user_id, session_id, fact, before, after`` (str; a fact is
            ``browser_name``, ``browser_version``, ``os_name``, ``os_version``, ``device_type``,
            ``authenticators`` or the ``network`` of the last sign-on), ``changed_after`` (the last
            activity that was seen before it) and ``changed_by`` (datetime64[us, UTC]).
        """
        history = self._asked(None, lambda reader: reader.history(users))
        return versions.changes_of(history.sessions)

    def _of(self, user_ids: list[str], as_of: AsOf = None) -> History:
        users = pd.DataFrame({"user_id": user_ids}, dtype="str")
        return self._asked(as_of, lambda reader: reader.history(users))

    def risk(
        self,
        client: Engine | None = None,
        *,
        as_of: AsOf = None,
        limit: int | None = None,
        **options: object,
    ) -> pd.DataFrame:
        """Score every session of the archive, one bucket in memory at a time.

        Parameters
        ----------
        client, as_of
            As for `signals`.
        limit : int, optional
            Only the so many highest scores: what is returned need not have a row for each session.
        **options
            ``features`` and ``baseline_sessions``, as for `pingsessions_nb.risk`.

        Returns
        -------
        DataFrame
            What `pingsessions_nb.risk` returns for all of it in memory at once, or its first rows.
        """
        parts = self._parts(as_of)
        model = RiskModel.joined(on_each(parts, client, _model))
        scored = pd.concat(on_each(parts, client, _risk, options, model, limit), ignore_index=True)
        order = ["score", "at", "user_id", "session_id"]
        scored = scored.sort_values(order, ascending=[False, False, True, True], ignore_index=True)
        return scored if limit is None else scored.head(limit)


def _crowds(
    parts: Sequence[Bucket], client: Engine | None, thresholds: Mapping[str, object]
) -> pd.DataFrame:
    came = on_each(parts, client, _newcomers, thresholds)
    return crowded_addresses(pd.concat(came, ignore_index=True), **thresholds)


def _around(
    part: Bucket, thresholds: Mapping[str, object], wanted: Wanted, learn_from: int = 0
) -> tuple[Traffic, RiskModel | None]:
    history = part.history(_IN_COMMON)
    coded = code_history(history, read_thresholds(thresholds).known_networks)
    model = RiskModel.of(history) if part.bucket < learn_from else None
    return Traffic.of(coded, wanted), model


def _unjudged(
    part: Bucket, thresholds: Mapping[str, object], crowded: pd.DataFrame
) -> tuple[pd.DataFrame, Wanted]:
    limits = read_thresholds(thresholds)
    history = part.history()
    coded = code_history(history, limits.known_networks)
    found = without_habits(unjudged(coded, limits, crowded), coded)
    theirs = history.for_users(found[["user_id"]])
    return found, networks_of(code_history(theirs, limits.known_networks))


def _common(part: Bucket, thresholds: Mapping[str, object]) -> tuple[RiskModel, pd.DataFrame]:
    history = part.history(_IN_COMMON)
    return RiskModel.of(history), newcomers(history, **thresholds)


def _model(part: Bucket) -> RiskModel:
    return RiskModel.of(part.history(_IN_COMMON))


def _risk(
    part: Bucket, options: Mapping[str, Any], model: RiskModel, limit: int | None
) -> pd.DataFrame:
    scored = risk(part.history(), fit=model, **options)
    return scored if limit is None else scored.head(limit)


def _newcomers(part: Bucket, thresholds: Mapping[str, object]) -> pd.DataFrame:
    return newcomers(part.history(_IN_COMMON), **thresholds)


def _signals(part: Bucket, thresholds: Mapping[str, Any], crowded: pd.DataFrame) -> pd.DataFrame:
    return signals(part.history(), crowded=crowded, **thresholds)
