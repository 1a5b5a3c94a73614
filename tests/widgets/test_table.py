import json
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
import traitlets

import pingsessions_nb as ps
from pingsessions_nb.widgets.table import (
    COLUMNS,
    SessionTable,
    named_version,
    signal_words,
    table_columns,
)


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
                        {"at": "2020-07-22T22:21:42.384Z", "city": "paris", "country": "france",
                         "remoteIp": "192.0.2.7"},
                    ],
                },
                {"id": "s2", "user": {"id": "u1"}, "lastSignOn": {"remoteIp": "192.0.2.9"}},
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
    words = columns["words"]
    assert texts(columns["ids"]) == ["s1", "s2"]
    assert coded(words["browser"]) == ["Chrome 83.0.4103", None]
    assert coded(words["place"]) == ["Tacoma, Washington, US", None]
    assert coded(words["address"]) == ["192.0.2.7", "192.0.2.9"]
    assert np.frombuffer(columns["location_count"], "<i4").tolist() == [2, 0]
    created = np.frombuffer(columns["created_at"], "<f8")
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
    assert set(coded(table_columns(without)["words"]["place"])) == {None}


def test_text_form_and_selection():
    table = SessionTable(seed_history())
    assert repr(table) == "SessionTable(2 sessions, 1 user)"
    table.selected = ("s2",)
    table.history = table.history.for_sessions("s1")
    assert table.selected == ()


def test_columns_are_chosen_by_name():
    table = SessionTable(seed_history())
    assert table.columns == ("user", "created_at", "place", "address", "browser", "signals")
    table.columns = ["os", "user", "os"]
    assert table.columns == ("os", "user")
    with pytest.raises(traitlets.TraitError, match="no column 'shoe_size'; there are user,"):
        table.columns = ("shoe_size",)
    assert table.columns == ("os", "user")


def test_every_column_that_can_be_chosen_is_told_to_the_browser():
    columns = table_columns(seed_history())
    told = {*columns, *columns["words"], "session_id", "duration", "signals"}
    assert set(COLUMNS) <= told
