"""Recorders that are killed, and recorders that work at the same time."""

import random
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest

import pingsessions_nb as ps
from pingsessions_nb.sandbox import SyntheticTenant

PROGRAM = Path(__file__).with_name("recorder_process.py")
DAYS = 3


@pytest.fixture(scope="module")
def days() -> list[ps.History]:
    """A small tenant as PingOne shows it on some days, several days apart."""
    tenant = SyntheticTenant(users=6, seed=11)
    ids = [user["id"] for user in tenant.users]
    found = []
    for day in range(DAYS, 0, -1):
        then = tenant.at(tenant.now - timedelta(days=5 * day))
        pages = [then.sessions(each) for each in ids]
        found.append(
            ps.History.from_responses([*pages, {"_embedded": {"users": list(then.users)}}])
        )
    return found


@pytest.fixture(scope="module")
def folders(days, tmp_path_factory) -> list[str]:
    root = tmp_path_factory.mktemp("days")
    return [str(day.save(root / str(number))) for number, day in enumerate(days)]


@pytest.fixture(scope="module")
def states(days, facts, tmp_path_factory) -> list[dict]:
    """What an archive holds after no day, the first day, the first two days, and so on."""
    archive = ps.Archive(tmp_path_factory.mktemp("calm") / "archive", buckets=2)
    states = [facts(ps.History.from_responses([]))]
    for day in days:
        archive.record(day)
        states.append(facts(archive.history()))
    return states


def recorder(archive: Path, folders: list[str]) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, str(PROGRAM), str(archive), *folders],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def killed_at_random(archive: Path, folders: list[str], seconds: float) -> int:
    """Run a recorder, kill it hard at a random moment, and return how many days it had done."""
    with recorder(archive, folders) as process:
        assert process.stdout.readline() == "ready\n"
        time.sleep(random.uniform(0, seconds))
        process.send_signal(signal.SIGKILL)
        said = process.stdout.read()
    return said.count("recorded")


def check_kills(kills: int, tmp_path, days, folders, states, facts) -> None:
    archive = tmp_path / "timing"
    begun = time.monotonic()
    with recorder(archive, folders) as process:
        assert process.stdout.readline() == "ready\n"
        begun = time.monotonic()
        process.wait()
    seconds = time.monotonic() - begun
    partial = 0
    for number in range(kills):
        folder = tmp_path / str(number)
        done = killed_at_random(folder, folders, seconds)
        archive = ps.Archive(folder, buckets=2)
        made = any(folder.glob("snapshots/_delta_log/*.json"))
        found = facts(archive.history()) if made else states[0]
        assert found in states[done : done + 2]
        partial += 0 < done < DAYS
        for day in days:
            archive.record(day)
        assert facts(archive.history()) == states[-1]
        assert_tables_hold_what_is_seen(archive)
        for day in days:
            assert not archive.record(day)
    assert partial > 0 or kills < 10


def assert_tables_hold_what_is_seen(archive: ps.Archive) -> None:
    """Nothing was written twice: SQL counts rows, a history could hide some."""
    for table, key in {
        "users": "user_id",
        "sessions": "user_id, session_id",
        "locations": "user_id, session_id, at, remote_ip, city",
    }.items():
        twice = archive.sql(
            f"SELECT {key}, count(*) AS n FROM {table} GROUP BY {key} HAVING count(*) > 1"
        )
        assert twice.empty, table


def test_killed_at_random_moments(tmp_path, days, folders, states, facts):
    check_kills(2, tmp_path, days, folders, states, facts)


@pytest.mark.slow
def test_killed_at_thirty_random_moments(tmp_path, days, folders, states, facts):
    check_kills(30, tmp_path, days, folders, states, facts)


@pytest.mark.parametrize("second", ["in order", "newest first"])
def test_two_recorders_at_once_lose_nothing(second, tmp_path, days, folders, states, facts):
    orders = (folders, folders if second == "in order" else folders[::-1])
    both = [recorder(tmp_path / "archive", order) for order in orders]
    for process in both:
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
        assert out.count("recorded") == DAYS
    archive = ps.Archive(tmp_path / "archive")
    found, calm = facts(archive.history()), states[-1]
    assert any("versions" in told for told in calm.values())
    if second == "newest first":  # a day that is recorded after a later one tells of no change
        found, calm = without_versions(found), without_versions(calm)
    assert found["locations"] == calm["locations"]
    assert found.keys() == calm.keys()
    for key, told in calm.items():
        assert found[key] == told, key
    assert_tables_hold_what_is_seen(archive)


def without_versions(facts: dict) -> dict:
    return {
        key: {name: fact for name, fact in told.items() if name != "versions"}
        for key, told in facts.items()
    }
