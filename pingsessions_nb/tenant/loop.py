"""An event loop in a thread of its own, so that synchronous calls work where a loop runs already.

A notebook's kernel runs an event loop in the main thread; a second one cannot run there. Its
interrupts arrive there, too, and are noticed between two steps.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import os
import signal
import threading
from collections.abc import Callable, Coroutine
from types import FrameType
from typing import Any, Self, TypeVar

from pingsessions_nb.errors import PingSessionsError

T = TypeVar("T")

# Waiting in slices lets a kernel interrupt through on every platform: on Windows, a wait
# without a time-out cannot be interrupted.
_SLICE_SECONDS = 0.1


class BackgroundLoop:
    """One event loop in one daemon thread, started on first use."""

    def __init__(self) -> None:
        self._starting = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._pid = 0

    def submit(self, work: Coroutine[Any, Any, T]) -> concurrent.futures.Future[T]:
        """Start `work`; cancelling the future cancels it."""
        return asyncio.run_coroutine_threadsafe(_without_inner_frames(work), self._running())

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Wait for `work` and return its result; an interrupt cancels it."""
        future = self.submit(work)
        try:
            while not wait(future):
                pass
        except BaseException:
            future.cancel()
            raise
        return future.result()

    def _running(self) -> asyncio.AbstractEventLoop:
        with self._starting:
            # A forked child has the loop's memory, but not its thread.
            if self._loop is None or self._pid != os.getpid():
                self._loop, self._pid = asyncio.new_event_loop(), os.getpid()
                threading.Thread(
                    target=self._loop.run_forever, name="pingsessions-http", daemon=True
                ).start()
            return self._loop


async def _without_inner_frames(work: Coroutine[Any, Any, T]) -> T:
    """Await `work`; an error of ours leaves without its traceback.

    Our sentence says it all. The frames beneath it are those of the HTTP client, whose local
    variables hold headers: no traceback that prints variables may show them.
    """
    try:
        return await work
    except PingSessionsError as error:
        ours = error
    except BaseExceptionGroup as group:
        known, others = group.split(PingSessionsError)
        first = None if known is None else known.exceptions[0]
        if others is not None or not isinstance(first, PingSessionsError):
            raise
        ours = first  # several may fail at once, such as on a full disk; one says it
    ours.__cause__ = ours.__context__ = None
    raise ours.with_traceback(None)


def wait(future: concurrent.futures.Future[Any]) -> bool:
    """Wait a moment for `future`; tell whether it is done."""
    return bool(concurrent.futures.wait([future], timeout=_SLICE_SECONDS).done)


class Interruption:
    """Within its context, the first kernel interrupt only sets `came`; a second one is as usual.

    Signals reach the main thread alone, so elsewhere it does nothing.
    """

    def __init__(self) -> None:
        self.came = False
        self._usual: Callable[[int, FrameType | None], object] | None = None

    def __enter__(self) -> Self:
        usual = signal.getsignal(signal.SIGINT)
        if threading.current_thread() is threading.main_thread() and callable(usual):
            self._usual = usual
            signal.signal(signal.SIGINT, self._note)
        return self

    def __exit__(self, *_: object) -> None:
        self._restore()

    def _note(self, _signal: int, _frame: FrameType | None) -> None:
        self.came = True
        self._restore()

    def _restore(self) -> None:
        if self._usual is not None:
            signal.signal(signal.SIGINT, self._usual)
            self._usual = None


BACKGROUND = BackgroundLoop()
