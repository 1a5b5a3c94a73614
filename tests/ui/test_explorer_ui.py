"""The explorer in JupyterLab: pick, redraw, link, filter, end, stack, keys."""

import csv
import io

import pytest
from PIL import Image, ImageChops

SETUP = """
import pingsessions_nb as ps
tenant = ps.demo(users={users}, seed=7, allow_end_session={allowed})
explorer = ps.explore(tenant)
"""
DISC = (25, 128, 186)  # --ps-cat-0, light, at 0.9 on land
CANVASES = {"timeline": ".ps-timeline .ps-figure", "map": ".ps-map .ps-figure"}


@pytest.fixture
def explorer(notebook, desk):
    def opened(value="()", allowed=False, size=(1280, 1200), users=60):
        book = notebook([SETUP.format(allowed=allowed, users=users), "explorer"])
        desk.set_width(*size)
        if value != "()":
            book.run(f"explorer.value = {value}")
            book.locator(".ps-timeline .ps-count").wait_for()
            book.locator(".ps-table-body [role=row]").first.wait_for()  # the table comes last
            book.wait_idle()
        return book

    return opened


def pixels(book, part):
    book.wait_idle()
    still = None
    for _ in range(20):
        shot = book.locator(CANVASES[part]).screenshot()
        if shot == still:
            return Image.open(io.BytesIO(shot)).convert("RGB")
        still = shot
    raise AssertionError(f"the {part} never came to rest")


def differs(before, after):
    if before.size != after.size:
        return True
    difference = ImageChops.difference(before, after).convert("L").point(lambda v: 255 * (v > 24))
    return difference.histogram()[255] > 30


def bar_of(book, position=0):
    """Where the timeline shows a session; the pointer goes there."""
    bar = book.locator(".ps-timeline .ps-figure[data-drawn] .barlayer .point path").nth(position)
    box = bar.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    book.page.mouse.move(x, y)
    book.page.wait_for_timeout(150)  # plotly looks for what is there some time after a move
    return x, y


def selected_rows(book):
    return book.locator(".ps-table-row[aria-selected=true]")


def pick(book, text):
    box = book.locator(".ps-picker-input")
    box.click()
    box.fill(text)
    book.locator(".ps-picker-list:not([aria-busy]) .ps-user.ps-active").wait_for()
    book.page.keyboard.press("Enter")
    book.page.keyboard.press("Escape")


def test_choosing_a_user_redraws_timeline_and_map(explorer):
    book = explorer()
    assert book.locator(".ps-status-line").inner_text().startswith("Choose users")
    pick(book, "june")
    book.locator(".ps-timeline .ps-count", has_text="2 sessions").wait_for()
    first = {part: pixels(book, part) for part in CANVASES}
    pick(book, "yan.x")
    book.locator(".ps-timeline .ps-count", has_text="2 users").wait_for()
    for part, before in first.items():
        assert differs(before, pixels(book, part)), part


def test_a_click_on_a_bar_lights_up_the_map_the_table_and_the_details(explorer):
    book = explorer("('710d6278-ccce-4a91-bdb9-ac7a4a0e60d5',)")
    before = pixels(book, "map")
    book.page.mouse.click(*bar_of(book))
    selected_rows(book).wait_for()
    assert selected_rows(book).count() == 1
    session = book.locator(".ps-details .ps-session").get_attribute("data-session")
    assert book.run("print(*explorer.selected)") == session
    assert book.locator(".ps-end").count() == 0  # this tenant may only be read
    assert differs(before, pixels(book, "map"))


def test_the_table_selects_for_all_with_mouse_and_keys(explorer):
    book = explorer("tuple(tenant.users(search='yan.x').user_id)")
    before = {part: pixels(book, part) for part in CANVASES}
    rows = book.locator(".ps-table-row")
    rows.nth(1).locator(".ps-cell").first.click()
    rows.nth(3).locator(".ps-cell").first.click(modifiers=["Shift"])
    book.locator(".ps-details .ps-session").nth(2).wait_for()
    assert selected_rows(book).count() == 3
    for part, shot in before.items():
        assert differs(shot, pixels(book, part)), part
    book.page.keyboard.press("Escape")
    book.locator(".ps-details .ps-part-message").wait_for()
    for key in ("Home", "ArrowDown", "Enter"):
        book.page.keyboard.press(key)
    book.locator(".ps-details .ps-session").wait_for()
    chosen = book.run("print(explorer.history.sessions.session_id[1] == explorer.selected[0])")
    assert chosen == "True"
    assert book.locator(".jp-Cell").count() == 2  # no key went through to JupyterLab


MATTEO = "tuple(tenant.users(search='matteo.yilmaz').user_id)"


def test_signals_are_listed_and_a_click_or_enter_selects_everywhere(explorer):
    book = explorer(MATTEO, users=200)
    rows = book.locator(".ps-signal")
    rows.nth(1).wait_for()
    assert rows.nth(0).locator(".ps-severity").inner_text() == "High"
    assert "Geovelocity anomaly One session was used in Phoenix" in rows.nth(0).inner_text()
    assert book.locator(".ps-timeline .legendtext", has_text="Signal").count() == 1
    assert book.locator(".ps-map .legend", has_text="Geovelocity anomaly").count() == 1
    before = {part: pixels(book, part) for part in CANVASES}
    rows.nth(0).click()
    book.locator(".ps-details .ps-session").wait_for()
    stolen = book.run("print(explorer.signals.session_id[0])")
    assert book.run("print(*explorer.selected)") == stolen
    assert selected_rows(book).count() == 1
    assert book.locator(".ps-signal[aria-selected=true]").count() == 2  # both are of that session
    for part, shot in before.items():
        assert differs(shot, pixels(book, part)), part

    book.page.keyboard.press("Escape")
    book.locator(".ps-details .ps-part-message").wait_for()
    for key in ("End", "Enter"):
        book.page.keyboard.press(key)
    book.locator(".ps-details .ps-session").wait_for()
    assert book.run("print(*explorer.selected)") == stolen
    assert book.locator(".ps-signal.ps-focus").get_attribute("id").endswith("-1")
    assert book.locator(".jp-Cell").count() == 2  # no key went through to JupyterLab

    book.locator(".ps-filter-row > .ps-filter-check").click()
    book.locator(".ps-filter-count", has_text="1 of 10 sessions").wait_for()
    assert rows.count() == 2
    book.locator(".ps-filter-row > .ps-filter-check").click()
    book.run("explorer.filters.browsers = ('Mobile Safari',)")
    book.locator(".ps-signals", has_text="No findings in these 5 sessions.").wait_for()
    assert rows.count() == 0


def test_the_archive_has_what_pingone_has_dropped(explorer):
    book = explorer("()", allowed=True)
    book.run(
        "import tempfile; archive = ps.Archive(tempfile.mkdtemp() + '/archive')\n"
        "changes = archive.record(tenant.history())\n"
        "history = tenant.history('710d6278-ccce-4a91-bdb9-ac7a4a0e60d5')\n"
        "tenant.end_session(*history.sessions.loc[0, ['user_id', 'session_id']])\n"
    )
    assert book.locator(".ps-sources").count() == 1
    assert not book.locator(".ps-sources").is_visible()  # this one has no archive
    book.run("explorer.close(); kept = ps.explore(tenant, archive)")
    book.desk.command("notebook:insert-cell-below")
    book.page.evaluate(
        "() => { const cell = window.jupyterapp.shell.currentWidget.content.activeCell;"
        " cell.model.sharedModel.setSource('kept'); }"
    )
    book.desk.command("notebook:run-cell")
    book.run("kept.value = ('710d6278-ccce-4a91-bdb9-ac7a4a0e60d5',)")
    book.locator(".ps-timeline .ps-count", has_text="1 session ").wait_for()
    book.locator(".ps-source", has_text="Archive").click()
    book.locator(".ps-timeline .ps-count", has_text="2 sessions").wait_for()
    book.page.keyboard.press("ArrowLeft")  # the switch is one control
    book.locator(".ps-timeline .ps-count", has_text="1 session ").wait_for()


def test_a_report_is_saved_and_a_link_opens_it(explorer, lab):
    book = explorer("('710d6278-ccce-4a91-bdb9-ac7a4a0e60d5',)")
    tools = book.locator(".ps-tools-line")
    saved = []
    try:
        for redacted in (False, True):
            tools.locator(".ps-filter-check input").set_checked(redacted)
            book.wait_idle()
            tools.locator("button", has_text="Save report").click()
            beginning = "session-report-user-" if redacted else "session-report-june.larkin"
            told = book.locator(".ps-told", has_text=f"Saved as {beginning}")
            told.wait_for()
            name = told.inner_text().split()[2]
            saved.append(lab.root / name)
            assert told.inner_text().startswith(f"Saved as {name} in {lab.root}.")
            with book.page.expect_popup() as opened:
                told.locator("a", has_text="Open report").click()
            page = opened.value
            page.locator("h1").wait_for()
            page.locator(".ps-timeline, .js-plotly-plot").first.wait_for()
            assert ("june" in page.locator("body").inner_text().casefold()) is not redacted
            assert "june" not in name or not redacted
            page.close()
    finally:
        for path in saved:
            path.unlink()


def test_the_table_sorts_and_copies_what_is_selected(explorer):
    book = explorer("tuple(tenant.users(limit=3).user_id)")
    titles = book.locator(".ps-table-head [role=columnheader]")
    first = ["User", "Created UTC", "Last place", "Last address", "Browser"]
    assert titles.all_inner_texts()[:5] == first
    cut = "(cells) => cells.filter((c) => c.scrollWidth > c.clientWidth && !c.title).length"
    assert book.locator(".ps-table .ps-cell").evaluate_all(cut) == 0
    book.locator(".ps-table .ps-popup-button", has_text="Columns").click()
    for title in ("Duration", "System", "Device"):
        book.locator(".ps-column-list .ps-filter-check", has_text=title).click()
    book.page.keyboard.press("Escape")
    book.locator(".ps-table-head button", has_text="Duration").click()
    book.locator(".ps-table-head [aria-sort=descending]", has_text="Duration").wait_for()
    longest = book.run(
        "s = explorer.history.sessions; d = s.active_at - s.created_at; "
        "print(s.session_id[d.idxmax()])"
    )
    book.locator(".ps-table-row").first.locator(".ps-cell").first.click()
    book.page.keyboard.press("Control+c")
    book.locator(".ps-table button", has_text="Copied").wait_for()
    header, line = book.page.evaluate("() => navigator.clipboard.readText()").splitlines()
    assert header.split("\t")[:3] == ["Session", "User", "Created"]
    assert line.split("\t")[0] == longest
    assert line.split("\t")[2].endswith("Z")
    book.run(
        "h = explorer.history\n"
        "hostile = h.sessions.assign(browser_name='\"=1+1', os_name='=1+1', device_type='-1')\n"
        "explorer.history = ps.History(h.users, hostile, h.locations)"
    )
    book.locator(".ps-table-row", has_text='"=1+1').first.wait_for()
    book.page.evaluate("() => navigator.clipboard.writeText('')")
    book.locator(".ps-table button", has_text="Copy").click()
    book.page.wait_for_function("async () => Boolean(await navigator.clipboard.readText())")
    copied = book.page.evaluate("() => navigator.clipboard.readText()")
    rows = list(csv.reader(io.StringIO(copied), delimiter="\t"))
    assert {len(row) for row in rows} == {len(rows[0])}
    first = dict(zip(*rows[:2], strict=True))
    assert first["Browser"].startswith('"=1+1 ')
    assert first["System"].startswith("'=1+1")
    assert first["Device"] == "'-1"


def test_filters_narrow_every_part(explorer):
    book = explorer("tuple(tenant.users(limit=12).user_id)")
    before = {part: pixels(book, part) for part in CANVASES}
    total = int(book.run("print(len(explorer.history))"))
    button = book.locator(".ps-filter", has_text="Browser")
    button.click()
    book.locator(".ps-filter-list .ps-filter-check").last.click()
    button.click()  # the same button closes what it opened
    book.locator(".ps-filter-list").wait_for(state="hidden")
    book.locator(".ps-filter-row .ps-link", has_text="Clear filters").wait_for()
    book.wait_idle()
    shown = int(book.run("print(len(explorer.filtered))"))
    assert 0 < shown < total
    assert book.locator(".ps-filter-count").inner_text() == f"{shown} of {total} sessions"
    assert int(book.locator(".ps-table-scroller").get_attribute("aria-rowcount")) == shown + 1
    for part, shot in before.items():
        assert differs(shot, pixels(book, part)), part
    book.locator(".ps-filter-row .ps-link").click()
    book.locator(".ps-filter-count", has_text=f"{total} sessions").wait_for()
    book.wait_idle()
    book.run("explorer.filters.browsers = ('Lynx',)")  # as chosen with other users, who use it
    book.locator(".ps-filter-count", has_text="0 of").wait_for()
    book.locator(".ps-filter", has_text="Browser: Lynx").click()
    book.locator(".ps-filter-list .ps-filter-check", has_text="Lynx").click()
    book.locator(".ps-filter-count", has_text=f"{total} sessions").wait_for()


def test_a_time_range_is_typed_in_the_zone_that_is_shown(explorer):
    book = explorer("tuple(tenant.users(limit=12).user_id)")
    book.run("explorer.time_zone = 'Asia/Tokyo'")
    book.locator(".ps-filter").first.click()
    book.locator(".ps-filter-field input").first.fill("2025-11-10T09:00")
    book.locator(".ps-filter-field input").last.fill("2025-11-09T09:00")
    book.locator(".ps-filter-actions .ps-button").click()
    assert "start is after" in book.locator(".ps-filter-wrong").inner_text()
    book.locator(".ps-filter-field input").last.fill("12025-11-11T09:00")
    book.page.keyboard.press("Enter")
    assert "years from 1970" in book.locator(".ps-filter-wrong").inner_text()
    book.locator(".ps-filter-field input").last.fill("2025-11-11T09:00")
    book.page.keyboard.press("Enter")
    book.locator(".ps-filter.ps-active", has_text="10 Nov 2025, 09:00").wait_for()
    assert not book.locator(".ps-filter-actions").is_visible()
    book.wait_idle()
    assert book.run("print(explorer.timeline.time_range[0])") == "2025-11-10 00:00:00+00:00"
    heading = book.locator(".ps-table-head button", has_text="Created")
    assert heading.inner_text() == "Created UTC+9"
    # Of summer and winter no one offset is right; each row's title has its own.
    book.run("explorer.filters.time_range = None; explorer.time_zone = 'Europe/Paris'")
    book.locator(".ps-table-head button", has_text="Created UTC+1/+2").wait_for()
    assert book.locator(".ps-cell[title='23 Jul 2020, 00:21:31 UTC+2']").count() == 1
    what_is_applied_as_it_is_shown_does_not_move(book)


CHANGED_CLOCKS = {  # hours that come twice or never, with what the fields show of them
    "Europe/Berlin": ("2024-10-27T00:40:11", "2024-10-27T01:20:37", "02:40", "02:20"),
    "America/New_York": ("2024-03-10T06:50:12", "2024-03-10T07:10:52", "01:50", "03:10"),
    "Australia/Lord_Howe": ("2024-04-06T14:50:03", "2024-04-06T15:20:59", "01:50", "01:50"),
    "America/Santiago": ("2024-09-08T03:55:20", "2024-09-08T04:05:41", "23:55", "01:05"),
    "Pacific/Chatham": ("2024-04-06T13:30:30", "2024-04-06T14:10:01", "03:15", "02:55"),
}


def what_is_applied_as_it_is_shown_does_not_move(book):
    for zone, (start, end, first, last) in CHANGED_CLOCKS.items():
        book.run(
            f"explorer.time_zone = {zone!r}\n"
            f"explorer.filters.time_range = ({start + 'Z'!r}, {end + 'Z'!r})"
        )
        book.locator(".ps-filter.ps-active", has_text=first).wait_for()
        book.locator(".ps-filter").first.click()
        fields = book.locator(".ps-filter-field input")
        assert [one.input_value()[11:] for one in fields.all()] == [first, last], zone
        book.locator(".ps-filter-actions .ps-button").click()
        book.locator(".ps-filter-actions").wait_for(state="hidden")
        book.wait_idle()
        told = book.run("print(*(one.isoformat() for one in explorer.filters.time_range))")
        assert told == f"{start}+00:00 {end}+00:00", zone


def test_ending_a_session_asks_first(explorer):
    book = explorer("('710d6278-ccce-4a91-bdb9-ac7a4a0e60d5',)", allowed=True)
    book.locator(".ps-table-row").first.locator(".ps-cell").first.click()
    book.locator(".ps-end").click()
    assert "about five minutes" in book.locator(".ps-asking").inner_text()
    book.page.keyboard.press("Enter")  # the focus is on Cancel
    book.locator(".ps-end").wait_for()
    assert book.run("print(len(tenant.history(list(explorer.value))))") == "2"
    book.locator(".ps-end").click()
    book.locator(".ps-asking .ps-warning").click()
    book.locator(".ps-status-line", has_text="is ended").wait_for()
    assert book.run("print(len(tenant.history(list(explorer.value))))") == "1"
    book.locator(".ps-details dd", has_text="ended").wait_for()
    assert selected_rows(book).count() == 1  # it is shown, as ended
    button = book.locator(".ps-filter", has_text="Status")
    button.click()
    book.locator(".ps-filter-list .ps-filter-check", has_text="ended").click()
    book.locator(".ps-filter-count", has_text="1 of 2 sessions").wait_for()


def test_an_error_is_shown_in_place_and_can_be_tried_again(explorer, server_said):
    book = explorer()
    book.run(
        "explorer.value = ('710d6278-ccce-4a91-bdb9-ac7a4a0e60d5',"
        " '00000000-0000-4000-8000-000000000000')"
    )
    status = book.locator(".ps-status-line.ps-error")
    status.wait_for()
    assert "could not be read" in status.inner_text()
    status.locator("button").click()
    status.wait_for()
    book.wait_idle()
    assert book.locator(".ps-timeline .ps-count").inner_text().startswith("2 sessions")
    texts = [str(output) for output in book.outputs() if output["output_type"] != "display_data"]
    assert not [text for text in texts if "stderr" in text or "Traceback" in text]
    assert "Traceback" not in server_said()


def test_it_stacks_when_narrow_and_lines_up_when_wide(explorer, desk):
    book = explorer("tuple(tenant.users(limit=12).user_id)", size=(1280, 2200))
    boxes = panels(book)
    assert len({round(box["x"]) for box in boxes.values()}) == 2
    bottom = {name: box["y"] + box["height"] for name, box in boxes.items()}
    assert bottom["timeline"] == pytest.approx(bottom["map"], abs=1.5)
    assert boxes["table"]["width"] == boxes["details"]["width"] > boxes["timeline"]["width"]
    table = book.locator(".ps-table-scroller").bounding_box()
    heads = book.locator(".ps-table-head [role=columnheader]").all()
    right = [head.bounding_box()["x"] + head.bounding_box()["width"] for head in heads]
    assert len(heads) == 6
    assert max(right) <= table["x"] + table["width"]  # all that comes first is in sight
    desk.set_width(800, 2200)
    book.page.wait_for_function(
        "() => new Set([...document.querySelectorAll('.ps-explorer-panels > *')]"
        ".map((one) => Math.round(one.getBoundingClientRect().x))).size === 1"
    )
    assert len({round(box["x"]) for box in panels(book).values()}) == 1
    assert not desk.page_errors


def test_the_map_of_the_whole_world_cuts_no_place_off(explorer):
    book = explorer("tuple(tenant.users().user_id)", size=(1280, 2200))
    panel, bar = (book.locator(f".ps-map{part}").bounding_box() for part in ("", " .ps-bar"))
    assert bar["x"] + bar["width"] <= panel["x"] + panel["width"] - 14
    image = pixels(book, "map")
    edges = [(x, y) for x in (0, 1, image.width - 2, image.width - 1) for y in range(image.height)]
    cut = [at for at in edges if max(map(abs, map(int.__sub__, image.getpixel(at), DISC))) < 12]
    assert not cut


def test_what_is_cut_short_expands_and_keys_are_told(explorer):
    book = explorer("tuple(tenant.users(limit=2).user_id)")
    book.run(
        "import pandas as pd; from pingsessions_nb.wording import several\n"
        "addresses = [f'192.0.2.{n}' for n in range(12)]\n"
        "explorer.signals = pd.DataFrame({'session_id': explorer.history.sessions.session_id[:1],"
        " 'user_id': explorer.history.sessions.user_id[:1], 'at': pd.NaT, 'kind': 'ip_velocity',"
        " 'severity': 'high', 'summary': f'12 addresses: {several(addresses)}.',"
        " 'evidence': [{'addresses': addresses}]})"
    )
    row = book.locator(".ps-signal")
    row.locator(".ps-expand", has_text="9 more").click()
    assert "192.0.2.10, 192.0.2.11." in row.inner_text()
    assert book.locator(".ps-signal[aria-selected=true]").count() == 0  # it was no choice
    book.run("s = explorer.signals; explorer.signals = s.head(0); explorer.signals = s")
    row.locator(".ps-expand").wait_for()
    book.locator(".ps-signal-list").focus()
    book.page.keyboard.press("ArrowRight")
    assert "192.0.2.10, 192.0.2.11." in row.inner_text()
    for part in (".ps-signals", ".ps-table"):
        button = book.locator(f"{part} .ps-keys-button")
        button.click()
        assert "select" in book.locator(f"{part} .ps-keys").inner_text()
        book.page.keyboard.press("Escape")
        book.locator(f"{part} .ps-keys").wait_for(state="hidden")


def test_every_part_says_that_its_kernel_is_gone(explorer):
    book = explorer("tuple(tenant.users(limit=2).user_id)")
    book.locator(".ps-picker-input").click()
    book.locator(".ps-picker-list:not([aria-busy]) .ps-user").first.wait_for()
    book.page.evaluate(
        "() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()"
    )
    lists = (".ps-picker", ".ps-filters", ".ps-signals", ".ps-table", ".ps-details")
    ours = (*lists, ".ps-timeline", ".ps-map")
    for part in ours:
        book.locator(f"{part} .ps-gone-note", has_text="Run the cell again").wait_for(
            state="attached"
        )
    assert "Searching" not in book.locator(".ps-picker").inner_text()
    book.page.keyboard.type("june")
    assert "Searching" not in book.locator(".ps-picker").inner_text()


def panels(book):
    outer = book.locator(".ps-explorer").bounding_box()
    names = ("timeline", "map", "table", "details")
    boxes = {name: book.locator(f".ps-explorer .ps-{name}").last.bounding_box() for name in names}
    assert all(box["x"] + box["width"] <= outer["x"] + outer["width"] for box in boxes.values())
    return boxes
