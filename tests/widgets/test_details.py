import pandas as pd

import pingsessions_nb as ps
from pingsessions_nb.widgets.details import SHOWN, SessionDetails, session_facts

PAGE = {
    "_embedded": {
        "sessions": [
            {
                "id": "s1",
                "user": {"id": "u1"},
                "environment": {"id": "e1"},
                "createdAt": "2020-07-22T22:21:31.693Z",
                "activeAt": "2020-07-22T22:22:31.693Z",
                "browser": {"name": "Chrome", "version": "83.0.4103"},
                "operatingSystem": {"name": "Mac OS X"},
                "idleTimeoutInMinutes": 20,
                "lastSignOn": {"remoteIp": "10.0.0.1", "authenticators": ["pwd", "mfa"]},
                "locations": [
                    {"at": "2020-07-22T22:22:00Z", "city": "tacoma", "state": "washington",
                     "country": "united states", "asn": 7018},
                    {"at": "2020-07-22T22:21:42Z", "city": "nowhere at all", "remoteIp": "1.2.3.4"},
                ],
            },
            {"id": "s2", "user": {"id": "u1"}},
        ]
    }
}  # fmt: skip
USERS = {"_embedded": {"users": [{"id": "u1", "username": "ada"}]}}


def history():
    return ps.History.from_responses([USERS, PAGE])


def facts(one):
    return dict(one["facts"])


def test_every_fact_is_there_also_what_we_do_not_know():
    (one,) = session_facts(history(), ("s1",))
    found = facts(one)
    assert one["title"] == "Chrome 83.0.4103 on Mac OS X"
    assert found["User"] == "ada"
    assert found["Duration"] == {"span": 60_000.0}
    assert found["Created"] == {"at": pd.Timestamp("2020-07-22T22:21:31.693Z").timestamp() * 1000}
    assert found["Idle timeout"] == "20 minutes"
    assert found["Status"] == "expired"
    assert found["Authenticators"] == {"each": [["pwd", None], ["mfa", None]]}
    assert "lastSignOn.authenticators" not in found  # which says the same
    assert "Device" not in found  # what is missing takes no line


def test_an_authenticator_has_its_time_as_an_instant_which_is_told_in_the_zone():
    known = history()
    told = "pwd 2026-03-29T00:59:30.250Z, a name of words, mfa 2026-03-29T01:00:00Z"
    rows = known.sessions.assign(authenticators=told)
    (one,) = session_facts(ps.History(known.users, rows, known.locations), ("s1",))
    at = 1000 * pd.Timestamp("2026-03-29T01:00:00Z").timestamp()
    each = [["pwd", at - 29_750], ["a name of words", None], ["mfa", at]]
    assert facts(one)["Authenticators"] == {"each": each}


def test_locations_stand_in_order_with_their_unknown_fields():
    (one,) = session_facts(history(), ("s1",))
    assert [place["place"] for place in one["locations"]] == [
        "Nowhere At All",
        "Tacoma, Washington, US",
    ]
    assert one["locations"][0]["ip"] == "1.2.3.4"
    assert [label for label, _ in one["locations"][1]["also"]] == ["asn"]


def test_an_empty_session_is_shown_too():
    (one,) = session_facts(history(), ("s2",))
    assert one["title"] == "Unknown browser"
    assert one["locations"] == []


def test_signals_of_the_session_alone():
    signals = pd.DataFrame(
        {
            "session_id": ["s1", "s2"],
            "at": pd.to_datetime(["2020-07-22", None], utc=True),
            "kind": ["new_device", "ip_velocity"],
            "severity": ["low", "high"],
            "summary": ["a", "b"],
        }
    )
    (one,) = session_facts(history(), ("s2",), signals)
    assert [(s["kind"], s["severity"]) for s in one["signals"]] == [("ip_velocity", "high")]


def test_selection_is_written_out_in_its_order_up_to_a_limit():
    details = SessionDetails(history())
    details.selected = ("s2", "s1")
    assert [one["id"] for one in details._facts] == ["s2", "s1"]
    assert repr(details) == "SessionDetails(2 sessions)"
    many = ps.demo(users=10, seed=7).history()
    details = SessionDetails(many, selected=tuple(many.sessions["session_id"][: SHOWN + 5]))
    assert len(details._facts) == SHOWN
    details._limit = 2 * SHOWN
    assert len(details._facts) == SHOWN + 5


def test_nothing_ends_unless_somebody_offers_it():
    details = SessionDetails(history(), selected=("s1",))
    assert not details.can_end
    details._handle_custom_msg({"type": "end", "session": "s1"}, [])
    ended = []
    details.on_end(lambda *ids: ended.append(ids))
    details._handle_custom_msg({"type": "end", "session": "a stranger"}, [])
    assert ended == []
    details._handle_custom_msg({"type": "end", "session": "s1"}, [])
    assert ended == [("u1", "s1")]
