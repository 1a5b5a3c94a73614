"""Which failures are worth another attempt, and how long to wait before it.

A loop of our own, because what is kept well elsewhere does not fit: ``stamina`` and ``tenacity``
cost 30 µs for each call that needs no retry, a twentieth of a request (and ``stamina`` logs each
retry as a warning, through a hook of the whole process, which floods a notebook);
``httpx-retries`` sits below the reading of a body, so that it sees neither one that is cut short
nor a page that is not JSON. None of them can ask, after each attempt, what the deadline is.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from pingsessions_nb.errors import ApiError, MalformedResponse

T = TypeVar("T")

DEADLINE_SECONDS = 120.0
"""How long one request may be tried again before its error is raised."""

_FIRST_PAUSE = 0.25
_LONGEST_PAUSE = 15.0
_MOST_MALFORMED = 6  # answers: a body garbled on its way comes once, a sign-on page each time


class PassingTrouble(Exception):
    """An attempt failed in a way that the next one may not.

    Attributes
    ----------
    error : ApiError
        What to raise when no attempt is left.
    pause : float or None
        Seconds to wait before the next attempt; None: longer each time, with jitter. 0: at once
        for the first time, then as None.
    """

    def __init__(self, error: ApiError, pause: float | None = None) -> None:
        super().__init__(str(error))
        self.error = error
        self.pause = pause


async def persist(attempt: Callable[[], Awaitable[T]], deadline: Callable[[], float]) -> T:
    """Await `attempt` until it succeeds, fails for good, or the deadline has passed.

    Parameters
    ----------
    attempt
        Raises `PassingTrouble` where another attempt is worth it. Must be idempotent.
    deadline
        Seconds from the first attempt; asked each time, as it may depend on what was seen.

    Raises
    ------
    ApiError
        That of the last attempt.
    """
    began = time.monotonic()
    malformed = 0
    for attempts in itertools.count(1):
        try:
            return await attempt()
        except PassingTrouble as trouble:
            error, pause = trouble.error, trouble.pause
        if pause is None:
            pause = _pause_after(attempts)
        elif pause == 0 and attempts > 1:
            pause = _pause_after(attempts - 1)  # "at once" is no leave to hammer
        malformed += isinstance(error, MalformedResponse)
        if malformed == _MOST_MALFORMED or time.monotonic() - began + pause > deadline():
            break
        await asyncio.sleep(pause)
    if attempts > 1:
        error.args = (f"{error} Tried {attempts} times.",)
    raise error


def _pause_after(attempts: int) -> float:
    """Return seconds that double each time, with jitter so that not all come back at once."""
    longest = min(_FIRST_PAUSE * 2 ** min(attempts, 10), _LONGEST_PAUSE)
    return random.uniform(longest / 2, longest)  # noqa: S311 - jitter, not a secret
