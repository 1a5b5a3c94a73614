import json

import pandas as pd
import pytest

import pingsessions_nb as ps
from pingsessions_nb.figures.lanes import lanes
from pingsessions_nb.figures.palette import AUTO, DARK, LIGHT
from pingsessions_nb.history.session_facts import color_values

HOSTILE = "<b>x</b><a href='javascript:alert(1)'>y</a> $\\alpha$ %{x} &lt; \u202eabc"


def bars(figure):
    return [trace for trace in figure.data if trace.type == "bar"]


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


def test_the_clock_is_the_chosen_zones(one_user):
    (utc,) = bars(ps.timeline_figure(one_user))
    (tokyo,) = bars(ps.timeline_figure(one_user, time_zone="Asia/Tokyo"))
    shift = pd.to_datetime(pd.Series(tokyo.base)) - pd.to_datetime(pd.Series(utc.base))
    assert set(shift) == {pd.Timedelta(hours=9)}


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


def test_many_sessions_become_lines(everybody):
    part = everybody.sessions
    many = pd.concat([part.assign(session_id=part["session_id"] + str(k)) for k in range(10)])
    history = ps.History(everybody.users, many, everybody.locations)
    figure = ps.timeline_figure(history)
    assert {trace.type for trace in figure.data} == {"scattergl"}
    assert sum(len(trace.x) for trace in figure.data) == 3 * len(many)


def test_overlapping_sessions_of_a_user_do_not_cover_each_other(everybody):
    sessions = everybody.sessions
    layout = lanes(sessions)
    assert not layout.sessions
    frame = sessions.assign(y=layout.y, thick=layout.thick).sort_values("created_at")
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
