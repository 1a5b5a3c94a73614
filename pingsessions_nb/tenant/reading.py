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
from pingsessions_nb.tenant.crawl import Crawl, Job
from pingsessions_nb.tenant.interruption import Interruption
from pingsessions_nb.tenant.loop import BACKGROUND, wait
from pingsessions_nb.tenant.people import People
from pingsessions_nb.tenant.records import Failure, UserRead

BAR_DELAY_SECONDS = 2.0
"""A bar that comes at once would leave its trace in every notebook that reads a few users."""


class Reading:
    """One reading of some users.

    Parameters
    ----------
    people : People
    crawl : callable
        Makes the `Crawl` of the jobs that are left.
    checkpoint : Checkpoint or None
        What was read before.
    progress : bool
        Whether a bar may be shown.
    """

    def __init__(
        self,
        people: People,
        crawl: Callable[[list[Job]], Crawl],
        checkpoint: Checkpoint | None,
        progress: bool,
    ) -> None:
        self._people = people
        self._checkpoint = checkpoint
        self._jobs = [
            Job(position, user_id, people.rows is None and user_id not in people.raw)
            for position, user_id in enumerate(people.ids)
        ]
        left = [job for job in self._jobs if checkpoint is None or job.user_id not in checkpoint]
        self._awaited = {job.position for job in left}
        self._crawl = crawl(left)
        self._arrived: dict[int, UserRead] = {}
        self._read: list[str] = []
        self._failures = list(people.failures)
        self._unread: list[str] = []
        self._over = False
        self._bar = tqdm(
            total=len(self._jobs),
            initial=len(self._jobs) - len(left),
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
        for job in self._jobs:
            record = self._record(job, running, interruption)
            if record is None:
                self._unread.append(job.user_id)
                continue
            if record.user is not None:
                self._people.raw[job.user_id] = record.user
            if record.failure is None:
                self._read.append(job.user_id)
            else:
                self._failures.append(record.failure)
            yield from record.pages

    def _record(
        self, job: Job, running: Future[None], interruption: Interruption
    ) -> UserRead | None:
        if self._checkpoint is not None and job.position not in self._awaited:
            return self._checkpoint.read(job.user_id)
        self._crawl.consumed = job.position
        while job.position not in self._arrived and not self._over:
            self._over = wait(running) or interruption.came
            self._collect()
            if interruption.came:
                running.cancel()
        return self._arrived.pop(job.position, None)

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
                f"Interrupted: {len(self._read):,} of {len(self._jobs):,} users were read. "
                "With history(..., checkpoint=path), the same call would go on from there."
            )
        asked = len(self._jobs) + len(self._people.failures)
        if asked > 1 and self._failures:
            _warn(
                f"{len(self._failures):,} of {asked:,} users could not be read: "
                "history.failures says why, for each."
            )

    def _users(self) -> pd.DataFrame:
        gone = {failure.user_id for failure in self._failures if failure.status == 404}
        unread = set(self._unread) if self._crawl.stopped_by is None else set()
        return self._people.frame(i for i in self._people.ids if i not in gone | unread)


def _warn(sentence: str) -> None:
    warnings.warn(sentence, stacklevel=5)
