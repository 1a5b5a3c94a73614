"""`History`: the sessions and locations of some users over some time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from dataclasses import asdict
from os import PathLike
from pathlib import Path
from typing import Any, Protocol, Self, runtime_checkable

import pandas as pd

from pingsessions_nb.arguments import Time, given_path
from pingsessions_nb.errors import ConfigurationError
from pingsessions_nb.frames import (
    Gathering,
    Responses,
    gather,
    problem_frame,
    session_frames,
    user_frame,
    users_frame,
)
from pingsessions_nb.frames.columns import LOCATION_COLUMNS, PLACE_COLUMNS, SESSION_COLUMNS
from pingsessions_nb.frames.typed_values import with_columns
from pingsessions_nb.history.card import history_html
from pingsessions_nb.history.finding_users import (
    known_users,
    matching_users,
    named_users,
    populations_of,
    rows_of_users,
)
from pingsessions_nb.history.merging import in_order, merge_sessions, merge_users, stacked
from pingsessions_nb.history.redaction_note import Redaction
from pingsessions_nb.history.slices import WORDS, Slices
from pingsessions_nb.known_networks import Described
from pingsessions_nb.places import Aliases, locate
from pingsessions_nb.wording import counted

TABLES = ("users", "sessions", "locations", "failures", "problems")


class History(Slices):
    """Users, their sessions and the locations of these.

    Parameters
    ----------
    users, sessions, locations : DataFrame
        As `users_frame`, `sessions_frame` and `locations_frame` make them.
    failures : DataFrame, optional
        What could not be read: ``user_id`` (str, NA where it was a file), ``error`` (str, a
        sentence), ``status`` (Int64, HTTP), ``code`` (str, PingOne's).
    problems : DataFrame, optional
        Values that could not be used and are NA: ``session_id, field, value, user_id`` (str).

    Attributes
    ----------
    users, sessions, locations, failures, problems : DataFrame
        The same. ``users`` is empty where no user records were read; sessions do not need it.
    read_at : Timestamp or None
        When it was read from PingOne: ``sessions.status`` is as of then. It can be set.
    redaction : Redaction or None
        What `redact` has done to it, and to whatever was cut out of it.
    known_networks : dict
        The company's own networks, as its source names them: see `signals`. It can be set.

    Examples
    --------
    >>> import pingsessions_nb as ps
    >>> history = ps.demo(users=20, seed=7).history()
    >>> history
    History(20 users, 182 sessions, 540 locations, 2020-07-22 to 2025-11-12)
    >>> history.for_users("olivia.adams").between("2025-11-10")
    History(1 user, 3 sessions, 6 locations, 2025-11-09 to 2025-11-10)
    """

    @classmethod
    def from_responses(
        cls,
        responses: Responses,
        users: pd.DataFrame | Responses | None = None,
        *,
        read_at: Time | None = None,
    ) -> Self:
        """Make both frames in one pass over saved or fetched responses.

        Parameters
        ----------
        responses : bytes, str, dict, or an iterable of these
            Pages of sessions, raw (fastest) or decoded; pages of users may be among them.
        users : DataFrame or responses, optional
            The users, as `users_frame` makes them or as pages.
        read_at : datetime, date or str, optional
            When PingOne answered, UTC where it has no zone. Default: now.

        Returns
        -------
        History
            A session that came more than once is there once: see `concat`.

        Raises
        ------
        MalformedResponse
            Where a response is not a page.
        ConfigurationError
            Where ``read_at`` is not a time.
        """
        gathering = gather(responses)
        if users is not None and not isinstance(users, pd.DataFrame):
            users = users_frame(users)
        return cls.from_gathering(gathering, users, read_at)

    @classmethod
    def from_gathering(
        cls, gathering: Gathering, users: pd.DataFrame | None = None, read_at: Time | None = None
    ) -> Self:
        """Make the history of what a `Gathering` has read; its columns are used up by that."""
        sessions, locations = session_frames(gathering)
        if users is None:
            users = user_frame(gathering)
        elif gathering.users:
            users = stacked([users, user_frame(gathering)])
        sessions, locations = merge_sessions(sessions, locations)
        problems = problem_frame(gathering)
        history = cls(merge_users(users), sessions, locations, problems=problems)
        history.read_at = pd.Timestamp.now("UTC") if read_at is None else read_at
        return history

    @classmethod
    def concat(cls, histories: Iterable[HistoryLike]) -> Self:
        """Join histories, each session and each user once.

        A session seen in several is the same session at different times: the one active last (of
        equals, the last given) says its facts, what it leaves out an earlier one says, and it has
        the locations of all. ``status`` is as of the latest ``read_at``.

        Parameters
        ----------
        histories : iterable of History or Archive
            Oldest first.
        """
        parts = [history_of(each) for each in histories] or [cls.from_responses([])]
        sessions, locations = in_order(
            *merge_sessions(
                stacked([part.sessions for part in parts]),
                stacked([part.locations for part in parts]),
            )
        )
        joined = cls(
            merge_users(stacked([part.users for part in parts])),
            sessions,
            locations,
            stacked([part.failures for part in parts]).drop_duplicates(ignore_index=True),
            stacked([part.problems for part in parts]).drop_duplicates(ignore_index=True),
        )
        joined.read_at = max((each for part in parts if (each := part.read_at)), default=None)
        redactions = {part.redaction for part in parts}
        for part in parts:
            joined._known_networks = joined._known_networks | part.known_networks
        joined.redaction = redactions.pop() if len(redactions) == 1 else None
        return joined

    def with_place_aliases(self, aliases: Aliases) -> Self:
        """Locate all locations anew, with words of your own: see `locate`.

        Parameters
        ----------
        aliases : mapping, DataFrame or path
            As `locate` takes them: `unread_places` with latitude and longitude added will do.
        """
        every = pd.Series(data=True, index=self.sessions.index)
        located = self._kept(self.users, every, pd.Series(data=True, index=self.locations.index))
        places = locate(located.locations[WORDS], aliases=aliases)
        located.locations = located.locations.assign(**places[list(PLACE_COLUMNS)])
        located.problems = self.problems
        return located

    def save(self, path: str | PathLike[str]) -> Path:
        """Write everything to a folder of Parquet files, all or nothing.

        Parameters
        ----------
        path : str or path
            A new folder, an empty one, or one written by this before, which is replaced.

        Returns
        -------
        Path
            The folder.

        Raises
        ------
        ConfigurationError
            Where ``path`` holds something else, or cannot be written.
        """
        from pingsessions_nb.history.saving import write_tables

        note: dict[str, Any] = {"redaction": asdict(self.redaction)} if self.redaction else {}
        if self._known_networks:
            note["known_networks"] = self._known_networks
        if self.read_at is not None:
            note["read_at"] = self.read_at.isoformat()
        return write_tables(
            given_path("path", path), {name: getattr(self, name) for name in TABLES}, note
        )

    @classmethod
    def load(cls, path: str | PathLike[str]) -> Self:
        """Read back what `save` wrote, exactly.

        Raises
        ------
        ConfigurationError
            Where there is no such folder, or it was not written by `save`.
        MalformedResponse
            Where a file in it is damaged.
        """
        from pingsessions_nb.history.saving import read_tables

        frames, note = read_tables(given_path("path", path), TABLES)
        frames["sessions"] = with_columns(frames["sessions"], SESSION_COLUMNS)
        frames["locations"] = with_columns(frames["locations"], LOCATION_COLUMNS)
        loaded = cls(**frames)
        loaded._read_at = pd.Timestamp(note["read_at"]) if "read_at" in note else None
        loaded.redaction = Redaction(**note["redaction"]) if "redaction" in note else None
        loaded._known_networks = note.get("known_networks", {})
        return loaded

    def __len__(self) -> int:
        """Count the sessions."""
        return len(self.sessions)

    def populations(self) -> pd.DataFrame:
        """List the populations of ``users``: ``population_id, name, user_count``."""
        return populations_of(self.users)

    def search_users(
        self, text: str, population: str | None = None, limit: int = 50
    ) -> Future[pd.DataFrame]:
        """Search for users, as a tenant does, in what was read; the answer is there at once."""
        answer: Future[pd.DataFrame] = Future()
        answer.set_result(matching_users(self._known_users(), text, population, limit))
        return answer

    def find_users(self, users: str | Iterable[str]) -> pd.DataFrame:
        """Return rows of `users` by ids, usernames or e-mail addresses, these in any case."""
        return named_users(self._known_users(), users)

    def history_of_users(self, users: Sequence[str] | pd.DataFrame) -> Self:
        """Return `for_users` of ids, as a tenant and an archive do."""
        return self.for_users(rows_of_users(users))

    def _known_users(self) -> pd.DataFrame:
        return known_users(self.users, self.sessions["user_id"])

    def to_history(self) -> Self:
        """Return itself: wherever a history is taken, an archive is, and returns its own."""
        return self

    def __repr__(self) -> str:
        counts = [counted(len(self.user_ids), "user"), counted(len(self.sessions), "session")]
        counts.append(counted(len(self.locations), "location"))
        since, until = self.since, self.until
        when = "" if since is None or until is None else f", {since:%Y-%m-%d} to {until:%Y-%m-%d}"
        return f"History({', '.join(counts)}{when})"

    def _repr_html_(self) -> str:
        return history_html(self)


@runtime_checkable
class HistoryLike(Protocol):
    """What stands for a history: a `History` itself, or an `Archive` for all that it holds.

    Examples
    --------
    >>> import pingsessions_nb as ps
    >>> def countries(source: ps.HistoryLike) -> int:
    ...     return source.to_history().locations["country"].nunique()
    >>> countries(ps.demo(users=20, seed=7).history())
    13
    """

    def to_history(self) -> History:
        """Return the history."""


def history_of(source: HistoryLike) -> History:
    """Return the history that ``source`` is or stands for.

    Where it is none, the sentence of a `ConfigurationError` says how to get one.
    """
    if isinstance(source, HistoryLike) and not isinstance(source, type):
        return source.to_history()
    msg = (
        "A history is needed, such as tenant.history(), archive.history() and ps.read_history "
        f"give, not a value of type {type(source).__name__}."
    )
    raise ConfigurationError(msg)


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
    """Return the source, if it is one; where it is none, a `ConfigurationError` says what is."""
    if isinstance(source, Source) and not isinstance(source, type):
        return source
    msg = (
        "A source is needed: a tenant (ps.connect, ps.demo), an archive (ps.Archive) or a history "
        f"(ps.read_history), not a value of type {type(source).__name__}."
    )
    raise ConfigurationError(msg)
