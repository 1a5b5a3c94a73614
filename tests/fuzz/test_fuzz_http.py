"""Whatever a server sends ends in frames or in errors of ours, soon, in little memory, unseen.

Status lines, headers, links, packings and bodies are damaged, on the wire, of the token's answer
as well. The long run: ``pytest -m slow tests/fuzz/test_fuzz_http.py -s``.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
import random
import resource
import sys
import threading
import time
import warnings
import zlib
from collections import Counter

import pandas as pd
import pytest
from test_fuzz_frames import PAGES, mutated_bytes, mutated_value

import pingsessions_nb as ps
from pingsessions_nb.tenant.pacing import Pacer

SECRET, TOKEN = "q~8aB.z_Kx9-w-secret", "t0ken.of-our~own_and_long"
ENVIRONMENT = "abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6"
IDS = ["710d6278-ccce-4a91-bdb9-ac7a4a0e60d5", "465b7031-292f-4641-941f-e21240a88a43"]
SLOWEST_SECONDS = 15  # of a case, however busy the machine is
MOST_MEGABYTES = 150  # that the whole run may add

STATUSES = [
    *(200,) * 150, 201, 202, 204, 206, 100, 101, 103, 300, 301, 302, 304, 307, 308, 400, 401, 401,
    403, 403, 404, 405, 407, 408, 409, 410, 413, 415, 418, 422, 429, 429, 431, 451, 500, 502, 503,
    503, 504, 511, 520, 599, 600, 999,
]  # fmt: skip
STATUS_LINES = [
    b"HTTP/1.1 2", b"HTTP/1.1 abc x", b"HTTP/0.9 200 OK", b"HTTP/2 200", b"ICY 200 OK", b"\x00",
    b"HTTP/1.1 200", b"HTTP/1.1  200  OK", b"HTTP/1.1 -1 OK", b"HTTP/1.1 99999 OK", b"{}", b"",
    b"\xff" * 99, b"HTTP/1.1 200 " + b"x" * 70_000,
]  # fmt: skip
HEADERS = {
    b"Content-Type": [
        b"application/json", b"text/html", b"", b"\xff", b"application/json; charset=utf-7",
        b"multipart/x", b"text/html;" * 500,
    ],
    b"Content-Encoding": [
        b"gzip", b"x-gzip", b"deflate", b"br", b"zstd", b"gzip, gzip", b"identity", b"",
        b"\xe2\x82", b"gzip," * 900, b"aws-chunked",
    ],
    b"Content-Length": [b"0", b"5", b"-1", b"99999999999999999999", b"1e3", b"4, 4", b"", b"\xb2"],
    b"Transfer-Encoding": [b"chunked", b"gzip, chunked", b"identity", b"x"],
    b"Retry-After": [
        b"0", b"1", b"-1", b"1771404540", b"1e99", b"nan", b"soon", b"9" * 999, b"\xff", b"0.01",
        b"Wed, 21 Oct 2015 07:28:00 GMT", b"Wed, 99 Oct 99999 07:28:00 GMT", b"86400",
    ],
    b"Date": [b"today", b"Wed, 21 Oct 2099 07:28:00 GMT", b"\xff", b"Mon, 1 Jan 1 0:0:0 +9999"],
    b"Location": [b"/", b"http://127.0.0.1:1/", b"//x", b"\x01"],
    b"Connection": [b"close", b"keep-alive", b"upgrade", b"x" * 50_000],
    b"Set-Cookie": [b"a=b", b"=;;=", b"\xff" * 300],
    b"Server": [SECRET.encode(), TOKEN.encode(), b"x" * 120_000],
    b"bad header": [b"x"],
    b"": [b"x"],
}  # fmt: skip
LINKS = [
    "?cursor={n}", "?cursor=again", "{here}?cursor={n}", "https://api.pingone.com/v1/x?cursor={n}",
    "https://api.pingone.com.example.org/x", "http://{stranger}/x", "//{stranger}/x",
    "/\\{stranger}", "http://127.0.0.1@{stranger}/", "https://{stranger}", "http:{stranger}",
    "javascript:x", "file:///etc/passwd", "data:,x", "../../../..", "", " ", "#", "\ud800",
    "?" + "c" * 90_000, "\x00", "http://[", "http://[::1",
    "http://x:99999999/", "http://\u2024/", "%zz",
    "//", "///x", "?" + SECRET, "ftp://" + TOKEN, None, 5, [], {}, {"href": None},
    [{"href": "?cursor={n}"}], True,
]  # fmt: skip
GRANTS = [
    {}, {"expires_in": None}, {"expires_in": ""}, {"expires_in": "3600"}, {"expires_in": -1},
    {"expires_in": 0}, {"expires_in": 1e308}, {"expires_in": {}}, {"access_token": None},
    {"access_token": ""}, {"access_token": "a b"}, {"access_token": "\u20ac"},
    {"access_token": [1]}, {"token_type": 7}, {"access_token": "x" * 30_000},
    {"error": "invalid_client"},
]  # fmt: skip
REFUSAL = {
    "id": "c-1",
    "code": "ACCESS_FAILED",
    "message": f"Not with {SECRET} and {TOKEN}.",
    "details": [{"code": "INVALID_TOKEN", "message": TOKEN, "innerError": {"retryAfter": 1}}],
}


def linked(page, chance, places):
    if chance.random() < 0.35:
        link = chance.choice(LINKS)
        if isinstance(link, str):
            link = link.format(n=chance.randrange(10**9), **places)
        page["_links"] = {"next": chance.choice([{"href": link}, link])}
    return page


def body_of(path, chance, places):
    if path.endswith("/as/token"):
        page = {"access_token": TOKEN, "expires_in": 3600}
        if chance.random() < 0.5:
            page |= chance.choice(GRANTS)
    elif chance.random() < 0.15:
        page = mutated_value(REFUSAL, chance)
    else:
        page = PAGES[path.endswith("/users")]
        if path.endswith("/populations"):
            page = {"_embedded": {"populations": [{"id": "p", "name": SECRET}]}}
        if chance.random() < 0.3:
            page = mutated_value(page, chance)
        page = linked(dict(page), chance, places)
    raw = json.dumps(page).encode(errors="replace")
    return mutated_bytes(raw, chance) if chance.random() < 0.15 else raw


def packed(raw, chance):
    shape = chance.random()
    if shape < 0.7:
        return raw
    if shape < 0.8:
        return gzip.compress(raw, 1)[: chance.choice([None, None, -5, 12])]
    if shape < 0.85:
        return zlib.compress(raw)
    if shape < 0.9:
        return b"%x\r\n%b\r\n0\r\n\r\n" % (len(raw), raw)
    return raw.decode(errors="replace").encode(chance.choice(["utf-8-sig", "utf-16", "utf-32"]))


def answer_of(path, chance, places):
    """Damage an answer to a request, in all its parts."""
    if path.endswith("/as/token") and chance.random() < 0.8:
        grant = b'{"access_token":"%b","expires_in":3600}' % TOKEN.encode()
        return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(grant) + grant
    body = packed(body_of(path, chance, places), chance)
    status = b"HTTP/1.1 %d X" % chance.choice(STATUSES)
    if chance.random() < 0.03:
        status = chance.choice(STATUS_LINES)
    lines = [status]
    if chance.random() < 0.7:
        lines.append(b"Content-Length: %d" % len(body))
    while chance.random() < 0.2:
        name = chance.choice(list(HEADERS))
        lines.append(name + b": " + chance.choice(HEADERS[name]))
    if chance.random() < 0.01:
        lines += [b"X-%d: y" % n for n in range(2_000)]
    answer = b"\r\n".join(lines) + b"\r\n\r\n" + body
    if chance.random() < 0.03:
        answer = mutated_bytes(answer, chance)
    return answer[: chance.randrange(len(answer) + 1)] if chance.random() < 0.03 else answer


class Server:
    """Answers each request of a case in a way of its own; the stranger only writes down."""

    def __init__(self):
        self.case = self.seed = 0
        self.asked = Counter()
        self.strangers = []
        self._loop = asyncio.new_event_loop()
        starting = asyncio.start_server(self._serve, "127.0.0.1", 0)
        server = self._loop.run_until_complete(starting)
        stranger = self._loop.run_until_complete(asyncio.start_server(self._note, "127.0.0.1", 0))
        self.url, self.stranger = (
            f"127.0.0.1:{one.sockets[0].getsockname()[1]}" for one in (server, stranger)
        )
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    async def _note(self, reader, writer):
        self.strangers.append(await reader.read(9_999))
        writer.close()

    async def _serve(self, reader, writer):
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            path = head.split(" ")[1].partition("?")[0]
            self.asked[path] += 1
            chance = random.Random(f"{self.seed} {self.case} {path} {self.asked[path]}")
            places = {"here": f"http://{self.url}{path}", "stranger": self.stranger}
            writer.write(answer_of(path, chance, places))
            await writer.drain()
        writer.close()

    def close(self):
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


def ask(tenant, chance):
    """Ask one thing; return what came, a frame or a history."""
    kind = chance.randrange(6)
    if kind == 0:
        return tenant.users()
    if kind == 1:
        return tenant.populations()
    if kind == 2:
        return tenant.history(IDS[0])
    if kind == 3:
        return tenant.history(IDS)
    if kind == 4:
        return tenant.history(progress=False)
    return tenant.users(search=IDS[1])


def run(count, seed):
    """Run the cases; return how they ended and what the slowest took."""
    server = Server()
    server.seed = seed
    ends, slowest = Counter(), 0.0
    address = f"http://{server.url}"
    tenant = None
    try:
        for case in range(count):
            if case == count // 10:  # all that is imported on first use is there
                before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            server.case, server.asked = case, Counter()
            chance = random.Random(f"{seed} {case}")
            if tenant is None or case % 10 == 0:
                if tenant is not None:
                    tenant.close()
                tenant = ps.connect(
                    ENVIRONMENT, "client", SECRET, api_url=address, auth_url=address, deadline=0.05
                )
            tenant._api.pacer = Pacer(
                5_000, begin=5_000, patience=0.05
            )  # no case waits for another
            tenant._api._token._ask_again_at = 0.0
            began = time.monotonic()
            with warnings.catch_warnings(record=True) as warned:
                warnings.simplefilter("always")
                try:
                    found = ask(tenant, chance)
                except ps.PingSessionsError as error:
                    ends[type(error).__name__] += 1
                    told = f"{error} {vars(error)}"
                else:
                    ends[type(found).__name__] += 1
                    assert isinstance(found, pd.DataFrame | ps.History)
                    told = found.failures.to_csv() if isinstance(found, ps.History) else ""
            slowest = max(slowest, time.monotonic() - began)
            told += "".join(str(one.message) for one in warned)
            assert SECRET not in told, case
            if TOKEN in {token.reveal() for token in tenant._api.hide._tokens}:
                assert TOKEN not in told, case
            assert slowest < SLOWEST_SECONDS, case
    finally:
        if tenant is not None:
            tenant.close()
        server.close()
    assert server.strangers == []
    unit = 1024 if sys.platform != "darwin" else 1024**2
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / unit
    print(f"\n{count:,} cases: {dict(ends)}; slowest {slowest:.1f} s, {grown:.0f} MB more")
    assert grown < MOST_MEGABYTES
    assert ends["DataFrame"] + ends["History"] > count / 5
    assert ends["MalformedResponse"] > 5
    assert ends["ServiceUnavailable"] > 5


def test_damaged_answers_end_in_frames_or_in_errors_of_ours():
    run(300, seed=1)


@pytest.mark.slow
def test_twenty_thousand_damaged_answers_end_in_frames_or_in_errors_of_ours():
    run(20_000, seed=2)
