import numpy as np
import pandas as pd
import pytest

import pingsessions_nb as ps
from pingsessions_nb.figures.journeys import journeys, travels, visited
from pingsessions_nb.figures.map import fitting_view
from pingsessions_nb.figures.map_view import MapView
from pingsessions_nb.figures.palette import AUTO
from pingsessions_nb.places import great_circle


def located(*places):
    """A history of one user seen at (name, latitude, longitude), an hour apart."""
    start = pd.Timestamp("2026-01-01T00:00Z").as_unit("us")
    locations = pd.DataFrame(
        {
            "session_id": "s",
            "user_id": "u",
            "at": [start + pd.Timedelta(hours=k) for k in range(len(places))],
            "remote_ip": "192.0.2.1",
            "city": "x",
            "state": "x",
            "country": "x",
            "latitude": [place[1] for place in places],
            "longitude": [place[2] for place in places],
            "place_precision": "city",
            "place_radius_km": 10.0,
            "place": [place[0] for place in places],
        }
    )
    empty = ps.History.from_responses([])
    return ps.History(empty.users, empty.sessions, locations)


TOKYO, AUCKLAND, LIMA = ("Tokyo", 35.7, 139.7), ("Auckland", -36.8, 174.8), ("Lima", -12.0, -77.0)


def named(figure, name):
    (trace,) = (trace for trace in figure.data if trace.name == name)
    return trace


def test_the_example_is_in_tacoma(one_user):
    figure = ps.map_figure(one_user)
    spot = named(figure, "Place, by visits")
    assert {trace.type for trace in figure.data} == {"scattergeo"}
    assert (abs(spot.lat[0] - 47.25), abs(spot.lon[0] + 122.44)) < (0.2, 0.2)
    assert "Tacoma" in spot.hovertext[0]
    assert "5 visits in 2 sessions" in spot.hovertext[0]
    assert abs(figure.layout.geo.center.lat - 47.25) < 0.2


def test_every_visit_is_in_a_mark_of_its_size(everybody):
    spots = visited(everybody)
    assert spots["visits"].sum() == everybody.locations["latitude"].notna().sum()
    sizes = np.asarray(named(ps.map_figure(everybody), "Place, by visits").marker.size)
    assert sizes.max() > sizes.min()


def test_journeys_follow_time():
    history = located(TOKYO, AUCKLAND, AUCKLAND, TOKYO, AUCKLAND, LIMA)
    names = visited(history)["place"]
    moves = {
        (names[leg["from"]], names[leg["to"]]): leg["moves"]
        for leg in journeys(history).to_dict("records")
    }
    assert moves == {("Tokyo", "Auckland"): 2, ("Auckland", "Tokyo"): 1, ("Auckland", "Lima"): 1}


@pytest.mark.parametrize(
    "ends",
    [(51.5, -0.13, -33.9, 151.2), (69.7, 19.0, -54.8, -68.3), (-18.1, 178.4, -13.8, -171.8)],
    ids=["London and Sydney", "Tromso and Ushuaia", "Fiji and Samoa"],
)
@pytest.mark.parametrize("width", [440, 800, 1280, 2560])
def test_every_place_is_in_sight_at_any_width(ends, width):
    lat, lon = np.reshape(ends, (2, 2)).T
    view = MapView(width=width, height=470).fitting(lat, lon)
    assert view.sees(lat, lon).all()
    x, _ = view.project(lat, lon)
    assert ((x > 0.05 * width) & (x < 0.95 * width)).all()


@pytest.mark.parametrize(
    "ends",
    [
        [("Phoenix", 33.4, -112.1), ("Paris", 48.9, 2.3)],
        [("Perth", -32.0, 115.9), ("Santiago", -33.4, -70.7)],
        [("Quito", -0.2, -78.5), ("Kuala Lumpur", 3.1, 101.7)],
        [("Null", 0.0, 0.0), ("Antipode", 0.0, 180.0)],
    ],
    ids=lambda ends: f"{ends[0][0]} to {ends[1][0]}",
)
@pytest.mark.parametrize("width", [440, 1280, 2560])
def test_the_ways_between_places_are_in_sight(ends, width):
    view = fitting_view(travels(located(*ends)), width=width, height=360)
    lat, lon = great_circle(*ends[0][1:], *ends[1][1:])
    _, y = view.project([end[1] for end in ends], [end[2] for end in ends])
    assert ((y >= 0.099 * 360) & (y <= 0.901 * 360)).all()
    if "Antipode" not in ends[1]:
        _, y = view.project(lat, lon)
        assert ((y >= 0.02 * 360) & (y <= 0.98 * 360)).all()


def test_the_view_crosses_the_date_line():
    view = fitting_view(travels(located(AUCKLAND, LIMA)))
    assert -180 <= view.lon < -110
    for number in (
        view.scale,
        view.lon,
        view.lat,
    ):
        assert number == round(number, 6)


def test_one_city_is_shown_with_its_region():
    view = MapView(width=1000, height=520).fitting([47.25], [-122.44])
    assert (view.lat, view.lon) == pytest.approx((47.25, -122.44), abs=0.01)
    assert 300 < 520 / view.pixels_per_radius * 6371 < 900


def test_near_places_are_one_until_the_map_is_larger():
    tokyo, near = ("Tokyo", 35.7, 139.7), ("Yokohama", 35.4, 139.6)
    history = located(tokyo, near, LIMA)
    far = named(ps.map_figure(history), "Place, by visits")
    assert list(far.text) == ["", ""] or "2" in far.text
    assert len(far.lat) == 2
    close = MapView(width=980, height=470).fitting([35.7, 35.4], [139.7, 139.6])
    assert len(named(ps.map_figure(history, view=close), "Place, by visits").lat) == 3


def test_nothing_outside_is_asked_for(everybody):
    figure = ps.map_figure(everybody)
    assert figure.layout.geo.visible is False
    assert "http" not in figure.to_json()
    assert "sendChartToCloud" in figure.layout.modebar.remove


def test_impossible_journeys_have_the_warning_colour():
    signals = pd.DataFrame(
        {
            "kind": ["geovelocity_anomaly", "new_device"],
            "from_place": ["Tokyo", "Tokyo"],
            "to_place": ["Lima", "Auckland"],
        }
    ).astype("str")
    figure = ps.map_figure(located(TOKYO, LIMA, AUCKLAND), signals=signals)
    line = named(figure, "Geovelocity anomaly")
    assert line.line.color == AUTO.warn
    assert np.isnan(np.asarray(line.lon, dtype=float)).sum() == 1
    assert line.lat[0] == pytest.approx(35.7)
    assert len(named(figure, "Geovelocity anomaly, direction").lat) == 1


def test_nothing_to_show(nobody):
    figure = ps.map_figure(nobody)
    assert figure.layout.annotations[0].text == "No location to show on a map."


def test_texts_are_text():
    figure = ps.map_figure(located(("<img src=x onerror=alert(1)> $x$", 10.0, 10.0)))
    (text,) = named(figure, "Place, by visits").hovertext
    assert text.startswith("<b>&lt;img src=x onerror=alert(1)&gt; &#36;x&#36;</b><br>")
    (name,) = named(figure, "Names").text
    assert "<" not in name
    assert "$" not in name
