"""Draws that are the same on every machine: hashes of some values, and shuffles."""

from __future__ import annotations

import hashlib
import math


def digest(*parts: object, size: int = 8) -> bytes:
    """Return a hash of some values, the same on every machine."""
    text = "\0".join(map(str, parts)).encode()
    return hashlib.blake2b(text, digest_size=size).digest()


def number(*parts: object) -> int:
    """Return a hash of some values as a 64-bit number."""
    return int.from_bytes(digest(*parts), "big")


def as_version_4(raw: bytes) -> bytes:
    """Mark the first bytes of a UUID, eleven at least, as those of a random one."""
    marked = bytearray(raw)
    marked[6] = marked[6] & 0x0F | 0x40  # version 4
    marked[8] = marked[8] & 0x3F | 0x80  # its variant
    return bytes(marked)


def uuid_of(*parts: object) -> str:
    """Return a version-4 UUID that depends on some values."""
    text = as_version_4(digest(*parts, size=16)).hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


class Shuffle:
    """A bijection of ``range(size)`` that depends on a key.

    ``place = (a * item + b) mod size`` with ``a`` coprime to the size.
    """

    def __init__(self, size: int, *key: object) -> None:
        self.size = size
        factor = number("factor", *key) % max(size, 1) or 1
        while math.gcd(factor, size) != 1:
            factor += 1
        self._factor = factor
        self._offset = number("offset", *key) % max(size, 1)
        self._inverse = pow(factor, -1, size) if size > 1 else 0

    def place(self, item: int) -> int:
        """Return where an item lands."""
        return (self._factor * item + self._offset) % self.size

    def item(self, place: int) -> int:
        """Return which item landed there."""
        return (place - self._offset) * self._inverse % self.size
