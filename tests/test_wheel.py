"""The wheel is all that is needed: it holds every file, and works where nothing else is."""

import json
import os
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

import pingsessions_nb as ps

ROOT = Path(ps.__file__).parent.parent
BUILD = "import sys; from hatchling.build import build_wheel; print(build_wheel(sys.argv[1]))"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-c", BUILD, str(folder)]
    built = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return folder / built.stdout.split()[-1]


def files(folder):
    """Name the files of a folder of this project as the wheel would."""
    paths = (path.relative_to(ROOT) for path in (ROOT / folder).rglob("*") if path.is_file())
    made = {"__pycache__", ".ipynb_checkpoints"}
    return {path.as_posix() for path in paths if not made & set(path.parts)}


def test_the_wheel_holds_the_package_its_data_and_the_notebooks(wheel):
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert held == files("pingsessions_nb") | {f"pingsessions_nb/{n}" for n in files("notebooks")}
    assert {Path(name).suffix for name in held} >= {".arrow", ".css", ".gz", ".html", ".js", ".tsv"}


@pytest.mark.slow
def test_the_wheel_alone_is_enough(wheel, tmp_path):
    """In an empty environment and an empty folder. Installs what the package depends on."""
    venv.create(tmp_path / "venv", with_pip=True)
    programs, empty = tmp_path / "venv" / "bin", tmp_path / "empty"
    empty.mkdir()
    subprocess.run([programs / "python", "-m", "pip", "install", "-q", wheel], check=True)

    def told(*arguments):
        command = [programs / "pingsessions", *arguments]
        return subprocess.run(
            command, cwd=empty, check=True, stdout=subprocess.PIPE, text=True
        ).stdout

    recorded = json.loads(told("record", "--demo", "--archive", "archive"))
    assert recorded["sessions_added"] == recorded["sessions"] > 1000
    assert json.loads(told("record", "--demo", "--archive", "archive"))["sessions_added"] == 0
    page = empty / told("report", "--demo", "matteo.yilmaz").strip()
    assert "matteo.yilmaz" in page.read_text(encoding="utf-8")

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
    assert {entry["name"] for entry in shown} == {Path(name).name for name in files("notebooks")}
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
