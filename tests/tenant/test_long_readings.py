"""Longer proofs: thousands of users in bad weather. Some ten minutes::

pytest -m slow tests/tenant/test_long_readings.py -s
"""

from __future__ import annotations

import time

import pytest
from pandas.testing import assert_frame_equal

WEATHER = {"429": 0.05, "5xx": 0.02, "drop": 0.01, "truncate": 0.01, "bad_json": 0.005}


@pytest.mark.slow
def test_ten_thousand_users_in_bad_weather_are_the_same(start):
    began = time.monotonic()
    calm = start(users=10_000).connect(max_rate=5000).history(progress=False)
    between = time.monotonic()
    sandbox = start(users=10_000, faults=WEATHER, fault_seed=11, token_seconds=5)
    stormy = sandbox.connect(max_rate=5000).history(progress=False)
    ended = time.monotonic()
    for name in ("users", "sessions", "locations", "failures"):
        assert_frame_equal(getattr(stormy, name), getattr(calm, name))
    assert stormy.failures.empty
    statuses = [call.status for call in sandbox.recorder.api]
    print(
        f"\n{len(stormy.users):,} users, {len(stormy.sessions):,} sessions, "
        f"{len(stormy.locations):,} locations, the same row for row; calm {between - began:.0f} s, "
        f"storm {ended - between:.0f} s with {len(statuses):,} requests, "
        f"{statuses.count(429):,} times 429 and {len(sandbox.recorder.tokens)} tokens"
    )


@pytest.mark.slow
@pytest.mark.parametrize("max_rate", [200, 5_000])
def test_five_thousand_users_refused_at_once_now_and_then_take_at_most_twice_as_long(
    start, max_rate
):
    seconds = []
    for faults in ({}, {"429": 0.05}):
        sandbox = start(users=5_000, faults=faults, fault_seed=3, retry_after="zero")
        began = time.monotonic()
        history = sandbox.connect(max_rate=max_rate).history(progress=False)
        seconds.append(time.monotonic() - began)
        assert history.failures.empty
        assert len(history.users) == 5_000
    limited = [call.status for call in sandbox.recorder.api].count(429)
    clean, refused = seconds
    print(
        f"\n{max_rate} requests a second at most: clean {clean:.0f} s, "
        f"with {limited} times 429 {refused:.0f} s"
    )
    assert limited > 200
    assert refused < 2 * clean
