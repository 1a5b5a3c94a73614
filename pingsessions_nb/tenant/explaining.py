"""PingOne's refusals as sentences that say what is wrong and what to do.

PingOne's body is ``{"id", "code", "message", "details": [{"code", "target", "message",
"innerError"}]}``, and OAuth's ``{"error", "error_description"}``. Both are shown, next to our
explanation. A proxy, a firewall, a gateway or a network's sign-on page may answer in PingOne's
place, with statuses of their own, mostly as a web page. Read as PingOne's, a firewall's 403 would
send an analyst to the roles, and a gateway's 404 would make users gone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
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
from pingsessions_nb.tenant.answers import Answer
from pingsessions_nb.tenant.retrying import Pause
from pingsessions_nb.tenant.secret import shown

_MOST_DETAILS = 5  # that a sentence repeats
_LARGEST_REFUSAL = 1_000_000  # bytes; more is not one of PingOne's refusals
_DEEPEST = 20  # of what a detail holds

_ROLE = (
    "PingOne refuses access. Check, in this order, whether (1) the environment has the service "
    "(PingOne console: Environment > Services), (2) the worker application holds the role Identity "
    "Data Admin (Identity Data Read Only may do to read, try it), (3) that role's scope is this "
    "environment or the user's population: organization scope does not count."
)
_NO_PATH = (
    "PingOne does not know this path: its complaint about a key=value pair in the Authorization "
    "header means that, not a missing permission. Check api_url and the region."
)
_NOT_ACCEPTED = (
    "PingOne does not accept the access token, not even a new one. Check whether the worker "
    "application is enabled and belongs to this environment's organization and region."
)
_NO_CODE = (
    " PingOne's own refusals name a code, and this one does not: a firewall or gateway on the way "
    "may have given it."
)
NOT_PINGONE = "NOT_PINGONE"
"""`ApiError.code` of an answer that was not PingOne's."""

_PROXY_WANTS_SIGN_ON = (
    "a proxy on the way, not PingOne, asks for a user name and a password. Pass "
    "proxy='http://user:password@host:port', or set HTTPS_PROXY to that."
)
_NETWORK_WANTS_SIGN_ON = (
    "the network, not PingOne, asks to be signed on to (a captive portal). Open any page in a "
    "browser, sign on to the network there, and try again."
)
_WEB_PAGE = "a proxy, firewall or gateway on the way answers with a web page, not PingOne"
_NOT_LET_THROUGH = (
    f"{_WEB_PAGE}: it does not let the request through. Neither roles nor credentials are at fault "
    "as far as can be told: check api_url, auth_url and proxy=, or ask whoever runs the network "
    "to allow PingOne's hosts."
)
_NOT_REACHED = f"{_WEB_PAGE}: it cannot reach PingOne, or PingOne has a fault. Try again later."
_TOO_MANY = f"{_WEB_PAGE}: it finds these too many requests. Connect with a smaller max_rate."

_TITLE = re.compile(rb"<title[^>]{0,200}>([^<]{1,2000})", re.I)


@dataclass(frozen=True)
class Told:
    """What a refusal's body says, PingOne's or OAuth's; every field may be missing."""

    code: str | None = None
    message: str | None = None
    correlation_id: str | None = None
    details: tuple[dict[str, Any], ...] = ()

    @classmethod
    def read(cls, body: bytes, hide: Callable[[str], str]) -> Told:
        """Read PingOne's or OAuth's JSON; of anything else, such as a proxy's page, nothing."""
        try:
            told = msgspec.json.decode(body[:_LARGEST_REFUSAL].removeprefix(b"\xef\xbb\xbf"))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return cls()
        if not isinstance(told, dict):
            return cls()
        listed = told.get("details")
        details = listed if isinstance(listed, list) else []
        return cls(
            code=shown(told.get("code"), hide) or shown(told.get("error"), hide),
            message=shown(told.get("message"), hide) or shown(told.get("error_description"), hide),
            correlation_id=shown(told.get("id"), hide) or shown(told.get("correlation_id"), hide),
            details=tuple(_hidden(one, hide) for one in details if isinstance(one, dict)),
        )

    @property
    def codes(self) -> set[str]:
        """The codes of the details."""
        return {one["code"] for one in self.details if isinstance(one.get("code"), str)}

    @property
    def retry_after(self) -> str | None:
        """What a detail says of when to come back, in seconds."""
        found = (_inner(one).get("retryAfter") for one in self.details)
        return next((str(one) for one in found if isinstance(one, int | float | str)), None)

    def facts(self) -> Iterator[str]:
        """Yield what the details say, in words."""
        for one in self.details[:_MOST_DETAILS]:
            message = shown(one.get("message"), str)
            if message and message != self.message:
                yield message
            limit, reset = (_inner(one).get(name) for name in ("quotaLimit", "quotaResetTime"))
            if limit is not None:
                yield f"quota {shown(str(limit), str)}"
            if reset is not None:
                yield f"quota resets at {shown(str(reset), str)}"


def refusal(
    answer: Answer,
    doing: str,
    hide: Callable[[str], str],
    meaning: tuple[type[ApiError], str] | None = None,
    pause: Pause | None = None,
) -> ApiError:
    """Turn an answer that is not 2xx into the error to raise.

    The sentence begins with what was asked for: ``"Reading the sessions of user …"``. ``meaning``
    is the error and advice where the caller knows better than the status alone tells, and
    ``pause`` is how ``Retry-After`` was read.
    """
    told = Told.read(answer.body, hide)
    stranger = _meaning_of_others(answer)
    kind, advice = stranger or meaning or _meaning(answer.status, told)
    code = NOT_PINGONE if stranger else told.code
    facts = [" ".join(part for part in (f"HTTP {answer.status}", told.code) if part)]
    if stranger:
        facts[0] += _title(answer, hide)
    facts += [told.message] if told.message else []
    facts += told.facts()
    if told.correlation_id:
        facts.append(f"correlation id {told.correlation_id}")
    if pause is not None and pause.note:
        facts.append(shown(pause.note, hide) or "")
    return kind(
        f"{doing}: {advice} ({'; '.join(fact.rstrip('.') for fact in facts)})",
        status=answer.status,
        code=code,
        correlation_id=told.correlation_id,
        details=told.details,
    )


def _meaning(status: int, told: Told) -> tuple[type[ApiError], str]:
    if "Invalid key=value pair" in (told.message or ""):
        return NotFound, _NO_PATH
    doubt = "" if told.code else _NO_CODE
    if status == 403 or (status == 401 and "INSUFFICIENT_PERMISSIONS" in told.codes):
        return PermissionDenied, _ROLE + doubt
    if status == 401:
        return AuthenticationError, _NOT_ACCEPTED + doubt
    if status == 404:
        return NotFound, "PingOne does not have it, or it has been deleted."
    if status == 429:
        return RateLimited, (
            "PingOne kept refusing because of too many requests. Try again later, or connect with "
            "a smaller max_rate."
        )
    if status >= 500:
        return ServiceUnavailable, "PingOne has a fault of its own. Try again later."
    if 300 <= status < 400:
        return MalformedResponse, (
            "the answer is a redirect, and a token is never sent to another address. Check "
            "api_url, auth_url, and whether a proxy or a sign-on page of the network answers."
        )
    return ApiError, "PingOne rejects the request. Check the filter or id."


def _meaning_of_others(answer: Answer) -> tuple[type[ApiError], str] | None:
    """Return error and advice for an answer that PingOne did not give; None for one of its own."""
    if answer.status == 407:
        return ServiceUnavailable, _PROXY_WANTS_SIGN_ON
    if answer.status == 511:
        return ServiceUnavailable, _NETWORK_WANTS_SIGN_ON
    if not answer.is_web_page or answer.status < 400:
        return None
    if answer.status == 429:
        return RateLimited, _TOO_MANY
    return ServiceUnavailable, _NOT_REACHED if answer.status >= 500 else _NOT_LET_THROUGH


def web_page(answer: Answer, hide: Callable[[str], str]) -> str:
    """Say that an answer is a web page, and what it calls itself."""
    return (
        f"it is a web page{_title(answer, hide)}, so a network's sign-on page (a captive portal), "
        "a proxy or a gateway answered, not PingOne"
    )


def _title(answer: Answer, hide: Callable[[str], str]) -> str:
    """Return `` titled '…'`` where a web page has a title, or nothing."""
    found = _TITLE.search(answer.body, 0, 65_536)
    text = None if found is None else shown(found[1].decode(errors="replace").strip(), hide)
    return f" titled {text!r}" if text else ""


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
        f"{doing}: no answer from {host} ({why}). Check the network, the proxy (HTTPS_PROXY), the "
        "region, and api_url and auth_url if you gave them."
    )


def proxy_refused(host: str, doing: str, why: str) -> ServiceUnavailable:
    """Turn a proxy's refusal to connect us into the error to raise."""
    wants_sign_on = why.lstrip().startswith("407")
    advice = (
        _PROXY_WANTS_SIGN_ON
        if wants_sign_on
        else "a proxy on the way, not PingOne, refuses to connect. Check proxy= and HTTPS_PROXY, "
        "or ask whoever runs the proxy to allow that host."
    )
    return ServiceUnavailable(
        f"{doing}: no way to {host}: {advice} (the proxy says: {why})",
        status=407 if wants_sign_on else None,
        code=NOT_PINGONE,
    )


def malformed(doing: str, why: str) -> MalformedResponse:
    """Turn an answer that cannot be read into the error to raise."""
    return MalformedResponse(
        f"{doing}: the answer is not what PingOne's API documents: {why}. Check that api_url and "
        "auth_url are right and that no proxy or sign-on page answers in PingOne's place.",
        status=200,
    )


def _inner(detail: dict[str, Any]) -> dict[str, Any]:
    found = detail.get("innerError")
    return found if isinstance(found, dict) else {}


def _hidden(value: Any, hide: Callable[[str], str], depth: int = 0) -> Any:  # noqa: ANN401 - JSON
    """Return JSON with the secrets in its texts hidden, and nothing below a sensible depth."""
    if isinstance(value, str):
        return hide(value)
    if depth >= _DEEPEST:
        return None
    if isinstance(value, dict):
        return {hide(key): _hidden(one, hide, depth + 1) for key, one in value.items()}
    if isinstance(value, list):
        return [_hidden(one, hide, depth + 1) for one in value]
    return value
