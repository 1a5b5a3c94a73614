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
from pingsessions_nb.tenant.api import Api
from pingsessions_nb.tenant.records import Failure, UserRead

_MOST_AHEAD = 20_000  # users read before their turn in the result; bounds memory
_GIVE_UP_AFTER = 20  # users in a row that failed for a reason that is not theirs


@dataclass(frozen=True, slots=True)
class Job:
    """A user to read; `position` is the user's place in the result."""

    position: int
    user_id: str
    with_user: bool


class Crawl:
    """Reads users, several at once, and hands them over in the order of their arrival.

    Parameters
    ----------
    api : Api
    jobs : sequence of Job
    workers : int
        How many users are under way at once.
    save : callable
        Called with each record as soon as it is there, before the next user is begun.
    strict : bool
        Whether any error ends it: one user was asked for, and the error is the answer.

    Attributes
    ----------
    arrived : deque of (int, UserRead)
        Filled here, emptied by another thread.
    consumed : int
        Set by that thread: the position that it waits for.
    stopped_by : ApiError or None
        The trouble that ended it early: it concerns everybody, not one user.
    """

    def __init__(
        self,
        api: Api,
        jobs: Sequence[Job],
        workers: int,
        save: Callable[[UserRead], None],
        strict: bool = False,
    ) -> None:
        self.arrived: deque[tuple[int, UserRead]] = deque()
        self.consumed = 0
        self.stopped_by: ApiError | None = None
        self._api = api
        self._jobs = iter(jobs)
        self._workers = max(1, min(workers, len(jobs)))
        self._save = save
        self._strict = strict
        self._failed_in_a_row = 0

    async def run(self) -> None:
        """Read until no job is left, or a trouble concerns everybody."""
        async with asyncio.TaskGroup() as group:
            for _ in range(self._workers):
                group.create_task(self._work())

    async def _work(self) -> None:
        for job in self._jobs:
            while job.position - self.consumed > _MOST_AHEAD:
                await asyncio.sleep(0.05)
            if self.stopped_by is not None:
                return
            try:
                record = await self._read(job)
            except ApiError as error:
                if self._concerns_everybody(error):
                    self.stopped_by = error
                    return
                record = UserRead(job.user_id, failure=Failure.of(job.user_id, error))
            else:
                self._failed_in_a_row = 0
            if record.failure is None or record.failure.status == 404:
                self._save(record)  # on resuming, others are tried again: a role may be given
            self.arrived.append((job.position, record))

    async def _read(self, job: Job) -> UserRead:
        api, user_id = self._api, job.user_id
        user = None
        if job.with_user:
            url = api.url(f"users/{user_id}", expand="population")
            user = await api.get(url, f"Reading user {user_id}")
        url = api.url(f"users/{user_id}/sessions")
        doing = f"Reading the sessions of user {user_id}"
        return UserRead(user_id, user, [p.raw async for p in api.pages(url, "sessions", doing)])

    def _concerns_everybody(self, error: ApiError) -> bool:
        if self._strict or self._api.concerns_everybody(error):
            return True
        if isinstance(error, ServiceUnavailable | RateLimited | MalformedResponse):
            self._failed_in_a_row += 1
        return self._failed_in_a_row >= _GIVE_UP_AFTER

    def take(self) -> Iterator[tuple[int, UserRead]]:
        """Yield what arrived since the last time; for the other thread."""
        while self.arrived:
            yield self.arrived.popleft()
