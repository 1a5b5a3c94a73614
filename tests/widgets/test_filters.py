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
