"""A whole answer of the API on its way to whoever reads it: frames, table, CSV, report, details."""

import html
import io
import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import pingsessions_nb as ps
from pingsessions_nb.widgets.details import session_facts
from pingsessions_nb.widgets.table import table_columns

PRINTED = Path(ps.__file__).with_name("sandbox") / "data" / "documented_sessions.json"
POLICY = {"id": "c0a6f1de-7b53-4c80-9f0d-2f5b8a6c1e94", "type": "PINGONE"}
ENVIRONMENT, USER = "0f6c2b1a-93d4-4e57-8a60-5d7e1c3b9f28", "7e1d4c90-2b85-4f36-9c1a-6a0f8e5d3b72"
HERE = f"https://api.pingone.eu/v1/environments/{ENVIRONMENT}/users/{USER}"


def everything(session_id, hour):
    """A session with every field that PingOne is known to send, numbers as text."""

    def at(minute):
        return f"2026-05-04T{hour:02d}:{minute:02d}:07.250Z"

    return {
        "_links": {"self": {"href": f"{HERE}/sessions/{session_id}"}, "user": {"href": HERE}},
        "id": session_id,
        "environment": {"id": ENVIRONMENT},
        "user": {"id": USER},
        "createdAt": at(1),
        "activeAt": at(52),
        "expiresAt": at(59),
        "idleTimeoutInMinutes": "432",
        "userAgent": "Mozilla/5.0 (X11; Linux x86_64; rv:139.0) Gecko/20100101 Firefox/139.0",
        "lastSignOn": {
            "at": at(2),
            "remoteIp": "203.0.113.94",
            "authenticators": ["pwd", "fido2"],
            "withAuthenticator": {
                "pwd": {"at": at(1), "policy": POLICY},
                "fido2": {"at": at(2), "policy": POLICY},
            },
        },
        "locations": [
            {"at": at(2), "remoteIp": "203.0.113.94", "city": "porto", "state": "porto",
             "region": "13", "country": "portugal"},
            {"at": at(52), "remoteIp": "2001:db8:7::5", "city": "braga", "state": "braga",
             "region": "03", "country": "portugal"},
        ],
        "browser": {"name": "Firefox", "version": "139.0"},
        "operatingSystem": {"name": "Linux", "version": "6.8"},
        "device": {"type": "Thin client"},
    }  # fmt: skip


def answer():
    sessions = [everything("s-late", 9), everything("s-early", 6)]
    return {
        "_links": {"self": {"href": f"{HERE}/sessions"}},
        "_embedded": {"sessions": sessions},
        "count": "2",
        "size": 2,
    }


@pytest.fixture(
    params=[lambda: json.loads(PRINTED.read_text()), answer], ids=["as printed", "every field"]
)
def response(request):
    return request.param()


@pytest.fixture
def history(response):
    return ps.History.from_responses(json.dumps(response))


def leaves(value, path=""):
    """Every scalar of JSON with its path, links apart."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key != "_links":
                yield from leaves(inner, f"{path}.{key}".lstrip("."))
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner, path)
    else:
        yield path, value


def sessions_of(response):
    return response["_embedded"]["sessions"]


def written(cell):
    """A cell's texts, times as PingOne writes them."""
    if isinstance(cell, pd.Timestamp):
        return [cell.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"]
    if isinstance(cell, (dict, list)):
        return [str(value) for _, value in leaves(cell)] + (
            list(cell) if isinstance(cell, dict) else []
        )
    return [] if pd.isna(cell) else [str(cell)]


def texts(packed):
    offsets = np.frombuffer(packed["offsets"], "<u4")
    return [packed["bytes"][a:b].decode() for a, b in pairwise(offsets)]


def test_every_value_is_in_the_frames(response, history):
    assert history.problems.empty
    for session in sessions_of(response):
        row = history.sessions.set_index("session_id", drop=False).loc[session["id"]]
        places = history.locations[history.locations["session_id"] == session["id"]]
        assert len(places) == row["location_count"] == len(session["locations"])
        told = {text for cell in row for text in written(cell)}
        told |= {text for cells in places.itertuples() for one in cells for text in written(one)}
        missing = {path: value for path, value in leaves(session) if str(value) not in told}
        assert missing == {}


def test_the_table_tells_each_session(response, history):
    columns = table_columns(history)
    assert texts(columns["ids"]) == history.sessions["session_id"].tolist()
    told = {name: set(texts(of["texts"])) for name, of in columns["words"].items()}
    for session in sessions_of(response):
        last = session["locations"][-1]
        assert any(last["city"].title() in place for place in told["place"])
        assert f"{session['browser']['name']} {session['browser']['version']}" in told["browser"]
        assert session["device"]["type"] in told["device_type"]
        assert last["remoteIp"] in told["address"]
        assert session["lastSignOn"]["remoteIp"] in told["last_sign_on_ip"]
    created = np.frombuffer(columns["created_at"], "<f8")
    ms = history.sessions["created_at"].astype("datetime64[ms, UTC]").astype("int64")
    assert created.tolist() == ms.tolist()


def test_csv_and_back_is_the_same(history):
    for frame in (history.sessions, history.locations):
        plain = frame[[name for name in frame if frame[name].dtype != object]]
        assert "session_id" in plain
        read = pd.read_csv(io.StringIO(frame.to_csv(index=False)), dtype=str)
        assert list(read) == list(frame)
        for name, column in plain.items():
            if isinstance(column.dtype, pd.DatetimeTZDtype):
                again = pd.to_datetime(read[name], utc=True).astype(column.dtype)
            else:
                again = read[name].astype(column.dtype)
            pd.testing.assert_series_equal(again, column)


def test_details_leave_nothing_out(response, history):
    for session in sessions_of(response):
        (one,) = session_facts(history, (session["id"],))
        told = json.dumps(one)
        numbers = {
            fact["at"] for _, fact in one["facts"] if isinstance(fact, dict) and "at" in fact
        }
        numbers |= {place["at"] for place in one["locations"]}
        for path, value in leaves(session):
            if path.endswith(("At", ".at")):
                ms = pd.Timestamp(value).timestamp() * 1000
                assert ms in numbers or value in told, path
            elif ".policy." not in path and path not in ("locations.state", "locations.country"):
                assert str(value).lower() in told.lower(), path
        assert [place["ip"] for place in one["locations"]] == [
            place["remoteIp"] for place in session["locations"]
        ]


def test_the_report_tells_every_fact(response, history, tmp_path):
    page = ps.report(history, path=tmp_path / "report.html", progress=False)
    told = html.unescape(page.read_text(encoding="utf-8")).lower()
    told = told.partition('id="ps-data"')[0]
    for session in sessions_of(response):
        for path, value in leaves(session):
            if path.endswith(("At", ".at")):
                assert pd.Timestamp(value).strftime("%Y-%m-%dT%H:%M").lower() in told, path
            elif ".policy." not in path and path not in (
                *("environment.id", "locations.state", "locations.country"),
            ):
                assert str(value).lower() in told, path
