"""`pingsessions hunt`, run as a scheduler would run it."""

import csv
import io
import json
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta
from html.parser import HTMLParser

import pandas as pd
import pytest

import pingsessions_nb as ps
from pingsessions_nb.cli import main
from pingsessions_nb.sandbox import SyntheticTenant

COMMAND = [sys.executable, "-m", "pingsessions_nb", "hunt"]
HOSTILE = (
    '=HYPERLINK("http://evil.example")<img src=x onerror=alert(1)>\u202egnp\x1b[31m\u2028,;"\r\n'
)


def seen(tenant: SyntheticTenant, days: float = 0) -> ps.History:
    then = tenant.at(tenant.now - timedelta(days=days))
    users = list(then.users)
    pages = [then.sessions(user["id"]) for user in users]
    return ps.History.from_responses([{"_embedded": {"users": users}}, *pages])


@pytest.fixture(scope="module")
def tenant() -> SyntheticTenant:
    return SyntheticTenant(users=100, seed=21)


@pytest.fixture
def folder(tenant, tmp_path) -> str:
    """Recorded two days ago and today, so that what happened in between is new."""
    archive = ps.Archive(tmp_path / "archive", buckets=1)
    archive.record(seen(tenant, days=2), seen_at=tenant.now - timedelta(days=2))
    archive.record(seen(tenant), seen_at=tenant.now)
    return archive.path


def hunt(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["hunt", *arguments])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_new_cases_are_told_once_and_the_exit_code_says_so(folder, capsys):
    expected = ps.Archive(folder).new_cases()
    code, out, err = hunt(capsys, "--archive", folder, "--new", "--format", "ndjson")
    assert (code, err) == (1, "")
    lines = [json.loads(line) for line in out.splitlines()]
    assert [line["case_id"] for line in lines] == expected["case_id"].tolist()
    assert len(lines) > 5
    assert lines[0]["severity"] == "high"
    assert {line["news"] for line in lines} == {"new"}
    assert lines[0]["evidence"]["findings"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", lines[0]["started_at"])
    for kind in ("ndjson", "text"):
        assert hunt(capsys, "--archive", folder, "--format", kind) == (0, "", "")


def test_the_most_urgent_first_and_the_others_the_next_time(folder, capsys):
    expected = ps.Archive(folder).new_cases()
    told = []
    ends = ["--archive", folder, "--format", "ndjson", "--most", "3"]
    while True:
        code, out, err = hunt(capsys, *ends)
        told += [json.loads(line)["case_id"] for line in out.splitlines()]
        assert ("not told" in err) == (len(told) < len(expected))
        if code == 0:
            break
    assert told == expected["case_id"].tolist()


def test_only_what_is_grave_is_asked_for(folder, capsys):
    expected = ps.Archive(folder).new_cases()
    code, out, _ = hunt(capsys, "--archive", folder, "--severity", "high", "--format", "ndjson")
    assert code == 1
    assert {json.loads(line)["severity"] for line in out.splitlines()} == {"high"}
    assert len(ps.Archive(folder).new_cases()) == len(expected) - out.count("\n")


def test_since_looks_back_and_counts_as_telling_nothing(folder, tenant, capsys):
    since = (tenant.now - timedelta(days=1)).isoformat()
    first = hunt(capsys, "--archive", folder, "--since", since, "--format", "ndjson")
    assert first[0] == 1
    assert hunt(capsys, "--archive", folder, "--since", since, "--format", "ndjson") == first
    assert len(ps.Archive(folder).new_cases()) > 0
    assert hunt(capsys, "--archive", folder, "--since", "2030-01-01") == (0, "", "")


def test_known_networks_calm(folder, capsys):
    told = ps.Archive(folder).new_cases().to_dict("records")
    crowd = next(case for case in told if "user_velocity" in case["kinds"])
    address = re.search(r"users appeared at (\S+) within", crowd["summary"]).group(1)
    arguments = ("--archive", folder, "--known-network", f"Event={address}/32")
    _, out, _ = hunt(capsys, *arguments, "--format", "ndjson")
    cases = [json.loads(line) for line in out.splitlines()]
    assert cases
    assert not [case for case in cases if address in case["summary"]]


def test_hostile_words_are_words_in_each_format(tenant, tmp_path, capsys):
    history = seen(tenant)
    history.users = history.users.assign(
        username=pd.array([HOSTILE] * len(history.users), dtype="str")
    )
    archive = ps.Archive(tmp_path / "archive", buckets=1)
    archive.record(history)
    told = {}
    for kind in ("text", "ndjson", "csv", "html"):
        arguments = ("--archive", archive.path, "--since", "2020-01-01", "--format", kind)
        code, told[kind], _ = hunt(capsys, *arguments)
        assert code == 1
    cases = archive.cases()
    for kind, text in told.items():
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e]", text), kind
    assert told["ndjson"].isascii()
    lines = told["ndjson"].splitlines()
    assert len(lines) == len(cases)
    assert json.loads(lines[0])["users"][0].startswith("=HYPERLINK")
    rows = list(csv.reader(io.StringIO(told["csv"])))
    assert len(rows) == len(cases) + 1
    assert {len(row) for row in rows} == {len(rows[0])}
    cells = [cell for row in rows for cell in row]
    assert not [cell for cell in cells if re.match(r"[=+@]|-(?!\d)", cell)]
    assert "'=HYPERLINK" in told["csv"]
    page = Page()
    page.feed(told["html"])
    assert page.tags["img"] == page.tags["script"] == 0
    assert "onerror=alert(1)" in page.text
    assert "default-src 'none'" in page.addresses
    assert "http" not in page.addresses


class Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.text, self.addresses = "", ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.addresses += "".join(
            value or "" for name, value in attrs if name in ("src", "href", "content")
        )

    def handle_data(self, data: str) -> None:
        self.text += data


def test_exit_codes_tell_trouble_from_news(folder, tmp_path, capsys, monkeypatch):
    assert hunt(capsys, "--archive", str(tmp_path / "none"))[0] == 74
    code, out, err = hunt(capsys, "--archive", folder, "--since", "soon")
    assert (code, out) == (78, "")
    assert "soon" in err
    assert hunt(capsys, "--archive", folder, "--known-network", "VPN")[0] == 78
    with pytest.raises(SystemExit, match="2"):
        main(["hunt", "--archive", folder, "--since", "2026-01-01", "--new"])
    monkeypatch.setattr(ps.Archive, "new_cases", lambda *_args, **_options: 1 / 0)
    code, out, err = hunt(capsys, "--archive", folder)
    assert (code, out) == (70, "")  # Python's own would be 1
    assert "ZeroDivisionError" in err


def test_what_nobody_could_read_is_told_again(folder):
    expected = len(ps.Archive(folder).new_cases())
    done = subprocess.run(
        f"{' '.join(COMMAND)} --archive {folder} > /dev/full",
        shell=True,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 74, done.stderr
    assert len(ps.Archive(folder).new_cases()) == expected


def check_kills(folder: str, kills: int) -> None:
    """Kill hard at random moments, then let it end: nothing is lost, and nothing told twice."""
    expected = ps.Archive(folder).new_cases()["case_id"].tolist()
    begun = time.monotonic()
    subprocess.run([*COMMAND, "--help"], capture_output=True, check=True)
    least = time.monotonic() - begun
    told, killed = "", 0
    command = [*COMMAND, "--archive", folder, "--format", "ndjson", "--most", "1"]
    for number in range(4 * kills):
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            time.sleep(least * (1 + number % 20 / 20))
            process.send_signal(signal.SIGKILL)
            told += process.stdout.read()
        killed += process.returncode == -signal.SIGKILL
        if killed == kills:
            break
    print(f"{killed} runs killed, {len(told.splitlines())} of {len(expected)} cases told by then")
    assert killed == kills
    done = subprocess.run(command[:-2], capture_output=True, text=True, check=False)
    assert done.returncode == bool(done.stdout), done.stderr  # on a quick machine, none may be left
    told += done.stdout
    counted = Counter(json.loads(line)["case_id"] for line in told.splitlines())
    assert set(counted) == set(expected)
    # Between writing and keeping lie milliseconds, in which a kill has a case told twice.
    assert sum(counted.values()) <= len(expected) + kills / 10


def test_a_killed_run_loses_nothing(folder):
    check_kills(folder, 1)


@pytest.mark.slow
def test_twenty_killed_runs_lose_nothing(folder):
    check_kills(folder, 20)
