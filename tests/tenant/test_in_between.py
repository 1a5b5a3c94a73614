"""Somebody between PingOne and us: proxies, firewalls, gateways, what they make of an answer."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import gzip
import json
import threading
import zlib

import pytest
from conftest import SEED_USER, listed, person, reply

import pingsessions_nb as ps

FIREWALL = b"<!DOCTYPE html><html><head><title>Access  denied | Cloud Guard</title></head></html>"


def usernames(sandbox, answer, body, **headers):
    sandbox.recorder.instead["/users"] = answer(200, body, **headers)
    return sandbox.connect(deadline=0.2).users()["username"].tolist()


ENDPOINTS = ["/users", "/as/token"]


@pytest.mark.parametrize("path", ENDPOINTS)
@pytest.mark.parametrize(
    ("status", "error", "words"),
    [
        (403, ps.ServiceUnavailable, r"web page.*Neither roles nor credentials.*Cloud Guard"),
        (401, ps.ServiceUnavailable, r"web page.*does not let the request through"),
        (404, ps.ServiceUnavailable, r"web page.*api_url"),
        (418, ps.ServiceUnavailable, r"firewall"),
        (429, ps.RateLimited, r"firewall.*max_rate"),
        (502, ps.ServiceUnavailable, r"cannot reach PingOne"),
        (200, ps.MalformedResponse, r"web page titled 'Access  denied.*captive portal"),
    ],
)
def test_a_web_page_is_not_taken_for_pingones_answer(sandbox, answer, path, status, error, words):
    sandbox.recorder.instead[path] = answer(status, FIREWALL, content_type="text/html")
    with pytest.raises(error, match=words) as raised:
        sandbox.connect(deadline=0.2).users()
    assert raised.value.status == status
    assert raised.value.code == (None if status == 200 else "NOT_PINGONE")
    assert "Identity Data" not in str(raised.value)


@pytest.mark.parametrize("path", ENDPOINTS)
@pytest.mark.parametrize("body", [b"", b"{}", FIREWALL])
@pytest.mark.parametrize(
    ("status", "words"), [(407, "a proxy on the way"), (511, "network.*captive portal")]
)
def test_a_proxy_or_network_to_sign_on_to_is_named_at_once(
    sandbox, answer, path, body, status, words
):
    sandbox.recorder.instead[path] = answer(status, body)
    with pytest.raises(ps.ServiceUnavailable, match=words) as raised:
        sandbox.connect(deadline=60).users()
    assert (raised.value.status, raised.value.code) == (status, "NOT_PINGONE")
    assert len(sandbox.recorder.of(path)) == 1


@pytest.mark.parametrize("status", [403, 404])
def test_a_firewall_before_one_user_makes_nobody_gone(sandbox, answer, tmp_path, status):
    tenant = sandbox.connect()
    users = tenant.users(limit=12)
    blocked = users["user_id"].iloc[11]
    sandbox.recorder.instead[f"{blocked}/sessions"] = answer(status, FIREWALL)
    with pytest.warns(UserWarning, match="could not be read"):
        history = tenant.history(users, checkpoint=tmp_path / "run", progress=False)
    assert blocked in history.failures["user_id"].tolist()
    assert set(history.failures["code"]) == {"NOT_PINGONE"}
    assert history.users["user_id"].tolist() == users["user_id"].tolist()
    sandbox.recorder.instead.clear()
    assert tenant.history(users, checkpoint=tmp_path / "run").failures.empty


def test_a_refusal_without_pingones_code_says_that_it_may_be_anothers(sandbox, answer):
    sandbox.recorder.instead["/users"] = answer(403, b"Forbidden", content_type="text/plain")
    with pytest.raises(ps.PermissionDenied, match=r"role.*firewall or gateway on the way may"):
        sandbox.connect().users()


@contextlib.contextmanager
def refusing_proxy(line):
    """A proxy that answers every CONNECT with one line."""
    loop = asyncio.new_event_loop()
    asked = []

    async def serve(reader, writer):
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(f"HTTP/1.1 {line}\r\nContent-Length: 0\r\n\r\n".encode())
        await writer.drain()
        writer.close()

    server = loop.run_until_complete(asyncio.start_server(serve, "127.0.0.1", 0))
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield f"http://me:hunter2-hunter2@127.0.0.1:{server.sockets[0].getsockname()[1]}", asked
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("407 Proxy Authentication Required", r"asks for a user name and a password.*says: 407"),
        ("403 Not for hunter2-hunter2", r"refuses to connect.*says: 403 Not for \*\*\*"),
    ],
)
def test_a_proxy_that_does_not_connect_is_named_with_what_it_says(line, words):
    with refusing_proxy(line) as (proxy, asked):
        tenant = ps.connect(SEED_USER, "client", "secret", proxy=proxy)
        with pytest.raises(ps.ServiceUnavailable, match=words) as raised:
            tenant.users()
    assert raised.value.code == "NOT_PINGONE"
    assert len(asked) == 1


# What gateways and other languages make of a page -------------------------------------------------

WHOLE = json.dumps(listed(person(1))).encode()
gzipped = functools.partial(gzip.compress, mtime=0)  # names of tests are the same each time


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"\xef\xbb\xbf" + WHOLE, {}),
        (WHOLE.decode().encode("utf-16"), {}),
        (b"\xfe\xff" + WHOLE.decode().encode("utf-16-be"), {}),
        (gzipped(WHOLE), {"content_encoding": "gzip"}),
        (gzipped(WHOLE), {"content_encoding": "X-GZIP"}),
        (gzipped(WHOLE), {}),
        (gzipped(WHOLE[:40]) + gzipped(WHOLE[40:]), {"content_encoding": "gzip"}),
        (gzipped(gzipped(WHOLE)), {"content_encoding": "gzip, gzip"}),
        (zlib.compress(WHOLE), {"content_encoding": "deflate"}),
        (zlib.compress(WHOLE)[2:-4], {"content_encoding": "deflate"}),
        (WHOLE, {"content_encoding": "gzip"}),
        (WHOLE, {"content_encoding": "br"}),
        (WHOLE, {"content_type": "text/html"}),
    ],
)
def test_a_page_is_read_however_it_is_packed(sandbox, answer, body, headers):
    assert usernames(sandbox, answer, body, **headers) == ["bob"]


@pytest.mark.parametrize(
    ("body", "headers", "words"),
    [
        (gzipped(WHOLE)[:-9], {"content_encoding": "gzip"}, "packed and was cut short"),
        (b"\x1f\x8bxxxxxxxx", {}, "cannot be unpacked"),
        (b"\x8b\x02\x80x", {"content_encoding": "br"}, "packed as 'br'"),
    ],
)
def test_a_page_that_cannot_be_unpacked_is_a_sentence(sandbox, answer, body, headers, words):
    with pytest.raises(ps.MalformedResponse, match=words):
        usernames(sandbox, answer, body, **headers)


@pytest.mark.parametrize(
    "odd",
    [
        {"size": "1"},
        {"size": None, "count": "many"},
        {"size": [], "count": {}},
        {"_links": []},
        {"_links": None},
        {"_links": "none"},
        {"_links": {"next": None}},
        {"_links": {"next": ""}},
        {"_links": {"next": " "}},
        {"_links": {"next": []}},
        {"_links": {"next": {}}},
        {"_links": {"next": {"href": ""}}},
        {"_links": {"next": {"href": None}}},
        {"_links": {"next": {"href": 5}}},
        {"_links": {"self": 5, "next": False}},
    ],
)
def test_what_is_not_needed_does_not_cost_the_page(sandbox, answer, odd):
    body = json.dumps({**listed(person(1)), **odd}).encode()
    assert usernames(sandbox, answer, body) == ["bob"]


@pytest.mark.parametrize(
    "page",
    [
        {"_embedded": {}, "size": 0},
        {"_embedded": [], "size": 0},
        {"_embedded": None, "size": "0"},
        {"_embedded": {"users": None}, "size": 0},
        {"count": 0},
        {"_embedded": {"users": []}},
    ],
)
def test_an_empty_page_is_empty(sandbox, answer, page):
    assert usernames(sandbox, answer, json.dumps(page).encode()) == []


# Refusals as PingOne words them -------------------------------------------------------------------


def refused(code):
    return json.dumps({"id": "c-3", "code": "ACCESS_FAILED", "details": [{"code": code}]}).encode()


def test_an_access_failed_for_the_token_gets_a_new_one_once(sandbox, answer):
    sandbox.recorder.instead["/populations"] = answer(401, refused("INVALID_TOKEN"))
    with pytest.raises(ps.AuthenticationError, match="does not accept the access token"):
        sandbox.connect().populations()
    assert len(sandbox.recorder.tokens) == 2


def test_an_access_failed_for_permissions_speaks_of_roles(sandbox, answer):
    ids = [user["id"] for user in sandbox.synthetic.users[:3]]
    sandbox.recorder.instead["/sessions"] = answer(401, refused("INSUFFICIENT_PERMISSIONS"))
    tenant = sandbox.connect()
    with pytest.warns(UserWarning, match="3 of 3 users could not be read"):
        failures = tenant.history(ids).failures
    assert failures["error"].str.contains(r"Identity Data Admin .*Read Only may do").all()
    assert len(sandbox.recorder.tokens) == 1  # a new token would have the same roles


# Secrets ------------------------------------------------------------------------------------------

SECRET = "q~8aB.z/Kx9=w-Y_secret"
SPELLINGS = ["{}", "client-7:{}", "?client_secret={quoted}&x", "Basic {basic}", "x" * 490 + "{}"]


@pytest.mark.parametrize("path", ["/users", "/as/token"])
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_secret_that_a_server_repeats_is_not_shown(start, answer, path, spelling):
    import base64
    from urllib.parse import quote_plus

    pair = f"sandbox-client:{quote_plus(SECRET)}"
    told = spelling.format(
        SECRET, quoted=quote_plus(SECRET), basic=base64.b64encode(pair.encode()).decode()
    )
    body = json.dumps({"code": told, "message": told, "details": [{"message": told, "x": [told]}]})
    sandbox = start(client_secret=SECRET)
    sandbox.recorder.instead[path] = answer(400, body.encode())
    with pytest.raises(ps.ApiError, match=r"\*\*\*") as raised:
        sandbox.connect(client_secret=SECRET).users()
    text = f"{raised.value} {raised.value.code} {raised.value.details}"
    for hidden in (SECRET, SECRET[:12], quote_plus(SECRET)[:12]):
        assert hidden not in text


def test_a_token_that_a_server_repeats_is_not_shown(sandbox):
    async def echo(scope, receive, send):
        token = dict(scope["headers"])[b"authorization"].decode()
        await reply(send, {"_embedded": {"users": []}, "_links": {"next": f"ftp://x/{token}"}})

    sandbox.recorder.instead["/users"] = echo
    with pytest.raises(ps.MalformedResponse, match=r"lies at 'ftp://x/Bearer \*\*\*'") as raised:
        sandbox.connect().users()
    token = sandbox.recorder.api[0].headers["authorization"].split()[1]
    assert token not in str(raised.value)
