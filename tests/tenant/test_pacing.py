"""The pace: even, shared, slower for everybody on 429, and back again."""

from __future__ import annotations

import asyncio
import random
import selectors
import time

import pytest

import pingsessions_nb as ps
from pingsessions_nb.tenant.pacing import Pacer


class SkippingSelector(selectors.DefaultSelector):
    """Waits for nothing: the clock is put forward instead."""

    def __init__(self):
        super().__init__()
        self.now = 0.0

    def select(self, timeout=None):
        ready = super().select(0)
        self.now += 0 if ready or timeout is None else timeout
        return ready


class SkippingLoop(asyncio.SelectorEventLoop):
    """An event loop on which an hour passes in a moment, the same each time."""

    def __init__(self):
        self._skipping = SkippingSelector()
        super().__init__(self._skipping)

    def time(self):
        return self._skipping.now


def run_fast(work):
    loop = SkippingLoop()
    try:
        loop.run_until_complete(work)
        return loop.time()
    finally:
        loop.close()


class Limit:
    """A server's limit: a bucket that holds a second's worth."""

    def __init__(self, rate):
        self.rate = rate
        self.level, self.at = rate, 0.0

    def lets_through(self):
        now = asyncio.get_running_loop().time()
        self.level, self.at = min(self.rate, self.level + (now - self.at) * self.rate), now
        fine = self.level >= 1
        self.level -= fine
        return fine


@pytest.mark.parametrize(
    ("allowed", "max_rate", "used", "refused"),
    [
        (100, 100, 0.97, 0.0001),
        (100, 110, 0.97, 0.005),
        (35, 30, 0.84, 0.0001),
        (35, 100, 0.95, 0.01),
        (100, 500, 0.97, 0.01),
    ],
)
def test_what_is_allowed_is_used_and_hardly_overstepped(allowed, max_rate, used, refused):
    limit, pacer, chance = Limit(allowed), Pacer(max_rate), random.Random(1)
    answers = []
    todo = iter(range(5000))

    async def read_one():
        while True:
            sent = await pacer.turn()
            await asyncio.sleep(0.05 + 0.02 * chance.random())
            answers.append(limit.lets_through())
            await asyncio.sleep(0.05)
            if answers[-1]:
                return pacer.accepted()
            pacer.refused(sent, 1.0)
            await asyncio.sleep(1.0)

    async def work():
        for _ in todo:
            await read_one()

    async def everybody():
        await asyncio.gather(*(work() for _ in range(64)))

    seconds = run_fast(everybody())
    assert answers.count(True) / seconds >= used * allowed
    assert answers.count(False) <= refused * len(answers)


def test_max_rate_is_kept_over_all_calls(start):
    sandbox = start(users=60, latency_ms=30)
    tenant = sandbox.connect(max_rate=50)
    tenant.history(progress=False)
    at = [call.at for call in sandbox.recorder.api]
    assert len(at) == 61
    # Not even a machine that stalls makes up for more than a fifth of a second in a burst.
    assert (len(at) - 11) / (at[-1] - at[0]) <= 50


def test_a_limit_that_we_do_not_know_is_found_and_kept_to(start):
    sandbox = start(users=70, rate=12)
    tenant = sandbox.connect(max_rate=100)
    history = tenant.history(progress=False)
    assert history.failures.empty
    statuses = [call.status for call in sandbox.recorder.api]
    assert 429 in statuses
    assert tenant._api.pacer.rate < 90


@pytest.mark.parametrize("rate", [0, -1, float("nan"), float("inf"), "30", None])
def test_a_rate_that_is_none_is_refused(rate):
    with pytest.raises(ps.ConfigurationError, match="max_rate"):
        ps.connect("abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6", "c", "s", max_rate=rate)


def test_a_refusal_among_many_answers_costs_little_and_is_made_good():
    async def run():
        pacer = Pacer(200)
        await pacer.turn()
        pacer.refused(0, 0.01)  # from now on it is known that there is a limit
        while pacer.rate < 198:
            await pacer.turn()
            pacer.accepted()
        full = pacer.rate
        for _ in range(2000):
            pacer.accepted()
        sent = await pacer.turn()
        pacer.refused(sent, 0.5)
        slowed = pacer.rate
        assert slowed == pytest.approx(full * 0.98, rel=0.002)
        pacer.refused(sent, 0.5)  # of the same moment: answered already by slowing down
        assert pacer.rate == slowed
        began = asyncio.get_running_loop().time()
        assert await pacer.turn() - began >= 0.5
        while pacer.rate < full:
            await pacer.turn()
            pacer.accepted()
        assert 5 < asyncio.get_running_loop().time() - began < 20

    run_fast(run())


def test_when_everything_is_refused_the_pace_falls_by_halves_to_a_floor():
    async def run():
        pacer = Pacer(100)
        paces = [pacer.rate]
        for _ in range(12):
            for _ in range(64):
                pacer.refused(await pacer.turn(), 0.01)
            paces.append(pacer.rate)
        assert paces[1] <= paces[0] * 0.99
        assert paces[-1] == pytest.approx(0.5, abs=0.2)

    run_fast(run())


def test_whoever_gives_up_waiting_takes_no_turn():
    async def run():
        pacer = Pacer(20)
        await pacer.turn()
        waiting = [asyncio.ensure_future(pacer.turn()) for _ in range(10)]
        await asyncio.sleep(0)
        for one in waiting[:9]:
            one.cancel()
        began = time.monotonic()
        await waiting[9]
        assert time.monotonic() - began < 0.2

    asyncio.run(run())
