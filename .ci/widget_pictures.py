"""What widgets look like: their notebook in a real JupyterLab, in the browser tests' Chromium.

A saved widget is no picture: it needs its kernel, or megabytes of state. So the notebook is run
once more, where widgets live, and each output with one is photographed as it is in the end.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Locator, Page, sync_playwright

Pictures = dict[int, bytes]  # PNGs by the number of the cell, from 0
VIEW = {"width": 1280, "height": 1800}  # the explorer is in sight from top to bottom
PATIENCE_S = 300
STILL_S = 3  # so long nothing changes once all is drawn, on a busy machine, too
IDLE = """() => window.jupyterapp.shell.currentWidget
    .sessionContext.session?.kernel?.status === "idle" """
SETTINGS = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "apputils-extension/themes": {"theme": "JupyterLab Light", "adaptive-theme": False},
    "docmanager-extension/plugin": {"autosave": False},
    "notebook-extension/tracker": {"windowingMode": "none"},  # all cells are drawn
}


def pictures_of_widgets(notebook: Path) -> Pictures:
    """Run the notebook at `notebook`, a copy of it, and photograph its widgets."""
    with (
        TemporaryDirectory() as home,
        _server(Path(home), notebook) as address,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium") or shutil.which("google-chrome"),
            args=["--no-sandbox"] if os.geteuid() == 0 else [],
        )
        page = browser.new_page(viewport=VIEW)
        page.set_default_timeout(PATIENCE_S * 1000)
        page.goto(address)
        return _photographed(page, notebook.name)


def _photographed(page: Page, name: str) -> Pictures:
    page.wait_for_function("() => window.jupyterapp?.shell?.currentWidget")
    page.evaluate(
        """async (name) => {
            window.jupyterapp.shell.collapseLeft();
            const widget = await window.jupyterapp.commands.execute("docmanager:open", {
                path: name, factory: "Notebook" });
            await widget.revealed;
            await widget.sessionContext.ready;
            await window.jupyterapp.commands.execute("notebook:run-all-cells");
        }""",
        name,
    )
    page.wait_for_function(IDLE)
    found = {}
    cells = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook-cell")
    for number in range(cells.count()):
        output = cells.nth(number).locator(".jp-OutputArea-output:has(.jupyter-widgets)")
        if output.count():
            found[number] = _still(page, output.first)
    return found


def _still(page: Page, output: Locator) -> bytes:
    """Photograph `output` as soon as it has stopped changing."""
    output.scroll_into_view_if_needed()
    page.mouse.move(0, 0)
    picture, since = b"", time.monotonic()
    end = since + 60
    while time.monotonic() < min(since + STILL_S, end):
        page.wait_for_function(IDLE)
        before, picture = picture, output.screenshot(animations="disabled")
        if picture != before:
            since = time.monotonic()
        page.wait_for_timeout(500)
    return picture


@contextmanager
def _server(home: Path, notebook: Path) -> Iterator[str]:
    """Run JupyterLab on a copy of the notebook, with settings of its own; gives its address."""
    (home / "notebooks").mkdir()
    shutil.copy(notebook, home / "notebooks")
    for name, setting in SETTINGS.items():
        path = home / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(setting))
    folders = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "IPYTHONDIR": "ipython",
    }
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    token = secrets.token_hex(16)
    command = [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", f"--ServerApp.port={port}"),
        *(f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={home / 'notebooks'}"),
        "--LabApp.expose_app_in_browser=True",
        *(["--allow-root"] if os.geteuid() == 0 else []),
    ]
    environment = os.environ | {name: str(home / folder) for name, folder in folders.items()}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    server = subprocess.Popen(command, env=environment, **quiet)  # noqa: S603
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{address}/api", server)
        yield f"{address}/lab?reset&token={token}"
    finally:
        server.terminate()
        server.wait(60)


def _wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    while server.poll() is None:
        try:
            urllib.request.urlopen(address).close()  # noqa: S310
        except OSError:
            time.sleep(0.2)
        else:
            return
    msg = f"JupyterLab ended with {server.returncode} before it answered."
    raise RuntimeError(msg)
