"""Fingerprints of names: how a gazetteer of a million names fits in 5 MB and opens at once.

A name is not stored but its 40-bit BLAKE2b fingerprint, together with its kind and country. Sorted
fingerprints are searched by bisection, all look-ups of a frame in one call. A name that nobody
knows is taken for a known one with a probability of 1,000,000 / 2**40, one in a million.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Kind = Literal["country", "state", "city"]

NO_PLACE = 0
"""The fingerprint of no name at all; real ones are never 0."""


def fingerprint(kind: Kind, country: int | str, key: str) -> int:
    """Return the 40-bit fingerprint of a name's `key` among one country's places of one kind.

    Parameters
    ----------
    kind : {"country", "state", "city"}
    country : int or str
        The country's row; ``""`` for names that are looked up in the whole world.
    key : str
        From `pingsessions_nb.places.spelling`.
    """
    named = f"{kind}|{country}|{key}".encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(named, digest_size=5).digest(), "big") or 1


def fingerprints(named: Iterable[tuple[Kind, int | str, str] | None]) -> NDArray[np.int64]:
    """Fingerprints of many names; `NO_PLACE` for None."""
    return np.fromiter(
        (NO_PLACE if name is None else fingerprint(*name) for name in named), dtype=np.int64
    )


def pack(values: NDArray[np.int64], width: int) -> list[NDArray[np.uint8]]:
    """Whole numbers as `width` planes of bytes, lowest first: each plane compresses by itself."""
    return [((values >> (8 * plane)) & 0xFF).astype(np.uint8) for plane in range(width)]


def unpack(planes: Iterable[NDArray[np.uint8]]) -> NDArray[np.int64]:
    """Undo `pack`."""
    planes = list(planes)
    values = np.zeros((len(planes[0]), 8), dtype=np.uint8)
    for position, plane in enumerate(planes):
        values[:, position] = plane
    return values.view("<i8")[:, 0].astype(np.int64, copy=False)
