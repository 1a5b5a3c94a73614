"""`Tenant`: one PingOne environment, asked in an analyst's words."""

from __future__ import annotations

import concurrent.futures
import time
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing, nullcontext
from datetime import UTC, datetime
from numbers import Integral
from pathlib import Path
from typing import Any, NoReturn, Self

import pandas as pd

from pingsessions_nb.arguments import given_text
from pingsessions_nb.errors import ConfigurationError, NotFound, PermissionDenied
from pingsessions_nb.frames import users_frame
from pingsessions_nb.history import History
from pingsessions_nb.known_networks import described
from pingsessions_nb.places import Aliases
from pingsessions_nb.places.aliases import read_aliases
from pingsessions_nb.tenant import listing, scim_filters, user_lookup
from pingsessions_nb.tenant.api import USERS_PER_PAGE, Api
from pingsessions_nb.tenant.api_pages import ids_in
from pingsessions_nb.tenant.checkpoint import Checkpoint
from pingsessions_nb.tenant.history_reading import HistoryReading
from pingsessions_nb.tenant.listing import listed_once, populations_frame
from pingsessions_nb.tenant.loop import BACKGROUND
from pingsessions_nb.tenant.secret import ID, repeated
from pingsessions_nb.tenant.user_lookup import AskedUsers, Users

_OLD_HOURS = 6
_ENDED = (
    "Session {} is ended. The user may keep access to an application until its current token ends, "
    "which takes up to about five minutes."
)


class Tenant:
    """One PingOne environment; made by `connect` or `demo`.

    Every call waits for its answer and may be interrupted. Calls from several threads share one
    token, one set of connections and one pace.

    Attributes
    ----------
    name : str
        What to call it in titles.
    environment_id : str
    allow_end_session : bool
        Whether `end_session` is allowed; widgets offer it only then.
    known_networks : dict
        The company's own networks, which every history that is read has: see `signals`.
    place_aliases : mapping, DataFrame, path or None
        Names of places in the tenant's own words, by which every history is located: see `locate`.

    Examples
    --------
    >>> import pingsessions_nb as ps
    >>> tenant = ps.demo(users=20, seed=7)
    >>> tenant.populations()["name"].tolist()
    ['Employees', 'Contractors', 'Stores', 'Partners']
    >>> tenant.users(search="olivia")[["username", "population_name"]]
           username population_name
    0  olivia.adams       Employees
    >>> tenant.history("olivia.adams")
    History(1 user, 10 sessions, 31 locations, 2025-11-02 to 2025-11-10)
    """

    def __init__(
        self,
        api: Api,
        *,
        name: str,
        environment_id: str,
        workers: int,
        allow_end_session: bool = False,
        progress: bool = True,
        known_networks: Mapping[str, Any] | None = None,
        place_aliases: Aliases | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.name = name
        self.environment_id = environment_id
        self._api = api
        self._workers = workers
        self.allow_end_session = allow_end_session
        self._progress = progress
        self.known_networks = described(known_networks)
        if place_aliases is not None:
            read_aliases(place_aliases)  # what is wrong with them is said now, not after a reading
        self.place_aliases = place_aliases
        self._now = now

    def users(
        self,
        search: str | None = None,
        filter: str | None = None,  # noqa: A002 - the public contract's name
        population: str | None = None,
        limit: int | None = None,
        *,
        progress: bool | None = None,
    ) -> pd.DataFrame:
        """List users; PingOne searches, so that no more than the matches are read.

        Parameters
        ----------
        search : str, optional
            Words that begin a username, an e-mail, a given or a family name; all must match. Or
            an id.
        filter : str, optional
            A SCIM filter of your own, such as ``name.family sw "Love" and enabled eq true``.
        population : str, optional
            Id or name of a population.
        limit : int, optional
            At most this many users.
        progress : bool, optional
            Whether a list that takes long shows a progress bar. By default it does, except for a
            demo tenant's.

        Returns
        -------
        DataFrame
            As `pingsessions_nb.users_frame` makes it: ``user_id, username, email, …``.

        Raises
        ------
        NotFound
            The population does not exist.
        ApiError
            PingOne refuses, such as for a filter that it does not understand.
        """
        progress = self._progress if progress is None else progress
        if limit is not None and (not isinstance(limit, Integral) or limit < 1):
            given = limit if isinstance(limit, Integral) else f"a {type(limit).__name__}"
            msg = f"limit is {given}, but should be a number of users, 1 or more."
            raise ConfigurationError(msg)
        for name, text in (("search", search), ("filter", filter), ("population", population)):
            if text is not None:
                given_text(name, text)
        if search and scim_filters.is_id(search.strip()) and not filter and not population:
            return self._user(search.strip())
        url = BACKGROUND.run(self._users_url(search, filter, population, limit))
        pages = listing.listed(self._api, url, limit, progress)
        rows = listed_once(users_frame(page.raw for page in pages), "user_id")
        return rows if limit is None else rows.head(limit)

    def search_users(
        self, text: str, population: str | None = None, limit: int = 50
    ) -> concurrent.futures.Future[pd.DataFrame]:
        """Begin a search as by ``users(search=text)`` and return at once.

        Parameters
        ----------
        text : str
            Words that an analyst types.
        population : str, optional
            Id or name of a population.
        limit : int
            At most this many users.

        Returns
        -------
        Future of DataFrame
            ``cancel()`` ends the request, so that a newer search need not wait for an older one.
        """
        return BACKGROUND.submit(self._search(text, population, limit))

    def find_users(self, users: str | Iterable[str]) -> pd.DataFrame:
        """Return users by id, username or e-mail address.

        Returns
        -------
        DataFrame
            As `users`; a user who does not exist has no row.
        """
        asked = [users] if isinstance(users, str) else list(users)
        found = BACKGROUND.run(user_lookup.find(self._api, asked))
        listed = [self._user(each) for each in found.ids if each not in found.raw]
        return pd.concat([found.frame(found.ids), *listed], ignore_index=True)

    def history_of_users(self, users: Sequence[str] | pd.DataFrame) -> History:
        """Return `history` without a progress bar, for callers that show their own."""
        return self.history(users, progress=False)

    def populations(self) -> pd.DataFrame:
        """List populations.

        Returns
        -------
        DataFrame
            ``population_id, name, description`` (str), ``user_count`` (Int64), ``default``
            (boolean).
        """
        return populations_frame(BACKGROUND.run(self._population_pages()))

    def history(
        self,
        users: Users | None = None,
        *,
        checkpoint: str | Path | None = None,
        progress: bool | None = None,
    ) -> History:
        """Read the sessions of users, several at once.

        Parameters
        ----------
        users : str, list of str, DataFrame or None
            An id, username or e-mail; a list of them; a frame with ``user_id``, such as
            `users` returns, which saves asking for each user's own record; None for everybody
            whom the worker application may see.
        checkpoint : path, optional
            A file to resume from: the same call after a crash goes on where it ended. It holds
            personal data, readable by you alone; delete it when it is done with: what it holds
            is not read again, however old.
        progress : bool, optional
            Whether a reading of several users that takes long shows a progress bar; it does,
            except for a demo's: what a slow machine shows must not differ from a fast one's.

        Returns
        -------
        History
            Users in the order asked for. Those who could not be read are rows of ``failures``
            (``user_id, error, status, code``): a user deleted meanwhile is normal. After a kernel
            interrupt, what was read so far, with a warning.

        Raises
        ------
        NotFound
            One user was asked for, who does not exist.
        ApiError
            The one user could not be read; or nobody, for a reason that concerns everybody.
        ConfigurationError
            `users` is something else, or `checkpoint` belongs to another reading.
        """
        progress = self._progress if progress is None else progress
        began = self._now()
        found = None if users is None else BACKGROUND.run(user_lookup.find(self._api, users))
        readers = "everybody" if found is None else found.digest
        store = None if checkpoint is None else self._opened(checkpoint, readers)
        with nullcontext() if store is None else closing(store):
            if found is None:
                found = self._everybody(store, progress)
            one = isinstance(users, str)
            reading = HistoryReading(self._api, found, self._workers, store, one, progress)
            read = reading.history()
        if self.place_aliases is not None:
            read = read.with_place_aliases(self.place_aliases)
        read.known_networks = self.known_networks
        read.read_at = began
        return read

    def end_session(self, user_id: str, session_id: str) -> str:
        """End a session: the user is signed out of its client.

        Parameters
        ----------
        user_id, session_id : str
            As in ``history.sessions``.

        Returns
        -------
        str
            What that means, in a sentence.

        Raises
        ------
        ConfigurationError
            The connection was made without ``allow_end_session=True``.
        NotFound
            The user or session does not exist: it has ended already, or was dropped as the oldest.
        PermissionDenied
            The worker application may only read, or the session is its own.
        """
        if not self.allow_end_session:
            msg = "This connection may only read. connect(..., allow_end_session=True) allows it."
            raise ConfigurationError(msg)
        for name, value in (("user_id", user_id), ("session_id", session_id)):
            if not scim_filters.is_id(value):
                shown = self._api.hide(repeated(value, ID))
                msg = f"{name} is {shown}, but should be an id as in history.sessions."
                raise ConfigurationError(msg)
        url = self._api.url("users", user_id, "sessions", session_id)
        try:
            BACKGROUND.run(self._api.delete(url, f"Ending session {session_id} of user {user_id}"))
        except (NotFound, PermissionDenied) as error:
            refused = error
        else:
            return _ENDED.format(session_id)
        if self._api.concerns_everybody(refused):
            raise refused
        why = (
            "It may have ended already, or have been dropped as the oldest of ten."
            if isinstance(refused, NotFound)
            else "Read-only roles cannot end sessions, and nobody can end their own current one."
        )
        refused.args = (f"{refused} {why}",)
        raise refused

    def close(self) -> None:
        """Close the connections; a tenant is not usable afterwards."""
        BACKGROUND.run(self._api.close())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r})"

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        msg = "A tenant holds credentials and is not pickled or copied: connect() again over there."
        raise TypeError(msg)

    def _opened(self, path: str | Path, readers: str) -> Checkpoint:
        checkpoint = Checkpoint(Path(path).expanduser(), self._api.base, readers)
        hours = (time.time() - checkpoint.written_at) / 3600
        if len(checkpoint) and hours > _OLD_HOURS:
            msg = (
                f"The checkpoint {path} was last written to {hours:,.0f} hours ago: the "
                f"{len(checkpoint):,} users in it are as they were then. Delete it to read again."
            )
            warnings.warn(msg, stacklevel=3)
        return checkpoint

    def _user(self, user_id: str) -> pd.DataFrame:
        url = self._api.url("users", user_id, expand="population")
        try:
            user = BACKGROUND.run(self._api.get(url, f"Reading user {user_id}"))
        except NotFound as error:
            if self._api.concerns_everybody(error):
                raise
            return users_frame([user_lookup.page_of(())])
        return users_frame([user_lookup.page_of([user])])

    async def _users_url(
        self, search: str | None, scim: str | None, population: str | None, limit: int | None
    ) -> str:
        inside = None
        if population is not None:
            inside = scim_filters.in_population(await self._population_id(population))
        wanted = scim_filters.every(scim_filters.search(search or ""), scim, inside)
        size = min(limit or USERS_PER_PAGE, USERS_PER_PAGE)
        return self._api.url("users", filter=wanted, limit=size, expand="population")

    async def _population_id(self, text: str) -> str:
        if scim_filters.is_id(text):
            return text.lower()
        frame = populations_frame(await self._population_pages())
        named = frame[frame["name"].str.casefold() == text.strip().casefold()]
        if named.empty:
            hide = self._api.hide
            known = hide(", ".join(sorted(frame["name"].dropna())[:20]))
            msg = f"There is no population {hide(text)!r}. Populations that can be seen: {known}."
            raise NotFound(msg, status=404, code="NOT_FOUND")
        return str(named["population_id"].iloc[0])

    async def _population_pages(self) -> list[bytes]:
        url = self._api.url("populations", limit=USERS_PER_PAGE)
        pages = self._api.pages(url, "populations", "Reading the populations")
        return [item async for page in pages for item in page.items]

    async def _search(self, text: str, population: str | None, limit: int) -> pd.DataFrame:
        raw: list[bytes] = []
        found: set[str] = set()
        url = await self._users_url(text, None, population, limit)
        async for page in self._api.pages(url, "users", "Searching users"):
            raw.append(page.raw)
            found.update(ids_in(page.items))
            if len(found) >= limit:
                break
        return listed_once(users_frame(raw), "user_id").head(limit)

    def _everybody(self, checkpoint: Checkpoint | None, progress: bool) -> AskedUsers:
        rows = users_frame(page.raw for page in listing.everybody(self._api, checkpoint, progress))
        return AskedUsers(rows["user_id"].dropna().drop_duplicates().tolist(), rows)
