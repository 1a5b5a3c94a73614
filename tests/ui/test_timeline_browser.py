"""SessionTimeline in a real JupyterLab: what is drawn, and what mouse and keys do."""

import io

from PIL import Image

SETUP = [
    "import pandas as pd, pingsessions_nb as ps\n"
    "tenant = ps.demo(users=30, seed=7)\n"
    "history = tenant.history('710d6278-ccce-4a91-bdb9-ac7a4a0e60d5')",
    "timeline = ps.SessionTimeline(history); timeline",
]
CHROME = (0, 114, 178)  # --ps-cat-0, light
ACCENT = (11, 99, 206)
WARN = (179, 38, 30)
AXIS = 44
LANE = 30


class Drawn:
    """The canvas as a person sees it."""

    def __init__(self, book):
        self.book = book
        self.canvas = book.locator(".ps-timeline canvas.ps-canvas").last
        self.canvas.wait_for()
        self.canvas.scroll_into_view_if_needed()

    def pixels(self):
        self.book.page.mouse.move(0, 0)
        self.book.page.wait_for_timeout(150)
        return Image.open(io.BytesIO(self.canvas.screenshot())).convert("RGB")

    def count(self, color, near=6):
        return sum(
            number
            for number, pixel in self.pixels().getcolors(1 << 24)
            if all(abs(a - b) <= near for a, b in zip(pixel, color, strict=True))
        )

    def extent(self, color):
        """First and last column that hold a colour."""
        image = self.pixels()
        columns = [
            x
            for x in range(image.width)
            if any(image.getpixel((x, y)) == color for y in range(AXIS, image.height))
        ]
        return (columns[0], columns[-1]) if columns else None

    @property
    def box(self):
        return self.canvas.bounding_box()

    def at(self, x, lane):
        """Page coordinates of a part of the width, in a lane."""
        box = self.box
        return box["x"] + x * box["width"], box["y"] + AXIS + (lane + 0.5) * LANE

    def text(self, part):
        return self.book.locator(f".ps-timeline .ps-{part}").last.inner_text()


def selected(book):
    book.wait_idle()
    return eval(book.run("print(timeline.selected)"))


def a_click_selects_and_a_click_beside_clears(drawn):
    book = drawn.book
    ids = eval(book.run("print(list(history.sessions['session_id']))"))
    long = eval(
        book.run(
            "print(int((history.sessions['active_at'] - history.sessions['created_at']).argmax()))"
        )
    )
    assert drawn.count(CHROME, 2) > 3000
    assert drawn.count(ACCENT, 2) < 20
    book.page.mouse.click(*drawn.at(0.6, long))
    assert selected(book) == (ids[long],)
    assert drawn.count(ACCENT, 2) > 300
    assert "june.larkin" in drawn.text("status")
    book.page.keyboard.down("Control")
    book.page.mouse.click(*drawn.at(0.6, long))
    book.page.keyboard.up("Control")
    assert selected(book) == ()
    book.page.mouse.click(*drawn.at(0.6, long))
    book.page.mouse.click(*drawn.at(0.6, 1 - long))
    assert selected(book) == ()


def hover_tells_the_facts(drawn):
    book = drawn.book
    book.page.mouse.move(*drawn.at(0.6, 0))
    book.page.mouse.move(*drawn.at(0.601, 0))
    tip = book.locator(".ps-timeline .ps-tip")
    tip.wait_for(state="visible")
    text = tip.inner_text()
    for fact in (
        *("june.larkin", "22 Jul 2020, 22:21:31", "30 Jul 2020, 18:51:39", "7 d 20 h"),
        *("174.xx.xx.xxx", "Chrome 83.0.4103", "Mac OS X 10.13.6", "Tacoma, Washington, US"),
    ):
        assert fact in text
    book.page.mouse.move(0, 0)
    tip.wait_for(state="hidden")


def wheel_zooms_around_the_pointer_and_fit_returns(drawn):
    book = drawn.book
    whole = drawn.extent(CHROME)
    book.page.mouse.move(*drawn.at(0.6, 0))
    for _ in range(6):
        book.page.mouse.wheel(0, -200)
    book.page.wait_for_timeout(200)
    near = drawn.extent(CHROME)
    assert near[1] - near[0] > 1.0 * (whole[1] - whole[0])
    book.locator(".ps-timeline button", has_text="Fit").click()
    assert drawn.extent(CHROME) == whole


def keys_alone_go_from_session_to_session(drawn):
    book = drawn.book
    ids = eval(book.run("print(list(history.sessions['session_id']))"))
    drawn.canvas.focus()
    book.page.keyboard.press("ArrowDown")
    assert "Chrome on Mac OS X" in drawn.text("status")
    book.page.keyboard.press("Enter")
    assert selected(book) == (ids[0],)
    book.page.keyboard.press("ArrowDown")
    book.page.keyboard.press("Shift+Enter")
    assert set(selected(book)) == set(ids)
    book.page.keyboard.press("Escape")
    assert selected(book) == ()
    before = drawn.extent(CHROME)
    book.page.keyboard.press("+")
    book.page.keyboard.press("ArrowRight")
    assert drawn.extent(CHROME) != before
    book.page.keyboard.press("0")
    assert drawn.extent(CHROME) == before


def shift_drag_chooses_a_range(drawn):
    book = drawn.book
    start, end = drawn.at(0.4, 0), drawn.at(0.7, 0)
    book.page.keyboard.down("Shift")
    book.page.mouse.move(*start)
    book.page.mouse.down()
    book.page.mouse.move(*end, steps=5)
    book.page.mouse.up()
    book.page.keyboard.up("Shift")
    book.wait_idle()
    hours = float(book.run("a, b = timeline.time_range; print((b - a) / pd.Timedelta(hours=1))"))
    assert 40 < hours < 100
    book.run("timeline.time_range = None")
    book.locator(".ps-timeline button", has_text="Clear range").wait_for(state="hidden")


def python_sets_and_the_browser_follows(drawn):
    book = drawn.book
    book.run("timeline.selected = tuple(history.sessions['session_id'][:1])")
    book.page.wait_for_timeout(200)
    assert drawn.count(ACCENT, 2) > 20
    book.run("timeline.time_zone = 'Asia/Tokyo'")
    book.page.wait_for_function(
        "() => [...document.querySelectorAll('.ps-timeline select')].at(-1).value === 'Asia/Tokyo'"
    )
    assert "23 Jul 2020, 07:" in drawn.text("status") or "23 Jul 2020, 06:" in drawn.text("status")
    book.run(
        "s = history.sessions.iloc[[0]]\n"
        "timeline.signals = pd.DataFrame(dict(kind='new_device', severity='high',"
        " session_id=s['session_id'], at=s['last_sign_on_at'], summary='Never seen before.'))"
    )
    book.locator(".ps-timeline .ps-legend", has_text="1 signal").wait_for()
    assert drawn.count(WARN, 2) > 30
    book.run("timeline.history = tenant.history(None)")
    book.locator(".ps-timeline .ps-count", has_text="users").wait_for()
    book.run("timeline.error = 'PingOne could not be reached.'")
    assert drawn.text("message") == "PingOne could not be reached."
    book.run("timeline.error = ''; timeline.history = ps.History.from_responses([])")
    book.locator(".ps-timeline .ps-message", has_text="No sessions to show").wait_for()


def many_sessions_of_one_user_are_not_many_users(drawn):
    book = drawn.book
    book.run(
        "s = history.sessions.iloc[[0] * 300].reset_index(drop=True)\n"
        "later = pd.to_timedelta(range(300), unit='h')\n"
        "s = s.assign(session_id=[f'{i}' for i in range(300)],"
        " created_at=s.created_at + later, active_at=s.active_at + later)\n"
        "timeline.history = ps.History(history.users, s, history.locations.head(0))"
    )
    book.locator(".ps-timeline .ps-count", has_text="300 sessions · 1 user").wait_for()
    box = drawn.box
    tip = book.locator(".ps-timeline .ps-tip")
    for part in range(20, 80, 2):
        book.page.mouse.move(box["x"] + box["width"] * part / 100, box["y"] + box["height"] / 2)
        if tip.is_visible():
            break
    assert "Of\n1 user\n" in tip.inner_text()


def it_follows_the_theme(drawn):
    book = drawn.book
    light = drawn.pixels().getpixel((5, 100))
    book.desk.set_theme("dark")
    book.page.wait_for_timeout(300)
    dark = drawn.pixels().getpixel((5, 100))
    assert sum(light) > 600 > 200 > sum(dark)
    assert drawn.count((86, 180, 233), 2) > 3000


STEPS = (
    a_click_selects_and_a_click_beside_clears,
    hover_tells_the_facts,
    wheel_zooms_around_the_pointer_and_fit_returns,
    keys_alone_go_from_session_to_session,
    shift_drag_chooses_a_range,
    python_sets_and_the_browser_follows,
    many_sessions_of_one_user_are_not_many_users,
    it_follows_the_theme,
)
AFRESH = (
    "timeline.error = ''; timeline.signals = None; timeline.time_range = None\n"
    "timeline.time_zone = 'UTC'; timeline.history = history; timeline.selected = ()"
)


def test_timeline_in_jupyterlab(notebook):
    # One notebook for all steps: to open it takes longer than they do.
    drawn = Drawn(notebook(SETUP))
    for step in STEPS:
        drawn.book.run(AFRESH)
        drawn.book.page.wait_for_timeout(300)  # the browser takes in what the kernel has set
        step(drawn)


def test_names_are_text(notebook):
    book = notebook(
        [
            SETUP[0],
            "bad = '<img src=x onerror=document.title=1>\\u202e{{7*7}}\\x07'\n"
            "hostile = ps.History(history.users.assign(username=bad),"
            " history.sessions.assign(browser_name=bad, device_type=bad),"
            " history.locations.assign(place=bad, remote_ip=bad))\n"
            "timeline = ps.SessionTimeline(hostile); timeline",
        ]
    )
    drawn = Drawn(book)
    title = book.page.title()
    book.page.mouse.move(*drawn.at(0.6, 0))
    book.page.mouse.move(*drawn.at(0.601, 0))
    tip = book.locator(".ps-timeline .ps-tip")
    tip.wait_for(state="visible")
    assert "<img src=x onerror" in tip.inner_text()
    assert "<img src=x onerror" in drawn.text("legend")
    for shown in (tip.inner_text(), drawn.text("legend")):
        assert "\u27e8202E\u27e9" in shown  # a character that turns the direction is seen
        assert "\u202e" not in shown
    assert book.locator(".ps-timeline img").count() == 0
    assert book.page.title() == title
