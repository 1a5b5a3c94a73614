"""A page of PingOne's API: read leniently where nothing is lost by it, and within bounds.

What gateways and other languages make of a page is read as it was meant: a byte order mark, UTF-16,
``"size": "1"``, an empty object written as ``[]``, a ``next`` that is a text, empty or null.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec

from pingsessions_nb.frames.pages import counts_nothing
from pingsessions_nb.tenant.answers import Unreadable

_MOST_BYTES_OF_ONE = 4 * 2**20  # of a user's record or sessions; PingOne's have some ten thousand
_MOST_VALUES = 500_000  # in a body; a page of 200 users has some ten thousand
_MOST_ITEMS = 10_000  # on a page; PingOne's largest has 200
_DEEPEST = 100  # brackets within brackets; PingOne's answers have six
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_BRACKETS = re.compile(rb'"(?:[^"\\]|\\.)*"?|[\[\]{}]', re.S)
_ESCAPES = re.compile(
    rb"(?P<fine>\\\\|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})"
    rb"|\\u[dD][89a-fA-F][0-9a-fA-F]{2}"
)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


class _Envelope(msgspec.Struct):
    embedded: msgspec.Raw = msgspec.field(name="_embedded", default=msgspec.Raw(b"null"))
    links: msgspec.Raw = msgspec.field(name="_links", default=msgspec.Raw(b"null"))
    size: msgspec.Raw = msgspec.Raw(b"null")
    count: msgspec.Raw = msgspec.Raw(b"null")
    code: msgspec.Raw = msgspec.Raw(b"null")
    message: msgspec.Raw = msgspec.Raw(b"null")
    username: msgspec.Raw = msgspec.Raw(b"null")


T = TypeVar("T")
_ENVELOPE = msgspec.json.Decoder(_Envelope)
_EMBEDDED = msgspec.json.Decoder(dict[str, msgspec.Raw])
_ITEMS = msgspec.json.Decoder(list[msgspec.Raw])


@dataclass(frozen=True, slots=True)
class Page:
    """One page as it was sent, known to be whole and of the documented outer shape."""

    raw: bytes  # the page's JSON, in UTF-8
    items: list[bytes]  # the JSON of each item in it
    next: str | None  # address of the following page


def read_object(body: bytes) -> bytes:
    """Return one resource's JSON in UTF-8, known to be an object.

    Raises
    ------
    Unreadable
        It is none.
    """
    _refuse_large(body)
    raw = _text(body)
    _refuse_refusal(_envelope(raw))
    return raw


def read_page(body: bytes, key: str) -> Page:
    """Read a page that embeds a list under `key`.

    Raises
    ------
    Unreadable
        It does not, or holds more than any page of PingOne's.
    """
    if key == "sessions":
        _refuse_large(body)
    raw = _text(body)
    envelope = _envelope(raw)
    link = _next_link(_any(envelope.links))
    embedded = bytes(envelope.embedded)
    listed = b"null"
    if embedded.startswith(b"{"):
        listed = bytes(_decoded(_EMBEDDED, embedded).get(key, b"null"))
    if listed == b"null" and counts_nothing(_any(envelope.size), _any(envelope.count)):
        # An empty list may come without its brackets; from here on it looks like any other.
        return Page(f'{{"_embedded":{{"{key}":[]}}}}'.encode(), [], link)
    if not listed.startswith(b"["):
        _refuse_refusal(envelope)
        without = "_embedded" if embedded == b"null" else f"list _embedded.{key}"
        raise Unreadable(f"it has no {without}", passing=True)
    items = [bytes(item) for item in _decoded(_ITEMS, listed)]
    if len(items) > _MOST_ITEMS:
        why = f"it lists {len(items):,} {key}, where 200 are the most that PingOne puts on a page"
        raise Unreadable(why, passing=False)
    return Page(raw, items, link)


def objects(items: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """Yield those of some items that are JSON objects."""
    for item in items:
        found = _any(item)
        if isinstance(found, dict):
            yield found


def ids_in(items: list[bytes]) -> list[str]:
    """Return the ids of some items; what is no object, or has none, is passed over."""
    return [found["id"] for found in objects(items) if isinstance(found.get("id"), str)]


def _text(body: bytes) -> bytes:
    """Return a body in UTF-8, without a byte order mark and without halves of characters."""
    try:
        for mark, encoding in _MARKS:
            if body.startswith(mark):
                body = body[len(mark) :].decode(encoding).encode()
                break
        if not body.isascii():
            body.decode()  # what the envelope passes over is not decoded, but will be
    except UnicodeError as error:
        raise Unreadable(str(error), passing=True) from None
    if b"\\ud" in body or b"\\uD" in body:
        body = _ESCAPES.sub(_whole, body)
    return body


def _whole(escape: re.Match[bytes]) -> bytes:
    """Return an escape, or a mark in place of one half of a surrogate pair: nobody has that name.

    Java and JavaScript write such a half where they cut a text in the middle of a character.
    """
    return escape[0] if escape["fine"] else b"\\ufffd"


def _envelope(raw: bytes) -> _Envelope:
    if raw.lstrip()[:1] != b"{":
        raise Unreadable("it is not a JSON object", passing=True)
    if raw.count(b",") > _MOST_VALUES:
        why = f"it holds more than {_MOST_VALUES:,} values, which no page of PingOne's does"
        raise Unreadable(why, passing=False)
    if _is_deeper(raw, _DEEPEST):
        why = f"it is nested deeper than {_DEEPEST} brackets, which no page of PingOne's is"
        raise Unreadable(why, passing=False)
    return _decoded(_ENVELOPE, raw)


def _refuse_large(body: bytes) -> None:
    """Refuse what is too large to be one user's: many users are read at once, and kept."""
    if len(body) > _MOST_BYTES_OF_ONE:
        why = f"it is larger than {_MOST_BYTES_OF_ONE // 2**20} MB, which nothing of one user's is"
        raise Unreadable(why, passing=False)


def _refuse_refusal(envelope: _Envelope) -> None:
    """Refuse what says why there is nothing, under a status that says that all is well."""
    told = bytes(envelope.code), bytes(envelope.message)
    if b"null" not in told and bytes(envelope.username) == b"null":
        code, message = map(_any, told)
        why = f"it is a refusal, under the status of an answer: {code}, {message}"
        raise Unreadable(why, passing=True)


def _decoded(decoder: msgspec.json.Decoder[T], raw: bytes) -> T:
    try:
        return decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable(str(error), passing=True) from None


def _any(raw: bytes | msgspec.Raw) -> Any:  # noqa: ANN401 - JSON
    """Read JSON that nothing depends on; what cannot be read is None."""
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _next_link(links: object) -> str | None:
    """Return the address in ``_links.next``: its ``href``, or itself where it is a text."""
    found = links.get("next") if isinstance(links, dict) else None
    if isinstance(found, list) and found:
        found = found[0]  # HAL allows a list of links
    if isinstance(found, dict):
        found = found.get("href")
    return (found.strip() or None) if isinstance(found, str) else None


def _is_deeper(raw: bytes, most: int) -> bool:
    """Tell whether brackets are nested deeper than `most`, without decoding.

    Taking away empty pairs again and again leaves nothing where they are not; what is left then,
    such as brackets within texts, is looked at one by one.
    """
    left = raw.translate(None, _NOT_BRACKETS)
    for _ in range(most // 2):
        if not left:
            return False
        left = left.replace(b"{}", b"").replace(b"[]", b"")
    depth = 0
    for found in _BRACKETS.finditer(raw) if left else ():
        bracket = found[0]
        if bracket in (b"[", b"{"):
            depth += 1
            if depth > most:
                return True
        elif bracket in (b"]", b"}"):
            depth -= 1
    return False
