"""PingOne's error bodies: a code, a sentence, details, and a correlation id for Ping's support.

The wording follows PingOne's published error reference.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.responses import Response

MEDIA_TYPE = "application/hal+json;charset=UTF-8"


class Problem(Exception):  # noqa: N818 - an answer to the client, not a fault of ours
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
    return Problem(
        403,
        "ACCESS_FAILED",
        "The request could not be completed. You do not have access to this resource.",
        {
            "code": "INSUFFICIENT_PERMISSIONS",
            "message": "You do not have permissions or are not licensed to make this request.",
        },
    )


def invalid_token(message: str) -> Problem:
    """Return the 401 for a missing, unknown or expired access token."""
    return Problem(
        401,
        "INVALID_TOKEN",
        "The request could not be completed. The access token is missing, invalid or expired.",
        {"code": "INVALID_TOKEN", "message": message},
        headers={"WWW-Authenticate": 'Bearer error="invalid_token"'},
    )


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


def request_limited(retry_after: str | None) -> Problem:
    """Return the 429 of an address that sends too fast."""
    return Problem(
        429,
        "REQUEST_LIMITED",
        "The request could not be completed. You have exceeded the rate limit of your license.",
        headers={} if retry_after is None else {"Retry-After": retry_after},
    )


def unexpected(status: int) -> Problem:
    """Return a 5xx."""
    return Problem(status, "UNEXPECTED_ERROR", "An unexpected error has occurred.")


def no_such_path() -> Response:
    """Return what the gateway in front of PingOne says of an unknown path: a misleading 403."""
    message = (
        "Invalid key=value pair (missing equal-sign) in Authorization header "
        "(hashed with SHA-256 and encoded with Base64): "
        "'yZkK0hm1gkCwF8HCdB3FNP1bCNkDdIXAOmcZkzC5ZUQ='."
    )
    content = msgspec.json.encode({"message": message})
    return Response(content, 403, media_type="application/json")
