"""A real JupyterLab in a real Chromium, cut off from every network but loopback.

``lab``       one server for the whole run, with settings, kernels' start-up and data of its own
``desk``      one browser page for all of this folder with JupyterLab open in it
``notebook``  per test: ``notebook(cells)`` or ``notebook("01-quickstart.ipynb")`` opens one, runs
              it and gives a `Notebook`. Cells get the kernel that the test before left, emptied: to
              import pandas and plotly anew takes longer than most tests. What has a name gets a
              kernel of its own

Whatever the page or a kernel asks for outside loopback is refused and written down, and the test
during which it was asked for fails.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
import pytest
from playwright.sync_api import Browser, ElementHandle, Locator, Page, sync_playwright

HERE = Path(__file__).parent
NOTEBOOKS = HERE.parent.parent / "notebooks"
ARTIFACTS = HERE / "artifacts"
PATIENCE_S = 60  # for what takes a second on an idle machine
PATIENCE_MS = PATIENCE_S * 1000
LOOPBACK = re.compile(
    r"^(https?|wss?)://(127\.0\.0\.1|localhost|\[::1\])([:/]|$)|^(data|blob|about):"
)

# Runs when a kernel starts: what Python asks of another machine is refused and written down.
LOOPBACK_ONLY = """
import sys
def _loopback_only(event, arguments):
    host = None
    if event == "socket.getaddrinfo":
        host = arguments[0]
    elif event in ("socket.connect", "socket.sendto") and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    if host is None or str(host) in ("", "localhost", "::1") or str(host).startswith("127."):
        return
    with open({log!r}, "a", encoding="utf-8") as log:
        log.write(f"kernel asked for {{host}}\\n")
    raise PermissionError(f"only loopback may be reached here, not {{host}}")
sys.addaudithook(_loopback_only)
del _loopback_only, sys
"""

# Run between two tests in one kernel: no widget, no name, and nothing that our modules keep.
EMPTY = """
import sys, ipywidgets
ipywidgets.Widget.close_all()
for name in [*sys.modules]:
    if name.partition(".")[0] == "pingsessions_nb":
        del sys.modules[name]
%reset -f
"""

SETTINGS = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "apputils-extension/themes": {"theme": "JupyterLab Light", "adaptive-theme": False},
    "docmanager-extension/plugin": {"autosave": False},
}


@dataclass
class Lab:
    """A running server: its address, its key, its folders."""

    url: str
    token: str
    root: Path
    server_log: Path
    kernel_requests: Path
    emptied: str | None = None  # a kernel that waits for the next test

    def write(self, name: str, cells: Sequence[str]) -> str:
        """Save a notebook of code `cells` where the server sees it."""
        book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in cells])
        book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
        nbformat.write(book, self.root / name)
        return name

    def request(self, method: str, path: str) -> Any:
        """Ask the server's REST interface; the decoded answer, or None."""
        request = urllib.request.Request(
            self.url + path, method=method, headers={"Authorization": f"token {self.token}"}
        )
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
            body = answer.read()
        return json.loads(body) if body else None


@dataclass
class Desk:
    """A browser page with JupyterLab in it, and what it asked for outside loopback."""

    page: Page
    lab: Lab
    outside: list[str] = field(default_factory=list)
    page_errors: list[str] = field(default_factory=list)

    def command(self, name: str, **arguments: Any) -> Any:
        """Run one of JupyterLab's commands and wait until it has ended."""
        return self.page.evaluate(
            """async ([name, args, patience]) => {
                const late = new Promise((_, reject) =>
                    setTimeout(() => reject(new Error(`${name} did not end in time`)), patience));
                await Promise.race([window.jupyterapp.commands.execute(name, args), late]);
            }""",
            [name, arguments, PATIENCE_MS],
        )

    def set_theme(self, theme: str) -> None:
        """Switch JupyterLab to its ``light`` or ``dark`` theme and wait until it shows."""
        light = "true" if theme == "light" else "false"
        if self.page.evaluate("() => document.body.dataset.jpThemeLight") == light:
            return
        self.command("apputils:change-theme", theme=f"JupyterLab {theme.title()}")
        self.page.wait_for_function(
            "light => document.body.dataset.jpThemeLight === light", arg=light
        )
        self.page.wait_for_selector("#jupyterlab-splash", state="detached")

    def set_width(self, width: int, height: int = 800) -> None:
        """Give the page another size."""
        self.page.set_viewport_size({"width": width, "height": height})


@dataclass
class Notebook:
    """An open notebook whose cells have been run."""

    name: str
    desk: Desk

    @property
    def page(self) -> Page:
        return self.desk.page

    def locator(self, selector: str, **options: Any) -> Locator:
        """Find `selector` within this notebook's panel; options as Playwright's (``has_text``)."""
        panel = self.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")
        return panel.locator(selector, **options)

    def run_all(self) -> None:
        """Run every cell; fails with the cell's own words where one raised."""
        self.desk.command("notebook:run-all-cells")
        self.wait_idle()
        raised = [o for o in self.outputs() if o["output_type"] == "error"]
        assert not raised, "\n".join(f"{o['ename']}: {o['evalue']}" for o in raised)

    def run(self, code: str) -> str:
        """Execute `code` in this notebook's kernel without a cell; gives what it printed."""
        result = self.page.evaluate(
            """async (code) => {
                const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
                const future = kernel.requestExecute({ code, store_history: false });
                let text = "", error = null;
                future.onIOPub = ({ header, content }) => {
                    if (header.msg_type === "stream") text += content.text;
                    if (header.msg_type === "error") error = `${content.ename}: ${content.evalue}`;
                };
                await future.done;
                return [text, error];
            }""",
            code,
        )
        assert result[1] is None, result[1]
        return str(result[0]).strip()

    def wait_idle(self) -> None:
        """Wait until the kernel has nothing left to do."""
        self.page.wait_for_function(
            "() => window.jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.status"
            " === 'idle'",
            timeout=PATIENCE_MS,
        )

    def outputs(self) -> list[dict[str, Any]]:
        """Give every cell's outputs in nbformat's shape."""
        return list(
            self.page.evaluate(
                "() => window.jupyterapp.shell.currentWidget.content.model.toJSON()"
                ".cells.flatMap((cell) => cell.outputs ?? [])"
            )
        )

    def picture(self, name: str, of: Locator | ElementHandle | None = None) -> Path:
        """Save a screenshot (of the page, or `of` an element) to artifacts/`name`.png."""
        ARTIFACTS.mkdir(exist_ok=True)
        path = ARTIFACTS / f"{name}.png"
        (of or self.page).screenshot(path=path, timeout=PATIENCE_MS)
        return path


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _own_environment(home: Path) -> dict[str, str]:
    """Leave out whatever of this machine or its user could change what JupyterLab does."""
    leaks = ("JUPYTER", "IPYTHON", "PINGONE", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
    kept = {k: v for k, v in os.environ.items() if not k.upper().startswith(leaks)}
    folders = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "IPYTHONDIR": "ipython",
    }
    return kept | {name: str(home / folder) for name, folder in folders.items()}


@pytest.fixture
def server_said(lab: Lab) -> Callable[[], str]:
    """What the server and its kernels have written since the test began.

    Kernels of earlier tests are gone by then, and with them what they say while they end.
    """
    start = lab.server_log.stat().st_size
    return lambda: lab.server_log.read_bytes()[start:].decode()


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with running_lab(tmp_path_factory.mktemp("lab")) as running:
        yield running


@contextlib.contextmanager
def running_lab(home: Path) -> Iterator[Lab]:
    """Run a JupyterLab that has all that it writes in one folder."""
    root = home / "notebooks"
    if NOTEBOOKS.is_dir():
        shutil.copytree(NOTEBOOKS, root)
    root.mkdir(exist_ok=True)
    for name, setting in SETTINGS.items():
        path = home / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(setting))
    startup = home / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    kernel_requests = home / "kernel-requests.log"
    kernel_requests.touch()
    (startup / "00-loopback-only.py").write_text(LOOPBACK_ONLY.format(log=str(kernel_requests)))

    port, token = _free_port(), secrets.token_hex(16)
    command = [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--ServerApp.ip=127.0.0.1"),
        *(f"--ServerApp.port={port}", "--ServerApp.port_retries=0"),
        *(f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={root}"),
        *("--LabApp.expose_app_in_browser=True", "--LabApp.extension_manager=readonly"),
        *("--LabApp.news_url=", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"),
        *(["--allow-root"] if os.geteuid() == 0 else []),
    ]
    server_log = home / "server.log"
    with server_log.open("wb") as log:
        server = subprocess.Popen(
            command, stdout=log, stderr=log, env=_own_environment(home), cwd=root
        )
    running = Lab(f"http://127.0.0.1:{port}/", token, root, server_log, kernel_requests)
    try:
        _wait_for_server(running, server)
        yield running
    finally:
        for kernel in _kernels(running):
            running.request("DELETE", f"api/kernels/{kernel}")
        server.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(20)
        server.kill()


def _wait_for_server(lab: Lab, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        if server.poll() is not None:
            break
        with contextlib.suppress(OSError):
            lab.request("GET", "api/status")
            return
        time.sleep(0.1)
    pytest.fail(f"JupyterLab did not start. Its log:\n{lab.server_log.read_text()[-4000:]}")


def _kernels(lab: Lab) -> list[str]:
    try:
        return [kernel["id"] for kernel in lab.request("GET", "api/kernels")]
    except OSError:
        return []


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    # Not for the whole run: Playwright's event loop would stand in the way of others' asyncio.
    with running_browser() as running:
        yield running


@contextlib.contextmanager
def running_browser() -> Iterator[Browser]:
    """Run a Chromium without a window, which knows no host but loopback and draws in software."""
    executable = shutil.which("chromium") or shutil.which("google-chrome")
    if executable is None:
        pytest.fail("The browser tests need Chromium: `apt-get install chromium`, or .ci/test.")
    arguments = [
        *("--disable-gpu", "--disable-background-networking", "--disable-component-update"),
        *("--disable-sync", "--no-first-run", "--disable-default-apps", "--disable-dev-shm-usage"),
        *(
            "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
            "--force-color-profile=srgb",
        ),
        *(["--no-sandbox"] if os.geteuid() == 0 else []),
    ]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=arguments)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def desk(lab: Lab, browser: Browser) -> Iterator[Desk]:
    with open_desk(lab, browser) as opened:
        yield opened


@contextlib.contextmanager
def open_desk(lab: Lab, browser: Browser) -> Iterator[Desk]:
    """Open JupyterLab in a page of its own."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 800},
        service_workers="block",
        permissions=["clipboard-read", "clipboard-write"],
    )
    context.set_default_timeout(PATIENCE_MS)
    desk = Desk(context.new_page(), lab)

    def refuse(request: Any) -> None:
        desk.outside.append(request.url)

    context.on("request", lambda r: None if LOOPBACK.match(r.url) else refuse(r))
    context.route(lambda url: not LOOPBACK.match(url), lambda route: route.abort())
    # The resolver refuses a web socket's host; routing it would slow every frame down.
    desk.page.on("websocket", lambda s: None if LOOPBACK.match(s.url) else refuse(s))
    desk.page.on("pageerror", lambda error: desk.page_errors.append(str(error)))
    desk.page.goto(f"{lab.url}lab?reset&token={lab.token}")
    desk.page.wait_for_function("() => window.jupyterapp?.shell?.currentWidget")
    desk.page.wait_for_selector("#jupyterlab-splash", state="detached")
    desk.page.evaluate("() => window.jupyterapp.shell.collapseLeft()")
    yield desk
    context.close()


@pytest.fixture
def notebook(
    desk: Desk, lab: Lab, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Notebook]]:
    """Open and run a notebook; afterwards close it and check that nothing outside was asked for."""
    desk.outside.clear()
    desk.page_errors.clear()
    desk.set_width(1280)
    kernel_requests = lab.kernel_requests.stat().st_size

    def open_and_run(content: str | Sequence[str]) -> Notebook:
        name, kernel = content, {}
        if not isinstance(content, str):
            test = re.sub(r"\W+", "-", request.node.name)
            name = lab.write(f"{test}-{secrets.token_hex(3)}.ipynb", content)
            emptied, lab.emptied = lab.emptied, None
            kernel = {"kernel": {"id": emptied}} if emptied in _kernels(lab) else {}
        desk.command("docmanager:open", path=name, factory="Notebook", **kernel)
        desk.page.wait_for_function(
            """async (name) => {
                const widget = window.jupyterapp.shell.currentWidget;
                if (widget?.context?.path !== name) return false;
                await widget.revealed;
                await widget.sessionContext.ready;
                return Boolean(widget.sessionContext.session?.kernel);
            }""",
            arg=name,
        )
        opened = Notebook(str(name), desk)
        opened.run_all()
        return opened

    yield open_and_run

    lab.emptied = _emptied(desk)
    desk.page.evaluate(
        """async () => {
            for (const widget of [...window.jupyterapp.shell.widgets("main")]) {
                if (widget.context?.model) widget.context.model.dirty = false;
                widget.dispose();
            }
        }"""
    )
    for kernel in _kernels(lab):
        if kernel != lab.emptied:
            lab.request("DELETE", f"api/kernels/{kernel}")
    desk.set_theme("light")
    assert not desk.outside, f"the page asked for {desk.outside}"
    asked = lab.kernel_requests.read_text()[kernel_requests:]
    assert not asked, asked


def _emptied(desk: Desk) -> str | None:
    """Leave the open notebook's kernel nothing but what others' modules keep; its id, if that went.

    While the page still listens: else JupyterLab lets the next page speak through this one's
    subshell, though it is just being deleted, and whatever that page says is lost.
    """
    return desk.page.evaluate(
        """async (code) => {
            const kernel = window.jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel;
            if (!kernel) return null;
            const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
            const done = kernel.requestExecute({ code, store_history: false }).done;
            const reply = await Promise.race([done.catch(() => null), pause(10_000)]);
            for (let turn = 0; turn < 30; turn += 1) {
                const told = kernel.requestListSubshell({}, false).done.catch(() => null);
                const left = (await Promise.race([told, pause(1000)]))?.content.subshell_id;
                if (left?.length === 0) return reply?.content.status === "ok" ? kernel.id : null;
                await pause(100);
            }
            return null;
        }""",
        EMPTY,
    )
