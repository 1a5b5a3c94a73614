"""SessionTimeline in a real JupyterLab: what plotly draws, and what mouse and keys do."""

import io
import json

import pytest
from PIL import Image

SETUP = [
    "import pandas as pd, pingsessions_nb as ps\n"
    "tenant = ps.demo(users=30, seed=7)\n"
    "history = tenant.history('710d6278-ccce-4a91-bdb9-ac7a4a0e60d5')",
    "timeline = ps.SessionTimeline(history); timeline",
]
CHROME = (0, 114, 178)  # --ps-cat-0, light
CHROME_DARK = (86, 180, 233)
WARN = (179, 38, 30)
LIVE = ".ps-timeline .ps-figure[data-drawn]"


class Drawn:
    """The figure as a person sees it."""

    def __init__(self, book, nth=-1):
        self.book, self.page = book, book.page
        self.figure = book.locator(LIVE).nth(nth)
        self.figure.wait_for()
        self.figure.scroll_into_view_if_needed()

    def pixels(self):
        self.page.mouse.move(0, 0)
        still = None
        for _ in range(20):
            self.page.wait_for_timeout(120)
            shot = self.figure.screenshot()
            if shot == still:
                break
            still = shot
        return Image.open(io.BytesIO(still)).convert("RGB")

    def count(self, color, near=6):
        return sum(
            number
            for number, pixel in self.pixels().getcolors(1 << 24)
            if all(abs(a - b) <= near for a, b in zip(pixel, color, strict=True))
        )

    def layout(self, path):
        """What plotly shows now of its layout."""
        return self.figure.evaluate(
            "(el, path) => path.split('.').reduce((part, name) => part[name], el._fullLayout)", path
        )

    def range(self):
        return self.figure.evaluate("(el) => el._fullLayout.xaxis.range.map(Date.parse)")

    def bar(self, number):
        """The middle of a session's bar, on the page."""
        box = self.figure.locator(".barlayer .point path").nth(number).bounding_box()
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def plot(self, x, y):
        box = self.figure.locator(".nsewdrag").first.bounding_box()
        return box["x"] + x * box["width"], box["y"] + y * box["height"]

    def click(self, x, y):
        self.page.mouse.move(x, y)
        self.page.wait_for_timeout(150)  # plotly looks for what is there some time after a move
        self.page.mouse.click(x, y)

    def settles(self, script, *values):
        """Wait until a condition holds of the figure's element."""
        handle = self.figure.element_handle()
        self.page.wait_for_function(f"([el, value]) => {script}", arg=[handle, *values])

    def button(self, name):
        return self.book.locator(".ps-timeline .ps-picture-bar button", has_text=name).last

    def text(self, part):
        return self.book.locator(f".ps-timeline .ps-{part}").last.inner_text()


def python(book, expression):
    book.wait_idle()
    return json.loads(book.run(f"import json; print(json.dumps({expression}))"))


def becomes(book, expression, value):
    for _ in range(40):
        if python(book, expression) == value:
            return
        book.page.wait_for_timeout(100)
    assert python(book, expression) == value


def long_and_short(book):
    """Positions of the longer and of the shorter session, which are those of their bars."""
    seconds = "(history.sessions.active_at - history.sessions.created_at).tolist()"
    first, second = python(book, f"[one.total_seconds() for one in {seconds}]")
    return (0, 1) if first > second else (1, 0)


def a_click_selects_with_ctrl_adds_and_clear_clears(drawn):
    book = drawn.book
    ids = python(book, "history.sessions.session_id.tolist()")
    long, short = long_and_short(book)
    assert drawn.count(CHROME, 2) > 3000
    drawn.click(*drawn.bar(long))
    becomes(book, "list(timeline.selected)", [ids[long]])
    assert drawn.text("status") == "1 session selected"
    drawn.page.keyboard.down("Control")
    drawn.click(*drawn.bar(short))
    becomes(book, "list(timeline.selected)", [ids[long], ids[short]])
    drawn.click(*drawn.bar(long))
    drawn.page.keyboard.up("Control")
    becomes(book, "list(timeline.selected)", [ids[short]])
    drawn.settles("el.data.some((trace) => trace.selectedpoints?.length === 1)")
    drawn.button("Clear").click()
    becomes(book, "list(timeline.selected)", [])
    drawn.settles("!el.data.some((trace) => trace.selectedpoints)")


def hover_tells_the_facts(drawn):
    long, _ = long_and_short(drawn.book)
    x, y = drawn.bar(long)
    drawn.page.mouse.move(x, y)
    drawn.page.mouse.move(x + 2, y)
    tip = drawn.figure.locator(".hoverlayer .hovertext").first
    tip.wait_for()
    text = tip.text_content()
    for fact in (
        *("june.larkin", "22 Jul 2020, 22:21:31 UTC", "30 Jul 2020, 18:51:39 UTC", "7 d 20 h"),
        *("174.xx.xx.xxx", "Chrome 83.0.4103", "Mac OS X 10.13.6", "Tacoma, Washington, US"),
    ):
        assert fact in text


def wheel_zooms_drag_pans_double_click_and_fit_return(drawn):
    page = drawn.page
    whole = drawn.range()
    page.mouse.move(*drawn.plot(0.6, 0.5))
    for _ in range(4):
        page.mouse.wheel(0, -200)
    drawn.settles(
        "el._fullLayout.xaxis.range.map(Date.parse).reduce((a, b) => b - a) < value * 0.8",
        whole[1] - whole[0],
    )
    page.wait_for_timeout(300)
    near = drawn.range()
    page.mouse.move(*drawn.plot(0.5, 0.75))
    page.mouse.down()
    page.mouse.move(*drawn.plot(0.7, 0.75), steps=4)
    page.mouse.up()
    drawn.settles("Date.parse(el._fullLayout.xaxis.range[0]) < value", near[0])
    moved = drawn.range()
    assert moved[1] - moved[0] == pytest.approx(near[1] - near[0], rel=0.01)
    page.wait_for_timeout(600)  # or plotly counts the drag as the first of three clicks
    page.mouse.dblclick(*drawn.plot(0.1, 0.5))
    drawn.settles("Math.abs(Date.parse(el._fullLayout.xaxis.range[0]) - value) < 1000", whole[0])
    drawn.button("+").click()
    drawn.settles("Date.parse(el._fullLayout.xaxis.range[0]) > value + 1000", whole[0])
    drawn.button("Fit").click()
    drawn.settles("Math.abs(Date.parse(el._fullLayout.xaxis.range[0]) - value) < 1000", whole[0])


def keys_zoom_pan_fit_and_clear(drawn):
    book, page = drawn.book, drawn.page
    book.run("timeline.selected = history.sessions.session_id")
    whole = drawn.range()
    drawn.figure.focus()
    page.keyboard.press("+")
    drawn.settles("Date.parse(el._fullLayout.xaxis.range[0]) > value + 1000", whole[0])
    near = drawn.range()
    page.keyboard.press("ArrowRight")
    drawn.settles("Date.parse(el._fullLayout.xaxis.range[0]) > value + 1000", near[0])
    page.keyboard.press("0")
    drawn.settles("Math.abs(Date.parse(el._fullLayout.xaxis.range[0]) - value) < 1000", whole[0])
    page.keyboard.press("Escape")
    becomes(book, "list(timeline.selected)", [])
    assert book.locator(".jp-Cell").count() == 2  # no key went through to JupyterLab


def a_box_selects_what_lies_in_it_and_chooses_a_time(drawn):
    book, page = drawn.book, drawn.page
    long, _ = long_and_short(book)
    ids = python(book, "history.sessions.session_id.tolist()")
    drawn.figure.hover()
    drawn.figure.locator(".modebar-btn[data-val=select]").click()
    _, y = drawn.bar(long)
    top = drawn.figure.locator(".nsewdrag").first.bounding_box()
    y = (y - top["y"]) / top["height"]
    page.mouse.move(*drawn.plot(0.4, y - 0.1))
    page.mouse.down()
    page.mouse.move(*drawn.plot(0.7, y + 0.1), steps=5)
    page.mouse.up()
    becomes(book, "list(timeline.selected)", [ids[long]])
    hours = python(book, "(timeline.time_range[1] - timeline.time_range[0]).total_seconds() / 3600")
    assert 40 < hours < 100
    drawn.settles("!el._fullLayout.selections?.length")
    drawn.figure.locator(".modebar-btn[data-val=pan]").click()
    drawn.button("Clear").click()
    becomes(book, "timeline.time_range", None)


def python_sets_and_the_browser_follows(drawn):
    book = drawn.book
    book.run("timeline.selected = history.sessions['session_id'][:1]")
    drawn.settles("el.data.some((trace) => trace.selectedpoints?.length === 1)")
    book.run("timeline.time_zone = 'Asia/Tokyo'; timeline.selected = ()")
    drawn.settles("el._fullLayout.xaxis.tickmode === 'array'")
    assert drawn.book.locator(".ps-timeline select").last.input_value() == "Asia/Tokyo"
    book.run(
        "s = history.sessions.iloc[[0]]\n"
        "timeline.signals = pd.DataFrame(dict(kind='new_device', severity='high',"
        " session_id=s['session_id'], at=s['last_sign_on_at'], summary='Never seen before.'))"
    )
    drawn.figure.locator(".legendtext", has_text="Signal").wait_for()
    assert drawn.count(WARN, 20) > 30
    book.locator(".ps-timeline select").first.select_option("device")
    becomes(book, "timeline.color_by", "device")
    book.run("timeline.history = tenant.history(None)")
    book.locator(".ps-timeline .ps-count", has_text="users").wait_for()
    book.run("timeline.error = 'PingOne could not be reached.'")
    book.locator(".ps-timeline [role=alert]").wait_for()
    assert drawn.text("message") == "PingOne could not be reached."
    assert not drawn.figure.is_visible()
    book.run("timeline.error = ''; timeline.history = ps.History.from_responses([])")
    book.locator(".ps-timeline .ps-message", has_text="No sessions to show").wait_for()


def what_an_analyst_adds_stays(drawn):
    book = drawn.book
    book.run(
        "figure = timeline.figure\n"
        "band = figure.add_vrect('2020-07-24', '2020-07-26', fillcolor='lime', line_width=0)\n"
        "added = figure.add_scatter(x=['2020-07-23', '2020-07-28'], y=[0, 1], name='mine',"
        " line_color='magenta')\n"
        "mine = figure.data[-1]\n"
        "told = figure.update_layout(title_text='The case', legend_y=-0.1)"
    )
    drawn.figure.locator(".shapelayer path").wait_for()
    drawn.button("+").click()
    drawn.click(*drawn.bar(long_and_short(book)[0]))
    becomes(book, "len(timeline.selected)", 1)
    book.run("timeline.history = tenant.history(None)")
    book.run("timeline.history = history; timeline.color_by = 'os'")
    book.desk.set_theme("dark")
    drawn.settles("el._fullLayout.font.color !== '#1b1f24'")
    assert drawn.figure.locator(".shapelayer path").count() == 1
    assert drawn.figure.locator(".gtitle").text_content() == "The case"
    assert drawn.figure.locator(".legendtext", has_text="mine").count() == 1
    assert drawn.count((255, 0, 255), 30) > 50
    kept = "[len(figure.layout.shapes), mine.name, figure.layout.legend.y]"
    assert python(book, kept) == [1, "mine", -0.1]
    book.run(
        "figure.data = [one for one in figure.data if one is not mine]\n"
        "figure.layout.shapes = (); figure.layout.title = None"
    )
    book.desk.set_theme("light")


def a_finer_picture_leaves_the_view_where_it_is(drawn):
    book = drawn.book
    book.run("timeline.history = ps.demo(users=200, seed=8).history(None)")
    drawn.settles("el.data.some((trace) => trace.type === 'heatmap' && trace.visible !== false)")
    assert drawn.figure.locator(".legendtext").count() > 3
    for _ in range(4):
        drawn.button("+").click()
    near = drawn.range()
    drawn.settles("!el.data.some((trace) => trace.type === 'heatmap' && trace.visible !== false)")
    book.wait_idle()
    drawn.page.wait_for_timeout(300)
    assert drawn.range() == pytest.approx(near, abs=1000)
    for _ in range(2):  # from one history to another and back
        for history in ("history", "tenant.history(None)", "history"):
            book.run(f"timeline.history = {history}")
        book.wait_idle()
        drawn.page.wait_for_timeout(300)
        start, end = python(book, "list(timeline.figure.layout.xaxis.range)")
        shown = drawn.figure.evaluate(
            "(el, ends) => ends.map(Date.parse).concat(el._fullLayout.xaxis.range.map(Date.parse))",
            [start, end],
        )
        assert shown[:2] == pytest.approx(shown[2:], abs=1000)
        assert drawn.layout("yaxis.range") == pytest.approx([1.6, -0.6])


def a_busy_kernel_is_not_waited_for(drawn):
    book, page = drawn.book, drawn.page
    book.run("timeline.history = tenant.history(None)")
    book.locator(".ps-timeline .ps-count", has_text="users").wait_for()
    book.wait_idle()
    whole = drawn.range()
    page.evaluate(
        """() => {
            const { kernel } = window.jupyterapp.shell.currentWidget.sessionContext.session;
            const code = "import time; time.sleep(2.5)";
            window.busy = kernel.requestExecute({ code, store_history: false });
        }"""
    )
    page.mouse.move(*drawn.plot(0.6, 0.5))
    for _ in range(3):
        page.mouse.wheel(0, -300)
    drawn.settles(
        "el._fullLayout.xaxis.range.map(Date.parse).reduce((a, b) => b - a) < value * 0.8",
        whole[1] - whole[0],
    )
    page.wait_for_timeout(300)  # plotly ends a turn of the wheel some time after its last step
    drawn.button("Fit").click()
    drawn.settles("Date.parse(el._fullLayout.xaxis.range[0]) < value + 1000", whole[0])
    assert page.evaluate("() => Promise.race([busy.done.then(() => 'idle'), 'busy'])") == "busy"
    page.evaluate("async () => { await busy.done; }")


def the_mode_bar_saves_a_picture(drawn):
    drawn.figure.hover()
    with drawn.page.expect_download() as saving:
        drawn.figure.locator(".modebar-btn[data-title*=PNG]").click()
    assert saving.value.suggested_filename == "sessions-timeline.png"
    image = Image.open(saving.value.path()).convert("RGB")
    box = drawn.figure.bounding_box()
    assert image.size == (round(2 * box["width"]), round(2 * box["height"]))
    blue = [n for n, pixel in image.getcolors(1 << 24) if pixel == CHROME]
    assert sum(blue) > 10_000


def it_follows_the_theme(drawn):
    light = drawn.pixels().getpixel((5, 100))
    drawn.book.desk.set_theme("dark")
    drawn.settles("el._fullLayout.font.color !== '#1b1f24'")
    dark = drawn.pixels().getpixel((5, 100))
    assert sum(light) > 600 > 200 > sum(dark)
    assert drawn.count(CHROME_DARK, 2) > 3000


STEPS = (
    a_click_selects_with_ctrl_adds_and_clear_clears,
    hover_tells_the_facts,
    wheel_zooms_drag_pans_double_click_and_fit_return,
    keys_zoom_pan_fit_and_clear,
    a_box_selects_what_lies_in_it_and_chooses_a_time,
    python_sets_and_the_browser_follows,
    what_an_analyst_adds_stays,
    a_finer_picture_leaves_the_view_where_it_is,
    a_busy_kernel_is_not_waited_for,
    the_mode_bar_saves_a_picture,
    it_follows_the_theme,
)
AFRESH = (
    "timeline.error = ''; timeline.signals = None; timeline.time_range = None\n"
    "timeline.time_zone = 'UTC'; timeline.color_by = 'browser'\n"
    "timeline.history = None; timeline.history = history; timeline.selected = ()"
)


def test_timeline_in_jupyterlab(notebook):
    # One notebook for all steps: to open it takes longer than they do.
    drawn = Drawn(notebook(SETUP))
    for step in STEPS:
        drawn.book.run(AFRESH)
        drawn.page.mouse.move(0, 0)
        drawn.page.wait_for_timeout(300)  # the browser takes in what the kernel has set
        step(drawn)
    assert not drawn.book.desk.page_errors


def test_names_are_text(notebook):
    book = notebook(
        [
            SETUP[0],
            "bad = '<img src=x onerror=f()>\\u202e{{7*7}}\\x07'\n"
            "hostile = ps.History(history.users.assign(username=bad),"
            " history.sessions.assign(browser_name=bad, device_type=bad),"
            " history.locations.assign(place=bad, remote_ip=bad))\n"
            "timeline = ps.SessionTimeline(hostile); timeline",
        ]
    )
    drawn = Drawn(book)
    title = book.page.title()
    x, y = drawn.bar(0)
    book.page.mouse.move(x, y)
    book.page.mouse.move(x + 1, y)
    tip = drawn.figure.locator(".hoverlayer .hovertext").first
    tip.wait_for()
    shown = (tip.text_content(), drawn.figure.locator(".legendtext").first.text_content())
    for text in shown:
        assert "<img src=x onerror=f()>" in text
        assert "\u27e8202E\u27e9" in text  # a character that turns the direction is seen
        assert "\u202e" not in text
    assert book.locator(".ps-timeline img").count() == 0
    assert book.page.title() == title
