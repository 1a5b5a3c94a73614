"""`pingsessions record`, run as a scheduler would run it."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

import pingsessions_nb as ps
from pingsessions_nb.archive.tables import BusyError
from pingsessions_nb.cli import main
from pingsessions_nb.cli import record_command as recording

SEED_USER = "710d6278-ccce-4a91-bdb9-ac7a4a0e60d5"
COMMAND = [sys.executable, "-m", "pingsessions_nb"]


def sandbox(*options: str) -> Iterator[tuple[str, dict[str, str]]]:
    """A sandbox in a process of its own: its address, and the environment to reach it."""
    command = [*COMMAND, "sandbox", "--port", "0", "--users", "60", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        said = ""
        for line in process.stdout:
            said += line
            if "client_secret" in line:
                break
        yield (
            re.search(r"http://127\.0\.0\.1:\d+", said).group(),
            {
                **{k: v for k, v in os.environ.items() if not k.startswith("PINGONE")},
                "PINGONE_ENVIRONMENT_ID": "abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6",
                "PINGONE_CLIENT_ID": "sandbox-client",
                "PINGONE_CLIENT_SECRET": "sandbox-secret",
            },
        )
        process.terminate()


@pytest.fixture(scope="module")
def quick() -> Iterator[tuple[str, dict[str, str]]]:
    yield from sandbox()


@pytest.fixture
def slow() -> Iterator[tuple[str, dict[str, str]]]:
    yield from sandbox("--latency-ms", "400")


def command(server: tuple[str, dict[str, str]], *arguments: str) -> list[str]:
    return [*COMMAND, "record", "--api-url", server[0], "--auth-url", server[0], *arguments]


def record(
    server: tuple[str, dict[str, str]], *arguments: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(server, *arguments),
        env={**server[1], **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_one_line_of_json_says_what_changed_and_nothing_else_is_said(quick, tmp_path):
    folder = str(tmp_path / "archive")
    first = record(quick, "--archive", folder)
    assert (first.returncode, first.stderr) == (0, "")
    told = json.loads(first.stdout)
    assert first.stdout.count("\n") == 1
    found = ps.Archive(folder).history()
    assert told["users"] == told["users_added"] == len(found.users) == 60
    assert told["sessions_added"] == len(found) > 300
    assert told["locations_added"] == len(found.locations)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["archive"]  # no checkpoint is left
    again = json.loads(record(quick, "--archive", folder).stdout)
    assert [again[key] for key in told if key.endswith(("added", "updated"))] == [0] * 5
    assert (told["read"], told["users_asked"]) == ("sweep", 60)
    assert (again["read"], again["users_asked"]) == ("update", 0)  # nobody signed on since
    swept = json.loads(record(quick, "--archive", folder, "--full-every", "0").stdout)
    assert (swept["read"], swept["users_asked"]) == ("sweep", 60)


@pytest.fixture
def later() -> Iterator[tuple[str, dict[str, str]]]:
    yield from sandbox("--users", "52")  # the same tenant, from which some were deleted


def test_users_whom_the_list_has_no_more_are_marked(quick, later, tmp_path):
    folder = str(tmp_path / "archive")
    record(quick, "--archive", folder)
    told = json.loads(record(later, "--archive", folder).stdout)
    assert (told["read"], told["users"], told["users_gone"]) == ("update", 52, 8)
    users = ps.Archive(folder).history().users
    assert users["gone_at"].notna().sum() == 8
    back = json.loads(record(quick, "--archive", folder).stdout)
    assert back["users_gone"] == 0
    assert ps.Archive(folder).history().users["gone_at"].isna().all()


def test_some_users_by_name(quick, tmp_path):
    folder = str(tmp_path / "archive")
    done = record(quick, "--archive", folder, "--users", SEED_USER)
    assert done.returncode == 0, done.stderr
    assert ps.Archive(folder).history().user_ids == (SEED_USER,)
    done = record(quick, "--archive", folder, "--users", SEED_USER, "nobody@example.org")
    assert done.returncode == 67
    assert "nobody@example.org" in done.stderr
    assert json.loads(done.stdout)["users_gone"] == 1


def test_a_killed_run_is_gone_on_with(slow, tmp_path):
    folder = tmp_path / "archive"
    checkpoint = tmp_path / "checkpoint"
    arguments = ["--archive", str(folder), "--checkpoint", str(checkpoint)]
    with subprocess.Popen(command(slow, *arguments), env=slow[1]) as process:
        while not (checkpoint.exists() and checkpoint.stat().st_size > 10_000):
            assert process.poll() is None
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
    kept = checkpoint.stat().st_size
    assert not folder.exists()
    done = record(slow, *arguments)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["users"] == 60
    assert kept > 10_000
    assert not checkpoint.exists()


def test_a_checkpoint_of_yesterday_is_not_gone_on_with(quick, tmp_path):
    checkpoint = tmp_path / "checkpoint"
    checkpoint.write_text("of another reading")
    arguments = ["--archive", str(tmp_path / "archive"), "--checkpoint", str(checkpoint)]
    assert record(quick, *arguments).returncode == 78
    os.utime(checkpoint, (0, 0))
    assert record(quick, *arguments).returncode == 0


def test_exit_codes_tell_what_to_mend_from_what_to_try_again(quick, tmp_path):
    folder = str(tmp_path / "archive")

    def code(server: str = quick[0], archive: str = folder, **environment: str) -> int:
        done = record((server, quick[1]), "--archive", archive, **environment)
        assert re.fullmatch(r"pingsessions record: .+\n", done.stderr), done.stderr
        assert done.stdout == ""
        return done.returncode

    assert code(PINGONE_ENVIRONMENT_ID="") == 78
    assert code(PINGONE_CLIENT_SECRET="wrong") == 77
    assert code(server="http://127.0.0.1:9") == 75
    (tmp_path / "mine.txt").write_text("")
    assert code(archive=str(tmp_path)) == 74


def test_a_place_that_cannot_be_is_told_before_anything_is_read(tmp_path):
    (tmp_path / "file").write_text("")
    for arguments, code in (
        (["--archive", str(tmp_path / "file" / "archive")], 78),
        (["--archive", str(tmp_path / "a"), "--checkpoint", str(tmp_path / "file" / "c")], 78),
        (["--archive", ""], 78),
        (["--archive", str(tmp_path / "a"), "--keep-days", "nan"], 2),
    ):
        done = subprocess.run(
            [*COMMAND, "record", "--demo", *arguments], capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stdout) == (code, ""), done.stderr
        assert "Traceback" not in done.stderr


def test_what_cannot_be_tidied_hides_nothing_and_is_tried_again(monkeypatch, tmp_path, capsys):
    def busy(*_args: object) -> None:
        raise BusyError("The archive is being written to all the time; try again later.")

    monkeypatch.setattr(recording, "_TIDY_AFTER", 1)
    monkeypatch.setattr(ps.Archive, "compact", busy)
    assert main(["record", "--demo", "--archive", str(tmp_path / "archive")]) == 75
    told = capsys.readouterr()
    assert json.loads(told.out)["users_added"] == 200
    assert "try again later" in told.err


def test_the_demo_tenant_needs_nothing(tmp_path):
    done = subprocess.run(
        [*COMMAND, "record", "--demo", "--archive", str(tmp_path / "archive")],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert json.loads(done.stdout)["users"] == 200
