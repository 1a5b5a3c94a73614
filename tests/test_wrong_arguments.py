"""Whatever is given in place of what was asked for is refused in our own words."""

from __future__ import annotations

import pandas as pd
import pytest

import pingsessions_nb as ps


@pytest.fixture(scope="module")
def tenant():
    return ps.demo(users=3, seed=7)


@pytest.fixture(scope="module")
def history(tenant):
    return tenant.history()


@pytest.fixture
def archive(history, tmp_path):
    archive = ps.Archive(tmp_path / "archive", buckets=1)
    archive.record(history)
    return archive


WRONG_OF_A_HISTORY = {
    "a number for a time": lambda h: h.between(1_760_000_000),
    "no time": lambda h: h.between("nonsense"),
    "a number for users": lambda h: h.for_users(3),
    "users without ids": lambda h: h.for_users(pd.DataFrame({"id": ["u-1"]})),
    "a number for sessions": lambda h: h.for_sessions(3),
    "no frames": lambda h: ps.History(h.users, 3, h.locations),
    "places of no frame": lambda _: ps.locate([1]),
    "places without a column": lambda _: ps.locate(pd.DataFrame({"city": ["oslo"]})),
    "a number for words of one's own": lambda h: h.with_place_aliases(3),
    "no colour": lambda h: ps.timeline_figure(h, color_by="x"),
    "no zone of a timeline": lambda h: ps.timeline_figure(h, time_zone="Mars/X"),
    "no zone of a map": lambda h: ps.map_figure(h, time_zone="Mars/X"),
    "no signals of a timeline": lambda h: ps.timeline_figure(h, signals=3),
    "signals without their times": lambda h: ps.timeline_figure(h, signals=h.users),
    "no signals of a map": lambda h: ps.map_figure(h, signals=3),
    "no theme": lambda h: ps.map_figure(h, theme="x"),
    "no verdicts": lambda h: ps.cases(h, verdicts=3),
    "a text for a threshold": lambda h: ps.signals(h, max_speed_kmh="x"),
    "a text for a number of users": lambda h: ps.likely_networks(h, least_users="x"),
    "a number for networks": lambda h: setattr(h.between(), "known_networks", 3),
    "no zone of a report": lambda h: ps.report(h, time_zone="Mars/X", path="never.html"),
    "a history to be joined": lambda h: ps.History.concat([h, 3]),
    "a demo of text": lambda _: ps.demo(users="x"),
    "a demo of a flag": lambda _: ps.demo(users=True),
}


@pytest.mark.parametrize("wrong", WRONG_OF_A_HISTORY.values(), ids=WRONG_OF_A_HISTORY)
def test_a_wrong_argument_raises_an_error_of_ours(history, wrong):
    with pytest.raises(ps.ConfigurationError, match=r"\.$"):
        wrong(history)


TAKERS = {
    *(ps.signals, ps.risk, ps.cases, ps.redact, ps.likely_networks, ps.timeline_figure),
    *(ps.map_figure, ps.report, ps.explore, ps.UserPicker),
}


@pytest.mark.parametrize("take", sorted(TAKERS, key=lambda take: take.__name__))
def test_what_is_no_history_is_refused_by_its_type(take):
    with pytest.raises(ps.ConfigurationError, match="int"):
        take(3)


@pytest.mark.parametrize("name", ["search", "filter", "population"])
def test_a_search_is_text(tenant, name):
    with pytest.raises(ps.ConfigurationError, match=f"^{name} is a text, not a value of type int"):
        tenant.users(**{name: 3})


WRONG_OF_AN_ARCHIVE = {
    "1970": lambda a, h: a.record(h, seen_at=1_760_000_000),
    "a flag for a snapshot": lambda a, _: a.history(as_of=True),
    "a number for a time": lambda a, _: a.history(since=1_760_000_000),
    "a flag for a query's snapshot": lambda a, _: a.sql("SELECT 1", as_of=True),
    "a text for a limit": lambda a, _: a.sql("SELECT 1", timeout="x"),
    "a text for days": lambda a, _: a.sweep_is_due("x"),
    "a text for days to keep": lambda a, _: a.compact(keep_days="x"),
    "users of no frame": lambda a, _: a.due(3),
    "a number for a user": lambda a, _: a.forget(3),
    "a text for buckets": lambda a, _: ps.Archive(a.path, buckets="x"),
    "no client": lambda a, _: a.signals(client=3),
}


def test_a_wrong_argument_of_an_archive_raises_an_error_of_ours(archive, history):
    for wrong in WRONG_OF_AN_ARCHIVE.values():
        with pytest.raises(ps.ConfigurationError, match=r"\.$"):
            wrong(archive, history)
    assert len(archive.snapshots()) == 1


def test_an_archive_is_taken_wherever_a_history_is(archive, history, tmp_path):
    whole = archive.history()
    assert len(ps.History.concat([history, archive])) == len(history)
    assert not any(archive.record(archive).values())
    assert ps.risk(history, fit=archive)["score"].equals(ps.risk(history, fit=whole)["score"])
    assert ps.report(history, fit=archive, path=tmp_path / "report.html").is_file()
    explorer = ps.explore(archive)
    explorer.history = archive
    assert len(explorer.history) == len(whole)
