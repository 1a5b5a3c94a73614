"""Reading a history: users in, pages out in a fixed order, whatever order they came in."""

from __future__ import annotations

import asyncio
import warnings
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

import msgspec
import pandas as pd
from tqdm.auto import tqdm

from pingsessions_nb.errors import ApiError, MalformedResponse, RateLimited, ServiceUnavailable
from pingsessions_nb.history import History, failure_frame
from pingsessions_nb.tenant.api import Api, is_addressable
from pingsessions_nb.tenant.checkpoint import Checkpoint, Failure, FetchedUser
from pingsessions_nb.tenant.loop import BACKGROUND, Interruption, wait
from pingsessions_nb.tenant.secret import shown
from pingsessions_nb.tenant.user_lookup import AskedUsers

BAR_DELAY_SECONDS = 2.0
"""A bar that comes at once would leave its trace in every notebook that reads a few users."""
_MOST_AHEAD = 20_000  # users read before their turn in the result; bounds memory
_GIVE_UP_AFTER = 20  # users in a row that failed for a reason that is not theirs


class HistoryReading:
    """One reading of some users: of those whom the checkpoint does not have, by a `_Crawl`."""

    def __init__(
        self,
        api: Api,
        asked: AskedUsers,
        workers: int,
        checkpoint: Checkpoint | None,
        strict: bool,
        progress: bool,
    ) -> None:
        self._asked = asked
        self._checkpoint = checkpoint
        self._to_read = [
            _UserToRead(position, user_id, asked.rows is None and user_id not in asked.raw)
            for position, user_id in enumerate(asked.ids)
        ]
        left = [
            user for user in self._to_read if checkpoint is None or user.user_id not in checkpoint
        ]
        self._awaited = {user.position for user in left}
        self._crawl = _Crawl(api, left, workers, checkpoint, strict)
        self._arrived: dict[int, FetchedUser] = {}
        self._read: list[str] = []
        self._failures = list(asked.failures)
        self._unread: list[str] = []
        self._over = False
        self._bar = tqdm(
            total=len(self._to_read),
            initial=len(self._to_read) - len(left),
            desc="Reading sessions",
            unit="user",
            leave=False,
            delay=BAR_DELAY_SECONDS,
            disable=not progress or len(asked.ids) < 2,
        )

    def history(self) -> History:
        """Read, and return what could be read.

        Raises
        ------
        ApiError
            Nothing could be read for a reason that concerns everybody.
        KeyboardInterrupt
            Interrupted before anything was read.
        """
        with Interruption() as interruption, self._bar:
            running = BACKGROUND.submit(self._crawl.run())
            try:
                found = History.from_responses(self._pages(running, interruption))
            finally:
                running.cancel()
        if not running.cancelled():
            running.result()
        self._account_for_unread(interruption.came)
        return History(
            self._users(),
            found.sessions,
            found.locations,
            failure_frame(map(msgspec.structs.astuple, self._failures)),
            found.problems,
        )

    def _pages(self, running: Future[None], interruption: Interruption) -> Iterator[bytes]:
        """Yield pages of sessions, users in the order asked for."""
        for user in self._to_read:
            fetched = self._fetched(user, running, interruption)
            if fetched is None:
                self._unread.append(user.user_id)
                continue
            if fetched.user is not None:
                self._asked.raw[user.user_id] = fetched.user
            if fetched.failure is None:
                self._read.append(user.user_id)
            else:
                self._failures.append(fetched.failure)
            yield from fetched.pages

    def _fetched(
        self, user: _UserToRead, running: Future[None], interruption: Interruption
    ) -> FetchedUser | None:
        if self._checkpoint is not None and user.position not in self._awaited:
            return self._checkpoint.read(user.user_id)
        self._crawl.consumed = user.position
        while user.position not in self._arrived and not self._over:
            self._over = wait(running) or interruption.came
            self._collect()
            if interruption.came:
                running.cancel()
        return self._arrived.pop(user.position, None)

    def _collect(self) -> None:
        before = len(self._arrived)
        self._arrived.update(self._crawl.take())
        self._bar.update(len(self._arrived) - before)

    def _account_for_unread(self, interrupted: bool) -> None:
        """Say what is missing, and why; raise where nothing is there."""
        trouble = self._crawl.stopped_by
        if trouble is not None:
            if not self._read:
                raise trouble.with_traceback(None)
            self._failures += [Failure.of(user_id, trouble) for user_id in self._unread]
        elif interrupted and self._unread:
            if not self._read:
                raise KeyboardInterrupt
            _warn(
                f"Interrupted: {len(self._read):,} of {len(self._to_read):,} users were read. "
                "With history(..., checkpoint=path), the same call would go on from there."
            )
        asked = len(self._to_read) + len(self._asked.failures)
        if asked > 1 and self._failures:
            _warn(
                f"{len(self._failures):,} of {asked:,} users could not be read: "
                "history.failures says why, for each."
            )

    def _users(self) -> pd.DataFrame:
        gone = {failure.user_id for failure in self._failures if failure.is_gone}
        unread = set(self._unread) if self._crawl.stopped_by is None else set()
        return self._asked.frame(i for i in self._asked.ids if i not in gone | unread)


def _warn(sentence: str) -> None:
    warnings.warn(sentence, stacklevel=5)


@dataclass(frozen=True, slots=True)
class _UserToRead:
    """A user to read; `position` is the user's place in the result."""

    position: int
    user_id: str
    with_user: bool


class _Crawl:
    """Reads users, so many at once, and hands them over in the order of their arrival.

    Each user that was fetched is saved at once, before the next user is begun. If `strict`, any
    error ends it: one user was asked for, and the error is the answer.

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
        users: Sequence[_UserToRead],
        workers: int,
        checkpoint: Checkpoint | None,
        strict: bool,
    ) -> None:
        self.arrived: deque[tuple[int, FetchedUser]] = deque()
        self.consumed = 0
        self.stopped_by: ApiError | None = None
        self._api = api
        self._users = iter(users)
        self._workers = max(1, min(workers, len(users)))
        self._checkpoint = checkpoint
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
            # On resuming, others are tried again: a role may be given.
            lasts = fetched.failure is None or fetched.failure.is_gone
            if self._checkpoint is not None and lasts:
                self._checkpoint.save(fetched)
            self.arrived.append((asked.position, fetched))

    async def _read(self, asked: _UserToRead) -> FetchedUser:
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
