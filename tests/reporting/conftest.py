"""Reports opened from disk in a real Chromium; whatever they ask for is written down.

``opened(path)`` gives an `Opened`; after each test nothing but the file itself may have been asked
for, and the console may hold no error.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

import pingsessions_nb as ps


@dataclass
class Opened:
    """An open report."""

    page: Page
    asked: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def drawn(self, chart: str):
        """The picture ``timeline`` or ``map``, brought into sight."""
        self.page.locator("html.drawn").wait_for(state="attached")
        picture = self.page.locator(f"#{chart} .chart")
        picture.scroll_into_view_if_needed()
        return picture

    def picture(self, chart: str) -> bytes:
        """The pixels of a picture, once it rests."""
        picture = self.drawn(chart)
        self.page.mouse.move(0, 0)
        self.page.wait_for_timeout(250)
        return picture.screenshot()

    def lit(self, chart: str) -> list[int]:
        """How many of each trace's points are lit up, of those traces in which some are."""
        return self.drawn(chart).evaluate(
            """(el) => el._fullData.filter((one) => one.selectedpoints)
                .map((one) => one.selectedpoints.length)"""
        )

    def chosen(self) -> list[str]:
        """The rows of the table that are marked as chosen, by their first cells' text."""
        return self.page.locator(".sessions tbody.chosen-row").evaluate_all(
            "rows => rows.map((row) => row.dataset.session)"
        )


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    executable = shutil.which("chromium") or shutil.which("google-chrome")
    if executable is None:
        pytest.fail("These tests need Chromium: `apt-get install chromium`, or .ci/test.")
    arguments = [
        *("--disable-gpu", "--disable-background-networking", "--disable-component-update"),
        *("--disable-dev-shm-usage", "--no-first-run", "--host-resolver-rules=MAP * ~NOTFOUND"),
        *(["--no-sandbox"] if os.geteuid() == 0 else []),
    ]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def opened(browser: Browser) -> Iterator[Callable[..., Opened]]:
    everything: list[tuple[Opened, Path]] = []
    contexts = []

    def open_report(path: Path, **options) -> Opened:
        context = browser.new_context(
            **{"viewport": {"width": 1280, "height": 900}, "offline": True, **options}
        )
        contexts.append(context)
        report = Opened(context.new_page())
        everything.append((report, path))
        context.on("request", lambda request: report.asked.append(request.url))
        report.page.on(
            "console",
            lambda line: report.said.append(line.text) if line.type != "log" else None,
        )
        report.page.on("pageerror", lambda error: report.said.append(str(error)))
        report.page.goto(path.as_uri())
        report.page.wait_for_timeout(300)
        return report

    yield open_report
    for context in contexts:
        context.close()
    for report, path in everything:
        shared = path.with_name("plotly.js").as_uri()
        within = ("blob:null/", shared)  # a picture being saved, and what a folder shares
        assert [one for one in report.asked if not one.startswith(within)] == [path.as_uri()]
        assert report.said == []


@pytest.fixture(scope="session")
def tenant():
    return ps.demo(users=60, seed=7)


@pytest.fixture(scope="session")
def everybody(tenant):
    return tenant.history()


@pytest.fixture(scope="session")
def traveller(tenant) -> str:
    """A user with an impossible journey within one session, and ten sessions."""
    truth = tenant.truth
    return truth.loc[truth["kind"] == "geovelocity_anomaly", "user_id"].iloc[0]
