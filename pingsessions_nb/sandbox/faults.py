"""Bad weather, on purpose: what a network and a busy service do to a client.

Latency strikes every request, a rate limit and faults only those below ``/v1``. A dropped or
truncated answer is really cut on the wire; that takes the protocol of
`pingsessions_nb.sandbox.server`, which hands its transport to the application.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Mapping

from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pingsessions_nb.sandbox.problems import MEDIA_TYPE, RetryAfter, request_limited, unexpected

CONNECTION = "pingsessions.connection"
_QUOTA = 100  # requests a second, of the licence whose limit is said to be exceeded
KINDS = ("429", "5xx", "drop", "truncate", "bad_json", "slow")


def parse_faults(text: str) -> dict[str, float]:
    """Read ``429=0.05,5xx=0.02,drop=0.01`` into probabilities.

    Raises
    ------
    ValueError
        Where a kind is unknown, or a probability is not a number from 0 to 1.
    """
    faults = {}
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        kind, _, probability = part.partition("=")
        try:
            faults[kind.strip()] = float(probability)
        except ValueError:
            raise ValueError(f"{part!r} should look like drop=0.01") from None
    return check_faults(faults)


def check_faults(faults: Mapping[str, float]) -> dict[str, float]:
    """Return the faults as a dict, or raise `ValueError` where one makes no sense."""
    for kind, probability in faults.items():
        if kind not in KINDS:
            raise ValueError(f"{kind!r} is no kind of fault; the kinds are {', '.join(KINDS)}")
        if not 0 <= probability <= 1:
            raise ValueError(f"the probability of {kind} must lie from 0 to 1, not {probability}")
    if sum(faults.values()) > 1:
        raise ValueError("the probabilities of the faults add up to more than 1")
    return dict(faults)


class Latency:
    """ASGI layer: every request waits so many milliseconds first."""

    def __init__(self, app: ASGIApp, milliseconds: float) -> None:
        self._app = app
        self._seconds = milliseconds / 1000

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wait, then pass the request on."""
        if scope["type"] == "http":
            await asyncio.sleep(self._seconds)
        await self._app(scope, receive, send)


class RateLimit:
    """ASGI layer: a token bucket for each address that holds one second's worth of requests.

    Only ``/v1`` counts; PingOne's token endpoint belongs to another group of endpoints.
    """

    def __init__(self, app: ASGIApp, rate: float, retry_after: RetryAfter) -> None:
        self._app = app
        self._rate = rate
        self._burst = max(1.0, rate)
        self._retry_after = retry_after
        self._buckets: dict[str, tuple[float, float]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 429."""
        if not _is_api(scope):
            await self._app(scope, receive, send)
            return
        wait = self._take(scope["client"][0] if scope.get("client") else "")
        if wait == 0:
            await self._app(scope, receive, send)
        else:
            problem = request_limited("LIMIT_EXCEEDED", self._rate, wait, self._retry_after)
            await problem.response()(scope, receive, send)

    def _take(self, address: str) -> float:
        now = time.monotonic()
        level, then = self._buckets.get(address, (self._burst, now))
        level = min(self._burst, level + (now - then) * self._rate)
        if level < 1:
            self._buckets[address] = level, now
            return (1 - level) / self._rate
        self._buckets[address] = level - 1, now
        return 0


class Faults:
    """ASGI layer: at most one fault a request, each kind with its probability, drawn by a seed."""

    def __init__(
        self,
        app: ASGIApp,
        faults: Mapping[str, float],
        seed: int,
        slow_seconds: float,
        retry_after: RetryAfter,
    ) -> None:
        self._app = app
        self._faults = check_faults(faults)
        self._random = random.Random(seed)
        self._slow_seconds = slow_seconds
        self._retry_after = retry_after

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or do it some harm."""
        kind = self._draw() if _is_api(scope) else None
        if kind == "429":
            problem = request_limited("QUOTA_EXCEEDED", _QUOTA, 1, self._retry_after)
            await problem.response()(scope, receive, send)
        elif kind == "5xx":
            status = self._random.choice((500, 502, 503, 504))
            await unexpected(status, self._retry_after).response()(scope, receive, send)
        elif kind == "bad_json":
            broken = Response(b'{"_embedded": {"sessions": [{"id": ', 200, media_type=MEDIA_TYPE)
            await broken(scope, receive, send)
        elif kind == "drop":
            await _cut(scope, receive, at_once=True)
        elif kind == "truncate":
            await self._truncate(scope, receive, send)
        else:
            if kind == "slow":
                await asyncio.sleep(self._slow_seconds)
            await self._app(scope, receive, send)

    def _draw(self) -> str | None:
        at = self._random.random()
        for kind, probability in self._faults.items():
            if at < probability:
                return kind
            at -= probability
        return None

    async def _truncate(self, scope: Scope, receive: Receive, send: Send) -> None:
        start: Message = {}
        body = b""

        async def keep(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                start = message
            else:
                body += message.get("body", b"")

        await self._app(scope, receive, keep)
        if not body:
            # Nothing to cut short (a 204): the connection ends before the answer instead.
            await _cut(scope, receive, at_once=True)
            return
        MutableHeaders(scope=start)["content-length"] = str(len(body))
        await send(start)
        part = {"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True}
        await send(part)
        await _cut(scope, receive, at_once=False)


def _is_api(scope: Scope) -> bool:
    return scope["type"] == "http" and bool(scope["path"].startswith("/v1"))


async def _cut(scope: Scope, receive: Receive, *, at_once: bool) -> None:
    """Close the connection: at once, or once what was sent is on its way."""
    connection: asyncio.Transport | None = scope.get("extensions", {}).get(CONNECTION)
    if connection is None:
        raise ConnectionResetError("the sandbox dropped this connection on purpose")
    if at_once:
        connection.abort()
    else:
        connection.close()
    while (await receive())["type"] != "http.disconnect":
        pass
