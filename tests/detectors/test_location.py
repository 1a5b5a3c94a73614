"""`user_location_anomaly`: what is far from where somebody was before."""

import pytest
from made_history import LINUX, event, history, session, usual

import pingsessions_nb as ps


def found_in(*sessions, **thresholds):
    return ps.signals(history(*sessions), kinds="user_location_anomaly", **thresholds)


def test_a_far_place_after_the_baseline_is_found_once():
    found = found_in(
        *usual(),
        session(0, event(0, "london"), event(1, "london"), name="first"),
        session(30, event(30, "london"), name="second"),
    )
    assert found["session_id"].tolist() == ["first"]
    row = found.iloc[0]
    assert row["severity"] == "low"  # the user's own device was taken along
    assert row["evidence"]["own_device"]
    assert row["from_place"] == "Tacoma, Washington, US"
    assert row["to_place"].startswith("London")
    assert row["evidence"]["new_country"]
    assert 7_500 < row["distance_km"] < 7_800


def test_the_first_sessions_are_the_baseline():
    travels = [
        session(24 * day, event(24 * day, place))
        for day, place in enumerate(["tacoma", "london", "lagos", "paris", "sapporo"])
    ]
    assert found_in(*travels).empty
    assert len(found_in(*travels, baseline_sessions=2)) == 3
    away = session(120, event(120, "tijuana"))
    assert found_in(*travels, away)["to_place"].str.startswith("Tijuana").tolist() == [True]


def test_a_stolen_old_session_is_found_too():
    """The session began within the baseline; what happens in it now did not."""
    old = session(-200, event(-200), event(1, "lagos"), name="old")
    assert found_in(old, *usual())["session_id"].tolist() == ["old"]


@pytest.mark.parametrize(("radius", "found"), [(50, 1), (10, 1), (2_000, 0)])
def test_the_radius_decides(radius, found):
    visits = [*usual(), session(0, event(0, "san diego"))]
    assert len(found_in(*visits, location_radius_km=radius)) == found


def test_within_the_radius_of_any_place_of_the_past_is_usual():
    assert found_in(*usual(), session(0, event(0, "seattle"))).empty
    past = [session(-300, event(-300, "london")), *usual()]
    assert found_in(*past, session(0, event(0, "london"))).empty


def test_another_place_in_the_same_country_is_less_severe():
    assert found_in(*usual(), session(0, event(0, "san diego")))["severity"].tolist() == ["low"]


def test_radii_make_places_nearer():
    assert found_in(*usual(), session(0, event(0, "usa"))).empty
    past = [*usual(), session(-1, event(-1, "japan"))]
    assert found_in(*past, session(20, event(20, "sapporo")))["to_place"].tolist() == ["Japan"]


def test_known_networks_neither_raise_findings_nor_are_a_past():
    networks = {"VPN": "198.51.100.0/28"}
    by_vpn = session(0, event(0, "london", "198.51.100.1"))
    assert found_in(*usual(), by_vpn, known_networks=networks).empty
    in_london = session(9, event(9, "london", "185.1.2.3"), name="there")
    found = found_in(*usual(), by_vpn, in_london, known_networks=networks)
    assert found["session_id"].tolist() == ["there"]


def test_a_session_has_one_finding_its_furthest_place():
    both = session(0, event(0, "san diego"), event(20, "london"))
    assert found_in(*usual(), both)["to_place"].str.startswith("London").tolist() == [True]


@pytest.mark.parametrize("days", [1, 8])
def test_a_strangers_device_abroad_is_more_severe(days):
    taken = session(40, event(40, "london"), device=LINUX)
    found = found_in(*usual(days=days), taken)
    assert found["severity"].tolist() == ["medium"]
    assert not found["evidence"][0]["own_device"]
