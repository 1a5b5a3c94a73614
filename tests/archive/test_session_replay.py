"""Sessions in other hands, which an archive alone can tell; upgrades, relays and phones are not."""

import pytest
from world_of_replays import ReplayWorld

import pingsessions_nb as ps

REPLAY = {"kinds": ["session_replay"]}


def measured(seeds: list[int], tmp_path, users: int, days: int) -> tuple[float, float]:
    """Recall and precision over tenants, and what was missed or found wrongly."""
    found: set[str] = set()
    truth: set[str] = set()
    for seed in seeds:
        world = ReplayWorld(users, days, seed)
        archive = world.recorded(tmp_path / str(seed))
        found |= set(archive.signals(**REPLAY)["session_id"])
        truth |= world.truth
    hits = found & truth
    print("missed", sorted(truth - found), "wrong", sorted(found - truth), len(truth))
    return len(hits) / len(truth), len(hits) / len(found)


def test_replayed_sessions_are_found_and_upgrades_and_relays_are_not(tmp_path):
    recall, precision = measured([11], tmp_path, users=120, days=6)
    assert recall >= 0.95
    assert precision >= 0.9


@pytest.mark.slow
def test_on_tenants_of_other_seeds(tmp_path):
    recall, precision = measured([101, 102, 103, 104], tmp_path, users=300, days=10)
    assert recall >= 0.95
    assert precision >= 0.9


def test_a_case_says_it_and_nothing_is_told_of_what_one_recording_knows(tmp_path):
    world = ReplayWorld(users=120, days=6, seed=11)
    archive = world.recorded(tmp_path / "followed")
    found = archive.signals(**REPLAY)
    assert set(found["severity"]) <= {"medium", "high"}
    assert found["within_session"].all()
    cases = archive.cases()
    told = cases[[any(kind == "session_replay" for kind in kinds) for kinds in cases["kinds"]]]
    assert {each for ids in told["session_ids"] for each in ids} >= set(found["session_id"])
    grave = told[told["severity"] == "high"]
    assert grave["next_steps"].str.contains(r"End the (?:\d+ sessions|session) now").all()
    assert len(grave) > 5
    once = ps.Archive(tmp_path / "once", buckets=1)
    once.record(world.night(world.days - 1))
    assert once.signals(**REPLAY).empty
    assert ps.signals(world.night(world.days - 1), **REPLAY).empty
