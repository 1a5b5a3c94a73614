"""`new_device`: what is a new device, and what only looks like one."""

import pytest
from made_history import LINUX, MAC, WINDOWS, event, history, session, usual

import pingsessions_nb as ps


def found_in(*sessions, **thresholds):
    return ps.signals(history(*sessions), kinds="new_device", **thresholds)


def test_a_new_browser_on_a_new_system_is_found_once():
    found = found_in(
        *usual(), session(0, device=LINUX, name="first"), session(9, device=LINUX, name="next")
    )
    assert found["session_id"].tolist() == ["first"]
    assert found["severity"].tolist() == ["low"]  # at home
    assert found["summary"].tolist() == [
        "First session on Firefox on Ubuntu; before, this user had Chrome on Windows."
    ]
    assert found["evidence"][0]["devices_before"] == ["Chrome on Windows"]


@pytest.mark.parametrize(
    ("device", "severity"),
    [
        (("Chrome", "141.0", "Windows", "10", "Other"), None),  # upgraded browser
        (("Chrome", "140.0", "Windows", "11", "Other"), None),  # upgraded system
        (("Firefox", "144.0", "Windows", "10", "Other"), "low"),  # another browser
        (("Chrome", "140.0", "Linux", None, "Other"), "low"),
        (("Chrome", "140.0", "Windows", "10", "Surface"), "low"),
        ((None, None, "Windows", "10", "Other"), None),
        (("Chrome", "140.0", None, None, None), None),
        ((None, None, "Linux", None, None), "low"),
        ((None, None, None, None, "Other"), None),
        ((None, None, None, None, None), None),
    ],
)
def test_versions_and_missing_facts(device, severity):
    found = found_in(*usual(), session(0, device=device))
    assert found["severity"].tolist() == ([severity] if severity else [])


def test_a_session_of_which_nothing_is_known_is_like_nothing():
    unknown = session(-1, device=(None, None, None, None, None))
    only_type = session(-2, device=(None, None, None, None, "Other"))
    assert len(found_in(*usual(), unknown, only_type, session(0, device=LINUX))) == 1


def test_a_combination_of_known_parts_is_of_low_severity():
    both = [session(-999, device=MAC), *usual()]
    found = found_in(*both, session(0, device=("Chrome", "1", "Mac OS X", "1", "Other")))
    assert found["severity"].tolist() == ["low"]


def test_the_first_sessions_are_the_baseline():
    devices = [WINDOWS, LINUX, MAC, WINDOWS, WINDOWS, WINDOWS]
    sessions = [session(day * 24, device=device) for day, device in enumerate(devices)]
    assert found_in(*sessions).empty
    assert len(found_in(*sessions, baseline_sessions=1)) == 2


@pytest.mark.parametrize("days", [1, 3, 8])
def test_a_device_that_was_never_where_the_others_were_is_a_strangers(days):
    """However few sessions there are to compare with."""
    taken = session(0, event(0, "san diego"), device=LINUX, name="taken")
    found = found_in(*usual(days=days), taken)
    assert found["session_id"].tolist() == ["taken"]
    assert found["severity"].tolist() == ["medium"]
    assert found["summary"][0].endswith("It came from a place where none of these was ever seen.")


def test_devices_that_meet_are_ones_own():
    phone_away = session(0, event(0, "san diego"), device=MAC)
    assert len(found_in(*usual(days=3), phone_away)) == 1
    assert found_in(*usual(days=3), phone_away, session(30, device=MAC)).empty
    laptop_too = session(1, event(1, "san diego"))
    assert found_in(*usual(days=3), phone_away, laptop_too).empty


def test_who_comes_on_many_days_is_no_stranger():
    away = [session(24 * d, event(24 * d, "san diego"), device=MAC) for d in range(3)]
    assert len(found_in(*usual(days=3), *away[:2])) == 1
    assert found_in(*usual(days=3), *away).empty
