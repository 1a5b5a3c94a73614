"""PingOne's API as pages: paced, retried, and never sending a token to another origin."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from typing import TypeVar
from urllib.parse import quote, urlencode

from pingsessions_nb.errors import ApiError, AuthenticationError, NotFound, PermissionDenied
from pingsessions_nb.tenant import explaining
from pingsessions_nb.tenant.access_token import AccessToken
from pingsessions_nb.tenant.answers import Answer, Unreadable
from pingsessions_nb.tenant.api_pages import Page, read_object, read_page
from pingsessions_nb.tenant.next_page import Chain, NotOurs, beside
from pingsessions_nb.tenant.pacing import Held, Pacer
from pingsessions_nb.tenant.retrying import PassingTrouble, persist
from pingsessions_nb.tenant.secret import Hiding, shown
from pingsessions_nb.tenant.wire import Wire

USERS_PER_PAGE = 200
_MOST_RENEWALS = 5  # for one call, however short-lived its tokens are
_LONGEST_ID = 500
_LONGEST_LINK_SHOWN = 200


# An environment holds at most 50 million identities, and PingOne keeps ten sessions of each.
# So a list of them has at most so many pages, and items on them.
_MOST = {"users": (1_000_000, 50_000_000), "sessions": (100, 10_000)}
_MOST_OTHERS = (10_000, 1_000_000)

T = TypeVar("T")


@dataclass(slots=True)
class _Call:
    """One call, over all its attempts: what is asked for, until when, and what came in between."""

    method: str
    url: str
    doing: str
    end: float
    unauthorized: int = 0
    lost: bool = False


class Api:
    """Calls to one environment, at ``https://api.pingone.com/v1/environments/{id}`` or the like.

    All share one token and one pace; what others say is shown with secrets hidden. One call may
    take as many seconds as the deadline says, retries and pauses included.
    """

    def __init__(
        self,
        base: str,
        wire: Wire,
        token: AccessToken,
        pacer: Pacer,
        hide: Hiding,
        deadline: float,
    ) -> None:
        self.base = base
        self.pacer = pacer
        self.hide = hide
        self._wire = wire
        self._token = token
        self._deadline = deadline

    def url(self, *path: str, **query: str | int | None) -> str:
        """Return the address of a path below the environment, each of its parts escaped.

        Raises
        ------
        ValueError
            A part cannot stand in an address: see `is_addressable`.
        """
        if not all(map(is_addressable, path)):
            raise ValueError("a part of the path cannot stand in an address")
        told = {name: value for name, value in query.items() if value is not None}
        return "/".join([self.base, *(quote(part, safe="") for part in path)]) + (
            f"?{urlencode(told)}" if told else ""
        )

    async def get(self, url: str, doing: str) -> bytes:
        """Return one resource's JSON, known to be an object."""
        return await self._persist("GET", url, doing, read_object)

    async def page(self, url: str, key: str, doing: str) -> Page:
        """Return one page that embeds a list under `key`; its ``next`` is absolute, and ours."""
        page = await self._persist("GET", url, doing, lambda body: read_page(body, key))
        if page.next is None:
            return page
        try:
            return replace(page, next=beside(self.base, url, page.next))
        except NotOurs as reason:
            link = shown(page.next, self.hide, _LONGEST_LINK_SHOWN)
            why = f"its next page lies at {link!r}, which {reason}. No token was sent there"
        raise explaining.malformed(doing, why)

    async def pages(self, url: str, key: str, doing: str) -> AsyncIterator[Page]:
        """Follow ``_links.next`` from a first page to the last: only its absence ends a list."""
        chain = Chain(*_MOST.get(key, _MOST_OTHERS))
        following: str | None = url
        while following is not None:
            page = await self.page(following, key, doing)
            yield page
            trouble = chain.trouble(following, page.items, page.next)
            if trouble is not None:
                raise explaining.malformed(doing, trouble)
            following = page.next

    async def delete(self, url: str, doing: str) -> None:
        """Delete a resource."""
        await self._persist("DELETE", url, doing, lambda body: body)

    def concerns_everybody(self, error: ApiError) -> bool:
        """Tell whether an error has nothing to do with the one user: token, path or environment."""
        return (
            isinstance(error, AuthenticationError)
            or error is self._token.failure
            or (error.code == explaining.NOT_PINGONE and error.status in (404, 407, 511))
            or (isinstance(error, NotFound) and error.status != 404)  # no such path
            or any(detail.get("target") == "environment" for detail in error.details)
        )

    async def _persist(self, method: str, url: str, doing: str, read: Callable[[bytes], T]) -> T:
        call = _Call(method, url, doing, time.monotonic() + self._deadline)
        return await persist(
            lambda: self._attempt(call, read), lambda: self._wire.patience(self._deadline)
        )

    async def _attempt(self, call: _Call, read: Callable[[bytes], T]) -> T:
        try:
            sent_at = await self.pacer.turn()  # first: a token may end during a long pause
        except Held as held:
            raise explaining.held(call.doing, held.seconds) from None
        token = await self._token.current()
        patience = call.end - time.monotonic()
        try:
            answer = await self._wire.send(
                call.method, call.url, call.doing, token=token, patience=patience
            )
        except PassingTrouble as trouble:
            if trouble.error.status == 429:
                self.pacer.refused(sent_at, trouble.pause)
            else:
                call.lost = True
            raise
        self.pacer.accepted()
        # A deletion whose answer was lost is done: the second attempt finds nothing left.
        gone = call.method == "DELETE" and answer.status == 404 and call.lost
        if answer.is_success or gone:
            return self._read(answer, call.doing, read)
        error = explaining.refusal(answer, call.doing, self.hide)
        if answer.status == 401 and error.code != explaining.NOT_PINGONE:
            # The token ended early or was revoked, or a role was given since: a new one is tried.
            young = self._token.refused(token)
            call.unauthorized += 1
            about_token = not isinstance(error, PermissionDenied)
            first = call.unauthorized == 1 and (about_token or not young)
            if first or (not young and call.unauthorized < _MOST_RENEWALS):
                raise PassingTrouble(error, pause=0.0)
        raise error

    def _read(self, answer: Answer, doing: str, read: Callable[[bytes], T]) -> T:
        try:
            return read(answer.body)
        except Unreadable as unreadable:
            passing = unreadable.passing
            why = shown(str(unreadable), self.hide) or ""
        if answer.is_web_page:
            why = explaining.web_page(answer, self.hide)
        error = explaining.malformed(doing, why)
        # A body cut short or garbled on its way is a passing trouble, like a dropped connection.
        raise PassingTrouble(error) if passing else error

    async def close(self) -> None:
        """Close the connections."""
        await self._wire.close()
        await self._token.close()


def is_addressable(part: str) -> bool:
    """Tell whether a text, such as an id, can be a part of an address's path."""
    # A dot is never escaped, so that two of them would mean the folder above.
    if not 0 < len(part) <= _LONGEST_ID or part in (".", ".."):
        return False
    try:
        part.encode()
    except UnicodeEncodeError:  # half of a surrogate pair
        return False
    return True
