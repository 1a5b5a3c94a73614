"""Faults of a network and a busy service: which pass, which do not, and what is said then."""

from __future__ import annotations

import asyncio
import time

import pytest
from conftest import SEED_USER
from pandas.testing import assert_frame_equal

import pingsessions_nb as ps
from pingsessions_nb.tenant import retrying, wire

WEATHER = {"429": 0.05, "5xx": 0.02, "drop": 0.01, "truncate": 0.01, "bad_json": 0.005}
LIMITED = b'{"id":"c-9","code":"REQUEST_LIMITED","message":"Too many requests."}'


def test_faults_change_no_row(start):
    calm = start(users=120).connect().history()
    sandbox = start(users=120, faults=WEATHER, fault_seed=4, token_seconds=1)
    stormy = sandbox.connect(max_rate=5000).history(progress=False)
    for name in ("users", "sessions", "locations", "failures"):
        assert_frame_equal(getattr(stormy, name), getattr(calm, name))
    statuses = {call.status for call in sandbox.recorder.api}
    assert 429 in statuses
    assert statuses & {500, 502, 503, 504}


@pytest.mark.parametrize("kind", ["5xx", "drop", "truncate", "bad_json"])
def test_each_passing_trouble_passes(start, kind):
    sandbox = start(users=12, faults={kind: 0.4}, fault_seed=2)
    history = sandbox.connect().history()
    assert history.failures.empty
    assert len(history.users) == 12
    assert len(sandbox.recorder.api) > 13


@pytest.mark.parametrize(
    ("kind", "error", "words"),
    [
        ("429", ps.RateLimited, "smaller max_rate"),
        ("5xx", ps.ServiceUnavailable, "fault of its own"),
        ("drop", ps.ServiceUnavailable, "no answer from 127.0.0.1"),
        ("truncate", ps.ServiceUnavailable, "no answer from 127.0.0.1"),
        ("bad_json", ps.MalformedResponse, "not what PingOne's API documents"),
    ],
)
def test_trouble_that_does_not_pass_ends_at_the_deadline(start, kind, error, words):
    sandbox = start(faults={kind: 1})
    tenant = sandbox.connect(deadline=1.5)
    began = time.monotonic()
    with pytest.raises(error, match=words) as raised:
        tenant.history(SEED_USER)
    assert 0.5 < time.monotonic() - began < 5
    attempts = len(sandbox.recorder.api)
    assert attempts > 1
    assert f"Tried {attempts} times" in str(raised.value)


@pytest.mark.parametrize("status", [400, 403, 404, 405, 409, 422])
def test_a_refusal_is_never_asked_again(sandbox, answer, status):
    body = b'{"id":"c-5","code":"NO","message":"No.","details":[{"message":"Because."}]}'
    sandbox.recorder.instead["/populations"] = answer(status, body)
    with pytest.raises(ps.ApiError, match=r"Because.*correlation id c-5") as raised:
        sandbox.connect().populations()
    assert (raised.value.status, raised.value.code) == (status, "NO")
    assert raised.value.details == ({"message": "Because."},)
    assert len(sandbox.recorder.of("/populations")) == 1


def test_a_servers_text_steers_no_terminal_and_fills_no_screen(sandbox, answer):
    detail = b'{"message":"' + b"x" * 400 + b'"}'
    body = (
        b'{"message":"\\u001b[2J\\u202eNo.\\nReally.","details":['
        + b",".join([detail] * 900)
        + b"]}"
    )
    sandbox.recorder.instead["/populations"] = answer(400, body)
    with pytest.raises(ps.ApiError, match=r"No\. Really;") as raised:
        sandbox.connect().populations()
    assert not {"\x1b", "\u202e", "\n"} & set(str(raised.value))
    assert len(str(raised.value)) < 5000
    assert len(raised.value.details) == 900


def test_a_path_that_does_not_exist_is_not_taken_for_a_missing_role(sandbox):
    with pytest.raises(ps.NotFound, match="does not know this path") as raised:
        sandbox.connect(api_url=f"{sandbox.url}/elsewhere").populations()
    assert raised.value.status == 403


@pytest.mark.parametrize(
    "body",
    [
        b"<html>Sign on to Wi-Fi</html>",
        b"[]",
        b"null",
        b"",
        b"\xff\xfe",
        b'{"_links":{}}',
        b'{"_embedded":null}',
        b'{"_embedded":[]}',
        b'{"_embedded":{}}',
        b'{"_embedded":{"sessions":null}}',
        b'{"_embedded":{"sessions":{"id":"x"}}}',
    ],
)
def test_a_page_that_is_none_is_a_sentence(sandbox, answer, body):
    sandbox.recorder.instead["/sessions"] = answer(200, body)
    with pytest.raises(ps.MalformedResponse, match=r"Reading the sessions of user 710d6278.*proxy"):
        sandbox.connect(deadline=0.2).history(SEED_USER)


@pytest.mark.parametrize("path", [SEED_USER, "/sessions", "/users"])
def test_a_refusal_under_the_status_of_an_answer_is_none(sandbox, answer, path):
    body = b'{"id":"c-1","code":"REQUEST_FAILED","message":"Not sandbox-secret.","details":[{}]}'
    sandbox.recorder.instead[path] = answer(200, body)
    tenant = sandbox.connect(deadline=0.2)
    asks = {
        SEED_USER: lambda: tenant.users(search=SEED_USER),
        "/sessions": lambda: tenant.history(SEED_USER),
        "/users": tenant.users,
    }
    with pytest.raises(ps.MalformedResponse, match=r"is a refusal.*REQUEST_FAILED, Not \*\*\*"):
        asks[path]()


@pytest.mark.parametrize("body", [b'{"_embedded":{"sessions":[]}}', b'{"size":0}'])
def test_a_user_without_sessions_is_no_trouble(sandbox, answer, body):
    sandbox.recorder.instead["/sessions"] = answer(200, body)
    history = sandbox.connect().history(SEED_USER)
    assert history.sessions.empty
    assert history.users["user_id"].tolist() == [SEED_USER]


def test_a_null_among_the_sessions_costs_that_one_alone(sandbox, answer):
    page = b'{"_embedded":{"sessions":[null,{"id":"s-1","user":{"id":"u-1"}}]}}'
    sandbox.recorder.instead["/sessions"] = answer(200, page)
    history = sandbox.connect().history(SEED_USER)
    assert history.sessions["session_id"].tolist() == ["s-1"]
    assert len(history.problems) == 1


@pytest.mark.parametrize("part", [b'"\xff"', b"[" * 5000 + b"]" * 5000])
def test_a_page_garbled_deep_inside_costs_one_user_and_no_more(sandbox, answer, part):
    ids = [user["id"] for user in sandbox.synthetic.users[:4]]
    page = b'{"_embedded":{"sessions":[{"id":"s-1","x":' + part + b"}]}}"
    sandbox.recorder.instead[f"{ids[1]}/sessions"] = answer(200, page)
    with pytest.warns(UserWarning, match="1 of 4 users could not be read"):
        history = sandbox.connect(deadline=0.3).history(ids)
    assert history.failures["user_id"].tolist() == [ids[1]]
    assert history.failures["error"].str.contains("not what PingOne's API documents").all()


ID = "00000000-0000-4000-8000-000000000001"


@pytest.mark.parametrize("odd", ["null", '"x"', "[]", '{"id":5}', '{"username":"x"}'])
def test_what_is_no_user_among_users_does_not_hide_the_others(sandbox, answer, odd):
    person = f'{{"id":"{ID}","username":"ada","email":5}}'
    page = f'{{"_embedded":{{"users":[{odd},{person}]}}}}'.encode()
    sandbox.recorder.instead = {
        "/users": answer(200, page),
        ID: answer(200, person.encode()),
        "/sessions": answer(200, b'{"_embedded":{"sessions":[]}}'),
    }
    tenant = sandbox.connect()
    for found in (tenant.users(), tenant.search_users("ada").result()):
        assert ID in found["user_id"].tolist()
    for asked in ("ada", None):
        assert tenant.history(asked).users["user_id"].dropna().tolist() == [ID]


def test_what_is_no_population_does_not_hide_the_others(sandbox, answer):
    odd = b'null,"x",{"id":"p-1","userCount":"5"},{"id":"p-2","userCount":5,"default":"no"}'
    page = b'{"_embedded":{"populations":[' + odd + b"]}}"
    sandbox.recorder.instead["/populations"] = answer(200, page)
    found = sandbox.connect().populations()
    assert found["population_id"].tolist() == ["p-1", "p-2"]
    assert found["user_count"].fillna(-1).tolist() == [-1, 5]
    assert found["default"].isna().all()


def test_an_unreachable_host_is_said_soon():
    tenant = ps.connect(
        SEED_USER, "c", "s", api_url="http://127.0.0.1:9", auth_url="http://127.0.0.1:9"
    )
    began = time.monotonic()
    with pytest.raises(
        ps.ServiceUnavailable, match=r"no answer from 127\.0\.0\.1:9.*proxy.*region"
    ):
        tenant.users()
    assert time.monotonic() - began < 8


def test_a_service_that_breaks_down_midway_leaves_what_was_read(start, answer):
    sandbox = start(users=120)
    tenant = sandbox.connect(deadline=0.3, max_rate=40)
    users = tenant.users()
    sandbox.recorder.instead[f"{users['user_id'].iloc[30]}/sessions"] = answer(503, b"")

    async def until_then(scope, receive, send):
        down = len(sandbox.recorder.of("/sessions")) > 50
        await (answer(503, b"") if down else sandbox.recorder.app)(scope, receive, send)

    sandbox.recorder.instead["/sessions"] = until_then
    with pytest.warns(UserWarning, match="users could not be read"):
        history = tenant.history(users, progress=False)
    read = history.sessions["user_id"].nunique()
    assert 40 <= read <= 51
    assert read + len(history.failures) >= 119  # one of the invented people may have no session
    assert set(history.failures["status"]) == {503}
    assert len(sandbox.recorder.of("/sessions")) < 51 + 20 * 4


def test_a_retry_after_is_honoured_by_everybody(start, answer):
    sandbox = start(users=30)
    tenant = sandbox.connect(max_rate=200)
    users = tenant.users()
    limited_at = []

    async def once(scope, receive, send):
        if not limited_at and len(sandbox.recorder.of("/sessions")) > 10:
            limited_at.append(time.monotonic())
            await answer(429, LIMITED, retry_after="1")(scope, receive, send)
        else:
            await sandbox.recorder.app(scope, receive, send)

    sandbox.recorder.instead["/sessions"] = once
    assert tenant.history(users).failures.empty
    after = [c.at - limited_at[0] for c in sandbox.recorder.of("/sessions") if c.at > limited_at[0]]
    assert len(after) >= 15
    # What was under way when the answer came was sent already; nothing new for a second.
    assert [delay for delay in after if 0.5 < delay < 0.95] == []


def test_a_retry_after_beyond_the_deadline_is_an_error_at_once(sandbox, answer):
    sandbox.recorder.instead["/populations"] = answer(429, LIMITED, retry_after="3600")
    began = time.monotonic()
    with pytest.raises(ps.RateLimited, match="correlation id c-9"):
        sandbox.connect(deadline=5).populations()
    assert time.monotonic() - began < 2


def test_a_pause_beyond_the_deadline_is_said_to_everybody_and_nothing_is_sent(start, answer):
    sandbox = start(users=300)
    tenant = sandbox.connect(max_rate=20, deadline=5)
    users = tenant.users()
    sandbox.recorder.instead["/sessions"] = answer(429, LIMITED, retry_after="3600")
    began = time.monotonic()
    with pytest.raises(ps.RateLimited):
        tenant.history(users)
    with pytest.raises(ps.RateLimited, match=r"asked everybody to wait.*3,\d\d\d s from now"):
        tenant.populations()
    assert time.monotonic() - began < 4
    assert len(sandbox.recorder.of("/sessions")) < 20
    assert sandbox.recorder.of("/populations") == []


@pytest.mark.parametrize("status", [429, 503])
def test_nothing_to_wait_for_is_no_leave_to_hammer(sandbox, answer, status):
    sandbox.recorder.instead["/populations"] = answer(status, LIMITED, retry_after="0")
    with pytest.raises((ps.RateLimited, ps.ServiceUnavailable)):
        sandbox.connect(deadline=2).populations()
    assert 1 < len(sandbox.recorder.api) < 8


def test_a_page_that_never_becomes_one_is_said_before_the_deadline(sandbox, answer, monkeypatch):
    monkeypatch.setattr(retrying, "_FIRST_PAUSE", 0.01)
    sandbox.recorder.instead["/populations"] = answer(200, b"<html>Sign on to Wi-Fi</html>")
    began = time.monotonic()
    with pytest.raises(ps.MalformedResponse, match="Tried 6 times"):
        sandbox.connect(deadline=60).populations()
    assert time.monotonic() - began < 10


def test_an_answer_that_never_comes_is_waited_for_until_the_deadline(sandbox, monkeypatch):
    monkeypatch.setattr(wire, "_LEAST_SECONDS", 0.5)

    async def never(scope, receive, send):
        await asyncio.sleep(20)

    sandbox.recorder.instead["/populations"] = never
    began = time.monotonic()
    with pytest.raises(ps.ServiceUnavailable, match="nothing complete within"):
        sandbox.connect(deadline=1.5).populations()
    assert time.monotonic() - began < 5


OTHER = "11111111-2222-4333-8444-555555555555"


@pytest.mark.parametrize("wrong", ["worker's environment", "environment", "path"])
def test_a_wrong_address_is_not_taken_for_users_that_are_gone(sandbox, tmp_path, wrong):
    here = sandbox.synthetic.environment_id
    given, words = {
        "worker's environment": ({"auth_environment_id": OTHER}, "Getting an access token"),
        "environment": ({"environment_id": OTHER, "auth_environment_id": here}, "environment"),
        "path": ({"api_url": f"{sandbox.url}/elsewhere"}, "does not know this path"),
    }[wrong]
    tenant = sandbox.connect(allow_end_session=True, **given)
    ids = [user["id"] for user in sandbox.synthetic.users]
    for ask in (
        lambda: tenant.users(search=SEED_USER),
        lambda: tenant.history(ids, checkpoint=tmp_path / "run"),
        lambda: tenant.end_session(SEED_USER, SEED_USER),
    ):
        with pytest.raises(ps.NotFound, match=words) as raised:
            ask()
        assert "ended already" not in str(raised.value)
    if "auth_environment_id" in given and "environment_id" not in given:
        # The same reading, rightly connected, has not learnt that everybody is gone.
        assert sandbox.connect().history(ids, checkpoint=tmp_path / "run").failures.empty
