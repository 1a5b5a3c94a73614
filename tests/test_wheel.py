"""The wheel is all that is needed: it holds every file, and works where nothing else is."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import venv
import zipfile
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from tracked import tracked

import pingsessions_nb as ps

ROOT = Path(ps.__file__).parent.parent
BUILD = "import sys; from hatchling.build import build_wheel; print(build_wheel(sys.argv[1]))"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-c", BUILD, str(folder)]
    built = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return folder / built.stdout.split()[-1]


def packed(wheel):
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name}


# What the widgets' scripts are built of.
SOURCES = re.compile(r"pingsessions_nb/widgets/frontend/.*")


def expected():
    notebooks = {f"pingsessions_nb/{name}" for name in tracked(ROOT, "notebooks")}
    return {
        name for name in tracked(ROOT, "pingsessions_nb") if not SOURCES.fullmatch(name)
    } | notebooks


def test_the_wheel_holds_the_package_its_data_and_the_notebooks(wheel):
    held = packed(wheel)
    assert held == expected()
    assert {Path(name).suffix for name in held} >= {".arrow", ".css", ".gz", ".html", ".js", ".tsv"}


LEFT = {
    "notebooks/.ipynb_checkpoints/01-quickstart-checkpoint.ipynb": "{}",
    "notebooks/out.ipynb": "{}",  # papermill's
    "notebooks/mia.larsen.html": "<p>somebody's sessions</p>",
    "notebooks/archive/sessions/bucket=0/part.parquet": "somebody's sessions",
    "notebooks/.ruff_cache/0.1/1": "",
    "pingsessions-notebooks/01-quickstart.ipynb": "{}",
    "pingsessions_nb/__pycache__/left.cpython-311.pyc": "",
    ".venv-old/lib/python3.11/site-packages/theirs.py": "import os, sys\nprint( 'untidy' )",
}


def test_a_used_checkout_gives_the_same_wheel_tests_and_lint(tmp_path):
    used = tmp_path / "used"
    for name in tracked(ROOT):
        (used / name).parent.mkdir(parents=True, exist_ok=True)
        (used / name).write_bytes((ROOT / name).read_bytes())
    for command in (["init", "-q"], ["add", "-A"]):
        subprocess.run(["git", *command], cwd=used, check=True)
    assert tracked(used) == tracked(ROOT)
    for name, text in LEFT.items():
        (used / name).parent.mkdir(parents=True, exist_ok=True)
        (used / name).write_text(text)

    def told(*arguments):
        command = [sys.executable, *arguments]
        done = subprocess.run(command, cwd=used, check=False, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    built = told("-c", BUILD, str(tmp_path)).split()[-1]
    assert packed(tmp_path / built) == expected()
    collected = told("-m", "pytest", "--nbval", "--collect-only", "-q", "notebooks")
    assert set(re.findall(r"^notebooks/[^:]+", collected, re.M)) == set(tracked(ROOT, "notebooks"))
    linted = told("-m", "ruff", "check", "--show-files", ".").splitlines()
    assert {Path(name).relative_to(used).as_posix() for name in linted} <= set(tracked(ROOT))
    command = ["git", "ls-files", "--others", "--exclude-standard"]
    assert subprocess.run(command, cwd=used, check=True, capture_output=True).stdout == b""


@pytest.mark.slow
def test_the_wheel_alone_is_enough(wheel, tmp_path):
    """In an empty environment and an empty folder. Installs what the package depends on."""
    venv.create(tmp_path / "venv", with_pip=True)
    programs, empty = tmp_path / "venv" / "bin", tmp_path / "empty"
    empty.mkdir()

    def install(what):
        subprocess.run([programs / "python", "-m", "pip", "install", "-q", what], check=True)

    def told_by(*command):
        return subprocess.run(
            command, cwd=empty, check=True, stdout=subprocess.PIPE, text=True
        ).stdout

    def told(*arguments):
        return told_by(programs / "pingsessions", *arguments)

    install(wheel)
    listed = told_by(programs / "python", "-m", "pip", "list", "--format=json")
    assert "deltalake" not in {each["name"] for each in json.loads(listed)}
    page = empty / told("report", "--demo", "matteo.yilmaz").strip()
    assert "matteo.yilmaz" in page.read_text(encoding="utf-8")

    install(f"{wheel}[archive]")
    recorded = json.loads(told("record", "--demo", "--archive", "archive"))
    assert recorded["sessions_added"] == recorded["sessions"] > 1000
    assert json.loads(told("record", "--demo", "--archive", "archive"))["sessions_added"] == 0

    with running(programs / "pingsessions", "sandbox", "--port", "0", cwd=empty) as sandbox:
        address = sandbox.stdout.readline().split()[0]
        environment = "abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6"
        tenant = ps.connect(
            environment, "sandbox-client", "sandbox-secret", api_url=address, auth_url=address
        )
        assert len(tenant.users()) == 200

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options = ["--no-browser", f"--port={port}", "--IdentityProvider.token="]
    with running(programs / "pingsessions", "lab", *options, cwd=empty):
        shown = answer(f"http://127.0.0.1:{port}/api/contents")["content"]
        page = httpx.get(f"http://127.0.0.1:{port}/", follow_redirects=True)
    assert {entry["name"] for entry in shown} == {
        Path(name).name for name in tracked(ROOT, "notebooks")
    }
    assert str(page.url).endswith("/lab/tree/01-quickstart.ipynb")
    assert page.status_code == 200


@contextmanager
def running(*command, cwd):
    process = subprocess.Popen(
        command,
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=30)


def answer(url):
    for _ in range(120):
        try:
            return httpx.get(url).raise_for_status().json()
        except httpx.HTTPError:
            time.sleep(0.5)
    raise AssertionError(f"nothing answers at {url}")
