"""Cases of an archive: those of its history, bucket by bucket, and those of which there is news."""

from datetime import timedelta

import pandas as pd
import pytest
from world_of_carriers import World

import pingsessions_nb as ps


def test_an_archive_has_the_cases_of_its_history(tmp_path, monkeypatch):
    world = World(users=250, seed=71)
    archive = ps.Archive(tmp_path, buckets=3)
    archive.record(world.history)
    whole = ps.cases(world.history)
    found = archive.cases()
    pd.testing.assert_frame_equal(found, whole)
    assert len(found) > 10
    verdicts = pd.DataFrame({"case_id": [found.loc[0, "case_id"]], "verdict": ["benign"]})
    judged = ps.cases(world.history, verdicts=verdicts)
    # A few users at a time make the cases that all of them at once do.
    monkeypatch.setattr("pingsessions_nb.triage.making_cases._AT_ONCE", 20)
    pd.testing.assert_frame_equal(archive.cases(verdicts=verdicts), judged)
    pd.testing.assert_frame_equal(ps.cases(world.history), whole)


def test_of_a_young_archive_what_happened_since_is_asked_for(tmp_path):
    archive = ps.Archive(tmp_path, buckets=2)
    archive.record(World(users=250, seed=72).history)
    since = pd.Timestamp("2026-06-11", tz="UTC")
    whole = archive.cases()
    found = archive.cases(since=since)
    assert 0 < len(found) < len(whole)
    late = whole[whole["last_at"] >= since]
    pd.testing.assert_frame_equal(found, late.reset_index(drop=True))


def test_since_asks_for_cases_that_a_later_recording_brought(tmp_path):
    now = World(users=250, seed=73).history
    cut = pd.Timestamp("2026-06-10", tz="UTC")
    archive = ps.Archive(tmp_path, buckets=2)
    archive.record(now.between(until=cut), seen_at=cut)
    archive.record(now, seen_at=cut + timedelta(days=3))
    whole = archive.cases()
    found = archive.cases(since=cut + timedelta(hours=1))
    assert 0 < len(found) < len(whole)
    assert (found["last_at"] >= cut - timedelta(days=1)).all()
    brought = whole[whole["started_at"] >= cut]
    assert set(brought["case_id"]) <= set(found["case_id"])
    assert archive.cases(since="2026-07-01").empty


def test_an_archive_of_nothing_and_a_time_that_is_none(tmp_path):
    archive = ps.Archive(tmp_path, buckets=1)
    archive.record(ps.History.from_responses([]))
    assert archive.cases(since="2026-01-01").empty
    with pytest.raises(ps.ConfigurationError, match="since='soon' is not a time"):
        archive.cases(since="soon")
