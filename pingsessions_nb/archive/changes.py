"""What a snapshot changes: pure, from the rows known before and the rows it shows.

A session keeps the union of its locations. Its facts are those of the snapshot with the latest
``active_at``, of equals the one seen last; what that one leaves out an earlier one says. A user's
facts are those last updated, of equals those with the latest sign-on. Whoever is not in a list of
everybody is gone since then, until a later snapshot shows them again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from pingsessions_nb.archive.rows import owners
from pingsessions_nb.archive.table_layout import EVENT, FILED, GONE, KEYS, SEEN
from pingsessions_nb.archive.versions import with_versions
from pingsessions_nb.history.merging import merge_sessions, merge_users, stacked


@dataclass(frozen=True)
class Changes(Mapping[str, int]):
    """What `Archive.record` changed, as attributes or by name; ``dict(changes)`` works.

    Attributes
    ----------
    sessions_added, sessions_updated, locations_added, users_added, users_updated : int
        Rows. A session is updated where its facts changed or it gained locations.
    users_gone : int
        Of the users updated, those who are listed no more.
    """

    sessions_added: int = 0
    sessions_updated: int = 0
    locations_added: int = 0
    users_added: int = 0
    users_updated: int = 0
    users_gone: int = 0

    def __getitem__(self, name: str) -> int:
        return int(asdict(self)[name])

    def __iter__(self) -> Iterator[str]:
        return iter(asdict(self))

    def __len__(self) -> int:
        return len(asdict(self))

    def __bool__(self) -> bool:
        return any(self.values())


class NewRows(NamedTuple):
    """Rows to write: new ones, and ones that replace those of the same key."""

    added: pd.DataFrame
    updated: pd.DataFrame
    news: int  # updated rows that say something new, and not only that they were seen earlier


def are_new(known: pd.DataFrame, shown: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Tell which locations shown are not known; one shown twice at once counts twice."""
    if known.empty:
        return np.ones(len(shown), np.bool_)
    rows = pd.concat([known[EVENT], shown[EVENT]], ignore_index=True)
    rows["source"] = np.arange(len(rows)) >= len(known)
    rows["twin"] = rows.groupby([*EVENT, "source"], dropna=False).cumcount()
    new = ~rows.duplicated([*EVENT, "twin"]).to_numpy()
    return new[len(known) :]


def new_sessions(known: pd.DataFrame, shown: pd.DataFrame) -> NewRows:
    """Return the sessions to write, of stored rows that hold each session once.

    `known` holds those of `shown` that there are. In `shown`, ``location_count`` counts the union
    of known and new locations.
    """
    keys = KEYS["sessions"]
    fresh = owners(known, shown) < 0
    if fresh.all():
        return NewRows(shown, known, 0)
    again = shown[~fresh].set_index(keys)
    both = stacked([known, again.reset_index()]).sort_values("last_seen_at", kind="stable")
    merged = merge_sessions(both, both.iloc[:0].reindex(columns=EVENT))[0].set_index(keys)
    merged["location_count"] = again["location_count"].reindex(merged.index)
    merged["month"] = again["month"].reindex(merged.index)
    before = known.set_index(keys)
    merged = with_versions(before, merged)
    return NewRows(shown[fresh], *_replacing(before, merged, again, "sessions"))


def new_users(known: pd.DataFrame, shown: pd.DataFrame) -> NewRows:
    """Return the users to write; as `new_sessions`."""
    fresh = ~shown["user_id"].isin(known["user_id"])
    if fresh.all():
        return NewRows(shown, known, 0)
    again = shown[~fresh]
    both = stacked([known, again]).sort_values("last_seen_at", kind="stable")
    both = both.sort_values("last_sign_on_at", kind="stable", na_position="first")
    merged = merge_users(both).set_index("user_id")
    seen = again.set_index("user_id")["last_seen_at"].reindex(merged.index)
    merged[GONE] = merged[GONE].where(merged[GONE] > seen)
    before, again = known.set_index("user_id"), again.set_index("user_id")
    return NewRows(shown[fresh], *_replacing(before, merged, again, "users"))


def gone_users(known: pd.DataFrame, listed: pd.Series[str], seen_at: pd.Timestamp) -> pd.DataFrame:
    """Return the rows of users whom a list of everybody, by their ids, has no more.

    `known` are all stored rows of users; an older archive has marked nobody.
    """
    gone = ~known["user_id"].isin(listed) & (known["last_seen_at"] < seen_at)
    return known[gone & known[GONE].isna()] if GONE in known else known[gone]


def _replacing(
    before: pd.DataFrame, merged: pd.DataFrame, again: pd.DataFrame, table: str
) -> tuple[pd.DataFrame, int]:
    """Return the merged rows that differ from those before, and how many of them have news."""
    before = before.reindex(index=merged.index, columns=merged.columns)
    facts = [name for name in merged if name not in SEEN and name not in FILED[table]]
    old, new = before[facts], merged[facts]
    # Of a missing flag or number, and any other, nobody knows whether they differ: they do.
    differ = (old != new).astype("boolean").fillna(value=True)
    news = (differ & ~(old.isna() & new.isna())).any(axis=1)
    seen = again["last_seen_at"].reindex(merged.index)
    merged["first_seen_at"] = before["first_seen_at"].where(before["first_seen_at"] < seen, seen)
    latest = before["last_seen_at"].where(before["last_seen_at"] > seen, seen)
    merged["last_seen_at"] = before["last_seen_at"].where(~news, latest)
    earlier = merged["first_seen_at"] < before["first_seen_at"]
    return merged[news | earlier].reset_index(), int(news.sum())
