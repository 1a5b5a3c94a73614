"""User ids and usernames that can be read backwards: from either to the user's number, at once.

So a tenant of a million users needs no table of them. A user's number is the place in the list,
from 0; number 0 is the user of PingOne's documentation, and is left to the callers.
"""

from __future__ import annotations

import hashlib
import math
import re
import uuid

from pingsessions_nb.sandbox.names import COMBINATIONS, Name, combination, combinations_by_slug

_SPREAD = 7_919
_UNSPREAD = pow(_SPREAD, -1, COMBINATIONS)
_USERNAME = re.compile(r"([a-z-]+\.[a-z-]+?)([1-9][0-9]*)?")


def digest(*parts: object, size: int = 8) -> bytes:
    """Return a hash of some values, the same on every machine."""
    text = "\0".join(map(str, parts)).encode()
    return hashlib.blake2b(text, digest_size=size).digest()


def number(*parts: object) -> int:
    """Return a hash of some values as a 64-bit number."""
    return int.from_bytes(digest(*parts), "big")


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


class Identities:
    """Ids and names of the users 1 to ``users - 1`` of a tenant.

    Parameters
    ----------
    seed : int
        Of the tenant.
    users : int
        How many users the tenant has, number 0 included.
    """

    def __init__(self, seed: int, users: int) -> None:
        self.users = users
        self._key = digest("identities", seed, size=32)
        self.shuffle = Shuffle(max(users - 1, 1), "names", seed)

    def user_id(self, index: int) -> str:
        """Return the UUID of a user: a tag that looks random, then the number under its mask."""
        tag = hashlib.blake2b(b"%d" % index, digest_size=11, key=self._key).digest()
        raw = bytearray(tag)
        raw[6] = raw[6] & 0x0F | 0x40  # version 4
        raw[8] = raw[8] & 0x3F | 0x80  # its variant
        return str(uuid.UUID(bytes=bytes(raw) + self._mask(bytes(raw), index.to_bytes(5, "big"))))

    def index_of(self, user_id: str) -> int | None:
        """Return the number of a user, or None where no user has that id."""
        try:
            raw = uuid.UUID(user_id).bytes
        except ValueError:
            return None
        index = int.from_bytes(self._mask(raw[:11], raw[11:]), "big")
        known = 0 < index < self.users and self.user_id(index) == user_id.lower()
        return index if known else None

    def name(self, index: int) -> Name:
        """Return given and family name, and the username, of a user."""
        place = self.shuffle.place(index - 1)
        series, rest = divmod(place, COMBINATIONS)
        name = combination(rest * _SPREAD % COMBINATIONS)
        return name if series == 0 else name.numbered(series + 1)

    def with_username(self, username: str) -> int | None:
        """Return the number of the user of that name, or None where there is none."""
        found = _USERNAME.fullmatch(username)
        rest = None if found is None else combinations_by_slug().get(found[1])
        if found is None or rest is None:
            return None
        series = int(found[2]) - 1 if found[2] else 0
        index = self._index(rest, series)
        # "ada.lovelace1" reads back as "ada.lovelace", but is nobody's name.
        known = index is not None and self.name(index).username == username
        return index if known else None

    def with_combination(self, rest: int) -> list[int]:
        """Return the numbers of all users whose given and family names are that combination."""
        indexes = []
        for series in range((self.users - 2) // COMBINATIONS + 1):
            index = self._index(rest, series)
            if index is not None:
                indexes.append(index)
        return indexes

    def _index(self, rest: int, series: int) -> int | None:
        place = series * COMBINATIONS + rest * _UNSPREAD % COMBINATIONS
        return self.shuffle.item(place) + 1 if place < self.users - 1 else None

    def _mask(self, tag: bytes, text: bytes) -> bytes:
        mask = hashlib.blake2b(tag, digest_size=5, key=self._key).digest()
        return bytes(a ^ b for a, b in zip(text, mask, strict=True))


def uuid_of(*parts: object) -> str:
    """Return a version-4 UUID that depends on some values."""
    raw = bytearray(digest(*parts, size=16))
    raw[6] = raw[6] & 0x0F | 0x40
    raw[8] = raw[8] & 0x3F | 0x80
    text = raw.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
