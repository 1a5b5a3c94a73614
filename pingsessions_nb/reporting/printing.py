"""Pages on paper: the installed Chromium prints a report as PDF."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from pingsessions_nb.errors import ConfigurationError

_COMMANDS = (
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"),
    *("microsoft-edge", "msedge"),
)
_PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)
_PATIENCE_SECONDS = 120


def find_browser() -> str:
    """Return the browser that can print.

    Raises
    ------
    ConfigurationError
        Where none is installed.
    """
    named = (shutil.which(command) for command in _COMMANDS)
    placed = (place for place in _PLACES if Path(place).is_file())
    browser = next((found for found in (*named, *placed) if found), None)
    if browser is None:
        msg = (
            "Printing a PDF needs Chromium, Chrome or Edge, and none is installed here. Leave out "
            "pdf and print the report from any browser instead."
        )
        raise ConfigurationError(msg)
    return browser


def print_pdf(browser: str, page: Path) -> Path:
    """Print a page beside itself, cut off from every network.

    Returns
    -------
    Path
        The same name, ending in ``.pdf``.

    Raises
    ------
    ConfigurationError
        Where the browser prints nothing; the sentence has its last words.
    """
    target = page.with_suffix(".pdf")
    said = ""
    target.unlink(missing_ok=True)
    target.touch(mode=0o600)  # as the page: it holds personal data
    with tempfile.TemporaryDirectory(prefix="pingsessions-print-") as profile:
        command = [
            *(browser, "--headless", "--disable-gpu", "--no-first-run", "--disable-extensions"),
            *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
            *("--disable-dev-shm-usage", "--host-resolver-rules=MAP * ~NOTFOUND"),
            # Time runs on until the pictures are drawn, which is after the page has loaded.
            *(f"--user-data-dir={profile}", "--no-pdf-header-footer"),
            "--virtual-time-budget=30000",
            *(f"--print-to-pdf={target.resolve()}", page.resolve().as_uri()),
        ]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            command.insert(
                1, "--no-sandbox"
            )  # Chromium refuses root otherwise; containers are root
        try:
            done = subprocess.run(  # noqa: S603
                command, capture_output=True, text=True, timeout=_PATIENCE_SECONDS, check=False
            )
            said = done.stderr.strip().splitlines()[-1] if done.stderr.strip() else ""
        except (OSError, subprocess.TimeoutExpired) as error:
            said = str(error)
    if not target.is_file() or not target.stat().st_size:
        target.unlink(missing_ok=True)
        msg = f"{browser} printed no PDF of {page}. {said}".strip()
        raise ConfigurationError(msg)
    return target
