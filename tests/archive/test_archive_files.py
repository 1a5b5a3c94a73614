"""An archive's files: who can read them, a disk that is full, a log whose end was lost."""

import os
import stat
import subprocess
import sys
import textwrap
import threading

import pytest

import pingsessions_nb as ps


@pytest.fixture(scope="module")
def history():
    return ps.demo(users=8, seed=2).history()


@pytest.fixture(autouse=True)
def usual_mask():
    before = os.umask(0o022)
    yield
    os.umask(before)


def readable_by_others(folder):
    paths = [folder, *folder.rglob("*")]
    return [path for path in paths if stat.S_IMODE(path.stat().st_mode) & 0o077]


def test_files_are_their_owners_alone(history, tmp_path):
    archive = ps.Archive(tmp_path / "a", buckets=2, known_networks={"hq": "203.0.113.0/24"})
    for user in history.user_ids[:3]:
        archive.record(history.for_users(user))
    archive.compact(keep_days=0)
    archive.forget(history.user_ids[0])
    assert len([*(tmp_path / "a").rglob("*.parquet"), *(tmp_path / "a").rglob("*.json")]) > 20
    assert readable_by_others(tmp_path / "a") == []
    history.save(tmp_path / "saved")
    assert readable_by_others(tmp_path / "saved") == []
    assert os.umask(0o022) == 0o022  # as it was


def test_an_archive_that_is_shared_stays_so(history, tmp_path):
    ps.Archive(tmp_path / "a", buckets=2, private=False).record(history.for_users([]))
    ps.Archive(tmp_path / "a").record(history)
    files = [path for path in (tmp_path / "a").rglob("*") if path.is_file()]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o644}


def test_recorders_at_work_together_put_the_mask_back(history, tmp_path):
    users = history.user_ids

    def record(number):
        ps.Archive(tmp_path / f"a{number}", buckets=1).record(history.for_users(users[number]))

    threads = [threading.Thread(target=record, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert os.umask(0o022) == 0o022
    assert all(readable_by_others(tmp_path / f"a{number}") == [] for number in range(4))


FULL = """
    import os, pathlib, sys
    import pingsessions_nb as ps
    history = ps.demo(users=120, seed=4).history()
    archive = ps.Archive("/mnt/archive", buckets=2)
    archive.record(history.for_users(history.user_ids[0]))
    before = repr(archive.history())
    with open("/mnt/filler", "wb", buffering=0) as filler:
        try:
            while filler.write(bytes(4096)):
                pass
        except OSError:
            pass
    for act in (lambda: archive.record(history), lambda: history.save("/mnt/saved")):
        try:
            act()
        except ps.PingSessionsError as error:
            print(type(error).__name__, error)
    print(repr(archive.history()) == before)
    os.unlink("/mnt/filler")
    print(archive.record(history)["users_added"])
"""


def test_a_full_disk_is_said_to_be_one():
    inside = 'mount -t tmpfs -o size=3m tmpfs /mnt && exec "$0" -c "$1"'
    command = ["unshare", "-Urm", "sh", "-c", inside, sys.executable, textwrap.dedent(FULL)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    if "unshare" in done.stderr or "mount:" in done.stderr:
        pytest.skip("no file system of one's own here")
    told = done.stdout.splitlines()
    assert told[0].startswith(
        "ArchiveError The archive /mnt/archive cannot be written: its disk"
    ), done.stdout + done.stderr
    assert told[1].startswith("ConfigurationError /mnt/saved cannot be written: ")
    assert "No space left on device" in told[1]
    assert told[2:] == ["True", "119"]


@pytest.mark.parametrize("table", ["snapshots", "sessions", "users", "locations"])
def test_a_log_whose_last_entry_was_emptied_is_no_older_snapshot(history, table, tmp_path):
    archive = ps.Archive(tmp_path / "a", buckets=2)
    archive.record(history.for_users(list(history.user_ids[:4])))
    archive.record(history)
    assert len(archive.history(as_of=2)) == len(history)
    last = sorted((tmp_path / "a" / table / "_delta_log").glob("*.json"))[-1]
    last.write_bytes(b"")
    for ask in (
        lambda: ps.Archive(tmp_path / "a").history(),
        lambda: ps.Archive(tmp_path / "a").sql("SELECT count(*) FROM sessions"),
        lambda: ps.Archive(tmp_path / "a").record(history),
    ):
        with pytest.raises(ps.ArchiveError, match=r"is empty, as after a crash of the machine"):
            ask()
    # As the sentence says of the snapshots' own log.
    if table == "snapshots":
        last.unlink()
        mended = ps.Archive(tmp_path / "a")
        assert len(mended.history()) < len(history)
        mended.record(history)
        assert len(mended.history()) == len(history)
