"""The rate limit: so many requests a second from one address, then 429."""

from __future__ import annotations

import time

from starlette.types import ASGIApp, Receive, Scope, Send

from pingsessions_nb.sandbox.problems import RetryAfter, request_limited


class RateLimit:
    """ASGI layer: a token bucket for each address that holds one second's worth of requests.

    Only ``/v1`` counts; PingOne's token endpoint belongs to another group of endpoints.

    Parameters
    ----------
    app : ASGI application
    rate : float
        Requests a second for each address.
    retry_after : {"seconds", "date", "zero", "absent"}
        The form in which 429 says when to come back.
    """

    def __init__(self, app: ASGIApp, rate: float, retry_after: RetryAfter = "seconds") -> None:
        self._app = app
        self._rate = rate
        self._burst = max(1.0, rate)
        self._retry_after = retry_after
        self._buckets: dict[str, tuple[float, float]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 429."""
        if scope["type"] != "http" or not scope["path"].startswith("/v1"):
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
