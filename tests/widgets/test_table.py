import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import pingsessions_nb as ps
from pingsessions_nb.widgets.table import SessionTable, named_version, signal_words, table_columns


def seed_history():
    page = {
        "_embedded": {
            "sessions": [
                {
                    "id": "s1",
                    "user": {"id": "u1"},
                    "createdAt": "2020-07-22T22:21:31.693Z",
                    "activeAt": "2020-07-30T18:51:39.384Z",
                    "browser": {"name": "Chrome", "version": "83.0.4103"},
                    "locations": [
                        {"at": "2020-07-30T18:51:39.384Z", "city": "tacoma", "state": "washington",
                         "country": "united states"},
                        {"at": "2020-07-22T22:21:42.384Z", "city": "paris", "country": "france"},
                    ],
                },
                {"id": "s2", "user": {"id": "u1"}},
            ]
        }
    }  # fmt: skip
    return ps.History.from_responses(json.dumps(page))


def texts(packed):
    offsets = np.frombuffer(packed["offsets"], "<u4")
    return [packed["bytes"][a:b].decode() for a, b in pairwise(offsets)]


def coded(packed):
    words = texts(packed["texts"])
    codes = np.frombuffer(packed["codes"], f"<i{packed['width']}")
    return [None if c < 0 else words[c] for c in codes]


def test_columns_of_two_sessions():
    columns = table_columns(seed_history())
    assert texts(columns["ids"]) == ["s1", "s2"]
    assert coded(columns["browser"]) == ["Chrome 83.0.4103", None]
    assert coded(columns["place"]) == ["Tacoma, Washington, US", None]
    assert np.frombuffer(columns["places"], "<i4").tolist() == [2, 0]
    created = np.frombuffer(columns["created"], "<f8")
    assert created[0] == pd.Timestamp("2020-07-22T22:21:31.693Z").timestamp() * 1000
    assert np.isnan(created[1])


def test_a_version_without_a_name_still_shows():
    frame = pd.DataFrame({"os_name": ["Mac", None, None], "os_version": ["1", "2", None]})
    words = named_version(frame.astype("str"), "os")
    assert words.iloc[:2].tolist() == ["Mac 1", "2"]
    assert pd.isna(words.iloc[2])


def test_signals_are_words_once_each():
    signals = pd.DataFrame(
        {"session_id": ["a", "a", "a"], "kind": ["new_device", "new_device", "ip_velocity"]}
    )
    words = signal_words(pd.Series(["a", "b"]), signals)
    assert words.iloc[0] == "New device, IP velocity"
    assert pd.isna(words.iloc[1])


def test_no_place_at_all_is_a_column_of_nothing():
    history = ps.demo(users=200, seed=7).history()
    without = ps.History(history.users, history.sessions, history.locations.iloc[:0])
    assert set(coded(table_columns(without)["place"])) == {None}


def test_text_form_and_selection():
    table = SessionTable(seed_history())
    assert repr(table) == "SessionTable(2 sessions, 1 user)"
    table.selected = ("s2",)
    table.history = table.history.for_sessions("s1")
    assert table.selected == ()


@pytest.mark.parametrize("part", ["table", "details", "filters", "picker", "status"])
def test_no_data_becomes_markup(part):
    """The modules never parse text as HTML, script or style."""
    static = Path(ps.__file__).parent / "widgets" / "static"
    text = (static / f"{part}.js").read_text() + (static / "elements.js").read_text()
    for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
        assert word not in text
