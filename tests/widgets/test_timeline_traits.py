import time

import numpy as np
import pandas as pd
import pytest
import traitlets

import pingsessions_nb as ps

SEED_USER = "710d6278-ccce-4a91-bdb9-ac7a4a0e60d5"
WIDGETS = [ps.SessionTimeline, ps.LocationMap]


@pytest.fixture(scope="module")
def tenant():
    return ps.demo(users=12, seed=7)


@pytest.fixture(scope="module")
def history(tenant):
    return tenant.history(SEED_USER)


def numbers_in(data, dtype):
    return np.frombuffer(data, dtype=dtype)


@pytest.mark.parametrize("widget", WIDGETS)
def test_the_text_form_is_short_and_stable(widget, history):
    one = widget(history)
    assert repr(one) == f"{widget.__name__}(2 sessions, 1 user)"
    bundle = one._repr_mimebundle_()
    data = bundle[0] if isinstance(bundle, tuple) else bundle
    assert data["text/plain"] == repr(one)
    assert repr(widget()) == f"{widget.__name__}(no history)"


@pytest.mark.parametrize("widget", WIDGETS)
def test_selected_takes_ids_of_the_history(widget, history):
    one = widget(history)
    ids = tuple(history.sessions["session_id"])
    seen = []
    one.observe(lambda change: seen.append(change["new"]), "selected")
    one.selected = (ids[1], ids[1])
    assert one.selected == (ids[1],)
    assert seen == [(ids[1],)]
    with pytest.raises(traitlets.TraitError, match="No session 'nowhere' in this history"):
        one.selected = ("nowhere",)
    assert one.selected == (ids[1],)


def test_a_click_on_what_is_gone_selects_nothing(history):
    one = ps.SessionTimeline(history)
    one.set_state({"selected": ["gone", history.sessions["session_id"][0]]})
    assert one.selected == (history.sessions["session_id"][0],)


@pytest.mark.parametrize("widget", WIDGETS)
def test_a_new_history_keeps_of_the_selection_what_it_holds(widget, tenant, history):
    one = widget(history, selected=tuple(history.sessions["session_id"]))
    one.history = history.for_sessions(history.sessions["session_id"][1])
    assert one.selected == (history.sessions["session_id"][1],)
    one.history = tenant.history(tenant.users()["user_id"][0:1].tolist())
    assert set(one.selected) <= set(one.history.sessions["session_id"])
    one.history = None
    assert one.selected == ()


@pytest.mark.parametrize("widget", WIDGETS)
@pytest.mark.parametrize(
    ("trait", "value", "words"),
    [
        ("history", "tacoma", "not a value of type str"),
        ("signals", 5, "it lacks session_id"),
        ("time_zone", "Mars/Olympus", "is no time zone"),
    ],
)
def test_bad_values_are_refused_in_a_sentence(widget, trait, value, words, history):
    with pytest.raises(traitlets.TraitError, match=words):
        widget(**{"history": history, trait: value})


def test_the_time_range_is_in_utc(history):
    timeline = ps.SessionTimeline(history)
    timeline.time_range = ("2020-07-22T15:00-07:00", "2020-07-23")
    assert timeline.time_range == (
        pd.Timestamp("2020-07-22T22:00Z"),
        pd.Timestamp("2020-07-23T00:00Z"),
    )
    sent = timeline.get_state("time_range")["time_range"]
    assert sent == [1595455200000.0, 1595462400000.0]
    timeline.set_state({"time_range": [0, 1500]})
    assert timeline.time_range[1] == pd.Timestamp("1970-01-01T00:00:01.5Z")
    for wrong in (("2020-07-24", "2020-07-23"), ("noon", "night"), 7):
        with pytest.raises(traitlets.TraitError, match="time_range"):
            timeline.time_range = wrong


def test_only_known_colours(history):
    with pytest.raises(traitlets.TraitError):
        ps.SessionTimeline(history, color_by="shoe size")


def test_columns_keep_every_session(history):
    data = ps.SessionTimeline(history)._data
    created = numbers_in(data["created"], "<f8")
    expected = history.sessions["created_at"].astype("int64") / 1000
    assert created.tolist() == expected.tolist()
    assert numbers_in(data["events"]["session"], "<u4").tolist() == sorted(
        history.sessions["session_id"].tolist().index(one)
        for one in history.locations["session_id"]
    )
    assert data["user"]["texts"]["bytes"] == b"june.larkin"


def test_an_empty_history_has_columns_too():
    empty = ps.History.from_responses([])
    assert ps.SessionTimeline(empty)._data["count"] == 0


def test_everything_but_the_ids_may_be_missing():
    bare = ps.History.from_responses(
        {"_embedded": {"sessions": [{"id": "s1", "user": {"id": "u1"}}, {"id": "s2"}]}}
    )
    for widget in WIDGETS:
        assert repr(widget(bare)).startswith(widget.__name__)


def test_signals_of_other_sessions_are_left_out(history):
    sessions = history.sessions
    signals = pd.DataFrame(
        {
            "kind": "new_device",
            "severity": "low",
            "session_id": [sessions["session_id"][1], "elsewhere"],
            "at": sessions["created_at"].iloc[[0, 0]].to_numpy(),
            "summary": "Seen.",
        }
    )
    sent = ps.SessionTimeline(history, signals=signals)._signals
    assert sent["count"] == 1
    assert numbers_in(sent["session"], "<u4").tolist() == [1]


def test_a_large_history_is_sent_quickly():
    """A hundred thousand sessions: no loop over rows survives this bound."""
    count = 100_000
    start = pd.Timestamp("2026-01-01", tz="UTC") + pd.to_timedelta(np.arange(count), unit="min")
    ids = pd.Series(np.arange(count)).astype("str")
    empty = ps.History.from_responses([])
    sessions = empty.sessions.reindex(range(count)).assign(
        session_id=ids, user_id="u" + (ids.astype(int) % 9_000).astype("str"), location_count=0
    )
    sessions["created_at"] = sessions["active_at"] = start.astype("datetime64[us, UTC]")
    begin = time.perf_counter()
    ps.SessionTimeline(ps.History(empty.users, sessions, empty.locations))
    assert time.perf_counter() - begin < 5


@pytest.mark.parametrize("column", [list, pd.Series, pd.Index, np.array])
@pytest.mark.parametrize("widget", [*WIDGETS, ps.SessionTable])
def test_any_column_of_ids_can_be_selected(widget, column, history):
    one = widget(history)
    ids = history.sessions["session_id"].tolist()[:2]
    one.selected = column(ids)
    assert one.selected == tuple(ids)
