"""Damaged pages end in frames or in MalformedResponse, and in nothing else.

The long run: ``pytest -m slow tests/fuzz/test_fuzz_frames.py``.
"""

import copy
import json
import random

import pandas as pd
import pytest

import pingsessions_nb as ps

SESSION = {
    "_links": {"self": {"href": "https://api.pingone.com/v1/environments/e/users/u/sessions/s"}},
    "id": "465b7031-292f-4641-941f-e21240a88a43",
    "environment": {"id": "abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6"},
    "user": {"id": "710d6278-ccce-4a91-bdb9-ac7a4a0e60d5"},
    "createdAt": "2020-07-22T19:26:10.680Z",
    "activeAt": "2020-07-22T19:26:55.666Z",
    "locations": [
        {
            "at": "2020-07-22T19:26:55.666Z",
            "remoteIp": "174.xx.xx.xxx",
            "city": "tacoma",
            "state": "washington",
            "country": "united states",
        },
        {"at": "2020-07-22T19:27:55.666Z", "city": "münchen", "country": "germany"},
    ],
    "lastSignOn": {"remoteIp": "174.xx.xx.xxx", "at": "2020-07-22T19:26:55.665Z"},
    "browser": {"name": "Chrome", "version": "83.0.4103"},
    "operatingSystem": {"name": "Mac OS X", "version": "10.13.6"},
    "device": {"type": "Other"},
}
USER = {
    "id": "710d6278-ccce-4a91-bdb9-ac7a4a0e60d5",
    "username": "ann",
    "name": {"given": "Ann", "family": "Dow"},
    "population": {"id": "p"},
    "_embedded": {"population": {"id": "p", "name": "Staff"}},
    "enabled": True,
    "createdAt": "2020-07-22T19:26:10.680Z",
}
PAGES = (
    {"_links": {}, "_embedded": {"sessions": [SESSION, SESSION]}, "count": 2, "size": 2},
    {"_embedded": {"users": [USER, USER]}, "count": 2},
)
ODD_VALUES = (
    None, True, 0, -1, 2**70, 1e308, "", " ", "\ud800", "\x00", "2020", "9999-12-31T23:59:59-14:00",
    "0001-01-01T00:00:00+14:00", "0000-01-01T00:00:00.000Z", "2020-06-30T23:59:60.000Z", "1e5",
    [], [[]], [None], {}, {"": ""}, {"id": {"id": "x"}}, {"user_id": "x", "a.b": 1, "a": {"b": 2}},
    "x" * 5000, {"latitude": "north", "session_id": 3, "place": []},
)  # fmt: skip
ODD_BYTES = (
    b"{", b"}", b"[", b"]", b'"', b",", b":", b"\\", b"\n", b"\x00", b"\xff", b"\xc3", b"\\ud83d",
    b"null", b"NaN", b"1e999", b"-", b"\xef\xbb\xbf", b"\xff\xfe", b"9" * 5000, b"[" * 3000,
)  # fmt: skip


def paths_in(value, path=()):
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in items if isinstance(value, dict | list) else ():
        yield from (
            paths_in(inner, (*path, key)) if isinstance(inner, dict | list) else [(*path, key)]
        )


def mutated_value(page, chance):
    page = copy.deepcopy(page)
    for _ in range(chance.randint(1, 4)):
        paths = [path for path in paths_in(page) if path]
        if not paths:
            break
        path = chance.choice(paths)
        owner = page
        for key in path[:-1]:
            owner = owner[key]
        action = chance.random()
        if action < 0.25 and isinstance(owner, dict):
            del owner[path[-1]]
        elif action < 0.45 and isinstance(owner, dict):
            key = chance.choice(["x", "user_id", "at", "a.b", "", "\ud800", "_embedded", "place"])
            owner[key] = copy.deepcopy(chance.choice(ODD_VALUES))
        else:
            owner[path[-1]] = copy.deepcopy(chance.choice(ODD_VALUES))
    return page


def mutated_bytes(raw, chance):
    data = bytearray(raw)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(data) + 1)
        action = chance.random()
        if action < 0.3:
            data[at:at] = chance.choice(ODD_BYTES)
        elif action < 0.5:
            del data[at : at + chance.randint(1, 40)]
        elif action < 0.7 and at < len(data):
            data[at] = chance.randrange(256)
        elif action < 0.85:
            start = chance.randrange(len(data) + 1)
            data[at:at] = data[start : start + chance.randint(1, 200)]
        else:
            del data[at:]
    return bytes(data)


def mutation(chance):
    page = chance.choice(PAGES)
    if chance.random() < 0.5:
        page = mutated_value(page, chance)
        if chance.random() < 0.2:
            return page
    raw = json.dumps(page, indent=chance.choice([None, 1])).encode()
    if chance.random() < 0.1:
        raw = raw + b"\n" + raw
    return mutated_bytes(raw, chance) if chance.random() < 0.6 else raw


def check(response):
    """Read it, and if that succeeds see that the frames are whole."""
    try:
        history = ps.History.from_responses([response])
    except ps.MalformedResponse as error:
        assert str(error).startswith("Response 1 ")  # noqa: PT017 - both ends are right
        return False
    sessions, locations = history.sessions, history.locations
    for frame, times in ((sessions, ["created_at", "active_at"]), (locations, ["at"])):
        assert frame.columns.is_unique
        for time in times:
            assert frame[time].dtype == pd.DatetimeTZDtype("us", "UTC")
        assert isinstance(frame["session_id"].dtype, pd.StringDtype)
    if sessions["session_id"].is_unique:
        assert sessions["location_count"].sum() == len(locations)
    assert history._repr_html_()
    assert repr(history)
    return True


def run(count, seed):
    chance = random.Random(seed)
    read = sum(check(mutation(chance)) for _ in range(count))
    # Both ends are reached often, so that neither goes untested.
    assert count * 0.2 < read < count * 0.8


def test_damaged_pages_end_in_frames_or_in_malformed_response():
    run(500, seed=1)


@pytest.mark.slow
def test_twenty_thousand_damaged_pages_end_in_frames_or_in_malformed_response():
    run(20_000, seed=2)
