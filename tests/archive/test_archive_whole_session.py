"""The whole session in the archive, and in one that was made before it had its columns."""

import zipfile
from pathlib import Path

import pandas as pd
import pytest

import pingsessions_nb as ps

BEFORE = Path(__file__).with_name("before_whole_sessions.zip")


def record(number, **fields):
    return {
        "id": f"s-{number}",
        "user": {"id": "u-1"},
        "environment": {"id": "e"},
        "createdAt": f"2026-02-0{number}T08:00:00.000Z",
        "activeAt": f"2026-02-0{number}T09:00:00.000Z",
        "locations": [
            {
                "at": f"2026-02-0{number}T08:00:00.000Z",
                "city": "graz",
                "state": "styria",
                "region": "8",
                "country": "austria",
            }
        ],
        "browser": {"name": "Firefox"},
        **fields,
    }


def history_of(*records):
    return ps.History.from_responses({"_embedded": {"sessions": list(records)}})


@pytest.fixture
def before(tmp_path):
    with zipfile.ZipFile(BEFORE) as packed:
        packed.extractall(tmp_path / "before")
    return ps.Archive(tmp_path / "before")


def test_the_whole_session_is_kept(tmp_path):
    archive = ps.Archive(tmp_path / "archive", buckets=2)
    signed_on = {"authenticators": ["pwd"], "withAuthenticator": {"pwd": {"at": "t"}}}
    more = {"expiresAt": "2026-02-03T10:00:00Z", "idleTimeoutInMinutes": "60", "userAgent": "M"}
    taken = history_of(record(1), record(3, lastSignOn=signed_on, **more))
    archive.record(taken, seen_at="2026-02-03T09:30:00Z")
    read = archive.history()
    # As PingOne was read, whenever it is asked for; the history that was recorded is of today.
    assert read.read_at == pd.Timestamp("2026-02-03T09:30:00Z")
    assert read.sessions["status"].tolist()[:1] == ["live"]
    assert read.sessions["status"].isna().tolist() == [False, True]
    kept = read.sessions[taken.sessions.columns].drop(columns="status")
    pd.testing.assert_frame_equal(kept, taken.sessions.drop(columns="status"))
    assert read.locations["region"].tolist() == ["8", "8"]
    assert not archive.record(taken, seen_at="2026-02-03T09:30:00Z")
    archive.record(history_of(record(5)), seen_at="2026-02-05T09:30:00Z")
    assert archive.history().sessions.query("session_id == 's-3'")["status"].item() == "expired"
    assert archive.history(as_of=1).sessions["status"].tolist()[:1] == ["live"]


def test_an_older_archive_is_read_with_all_columns(before):
    read = before.history()
    assert list(read.sessions)[:18] == list(ps.sessions_frame([]))
    found = read.sessions.set_index("session_id")
    assert found["expires_at"].dropna().to_dict() == {"s-2": pd.Timestamp("2026-02-02T10:00Z")}
    assert found["idle_timeout_minutes"].dropna().to_dict() == {"s-2": 60, "s-3": 120}
    assert found["user_agent"].dropna().to_dict() == {"s-2": "Mozilla/5.0"}
    assert found["status"].dropna().to_dict() == {"s-2": "expired", "s-3": "expired"}
    assert found["x"].dropna().to_dict() == {"s-2": 7}
    assert not {"expiresAt", "idleTimeoutInMinutes", "userAgent"} & set(found)
    assert read.locations["region"].tolist() == ["8"] * 4


def test_an_older_archive_grows_the_columns(before):
    again = record(4, expiresAt="2026-02-04T11:00:00Z", userAgent="Mozilla/5.0 (X11)")
    changes = before.record(history_of(again, record(5)), seen_at="2026-02-05T09:00:00Z")
    assert (changes.sessions_added, changes.sessions_updated, changes.locations_added) == (1, 1, 1)
    found = before.history().sessions.set_index("session_id")
    assert found["expires_at"].dropna().to_dict() == {
        "s-4": pd.Timestamp("2026-02-04T11:00Z"),
        "s-2": pd.Timestamp("2026-02-02T10:00Z"),
    }
    assert found.loc["s-4", "user_agent"] == "Mozilla/5.0 (X11)"
    assert before.history().locations["region"].tolist() == ["8"] * 5
    types = before.sql("SELECT expires_at, idle_timeout_minutes FROM sessions").dtypes
    assert str(types["expires_at"]) == "datetime64[us, UTC]"
    assert not before.record(history_of(again, record(5)), seen_at="2026-02-05T09:00:00Z")


@pytest.mark.parametrize(
    "ask",
    [
        lambda archive: archive.record(history_of(record(1)), seen_at=1_760_000_000),
        lambda archive: archive.history(as_of=True),
        lambda archive: archive.history(as_of=1.5),
        lambda archive: archive.history(since=1_760_000_000),
        lambda archive: archive.sql("SELECT 1", as_of=False),
    ],
)
def test_a_number_is_no_time(before, ask):
    with pytest.raises(ps.ConfigurationError, match="is not a time"):
        ask(before)


def test_an_archive_stands_for_its_history(before, tmp_path):
    other = ps.Archive(tmp_path / "other", buckets=3)
    assert other.record(before)["sessions_added"] == 4
    joined = ps.History.concat([history_of(record(7)), before])
    assert len(joined) == 5
    assert not other.record(other)
    assert before.record(before)["sessions_updated"] == 2  # what it kept as JSON has columns now
    assert not before.record(before)
