"""What is found in a whole archive: signals, cases, scores, and which cases are news."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Protocol, TypeVar

import pandas as pd

from pingsessions_nb.archive import news, partitions, told, versions
from pingsessions_nb.archive.reading import Reader
from pingsessions_nb.archive.snapshots import AsOf
from pingsessions_nb.archive.tables import Tables
from pingsessions_nb.arguments.given_times import Time, given_time
from pingsessions_nb.detectors.thresholds import read_thresholds
from pingsessions_nb.history import History
from pingsessions_nb.known_networks import Described
from pingsessions_nb.triage.verdicts import read_verdicts

if TYPE_CHECKING:
    from pingsessions_nb.archive.engines import Engine

Answer = TypeVar("Answer")


class Analyses(Protocol):
    """What an archive can be asked for beyond its rows; `Archive` says where these are."""

    _tables: Tables

    @property
    def known_networks(self) -> Described:
        """The company's own networks."""

    def _parts(self, as_of: AsOf) -> list[partitions.Bucket]: ...

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
        return partitions.signals(self._parts(as_of), client, thresholds)

    def crowded_addresses(
        self, client: Engine | None = None, *, as_of: AsOf = None, **thresholds: object
    ) -> pd.DataFrame:
        """Find the addresses to which many users came, as ``crowded`` of `pingsessions_nb.signals`.

        With it, the signals of some users are those that `signals` finds for them.
        """
        self._add_networks(thresholds)
        return partitions.crowds(self._parts(as_of), client, thresholds)

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
        parts = self._parts(as_of)

        def read(ids: list[str]) -> History:
            return self._of(ids, as_of)

        found = partitions.cases(parts, client, read, judged, thresholds)
        if after is None or found.empty:
            return found
        return news.since(found, read, after, self._asked(as_of, news.first_seen))

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
        before, asked_at = told.known(self._tables), told.stand(self._tables)
        since = None if before is None else told.told_until(self._tables)
        if since is None:
            found = self.cases(None, client, verdicts=verdicts, as_of=None, **thresholds)
        else:
            found = self._cases_with_news(since, client, verdicts, thresholds)
        if before is None:
            fresh = found["case_id"].isin([])
            if asked_at.read_at is not None and len(found):
                fresh = news.brought(found, self._of, asked_at.read_at)
            told.keep(self._tables, found[~fresh])
            before = told.known(self._tables) or {}
        return told.untold(found, before, asked_at)

    def keep_told(self, cases: pd.DataFrame) -> None:
        """Keep that cases were told, all or none of them, so that `new_cases` has them no more.

        Raises
        ------
        ArchiveError
            Where somebody else kept what they told at the same time, or as `record`.
        """
        told.keep(self._tables, cases)

    def _cases_with_news(
        self,
        since: pd.Timestamp,
        client: Engine | None,
        verdicts: pd.DataFrame | None,
        thresholds: dict[str, object],
    ) -> pd.DataFrame:
        """Return the cases of whoever something was recorded of since a time, and who was near."""
        self._add_networks(thresholds)
        hours = read_thresholds(thresholds).user_velocity_hours
        parts, judged = self._parts(None), read_verdicts(verdicts)
        theirs = self._asked(None, lambda reader: news.theirs(reader, since, hours))
        sessions = self._asked(None, news.sessions)
        learn_from = news.parts_to_learn_from(len(parts), sessions)
        return partitions.cases_of_some(parts, client, theirs, judged, thresholds, learn_from)

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
        return partitions.risk(self._parts(as_of), client, options, limit)
