import pandas as pd
import pytest
import traitlets

import pingsessions_nb as ps
from pingsessions_nb.widgets.filters import Filters


@pytest.fixture(scope="module")
def history():
    return ps.demo(users=40, seed=7).history()


def test_without_filters_everything_passes(history):
    filters = Filters(history)
    assert filters.filtered is history
    assert repr(filters) == f"Filters({len(history)} of {len(history)} sessions)"
    assert repr(Filters()) == "Filters(no history)"


def test_a_country_lets_sessions_through_that_were_ever_there(history):
    filters = Filters(history)
    country = filters._choices["countries"][-1][0]
    filters.countries = (country,)
    locations = history.locations
    expected = set(locations.loc[locations["country"] == country, "session_id"])
    assert set(filters.filtered.sessions["session_id"]) == expected
    assert 0 < len(expected) < len(history)


def test_choices_count_sessions_and_the_missing(history):
    filters = Filters(history)
    counted = dict(map(tuple, filters._choices["browsers"]))
    expected = history.sessions["browser_name"].fillna("").value_counts().to_dict()
    assert counted == expected
    filters.browsers = ("",)
    assert filters.filtered.sessions["browser_name"].isna().all()
    assert len(filters.filtered) == expected.get("", 0)


def test_which_sessions_are_still_live_is_one_filter():
    ends = {"s-1": "2026-03-02T10:00:00Z", "s-2": "2026-03-01T10:00:00Z", "s-3": None}
    sessions = [
        {
            "id": name,
            "user": {"id": "u-1"},
            "createdAt": "2026-03-01T08:00:00Z",
            "activeAt": "2026-03-01T09:00:00Z",
        }
        | ({"expiresAt": end} if end else {})
        for name, end in ends.items()
    ]
    page = {"_embedded": {"sessions": sessions}}
    read = ps.History.from_responses(page, read_at="2026-03-01T12:00:00Z")
    filters = Filters(read)
    assert sorted(filters._choices["statuses"]) == [["", 1], ["expired", 1], ["live", 1]]
    filters.statuses = ("live",)
    assert filters.filtered.sessions["session_id"].tolist() == ["s-1"]
    filters.statuses = ("live", "")
    assert set(filters.filtered.sessions["session_id"]) == {"s-1", "s-3"}


def test_where_no_session_tells_whether_it_is_live_there_is_nothing_to_choose(history):
    untold = history.between()
    untold.sessions = history.sessions.assign(status=pd.Series(None, dtype="str"))
    assert Filters(untold)._choices["statuses"] == []
    untold.sessions = history.sessions.drop(columns="status")
    filters = Filters(untold, statuses=("live",))
    assert filters._choices["statuses"] == []
    assert len(filters.filtered) == 0  # nobody knows that one is live


def test_browser_and_device_both_must_pass(history):
    sessions = history.sessions
    pair = sessions.dropna(subset=["browser_name", "device_type"]).iloc[0]
    filters = Filters(history, browsers=(pair.browser_name,), devices=(pair.device_type,))
    both = (sessions["browser_name"] == pair.browser_name) & (
        sessions["device_type"] == pair.device_type
    )
    assert filters.filtered.sessions["session_id"].tolist() == (
        sessions.loc[both, "session_id"].tolist()
    )


def test_a_time_range_keeps_what_touches_it_and_the_timeline_keeps_the_rest(history):
    start, end = pd.Timestamp("2025-11-01", tz="UTC"), pd.Timestamp("2025-11-05", tz="UTC")
    filters = Filters(history, time_range=(start, end))
    shown = filters.filtered
    assert 0 < len(shown) < len(history)
    assert ((shown.sessions["created_at"] < end) & (shown.sessions["active_at"] >= start)).all()
    assert shown.locations["at"].between(start, end).all()
    assert filters.timeless is history
    with pytest.raises(traitlets.TraitError, match="starts after its end"):
        filters.time_range = (end, start)


def test_signals_only(history):
    named = history.sessions["session_id"].iloc[[3, 5]]
    signals = pd.DataFrame(
        {"session_id": named, "at": pd.NaT, "kind": "new_device", "severity": "low", "summary": ""}
    )
    filters = Filters(history, signals=signals, signals_only=True)
    assert filters.filtered.sessions["session_id"].tolist() == named.tolist()
    filters.signals_only = False
    assert len(filters.filtered) == len(history)


def test_a_new_history_is_filtered_at_once(history):
    filters = Filters(history, devices=(history.sessions["device_type"].dropna().iloc[0],))
    user = history.sessions["user_id"].iloc[-1]
    filters.history = history.for_users(user)
    assert set(filters.filtered.sessions["user_id"]) <= {user}
    assert set(filters.filtered.sessions["device_type"]) <= set(filters.devices)
