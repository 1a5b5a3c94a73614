"""PingOne's refusals as sentences that say what is wrong and what to do.

PingOne's body is ``{"id", "code", "message", "details": [{"code", "target", "message"}]}``, and
OAuth's ``{"error", "error_description"}``. Both are shown in full, next to our explanation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from pingsessions_nb.errors import (
    ApiError,
    AuthenticationError,
    MalformedResponse,
    NotFound,
    PermissionDenied,
    RateLimited,
    ServiceUnavailable,
)

_LONGEST = 500  # characters of a server's text that an error repeats
_MOST_DETAILS = 5

_ROLE = (
    "PingOne refuses access. Look, in this order, whether (1) the environment has the service "
    "(PingOne console: Environment > Services), (2) the worker application holds a role that may "
    "do this (Identity Data Admin or Identity Data Read Only), (3) that role's scope is this "
    "environment or the user's population: organization scope does not count."
)
_NO_PATH = (
    "PingOne does not know this path: its complaint about a key=value pair in the Authorization "
    "header means that, not a missing permission. Look at api_url and the region."
)


@dataclass(frozen=True)
class Told:
    """What a refusal's body says, PingOne's or OAuth's; every field may be missing."""

    code: str | None = None
    message: str | None = None
    correlation_id: str | None = None
    details: tuple[dict[str, Any], ...] = ()

    @classmethod
    def read(cls, body: bytes) -> Told:
        """Read PingOne's or OAuth's JSON; of anything else, such as a proxy's page, nothing."""
        try:
            told = msgspec.json.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return cls()
        if not isinstance(told, dict):
            return cls()
        listed = told.get("details")
        return cls(
            code=_text(told.get("code")) or _text(told.get("error")),
            message=_text(told.get("message")) or _text(told.get("error_description")),
            correlation_id=_text(told.get("id")) or _text(told.get("correlation_id")),
            details=tuple(d for d in listed if isinstance(d, dict))
            if isinstance(listed, list)
            else (),
        )


def refusal(
    status: int,
    told: Told,
    doing: str,
    meaning: tuple[type[ApiError], str] | None = None,
) -> ApiError:
    """Turn an answer that is not 2xx into the error to raise.

    Parameters
    ----------
    status : int
        HTTP status.
    told : Told
        What the body says.
    doing : str
        What was asked for, as the sentence's beginning: ``"Reading the sessions of user …"``.
    meaning : tuple of class and str, optional
        Error and advice, where the caller knows better than the status alone tells.
    """
    kind, advice = meaning or _meaning(status, told.message or "")
    facts = [" ".join(part for part in (f"HTTP {status}", told.code) if part)]
    facts += [told.message] if told.message else []
    details = told.details[:_MOST_DETAILS]
    facts += [m for d in details if (m := _text(d.get("message"))) and m != told.message]
    if told.correlation_id:
        facts.append(f"correlation id {told.correlation_id}")
    return kind(
        f"{doing}: {advice} ({'; '.join(fact.rstrip('.') for fact in facts)})",
        status=status,
        code=told.code,
        correlation_id=told.correlation_id,
        details=told.details,
    )


def _meaning(status: int, message: str) -> tuple[type[ApiError], str]:
    if "Invalid key=value pair" in message:
        return NotFound, _NO_PATH
    if status == 401:
        return AuthenticationError, (
            "PingOne does not accept the access token, not even a new one. Look whether the worker "
            "application is enabled and belongs to this environment's organization and region."
        )
    if status == 403:
        return PermissionDenied, _ROLE
    if status == 404:
        return NotFound, "PingOne knows no such thing, or it has been deleted."
    if status == 429:
        return RateLimited, (
            "PingOne kept refusing because of too many requests. Try again later, or connect with "
            "a smaller max_rate."
        )
    if status >= 500:
        return ServiceUnavailable, "PingOne has a fault of its own. Try again later."
    if 300 <= status < 400:
        return MalformedResponse, (
            "the answer sends us elsewhere, and a token is never sent to another address. Look at "
            "api_url, auth_url and a proxy between."
        )
    return ApiError, "PingOne finds the request wrong. Look at the filter or id."


def held(doing: str, seconds: float) -> RateLimited:
    """Turn a pause that is too long to wait for into the error to raise."""
    return RateLimited(
        f"{doing}: not sent, as PingOne asked everybody to wait (HTTP 429, Retry-After), "
        f"{seconds:,.0f} s from now, which is longer than deadline= allows. Try again then.",
        status=429,
    )


def unreachable(host: str, doing: str, why: str) -> ServiceUnavailable:
    """Turn a connection that failed into the error to raise."""
    return ServiceUnavailable(
        f"{doing}: no answer from {host} ({why}). Look at the network, a proxy (HTTPS_PROXY), the "
        "region, and api_url and auth_url if you gave them."
    )


def malformed(doing: str, why: str) -> MalformedResponse:
    """Turn an answer that cannot be read into the error to raise."""
    return MalformedResponse(
        f"{doing}: the answer is not what PingOne's API documents: {why}. Look whether api_url is "
        "right and no proxy or sign-on page answers in its place.",
        status=200,
    )


def _text(value: object) -> str | None:
    """Take a server's text as text: what would steer a terminal is shown as a mark."""
    if not isinstance(value, str) or not value:
        return None
    shown = (c if c.isprintable() else " " if c.isspace() else "\ufffd" for c in value[:_LONGEST])
    return "".join(shown)
