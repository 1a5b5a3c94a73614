"""`Archive.compact` and `forget`, killed hard: nothing is lost, and asked again they end."""

import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
from test_archive_forgetting import found_on_disk, needles

import pingsessions_nb as ps

PROGRAM = """
import sys
import pingsessions_nb as ps
archive = ps.Archive(sys.argv[1])
print("ready", flush=True)
{act}
print("ended", flush=True)
"""
COMPACT, FORGET = "archive.compact()", "archive.forget(sys.argv[2])"


def killed_somewhere(act: str, *arguments: str, kills: int, seed: int) -> Iterator[bool]:
    """Kill a process at random moments of its act; yield whether it died of that."""
    command = [sys.executable, "-c", PROGRAM.format(act=act), *arguments]
    dice = random.Random(seed)
    longest = 1.0
    for _ in range(kills):
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout.readline() == "ready\n"
            begun = time.monotonic()
            time.sleep(dice.uniform(0, longest))
            process.send_signal(signal.SIGKILL)
            ended = "ended" in process.stdout.read()
            if ended:  # later kills come sooner
                longest = min(longest, time.monotonic() - begun)
        yield not ended


def check_compact(archive, whole, facts, kills):
    for part in range(4):
        archive.record(whole.for_users(list(whole.user_ids[part::4])))
    died = 0
    for each in killed_somewhere(COMPACT, archive.path, kills=kills, seed=1):
        died += each
        assert facts(archive.history()) == facts(whole)
    archive.compact()
    assert facts(archive.history()) == facts(whole)
    assert not archive.record(whole)
    return died


def check_forget(archive, whole, facts, kills):
    archive.record(whole)
    first, *others = whole.user_ids
    rest = facts(whole.for_users(others))
    died = 0
    for each in killed_somewhere(FORGET, archive.path, first, kills=kills, seed=2):
        died += each
        now = facts(archive.history(others))
        assert {key: now[key] for key in rest if key != "locations"} == {
            key: told for key, told in rest.items() if key != "locations"
        }
        assert now["locations"] == rest["locations"]
        if not each:
            archive.record(whole)  # for the next to have something to forget
    archive.forget(first)
    assert facts(archive.history()) == rest
    assert found_on_disk(archive.path, needles(whole, first)) == {}
    return died


@pytest.fixture(scope="module")
def whole() -> ps.History:
    return ps.demo(users=40, seed=5).history(progress=False)


def test_killed_while_compacting(archive, whole, facts):
    check_compact(archive, whole, facts, kills=1)


def test_killed_while_forgetting(archive, whole, facts):
    check_forget(archive, whole, facts, kills=1)


@pytest.mark.slow
def test_killed_twenty_times_while_compacting(archive, whole, facts):
    died = check_compact(archive, whole, facts, kills=40)
    print(f"{died} compactings killed")
    assert died >= 20


@pytest.mark.slow
def test_killed_twenty_times_while_forgetting(archive, whole, facts):
    died = check_forget(archive, whole, facts, kills=40)
    print(f"{died} forgettings killed")
    assert died >= 20
