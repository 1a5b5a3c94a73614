"""Each new thing of a user compared with everything that the user had before."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pingsessions_nb.coded.coding import Codes, Rows, starts

_PAIRS_AT_ONCE = 2_000_000


def first_seen(user: Codes, thing: NDArray[Any]) -> Rows:
    """Return the positions, by user and time, at which a user has a thing for the first time.

    Equal numbers are the same thing; a negative one is none.
    """
    changed = np.flatnonzero(starts(user, thing) & (thing >= 0))
    width = int(thing.max(initial=0)) + 1
    key = user[changed].astype(np.int64) * width + thing[changed]
    return changed[~pd.Series(key).duplicated().to_numpy()]


def with_earlier(user: Codes, wanted: NDArray[np.bool_]) -> Iterator[tuple[Rows, Rows]]:
    """Pair wanted positions (later) with every earlier one of the same user, block by block.

    Users are sorted. All pairs of a wanted position are in one block.
    """
    first = np.flatnonzero(starts(user))
    begins = np.repeat(first, np.diff(np.append(first, len(user))))
    later = np.flatnonzero(wanted)
    counts = later - begins[later]
    later, counts = later[counts > 0], counts[counts > 0]
    blocks = np.flatnonzero(starts(np.cumsum(counts) // _PAIRS_AT_ONCE))[1:]
    for some, sizes in zip(np.split(later, blocks), np.split(counts, blocks), strict=True):
        if len(some):
            ends = np.cumsum(sizes)
            within = np.arange(ends[-1]) - np.repeat(ends - sizes, sizes)
            yield np.repeat(some, sizes), np.repeat(begins[some], sizes) + within
