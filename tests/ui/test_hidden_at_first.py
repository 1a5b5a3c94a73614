"""Timeline and map that nobody sees at first, or sees twice: right once they are seen."""

import pytest

SETUP = [
    "import ipywidgets, pandas as pd, pingsessions_nb as ps\n"
    "tenant = ps.demo(users=30, seed=7)\n"
    "h = tenant.history(tenant.users(limit=2))\n"
    "def pair(history=h):\n"
    "    when, where = ps.SessionTimeline(history), ps.LocationMap(history)\n"
    "    ipywidgets.link((when, 'selected'), (where, 'selected'))\n"
    "    return when, where\n"
    "def named(name, *parts, **options):\n"
    "    box = ipywidgets.VBox(parts, **options); box.add_class(name); return box\n"
    "everybody = tenant.history(None)\n"
    "rows, first = everybody.sessions.head(20), everybody.sessions['created_at'].min()\n"
    "rows = rows.assign(created_at=first, active_at=first, last_sign_on_at=first)\n"
    "where = everybody.locations\n"
    "where = where[where['session_id'].isin(rows['session_id'])].assign(at=first)\n"
    "same = ps.History(everybody.users, rows, where)\n"
    "tab, fold, none, twice, once = pair(), pair(), pair(), pair(), pair(same)",
    "ipywidgets.Tab([ipywidgets.HTML('first'), named('in-tab', *tab)], titles=['First', 'Tab'])",
    "folded = ipywidgets.Accordion([named('in-fold', *fold)], titles=['Fold']); folded",
    "unseen = named('in-none', *none, layout={'display': 'none'}); unseen",
    "ipywidgets.HBox([named('in-left', *twice), named('in-right', *twice)])",
    "named('in-once', *once)",
]
# Bars and places as they are drawn: how many, how many are of what is selected, and how well the
# figure fits its place.
SEEN = """(name) => ["timeline", "map"].map((kind) => {
    const el = document.querySelector(`.in-${name} .ps-${kind} .ps-figure`);
    const marks = kind === "map" ? ".scattergeo .point" : ".barlayer .point path";
    const inside = el?._fullLayout && el.getBoundingClientRect();
    const plot = el?.querySelector(kind === "map" ? ".geo .layer.bg rect" : ".nsewdrag");
    if (!inside?.width || !plot) return {};
    const drawn = [...el.querySelectorAll(marks)].filter((one) => {
        const { left, right, top, bottom, width, height } = one.getBoundingClientRect();
        const outline = parseFloat(getComputedStyle(one).strokeWidth);  // of no time: all of a bar
        return width + outline >= 2 && height >= 1
            && left >= inside.left - 1 && right <= inside.right + 1
            && top >= inside.top - 1 && bottom <= inside.bottom;
    });
    const bright = (one) => Number(getComputedStyle(one).opacity) > 0.6;
    return {
        drawn: drawn.length,
        bright: drawn.filter(bright).length,
        off: Math.max(...["width", "height"].map((side) =>
            Math.abs(el._fullLayout[side] - inside[side]))),
        part: plot.getBoundingClientRect().width / inside.width,
    };
})"""

LENGTH = """(name) => {
    const [from, to] = document.querySelector(`.in-${name} .ps-timeline .ps-figure`)._fullLayout
        .xaxis.range.map(Date.parse);
    return to - from;
}"""


def seen(book, name, told=lambda when, where: where):
    """What is drawn of a pair, once it has come to rest and is as `told` says."""
    book.locator(f".in-{name} .ps-map .ps-bar").scroll_into_view_if_needed()
    before = None
    for _ in range(30):
        book.wait_idle()
        book.page.wait_for_timeout(150)
        when, where = book.page.evaluate(SEEN, name)
        now = when, where
        if when and where and now == before and told(*now):
            break
        before = now
    assert when, f"{name}: no timeline"
    assert where, f"{name}: no map"
    for part in now:
        assert part["off"] < 1, (name, now)
        assert part["part"] > 0.6, (name, now)
    return now


@pytest.fixture
def book(notebook, desk):
    opened = notebook(SETUP)
    desk.set_width(1280, 1000)
    return opened


def test_what_was_hidden_and_what_is_seen_twice_is_right(book):
    sessions = int(book.run("print(len(h))"))
    for name in ("tab", "fold", "none", "twice"):
        book.run(f"{name}[0].selected = h.sessions['session_id'].head(1)")
    book.locator(".lm-TabBar-tab", has_text="Tab").last.click()
    book.run("folded.selected_index = 0; unseen.layout.display = None")
    for name in ("tab", "fold", "none", "left", "right"):
        when, where = seen(book, name, lambda when, where: when["bright"] == 1)
        assert when["drawn"] == sessions, name
        assert when["bright"] == 1, name
        assert 1 <= where["bright"] < where["drawn"], name
    when, _ = seen(book, "once")
    assert when["drawn"] == 20
    assert float(book.page.evaluate(LENGTH, "once")) > 60_000, "minutes, not no time at all"
