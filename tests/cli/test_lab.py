"""The curated notebooks are brought, and JupyterLab leaves nothing behind, however it is ended."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from pingsessions_nb.cli.lab_command import QUICKSTART, bring_notebooks, notebooks
from pingsessions_nb.errors import ConfigurationError


def test_the_curated_notebooks_are_brought_once_and_never_overwritten(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    made = bring_notebooks(folder)
    assert {path.name for path in made} == {path.name for path in notebooks().glob("*.ipynb")}
    (folder / QUICKSTART).write_text("my own notes", encoding="utf-8")
    assert bring_notebooks(folder) == []
    assert (folder / QUICKSTART).read_text(encoding="utf-8") == "my own notes"


def test_a_file_in_the_way_is_a_sentence(tmp_path: Path) -> None:
    occupied = tmp_path / "notes.txt"
    occupied.write_text("x", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"notes\.txt.*another folder"):
        bring_notebooks(occupied)


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_lab_that_is_ended_leaves_no_process_port_or_folder(name: str, tmp_path: Path) -> None:
    with lab(tmp_path) as (process, address):
        kernel = httpx.post(f"{address}/api/kernels", timeout=30).raise_for_status().json()
        assert len(processes(tmp_path)) >= 3  # ours, the server, the kernel
        assert kernel["id"]
        process.send_signal(signal.Signals[name])  # to it alone, as a service manager does
        assert process.wait(timeout=60) == 0
        assert left_after(tmp_path, seconds=10) == []
        assert list((tmp_path / "temporary").glob("pingsessions-lab-*")) == []
        with pytest.raises(httpx.ConnectError):
            httpx.get(address)


@contextmanager
def lab(home: Path) -> Iterator[tuple["subprocess.Popen[bytes]", str]]:
    """`pingsessions lab` on a port of its own, all that it writes below `home`, once it answers."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (home / "temporary").mkdir()
    folders = {"TMPDIR": "temporary", "JUPYTER_RUNTIME_DIR": "runtime", "JUPYTER_CONFIG_DIR": "c"}
    process = subprocess.Popen(
        [
            *(str(Path(sys.executable).with_name("pingsessions")), "lab", str(home / "mine")),
            *("--no-browser", f"--port={port}", "--ServerApp.port_retries=0"),
            *("--IdentityProvider.token=", "--ServerApp.disable_check_xsrf=True"),
        ],
        env=os.environ | {name: str(home / folder) for name, folder in folders.items()},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(240):
            try:
                httpx.get(f"{address}/api/status").raise_for_status()
                break
            except httpx.HTTPError:
                assert process.poll() is None, "JupyterLab has ended at once"
                time.sleep(0.25)
        yield process, address
    finally:
        for left in processes(home):
            os.kill(left, signal.SIGKILL)
        process.wait()


def processes(home: Path) -> list[int]:
    """The living processes whose temporary files lie below `home`."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            ours = f"TMPDIR={home}/".encode() in (folder / "environ").read_bytes()
        except OSError:  # ended meanwhile, or somebody else's
            continue
        if ours:
            found.append(int(folder.name))
    return found


def left_after(home: Path, seconds: float) -> list[int]:
    """The processes that are still there after so long; a kernel takes a moment to end."""
    end = time.monotonic() + seconds
    while (left := processes(home)) and time.monotonic() < end:
        time.sleep(0.1)
    return left
