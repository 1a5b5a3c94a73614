"""A tenant recorded daily: the archive holds what PingOne has forgotten."""

from datetime import timedelta

import pandas as pd
import pytest

import pingsessions_nb as ps
from pingsessions_nb.sandbox import SyntheticTenant

EVENT = ["user_id", "session_id", "at", "remote_ip", "city", "state", "country"]


def seen(tenant: SyntheticTenant, *, all_of_it: bool = False) -> ps.History:
    ids = [user["id"] for user in tenant.users]
    pages = [tenant.full_record(each) if all_of_it else tenant.sessions(each) for each in ids]
    return ps.History.from_responses([*pages, {"_embedded": {"users": list(tenant.users)}}])


def events(history: ps.History) -> set[tuple[str, ...]]:
    return set(map(tuple, history.locations[EVENT].astype(str).to_numpy()))


def check_beyond_ten(archive: ps.Archive, users: int, days: int) -> None:
    tenant = SyntheticTenant(users=users, seed=7)
    start = tenant.now - timedelta(days=days)
    for day in range(days + 1):
        archive.record(seen(tenant.at(start + timedelta(days=day))))
    first, now, ever = seen(tenant.at(start)), seen(tenant), seen(tenant, all_of_it=True)
    begun = ever.sessions["created_at"] >= pd.Timestamp(start)
    since = ever.for_sessions(ever.sessions.loc[begun])
    found = archive.history()

    # Whatever began since the first recording, and whatever PingOne still had at that time.
    wanted = set(since.sessions["session_id"]) | set(first.sessions["session_id"])
    assert set(found.sessions["session_id"]) == wanted
    assert events(found.for_sessions(since.sessions)) == events(since)
    assert events(found) >= events(first) | events(now)

    # The facts are the generator's, each session's last.
    facts = ["created_at", "active_at", "last_sign_on_at", "browser_name", "os_name"]
    mine = found.for_sessions(since.sessions).sessions.set_index("session_id")[facts]
    theirs = since.sessions.set_index("session_id")[facts]
    pd.testing.assert_frame_equal(mine.sort_index(), theirs.sort_index())

    # PingOne alone has ten a user, and has forgotten most.
    assert now.sessions.groupby("user_id").size().max() == 10
    assert len(found) > len(now)
    assert not events(since) <= events(now)


def test_beyond_ten_over_two_weeks(tmp_path):
    check_beyond_ten(ps.Archive(tmp_path / "archive", buckets=1), users=6, days=14)


@pytest.mark.slow
def test_beyond_ten_over_ninety_days(tmp_path):
    check_beyond_ten(ps.Archive(tmp_path / "archive", buckets=4), users=60, days=90)
