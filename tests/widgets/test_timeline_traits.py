import time

import numpy as np
import pandas as pd
import plotly.graph_objects as go
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


def part(timeline, name):
    (trace,) = (one for one in timeline.figure.data if one.meta == {"part": name})
    return trace


def bars(timeline):
    """Each bar's session and trace, of those that are shown."""
    return {
        one: trace
        for trace in timeline.figure.data
        if trace.type == "bar" and trace.visible is not False
        for one in trace.customdata
    }


def told(timeline, **message):
    """What the front end says."""
    timeline.figure._handle_custom_msg(message, [])


def zoomed(timeline, start, end):
    timeline.figure.layout.xaxis.range = [str(start), str(end)]


def many(count, users):
    """Sessions of half an hour, a minute after each other."""
    start = pd.Timestamp("2026-01-01", tz="UTC") + pd.to_timedelta(np.arange(count), unit="min")
    ids = pd.Series(np.arange(count)).astype("str")
    empty = ps.History.from_responses([])
    sessions = empty.sessions.reindex(range(count)).assign(
        session_id="s" + ids,
        user_id="u" + (ids.astype(int) % users).astype("str"),
        location_count=0,
    )
    sessions["created_at"] = start.astype("datetime64[us, UTC]")
    sessions["active_at"] = sessions["created_at"] + pd.Timedelta("30min")
    return ps.History(empty.users, sessions, empty.locations)


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


def test_clicks_select_and_what_is_gone_selects_nothing(history):
    one = ps.SessionTimeline(history)
    first, second = history.sessions["session_id"]
    told(one, type="click", part="bars-0", point=first)
    assert one.selected == (first,)
    told(one, type="click", part="bars-0", point=second, add=True)
    assert one.selected == (first, second)
    told(one, type="click", part="events", point=first, add=True)
    assert one.selected == (second,)
    assert list(part(one, "bars-0").selectedpoints) == [1]
    told(one, type="click", part="bars-0", point=second)
    assert one.selected == ()
    for gone in ("gone", 7, None):
        told(one, type="click", part="bars-0", point=gone)
    assert one.selected == ()
    told(one, type="click", part="bars-0", point=second)
    told(one, type="clear")
    assert one.selected == ()


def test_a_box_selects_what_it_touches_and_chooses_a_time(history):
    one = ps.SessionTimeline(history)
    sessions = history.sessions
    long = (sessions["active_at"] - sessions["created_at"]).argmax()
    start = sessions["created_at"].iloc[long] + pd.Timedelta("1D")
    x = [str((start + pd.Timedelta(n, "h")).tz_localize(None)) for n in (0, 5)]
    told(one, type="box", x=x[::-1], y=[long + 0.1, long - 0.1])
    assert one.selected == (sessions["session_id"].iloc[long],)
    assert one.time_range == (start.round("ms"), start.round("ms") + pd.Timedelta("5h"))
    told(one, type="box", x=x, y=[1 - long + 0.1, 1 - long - 0.1])
    assert one.selected == ()
    told(one, type="box", x=x, y=[5.0, 4.0])
    told(one, type="clear")
    assert one.time_range is None


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
    for wrong in (("2020-07-24", "2020-07-23"), ("noon", "night"), 7):
        with pytest.raises(traitlets.TraitError, match="time_range"):
            timeline.time_range = wrong


def test_only_known_colours(history):
    with pytest.raises(traitlets.TraitError):
        ps.SessionTimeline(history, color_by="shoe size")


def test_its_figure_is_plotlys_own_and_shows_every_session(history):
    timeline = ps.SessionTimeline(history)
    assert isinstance(timeline.figure, go.FigureWidget)
    assert set(bars(timeline)) == set(history.sessions["session_id"])
    assert timeline.bar.count == "2 sessions · 1 user"
    assert "2 sessions" not in repr(timeline.figure)


def test_it_says_why_there_is_nothing_to_show(history):
    timeline = ps.SessionTimeline()
    assert timeline.bar.message == "No sessions to show."
    timeline.history = ps.History.from_responses([])
    assert timeline.bar.message == "No sessions to show."
    timeline.error = "PingOne could not be reached."
    assert (timeline.bar.message, timeline.bar.is_error) == ("PingOne could not be reached.", True)
    timeline.error, timeline.history = "", history
    assert timeline.bar.message == ""
    undated = history.sessions.copy()
    for name in ("created_at", "active_at", "last_sign_on_at"):
        undated[name] = undated[name].mask(undated[name].notna())
    timeline.history = ps.History(history.users, undated, history.locations)
    assert "time" in timeline.bar.message
    assert "2 sessions" in timeline.bar.message


def test_few_sessions_are_all_there_and_nothing_is_drawn_anew_on_zooming():
    timeline = ps.SessionTimeline(many(1_500, 12))
    assert len(bars(timeline)) == 1_500
    before = dict(timeline.figure._drawn)
    zoomed(timeline, "2026-01-01T03:00", "2026-01-01T04:00")
    assert timeline.figure._drawn == before
    assert len(bars(timeline)) == 1_500


def test_many_sessions_at_one_instant_begin_with_minutes_around_it():
    whole = many(20, users=3)
    once = dict.fromkeys(("created_at", "active_at"), whole.sessions["created_at"].iloc[0])
    sessions = whole.sessions.assign(**once)
    timeline = ps.SessionTimeline(ps.History(whole.users, sessions, whole.locations))
    start, end = (pd.Timestamp(at) for at in timeline.figure.layout.xaxis.range)
    assert pd.Timedelta("20min") < end - start < pd.Timedelta("2h")
    middle = start + (end - start) / 2
    assert abs(middle.tz_localize("UTC") - once["created_at"]) < pd.Timedelta("1s")


def test_many_sessions_are_their_density_until_one_looks_near():
    timeline = ps.SessionTimeline(many(20_000, 500))
    assert part(timeline, "density").visible is not False
    assert not bars(timeline)
    zoomed(timeline, "2026-01-05T03:00", "2026-01-05T04:00")
    assert part(timeline, "density").visible is False
    ids = timeline.history.sessions["session_id"]
    begin = (4 * 24 + 3) * 60
    assert set(ids.iloc[begin - 30 : begin + 61]) <= set(bars(timeline))
    assert len(bars(timeline)) <= 1_500
    timeline.figure.update_layout(timeline.figure._fit)
    assert part(timeline, "density").visible is not False
    timeline.selected = ids.iloc[[3, 4_000]]
    assert set(bars(timeline)) == {"s3", "s4000"}


@pytest.mark.parametrize("widget", WIDGETS)
def test_another_history_changes_the_traces_that_are_there(widget, tenant, history):
    """A browser would draw the picture once more for each trace that is added."""
    picture = widget(history)
    parts = [trace.meta["part"] for trace in picture.figure.data]
    picture.history = tenant.history(None)
    picture.signals = ps.signals(tenant.history(None))
    picture.history = history
    assert [trace.meta["part"] for trace in picture.figure.data] == parts
    assert len(set(parts)) == len(parts)


def test_what_an_analyst_adds_stays(tenant, history):
    timeline = ps.SessionTimeline(history)
    figure = timeline.figure
    figure.add_vrect("2020-07-24", "2020-07-26", fillcolor="green", opacity=0.2)
    figure.add_scatter(x=["2020-07-23"], y=[0.5], name="mine")
    figure.update_layout(title_text="The case", legend_y=-0.3)
    figure.update_traces(opacity=0.5, selector={"name": "Last sign-on"})
    zoomed(timeline, "2020-07-22", "2020-07-29")
    timeline.selected = history.sessions["session_id"].head(1)
    timeline.history = tenant.history(None)
    timeline.history, timeline.color_by, timeline.theme = history, "os", "dark"
    assert figure is timeline.figure
    assert len(figure.layout.shapes) == 1
    assert next(figure.select_traces({"name": "mine"})).x == ("2020-07-23",)
    assert figure.layout.title.text == "The case"
    assert figure.layout.legend.y == -0.3
    assert part(timeline, "sign-ons").opacity == 0.5
    assert figure.layout.font.color == "#e6e9ec"
    assert len(bars(timeline)) == 2


def test_what_an_analyst_takes_away_stays_away(history):
    timeline = ps.SessionTimeline(history)
    figure = timeline.figure
    figure.data = [one for one in figure.data if one.name != "Location"]
    timeline.color_by = "device"
    timeline.selected = history.sessions["session_id"].head(1)
    assert "Location" not in {one.name for one in figure.data}


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
    timeline = ps.SessionTimeline(history, signals=signals)
    assert list(part(timeline, "signals").customdata) == [sessions["session_id"][1]]
    timeline.signals = None
    assert part(timeline, "signals").visible is False


def test_a_large_history_is_drawn_quickly():
    """A hundred thousand sessions: no loop over rows survives this bound."""
    history = many(100_000, 9_000)
    begin = time.process_time()
    timeline = ps.SessionTimeline(history)
    zoomed(timeline, "2026-01-05T03:00", "2026-01-07T04:00")
    assert time.process_time() - begin < 5


@pytest.mark.parametrize("column", [list, pd.Series, pd.Index, np.array])
@pytest.mark.parametrize("widget", [*WIDGETS, ps.SessionTable])
def test_any_column_of_ids_can_be_selected(widget, column, history):
    one = widget(history)
    ids = history.sessions["session_id"].tolist()[:2]
    one.selected = column(ids)
    assert one.selected == tuple(ids)
