"""What a user does again and again: hops between two places, on several days.

A carrier's gateway may lie in another city than the phone behind it, and so may a privacy relay's.
Whoever changes between home and such a network hops, every day, faster than anybody travels. A hop
that a user made on several days is a habit, whichever way it led: the first of them stays as a
finding of low severity that says so, the others go.

Within a country later days tell, too, since nobody's gateway is new for long. Across a border only
earlier days do: otherwise a thief who comes back often enough would make a habit of it.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from pingsessions_nb.coded.coded_history import CodedHistory
from pingsessions_nb.coded.coding import MICROSECONDS_A_DAY, arrow, times
from pingsessions_nb.detectors.findings_frame import LOW
from pingsessions_nb.detectors.places import place_labels
from pingsessions_nb.wording import counted

HABIT_DAYS = 3
"""On so many days, a hop is a habit."""

_TOLD = ("severity", "evidence", "summary")
_JOURNEYS = ("geovelocity_anomaly", "user_location_anomaly")


def without_habits(found: pd.DataFrame, coded: CodedHistory) -> pd.DataFrame:
    """Return findings, of severity in numbers, without the repetitions of a habit."""
    moved = found[found["kind"].isin(_JOURNEYS)]
    if moved.empty:
        return found
    hops = _hops(coded, moved["user_id"])
    if hops.empty:
        return found
    days_of = hops.groupby(["user_id", "between"])["day"].unique().to_dict()
    seen: set[tuple[str, frozenset[str]]] = set()
    dropped = []
    severity, evidence, summary = (found[name].tolist() for name in _TOLD)
    ordered = moved.sort_values(["at", "session_id", "kind"], kind="stable")
    ends = zip(ordered["from_place"], ordered["to_place"], strict=True)
    today = times(ordered["at"]) // MICROSECONDS_A_DAY
    for row, between, day in zip(ordered.index, map(frozenset, ends), today, strict=True):
        key = found["user_id"][row], between
        days = days_of.get(key, np.zeros(0, dtype=np.int64))
        across = evidence[row].get("abroad", evidence[row].get("new_country"))
        if (days < day).sum() < HABIT_DAYS if across else len(days) < HABIT_DAYS:
            continue
        if across or found["kind"][row] != "geovelocity_anomaly" or key in seen:
            dropped.append(row)
            continue
        seen.add(key)
        severity[row] = LOW
        evidence[row] = {**evidence[row], "habit_days": len(days)}
        summary[row] = (
            f"{summary[row]} The user went between the two on {counted(len(days), 'day')}, which "
            "speaks for a network that is seen elsewhere, not for a thief."
        )
    told = found.assign(
        severity=np.array(severity, dtype=np.int8),
        evidence=pd.Series(evidence, dtype=object),
        summary=pd.array(summary, dtype="str"),
    )
    return told.drop(index=dropped).reset_index(drop=True)


def _hops(coded: CodedHistory, user_ids: pd.Series[str]) -> pd.DataFrame:
    """Return the days on which some users went from one place to another within a day."""
    wanted = pc.is_in(coded.users, value_set=arrow(user_ids)).to_numpy(zero_copy_only=False)
    events = coded.events.take(
        coded.placed & wanted[coded.events.user] & ~np.isnan(coded.events.numbers("latitude"))
    )
    labels = np.array(place_labels(events), dtype=object)
    if len(labels) < 2:
        return pd.DataFrame(columns=["user_id", "between", "day"])
    user, at = events.user, events.at
    moved = (user[1:] == user[:-1]) & (labels[1:] != labels[:-1])
    moved &= at[1:] - at[:-1] <= MICROSECONDS_A_DAY
    after = np.flatnonzero(moved) + 1
    ids = coded.users.take(user[after]).to_pylist()
    ends = zip(labels[after - 1], labels[after], strict=True)
    return pd.DataFrame(
        {
            "user_id": ids,
            "between": [frozenset(pair) for pair in ends],
            "day": at[after] // MICROSECONDS_A_DAY,
        }
    )
