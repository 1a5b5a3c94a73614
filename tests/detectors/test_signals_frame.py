"""What `signals` returns and refuses, whatever it finds."""

import json

import pandas as pd
import pytest
from made_history import LINUX, event, history, session, usual

import pingsessions_nb as ps
from pingsessions_nb.detectors import COLUMNS

DTYPES = {
    **dict.fromkeys(COLUMNS, "str"),
    **dict.fromkeys(["distance_km", "hours", "speed_kmh"], "float64"),
    "at": "datetime64[us, UTC]",
    "within_session": "bool",
    "evidence": "object",
}


def everything():
    """Return a history with findings of most kinds."""
    hops = [event(1 + n / 60, "lagos", f"185.1.2.{n}") for n in range(9)]
    taken = session(0.9, *hops, device=LINUX, name="taken")
    return history(*usual(), session(0), taken, session(2_000, name="back"))


def all_missing():
    whole = everything()
    frames = [
        frame.assign(
            **{
                name: frame[name].mask(frame[name].notna())
                for name in frame
                if name != "location_count"
            }
        )
        for frame in (whole.sessions, whole.locations)
    ]
    return ps.History(whole.users, *frames)


@pytest.mark.parametrize(
    "some",
    [
        history(),
        history(session(0)),
        history(*usual(days=30)),
        all_missing(),
        ps.History(all_missing().users, all_missing().sessions, everything().locations[:0]),
        ps.History(all_missing().users, everything().sessions[:0], everything().locations[:1]),
    ],
    ids=["empty", "one row", "one quiet user", "all missing", "no locations", "no sessions"],
)
def test_nothing_is_found_by_accident(some):
    found = ps.signals(some)
    assert found.empty
    assert list(found) == list(COLUMNS)
    assert found.dtypes.astype(str).to_dict() == DTYPES


def test_columns_keep_their_dtypes():
    found = ps.signals(everything())
    assert set(found["kind"]) == {
        *("geovelocity_anomaly", "user_location_anomaly", "new_device", "ip_velocity"),
        "dormant_return",
    }
    assert list(found) == list(COLUMNS)
    assert found.dtypes.astype(str).to_dict() == DTYPES
    for kind in set(found["kind"]):
        assert ps.signals(everything(), kinds=kind).dtypes.astype(str).to_dict() == DTYPES


def test_events_of_sessions_that_are_not_there_still_count():
    whole = everything()
    only_places = ps.History(whole.users, whole.sessions[:0], whole.locations)
    assert set(ps.signals(only_places)["kind"]) == {"geovelocity_anomaly", "ip_velocity"}


def test_several_kinds_in_one_session_are_more_severe():
    found = ps.signals(everything()).set_index(["session_id", "kind"])["severity"]
    assert set(found["taken"]) == {"high"}
    alone = ps.signals(everything(), kinds=["new_device"])
    assert alone["severity"].tolist() == ["medium"]


def test_the_most_severe_come_first_and_of_these_what_has_several_facts():
    found = ps.signals(everything())
    rank = found["severity"].map({"high": 0, "medium": 1, "low": 2})
    assert rank.is_monotonic_increasing
    corroborated = history(
        *usual(),
        session(40, event(40, "london"), device=LINUX, name="two"),
        *usual("bob"),
        session(50, event(50, "tacoma"), event(50.1, "lagos"), user="bob", name="one"),
    )
    both = ps.signals(corroborated).query("severity == 'high'")
    assert both["session_id"].tolist() == ["two", "two", "one"]


def test_evidence_is_what_json_can_say():
    found = ps.signals(everything())
    assert [json.loads(json.dumps(each)) for each in found["evidence"]] == found[
        "evidence"
    ].tolist()


def test_words_from_the_api_stay_as_they_are():
    hostile = ("<img src=x onerror=alert(1)>", "1", "</script>", None, "Other")
    found = ps.signals(history(*usual(), session(0, device=hostile)), kinds="new_device")
    assert "<img src=x onerror=alert(1)> on </script>" in found["summary"][0]


@pytest.mark.parametrize(
    ("threshold", "sentence"),
    [
        ({"max_speed_kmh": 0}, "max_speed_kmh is a number of km/h from 1 to"),
        ({"max_speed_kmh": "900"}, "max_speed_kmh is a number of km/h"),
        ({"max_speed_kmh": float("nan")}, "not nan"),
        ({"max_speed_kmh": 10**400}, "max_speed_kmh is a number of km/h"),
        ({"max_speed_kmh": True}, "not True"),
        ({"min_distance_km": -1}, "min_distance_km is a number of km from 0 to 20,015, not -1."),
        ({"baseline_sessions": 0}, "baseline_sessions is a whole number of sessions from 1"),
        ({"baseline_sessions": 2.5}, "not 2.5"),
        ({"ip_velocity_addresses": 1}, "from 2 to"),
        ({"dormant_days": None}, "not None"),
        ({"max_speed": 900}, "no threshold 'max_speed'. Did you mean max_speed_kmh?"),
        ({"colour": 1}, "There are kinds, known_networks,"),
        ({"kinds": "geovelocity"}, "kinds names some of geovelocity_anomaly,"),
        ({"kinds": [["new_device"]]}, "kinds names some of"),
        ({"kinds": []}, "kinds names some of"),
        ({"known_networks": ["10.0.0.0/8"]}, "known_networks maps a name to an address range"),
        ({"known_networks": {"VPN": "10.0.0.0/40"}}, "'10.0.0.0/40', named 'VPN', is not an"),
        ({"known_networks": {"VPN": None}}, "None, named 'VPN', is not an"),
        ({"known_networks": {"VPN": 10}}, "10, named 'VPN', is not an"),
        ({"known_networks": {"VPN": ("10.0.0.0", 8)}}, "named 'VPN', is not an"),
    ],
)
def test_thresholds_out_of_range_are_refused_with_a_sentence(threshold, sentence):
    with pytest.raises(ps.ConfigurationError) as refused:
        ps.signals(history(), **threshold)
    assert sentence in str(refused.value)


def test_the_history_is_left_as_it_was():
    whole = everything()
    before = whole.sessions.copy(), whole.locations.copy()
    ps.signals(whole)
    ps.risk(whole)
    pd.testing.assert_frame_equal(whole.sessions, before[0])
    pd.testing.assert_frame_equal(whole.locations, before[1])
