"""Reading many users at once, on the background loop."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from pingsessions_nb.errors import (
    ApiError,
    MalformedResponse,
    RateLimited,
    ServiceUnavailable,
)
from pingsessions_nb.tenant.api import Api, is_addressable
from pingsessions_nb.tenant.fetched_pages import Failure, FetchedUser
from pingsessions_nb.tenant.server_texts import shown

_MOST_AHEAD = 20_000  # users read before their turn in the result; bounds memory
_GIVE_UP_AFTER = 20  # users in a row that failed for a reason that is not theirs


@dataclass(frozen=True, slots=True)
class UserToRead:
    """A user to read; `position` is the user's place in the result."""

    position: int
    user_id: str
    with_user: bool


class Crawl:
    """Reads users, several at once, and hands them over in the order of their arrival.

    Parameters
    ----------
    api : Api
    users : sequence of UserToRead
    workers : int
        How many users are under way at once.
    save : callable
        Called with each user that was fetched, at once, before the next user is begun.
    strict : bool
        Whether any error ends it: one user was asked for, and the error is the answer.

    Attributes
    ----------
    arrived : deque of (int, FetchedUser)
        Filled here, emptied by another thread.
    consumed : int
        Set by that thread: the position that it waits for.
    stopped_by : ApiError or None
        The trouble that ended it early: it concerns everybody, not one user.
    """

    def __init__(
        self,
        api: Api,
        users: Sequence[UserToRead],
        workers: int,
        save: Callable[[FetchedUser], None],
        strict: bool = False,
    ) -> None:
        self.arrived: deque[tuple[int, FetchedUser]] = deque()
        self.consumed = 0
        self.stopped_by: ApiError | None = None
        self._api = api
        self._users = iter(users)
        self._workers = max(1, min(workers, len(users)))
        self._save = save
        self._strict = strict
        self._failed_in_a_row = 0

    async def run(self) -> None:
        """Read until no user is left, or a trouble concerns everybody."""
        async with asyncio.TaskGroup() as group:
            for _ in range(self._workers):
                group.create_task(self._work())

    async def _work(self) -> None:
        for asked in self._users:
            while asked.position - self.consumed > _MOST_AHEAD:
                await asyncio.sleep(0.05)
            if self.stopped_by is not None:
                return
            try:
                fetched = await self._read(asked)
            except ApiError as error:
                if self._concerns_everybody(error):
                    self.stopped_by = error
                    return
                fetched = FetchedUser(asked.user_id, failure=Failure.of(asked.user_id, error))
            else:
                self._failed_in_a_row = 0
            if fetched.failure is None or fetched.failure.is_gone:
                self._save(fetched)  # on resuming, others are tried again: a role may be given
            self.arrived.append((asked.position, fetched))

    async def _read(self, asked: UserToRead) -> FetchedUser:
        api, user_id = self._api, asked.user_id
        if not is_addressable(user_id):
            return FetchedUser(user_id, failure=_not_addressable(user_id))
        called = shown(user_id, api.hide)
        user = None
        if asked.with_user:
            url = api.url("users", user_id, expand="population")
            user = await api.get(url, f"Reading user {called}")
        url = api.url("users", user_id, "sessions")
        doing = f"Reading the sessions of user {called}"
        return FetchedUser(user_id, user, [p.raw async for p in api.pages(url, "sessions", doing)])

    def _concerns_everybody(self, error: ApiError) -> bool:
        if self._strict or self._api.concerns_everybody(error):
            return True
        if isinstance(error, ServiceUnavailable | RateLimited | MalformedResponse):
            self._failed_in_a_row += 1
        return self._failed_in_a_row >= _GIVE_UP_AFTER

    def take(self) -> Iterator[tuple[int, FetchedUser]]:
        """Yield what arrived since the last time; for the other thread."""
        while self.arrived:
            yield self.arrived.popleft()


def _not_addressable(user_id: str) -> Failure:
    error = (
        f"PingOne, or whoever answers in its place, lists a user under the id {user_id[:40]!r}, "
        "which cannot stand in an address: the user cannot be read."
    )
    return Failure(user_id, error)
