"""Questions that would end the kernel end a process of their own, and cost a sentence."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest

import pingsessions_nb as ps


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    archive = ps.Archive(tmp_path_factory.mktemp("archive") / "a", buckets=2)
    archive.record(ps.demo(users=12, seed=3).history())
    return archive


def still_answers(archive):
    return archive.sql("SELECT count(*) AS n FROM users")["n"].item() == 12


ENDLESS = f"SELECT max(concat({', '.join(f'l{n}.city' for n in range(7))})) FROM " + ", ".join(
    f"locations l{n}" for n in range(7)
)
DEEP = {
    "OR": "SELECT count(*) FROM sessions WHERE "
    + " OR ".join(f"user_id = 'x{n}'" for n in range(30_000)),
    "UNION": " UNION SELECT ".join(["SELECT 1 AS one", *["1"] * 30_000]),
    "brackets": "SELECT " + "(" * 300_000 + "1" + ")" * 300_000,
    "CASE": "SELECT " + "CASE WHEN 1=1 THEN " * 20_000 + "1" + " END" * 20_000,
}


@pytest.mark.parametrize("query", DEEP.values(), ids=DEEP)
def test_a_query_that_is_nested_too_deeply_costs_a_sentence(archive, query):
    with pytest.raises(ps.ConfigurationError, match=r"^The query cannot be answered: "):
        archive.sql(query, timeout=3)
    assert still_answers(archive)


def test_a_crash_of_the_engine_is_a_sentence(archive):
    from pingsessions_nb.archive.sql import ENGINE

    assert still_answers(archive)
    threading.Timer(0.3, os.kill, (ENGINE._process.pid, signal.SIGSEGV)).start()
    with pytest.raises(ps.ConfigurationError, match=r"it ended the engine \(SIGSEGV\)"):
        archive.sql(ENDLESS)
    assert still_answers(archive)


def test_a_condition_on_many_users_is_answered(archive):
    ids = ", ".join(f"'u-{n}'" for n in range(20_000))
    found = archive.sql(f"SELECT count(*) AS n FROM users WHERE user_id IN ({ids})")
    assert found["n"].tolist() == [0]


def test_a_query_without_end_is_given_up_in_time(archive):
    began = time.monotonic()
    with pytest.raises(ps.ConfigurationError, match=r"longer than the 0\.5 seconds of timeout=\.$"):
        archive.sql(ENDLESS, timeout=0.5)
    assert time.monotonic() - began < 5
    assert still_answers(archive)


@pytest.mark.parametrize("timeout", [0, -1, float("nan"), 1e9])
def test_a_time_limit_is_a_number_of_seconds(archive, timeout):
    with pytest.raises(ps.ConfigurationError, match=r"^timeout is "):
        archive.sql("SELECT 1", timeout=timeout)


@pytest.mark.parametrize("query", [None, 7, b"SELECT 1", "SELECT '\ud800'", ""])
def test_what_is_no_text_is_no_query(archive, query):
    with pytest.raises(ps.ConfigurationError, match=r"quer"):
        archive.sql(query)
    assert still_answers(archive)


def test_questions_of_several_threads_are_answered_one_by_one(archive):
    found = {}

    def ask(number):
        found[number] = archive.sql(f"SELECT {number} AS n")["n"].item()

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {number: number for number in range(8)}


def test_an_interrupted_question_leaves_nothing_at_work(archive, tmp_path):
    script = f"""
        import os, signal, threading
        import pingsessions_nb as ps
        archive = ps.Archive({archive.path!r})
        archive.sql("SELECT 1")
        threading.Timer(1.5, os.kill, (os.getpid(), signal.SIGINT)).start()
        try:
            archive.sql({ENDLESS!r})
        except KeyboardInterrupt:
            print("interrupted", archive.sql("SELECT 5 AS n")["n"].item())
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout.strip() == "interrupted 5", done.stderr
    assert done.stderr == ""


def at_work(process):
    try:
        told = Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
    except OSError:
        return False
    return told.rpartition(")")[2].split()[0] != "Z"


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="asks Linux what is at work")
def test_a_kernel_that_is_killed_leaves_no_query_at_work(archive):
    script = f"""
        import pingsessions_nb as ps
        from pingsessions_nb.archive.sql import ENGINE
        archive = ps.Archive({archive.path!r})
        archive.sql("SELECT 1")
        print(ENGINE._process.pid, flush=True)
        archive.sql({ENDLESS!r})
    """
    command = [sys.executable, "-c", textwrap.dedent(script)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as kernel:
        engine = int(kernel.stdout.readline())
        time.sleep(0.5)
        assert at_work(engine)
        kernel.kill()
    until = time.monotonic() + 20
    while at_work(engine) and time.monotonic() < until:
        time.sleep(0.05)
    assert not at_work(engine)


def test_secrets_of_a_store_are_not_on_a_command_line(archive):
    from pingsessions_nb.archive.sql import ENGINE

    ps.Archive(archive.path, storage_options={"SECRET": "s3cr3t-value"}).sql("SELECT 1")
    assert "s3cr3t-value" not in " ".join(ENGINE._process.args)
