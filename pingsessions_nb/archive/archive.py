"""`Archive`: history that PingOne has forgotten, in Delta Lake tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from os import PathLike
from typing import Any, Final
from urllib.parse import unquote

import pandas as pd

from pingsessions_nb.archive import incremental, recorder, snapshots, sql, upkeep
from pingsessions_nb.archive.analyses import Analyses, Answer, Bucket
from pingsessions_nb.archive.changes import Changes
from pingsessions_nb.archive.reading import Reader
from pingsessions_nb.archive.snapshots import AsOf
from pingsessions_nb.archive.table_layout import BUCKETS
from pingsessions_nb.archive.tables import Tables
from pingsessions_nb.arguments import Time, given_frame, given_number, given_time
from pingsessions_nb.errors import ArchiveError, ConfigurationError
from pingsessions_nb.history import History, HistoryLike, history_of
from pingsessions_nb.history.finding_users import (
    matching_users,
    named_users,
    populations_of,
    rows_of_users,
)
from pingsessions_nb.known_networks import Described, described

_READING = ThreadPoolExecutor(max_workers=2, thread_name_prefix="pingsessions-archive")
_MOST_BUCKETS: Final = 4096
_MOST_DAYS: Final = 36500


class Archive(Analyses):
    """The archive at an address; the first `record` makes it.

    Its tables ``users``, ``sessions`` and ``locations`` are Delta Lake tables of the frames'
    columns, with ``first_seen_at`` and ``last_seen_at`` of each row: when the first snapshot that
    had it was taken, and the latest that had news of it. ``sessions`` and ``locations`` are
    partitioned by ``bucket`` of the user's id and by the ``month`` in which the session began.
    Delta Lake is an extra: ``pip install "pingsessions_nb[archive]"``.

    Parameters
    ----------
    path : str or path
        A folder, or an ``s3://``, ``abfss://`` or ``gs://`` address.
    storage_options : mapping of str to str, optional
        Credentials and settings of the object store, as `deltalake` takes them; they are shown
        nowhere.
    buckets : int
        Number of parts of a new archive; each is worked on in memory by itself. An existing
        archive keeps its number.
    known_networks : mapping, optional
        The company's own networks, as for `signals`; they are kept with the archive and replace
        those kept before. A history that is recorded brings its own along.
    private : bool
        Whether the files of an archive in a folder are made readable by their owner alone; a new
        archive keeps this. Else the process's mask (``umask``) decides.

    Raises
    ------
    ArchiveError
        If something else is at the address.
    ConfigurationError
        If an argument is wrong, or Delta Lake is not installed.

    Examples
    --------
    >>> import tempfile
    >>> import pingsessions_nb as ps
    >>> archive = ps.Archive(tempfile.mkdtemp(), buckets=1)
    >>> history = ps.demo(users=20, seed=7).history("olivia.adams")
    >>> archive.record(history)["sessions_added"]
    10
    >>> archive.record(history)["sessions_added"]
    0
    >>> archive.sql("SELECT count(*) AS visits FROM locations")
       visits
    0      31
    """

    def __init__(
        self,
        path: str | PathLike[str],
        *,
        storage_options: Mapping[str, str] | None = None,
        buckets: int = BUCKETS,
        known_networks: Mapping[str, Any] | None = None,
        private: bool = True,
    ) -> None:
        self.path = str(path).rstrip("/") if isinstance(path, str | PathLike) else ""
        if not self.path.strip() or "\0" in self.path:
            msg = f"path is {path!r}, but should be a folder for the archive alone."
            raise ConfigurationError(msg)
        if "://" not in self.path and unquote(self.path) != self.path:
            msg = f"{self.path} holds a % that the tables' engine reads as another character."
            raise ConfigurationError(f"{msg} Give a folder without it.")
        self._tables = Tables(self.path, storage_options or {}, private=private)
        self._buckets = int(given_number("buckets", buckets, 1, _MOST_BUCKETS, whole=True))
        self._known_to_exist = False
        self._last: Reader | None = None  # its tables are open
        self._networks = None if known_networks is None else described(known_networks)
        if self._exists() and self._networks is not None:
            upkeep.keep_networks(self._tables, self._networks)

    @property
    def buckets(self) -> int:
        """Number of parts that the archive is divided into."""
        self._exists()
        return self._buckets

    @property
    def known_networks(self) -> Described:
        """The company's own networks, which every history that is read from it has."""
        return upkeep.kept_networks(self._tables) if self._exists() else self._networks or {}

    def sweep_is_due(self, days: float = 7) -> bool:
        """Tell whether everybody is due: the last complete reading is older than ``days`` days.

        Raises
        ------
        ConfigurationError
            Where ``days`` is out of range.
        """
        days = given_number("days", days, 0, _MOST_DAYS)
        return not self._exists() or incremental.sweep_is_due(self._tables, days)

    def due(self, users: pd.DataFrame) -> pd.DataFrame:
        """Return the users whose sessions can have changed since the last complete recording.

        These are the users who signed on since then, new users, and users who then had a session
        that may still have been live. Activity within a session that outlived its own expiry is
        found only by the next sweep.

        Parameters
        ----------
        users : DataFrame
            Everybody, as ``tenant.users()`` lists them now.

        Returns
        -------
        DataFrame
            Their rows, for ``tenant.history``.

        Raises
        ------
        ArchiveError
            As `history`.
        """
        given_frame("users", users, ("user_id", "last_sign_on_at"))
        return self._asked(
            None, lambda reader: incremental.changed_users(self._tables, reader, users)
        )

    def record(
        self, history: HistoryLike, *, seen_at: Time | None = None, action: str | None = None
    ) -> Changes:
        """Merge a history: all of it, or, if this is interrupted, nothing that a reader sees.

        A session that is known keeps the union of its locations and takes the newest facts, by
        ``active_at`` and then by when they were seen. What PingOne has dropped stays. Recording
        the same again changes nothing, and writes nothing.

        Parameters
        ----------
        history : History or Archive
            Sessions without ``session_id`` or ``user_id``, and locations without their session,
            cannot be filed and are left out. A field that PingOne adds later to a location that
            is known is left out, too.
        seen_at : datetime or str, optional
            When it was read from PingOne. Default: the latest time in it, which is no later than
            that and does not change when it is recorded again.
        action : {"sweep", "update"}, optional
            ``sweep`` where everybody was read, ``update`` where whoever was `due` was; in both
            cases the history's users are everybody, as listed when the reading began, which is
            ``seen_at``. Then a snapshot is made even where nothing is new, the next `due` counts
            from it, and users who were recorded and are not listed are marked as gone.

        Returns
        -------
        Changes
            ``sessions_added, sessions_updated, locations_added, users_added, users_updated,
            users_gone``.

        Raises
        ------
        ArchiveError
            If the archive is damaged, cannot be written, or is kept busy by other recorders.
        ConfigurationError
            If a column of the history is not of the contract's type, or the history is redacted:
            its pseudonyms would not match later histories of the same users.
        """
        history = history_of(history)
        if history.redaction is not None:
            msg = "This history is redacted and would be taken for one of other people. "
            raise ConfigurationError(f"{msg}Keep it with history.save(path).")
        if not self._exists():
            self._tables.create(self._buckets)
            self._exists()
        seen = None if seen_at is None else given_time("seen_at", seen_at)
        if action not in (None, incremental.SWEEP, incremental.UPDATE):
            msg = f"action is {action!r}, but should be 'sweep', 'update' or None."
            raise ConfigurationError(msg)
        networks = {**self.known_networks, **history.known_networks}
        upkeep.keep_networks(self._tables, networks | (self._networks or {}))
        return recorder.record(self._tables, history, seen, self._buckets, action)

    def history(
        self,
        users: str | Iterable[str] | pd.DataFrame | None = None,
        since: Time | None = None,
        until: Time | None = None,
        *,
        as_of: AsOf = None,
    ) -> History:
        """Read what is recorded.

        Parameters
        ----------
        users : str, iterable of str, DataFrame or None
            Ids, usernames or e-mail addresses in any case, or a frame with ``user_id``; None for
            everybody. Names in a list that no user has are rows of ``failures``.
        since, until : datetime, date, str or None
            As `History.between`: sessions alive at some time from ``since`` until before
            ``until``, and their locations of that time. UTC where there is no zone.
        as_of : int, datetime, str or None
            The archive as it stood at a snapshot's number or a time: see `snapshots`.

        Returns
        -------
        History
            Users as asked for, or by id; sessions and users also have ``first_seen_at`` and
            ``last_seen_at`` (datetime64[us, UTC]), as have locations; users also ``gone_at``, since
            when the list of everybody has them no more. ``read_at`` is when PingOne
            was last read, and ``status`` of sessions as of then.

        Raises
        ------
        NotFound
            Where one user is asked for and is not here.
        ArchiveError
            Where there is no archive yet, it is damaged, or there is no such snapshot.
        """
        if users is not None and not isinstance(users, str | pd.DataFrame):
            users = list(users)
        read = self._asked(as_of, lambda reader: reader.answer(users, since, until))
        read.known_networks = self.known_networks
        return read

    def sql(self, query: str, *, as_of: AsOf = None, timeout: float | None = None) -> pd.DataFrame:
        """Answer a query over the tables ``users``, ``sessions`` and ``locations``.

        Parameters
        ----------
        query : str
            One SELECT in DataFusion's dialect. Columns whose names have a dot or capitals are
            quoted: ``SELECT "lastSignOn.authenticators" FROM sessions``; fields that we do not
            know are JSON text. ``WHERE bucket = …`` or ``month = …`` reads these parts alone.
        as_of : int, datetime, str or None
            As `history`.
        timeout : float, optional
            Seconds; a query that takes longer is given up. Default: none.

        Raises
        ------
        ConfigurationError
            If it is not a query, or cannot be answered; the sentence says why. A query that is
            nested too deeply or needs too much memory ends only the engine's own process.
        ArchiveError
            As `history`.
        """
        return self._asked(as_of, lambda reader: reader.sql(query, timeout))

    def populations(self) -> pd.DataFrame:
        """List the populations of all users: ``population_id, name, user_count``."""
        return populations_of(self._asked(None, Reader.known_users))

    def search_users(
        self, text: str, population: str | None = None, limit: int = 50
    ) -> Future[pd.DataFrame]:
        """Begin a search for users, as a tenant's does, in what is recorded."""
        return _READING.submit(
            lambda: matching_users(self._asked(None, Reader.known_users), text, population, limit)
        )

    def find_users(self, users: str | Iterable[str]) -> pd.DataFrame:
        """Return users by id, username or e-mail address, the last two in any case."""
        return named_users(self._asked(None, Reader.known_users), users)

    def history_of_users(self, users: Sequence[str] | pd.DataFrame) -> History:
        """Return `history` of users by id, as a tenant does."""
        return self.history(rows_of_users(users))

    def to_history(self) -> History:
        """Return everything recorded: wherever a history is taken, an archive is."""
        return self.history()

    def snapshots(self) -> pd.DataFrame:
        """List the snapshots that can be read, oldest first.

        Returns
        -------
        DataFrame
            ``snapshot`` (int64), ``recorded_at, seen_at`` (datetime64[us, UTC]), ``action`` (str:
            ``record``, ``sweep``, ``update``, ``compact``, ``forget``), ``users_version,
            sessions_version, locations_version`` (int64, of the Delta tables), ``sessions_added,
            sessions_updated, locations_added, users_added, users_updated`` (int64).
        """
        self._must_exist()
        return snapshots.readable(self._tables, self._tables.open("snapshots"))

    def compact(self, keep_days: float = 30) -> None:
        """Join small files, and delete those that only snapshots older than `keep_days` need.

        Recordings, one a day, leave many small files; once a month is often enough.
        """
        keep_days = given_number("keep_days", keep_days, 0, _MOST_DAYS)
        self._must_exist()
        upkeep.compact(self._tables, keep_days)

    def forget(self, user: str) -> upkeep.Forgotten:
        """Erase a user: all rows, and every old file that may hold some.

        Earlier snapshots need these files and cannot be read any more. The object store's own
        versions and backups are not reached. What PingOne still has of the user, the next
        recording brings back.

        Parameters
        ----------
        user : str
            Id, username or e-mail. A name that several users had erases all of them.

        Returns
        -------
        Forgotten
            ``users, sessions, locations``: rows erased.
        """
        if not isinstance(user, str) or not user.strip():
            msg = f"user is {user!r}, but should be the id, username or e-mail of one to forget."
            raise ConfigurationError(msg)
        self._must_exist()
        ids = self._asked(None, lambda reader: reader.ids(user))
        return upkeep.forget(self._tables, ids, self._buckets)

    def __repr__(self) -> str:
        return f"Archive({self.path!r})"

    def _parts(self, as_of: AsOf) -> list[Bucket]:
        self._must_exist()
        versions = snapshots.versions_as_of(self._tables, as_of)
        where = (self._tables.address, self._tables.options, versions, self._buckets)
        return [Bucket(*where, bucket) for bucket in range(self._buckets)]

    def _asked(self, as_of: AsOf, ask: Callable[[Reader], Answer]) -> Answer:
        """Ask the tables, and once more where a file was erased while they were read."""
        reader = self._reader(as_of)
        try:
            return ask(reader)
        except ArchiveError:
            again = self._reader(as_of)
            if again.versions == reader.versions:
                raise
        return ask(again)

    def _reader(self, as_of: AsOf) -> Reader:
        self._must_exist()
        versions = snapshots.versions_as_of(self._tables, as_of)
        reader = self._last
        if reader is None or reader.versions != versions:
            reader = self._last = Reader(self._tables, versions, self._buckets)
        return reader

    def _exists(self) -> bool:
        if not self._known_to_exist and self._tables.exist():
            about = self._tables.open("snapshots").metadata().configuration
            if about.get("pingsessions.format") != "1":
                msg = (
                    f"{self.path} is not an archive, or one of a later version of "
                    "pingsessions_nb. Give another folder, or upgrade."
                )
                raise ArchiveError(msg)
            self._buckets = int(about["pingsessions.buckets"])
            self._tables.private = about.get("pingsessions.private") != "false"
            self._known_to_exist = True
            sql.ENGINE.make_ready()
        return self._known_to_exist

    def _must_exist(self) -> None:
        if not self._exists():
            msg = (
                f"There is no archive at {self.path} yet. record() makes it, as does "
                f"`pingsessions record --archive {self.path}`."
            )
            raise ArchiveError(msg)
