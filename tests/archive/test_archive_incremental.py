"""Who is asked about again: whoever signed on, whoever may have been active, and nobody else."""

import pandas as pd
import pytest

import pingsessions_nb as ps


def iso(instant: pd.Timestamp) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def listed(**signed_on: pd.Timestamp) -> pd.DataFrame:
    users = [
        {"id": name, "username": name, "lastSignOn": {"at": iso(at)}}
        for name, at in signed_on.items()
    ]
    return ps.users_frame({"_embedded": {"users": users}})


def tenant_at(users: pd.DataFrame, **active: pd.Timestamp) -> ps.History:
    """Each user with a session that began an hour before it was last active."""
    sessions = [
        {
            "id": f"{name}-1",
            "user": {"id": name},
            "createdAt": iso(at - pd.Timedelta(hours=1)),
            "activeAt": iso(at),
        }
        for name, at in active.items()
    ]
    return ps.History.from_responses({"_embedded": {"sessions": sessions}}, users=users)


@pytest.fixture
def yesterday() -> pd.Timestamp:
    return pd.Timestamp.now("UTC").floor("s") - pd.Timedelta(days=1)


@pytest.fixture
def archive(tmp_path, yesterday) -> ps.Archive:
    """Swept yesterday, when ann had just been active and the others long before."""
    archive = ps.Archive(tmp_path / "archive", buckets=2)
    days = pd.Timedelta(days=1)
    active = {"ann": yesterday, "bob": yesterday - 5 * days, "cyd": yesterday - 9 * days}
    history = tenant_at(listed(**active), **active)
    archive.record(history, seen_at=yesterday, action="sweep")
    return archive


def test_a_new_archive_wants_a_sweep(tmp_path):
    assert ps.Archive(tmp_path / "archive").sweep_is_due()


def test_only_who_can_have_news_is_due(archive, yesterday):
    assert not archive.sweep_is_due(7)
    days = pd.Timedelta(days=1)
    users = listed(
        ann=yesterday,  # the session may still have lived: activity would not show in the list
        bob=yesterday - 5 * days,
        cyd=yesterday + pd.Timedelta(hours=3),  # signed on since
        dov=yesterday - 9 * days,  # was not there
    )
    assert archive.due(users)["user_id"].tolist() == ["ann", "cyd", "dov"]


def test_who_was_asked_and_had_no_news_is_not_due_for_ever(archive, yesterday):
    users = listed(ann=yesterday)
    archive.record(
        tenant_at(users, ann=yesterday), seen_at=yesterday + pd.Timedelta(hours=26), action="update"
    )
    assert archive.due(users).empty
    assert archive.snapshots()["action"].tolist() == ["sweep", "update"]


def test_a_recording_that_missed_somebody_moves_nothing_on(archive, yesterday):
    users = listed(ann=yesterday)
    archive.record(tenant_at(users, ann=yesterday))
    assert archive.due(users)["user_id"].tolist() == ["ann"]


def test_an_old_sweep_is_due_again(archive):
    assert archive.sweep_is_due(0.5)
    with pytest.raises(ps.ConfigurationError, match="-1"):
        archive.sweep_is_due(-1)


def test_no_other_action_is_taken(archive, yesterday):
    with pytest.raises(ps.ConfigurationError, match="sweep"):
        archive.record(tenant_at(listed(ann=yesterday)), action="full")


def test_whoever_the_list_has_no_more_is_gone_until_it_has_them_again(archive, yesterday):
    days = pd.Timedelta(days=1)
    left = listed(ann=yesterday, cyd=yesterday - 9 * days)
    done = archive.record(tenant_at(left), seen_at=yesterday + days, action="update")
    assert (done.users_gone, done.users_updated) == (1, 1)
    assert gone(archive) == {"bob": yesterday + days}
    assert not archive.history("bob").sessions.empty
    again = archive.record(tenant_at(left), seen_at=yesterday + 2 * days, action="update")
    assert not again
    assert gone(archive) == {"bob": yesterday + days}
    back = listed(ann=yesterday, bob=yesterday - 5 * days, cyd=yesterday - 9 * days)
    archive.record(tenant_at(back), seen_at=yesterday + 3 * days, action="sweep")
    assert gone(archive) == {}
    # What was read before that and is recorded after it says nothing of today.
    late = archive.record(tenant_at(left), seen_at=yesterday + 2.5 * days, action="update")
    assert not late
    assert gone(archive) == {}


def test_only_a_list_of_everybody_tells_who_is_gone(archive, yesterday):
    day = pd.Timedelta(days=1)
    archive.record(tenant_at(listed(ann=yesterday)), seen_at=yesterday + day)
    nobody = tenant_at(ps.users_frame([]))  # whose roles were taken away is shown nobody
    archive.record(nobody, seen_at=yesterday + 2 * day, action="sweep")
    assert gone(archive) == {}


def gone(archive: ps.Archive) -> dict[str, pd.Timestamp]:
    users = archive.history().users.set_index("user_id")
    assert users["gone_at"].dtype == "datetime64[us, UTC]"
    return users["gone_at"].dropna().to_dict()
