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
