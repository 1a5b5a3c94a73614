"""One pace for a whole tenant: even steps, slower for everybody on 429, and slowly back.

PingOne counts requests a second per licence, and sign-ons share some of the limits. So the pace
is set before a request is sent, not found by being refused:

- above 100 a second, the way up to ``max_rate`` is felt for, in small steps;
- on a refusal everybody stops for as long as ``Retry-After`` says, then goes on more slowly, by
  the share of requests that were refused and a little more (as in DCTCP, RFC 8257); where many
  were, at the pace that was let through;
- ``Retry-After: 0`` means at once: nobody stops, and only where many are refused so does the pace
  fall, for then it is too fast all the same;
- the pace comes back by a fixed step a second: additive increase, multiplicative decrease.
"""

from __future__ import annotations

import asyncio
from collections import deque

DEFAULT_MAX_RATE = 30.0
"""Requests a second. PingOne lets one address use 35% of a licence's limit, and the limit of
older licences is 100 a second: 30 stays below, and leaves the rest to production."""

_MARGIN = 0.99  # of max_rate: clocks differ, and the network bunches requests
_BEGIN = 100.0  # requests a second; above it, the way up is felt for
_FEEL = 0.05  # of the pace, a second, until the first refusal
_FELT_TOO_FAR = 0.75  # times the pace, at the first refusal
_DECREASE = 0.02  # of the pace, beside the share that was refused
_INCREASE = 0.003  # of max_rate, a second: from nothing to all in some five minutes
_ANSWERS = 64  # that a share is counted over
_MANY = 0.1  # a share of refusals that no chance explains
_LEAST_FACTOR = 0.5
_FLOOR = 0.5  # requests a second
_PAUSE_SECONDS = 1.0  # where a refusal does not say how long
_CATCH_UP_SECONDS = 0.2  # timers wake late; a longer delay is lost, not caught up in a burst


class Held(Exception):
    """A turn would come only after a pause of so many `seconds`, longer than anybody waits."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class Pacer:
    """Hands out turns, first come first served, at most `max_rate` a second.

    From `begin` requests a second on, the way up is felt for. A pause after a refusal is waited for
    unless it is longer than `patience`, in seconds.

    Attributes
    ----------
    rate : float
        The pace now, in requests a second.
    """

    def __init__(
        self, max_rate: float, begin: float = _BEGIN, patience: float = float("inf")
    ) -> None:
        self._limit = max_rate * _MARGIN
        self.rate = min(self._limit, begin)
        self._begin = begin
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._patience = patience
        self._next = 0.0
        self._held_until = float("-inf")
        self._slowed_at = float("-inf")
        self._accepted = 0
        self._refused = 0
        self._share = 0.0  # of refusals among the latest answers
        self._grown_at = 0.0

    @property
    def _feeling(self) -> bool:
        """Whether the limit is still felt for: nothing was refused so far."""
        return self._slowed_at == float("-inf")

    async def turn(self) -> float:
        """Wait for a turn; return when it came, on the loop's clock.

        Raises
        ------
        Held
            It would come only after a pause that is longer than `patience`.
        """
        loop = asyncio.get_running_loop()
        held = self._held_until - loop.time()
        if held > self._patience:
            raise Held(held)
        mine = loop.create_future()
        self._waiting.append(mine)
        if self._timer is None:
            self._release()
        await mine
        return loop.time()

    def accepted(self) -> None:
        """Count an answer that was not 429."""
        self._accepted += 1
        self._share -= self._share / _ANSWERS

    def refused(self, sent_at: float, retry_after: float | None) -> None:
        """Slow everybody down after a 429 to a request that was sent at `sent_at`."""
        now = asyncio.get_running_loop().time()
        pause = _PAUSE_SECONDS if retry_after is None else retry_after
        self._held_until = max(self._held_until, now + pause)
        self._next = max(self._next, self._held_until)
        if pause > self._patience:
            self._tell_those_who_wait(pause)
        self._refused += 1
        self._share += (1 - self._share) / _ANSWERS
        if sent_at <= self._slowed_at:
            return  # it was under way when we slowed down: one cause, one step
        answers = self._accepted + self._refused
        share = self._refused / answers if answers >= _ANSWERS else self._share
        if pause == 0 and share <= _MANY:
            return
        factor = max(1 - share - _DECREASE, _LEAST_FACTOR)
        if self._feeling and self.rate > self._begin / _FELT_TOO_FAR**0.5:
            factor = min(factor, _FELT_TOO_FAR)
        self.rate *= factor
        seconds = now - self._slowed_at
        if share > _MANY and self._waiting and 1 <= seconds < float("inf"):
            # We asked all the time, so what was let through is what is allowed.
            self.rate = min(self.rate, self._accepted / seconds)
        self.rate = max(self.rate, min(_FLOOR, self._limit))
        self._slowed_at, self._grown_at = now, self._next
        self._accepted = self._refused = 0

    def _tell_those_who_wait(self, pause: float) -> None:
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_exception(Held(pause))

    def _release(self) -> None:
        """Give the turns that are due, and wake again for the next."""
        loop = asyncio.get_running_loop()
        self._timer = None
        while self._waiting:
            now = loop.time()
            if now < self._next:
                self._timer = loop.call_at(self._next, self._release)
                return
            waiter = self._waiting.popleft()
            if waiter.done():
                continue  # cancelled meanwhile
            self._grow(now)
            self._next = max(self._next, now - _CATCH_UP_SECONDS) + 1 / self.rate
            waiter.set_result(None)

    def _grow(self, now: float) -> None:
        if self.rate < self._limit:
            step = _FEEL * self.rate if self._feeling else _INCREASE * self._limit
            self.rate += step * min(max(now - self._grown_at, 0), 1)
            self.rate = min(self.rate, self._limit)
            self._grown_at = max(self._grown_at, now)
