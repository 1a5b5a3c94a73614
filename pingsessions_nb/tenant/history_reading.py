"""Reading a history: users in, pages out in a fixed order, whatever order they came in."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import Future

import msgspec
import pandas as pd
from tqdm.auto import tqdm

from pingsessions_nb.history import History, failure_frame
from pingsessions_nb.tenant.checkpoint import Checkpoint
from pingsessions_nb.tenant.crawl import Crawl, UserToRead
from pingsessions_nb.tenant.fetched_pages import Failure, FetchedUser
from pingsessions_nb.tenant.interruption import Interruption
from pingsessions_nb.tenant.loop import BACKGROUND, wait
from pingsessions_nb.tenant.user_lookup import AskedUsers

BAR_DELAY_SECONDS = 2.0
"""A bar that comes at once would leave its trace in every notebook that reads a few users."""


class HistoryReading:
    """One reading of some users.

    Parameters
    ----------
    asked : AskedUsers
    crawl : callable
        Makes the `Crawl` of the users that are left.
    checkpoint : Checkpoint or None
        What was read before.
    progress : bool
        Whether a bar may be shown.
    """

    def __init__(
        self,
        asked: AskedUsers,
        crawl: Callable[[list[UserToRead]], Crawl],
        checkpoint: Checkpoint | None,
        progress: bool,
    ) -> None:
        self._asked = asked
        self._checkpoint = checkpoint
        self._to_read = [
            UserToRead(position, user_id, asked.rows is None and user_id not in asked.raw)
            for position, user_id in enumerate(asked.ids)
        ]
        left = [
            user for user in self._to_read if checkpoint is None or user.user_id not in checkpoint
        ]
        self._awaited = {user.position for user in left}
        self._crawl = crawl(left)
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
            disable=not progress,
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
        self, user: UserToRead, running: Future[None], interruption: Interruption
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
