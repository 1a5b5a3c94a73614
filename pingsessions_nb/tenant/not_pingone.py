"""Who answered, where it was not PingOne: a proxy, a firewall, a gateway, a network's sign-on page.

They answer in PingOne's place with statuses of their own, mostly as a web page. Read as PingOne's,
a firewall's 403 would send an analyst to the roles, and a gateway's 404 would make users gone.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from pingsessions_nb.errors import ApiError, RateLimited, ServiceUnavailable
from pingsessions_nb.tenant.answers import Answer
from pingsessions_nb.tenant.server_texts import shown

CODE = "NOT_PINGONE"
"""`ApiError.code` of an answer that was not PingOne's."""

PROXY_WANTS_SIGN_ON = (
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


def meaning(answer: Answer) -> tuple[type[ApiError], str] | None:
    """Return error and advice for an answer that PingOne did not give; None for one of its own."""
    if answer.status == 407:
        return ServiceUnavailable, PROXY_WANTS_SIGN_ON
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
        f"it is a web page{title(answer, hide)}, so a network's sign-on page (a captive portal), a "
        "proxy or a gateway answered, not PingOne"
    )


def title(answer: Answer, hide: Callable[[str], str]) -> str:
    """Return `` titled '…'`` where a web page has a title, or nothing."""
    found = _TITLE.search(answer.body, 0, 65_536)
    text = None if found is None else shown(found[1].decode(errors="replace").strip(), hide)
    return f" titled {text!r}" if text else ""
