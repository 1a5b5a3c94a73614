"""How many different things happen within a moving window of time."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pingsessions_nb.coded.coding import Times, starts


def crowds(
    group: NDArray[Any], item: NDArray[Any], at: Times, window: int, least: int
) -> pd.DataFrame:
    """Find the times at which a window holds ``least`` or more different items of a group.

    An item is in the window that ends at a time if it was seen at that time or up to ``window``
    (microseconds, as are all times) before. So it comes into the window with the first of a chain
    of sightings that are no more than ``window`` apart, and leaves it ``window`` after the last.
    Counting who comes and who leaves, in order of time, gives the number of different items
    exactly, in one sort.

    Returned is a row for each crowd: ``group``; ``since, until``, from the beginning of the first
    such window to the end of the last; ``most`` (int64), the largest number of different items in
    one window. Crowds of one group do not overlap.
    """
    order = np.lexsort((at, item, group))
    group, item, at = group[order], item[order], at[order]
    comes = starts(group, item)
    comes[1:] |= at[1:] - at[:-1] > window
    leaves = np.append(comes[1:], True)[: len(comes)]
    who = np.concatenate([group, group[leaves]])
    when = np.concatenate([at, at[leaves] + window])
    step = np.concatenate([comes.astype(np.int64), np.full(leaves.sum(), -1)])
    order = np.lexsort((-step, when, who))  # who comes does so before anybody leaves
    who, when, step = who[order], when[order], step[order]
    count = np.cumsum(step)  # every group ends at zero, so that the next begins there
    seen = step >= 0
    who, when, count = who[seen], when[seen], count[seen]
    full = count >= least
    who, when, count = who[full], when[full], count[full]
    # Windows that overlap are one crowd.
    fresh = starts(who)
    fresh[1:] |= when[1:] - window > when[:-1]
    first = np.flatnonzero(fresh)
    last = np.append(first[1:], len(who))[: len(first)] - 1
    most = np.maximum.reduceat(count, first) if len(first) else count
    return pd.DataFrame(
        {"group": who[first], "since": when[first] - window, "until": when[last], "most": most}
    )


def members(found: pd.DataFrame, events: pd.DataFrame, group: str) -> pd.DataFrame:
    """Return the events that belong to a crowd, with the crowd's columns beside their own.

    Crowds have a column named by ``group``, ``since, until`` (int64) and any others; events that
    column, ``at`` (int64) and any others.
    """
    near = events[events[group].isin(found[group])].sort_values("at", kind="stable")
    joined = pd.merge_asof(
        near, found.sort_values("since"), by=group, left_on="at", right_on="since"
    )
    return joined[joined["at"] <= joined["until"]]


def largest(told: pd.DataFrame, of: list[str]) -> pd.DataFrame:
    """Return for each of something its event in the largest crowd, the first of these.

    Events are in order of time, as `members` returns them; the columns `of` name the thing.
    """
    first = told.sort_values("most", ascending=False, kind="stable").drop_duplicates(of)
    return first.sort_index()
