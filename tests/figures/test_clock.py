"""Clocks beside instants: what is written on days when they are changed."""

import pandas as pd
import pytest

import pingsessions_nb as ps
from pingsessions_nb.figures.clock import moments, offset_words, ticks

# When each zone's clock goes back, and what the hour before and after are called.
BACK = [
    ("Europe/Berlin", "2024-10-27T01:00", "02:00", ("UTC+2", "UTC+1"), 60),
    ("America/New_York", "2024-11-03T06:00", "01:00", ("UTC\u22124", "UTC\u22125"), 60),
    ("America/Santiago", "2024-04-07T03:00", "23:00", ("UTC\u22123", "UTC\u22124"), 60),
    ("Australia/Lord_Howe", "2024-04-06T15:00", "01:30", ("UTC+11", "UTC+10:30"), 30),
    ("Pacific/Chatham", "2024-04-06T14:00", "02:45", ("UTC+13:45", "UTC+12:45"), 60),
]
FORWARD = [
    ("Europe/Berlin", "2024-03-31T01:00"),
    ("America/New_York", "2024-03-10T07:00"),
    ("America/Santiago", "2024-09-08T04:00"),
    ("Australia/Lord_Howe", "2024-10-05T15:30"),
    ("Pacific/Chatham", "2024-09-28T14:00"),
]


def seconds(instant):
    return pd.Timestamp(instant, tz="UTC").timestamp()


def window(instant, hours):
    middle = seconds(instant)
    return middle - hours * 3600, middle + hours * 3600


@pytest.mark.parametrize(("zone", "change", "clock", "offsets", "minutes"), BACK)
def test_a_time_that_comes_twice_is_told_apart(zone, change, clock, offsets, minutes):
    start, end = window(change, 2)
    marks = ticks(start, end, zone, most=60)
    twice = [mark for mark in marks if mark.text.startswith(clock)]
    assert [mark.at for mark in twice] == [seconds(change) - minutes * 60, seconds(change)]
    assert [mark.text.split("<br>")[1].split(", ")[-1] for mark in twice] == list(offsets)


@pytest.mark.parametrize("hours", [0.02, 1, 5, 20, 60, 400, 4000, 50_000])
@pytest.mark.parametrize(("zone", "change"), FORWARD + [row[:2] for row in BACK])
def test_ticks_are_few_in_order_inside_and_what_the_clock_shows(zone, change, hours):
    start, end = window(change, hours)
    marks = ticks(start, end, zone)
    at = [mark.at for mark in marks]
    assert at == sorted(set(at))
    assert 2 <= len(marks) <= 12
    assert all(start <= one <= end for one in at)
    for mark in marks:
        local = pd.Timestamp(mark.at, unit="s", tz=zone)
        first = mark.text.split("<br>")[0]
        assert first in (
            f"{local:%H:%M:%S}",
            f"{local:%H:%M}",
            f"{local.day} {local:%b}",
            f"{local:%b}",
            f"{local:%Y}",
        )


@pytest.mark.parametrize(("zone", "change", "clock", "offsets", "minutes"), BACK)
def test_hours_that_repeat_are_told_apart_in_words(zone, change, clock, offsets, minutes):
    both = pd.to_datetime(pd.Series([change, change]), utc=True)
    both[0] -= pd.Timedelta(minutes=minutes)
    first, second = moments(both, zone)
    assert (first.split(" ")[-1], second.split(" ")[-1]) == offsets
    assert first.split(" ")[:-1] == second.split(" ")[:-1]


def test_offsets_and_what_is_missing():
    assert [offset_words(s) for s in (0, 7200, -12600, 20700)] == [
        "UTC",
        "UTC+2",
        "UTC\u22123:30",
        "UTC+5:45",
    ]
    values = pd.to_datetime(pd.Series([None, "2024-02-29T12:00"]), utc=True)
    assert moments(values, "UTC").tolist() == ["unknown", "29 Feb 2024, 12:00:00 UTC"]


def test_a_zone_that_is_none_is_refused_in_a_sentence(one_user):
    for make in (ps.timeline_figure,):
        with pytest.raises(ps.ConfigurationError, match="'Mars/Olympus', which is no time zone"):
            make(one_user, time_zone="Mars/Olympus")
