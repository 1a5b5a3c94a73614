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
import math
import random
import time
from collections.abc import Awaitable, Callable
from email.utils import parsedate_to_datetime
from typing import NamedTuple, TypeVar

from pingsessions_nb.errors import ApiError, MalformedResponse

T = TypeVar("T")

DEADLINE_SECONDS = 120.0
"""How long one request may be tried again before its error is raised."""

_FIRST_PAUSE = 0.25
_LONGEST_PAUSE = 15.0
_MOST_MALFORMED = 6  # answers: a body garbled on its way comes once, a sign-on page each time
_LONGEST_WAIT = 3600.0
_UNIX_TIME = 1e9  # 2001-09-09; as seconds, 32 years
_UNIX_TIME_IN_MS = 1e12
_MOST_CHARACTERS = 64


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

    An attempt raises `PassingTrouble` where another one is worth it, and must be idempotent. The
    deadline, in seconds from the first one, is asked each time: it may depend on what was seen.

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


class Pause(NamedTuple):
    """Seconds to wait, and why they are not what the server said; None where it said nothing."""

    seconds: float | None = None
    note: str | None = None


def read_retry_after(value: str | None, now: float) -> Pause:
    """Read ``Retry-After``: how long to wait, as servers really write it, and within reason.

    Seconds, or an HTTP date (RFC 9110, 10.2.3). Some gateways send a Unix time instead, which read
    as seconds would be half a century; and nobody waits for longer than an hour without asking
    again. ``now`` is in seconds since 1970, by the server's clock where it told its time.
    """
    if value is None or len(value) > _MOST_CHARACTERS:
        return Pause()
    try:
        seconds = float(value)
    except ValueError:
        return _until(read_date(value), value, now)
    if not math.isfinite(seconds):
        return Pause()
    if seconds < _UNIX_TIME:
        return _bounded(max(seconds, 0.0), value)
    at = seconds / 1000 if seconds >= _UNIX_TIME_IN_MS else seconds
    if at - now > _LONGEST_WAIT:
        note = f"Retry-After: {value!r} is not a plausible time to wait, so it was ignored"
        return Pause(None, note)
    return _until(at, value, now)


def _until(at: float | None, value: str, now: float) -> Pause:
    return Pause() if at is None else _bounded(max(at - now, 0.0), value)


def _bounded(seconds: float, value: str) -> Pause:
    if seconds <= _LONGEST_WAIT:
        return Pause(seconds)
    note = f"Retry-After: {value!r} was shortened to an hour, the longest wait"
    return Pause(_LONGEST_WAIT, note)


def read_date(text: str) -> float | None:
    """Read an HTTP date as seconds since 1970; None where it is none."""
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
