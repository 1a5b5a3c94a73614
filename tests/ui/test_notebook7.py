"""Each widget, alone and together, in Notebook 7: seen, answering, and calling nobody."""

import io
import re

import pytest
from PIL import Image

JUNE = "710d6278-ccce-4a91-bdb9-ac7a4a0e60d5"
CELLS = [
    "import pingsessions_nb as ps\n"
    "tenant = ps.demo(users=60, seed=7)\n"
    f"history = tenant.history({JUNE!r})",
    "ps.UserPicker(tenant)",
    "timeline = ps.SessionTimeline(history); timeline",
    "ps.LocationMap(history)",
    "ps.SessionTable(history)",
    "ps.SessionDetails(history, selected=tuple(history.sessions.session_id[:1]))",
    "ps.explore(tenant)",
]
LOOPBACK = re.compile(r"^(https?|wss?)://127\.0\.0\.1[:/]|^(data|blob|about):")
CHROME = (0, 114, 178)  # --ps-cat-0, light
WATER = (247, 250, 252)  # --ps-water, light

pytestmark = pytest.mark.slow


@pytest.fixture
def page(lab, browser):
    pytest.importorskip("notebook", reason="Notebook 7 is not installed: pip install notebook")
    context = browser.new_context(viewport={"width": 1280, "height": 3600})
    context.set_default_timeout(60_000)
    page = context.new_page()
    outside, errors = [], []
    page.on("request", lambda r: None if LOOPBACK.match(r.url) else outside.append(r.url))
    # Widgets' scripts come as blobs; what goes wrong in Notebook's own is not theirs.
    page.on("pageerror", lambda e: errors.append(e.stack) if "blob:" in e.stack else None)
    name = lab.write("notebook7.ipynb", CELLS)
    page.goto(f"{lab.url}notebooks/{name}?token={lab.token}")
    page.locator(".jp-Notebook").wait_for()
    run_all(page, lab)
    yield page
    for kernel in lab.request("GET", "api/kernels"):
        lab.request("DELETE", f"api/kernels/{kernel['id']}")
    context.close()
    assert not outside
    assert not errors


def run_all(page, lab):
    """Run every cell by the menu, once the page has a kernel that listens."""
    for _ in range(200):
        kernels = lab.request("GET", "api/kernels")
        if any(one["connections"] and one["execution_state"] == "idle" for one in kernels):
            break
        page.wait_for_timeout(300)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()


def output(page, cell):
    """What a cell shows, counted from 0."""
    return page.locator(".jp-Cell").nth(cell).locator(".jp-OutputArea-output").first


def count(figure, color, within=0):
    """How many pixels of a figure have a colour, each part of it give or take so much."""
    image = Image.open(io.BytesIO(figure.screenshot())).convert("RGB")
    return sum(
        number
        for number, pixel in image.getcolors(1 << 24)
        if all(abs(part - wanted) <= within for part, wanted in zip(pixel, color, strict=True))
    )


def test_every_widget_works_in_notebook_7(page, lab):
    output(page, 6).locator(".ps-picker-input").wait_for()
    output(page, 2).locator(".ps-count", has_text="2 sessions").wait_for()
    bars = output(page, 2).locator(".ps-figure[data-drawn]")
    bars.scroll_into_view_if_needed()
    page.wait_for_timeout(300)
    assert count(bars, CHROME) > 3000
    bars.locator(".barlayer .point path").first.hover(force=True)  # plotly's drag layer lies above
    page.wait_for_timeout(150)
    page.mouse.down()
    page.mouse.up()
    output(page, 2).locator(".ps-status", has_text="1 session selected").wait_for()

    output(page, 3).locator(".ps-count", has_text="place").wait_for()
    land = output(page, 3).locator(".ps-figure[data-drawn]")
    land.scroll_into_view_if_needed()
    page.wait_for_timeout(300)
    assert count(land, WATER) > 3000
    assert count(land, CHROME, within=40) > 30  # land shows through a place

    assert output(page, 4).locator(".ps-table-row").count() == 2
    assert "Tacoma, Washington, US" in output(page, 5).locator(".ps-session").inner_text()

    for cell in (1, 6):
        box = output(page, cell).locator(".ps-picker-input")
        box.click()
        box.fill("june")
        output(page, cell).locator(".ps-user.ps-active", has_text="June Larkin").wait_for()
        page.keyboard.press("Enter")
        page.keyboard.press("Escape")
        output(page, cell).locator(".ps-picker-chip", has_text="June Larkin").wait_for()
    output(page, 6).locator(".ps-timeline .ps-count", has_text="2 sessions").wait_for()
    output(page, 6).locator(".ps-table-row").nth(1).locator(".ps-cell").first.click()
    output(page, 6).locator(".ps-details .ps-session").wait_for()
