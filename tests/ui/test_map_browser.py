"""LocationMap in a real JupyterLab: what is drawn, and what mouse and keys do."""

import io

import pytest
from PIL import Image

SETUP = [
    "import pandas as pd, pingsessions_nb as ps\n"
    "tenant = ps.demo(users=30, seed=7)\n"
    "history = tenant.history('710d6278-ccce-4a91-bdb9-ac7a4a0e60d5')",
    "world = ps.LocationMap(history); world",
]
PLACE = (0, 114, 178)
LAND = (230, 233, 228)
DARK_LAND = (43, 50, 56)
ACCENT = (11, 99, 206)
WARN = (179, 38, 30)


class Drawn:
    """The map as a person sees it, and plotly's own account of it."""

    def __init__(self, book):
        self.book = book
        self.figure = book.locator(".ps-map .ps-figure").last
        self.figure.locator(".geolayer .scattergeo").first.wait_for(state="attached")
        self.figure.scroll_into_view_if_needed()

    def pixels(self):
        self.book.page.mouse.move(0, 0)
        self.book.page.wait_for_timeout(300)
        return Image.open(io.BytesIO(self.figure.screenshot())).convert("RGB")

    def count(self, color, near=3):
        return sum(
            number
            for number, pixel in self.pixels().getcolors(1 << 24)
            if all(abs(a - b) <= near for a, b in zip(pixel, color, strict=True))
        )

    def at(self, name):
        """Where on the page the first point of a trace is."""
        return self.figure.evaluate(
            """(el, name) => {
                const trace = el._fullData.find((one) => one.name === name);
                const { geo, _size } = el._fullLayout;
                const [x, y] = geo._subplot.projection([trace.lon[0], trace.lat[0]]);
                const box = el.getBoundingClientRect();
                return [box.x + x, box.y + y];
            }""",
            name,
        )

    def points(self, name):
        return self.figure.evaluate(
            "(el, name) => el._fullData.find((one) => one.name === name)._length", name
        )

    def view(self):
        return self.figure.evaluate(
            """(el) => {
                const { center, projection } = el._fullLayout.geo;
                return [projection.scale, projection.rotation.lon, center.lon, center.lat];
            }"""
        )

    def wait_for(self, condition, *arguments):
        self.book.page.wait_for_function(
            "([el, condition, ...args]) => new Function('el', '...args', `return ${condition}`)"
            "(el, ...args)",
            arg=[self.figure.element_handle(), condition, *arguments],
        )

    def middle(self):
        box = self.figure.bounding_box()
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def text(self, part):
        return self.book.locator(f".ps-map .ps-{part}").last.inner_text()

    def says(self, part, words):
        self.book.locator(f".ps-map .ps-{part}", has_text=words).last.wait_for()


def selected(book):
    book.wait_idle()
    return eval(book.run("print(world.selected)"))


def one_city_stands_in_the_middle_of_its_region(drawn):
    assert "1 place · 5 visits" in drawn.text("count")
    image = drawn.pixels()
    land = sum(n for n, pixel in image.getcolors(1 << 24) if pixel == LAND)
    assert 0.3 < land / (image.width * image.height) < 0.95
    drawn.book.page.mouse.move(*drawn.at("Place, by visits"))
    tip = drawn.figure.locator(".hoverlayer .hovertext")
    tip.wait_for()
    text = tip.text_content()
    for fact in ("Tacoma, Washington, US", "Within", "30 Jul 2020, 18:51:39", "5 visits"):
        assert fact in text


def nothing_stays_selected(book):
    for _ in range(50):
        if selected(book) == ():
            return
        book.page.wait_for_timeout(100)
    assert selected(book) == ()


def a_click_selects_the_sessions_seen_there(drawn):
    book = drawn.book
    ids = eval(book.run("print(list(history.sessions['session_id']))"))
    before = drawn.count(ACCENT, 12)
    book.page.mouse.click(*drawn.at("Place, by visits"))
    drawn.says("status", "2 sessions selected")
    assert set(selected(book)) == set(ids)
    assert drawn.count(ACCENT, 12) > before + 20
    book.page.mouse.click(*drawn.at("Place, by visits"))
    nothing_stays_selected(book)


def ctrl_adds_and_a_box_takes_all_in_it(drawn):
    book = drawn.book
    book.run("everybody = tenant.history(None); world.history = everybody")
    drawn.says("count", "places")
    book.run("world.selected = everybody.sessions['session_id'].tail(1)")
    drawn.says("status", "1 session selected")
    before = set(selected(book))
    x, y = drawn.at("Place, by visits")
    book.page.keyboard.down("Control")
    book.page.mouse.click(x, y)
    book.page.keyboard.up("Control")
    book.page.wait_for_timeout(400)
    assert before < set(selected(book))
    book.run("world.figure.layout.dragmode = 'select'; world.selected = ()")
    drawn.wait_for("el._fullLayout.dragmode === 'select'")
    box = drawn.figure.bounding_box()
    book.page.mouse.move(box["x"] + 5, box["y"] + 5)
    book.page.mouse.down()
    book.page.mouse.move(box["x"] + box["width"] - 5, box["y"] + box["height"] - 40, steps=4)
    book.page.mouse.up()
    drawn.says("status", "sessions selected")
    placed = eval(
        book.run("print(everybody.locations.dropna(subset=['latitude'])['session_id'].nunique())")
    )
    assert len(selected(book)) == placed
    book.run("world.figure.layout.dragmode = 'pan'")


def keys_alone_zoom_and_turn(drawn):
    book = drawn.book
    drawn.figure.focus()
    whole = drawn.view()
    for key in ("+", "ArrowLeft", "ArrowUp"):
        book.page.keyboard.press(key)
        book.page.wait_for_timeout(100)
    assert drawn.view()[0] == pytest.approx(1.6 * whole[0], rel=1e-3)
    assert drawn.view()[1] < whole[1]
    assert drawn.view()[3] > whole[3]
    book.page.keyboard.press("0")
    book.page.wait_for_timeout(300)
    assert drawn.view() == pytest.approx(whole, rel=1e-3)
    book.run("world.selected = history.sessions['session_id']")
    drawn.says("status", "2 sessions selected")
    book.page.keyboard.press("Escape")
    nothing_stays_selected(book)


def clusters_part_on_zooming_in(drawn):
    book = drawn.book
    book.run("everybody = tenant.history(None); world.history = everybody")
    drawn.says("count", "places")
    drawn.wait_for("el._fullData.find((one) => one.name === 'Place, by visits')._length > 3")
    far, whole = drawn.points("Place, by visits"), drawn.view()
    x, y = drawn.at("Place, by visits")
    book.page.mouse.move(x, y)
    for _ in range(4):
        book.page.mouse.wheel(0, -300)
        book.page.wait_for_timeout(50)
    drawn.wait_for(
        "el._fullData.find((one) => one.name === 'Place, by visits')._length > args[0]", far
    )
    assert drawn.view()[0] > 2 * whole[0]
    book.locator(".ps-map button", has_text="Fit").click()
    drawn.wait_for(
        "el._fullData.find((one) => one.name === 'Place, by visits')._length === args[0]", far
    )
    assert drawn.view() == pytest.approx(whole, rel=1e-3)


def a_selection_dims_the_others_and_signals_warn(drawn):
    book = drawn.book
    book.run(
        "user = tenant.truth.query(\"kind == 'geovelocity_anomaly'\").iloc[0]\n"
        "world.history = h = tenant.history(user['user_id'])\n"
        "there = h.locations.query('session_id == @user.session_id').iloc[-1]\n"
        "home = h.locations.query('place != @there.place').iloc[-1]\n"
        "world.signals = pd.DataFrame([dict(kind='geovelocity_anomaly', severity='high',"
        " session_id=user['session_id'], at=there['at'], summary='Too fast.',"
        " from_place=home['place'], to_place=there['place'])])"
    )
    drawn.figure.locator(".legend", has_text="Geovelocity anomaly").wait_for()
    bright = drawn.count(WARN, 12)
    assert bright > 100
    book.run("world.selected = tuple(h.locations.query('place == @home.place')['session_id'][:1])")
    drawn.says("status", "1 session selected")
    assert drawn.count(WARN, 12) < bright / 2
    book.run("world.selected = (user['session_id'],)")
    book.page.wait_for_timeout(300)
    assert drawn.count(WARN, 12) > 0.8 * bright


def what_an_analyst_adds_stays(drawn):
    book = drawn.book
    book.run(
        "world.figure.add_scattergeo(lat=[10], lon=[20], name='Office of mine')\n"
        "world.figure.add_annotation(text='Mind this', x=0.1, y=0.9, xref='paper', yref='paper')\n"
        "world.figure.update_layout(title_text='Case 7')"
    )
    drawn.figure.locator(".gtitle", has_text="Case 7").wait_for()
    book.locator(".ps-map button[title='Zoom in']").click()
    book.run("world.selected = history.sessions['session_id'].head(1)")
    drawn.says("status", "1 session selected")
    book.run("world.history = tenant.history(None)")
    drawn.says("count", "places")
    book.desk.set_theme("dark")
    drawn.wait_for("el._fullLayout.font.color === '#e6e9ec'")
    assert drawn.figure.locator(".annotation-text", has_text="Mind this").count() == 1
    assert drawn.figure.locator(".gtitle", has_text="Case 7").count() == 1
    assert drawn.points("Office of mine") == 1
    book.desk.set_theme("light")
    book.run(
        "world.figure.data = [one for one in world.figure.data if one.name != 'Office of mine']\n"
        "world.figure.layout.annotations = []; world.figure.layout.title = None"
    )


def nothing_is_offered_to_plotlys_makers(drawn):
    titles = drawn.figure.locator(".modebar-btn").evaluate_all(
        "all => all.map((one) => one.dataset.attr ?? one.dataset.title)"
    )
    assert titles
    assert drawn.figure.locator(".modebar-btn[data-title*='hart']").count() == 0


def empty_and_error_are_said_in_place(drawn):
    book = drawn.book
    book.run("world.history = ps.History.from_responses([])")
    drawn.says("message", "No sessions to show.")
    book.run("world.error = 'PingOne could not be reached.'")
    book.locator(".ps-map .ps-message[role=alert]", has_text="could not be reached").wait_for()


def it_follows_the_theme(drawn):
    drawn.book.desk.set_theme("dark")
    drawn.wait_for("el._fullLayout.font.color === '#e6e9ec'")
    assert drawn.count(LAND) < 100
    assert drawn.count(DARK_LAND) > 10_000


STEPS = (
    one_city_stands_in_the_middle_of_its_region,
    a_click_selects_the_sessions_seen_there,
    ctrl_adds_and_a_box_takes_all_in_it,
    keys_alone_zoom_and_turn,
    clusters_part_on_zooming_in,
    a_selection_dims_the_others_and_signals_warn,
    what_an_analyst_adds_stays,
    nothing_is_offered_to_plotlys_makers,
    empty_and_error_are_said_in_place,
    it_follows_the_theme,
)
AFRESH = "world.error = ''; world.signals = None; world.history = history; world.selected = ()"


def test_map_in_jupyterlab(notebook):
    # One notebook for all steps: to open it takes longer than they do.
    drawn = Drawn(notebook(SETUP))
    for step in STEPS:
        drawn.book.run(AFRESH)
        drawn.says("count", "1 place")
        drawn.book.page.wait_for_timeout(300)  # the browser takes in what the kernel has set
        step(drawn)
    drawn.book.picture("map-dark", drawn.book.locator(".ps-map").last)


CHANGED_BEFORE_IT_IS_SEEN = [
    "import ipywidgets, pingsessions_nb as ps\n"
    "world = ps.LocationMap()\n"
    "world.history = ps.demo().history('matteo.yilmaz')\n"
    "world.figure.add_scattergeo(lat=[10], lon=[20], name='Office of mine')\n"
    "ipywidgets.HBox([world, ipywidgets.VBox([world])])",
]


def test_what_a_cell_changes_before_the_browser_listens_is_seen_in_every_copy(notebook):
    book = notebook(CHANGED_BEFORE_IT_IS_SEEN)
    copies = book.locator(".ps-map .ps-figure")
    copies.nth(1).locator(".geolayer .scattergeo").first.wait_for(state="attached")
    book.page.wait_for_function(
        """() => [...document.querySelectorAll(".ps-map .ps-figure")].every((el) => {
            const { center, projection } = el._fullLayout.geo;
            const whole = el._fullData.some((one) => one.name === "Office of mine");
            const near = (one, other) => Math.abs(one - other) < 2;
            return whole && near(center.lat, 41) && near(projection.rotation.lon, -55);
        })"""
    )
