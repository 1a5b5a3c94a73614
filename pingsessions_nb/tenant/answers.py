"""An answer, its body read in pieces and unpacked within bounds, whatever a server sends.

PingOne's largest answer, a page of 200 users, has some hundred kilobytes. The bounds leave room
for many times that, and none for a server or proxy that sends without end.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

_LARGE = 2**20  # bytes; from here on, one body at a time
_LARGEST_MEGABYTES = 16  # of a body, as it is sent and as it is unpacked
_LARGEST = _LARGEST_MEGABYTES * 2**20
_MOST_LAYERS = 3  # a proxy may pack again what came packed
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: status, headers (names are found in any case), and the body, unpacked."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_success(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.status < 300

    @property
    def is_web_page(self) -> bool:
        """Whether it is HTML or XML, which PingOne's API never sends, however it is labelled."""
        start = self.body[:512].lstrip(b"\xef\xbb\xbf \t\r\n")
        labelled = "html" in self.headers.get("content-type", "").lower()
        return start.startswith(b"<") or (labelled and not start.startswith((b"{", b"[")))


class Unreadable(Exception):
    """A body that cannot be unpacked, is too large, or is not what was asked for.

    Attributes
    ----------
    passing : bool
        Whether it may have been garbled on its way, so that another attempt is worth it.
    """

    def __init__(self, why: str, *, passing: bool) -> None:
        super().__init__(why)
        self.passing = passing


async def read_packed(
    pieces: AsyncIterator[bytes], headers: Mapping[str, str], large: asyncio.Lock
) -> bytes:
    """Read a body to its end, as it was sent.

    The lock is held while a large body is read: many at once would fill the memory.

    Raises
    ------
    Unreadable
        It is too large.
    """
    length = headers.get("content-length", "")
    if length.isascii() and length.isdigit() and (len(length) > 12 or int(length) > _LARGEST):
        raise _too_large()
    packed = bytearray()
    async for piece in pieces:
        packed += piece
        if len(packed) > _LARGE:
            break
    else:
        return bytes(packed)
    async with large:
        async for piece in pieces:
            packed += piece
            if len(packed) > _LARGEST:
                raise _too_large()
        return bytes(packed)


def unpacked(body: bytes, encoding: str) -> bytes:
    """Unpack a body.

    What is gzip is told by its first bytes: proxies pack without saying so, say ``x-gzip``, and
    unpack without taking the header away.

    Raises
    ------
    Unreadable
        It is too large, cut short, or packed in a way that was not asked for.
    """
    encodings = {part.strip().lower() for part in encoding.split(",")}
    strange = encodings - {"", "identity", "gzip", "x-gzip", "deflate"}
    if strange and body[:1] != b"{":
        why = f"it is packed as {sorted(strange)[0][:40]!r}, which was not asked for"
        raise Unreadable(why, passing=False)
    if "deflate" in encodings and body[:1] not in (b"{", b""):
        # The header means zlib's format, but some servers send what is in it, bare.
        bits = zlib.MAX_WBITS if body[0] & 0x0F == 8 else -zlib.MAX_WBITS
        body = _inflated(body, bits)
    for _ in range(_MOST_LAYERS):
        if not body.startswith(_GZIP):
            break
        body = _inflated(body, zlib.MAX_WBITS | 16)
    return body


def _inflated(packed: bytes, bits: int) -> bytes:
    """Unpack one layer, all its members."""
    whole = bytearray()
    while packed:
        stream = zlib.decompressobj(bits)
        try:
            whole += stream.decompress(packed, _LARGEST + 1 - len(whole))
        except zlib.error:
            raise Unreadable("it cannot be unpacked", passing=True) from None
        if len(whole) > _LARGEST:
            raise _too_large()
        if not stream.eof:
            raise Unreadable("it is packed and was cut short", passing=True)
        packed = stream.unused_data if stream.unused_data.startswith(_GZIP) else b""
    return bytes(whole)


def _too_large() -> Unreadable:
    why = f"it is larger than {_LARGEST_MEGABYTES} MB, and a page of PingOne's is never that large"
    return Unreadable(why, passing=False)
