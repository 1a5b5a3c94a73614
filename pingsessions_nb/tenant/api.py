"""PingOne's API as pages: paced, retried, and never sending a token to another origin."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from typing import TypeVar
from urllib.parse import urlencode

import httpx
import msgspec

from pingsessions_nb.errors import ApiError, AuthenticationError, NotFound
from pingsessions_nb.tenant import explaining
from pingsessions_nb.tenant.access_token import AccessToken
from pingsessions_nb.tenant.pacing import Held, Pacer
from pingsessions_nb.tenant.retrying import PassingTrouble, persist
from pingsessions_nb.tenant.wire import Wire

USERS_PER_PAGE = 200
_MOST_RENEWALS = 5  # for one call, however short-lived its tokens are

T = TypeVar("T")


class _Link(msgspec.Struct):
    href: str | None = None


class _Links(msgspec.Struct):
    next: _Link | None = None


class _Envelope(msgspec.Struct):
    embedded: dict[str, msgspec.Raw] | None = msgspec.field(name="_embedded", default=None)
    links: _Links | None = msgspec.field(name="_links", default=None)
    size: int | None = None


_ENVELOPE = msgspec.json.Decoder(_Envelope)


@dataclass(frozen=True, slots=True)
class Page:
    """One page as it was sent, known to be whole and of the documented outer shape.

    Attributes
    ----------
    raw : bytes
        The page's JSON.
    items : bytes
        The JSON array within it.
    next : str or None
        Address of the following page.
    """

    raw: bytes
    items: bytes
    next: str | None


class Api:
    """Calls to one environment.

    Parameters
    ----------
    base : str
        ``https://api.pingone.com/v1/environments/{id}``.
    wire : Wire
        The way there.
    tokens : AccessToken
        Where access tokens come from.
    pacer : Pacer
        The pace that all calls share.
    deadline : float
        Seconds that one call may take in all, retries and pauses included.
    """

    def __init__(
        self, base: str, wire: Wire, tokens: AccessToken, pacer: Pacer, deadline: float
    ) -> None:
        self.base = base
        self.pacer = pacer
        self._wire = wire
        self._tokens = tokens
        self._deadline = deadline
        self._origin = _origin(httpx.URL(base))

    def url(self, path: str, **query: str | int | None) -> str:
        """Return the address of a path below the environment."""
        told = {name: value for name, value in query.items() if value is not None}
        return f"{self.base}/{path}" + (f"?{urlencode(told)}" if told else "")

    async def get(self, url: str, doing: str) -> bytes:
        """Return one resource's JSON, known to be an object."""
        return await self._persist("GET", url, doing, _object)

    async def page(self, url: str, key: str, doing: str) -> Page:
        """Return one page that embeds a list under `key`; its ``next`` is absolute, and ours."""
        page = await self._persist("GET", url, doing, lambda raw, d: _page(raw, key, d))
        if page.next is None:
            return page
        return replace(page, next=self._beside(url, page.next, doing))

    async def pages(self, url: str, key: str, doing: str) -> AsyncIterator[Page]:
        """Follow ``_links.next`` from a first page to the last: only its absence ends a list."""
        following: str | None = url
        seen: set[str] = set()
        while following is not None:
            seen.add(following)
            page = await self.page(following, key, doing)
            yield page
            following = page.next
            if following in seen:
                raise explaining.malformed(doing, "its next page is one that was read before")

    async def delete(self, url: str, doing: str) -> None:
        """Delete a resource."""
        await self._persist("DELETE", url, doing, lambda raw, _: raw)

    def concerns_everybody(self, error: ApiError) -> bool:
        """Tell whether an error is no matter of the user asked for: token, path or environment."""
        return (
            isinstance(error, AuthenticationError)
            or error is self._tokens.failure
            or (isinstance(error, NotFound) and error.status != 404)  # no such path
            or any(detail.get("target") == "environment" for detail in error.details)
        )

    async def _persist(
        self, method: str, url: str, doing: str, read: Callable[[bytes, str], T]
    ) -> T:
        unauthorized = 0
        lost = False
        end = time.monotonic() + self._deadline

        async def attempt() -> T:
            nonlocal unauthorized, lost
            try:
                sent_at = await self.pacer.turn()  # first: a token may end during a long pause
            except Held as held:
                raise explaining.held(doing, held.seconds) from None
            token = await self._tokens.current()
            patience = end - time.monotonic()
            try:
                response = await self._wire.send(method, url, doing, token=token, patience=patience)
            except PassingTrouble as trouble:
                if trouble.error.status == 429:
                    self.pacer.refused(sent_at, trouble.pause)
                else:
                    lost = True
                raise
            self.pacer.accepted()
            # A deletion whose answer was lost is done: the second attempt finds nothing left.
            gone = method == "DELETE" and response.status_code == 404 and lost
            if response.is_success or gone:
                return read(response.content, doing)
            error = explaining.refusal(
                response.status_code, explaining.Told.read(response.content), doing
            )
            if response.status_code == 401:
                # The token ended early or was revoked: a new one is tried once.
                young = self._tokens.refused(token)
                unauthorized += 1
                if unauthorized == 1 or (not young and unauthorized < _MOST_RENEWALS):
                    raise PassingTrouble(error, pause=0.0)
            raise error

        return await persist(attempt, lambda: self._wire.patience(self._deadline))

    async def close(self) -> None:
        """Close the connections."""
        await self._wire.close()
        await self._tokens.close()

    def _beside(self, url: str, href: str, doing: str) -> str:
        """Make an address of a link on a page, and sure that it is of the same origin."""
        try:
            following = httpx.URL(url).join(href)
        except httpx.InvalidURL:
            following = None
        if following is not None and _origin(following) == self._origin:
            return str(following)
        raise explaining.malformed(
            doing,
            f"its next page lies at {href[:200]!r}, another address than {self.base}. No token was "
            "sent there",
        )


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    """Return what a token may be sent to: scheme, host and port (None: the scheme's own)."""
    return url.scheme, url.host, url.port


def _object(raw: bytes, doing: str) -> bytes:
    _envelope(raw, doing)
    return raw


def _page(raw: bytes, key: str, doing: str) -> Page:
    envelope = _envelope(raw, doing)
    link = envelope.links.next.href if envelope.links and envelope.links.next else None
    if envelope.embedded is None:
        if envelope.size == 0:
            # An empty list may come without _embedded; from here on it looks like any other.
            return Page(f'{{"_embedded":{{"{key}":[]}}}}'.encode(), b"[]", link)
        raise PassingTrouble(explaining.malformed(doing, "it has no _embedded"))
    items = bytes(envelope.embedded.get(key, b"null"))
    if not items.startswith(b"["):
        raise PassingTrouble(explaining.malformed(doing, f"it has no list _embedded.{key}"))
    return Page(raw, items, link)


def _envelope(raw: bytes, doing: str) -> _Envelope:
    try:
        if not raw.isascii():
            raw.decode()  # what the envelope passes over is not decoded, but will be
        return _ENVELOPE.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        why = str(error) if raw[:1] == b"{" else "it is not a JSON object"
    # A body cut short or garbled on its way is a passing trouble, like a dropped connection.
    raise PassingTrouble(explaining.malformed(doing, why))
