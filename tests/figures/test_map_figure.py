import json

import numpy as np
import pandas as pd
import pytest

import pingsessions_nb as ps
from pingsessions_nb.figures.journeys import journeys, visited
from pingsessions_nb.figures.mercator import fitting_view


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


def test_the_example_is_in_tacoma(one_user):
    figure = ps.map_figure(one_user)
    (spot,) = figure.data
    assert spot.type == "scattermap"
    assert (abs(spot.lat[0] - 47.25), abs(spot.lon[0] + 122.44)) < (0.2, 0.2)
    assert "Tacoma" in spot.hovertext[0]
    assert "5 visits in 2 sessions" in spot.hovertext[0]
    assert abs(figure.layout.map.center.lat - 47.25) < 0.2


def test_places_are_sized_by_visits(everybody):
    spots = visited(everybody)
    assert spots["visits"].sum() == everybody.locations["latitude"].notna().sum()
    (trace,) = (t for t in ps.map_figure(everybody).data if t.name == "Place, by visits")
    sizes = np.asarray(trace.marker.size)
    assert (np.diff(sizes) <= 0).all()
    assert sizes[0] > sizes[-1]


def test_journeys_follow_time():
    legs = journeys(located(TOKYO, AUCKLAND, AUCKLAND, TOKYO, AUCKLAND, LIMA))
    moves = legs.set_index(["from_place", "to_place"])["moves"].to_dict()
    assert moves == {("Tokyo", "Auckland"): 2, ("Auckland", "Tokyo"): 1, ("Auckland", "Lima"): 1}


def test_a_journey_over_the_date_line_does_not_go_round_the_world():
    (line, _) = ps.map_figure(located(AUCKLAND, LIMA)).data
    lon = np.asarray(line.lon, dtype=float)
    steps = np.abs(np.diff(lon[~np.isnan(lon)]))
    assert steps.max() < 10
    assert np.ptp(lon[~np.isnan(lon)]) < 180


def test_the_view_crosses_the_date_line_too():
    center, zoom = fitting_view(pd.Series([-36.8, -12.0]), pd.Series([174.8, -77.0]), 1000, 520)
    assert -180 <= center["lon"] < -110
    assert zoom > 0.5
    for number in (zoom, *center.values()):  # not to the last bit, which is another each time
        assert number == round(number, 6)


def test_one_city_is_shown_with_its_region():
    center, zoom = fitting_view(pd.Series([47.25]), pd.Series([-122.44]), 1000, 520)
    assert center == pytest.approx({"lat": 47.25, "lon": -122.44})
    kilometres_high = 40075 * np.cos(np.radians(47.25)) * 520 / (512 * 2**zoom)
    assert 300 < kilometres_high < 900


def test_nothing_outside_is_asked_for(everybody):
    sent = ps.map_figure(everybody).to_json()
    assert "http" not in sent
    assert "mapbox" not in sent


def test_impossible_journeys_have_the_warning_colour():
    signals = pd.DataFrame(
        {
            "kind": ["geovelocity_anomaly", "new_device"],
            "from_place": ["Tokyo", "Tokyo"],
            "to_place": ["Lima", "Auckland"],
        }
    ).astype("str")
    figure = ps.map_figure(located(TOKYO, LIMA, AUCKLAND), signals=signals)
    (line,) = (trace for trace in figure.data if trace.name == "Impossible journey")
    assert line.line.color == "#b3261e"
    assert np.isnan(np.asarray(line.lon, dtype=float)).sum() == 1
    assert line.lat[0] == pytest.approx(35.7)


def test_nothing_to_show(nobody):
    figure = ps.map_figure(nobody)
    assert figure.layout.annotations[0].text == "No location to show on a map."


def test_texts_are_text():
    figure = ps.map_figure(located(("<img src=x onerror=alert(1)> $x$", 10.0, 10.0)))
    (text,) = json.loads(figure.to_json())["data"][0]["hovertext"]
    assert text.startswith("<b>&lt;img src=x onerror=alert(1)&gt; &#36;x&#36;</b><br>")
