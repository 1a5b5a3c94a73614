"""`dormant_return`: who is back after a long time."""

import pytest
from made_history import event, history, session

import pingsessions_nb as ps

DAY = 24


def found_in(*sessions, **thresholds):
    return ps.signals(history(*sessions), kinds="dormant_return", **thresholds)


@pytest.mark.parametrize(
    ("days", "severity"), [(59, None), (60, "low"), (119, "low"), (120, "medium")]
)
def test_days_without_activity_decide(days, severity):
    found = found_in(session(0), session(days * DAY, name="back"))
    assert found["severity"].tolist() == ([severity] if severity else [])
    if severity:
        assert found["session_id"].tolist() == ["back"]
        assert found["hours"].tolist() == [days * DAY]
        assert found["summary"][0] == f"Back after {days} days without any activity."
        assert found["evidence"][0] == {
            "last_active_at": "2026-03-02T09:00:00Z",
            "dormant_days": days,
        }


def test_a_long_session_is_activity():
    assert found_in(session(0, active=30 * DAY), session(1), session(80 * DAY)).empty
    assert len(found_in(session(0), session(80 * DAY), dormant_days=90)) == 0


def test_the_first_session_is_no_return():
    assert found_in(session(0), session(90 * DAY, user="bob")).empty


def test_a_place_is_activity_whatever_the_session_says():
    quiet = session(0, event(0), event(50 * DAY), active=0)
    assert found_in(quiet, session(80 * DAY)).empty
    found = found_in(quiet, session(120 * DAY))
    assert found["summary"].tolist() == ["Back after 70 days without any activity."]
    assert found["evidence"][0]["last_active_at"] == "2026-04-21T09:00:00Z"


def test_events_of_the_session_itself_and_of_other_users_do_not_count():
    back = session(80 * DAY, event(80 * DAY - 0.001), event(80 * DAY), name="back")
    bob = session(70 * DAY, user="bob")
    assert found_in(session(0), back, bob)["session_id"].tolist() == ["back"]
