"""PingOne's error bodies: a code, a sentence, details, and a correlation id for Ping's support.

The wording follows PingOne's published error reference.
"""

from __future__ import annotations

import math
import time
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import formatdate
from typing import Any, Literal

import msgspec
from starlette.requests import Request
from starlette.responses import Response

MEDIA_TYPE = "application/hal+json;charset=UTF-8"

RetryAfter = Literal["seconds", "date", "zero", "absent"]
"""How 429 and 503 say when to come back; ``zero`` is ``Retry-After: 0``, at once."""

_NOT_DONE = "The request could not be completed."
_MESSAGES = {
    "NOT_FOUND": f"{_NOT_DONE} The requested resource was not found.",
    "ACCESS_FAILED": f"{_NOT_DONE} You do not have access to this resource.",
    "INVALID_REQUEST": f"{_NOT_DONE} The request was invalid.",
    "INVALID_DATA": f"{_NOT_DONE} One or more validation errors were in the request.",
    "REQUEST_LIMITED": f"{_NOT_DONE} You have exceeded the rate limit of your license.",
    "UNEXPECTED_ERROR": "An unexpected error has occurred.",
}


class Problem(Exception):
    """A request that is answered with an error.

    The code is PingOne's top-level one, such as ``NOT_FOUND``; the detail stands in the body's
    ``details``, with ``code``, ``message`` and often ``target``; headers are further ones of the
    response, such as ``Retry-After``.
    """

    def __init__(
        self,
        status: int,
        code: str,
        detail: dict[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(_MESSAGES[code])
        self.status = status
        self.code = code
        self.detail = detail
        self.headers = headers

    def response(self) -> Response:
        """Return the answer, with a correlation id of its own."""
        body = {"id": str(uuid.uuid4()), "code": self.code, "message": str(self)}
        details = {} if self.detail is None else {"details": [self.detail]}
        content = msgspec.json.encode(body | details)
        return Response(content, self.status, headers=self.headers, media_type=MEDIA_TYPE)


def not_found(what: str, identifier: str) -> Problem:
    """Return the 404 for a user, session, population or environment that does not exist."""
    message = f"Unable to find {what}: '{identifier}'"
    detail = {"code": "NOT_FOUND", "target": what, "message": message}
    return Problem(404, "NOT_FOUND", detail)


def access_failed() -> Problem:
    """Return the 403 for a resource that the worker application's roles do not cover."""
    message = "You do not have permissions or are not licensed to make this request."
    detail = {"code": "INSUFFICIENT_PERMISSIONS", "message": message}
    return Problem(403, "ACCESS_FAILED", detail)


def invalid_token(message: str) -> Problem:
    """Return the 401 for a missing, unknown or expired access token."""
    headers = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
    return Problem(401, "ACCESS_FAILED", {"code": "INVALID_TOKEN", "message": message}, headers)


def invalid_request(target: str, message: str, detail_code: str = "INVALID_VALUE") -> Problem:
    """Return the 400 for a filter or parameter that the server does not understand."""
    detail = {"code": detail_code, "target": target, "message": message}
    return Problem(400, "INVALID_REQUEST", detail)


def invalid_data(target: str, message: str) -> Problem:
    """Return the 400 for an identifier that is not a UUID."""
    detail = {"code": "INVALID_VALUE", "target": target, "message": message}
    return Problem(400, "INVALID_DATA", detail)


def request_limited(
    code: Literal["LIMIT_EXCEEDED", "QUOTA_EXCEEDED"],
    limit: float,
    seconds: float,
    form: RetryAfter,
) -> Problem:
    """Return the 429 of an address that exceeds so many requests a second.

    ``seconds`` are those until more are let through, and ``form`` is how that is said.
    """
    inner: dict[str, Any] = {"quotaLimit": limit}
    if form != "absent":
        wait = 0 if form == "zero" else _whole(seconds)
        reset = datetime.fromtimestamp(time.time() + wait, UTC)
        inner["quotaResetTime"] = reset.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        inner["retryAfter"] = wait
    message = "The request exceeded the rate limit."
    detail = {"code": code, "message": message, "innerError": inner}
    return Problem(429, "REQUEST_LIMITED", detail, _retry_after(seconds, form))


def unexpected(status: int, form: RetryAfter) -> Problem:
    """Return a 5xx; a 503 says when to come back."""
    headers = _retry_after(1, form) if status == 503 else {}
    return Problem(status, "UNEXPECTED_ERROR", headers=headers)


def _retry_after(seconds: float, form: RetryAfter) -> dict[str, str]:
    """Return the header, rounded up to whole seconds."""
    if form == "absent":
        return {}
    value = "0" if form == "zero" else str(_whole(seconds))
    if form == "date":
        # A date has whole seconds too, so one more keeps it from lying in the past.
        value = formatdate(time.time() + _whole(seconds) + 1, usegmt=True)
    return {"Retry-After": value}


def _whole(seconds: float) -> int:
    return max(1, math.ceil(seconds))


async def no_such_path(_request: Request, _error: Exception) -> Response:
    """Answer as the gateway in front of PingOne does on an unknown path: with a misleading 403."""
    message = (
        "Invalid key=value pair (missing equal-sign) in Authorization header "
        "(hashed with SHA-256 and encoded with Base64): "
        "'yZkK0hm1gkCwF8HCdB3FNP1bCNkDdIXAOmcZkzC5ZUQ='."
    )
    content = msgspec.json.encode({"message": message})
    return Response(content, 403, media_type="application/json")
