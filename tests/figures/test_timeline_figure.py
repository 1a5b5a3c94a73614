import json

import numpy as np
import pandas as pd
import pytest

import pingsessions_nb as ps
from pingsessions_nb.figures.lanes import Lanes
from pingsessions_nb.figures.palette import AUTO, DARK, LIGHT
from pingsessions_nb.history.session_facts import color_values

HOUR = pd.Timedelta(hours=1)
HOSTILE = "<b>x</b><a href='javascript:alert(1)'>y</a> $\\alpha$ %{x} &lt; \u202eabc"


def bars(figure):
    return [trace for trace in figure.data if trace.type == "bar" and any(trace.base)]


def short_sessions(count, users, minutes, apart="53min", first="2024-02-01"):
    """Sessions a little while after each other, each of a few minutes."""
    empty = ps.History.from_responses([])
    number = pd.Series(np.arange(count))
    start = pd.Timestamp(first, tz="UTC") + number * pd.Timedelta(apart)
    sessions = empty.sessions.reindex(range(count)).assign(
        session_id="s" + number.astype("str"),
        user_id="u" + (number % users).astype("str"),
        location_count=0,
        created_at=start.astype("datetime64[us, UTC]"),
        active_at=(start + pd.Timedelta(minutes=minutes)).astype("datetime64[us, UTC]"),
    )
    return ps.History(empty.users, sessions, empty.locations)


def spans_drawn(figure):
    """Start and end of each bar, by session."""
    found = {}
    for trace in bars(figure):
        for one, base, length in zip(trace.customdata, trace.base, trace.x, strict=True):
            start = pd.Timestamp(base)
            found[one] = start, start + pd.Timedelta(milliseconds=length)
    return found


def test_a_bar_from_creation_to_last_activity(one_user):
    (trace,) = bars(ps.timeline_figure(one_user))
    assert trace.name == "Chrome"
    assert len(trace.base) == 2
    start = pd.to_datetime(pd.Series(trace.base))
    end = start + pd.to_timedelta(pd.Series(trace.x), unit="ms")
    longest = (end - start).argmax()
    assert start[longest].floor("ms") == pd.Timestamp("2020-07-22 22:21:31.693")
    assert end[longest].round("ms") == pd.Timestamp("2020-07-30 18:51:39.384")


def test_every_location_and_sign_on_has_a_mark(one_user):
    marks = {trace.name: trace for trace in ps.timeline_figure(one_user).data}
    assert len(marks["Location"].x) == 5
    assert len(marks["Last sign-on"].x) == 2
    assert set(marks["Location"].y) <= set(bars(ps.timeline_figure(one_user))[0].y)


def test_hover_tells_the_facts(one_user):
    (trace,) = bars(ps.timeline_figure(one_user))
    text = " ".join(trace.hovertext)
    for fact in ("june.larkin", "Chrome 83.0.4103", "Mac OS X 10.13.6", "174.xx.xx.xxx", "Tacoma"):
        assert fact in text


def test_hover_says_what_is_unknown():
    history = short_sessions(3, 1, 5)
    sessions = history.sessions.assign(
        browser_name=pd.array(["Chrome", "Edge", None], dtype="str"),
        browser_version=pd.array(["83.0", None, "1.0"], dtype="str"),
    )
    figure = ps.timeline_figure(ps.History(history.users, sessions, history.locations))
    told = {
        one: text
        for bar in bars(figure)
        for one, text in zip(bar.customdata, bar.hovertext, strict=True)
    }
    assert "<br>Chrome 83.0 on an unknown system, unknown device<br>No location known" in told["s0"]
    assert "<br>Edge on an unknown system" in told["s1"]
    assert "<br>Unknown browser on an unknown system" in told["s2"]
    assert "from an unknown address" in told["s2"]


def test_what_is_written_follows_the_zone_and_positions_do_not(one_user):
    utc = ps.timeline_figure(one_user)
    tokyo = ps.timeline_figure(one_user, time_zone="Asia/Tokyo")
    assert spans_drawn(utc) == spans_drawn(tokyo)
    assert "Created 23 Jul 2020, 07:21:31 UTC+9" in " ".join(bars(tokyo)[0].hovertext)
    shown = pd.to_datetime(pd.Series(tokyo.layout.xaxis.tickvals)).dt.tz_localize("UTC")
    assert set(shown.dt.tz_convert("Asia/Tokyo").dt.hour) == {0}  # days begin at midnight there


@pytest.mark.parametrize(
    ("zone", "change"),
    [
        ("Europe/Berlin", "2023-10-29T01:00"),
        ("Europe/Berlin", "2023-03-26T01:00"),
        ("America/New_York", "2023-11-05T06:00"),
        ("Australia/Lord_Howe", "2023-04-01T15:00"),
        ("America/Santiago", "2023-09-03T04:00"),
        ("Pacific/Chatham", "2023-09-23T14:00"),
    ],
)
def test_bars_are_as_long_as_sessions_when_clocks_are_changed(zone, change):
    history = short_sessions(8, 1, 25, apart="15min", first=str(pd.Timestamp(change) - HOUR))
    figure = ps.timeline_figure(history, time_zone=zone)
    drawn = spans_drawn(figure)
    assert {end - start for start, end in drawn.values()} == {pd.Timedelta(minutes=25)}
    starts = [drawn[one][0] for one in history.sessions["session_id"]]
    assert set(np.diff(starts)) == {pd.Timedelta(minutes=15)}
    assert any("UTC" in text for text in figure.layout.xaxis.ticktext)


def test_themes(one_user):
    assert ps.timeline_figure(one_user).layout.paper_bgcolor == AUTO.background
    assert ps.timeline_figure(one_user, theme="light").layout.paper_bgcolor == LIGHT.background
    assert ps.timeline_figure(one_user, theme="dark").layout.paper_bgcolor == DARK.background


def test_colour_by_each_column(everybody):
    for column in ("browser", "os", "device", "country", "user"):
        figure = ps.timeline_figure(everybody, color_by=column)
        assert sum(len(trace.base) for trace in bars(figure)) == len(everybody.sessions)
    with pytest.raises(ps.ConfigurationError, match="color_by is one of browser, os"):
        ps.timeline_figure(everybody, color_by="shoe size")


def test_nothing_to_show(nobody):
    figure = ps.timeline_figure(nobody)
    assert not figure.data
    assert figure.layout.annotations[0].text == "No sessions to show."


def test_texts_are_text(one_user):
    history = ps.History(
        one_user.users.assign(username=HOSTILE),
        one_user.sessions.assign(browser_name=HOSTILE, device_type=HOSTILE),
        one_user.locations.assign(place=HOSTILE, remote_ip=HOSTILE),
    )
    sent = ps.timeline_figure(history, color_by="device").to_json()
    shown = json.loads(sent)
    texts = [str(text) for trace in shown["data"] for text in [trace["name"], *trace["hovertext"]]]
    texts += shown["layout"]["yaxis"]["ticktext"]
    joined = " ".join(texts).replace("<b>", "", 2).replace("</b>", "", 2).replace("<br>", "")
    for markup in ("<", "$", "%{", "\u202e"):
        assert markup not in joined
    assert "&lt;b&gt;x&lt;/b&gt;" in joined


@pytest.mark.parametrize(("count", "users", "minutes"), [(1600, 25, 2), (3000, 700, 0)])
def test_many_sessions_become_their_density_and_none_is_invisible(count, users, minutes):
    history = short_sessions(count, users, minutes)
    figure = ps.timeline_figure(history)
    assert not bars(figure)
    # The legend leaves out who has no place at all.
    assert [len(trace.x) for trace in figure.data if trace.type == "bar"] == [1]
    (density,) = (trace for trace in figure.data if trace.type == "heatmap")
    shade, number = np.array(density.z), np.array(density.customdata)
    assert ((number > 0) == ~np.isnan(shade)).all()
    left = pd.Timestamp(density.x0) - pd.Timedelta(milliseconds=density.dx) / 2
    user = history.sessions["user_id"].factorize()[0]
    created = history.sessions["created_at"].dt.tz_localize(None)
    column = ((created - left) / pd.Timedelta(milliseconds=density.dx)).astype(int)
    row = np.floor((user - density.y0) / density.dy + 0.5).astype(int)
    assert (number[row, column] > 0).all()


def test_a_window_of_many_sessions_shows_each_as_a_bar():
    history = short_sessions(2000, 40, 3)
    start, end = history.sessions["created_at"].iloc[[500, 600]]
    figure = ps.timeline_figure(history, window=(start, end))
    drawn = spans_drawn(figure)
    assert set(history.sessions["session_id"].iloc[500:601]) <= set(drawn)
    assert [pd.Timestamp(part, tz="UTC") for part in figure.layout.xaxis.range] == [start, end]


def test_many_at_one_instant_are_all_there():
    history = short_sessions(20, 1, 0, apart="0min")
    drawn = spans_drawn(ps.timeline_figure(history))
    assert len(drawn) == 20
    assert {start for start, _ in drawn.values()} == {pd.Timestamp("2024-02-01")}
    heights = {y for trace in bars(ps.timeline_figure(history)) for y in trace.y}
    assert len(heights) == 20


def test_what_is_selected_stands_out(one_user):
    first = one_user.sessions["session_id"].iloc[0]
    for selected in ([first], pd.Series([first])):
        (trace,) = bars(ps.timeline_figure(one_user, selected=selected))
        assert [trace.customdata[point] for point in trace.selectedpoints] == [first]
    (trace,) = bars(ps.timeline_figure(one_user))
    assert trace.selectedpoints is None


def test_overlapping_sessions_of_a_user_do_not_cover_each_other(everybody):
    sessions = everybody.sessions
    layout = Lanes(sessions)
    assert not layout.of_sessions
    y, thick = layout.places(np.arange(len(sessions)))
    frame = sessions.assign(y=y, thick=thick).sort_values("created_at")
    for _, rows in frame.groupby("y"):
        assert (rows["created_at"] > rows["active_at"].shift()).iloc[1:].all()
    assert (frame["thick"] > 0).all()


def test_signals_are_marked(one_user):
    session = one_user.sessions.iloc[0]
    signals = pd.DataFrame(
        {
            "kind": ["new_device", "new_device"],
            "session_id": [session["session_id"], "of somebody else"],
            "at": [session["last_sign_on_at"]] * 2,
            "summary": ["A device <not> seen before.", "Elsewhere."],
        }
    ).astype({"session_id": "str", "summary": "str"})
    (mark,) = (t for t in ps.timeline_figure(one_user, signals=signals).data if t.name == "Signal")
    assert list(mark.hovertext) == ["A device &lt;not&gt; seen before."]


def test_a_signal_without_a_time_is_no_mark_and_a_naive_time_is_utc(one_user):
    ids = one_user.sessions["session_id"]
    signals = pd.DataFrame({"session_id": ids, "at": pd.NaT, "summary": "Once."})
    (mark,) = (t for t in ps.timeline_figure(one_user, signals=signals).data if t.name == "Signal")
    assert not len(mark.x)
    signals["at"] = pd.Timestamp("2020-07-25T12:00")
    (mark,) = (t for t in ps.timeline_figure(one_user, signals=signals).data if t.name == "Signal")
    assert set(mark.x) == {"2020-07-25T12:00:00.000000"}


def test_sessions_without_times_are_left_out(one_user):
    timeless = one_user.sessions.copy()
    for name in ("created_at", "active_at", "last_sign_on_at"):
        timeless[name] = timeless[name].mask(timeless[name].notna())
    history = ps.History(one_user.users, timeless, one_user.locations)
    assert not ps.timeline_figure(history).data


def test_a_sessions_country_is_that_of_its_latest_event(everybody):
    shown = dict(
        zip(everybody.sessions["session_id"], color_values(everybody, "country"), strict=True)
    )
    told = everybody.locations.dropna(subset=["country"]).sort_values("at")
    latest = told.groupby("session_id")["country"].last().str.title()
    assert {one: name for one, name in shown.items() if pd.notna(name)} == latest.to_dict()


def test_many_lanes_are_counted_in_words(one_user):
    def title(sessions: pd.DataFrame) -> str:
        history = ps.History(one_user.users, sessions, one_user.locations)
        return ps.timeline_figure(history).layout.yaxis.title.text

    sessions = pd.concat([one_user.sessions] * 40, ignore_index=True)
    assert title(sessions) == "80 sessions"
    assert title(sessions.assign(user_id=[str(number) for number in range(80)])) == "80 users"
