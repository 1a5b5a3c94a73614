"""Every place of a map in sight, whatever its width: the browser says where each mark is drawn."""

import pytest

SETUP = [
    "import pingsessions_nb as ps\n"
    "from pingsessions_nb.figures.journeys import travels\n"
    "from pingsessions_nb.figures.map import fitting_view\n"
    "own = ps.demo(users=3, seed=7).history(None)\n"
    "def seen_at(places):\n"
    "    rows = own.locations.head(len(places)).copy()\n"
    "    for name, values in zip(['place', 'latitude', 'longitude'], zip(*places)):\n"
    "        rows[name] = list(values)\n"
    "    rows['place_precision'], rows['place_radius_km'] = 'city', 10.0\n"
    "    return ps.History(own.users, own.sessions, rows)\n"
    "world = ps.LocationMap(own); world",
]
FAR_APART = [
    [("London, GB", 51.5, -0.13), ("Sydney, AU", -33.87, 151.21)],
    [("Tromsø, NO", 69.65, 18.96), ("Ushuaia, AR", -54.8, -68.3)],
    [("Suva, FJ", -18.14, 178.44), ("Apia, WS", -13.83, -171.77)],
    [("Nome, US", 64.5, -165.4), ("Anadyr, RU", 64.73, 177.5), ("Quito, EC", -0.2, -78.5)],
]
DRAWN = """(el) => {
    const traces = [...el.querySelectorAll("g.trace.scattergeo")];
    const drawn = (names, what) => traces
        .filter((one) => names.includes(one.__data__[0].trace.name))
        .flatMap((one) => [...one.querySelectorAll(what)]);
    const { width, height, _size: { w, h }, geo } = el._fullLayout;
    const frame = el.getBoundingClientRect();
    const ground = el.querySelector(".geo .layer.bg rect");
    const within = (node, below = 0) => {
        const { left, right, top, bottom } = node.getBoundingClientRect();
        const at = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
        return left >= frame.left && right <= frame.right && top >= frame.top
            && bottom <= frame.bottom - below && el.contains(at);
    };
    const places = ["Place, by visits", "Place in a signal", "State or country only"];
    return {
        marks: drawn(places, ".point").map((one) => within(one, height - h)),
        names: drawn(["Names"], "text").map((one) => [one.textContent, within(one)]),
        scale: geo.projection.scale,
        size: [Math.round(w), Math.round(h)],
        cut: [width - frame.width, height - frame.height],
        ground: ["width", "height"].map((side) => ground.getBoundingClientRect()[side]),
    };
}"""


def at_rest(book, history="h"):
    """What is drawn, once the view is the one that fits the plot's own size."""
    figure = book.locator(".ps-map .ps-figure").last
    figure.scroll_into_view_if_needed()
    told = {}
    for _ in range(40):
        book.wait_idle()
        book.page.wait_for_timeout(200)
        told = figure.evaluate(DRAWN)
        width, height = told["size"]
        fit = f"fitting_view(travels({history}), width={width}, height={height}).scale"
        if told["scale"] == pytest.approx(float(book.run(f"print({fit})")), rel=1e-3):
            return told
    raise AssertionError(f"fitted for another size: {told}")


def test_every_place_is_drawn_in_sight_at_any_width(notebook, desk):
    book = notebook(SETUP)
    book.locator(".ps-map .geolayer .scattergeo").first.wait_for(state="attached")
    for width in (2560, 1280, 800):
        desk.set_width(width)
        for places in FAR_APART:
            book.run(f"world.history = h = seen_at({places!r})")
            book.locator(".ps-map .ps-count", has_text=f"{len(places)} places").wait_for()
            for chosen in (0, 1):  # a selection's words may take a line from the map
                book.run(f"world.selected = h.locations['session_id'].head({chosen})")
                told = at_rest(book)
                assert told["marks"] == [True] * len(places), (width, places)
                assert sorted(told["names"]) == sorted([place, True] for place, *_ in places)
                assert max(map(abs, told["cut"])) < 1


MANY = [
    "import pingsessions_nb as ps\n"
    "from pingsessions_nb.figures.journeys import travels\n"
    "from pingsessions_nb.figures.map import fitting_view\n"
    "tenant = ps.demo(users=40, seed=7)\n"
    "explorer = ps.explore(tenant)\n"
    "explorer.value = tuple(tenant.users(search='matteo').user_id)",
    "explorer",
]


def test_a_map_beside_the_timeline_fits_however_its_room_changes(notebook):
    book = notebook(MANY)
    book.locator(".ps-map .geolayer .scattergeo").first.wait_for(state="attached")
    heights = []
    for _ in range(3):
        book.run("explorer.value = tuple(tenant.users().user_id)")
        book.locator(".ps-map .ps-count", has_text="places").wait_for()
        at_rest(book, "explorer.history")
        book.run("explorer.value = tuple(tenant.users(search='matteo').user_id)")
        book.locator(".ps-timeline .ps-count", has_text="1 user").wait_for()
        for chosen in (1, 0):
            book.run(f"explorer.selected = explorer.history.sessions['session_id'].head({chosen})")
            told = at_rest(book, "explorer.history")
            assert max(map(abs, told["cut"])) < 1
        bar, figure = (
            book.locator(f".ps-map {part}").bounding_box()
            for part in (".ps-picture-bar", ".ps-figure")
        )
        assert figure["y"] >= bar["y"] + bar["height"]
        heights.append(book.locator(".ps-map").bounding_box()["height"])
    assert max(heights) - min(heights) < 1, "a picture that grew shrinks again"


BEHIND = [
    SETUP[0] + "\nimport ipywidgets\n"
    "h = seen_at([('London, GB', 51.5, -0.13), ('Sydney, AU', -33.87, 151.21)])\n"
    "world = ps.LocationMap(h)\n"
    "ipywidgets.Tab([ipywidgets.HTML('first'), world], titles=['First', 'Map'])"
]


def test_a_map_drawn_while_it_was_hidden_is_right_when_it_is_seen(notebook, desk):
    book = notebook(BEHIND)
    desk.set_width(1280)
    book.wait_idle()
    book.run("world.selected = h.locations['session_id'].head(1)")
    book.locator(".lm-TabBar-tab", has_text="Map").click()
    book.locator(".ps-map .ps-status", has_text="1 session selected").wait_for()
    for theme, width in (("light", 1280), ("dark", 800), ("light", 1280)):
        desk.set_theme(theme)
        desk.set_width(width)
        told = at_rest(book)
        assert told["marks"] == [True, True]
        assert max(map(abs, told["cut"])) < 1
        assert told["ground"] == pytest.approx(told["size"], abs=2), (theme, width)
