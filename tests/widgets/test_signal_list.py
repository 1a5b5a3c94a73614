import pandas as pd
import pytest

import pingsessions_nb as ps
from pingsessions_nb.widgets.signal_list import findings
from pingsessions_nb.wording import several

MATTEO = "matteo.yilmaz"


@pytest.fixture(scope="module")
def tenant():
    return ps.demo(users=200, seed=7)


@pytest.fixture(scope="module")
def history(tenant):
    return tenant.history(MATTEO)


@pytest.fixture(scope="module")
def signals(tenant, history):
    return ps.signals(history, known_networks=tenant.known_networks)


def test_findings_are_sentences_of_the_planted_session(tenant, history, signals):
    rows = ps.SignalList(history, signals=signals)._findings
    planted = tenant.truth[tenant.truth["user_id"] == history.users["user_id"][0]]
    assert {row["session"] for row in rows} == set(planted["session_id"])
    assert {row["kind"] for row in rows} == {"geovelocity_anomaly", "user_location_anomaly"}
    assert [row["severity"] for row in rows] == ["high", "low"]  # one fact, told twice
    assert rows[0]["summary"] == signals["summary"][0]
    assert rows[0]["at"] == signals["at"][0].timestamp() * 1000
    assert rows[0]["user"] is None  # there is only one


def test_the_most_severe_come_first_and_the_order_stays_within(tenant):
    history = tenant.history()
    everything = ps.signals(history, known_networks=tenant.known_networks)
    shuffled = everything.sample(frac=1, random_state=1)
    rows = ps.SignalList(history, signals=shuffled)._findings
    severities = [row["severity"] for row in rows]
    assert severities == sorted(severities, key=["high", "medium", "low"].index)
    assert len(set(severities)) > 1
    high = shuffled[shuffled["severity"] == "high"]
    assert [row["session"] for row in rows[: len(high)]] == high["session_id"].tolist()
    names = tenant.users().set_index("user_id")["username"]
    assert [row["user"] for row in rows[: len(high)]] == names[high["user_id"]].tolist()


def test_only_findings_in_the_history_are_listed(history, signals):
    rest = history.for_sessions(set(history.sessions["session_id"]) - set(signals["session_id"]))
    listed = ps.SignalList(rest, signals=signals)
    assert listed._findings == []
    assert listed._quiet == "No findings in these 9 sessions."
    one = rest.for_sessions(rest.sessions["session_id"].iloc[0])
    assert ps.SignalList(one, signals=signals)._quiet == "No findings in this session."


def test_without_signals_or_sessions_it_says_nothing(history, signals):
    for listed in (
        ps.SignalList(),
        ps.SignalList(history),
        ps.SignalList(ps.History.from_responses([]), signals=signals),
    ):
        assert listed._findings == []
        assert listed._quiet == ""


def test_a_flood_is_cut_and_counted(history, signals):
    many = pd.concat([signals] * 150, ignore_index=True)
    listed = ps.SignalList(history, signals=many)
    assert len(listed._findings) == 200
    assert listed._total == 300
    assert repr(listed) == "SignalList(300 signals)"


def test_what_is_missing_does_not_matter(history):
    bare = pd.DataFrame(
        {
            "session_id": history.sessions["session_id"][:1],
            "at": pd.NaT,
            "kind": "something_new",
            "severity": "severe",
            "summary": "x",
        }
    )
    (row,) = ps.SignalList(history, signals=bare)._findings
    assert row["at"] is None
    assert row["kind"] == "something_new"


def test_what_a_sentence_cuts_short_comes_along():
    history = ps.demo(users=20, seed=7).history("ariel.friedman")
    addresses = [f"192.0.2.{number}" for number in range(12)]
    summary = f"12 different addresses: {several(addresses)}."
    signals = pd.DataFrame(
        {
            "session_id": history.sessions["session_id"].head(1),
            "at": pd.NaT,
            "kind": "ip_velocity",
            "severity": "high",
            "summary": summary,
            "evidence": [{"addresses": addresses, "most_at_once": 12, "few": ["a", "b"]}],
        }
    )
    (row,) = findings(history, signals)
    assert row["lists"] == [("192.0.2.0, 192.0.2.1, 192.0.2.2 and 9 more", addresses)]


def test_more_than_200_are_listed_on_demand():
    history = ps.demo(users=20, seed=7).history("ariel.friedman")
    one = ps.signals(history).head(1)
    listed = ps.SignalList(history)
    listed.signals = pd.concat([one] * 450, ignore_index=True)
    assert len(listed._findings) == 200
    listed._limit = 400
    assert len(listed._findings) == 400
    assert repr(listed) == "SignalList(450 signals)"
