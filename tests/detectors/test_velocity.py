"""`ip_velocity` and `user_velocity`: many addresses of one user, many users at one address."""

import pandas as pd
import pytest
from made_history import event, history, session, usual

import pingsessions_nb as ps
from pingsessions_nb.detectors import crowded_addresses, join_signals, newcomers

CROWD = [f"user {number}" for number in range(6)]


def hop(number, *, minutes=5.0, ip="185.1.2.{}", **facts):
    events = [event(n * minutes / 60, ip=ip.format(n)) for n in range(number)]
    return session(0, *events, **facts)


def of_kind(kind, *sessions, **thresholds):
    return ps.signals(history(*sessions), kinds=kind, **thresholds)


@pytest.mark.parametrize(("addresses", "severity"), [(5, None), (6, "medium"), (12, "high")])
def test_addresses_within_an_hour_are_counted(addresses, severity):
    found = of_kind("ip_velocity", hop(addresses))
    assert found["severity"].tolist() == ([severity] if severity else [])
    if severity:
        assert found["summary"][0].startswith(f"The user came from {addresses} different addresses")
        assert len(found["evidence"][0]["addresses"]) == addresses


def test_the_hour_slides_and_both_its_ends_belong_to_it():
    assert len(of_kind("ip_velocity", hop(6, minutes=12))) == 1
    assert of_kind("ip_velocity", hop(6, minutes=12.1)).empty
    assert len(of_kind("ip_velocity", hop(6, minutes=12.1), ip_velocity_hours=2)) == 1
    assert len(of_kind("ip_velocity", hop(3), ip_velocity_addresses=3)) == 1


def test_each_session_among_them_has_a_finding():
    first = session(0, *(event(n / 60, ip=f"185.1.2.{n}") for n in range(3)), name="first")
    second = session(
        0.5, *(event(0.5 + n / 60, ip=f"185.1.3.{n}") for n in range(3)), name="second"
    )
    later = session(5, name="later")
    found = of_kind("ip_velocity", first, second, later)
    assert sorted(found["session_id"]) == ["first", "second"]


def test_more_addresses_than_the_hour_held_are_told_apart():
    found = of_kind("ip_velocity", hop(20, minutes=10))
    assert found["summary"].tolist() == [
        "The user came from up to 7 different addresses within an hour, 20 altogether: 185.1.2.0, "
        "185.1.2.1, 185.1.2.2 and 17 more."
    ]
    assert found["severity"].tolist() == ["medium"]
    assert found["evidence"][0]["most_at_once"] == 7
    assert len(found["evidence"][0]["addresses"]) == 20


def test_a_session_among_many_addresses_twice_is_told_by_the_more_severe_time():
    few = [event(n / 60, ip=f"185.1.2.{n}") for n in range(6)]
    many = [event(50 + n / 60, ip=f"185.1.3.{n}") for n in range(12)]
    found = of_kind("ip_velocity", session(0, *few, *many))
    assert found["severity"].tolist() == ["high"]
    assert found["summary"][0].startswith("The user came from 12 different addresses")
    assert found["at"].tolist() == history(session(0, *many)).locations["at"].tolist()[:1]


def test_an_address_seen_again_and_again_is_one():
    again = session(0, *(event(n / 10, ip=f"185.1.2.{n % 5}") for n in range(50)))
    assert of_kind("ip_velocity", again).empty


def test_masked_and_broken_and_known_addresses_do_not_count():
    assert of_kind("ip_velocity", hop(9, ip="174.xx.xx.{}xx")).empty
    assert of_kind("ip_velocity", hop(9, ip="1.2.3.4.{}")).empty
    assert of_kind("ip_velocity", hop(9, ip="999.1.1.{}")).empty
    assert len(of_kind("ip_velocity", hop(9, ip="2001:db8:0:{}::1"))) == 1
    assert of_kind("ip_velocity", hop(9, ip="2001:db8::{}")).empty  # one /64 is one address
    networks = {"VPN": "185.1.2.0/24", "six": "2001:db8::/32"}
    assert of_kind("ip_velocity", hop(9), known_networks=networks).empty
    assert of_kind("ip_velocity", hop(9, ip="2001:DB8:0:{}::1"), known_networks=networks).empty


def crowd(users=CROWD, ip="185.9.9.9", minutes=5.0, **facts):
    sessions = [one for user in users for one in usual(user)]
    attacks = [
        session(n * minutes / 60, event(n * minutes / 60, ip=ip), user=user, name=f"at {user}")
        for n, user in enumerate(users)
    ]
    return [*sessions, *attacks]


def test_users_new_to_an_address_are_counted():
    found = of_kind("user_velocity", *crowd())
    assert sorted(found["session_id"]) == sorted(f"at {user}" for user in CROWD)
    assert set(found["severity"]) == {"medium"}
    assert found["evidence"][0] == {"address": "185.9.9.9", "users": 6, "window_hours": 1.0}
    assert found["summary"][0] == (
        "6 users appeared at 185.9.9.9 within an hour; none was ever seen there before."
    )
    assert of_kind("user_velocity", *crowd(CROWD[:4])).empty
    assert of_kind("user_velocity", *crowd(minutes=16)).empty
    assert len(of_kind("user_velocity", *crowd(), user_velocity_users=6)) == 6
    assert of_kind("user_velocity", *crowd(), user_velocity_users=7).empty


def test_a_session_at_two_crowded_addresses_is_told_by_the_more_severe_one():
    many = [f"user {number}" for number in range(12)]
    sessions = [one for user in many for one in usual(user)]
    for n, user in enumerate(many):
        first = [event(n / 60, ip="185.7.7.7")] if n < 6 else []
        sessions.append(session(0, *first, event(0.5 + n / 60, ip="185.9.9.9"), user=user))
    found = of_kind("user_velocity", *sessions)
    assert set(found["severity"]) == {"high"}
    assert {each["address"] for each in found["evidence"]} == {"185.9.9.9"}
    assert len(found) == 12


def test_who_comes_back_to_a_shared_address_is_no_newcomer():
    at_work = [
        session(-24 * day, event(-24 * day, ip="62.1.1.1"), user=user)
        for user in CROWD
        for day in range(6, -1, -1)
    ]
    assert of_kind("user_velocity", *at_work).empty


def test_an_address_that_all_have_from_the_beginning_is_their_baseline():
    assert of_kind("user_velocity", *(one for user in CROWD for one in usual(user))).empty


def test_masked_and_known_addresses_are_no_crowd():
    assert of_kind("user_velocity", *crowd(ip="174.xx.xx.xxx")).empty
    assert of_kind("user_velocity", *crowd(), known_networks={"Office": "185.9.9.8/29"}).empty


def test_parts_of_a_history_find_what_the_whole_does():
    whole = history(*crowd(), *usual("ann"), session(0.1, event(0.1, "lagos"), user="ann"))
    parts = [whole.for_users([user]) for user in (*CROWD, "ann")]
    crowded = crowded_addresses(pd.concat([newcomers(part) for part in parts]))
    found = join_signals([ps.signals(part, crowded=crowded) for part in parts])
    pd.testing.assert_frame_equal(found, ps.signals(whole))
    assert len(found) == 7  # none of them alone is a crowd
    assert all(ps.signals(part, kinds="user_velocity").empty for part in parts)
