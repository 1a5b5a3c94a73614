"""What changed in a session between recordings is kept, with the times between which it did."""

import pandas as pd

import pingsessions_nb as ps

NIGHT = pd.Timestamp("2026-05-04T22:00:00Z")


def shown(active: str, **changed: object) -> ps.History:
    session = {
        "id": "s1",
        "user": {"id": "ann"},
        "createdAt": "2026-05-01T08:00:00.000Z",
        "activeAt": active,
        "lastSignOn": {
            "at": "2026-05-01T08:00:00.000Z",
            "remoteIp": "203.0.113.7",
            "authenticators": ["pwd"],
        },
        "browser": {"name": "Chrome", "version": "130.0"},
        "operatingSystem": {"name": "Windows", "version": "10"},
        "device": {"type": "Other"},
    }
    calm = {**session, "id": "s2"}
    return ps.History.from_responses({"_embedded": {"sessions": [{**session, **changed}, calm]}})


def test_only_what_changed_is_kept_and_when(archive):
    archive.record(shown("2026-05-04T10:00:00.000Z"), seen_at=NIGHT)
    assert archive.versions().empty
    assert "versions" not in archive.history().sessions
    newer = {"browser": {"name": "Chrome", "version": "131.0"}}
    archive.record(shown("2026-05-05T10:00:00.000Z", **newer), seen_at=NIGHT + pd.Timedelta("1D"))
    other = {
        "browser": {"name": "Firefox", "version": "140.0"},
        "lastSignOn": {
            "at": "2026-05-06T09:00:00.000Z",
            "remoteIp": "198.51.100.9",
            "authenticators": ["pwd", "mfa"],
        },
    }
    third = shown("2026-05-06T10:00:00.000Z", **other)
    archive.record(third, seen_at=NIGHT + pd.Timedelta("2D"))
    told = archive.versions("ann")
    assert set(told["session_id"]) == {"s1"}
    changes = list(told[["fact", "before", "after"]].itertuples(index=False, name=None))
    assert changes == [
        ("browser_version", "130.0", "131.0"),
        ("browser_name", "Chrome", "Firefox"),
        ("browser_version", "131.0", "140.0"),
        ("authenticators", "pwd", "pwd, mfa"),
        ("network", "203.0.113.0/24", "198.51.100.0/24"),
    ]
    assert told["changed_after"].iloc[0] == pd.Timestamp("2026-05-04T10:00:00Z")
    assert told["changed_by"].iloc[0] == pd.Timestamp("2026-05-05T10:00:00Z")
    assert told["changed_after"].iloc[1] == pd.Timestamp("2026-05-05T10:00:00Z")
    before = archive.sql("SELECT count(*) AS n FROM sessions WHERE versions IS NOT NULL")
    assert before["n"].tolist() == [1]
    assert not archive.record(third)  # the same again says nothing
    pd.testing.assert_frame_equal(archive.versions(), told)


def test_an_older_snapshot_that_comes_late_changes_nothing(archive):
    archive.record(shown("2026-05-05T10:00:00.000Z"), seen_at=NIGHT)
    late = {"browser": {"name": "Chrome", "version": "129.0"}}
    archive.record(shown("2026-05-03T10:00:00.000Z", **late), seen_at=NIGHT - pd.Timedelta("1D"))
    assert archive.versions().empty
    assert archive.history().sessions["browser_version"].tolist() == ["130.0", "130.0"]
