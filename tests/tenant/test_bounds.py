"""Nothing that a server sends is without bounds: bodies, nesting, pages, chains, ids.

How much memory a body of a gigabyte and a gzip bomb take: ``pytest -m slow
tests/tenant/test_bounds.py -s``, each in a process of its own.
"""

from __future__ import annotations

import gzip
import socketserver
import subprocess
import sys
import threading
import time
import zlib
from urllib.parse import quote

import pytest
from conftest import reply

import pingsessions_nb as ps
from pingsessions_nb.tenant import next_page

MEGABYTE = 2**20


@pytest.mark.parametrize(
    ("part", "words"),
    [
        (b"[" * 101 + b"]" * 101, "nested deeper than 100 brackets"),
        (b'{"a":' * 101 + b'"}"' + b"}" * 101, "nested deeper"),
        (b"[" * 20_000 + b"]" * 20_000, "nested deeper"),
        (b"[" * 200, "nested deeper"),
        (b"[0" + b",0" * 600_000 + b"]", "more than 500,000 values"),
        (b'"' + b"x" * (17 * MEGABYTE) + b'"', "larger than 16 MB"),
        (b'"' + b"x" * (5 * MEGABYTE) + b'"', "larger than 4 MB"),
    ],
)
def test_what_no_page_of_pingones_is_costs_one_user_and_no_second_try(sandbox, answer, part, words):
    ids = [user["id"] for user in sandbox.synthetic.users[:3]]
    page = b'{"_embedded":{"sessions":[{"id":"s-1","x":' + part + b"}]}}"
    sandbox.recorder.instead[f"{ids[1]}/sessions"] = answer(200, page)
    with pytest.warns(UserWarning, match="1 of 3 users could not be read"):
        history = sandbox.connect().history(ids)
    (error,) = history.failures["error"]
    assert words in error
    assert "not what PingOne's API documents" in error
    assert len(sandbox.recorder.of(f"{ids[1]}/sessions")) == 1


@pytest.mark.parametrize("part", [b"[" * 90 + b"]" * 90, b'"' + b"[{" * 500 + b'\\""', b"[[],{}]"])
def test_what_is_deep_only_in_a_text_is_read(sandbox, answer, part):
    user = sandbox.synthetic.users[0]["id"]
    session = f'{{"id":"s-1","user":{{"id":"{user}"}},"x":'.encode() + part + b"}"
    sandbox.recorder.instead["/sessions"] = answer(
        200, b'{"_embedded":{"sessions":[' + session + b"]}}"
    )
    assert sandbox.connect().history(user).sessions["session_id"].tolist() == ["s-1"]


def test_a_page_with_more_users_than_any_is_a_sentence(sandbox, answer):
    body = b'{"_embedded":{"users":[' + b",".join([b"{}"] * 10_001) + b"]}}"
    sandbox.recorder.instead["/users"] = answer(200, body)
    with pytest.raises(ps.MalformedResponse, match=r"10,001 users, where 200 are the most"):
        sandbox.connect().users()


def bomb(megabytes):
    """Gzip of so many megabytes of blanks."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    blank = b" " * MEGABYTE
    return b"".join([*(packer.compress(blank) for _ in range(megabytes)), packer.flush()])


@pytest.mark.parametrize("path", ["/users", "/as/token"])
@pytest.mark.parametrize("layers", [1, 2])
def test_a_gzip_bomb_is_a_sentence(sandbox, answer, path, layers):
    body = bomb(100)
    for _ in range(layers - 1):
        body = gzip.compress(body)
    sandbox.recorder.instead[path] = answer(200, body, content_encoding="gzip")
    with pytest.raises(ps.MalformedResponse, match="larger than 16 MB"):
        sandbox.connect().users()
    assert len(sandbox.recorder.of(path)) == 1


def test_a_length_that_is_announced_is_not_waited_for(sandbox, answer):
    async def announce(scope, receive, send):
        headers = [(b"content-length", str(10**10).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b" ", "more_body": True})
        await receive()

    sandbox.recorder.instead["/users"] = announce
    began = time.monotonic()
    with pytest.raises(ps.MalformedResponse, match="larger than 16 MB"):
        sandbox.connect().users()
    assert time.monotonic() - began < 3


# Chains of pages ----------------------------------------------------------------------------------


def chain(page_of):
    async def serve(scope, receive, send):
        number = int(scope["query_string"].partition(b"cursor=")[2] or 0)
        links = {"next": {"href": f"?cursor={number + 1}"}}
        await reply(send, {"_embedded": page_of(number), "_links": links})

    return serve


def test_a_cursor_that_is_always_new_ends(sandbox):
    sandbox.recorder.instead["/users"] = chain(lambda _: {"users": [{"id": "x", "username": "x"}]})
    with pytest.raises(ps.MalformedResponse, match="20 of its pages repeat earlier ones"):
        sandbox.connect().users()
    assert len(sandbox.recorder.of("/users")) == 21


def test_empty_pages_without_end_come_to_one(sandbox, monkeypatch):
    assert next_page._MOST_EMPTY == 1_000
    monkeypatch.setattr(next_page, "_MOST_EMPTY", 50)
    sandbox.recorder.instead["/users"] = chain(lambda _: {"users": []})
    with pytest.raises(ps.MalformedResponse, match="50 empty pages came in a row"):
        sandbox.connect().users()


def test_pages_that_are_empty_now_and_then_are_followed(sandbox):
    async def serve(scope, receive, send):
        number = int(scope["query_string"].partition(b"cursor=")[2] or 0)
        links = {"next": {"href": f"?cursor={number + 1}"}} if number < 60 else {}
        people = [{"id": f"u-{number}"}] if number % 20 == 0 else []
        await reply(send, {"_embedded": {"users": people}, "_links": links})

    sandbox.recorder.instead["/users"] = serve
    assert sandbox.connect().users()["user_id"].tolist() == ["u-0", "u-20", "u-40", "u-60"]


def test_a_user_with_sessions_without_end_is_a_row(sandbox):
    ids = [user["id"] for user in sandbox.synthetic.users[:2]]
    sandbox.recorder.instead[f"{ids[0]}/sessions"] = chain(lambda n: {"sessions": [{"id": f"{n}"}]})
    with pytest.warns(UserWarning, match="1 of 2 users could not be read"):
        history = sandbox.connect().history(ids)
    (error,) = history.failures["error"]
    assert "after 100 pages with 100 entries there is still a next" in error


# Ids ----------------------------------------------------------------------------------------------

PLAIN = ["a/b", "a b", "ä?#&=%2F", "../up", "a\\b", "\x00", "\x1b[2J", "x" * 400, "%2e%2e", "a:b@c"]
HELD_BY_NO_URL = ["..", ".", "x" * 70_000]


def test_ids_go_into_paths_escaped_and_what_no_url_holds_is_a_row(sandbox):
    people = [{"id": one, "username": "half \ud83d"} for one in (*PLAIN, *HELD_BY_NO_URL)]
    asked = []

    async def serve(scope, receive, send):
        if scope["path"].endswith("/sessions"):
            asked.append(scope["raw_path"].decode().split("/users/")[1])
            await reply(send, {"_embedded": {"sessions": []}})
        else:
            await reply(send, {"_embedded": {"users": people}})

    sandbox.recorder.instead["/users"] = sandbox.recorder.instead["/sessions"] = serve
    with pytest.warns(UserWarning, match="users could not be read"):
        history = sandbox.connect().history(progress=False)
    assert sorted(asked) == sorted(f"{quote(one, safe='')}/sessions" for one in PLAIN)
    assert set(history.users["username"]) == {"half \ufffd"}
    rows = history.failures
    assert set(rows["user_id"]) <= set(HELD_BY_NO_URL)
    assert len(rows) >= 3
    assert rows["error"].str.contains("cannot stand in an address").all()
    assert rows["error"].str.len().max() < 400


# Memory, each in a process of its own -------------------------------------------------------------

READER = """
import re, sys
from pathlib import Path
import pingsessions_nb as ps
from pingsessions_nb.sandbox import SyntheticTenant
url = sys.argv[1]
def connect():
    return ps.connect(SyntheticTenant.environment_id, "client", "secret", api_url=url, auth_url=url)
ids = [f"{n:08d}-0000-4000-8000-000000000000" for n in range(8)]
def peak():  # of this program alone; ru_maxrss begins with the parent's
    return int(re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024
before = peak()
try:
    print(connect().history(ids, progress=False).failures["error"].iloc[0])
    print(connect().users())
except ps.PingSessionsError as error:
    print(type(error).__name__, error)
after = peak()
print(f"{before:.0f} {after:.0f}")
"""


class Flood(socketserver.StreamRequestHandler):
    """Answers with a body that is sent again and again, so many times."""

    body, times, head = b"", 1, b""

    def handle(self):
        request = b""
        while b"\r\n\r\n" not in request:
            request += self.request.recv(65_536)
        if request.startswith(b"POST"):
            grant = b'{"access_token":"x","expires_in":3600}'
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(grant) + grant)
            return
        try:
            self.wfile.write(b"HTTP/1.1 200 OK\r\n" + self.head + b"\r\n")
            for _ in range(self.times):
                self.wfile.write(self.body)
        except OSError:
            pass  # the client had enough


def peak(body, times, head):
    """Return what a process says that reads such answers, and its peak of memory in MB."""
    handler = type("Told", (Flood,), {"body": body, "times": times, "head": head})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}"
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", READER, url],
            capture_output=True,
            text=True,
            timeout=300,
        )
        server.shutdown()
    assert done.returncode == 0, done.stderr
    said, figures = done.stdout.rsplit("\n", 2)[:2]
    before, after = map(int, figures.split())
    print(f"\n{said}\nbefore {before} MB, peak {after} MB")
    return said, after


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
@pytest.mark.parametrize(
    ("name", "body", "times", "head"),
    [
        ("1 GB", b'{"_embedded":{"sessions":[' + b'{"x":1},' * 131_000, 1_000, b""),
        ("10 GB unpacked", bomb(10_000), 1, b"Content-Encoding: gzip\r\n"),
        (
            "15 MB each, of objects",
            b'{"_embedded":{"sessions":[' + b"{}," * 5_000_000 + b"{}]}}",
            1,
            b"",
        ),
        (
            "14 MB each, of texts",
            b'{"_embedded":{"sessions":[{"x":"' + b"x" * (14 * MEGABYTE) + b'"}]}}',
            1,
            b"",
        ),
    ],
)
def test_a_flood_takes_less_than_400_mb(name, body, times, head):
    said, megabytes = peak(body, times, head)
    assert "Error" not in said.split(":")[0]
    assert megabytes < 400, name
