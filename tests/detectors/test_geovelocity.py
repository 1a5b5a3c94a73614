"""`geovelocity_anomaly`: who is in two places, and how sure that is."""

import numpy as np
import pytest
from made_history import event, history, session

import pingsessions_nb as ps
from pingsessions_nb.places import distance_km


def found_in(*sessions, **thresholds):
    return ps.signals(history(*sessions), kinds="geovelocity_anomaly", **thresholds)


def test_a_cookie_in_two_places_is_severe():
    stolen = session(0, event(0), event(0.5), event(0.75, "lagos", "185.1.2.3"), name="stolen")
    found = found_in(stolen)
    assert len(found) == 1
    row = found.iloc[0]
    assert row[["kind", "severity", "user_id", "session_id"]].tolist() == [
        "geovelocity_anomaly",
        "high",
        "ann",
        "stolen",
    ]
    assert row["within_session"]
    assert row["at"] == history(stolen).locations["at"].iloc[2]
    assert row["from_place"] == "Tacoma, Washington, US"
    assert row["to_place"] == "Lagos, NG"
    places = history(stolen).locations.iloc[[0, 2]]
    whole = distance_km(*places[["latitude", "longitude"]].to_numpy().ravel())
    assert row["distance_km"] == pytest.approx(whole - places["place_radius_km"].sum())
    assert row["hours"] == pytest.approx(0.25)
    assert row["speed_kmh"] == pytest.approx(row["distance_km"] / 0.25)
    assert row["evidence"]["from_ip"] == "24.1.2.3"
    assert row["evidence"]["to_ip"] == "185.1.2.3"
    assert row["evidence"]["impossible_journeys"] == 1
    assert row["summary"].startswith(
        "One session was used in Tacoma, Washington, US and 15 minutes later in Lagos, NG, at least"
    )


def test_between_sessions_the_later_one_is_named():
    found = found_in(session(0, name="home"), session(3, event(3, "lagos"), name="away"))
    assert found["session_id"].tolist() == ["away"]
    assert not found["within_session"].any()
    assert found["severity"].tolist() == ["high"]  # more than twice the speed allowed
    assert found["evidence"][0]["from_session_id"] == "home"
    assert "in another session" in found["summary"][0]


@pytest.mark.parametrize(("hours", "severity"), [(7.5, "medium"), (3.5, "high"), (9.0, None)])
def test_speed_decides(hours, severity):
    # Tacoma and London are 7,680 km apart at the least, 7.5 hours at 1,024 km/h.
    found = found_in(session(0), session(hours, event(hours, "london")))
    assert found["severity"].tolist() == ([severity] if severity else [])


def test_speed_and_distance_allowed_can_be_set():
    trip = [session(0), session(9, event(9, "london"))]
    assert len(found_in(*trip, max_speed_kmh=800)) == 1
    assert found_in(*trip, max_speed_kmh=800, min_distance_km=8_000).empty


def test_the_same_moment_far_apart_counts():
    found = found_in(session(0, event(1)), session(0.5, event(1, "london")))
    assert len(found) == 1
    assert np.isinf(found["speed_kmh"][0])
    assert found["hours"][0] == 0
    assert "at the same moment" in found["summary"][0]


def test_near_cities_are_no_journey_however_fast():
    assert found_in(session(0, event(0), event(0.01, "seattle"))).empty


@pytest.mark.parametrize(
    ("before", "after"),
    [("tacoma", "usa"), ("usa", "san diego"), ("sapporo", "japan"), ("tijuana", "mexico")],
)
def test_a_country_is_no_distance_from_its_cities(before, after):
    assert found_in(session(0, event(0, before), event(0.1, after)), min_distance_km=0).empty


def test_a_state_is_no_distance_from_its_cities():
    assert found_in(session(0, event(0, "washington"), event(0.01, "seattle"))).empty


def test_a_country_too_far_for_its_radius_is_found():
    found = found_in(session(0, event(0), event(1, "iceland")))
    places = history(session(0, event(0), event(1, "iceland"))).locations
    whole = distance_km(*places[["latitude", "longitude"]].to_numpy().ravel())
    assert found["distance_km"][0] == pytest.approx(whole - places["place_radius_km"].sum())


def test_a_vague_place_in_between_hides_nothing():
    assert found_in(session(0, event(0.4, "usa"), event(0.5, "tijuana"))).empty
    found = found_in(session(0, event(0), event(0.4, "usa"), event(0.5, "tijuana")))
    assert found["from_place"].tolist() == ["Tacoma, Washington, US"]
    assert found["hours"].tolist() == [0.5]


def test_events_without_a_place_are_passed_over():
    found = found_in(session(0, event(0), event(0.2, "nowhere"), event(0.5, "london")))
    assert found["from_place"].tolist() == ["Tacoma, Washington, US"]


def test_known_networks_say_nothing_about_where_somebody_is():
    away = session(1, event(1, "paris", "198.51.100.9"))
    assert len(found_in(session(0), away)) == 1
    assert found_in(session(0), away, known_networks={"VPN Paris": "198.51.100.0/28"}).empty
    assert len(found_in(session(0), away, known_networks={"VPN": "198.51.100.16/28"})) == 1


def test_a_session_has_one_finding_its_fastest_journey():
    there_and_back = session(
        0, event(0), event(1, "london"), event(1.5), event(4, "london"), name="busy"
    )
    found = found_in(there_and_back)
    assert found["session_id"].tolist() == ["busy"]
    assert found["hours"].tolist() == [0.5]
    assert found["evidence"][0]["impossible_journeys"] == 3


def test_another_session_in_between_does_not_hide_a_stolen_cookie():
    stolen = session(0, event(0), event(1, "lagos"), name="stolen")
    found = found_in(stolen, session(0.4, event(0.5), name="phone"))
    assert found["session_id"].tolist() == ["stolen"]
    assert found["within_session"].tolist() == [True]
    assert found["summary"][0].startswith(
        "One session was used in Tacoma, Washington, US and 60 minutes later in Lagos"
    )
    assert found["evidence"][0]["impossible_journeys"] == 2


def test_each_of_two_stolen_cookies_is_found():
    one = session(0, event(0), event(1, "lagos"), name="one")
    other = session(0.2, event(0.2), event(0.6, "usa"), event(0.7, "lagos"), name="other")
    found = found_in(one, other)
    assert sorted(found["session_id"]) == ["one", "other"]
    assert found["within_session"].all()


def test_a_journey_within_the_session_comes_before_a_faster_one():
    # 7,680 km in 7.5 hours within the session, in 7.4 from the other one.
    used = session(0, event(0), event(7.5, "london"), name="used")
    found = found_in(used, session(0.1, event(0.1)))
    assert found["within_session"].tolist() == [True]
    assert found["severity"].tolist() == ["high"]
    assert found["hours"].tolist() == [7.5]


def test_users_are_not_compared_with_each_other():
    assert found_in(session(0), session(0.5, event(0.5, "london"), user="bob")).empty


@pytest.mark.parametrize(
    ("places", "severity"),
    [
        (("tacoma", "lagos"), "high"),  # far, and abroad
        (("london", "paris"), "medium"),  # abroad, but near
        (("san diego", "tacoma"), "medium"),  # far within a country
        (("paris", "nice"), "low"),  # a carrier's gateway may lie there
    ],
)
def test_severity_says_how_soon_somebody_should_look(places, severity):
    hop = session(0, event(0, places[0]), event(0.1, places[1], "185.1.2.3"))
    assert found_in(hop)["severity"].tolist() == [severity]


def test_what_took_longer_than_a_day_is_no_journey():
    trip = [session(0), session(25, event(25, "sapporo"))]
    assert found_in(*trip, max_speed_kmh=100).empty
    assert len(found_in(*trip, max_speed_kmh=100, geovelocity_hours=26)) == 1


def daily(days, place, start=0):
    """A session each day that goes from home to a place within ten minutes."""
    return [
        session(h, event(h), event(h + 1 / 6, place, f"62.1.{h % 250}.9"))
        for h in range(start, start + days * 24, 24)
    ]


def test_a_hop_of_every_day_is_at_most_one_finding_of_low_severity():
    home = [session(h, event(h, "paris")) for h in range(-72, 0, 24)]
    hops = [
        session(h, event(h, "paris"), event(h + 1 / 6, "nice", "62.1.2.9"))
        for h in range(0, 9 * 24, 24)
    ]
    found = ps.signals(history(*home, *hops))
    assert found["severity"].tolist() == ["low"]
    assert found["evidence"][0]["habit_days"] == 9
    assert "on 9 days" in found["summary"][0]
    assert len(ps.signals(history(*home, *hops[:2]))) == 2  # twice is no habit


def test_across_a_border_only_earlier_days_make_a_habit():
    found = found_in(*daily(6, "lagos"))
    assert found["severity"].tolist() == ["high"] * 3
