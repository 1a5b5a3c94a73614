"""Where the next page of a list is, and when to stop following.

A token goes to the origin that it is for, and nowhere else. So of a link only the path and the
query are followed, at our own address, and only where the link names that address, is relative to
it, or names PingOne's own API, which is what stands in every link behind a gateway.
"""

from __future__ import annotations

import httpx

from pingsessions_nb.tenant.settings import ROOT_DOMAINS

_PINGONE = frozenset(("https", f"api.{domain}", None) for domain in ROOT_DOMAINS.values())
_MOST_EMPTY = 1_000  # pages in a row without an item; a role for one population may hide many
_MOST_REPEATED = 20  # pages that say what an earlier one said


class NotOurs(Exception):
    """A link that is not followed."""


def beside(base: str, url: str, link: str) -> str:
    """Return the address that a link on the page at `url` is followed at, in an environment.

    Raises
    ------
    NotOurs
        It names another address.
    """
    try:
        following = httpx.URL(url).join(link)
        origin = _origin(following)
    except (httpx.InvalidURL, ValueError, UnicodeError):
        raise NotOurs("is not an address") from None
    at = httpx.URL(base)
    path = following.raw_path
    if origin != _origin(at):
        if origin not in _PINGONE or _origin(at) in _PINGONE or following.userinfo:
            raise NotOurs(f"is another address than {base}")
        prefix = at.raw_path.partition(b"/v1/")[0]
        if not path.startswith(prefix + b"/"):
            path = prefix + path  # a gateway's own path, before PingOne's
    return str(at.copy_with(raw_path=path))


class Chain:
    """Watches a list that is followed page by page, so that it comes to an end.

    No list has as many pages or items as are given.
    """

    def __init__(self, most_pages: int, most_items: int) -> None:
        self._most_pages = most_pages
        self._most_items = most_items
        self._followed: set[str] = set()
        self._seen: set[int] = set()
        self._pages = self._items = self._empty = self._repeated = 0

    def trouble(self, url: str, items: list[bytes], following: str | None) -> str | None:
        """Count a page; say why the following one is not to be read, or None."""
        self._followed.add(url)
        self._pages += 1
        self._items += len(items)
        self._empty = 0 if items else self._empty + 1
        said = hash(tuple(items))
        self._repeated += bool(items) and said in self._seen
        self._seen.add(said)
        if following is None:
            return None
        if following in self._followed:
            return "its next page is one that was read before"
        if self._repeated >= _MOST_REPEATED:
            return f"{_MOST_REPEATED} of its pages repeat earlier ones, and there is always a next"
        if self._empty >= _MOST_EMPTY:
            return f"{_MOST_EMPTY:,} empty pages came in a row, and there is always a next one"
        if self._pages >= self._most_pages or self._items >= self._most_items:
            return f"after {self._pages:,} pages with {self._items:,} entries there is still a next"
        return None


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    """Return what a token may be sent to: scheme, host and port (None: the scheme's own)."""
    return url.scheme, url.host, url.port
