"""The quickstart, as a newcomer meets it: run all cells, pick somebody, click a session."""

import pytest

from .test_explorer_ui import CANVASES, bar_of, differs, pick, pixels, selected_rows


@pytest.fixture
def quickstart(notebook):
    return notebook("01-quickstart.ipynb")


def test_pick_redraw_and_link(quickstart, desk):
    book = quickstart
    desk.set_width(1280, 1200)
    book.locator(".ps-picker-input").scroll_into_view_if_needed()
    book.locator(".ps-timeline .ps-count", has_text="10 sessions").wait_for()  # matteo's
    book.locator(".ps-explorer").scroll_into_view_if_needed()
    before = {part: pixels(book, part) for part in CANVASES}
    pick(book, "june")
    book.locator(".ps-timeline .ps-count", has_text="2 users").wait_for()
    chosen = {part: pixels(book, part) for part in CANVASES}
    for part, shot in before.items():
        assert differs(shot, chosen[part]), part
    assert selected_rows(book).count() == 0
    book.page.mouse.click(*bar_of(book))
    book.locator(".ps-details .ps-session").wait_for()
    selected_rows(book).first.wait_for()
    assert selected_rows(book).count() == 1
    assert differs(chosen["map"], pixels(book, "map"))
    # plotly, which draws the notebook's static figures, says this of one that is scrolled away
    ours = [error for error in desk.page_errors if "displayed plot div" not in error]
    assert ours == []
