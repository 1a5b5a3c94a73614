"""What a night costs PingOne, over HTTP: all of it once, then the few who signed on."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

import pingsessions_nb as ps
from pingsessions_nb.sandbox import DEFAULT_NOW, CompactTenant, create_app, running


class Night:
    """A tenant served at a moment, and how many requests it answered."""

    def __init__(self, tenant: CompactTenant) -> None:
        self.requests = 0
        self.app = create_app(tenant)

    @contextmanager
    def connected(self) -> Iterator[ps.Tenant]:

        async def counting(scope: Any, receive: Any, send: Any) -> None:
            self.requests += scope["type"] == "http"
            await self.app(scope, receive, send)

        with running(counting) as address:
            yield ps.connect(
                environment_id=CompactTenant.environment_id,
                client_id="sandbox-client",
                client_secret="sandbox-secret",
                api_url=address,
                auth_url=address,
                max_rate=100_000,
            )


def check(archive: ps.Archive, users: int) -> tuple[int, int]:
    """Record a full night and the one after it; return the requests of each."""
    begun = time.monotonic()
    tenant = CompactTenant(users, seed=9, daily=0.03)
    assert time.monotonic() - begun < 20
    first = Night(tenant)
    with first.connected() as pingone:
        history = pingone.history(progress=False)
        archive.record(history, seen_at=DEFAULT_NOW, action="sweep")
    later = DEFAULT_NOW + timedelta(days=1)
    second = Night(tenant.at(later))
    with second.connected() as pingone:
        listed = pingone.users()
        due = archive.due(listed)
        history = pingone.history(due, progress=False)
        history.users = listed
        done = archive.record(history, seen_at=later, action="update")
    assert done.sessions_added > users * 0.02
    now = tenant.at(later)
    recent = [user["id"] for user in now.users[: min(users, 2_000)]]
    for user in recent[::37]:
        shown = {each["id"] for each in now.sessions(user)["_embedded"]["sessions"]}
        assert shown <= set(archive.history(user).sessions["session_id"])
    return first.requests, second.requests


def test_a_night_on_which_few_signed_on_takes_few_requests(archive):
    full, some = check(archive, 600)
    assert some <= 0.06 * full


@pytest.mark.slow
def test_a_night_of_two_hundred_thousand_users(archive):
    full, some = check(archive, 200_000)
    print(f"{full:,} requests, then {some:,}")
    assert some <= 0.06 * full
