"""Answers that arrive while a widget is in use: asked for in the background, taken up in order."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from pingsessions_nb.errors import PingSessionsError

T = TypeVar("T")

# Waiting for answers, not computing: a few threads serve every widget of a kernel.
_WAITING = ThreadPoolExecutor(max_workers=4, thread_name_prefix="pingsessions-widget")


def in_background(call: Callable[..., T], *arguments: Any, **options: Any) -> Future[T]:
    """Start a call that waits for the network, without holding up the kernel."""
    return _WAITING.submit(call, *arguments, **options)


def on_loop(call: Callable[..., object]) -> Callable[..., None]:
    """Make a function, for any thread, that calls this one on the event loop that runs now."""
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:  # a script: nobody is looking meanwhile
        return lambda *_: None

    def told(*arguments: Any) -> None:
        loop.call_soon_threadsafe(call, *arguments)

    return told


class Newest:
    """Takes up the answer to the newest question only; whatever else is under way is dropped."""

    def __init__(self) -> None:
        self._future: Future[Any] | None = None

    def ask(
        self,
        future: Future[T],
        on_answer: Callable[[T], object],
        on_error: Callable[[str], None],
    ) -> None:
        """Call `on_answer` with the result, or `on_error` with a sentence for people.

        Both are called on the event loop that is running now, a kernel's, whose comms and traits
        belong to its thread; without one (a script), in the thread that brought the answer.
        """
        self.drop()
        self._future = future
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            loop = None

        def take_up() -> None:
            if future is not self._future or future.cancelled():
                return
            self._future = None
            error = future.exception()
            if error is None:
                on_answer(future.result())
            else:
                on_error(sentence(error))

        def arrived(_: Future[T]) -> None:
            if loop is None:
                take_up()
            elif not loop.is_closed():
                loop.call_soon_threadsafe(take_up)

        future.add_done_callback(arrived)

    def drop(self) -> None:
        """Forget the question that is under way, if any."""
        if self._future is not None:
            self._future.cancel()
            self._future = None

    @property
    def waiting(self) -> bool:
        """Tell whether an answer is still to come."""
        return self._future is not None


def sentence(error: BaseException) -> str:
    """Say what went wrong; our own errors are sentences already."""
    if isinstance(error, PingSessionsError):
        return str(error)
    return f"Unexpected {type(error).__name__}: {error}"
