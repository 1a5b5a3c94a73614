"""Somebody between PingOne and us: proxies, firewalls, gateways, what they make of an answer."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import gzip
import json
import threading
import time
import zlib

import pytest
from conftest import SEED_USER

import pingsessions_nb as ps

NAMES = ["ada", "bob"]
FIREWALL = b"<!DOCTYPE html><html><head><title>Access  denied | Cloud Guard</title></head></html>"


def person(number):
    return {"id": f"{number:08d}-0000-4000-8000-000000000000", "username": NAMES[number % 2]}


def listed(*people, **more):
    return {"_links": {}, "_embedded": {"users": people}, "size": len(people), **more}


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


# Links to the next page ---------------------------------------------------------------------------


@pytest.fixture
def two_pages(sandbox):
    """List users on two pages; the function that is given makes the link of the first."""

    def begin(link, prefix="", shape=lambda link: {"href": link}):
        async def serve(scope, receive, send):
            second = b"cursor=" in scope["query_string"]
            page = listed(person(2) if second else person(1))
            if not second:
                path = scope["path"].removeprefix(prefix)
                page["_links"] = {"next": shape(link(sandbox.url, path))}
            await reply(send, page)

        sandbox.recorder.instead["/users"] = serve
        return sandbox.connect(api_url=sandbox.url + prefix, deadline=0.2)

    return begin


async def reply(send, page, status=200):
    await send({"type": "http.response.start", "status": status, "headers": []})
    await send({"type": "http.response.body", "body": json.dumps(page).encode()})


@pytest.mark.parametrize("prefix", ["", "/gateway/pingone"])
@pytest.mark.parametrize(
    "link",
    [
        "https://api.pingone.com{path}?cursor=a%2Bb%3D",
        "https://API.PingOne.EU:443{path}?cursor=a%2Bb%3D",
        "https://api.pingone.com.au{path}?cursor=a%2Bb%3D",
        "?cursor=a%2Bb%3D",
    ],
)
def test_behind_a_gateway_pingones_own_links_are_followed_there(sandbox, two_pages, link, prefix):
    tenant = two_pages(lambda _, path: link.format(path=path), prefix)
    assert tenant.users()["username"].tolist() == ["bob", "ada"]
    first, second = sandbox.recorder.of("/users")
    assert second.path == first.path
    assert second.query == "cursor=a%2Bb%3D"
    assert second.headers["authorization"] == first.headers["authorization"]


@pytest.mark.parametrize("shape", [str, lambda link: [{"href": link}]])
def test_a_link_is_read_as_a_text_and_in_a_list(two_pages, shape):
    tenant = two_pages(lambda url, path: f"{url}{path}?cursor=b", shape=shape)
    assert len(tenant.users()) == 2


@pytest.mark.parametrize(
    "link",
    [
        "http://api.pingone.com{path}",
        "https://api.pingone.com:8443{path}",
        "https://api.pingone.com.example.org{path}",
        "https://api.pingone.com@example.org{path}",
        "https://me@api.pingone.com{path}",
        "https://xapi.pingone.com{path}",
        "https://auth.pingone.com{path}",
        "https://api.pingone.com%2eexample.org{path}",
        "https://api.pingone.com\\@example.org{path}",
        "https://[::1]{path}",
        "ftp://api.pingone.com{path}",
        "//api.pingone.com{path}",
        "https:///api.pingone.com{path}",
    ],
)
def test_whatever_only_looks_like_pingones_address_is_refused(sandbox, two_pages, link):
    tenant = two_pages(lambda _, path: link.format(path=path) + "?cursor=a")
    with pytest.raises(ps.MalformedResponse, match=r"next page lies at.*No token was sent there"):
        tenant.users()
    assert len(sandbox.recorder.of("/users")) == 1


def test_a_user_on_two_pages_is_one(sandbox):
    async def serve(scope, receive, send):
        number = int(scope["query_string"].partition(b"cursor=")[2] or 0)
        links = {"next": {"href": f"?cursor={number + 1}"}} if number < 3 else {}
        await reply(send, listed(person(number), person(number + 1), _links=links))

    sandbox.recorder.instead["/users"] = serve
    tenant = sandbox.connect()
    expected = [person(number)["id"] for number in range(5)]
    assert tenant.users()["user_id"].tolist() == expected
    assert tenant.users(limit=3)["user_id"].tolist() == expected[:3]
    assert tenant.search_users("a", limit=4).result()["user_id"].tolist() == expected[:4]
    sandbox.recorder.instead["/sessions"] = sandbox_without_sessions
    assert tenant.history().users["user_id"].tolist() == expected


async def sandbox_without_sessions(scope, receive, send):
    await reply(send, {"_embedded": {"sessions": []}})


# Waiting ------------------------------------------------------------------------------------------


def refused_once(sandbox, answer, ending, status, **headers):
    """Refuse the first request, then let all through; return when it was refused."""
    at = []

    async def serve(scope, receive, send):
        app = sandbox.recorder.app if at else answer(status, b'{"code":"X"}', **headers)
        at.append(time.monotonic())
        await app(scope, receive, send)

    sandbox.recorder.instead[ending] = serve
    return at


@pytest.mark.parametrize("status", [429, 503])
def test_zero_means_at_once_and_for_nobody_else_a_pause(sandbox, answer, status):
    tenant = sandbox.connect(max_rate=200)
    tenant.users(limit=1)
    refused_once(sandbox, answer, "/populations", status, retry_after="0")
    began = time.monotonic()
    tenant.populations()
    tenant.users(limit=2)
    assert time.monotonic() - began < 0.6


def test_a_unix_time_that_is_over_keeps_nobody_waiting(sandbox, answer):
    refused_once(sandbox, answer, "/populations", 429, retry_after="1445412480")
    began = time.monotonic()
    assert len(sandbox.connect(deadline=5).populations()) == 4
    assert time.monotonic() - began < 3


@pytest.mark.parametrize("value", ["7200", "99999999999"])
def test_a_wait_without_reason_is_said(sandbox, answer, value):
    sandbox.recorder.instead["/populations"] = answer(429, b'{"code":"X"}', retry_after=value)
    with pytest.raises(ps.RateLimited, match=rf"Retry-After: '{value}'"):
        sandbox.connect(deadline=1).populations()


def test_a_quota_says_when_it_resets_and_how_long_to_wait(sandbox, answer):
    inner = {"quotaLimit": 42, "quotaResetTime": "2026-03-04T05:06:07Z", "retryAfter": 900}
    details = [{"code": "QUOTA_EXCEEDED", "message": "Over.", "innerError": inner}]
    body = json.dumps({"id": "c-7", "code": "REQUEST_LIMITED", "details": details}).encode()
    sandbox.recorder.instead["/populations"] = answer(429, body)
    tenant = sandbox.connect(deadline=3)
    words = r"REQUEST_LIMITED; Over; quota 42; quota resets at 2026-03-04T05:06:07Z.*c-7"
    with pytest.raises(ps.RateLimited, match=words) as raised:
        tenant.populations()
    assert raised.value.details[0]["innerError"] == inner
    assert len(sandbox.recorder.of("/populations")) == 1
    with pytest.raises(ps.RateLimited, match=r"asked everybody to wait.*[89]\d\d s from now"):
        tenant.users()


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
