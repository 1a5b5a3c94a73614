"""``Retry-After``: seconds, dates, Unix times and nonsense, bounded, and said where it matters."""

from __future__ import annotations

import json
import time

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

import pingsessions_nb as ps
from pingsessions_nb.tenant import wire
from pingsessions_nb.tenant.retrying import read_retry_after


def test_a_date_is_held_against_the_servers_clock():
    # A notebook whose clock is years off waits no longer than it should.
    date = "Wed, 21 Oct 2099 07:28:00 GMT"
    answered = httpx.Headers({"date": date})
    assert read_retry_after("Wed, 21 Oct 2099 07:28:07 GMT", wire._sent_at(answered)).seconds == 7
    for unknown in ({}, {"date": "today"}):
        assert abs(wire._sent_at(httpx.Headers(unknown)) - time.time()) < 5


NOW = 1_445_412_480  # Wed, 21 Oct 2015 07:28:00 GMT


@pytest.mark.parametrize(
    ("value", "now", "seconds"),
    [
        (None, NOW, None),
        ("7", NOW, 7),
        ("0", NOW, 0),
        ("-5", NOW, 0),
        ("1.5", NOW, 1.5),
        ("3600", NOW, 3600),
        ("soon", NOW, None),
        ("inf", NOW, None),
        ("nan", NOW, None),
        ("9" * 400, NOW, None),
        ("Wed, 21 Oct 2015 07:28:00 GMT", NOW - 30, 30),
        ("Wed, 21 Oct 2015 07:28:00 GMT", NOW + 30, 0),
        ("1445412500", NOW, 20),
        ("1445412500", NOW + 90, 0),
        ("1445412500000", NOW, 20),
    ],
)
def test_retry_after_is_seconds_a_date_or_a_unix_time(value, now, seconds):
    assert read_retry_after(value, now) == (seconds, None)


@pytest.mark.parametrize(
    ("value", "seconds", "words"),
    [
        ("86400", 3600, "'86400' was shortened to an hour"),
        ("999999999", 3600, "shortened to an hour"),
        ("Wed, 21 Oct 2099 07:28:00 GMT", 3600, "shortened to an hour"),
        ("1545412500", None, "'1545412500' is not a plausible time to wait"),
        ("4445412500000", None, "is not a plausible time"),
    ],
)
def test_a_retry_after_beyond_an_hour_is_bounded_and_said(value, seconds, words):
    pause = read_retry_after(value, NOW)
    assert pause.seconds == seconds
    assert words in pause.note


@given(st.text())
def test_a_retry_after_that_is_none_of_them_counts_as_absent(text):
    seconds, _ = read_retry_after(text, 0)
    assert seconds is None or 0 <= seconds <= 3600


def refused_once(sandbox, answer, ending, status, **headers):
    """Refuse the first request, then let all through; return when it was refused."""
    at = []

    async def serve(scope, receive, send):
        app = sandbox.recorder.app if at else answer(status, b'{"code":"X"}', **headers)
        at.append(time.monotonic())
        await app(scope, receive, send)

    sandbox.recorder.instead[ending] = serve
    return at


@pytest.mark.parametrize("status", [429, 503])
def test_zero_means_at_once_and_for_nobody_else_a_pause(sandbox, answer, status):
    tenant = sandbox.connect(max_rate=200)
    tenant.users(limit=1)
    refused_once(sandbox, answer, "/populations", status, retry_after="0")
    began = time.monotonic()
    tenant.populations()
    tenant.users(limit=2)
    assert time.monotonic() - began < 0.6


def test_a_unix_time_that_is_over_keeps_nobody_waiting(sandbox, answer):
    refused_once(sandbox, answer, "/populations", 429, retry_after="1445412480")
    began = time.monotonic()
    assert len(sandbox.connect(deadline=5).populations()) == 4
    assert time.monotonic() - began < 3


@pytest.mark.parametrize("value", ["7200", "99999999999"])
def test_a_wait_without_reason_is_said(sandbox, answer, value):
    sandbox.recorder.instead["/populations"] = answer(429, b'{"code":"X"}', retry_after=value)
    with pytest.raises(ps.RateLimited, match=rf"Retry-After: '{value}'"):
        sandbox.connect(deadline=1).populations()


def test_a_quota_says_when_it_resets_and_how_long_to_wait(sandbox, answer):
    inner = {"quotaLimit": 42, "quotaResetTime": "2026-03-04T05:06:07Z", "retryAfter": 900}
    details = [{"code": "QUOTA_EXCEEDED", "message": "Over.", "innerError": inner}]
    body = json.dumps({"id": "c-7", "code": "REQUEST_LIMITED", "details": details}).encode()
    sandbox.recorder.instead["/populations"] = answer(429, body)
    tenant = sandbox.connect(deadline=3)
    words = r"REQUEST_LIMITED; Over; quota 42; quota resets at 2026-03-04T05:06:07Z.*c-7"
    with pytest.raises(ps.RateLimited, match=words) as raised:
        tenant.populations()
    assert raised.value.details[0]["innerError"] == inner
    assert len(sandbox.recorder.of("/populations")) == 1
    with pytest.raises(ps.RateLimited, match=r"asked everybody to wait.*[89]\d\d s from now"):
        tenant.users()
