"""From nothing to an ended session, by keys alone."""

SETUP = [
    "import pingsessions_nb as ps\n"
    "tenant = ps.demo(users=60, seed=7, allow_end_session=True)\n"
    "explorer = ps.explore(tenant)",
    "explorer",
]
FAR = 80  # presses of Tab that nobody should need


class Keys:
    """Presses keys and tells where the focus is; the mouse stays in its corner."""

    def __init__(self, book):
        self.book = book
        self.page = book.page

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text):
        self.page.keyboard.type(text, delay=20)

    def on(self, selector):
        return self.page.evaluate("s => document.activeElement.matches(s)", selector)

    def tab_to(self, selector, back=False):
        """Press Tab until the focus is on `selector`; gives how often it took."""
        for presses in range(FAR):
            if self.on(selector):
                return presses
            self.press("Shift+Tab" if back else "Tab")
        raise AssertionError(f"Tab never came to {selector}")

    def is_seen(self):
        """Whether the focused element shows that it is."""
        return self.page.evaluate(
            "() => { const s = getComputedStyle(document.activeElement);"
            " const box = document.activeElement.closest('.ps-picker-field');"
            " return [s, box && getComputedStyle(box)].some((one) =>"
            " one && ((one.outlineStyle !== 'none' && parseFloat(one.outlineWidth) >= 1)"
            " || one.boxShadow !== 'none')); }"
        )


def test_pick_select_filter_and_end_a_session_by_keys_alone(notebook, desk):
    book = notebook(SETUP)
    desk.set_width(1280, 1400)
    keys = Keys(book)
    cells = book.locator(".jp-Cell").count()

    # Into the widgets from the notebook's command mode.
    keys.press("Escape")
    keys.tab_to(".ps-picker-input")
    assert keys.is_seen()

    # Pick: June, found by name.
    keys.type("june")
    book.locator(".ps-picker-list:not([aria-busy]) .ps-user.ps-active").wait_for()
    keys.press("Enter", "Escape")
    book.locator(".ps-timeline .ps-count", has_text="2 sessions").wait_for()
    book.wait_idle()

    # The timeline: seen to have the focus, zoomed and fitted again.
    keys.tab_to(".ps-timeline .ps-figure[data-drawn]")
    assert keys.is_seen()
    first = "() => document.querySelector('.ps-timeline .ps-figure')._fullLayout.xaxis.range[0]"
    whole = book.page.evaluate(first)
    keys.press("+")
    book.page.wait_for_function(f"(whole) => ({first})() !== whole", arg=whole)
    keys.press("0")
    book.page.wait_for_function(f"(whole) => ({first})() === whole", arg=whole)

    # Select: the second session in the table, and the timeline shows it.
    book.locator(".ps-table-body [role=row]").first.wait_for()
    keys.tab_to(".ps-table-body, .ps-table-scroller")
    keys.press("ArrowDown", "ArrowDown", "Enter")
    book.locator(".ps-details .ps-session").wait_for()
    book.locator(".ps-timeline .ps-status", has_text="1 session selected").wait_for()
    second = book.run("print(explorer.history.sessions.session_id[1])")
    assert book.locator(".ps-details .ps-session").get_attribute("data-session") == second

    # Filter: by country, and back.
    keys.tab_to(".ps-popup-slot:first-child .ps-filter", back=True)
    keys.press("Tab")
    assert keys.is_seen()
    keys.press("Enter")
    book.locator(".ps-filter-list .ps-filter-check input").first.wait_for()
    assert keys.on(".ps-filter-list input")
    keys.press("Space")
    book.locator(".ps-filter-row .ps-link", has_text="Clear filters").wait_for()
    keys.press("Escape")
    assert keys.on(".ps-filter")
    book.wait_idle()
    assert book.run("print(len(explorer.filters.countries))") == "1"
    keys.tab_to(".ps-filter-row .ps-link")
    keys.press("Enter")
    book.locator(".ps-filter-count", has_text="2 sessions").wait_for()
    book.wait_idle()

    # End it: asked first, with the focus on the harmless answer.
    assert book.run("print(*explorer.selected)") == second
    keys.tab_to(".ps-end")
    assert keys.is_seen()
    keys.press("Enter")
    assert keys.on(".ps-keep")
    keys.press("Escape")
    assert keys.on(".ps-end")
    keys.press("Enter", "Shift+Tab")
    assert keys.on(".ps-asking .ps-warning")
    keys.press("Enter")
    book.locator(".ps-status-line", has_text="is ended").wait_for()
    assert keys.on(".ps-details-content")  # not lost with the button
    left = book.run("print(*tenant.history(list(explorer.value)).sessions.session_id)")
    assert left
    assert second not in left
    assert book.locator(".jp-Cell").count() == cells  # no key went through to JupyterLab
