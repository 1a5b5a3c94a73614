import threading

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
import traitlets

import pingsessions_nb as ps
from pingsessions_nb.widgets.location_map import ALL_UNPLACED, NO_LOCATIONS

SEED_USER = "710d6278-ccce-4a91-bdb9-ac7a4a0e60d5"
PLACES = ("State or country only", "Place, by visits", "Place in a signal")


@pytest.fixture(scope="module")
def tenant():
    return ps.demo(users=12, seed=7)


@pytest.fixture(scope="module")
def history(tenant):
    return tenant.history(None)


def part(world, name):
    (trace,) = (trace for trace in world.figure.data if trace.name == name)
    return trace


def marks(world):
    """Each mark's trace and what a click tells of it: the row of its place."""
    return [(name, row) for name in PLACES for row in part(world, name).customdata]


def told(world, **message):
    """What the front end says."""
    world.figure._handle_custom_msg(message, [])


def view_of(world):
    geo = world.figure.layout.geo
    return geo.projection.scale, geo.projection.rotation.lon, geo.center.lon, geo.center.lat


def test_its_figure_is_plotlys_own(history):
    world = ps.LocationMap(history)
    assert isinstance(world.figure, go.FigureWidget)
    assert {trace.type for trace in world.figure.data} == {"scattergeo"}
    drawn = sum(len(part(world, name).lat) for name in PLACES)
    located = history.locations.dropna(subset=["latitude"])
    distinct = located.drop_duplicates(["latitude", "longitude", "place_precision"])
    assert 1 < drawn <= len(distinct)
    assert repr(world) == f"LocationMap({len(history)} sessions, 12 users)"


def test_a_click_on_any_mark_selects_whoever_was_seen_there(history):
    world = ps.LocationMap(history)
    located = history.locations.dropna(subset=["latitude"])
    reached = set()
    for name, row in marks(world):
        world.selected = ()
        told(world, type="click", part=name, point=row)
        reached |= set(world.selected)
        mark = part(world, name)
        point = list(mark.customdata).index(row)
        at = located[
            np.isclose(located["latitude"], mark.lat[point])
            & np.isclose(located["longitude"], mark.lon[point])
        ]
        assert set(at["session_id"]) <= set(world.selected)
    assert reached == set(located["session_id"])


def test_ctrl_adds_takes_away_and_an_area_takes_all_in_it(history):
    world = ps.LocationMap(history)
    (first, one), (second, other) = marks(world)[:2]
    told(world, type="click", part=first, point=one)
    alone = world.selected
    told(world, type="click", part=second, point=other, add=True)
    assert set(alone) < set(world.selected)
    told(world, type="click", part=second, point=other, add=True)
    assert set(world.selected) <= set(alone)
    told(world, type="points", points=marks(world))
    assert set(world.selected) == set(history.locations.dropna(subset=["latitude"])["session_id"])
    told(world, type="points", points=[["Countries", 0]])
    assert world.selected == ()
    told(world, type="click", part="Place, by visits", point=10_000)  # of a picture before
    assert world.selected == ()


def test_a_selection_from_elsewhere_lights_up_its_places(history):
    world = ps.LocationMap(history)
    assert part(world, "Place, by visits").selectedpoints is None
    located = history.locations.dropna(subset=["latitude"])
    world.selected = located["session_id"].head(1)
    lit = [len(part(world, name).selectedpoints) for name in PLACES]
    assert 0 < sum(lit) < len(marks(world))
    assert world.bar.status == "1 session selected, seen at 1 place"
    world.selected = ()
    assert part(world, "Place, by visits").selectedpoints is None


def test_a_page_that_is_opened_later_is_told_all_of_it_at_once(history):
    world = ps.LocationMap(history)
    state = world.figure.get_state()
    assert [trace["name"] for trace in state["_widget_data"]] == [
        trace.name for trace in world.figure.data
    ]
    assert state["_widget_layout"]["geo"]["projection"]["scale"] == view_of(world)[0]


def test_places_part_on_zooming_in_and_fit_brings_all_back(history):
    world = ps.LocationMap(history)
    whole, far = view_of(world), len(marks(world))
    world.figure.layout.geo.projection.scale *= 8
    assert len(marks(world)) > far
    world.figure.update_layout(world.figure._fit)
    assert view_of(world) == pytest.approx(whole)
    assert len(marks(world)) == far


def test_another_size_shows_all_as_before_and_keeps_what_was_looked_at(history):
    world = ps.LocationMap(history)
    told(world, type="size", width=500, height=320)
    narrow = view_of(world)
    told(world, type="size", width=1800, height=320)
    told(world, type="size", width=500, height=320)
    assert view_of(world) == pytest.approx(narrow)
    world.figure.layout.geo.projection.scale = 20
    centre = view_of(world)[1:]
    told(world, type="size", width=1000, height=320)
    assert view_of(world)[1:] == pytest.approx(centre)
    assert view_of(world)[0] != pytest.approx(narrow[0], rel=0.2)


def browser_says(world, view, seen):
    """Send a view as a browser does that shows the kernel's change of number `seen`."""
    told = {"relayout_data": {**view, "_seen": seen}, "source_view_id": "one"}
    world.figure.set_state({"_js2py_relayout": told})


def test_a_view_that_was_replaced_on_its_way_is_no_zoom(tenant, history):
    world = ps.LocationMap(history)
    told(world, type="size", width=500, height=320)
    narrow, seen = dict(world.figure._fit), world.figure._last_layout_edit_id
    told(world, type="size", width=1800, height=320)
    wide = view_of(world)
    browser_says(world, narrow, seen)  # clicked, before the wide one had come
    assert view_of(world) == wide
    told(world, type="size", width=500, height=320)
    assert view_of(world)[0] == narrow["geo.projection.scale"]

    seen = world.figure._last_layout_edit_id
    world.history = tenant.history(SEED_USER)
    whole = view_of(world)
    browser_says(world, {"geo.projection.scale": 40}, seen)
    assert view_of(world) == whole
    seen = world.figure._last_layout_edit_id
    browser_says(world, {"geo.projection.scale": 40}, seen)
    told(world, type="size", width=900, height=320)
    assert view_of(world)[0] != pytest.approx(world.figure._fit["geo.projection.scale"], rel=0.1)


def test_a_view_that_is_slightly_off_the_fit_is_still_the_fit(history):
    world = ps.LocationMap(history)
    told(world, type="size", width=500, height=320)
    told(world, type="size", width=1400, height=320)
    wide = view_of(world)
    told(world, type="size", width=500, height=320)
    click = {"geo.projection.scale": view_of(world)[0] * (1 + 1e-9)}  # plotly's, after a click
    browser_says(world, click, world.figure._last_layout_edit_id)
    told(world, type="size", width=1400, height=320)
    assert view_of(world) == wide


def test_a_size_that_comes_while_there_is_nothing_to_show_counts_afterwards(history):
    world = ps.LocationMap(history)
    told(world, type="size", width=500, height=320)
    told(world, type="size", width=1400, height=320)
    wide = view_of(world)
    told(world, type="size", width=500, height=320)
    world.history = None
    told(world, type="size", width=1400, height=320)
    world.history = history
    assert view_of(world) == wide


def test_no_change_is_lost_while_a_browser_speaks_in_another_thread(history):
    # A kernel with subshells hears a browser in a thread of its own.
    world = ps.LocationMap(history)
    sent, ended = [], threading.Event()
    world.figure.observe(lambda change: sent.append(change["new"]), "_py2js_update")

    def speak():
        told = {"layout_delta": {}, "layout_edit_id": -1}
        while not ended.is_set():
            world.figure.set_state({"_js2py_layoutDelta": told})

    speaking = threading.Thread(target=speak)
    speaking.start()
    try:
        before = world.figure._last_layout_edit_id
        for width in range(500, 1000, 10):
            told(world, type="size", width=width, height=320)
        changes = world.figure._last_layout_edit_id - before
    finally:
        ended.set()
        speaking.join()
    assert len([one for one in sent if one]) == changes == 50


def test_what_an_analyst_adds_stays(tenant, history):
    world = ps.LocationMap(history)
    world.figure.add_scattergeo(lat=[10], lon=[20], name="Office of mine")
    world.figure.add_annotation(text="Mind this", x=0.1, y=0.9, xref="paper", yref="paper")
    world.figure.update_layout(title_text="Case 7", legend_y=1.1)
    world.figure.update_traces(marker_symbol="square", selector={"name": "Place, by visits"})
    world.figure.layout.geo.projection.scale *= 3
    world.selected = history.sessions["session_id"].head(2)
    world.history = tenant.history(SEED_USER)
    world.theme = "dark"
    assert list(part(world, "Office of mine").lat) == [10]
    assert world.figure.layout.annotations[0].text == "Mind this"
    assert world.figure.layout.title.text == "Case 7"
    assert world.figure.layout.legend.y == 1.1
    assert part(world, "Place, by visits").marker.symbol == "square"
    assert world.figure.layout.font.color == "#e6e9ec"
    assert len(part(world, "Place, by visits").lat) == 1


def test_impossible_journeys_are_drawn(history):
    located = history.locations.dropna(subset=["place"]).drop_duplicates("place")
    first, second = located["place"].iloc[:2]
    signals = pd.DataFrame(
        {
            "kind": ["geovelocity_anomaly", "geovelocity_anomaly", "new_device"],
            "severity": "high",
            "session_id": located["session_id"].iloc[0],
            "at": located["at"].iloc[0],
            "summary": "Too fast.",
            "from_place": [first, "Atlantis", first],
            "to_place": [second, second, second],
        }
    )
    world = ps.LocationMap(history)
    assert not len(part(world, "Geovelocity anomaly").lat)
    world.signals = signals
    assert len(part(world, "Geovelocity anomaly").lat) == 3  # two ends and a gap
    world.signals = None
    assert not len(part(world, "Geovelocity anomaly").lat)


def test_it_says_why_there_is_nothing_to_show(history):
    world = ps.LocationMap()
    assert world.bar.message == "No sessions to show."
    nowhere = ps.History(history.users, history.sessions, history.locations.head(0))
    world.history = nowhere
    assert world.bar.message == NO_LOCATIONS
    unknown = history.locations.assign(latitude=np.nan, longitude=np.nan)
    world.history = ps.History(history.users, history.sessions, unknown)
    assert world.bar.message == ALL_UNPLACED
    world.error = "PingOne could not be reached."
    assert (world.bar.message, world.bar.is_error) == ("PingOne could not be reached.", True)
    world.error = ""
    world.history = history
    assert world.bar.message == ""


def test_wrong_values_are_refused_with_a_sentence(history):
    with pytest.raises(traitlets.TraitError, match="selected takes ids out of it"):
        ps.LocationMap(history, selected=("nobody",))
    with pytest.raises(traitlets.TraitError, match="is no time zone"):
        ps.LocationMap(history, time_zone="Mars/Olympus")
