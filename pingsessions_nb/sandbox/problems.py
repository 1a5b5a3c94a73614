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
from starlette.responses import Response

MEDIA_TYPE = "application/hal+json;charset=UTF-8"

RetryAfter = Literal["seconds", "date", "zero", "absent"]
"""How 429 and 503 say when to come back; ``zero`` is ``Retry-After: 0``, at once."""


class Problem(Exception):
    """A request that is answered with an error.

    Parameters
    ----------
    status : int
        HTTP status.
    code : str
        PingOne's top-level code, such as ``NOT_FOUND``.
    message : str
        PingOne's sentence.
    details : dict
        ``details`` entries of the body, each with ``code``, ``message`` and often ``target``.
    headers : mapping
        Further response headers, such as ``Retry-After``.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *details: dict[str, Any],
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.details = details
        self.headers = dict(headers or {})

    def response(self) -> Response:
        """Return the answer, with a correlation id of its own."""
        body: dict[str, Any] = {
            "id": str(uuid.uuid4()),
            "code": self.code,
            "message": self.message,
        }
        if self.details:
            body["details"] = list(self.details)
        content = msgspec.json.encode(body)
        return Response(content, self.status, headers=self.headers, media_type=MEDIA_TYPE)


def not_found(what: str, identifier: str) -> Problem:
    """Return the 404 for a user, session, population or environment that does not exist."""
    return Problem(
        404,
        "NOT_FOUND",
        "The request could not be completed. The requested resource was not found.",
        {"code": "NOT_FOUND", "target": what, "message": f"Unable to find {what}: '{identifier}'"},
    )


def access_failed() -> Problem:
    """Return the 403 for a resource that the worker application's roles do not cover."""
    message = "You do not have permissions or are not licensed to make this request."
    return _no_access(403, {"code": "INSUFFICIENT_PERMISSIONS", "message": message})


def invalid_token(message: str) -> Problem:
    """Return the 401 for a missing, unknown or expired access token."""
    return _no_access(
        401,
        {"code": "INVALID_TOKEN", "message": message},
        headers={"WWW-Authenticate": 'Bearer error="invalid_token"'},
    )


def _no_access(
    status: int, detail: dict[str, Any], headers: Mapping[str, str] | None = None
) -> Problem:
    message = "The request could not be completed. You do not have access to this resource."
    return Problem(status, "ACCESS_FAILED", message, detail, headers=headers)


def invalid_request(target: str, message: str, detail_code: str = "INVALID_VALUE") -> Problem:
    """Return the 400 for a filter or parameter that the server does not understand."""
    return Problem(
        400,
        "INVALID_REQUEST",
        "The request could not be completed. The request was invalid.",
        {"code": detail_code, "target": target, "message": message},
    )


def invalid_data(target: str, message: str) -> Problem:
    """Return the 400 for an identifier that is not a UUID."""
    return Problem(
        400,
        "INVALID_DATA",
        "The request could not be completed. One or more validation errors were in the request.",
        {"code": "INVALID_VALUE", "target": target, "message": message},
    )


def request_limited(
    code: Literal["LIMIT_EXCEEDED", "QUOTA_EXCEEDED"],
    limit: float,
    seconds: float,
    form: RetryAfter,
) -> Problem:
    """Return the 429 of an address that sends too fast.

    Parameters
    ----------
    code : {"LIMIT_EXCEEDED", "QUOTA_EXCEEDED"}
        Of the detail.
    limit : float
        What was exceeded, in requests a second.
    seconds : float
        Until more are let through.
    form : {"seconds", "date", "zero", "absent"}
        How that is said.
    """
    header = retry_after(seconds, form)
    inner: dict[str, Any] = {"quotaLimit": limit}
    if header is not None:
        wait = 0 if form == "zero" else _whole(seconds)
        reset = datetime.fromtimestamp(time.time() + wait, UTC)
        inner["quotaResetTime"] = reset.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        inner["retryAfter"] = wait
    message = "The request exceeded the rate limit."
    return Problem(
        429,
        "REQUEST_LIMITED",
        "The request could not be completed. You have exceeded the rate limit of your license.",
        {"code": code, "message": message, "innerError": inner},
        headers={} if header is None else {"Retry-After": header},
    )


def unexpected(status: int, form: RetryAfter = "absent") -> Problem:
    """Return a 5xx; a 503 says when to come back."""
    header = retry_after(1, form) if status == 503 else None
    headers = {} if header is None else {"Retry-After": header}
    return Problem(status, "UNEXPECTED_ERROR", "An unexpected error has occurred.", headers=headers)


def retry_after(seconds: float, form: RetryAfter) -> str | None:
    """Write a ``Retry-After`` header's value, rounded up to whole seconds."""
    if form == "absent":
        return None
    if form == "date":
        # A date has whole seconds too, so one more keeps it from lying in the past.
        return formatdate(time.time() + _whole(seconds) + 1, usegmt=True)
    return "0" if form == "zero" else str(_whole(seconds))


def _whole(seconds: float) -> int:
    return max(1, math.ceil(seconds))


def no_such_path() -> Response:
    """Return what the gateway in front of PingOne says of an unknown path: a misleading 403."""
    message = (
        "Invalid key=value pair (missing equal-sign) in Authorization header "
        "(hashed with SHA-256 and encoded with Base64): "
        "'yZkK0hm1gkCwF8HCdB3FNP1bCNkDdIXAOmcZkzC5ZUQ='."
    )
    content = msgspec.json.encode({"message": message})
    return Response(content, 403, media_type="application/json")
