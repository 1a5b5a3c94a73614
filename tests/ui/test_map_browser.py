"""LocationMap in a real JupyterLab: what is drawn, and what mouse and keys do."""

import contextlib
import io
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from PIL import Image

SETUP = [
    "import pandas as pd, pingsessions_nb as ps\n"
    "tenant = ps.demo(users=30, seed=7)\n"
    "history = tenant.history('710d6278-ccce-4a91-bdb9-ac7a4a0e60d5')",
    "world = ps.LocationMap(history); world",
]
PLACE = (0, 114, 178)
LAND = (230, 233, 228)
TILE = (120, 120, 120)
ACCENT = (11, 99, 206)
WARN = (179, 38, 30)


class Drawn:
    """The canvas as a person sees it."""

    def __init__(self, book):
        self.book = book
        self.canvas = book.locator(".ps-map canvas.ps-canvas").last
        self.canvas.wait_for()
        self.canvas.scroll_into_view_if_needed()

    def pixels(self):
        self.book.page.mouse.move(0, 0)
        self.book.page.wait_for_timeout(200)
        return Image.open(io.BytesIO(self.canvas.screenshot())).convert("RGB")

    def count(self, color, near=3):
        return sum(
            number
            for number, pixel in self.pixels().getcolors(1 << 24)
            if all(abs(a - b) <= near for a, b in zip(pixel, color, strict=True))
        )

    def middle(self):
        box = self.canvas.bounding_box()
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def text(self, part):
        return self.book.locator(f".ps-map .ps-{part}").last.inner_text()


def selected(book):
    book.wait_idle()
    return eval(book.run("print(world.selected)"))


def one_city_stands_in_the_middle_of_its_region(drawn):
    assert "1 place · 5 visits" in drawn.text("count")
    image = drawn.pixels()
    land = sum(n for n, pixel in image.getcolors(1 << 24) if pixel == LAND)
    assert 0.3 < land / (image.width * image.height) < 0.95
    drawn.book.page.mouse.move(*drawn.middle())
    tip = drawn.book.locator(".ps-map .ps-tip")
    tip.wait_for(state="visible")
    text = tip.inner_text()
    for fact in ("Tacoma, Washington, US", "City, within", "30 Jul 2020, 18:51:39", "174.xx"):
        assert fact in text


def a_click_selects_the_sessions_seen_there(drawn):
    book = drawn.book
    ids = eval(book.run("print(list(history.sessions['session_id']))"))
    before = drawn.count(ACCENT)
    book.page.mouse.click(*drawn.middle())
    assert set(selected(book)) == set(ids)
    assert drawn.count(ACCENT) > before + 20
    x, y = drawn.middle()
    book.page.mouse.click(x + 200, y + 60)
    assert selected(book) == ()


def keys_alone_go_from_place_to_place(drawn):
    book = drawn.book
    drawn.canvas.focus()
    book.page.keyboard.press("n")
    assert "Tacoma, Washington, US · 5 visits · 2 sessions" in drawn.text("status")
    book.page.keyboard.press("Enter")
    assert len(selected(book)) == 2
    book.page.keyboard.press("Escape")
    assert selected(book) == ()
    before = drawn.pixels()
    for key in ("-", "ArrowLeft", "ArrowUp"):
        book.page.keyboard.press(key)
    assert drawn.pixels() != before
    book.page.keyboard.press("0")
    assert drawn.pixels().getpixel((20, 20)) == before.getpixel((20, 20))


def clusters_part_on_zooming_in(drawn):
    book = drawn.book
    book.run("everybody = tenant.history(None); world.history = everybody")
    book.locator(".ps-map .ps-count", has_text="places").wait_for()
    far = drawn.count(PLACE, 20)
    book.page.mouse.move(*drawn.middle())
    for _ in range(4):
        book.page.mouse.wheel(0, -200)
    book.page.wait_for_timeout(300)
    assert drawn.count(PLACE, 20) != far
    book.locator(".ps-map button", has_text="Fit").click()
    assert abs(drawn.count(PLACE, 20) - far) < 0.02 * far


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
    book.locator(".ps-map .ps-legend", has_text="Impossible journey").wait_for()
    bright = drawn.count(WARN, 12)
    assert bright > 100
    book.run("world.selected = tuple(h.locations.query('place == @home.place')['session_id'][:1])")
    book.locator(".ps-map .ps-status", has_text="1 session selected").wait_for()
    assert drawn.count(WARN, 12) < bright / 2
    book.run("world.selected = (user['session_id'],)")
    book.page.wait_for_timeout(200)
    assert drawn.count(WARN, 12) > 0.8 * bright


def empty_and_error_are_said_in_place(drawn):
    book = drawn.book
    book.run("world.history = ps.History.from_responses([])")
    book.locator(".ps-map .ps-message", has_text="No sessions to show on the map.").wait_for()
    book.run("world.error = 'PingOne could not be reached.'")
    book.locator(".ps-map .ps-message[role=alert]", has_text="could not be reached").wait_for()


def it_follows_the_theme(drawn):
    drawn.book.desk.set_theme("dark")
    drawn.book.page.wait_for_timeout(300)
    assert drawn.count(LAND) < 100
    assert drawn.count((43, 50, 56)) > 10_000


@contextlib.contextmanager
def tile_server():
    """Serve grey tiles; yields their address and the list of paths that were asked for."""
    asked = []
    tile = io.BytesIO()
    Image.new("RGB", (256, 256), TILE).save(tile, "PNG")

    class Tiles(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "image/png")
            self.end_headers()
            self.wfile.write(tile.getvalue())

        def log_message(self, *args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Tiles) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/{{z}}/{{x}}/{{y}}.png", asked
        server.shutdown()


def tiles_come_from_a_server_that_was_named_and_no_other(drawn):
    book = drawn.book
    assert drawn.count(TILE, 1) < 100
    with tile_server() as (address, asked):
        book.run(f"world.tiles = {address!r}; world.tile_attribution = 'Grey & <b>plain</b>'")
        book.locator(".ps-map .ps-credit", has_text="Grey & <b>plain</b>").wait_for()
        book.page.wait_for_timeout(500)
        assert drawn.count(TILE, 1) > 50_000
        assert asked
        assert all(re.fullmatch(r"/\d+/\d+/\d+\.png", path) for path in asked)
        assert len(asked) == len(set(asked))
        book.run("world.tiles = ''")
        assert drawn.count(TILE, 1) < 100
        assert drawn.count(LAND) > 10_000


STEPS = (
    one_city_stands_in_the_middle_of_its_region,
    a_click_selects_the_sessions_seen_there,
    keys_alone_go_from_place_to_place,
    clusters_part_on_zooming_in,
    a_selection_dims_the_others_and_signals_warn,
    tiles_come_from_a_server_that_was_named_and_no_other,
    empty_and_error_are_said_in_place,
    it_follows_the_theme,
)
AFRESH = "world.error = ''; world.signals = None; world.history = history; world.selected = ()"


def test_map_in_jupyterlab(notebook):
    # One notebook for all steps: to open it takes longer than they do.
    drawn = Drawn(notebook(SETUP))
    for step in STEPS:
        drawn.book.run(AFRESH)
        drawn.book.page.wait_for_timeout(300)  # the browser takes in what the kernel has set
        step(drawn)
    drawn.book.picture("map-dark", drawn.book.locator(".ps-map").last)
