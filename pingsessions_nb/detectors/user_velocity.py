"""`user_velocity`: many users who are new to one address appear there within a short time.

A shared office or shop has many users too, but they come back: so only those count who were never
seen at the address before, though past their first `user_velocity_sessions` sessions. Only whole
addresses outside the known networks count.

This is the one detector that looks across users. It works in two steps, so that a history can be
dealt with in parts: see `newcomers`.

Severity
    ``medium``; ``high`` at twice the number that makes a finding and more.

Each session of such a user with an event there in that time has a finding; where it has several
such addresses, for that with the most newcomers.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pingsessions_nb.addresses import whole
from pingsessions_nb.coded.coded_history import CodedHistory, code_history
from pingsessions_nb.coded.coding import MICROSECONDS_AN_HOUR, Codes, Rows, Times, arrow, encode
from pingsessions_nb.detectors.findings_frame import HIGH, MEDIUM, findings
from pingsessions_nb.detectors.pairs import first_seen
from pingsessions_nb.detectors.thresholds import Thresholds, read_thresholds, thresholds_for
from pingsessions_nb.detectors.windows import crowds, largest, members
from pingsessions_nb.history import HistoryLike, history_of
from pingsessions_nb.wording import window

KIND = "user_velocity"


def newcomers(history: HistoryLike, **thresholds: object) -> pd.DataFrame:
    """Return when users of a part of a history first came to each address.

    The first of two steps. The findings of all parts together are those of the whole::

        parts = [newcomers(part, **thresholds) for part in history_in_parts]
        crowded = crowded_addresses(pd.concat(parts), **thresholds)
        found = join_signals([signals(part, crowded=crowded, **thresholds) for part in ...])

    Parameters
    ----------
    history : History
        All rows of some users.
    **thresholds
        As for `signals`.

    Returns
    -------
    DataFrame
        ``address`` (str), ``at`` (int64, microseconds since 1970, UTC).
    """
    whole = history_of(history)
    limits = thresholds_for(whole, thresholds)
    coded = code_history(whole, limits.known_networks)
    rows = _first_visits(coded, limits)
    link, texts = coded.events.link
    address = pd.array(texts.take(pa.array(link[rows])), dtype="str")
    return pd.DataFrame({"address": address, "at": coded.events.at[rows]})


def crowded_addresses(newcomers: pd.DataFrame, **thresholds: object) -> pd.DataFrame:
    """Find the addresses to which many users came within a short time.

    Parameters
    ----------
    newcomers : DataFrame
        As `newcomers` returns it, those of all parts under each other.
    **thresholds
        As for `signals`.

    Returns
    -------
    DataFrame
        ``since, until`` (int64, microseconds since 1970, UTC), ``most`` (int64, newcomers),
        ``address`` (str).
    """
    codes, texts = encode(arrow(newcomers["address"]))
    came_at = newcomers["at"].to_numpy(np.int64)
    return _crowded(codes, came_at, texts, read_thresholds(thresholds))


def find_user_velocity(
    coded: CodedHistory, limits: Thresholds, crowded: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return a finding for each session at a crowded address.

    `crowded` is as `crowded_addresses` makes it, if more users are to be counted than the coded
    has.
    """
    events = coded.events
    link, texts = events.link
    first = _first_visits(coded, limits)
    if crowded is None:
        crowded = _crowded(link[first], events.at[first], texts, limits)
    if crowded.empty:
        return findings(KIND, 0)
    wanted = pc.is_in(texts, value_set=arrow(crowded["address"]))
    at_crowded = np.append(wanted.to_numpy(zero_copy_only=False), False)[link]
    is_newcomer = np.zeros(len(events), dtype=bool)
    is_newcomer[first] = True
    near = events.take(at_crowded)
    frame = pd.DataFrame(
        {
            "address": pd.array(texts.take(pa.array(link[at_crowded])), dtype="str"),
            "at": near.at,
            "user": near.user,
            "session": near.texts("session_id").to_pylist(),
            "newcomer": is_newcomer[at_crowded],
        }
    )
    told = members(crowded, frame, "address")
    came = told.loc[told["newcomer"], ["user", "address", "since"]]
    told = largest(told.merge(came), ["user", "session"])
    return findings(
        KIND,
        len(told),
        user_id=coded.users.take(told["user"].to_numpy(np.int64)).to_pylist(),
        session_id=told["session"],
        at=told["at"],
        severity=np.where(told["most"] >= 2 * limits.user_velocity_users, HIGH, MEDIUM),
        summary=[
            f"{most:.0f} users appeared at {address} within {window(limits.user_velocity_hours)}; "
            "none was ever seen there before."
            for most, address in zip(told["most"], told["address"], strict=True)
        ],
        evidence=[
            {"address": address, "users": most, "window_hours": limits.user_velocity_hours}
            for most, address in zip(told["most"].tolist(), told["address"], strict=True)
        ],
    )


def _first_visits(coded: CodedHistory, limits: Thresholds) -> Rows:
    """Return the events at which a user past the baseline first has an address."""
    events = coded.events
    rows = first_seen(events.user, np.where(coded.outside, events.link[0], -1))
    return rows[events.at[rows] >= coded.settled(limits.user_velocity_sessions)[events.user[rows]]]


def _crowded(address: Codes, at: Times, texts: pa.Array, limits: Thresholds) -> pd.DataFrame:
    """Find crowded addresses among newcomers, each a row of its own."""
    visited = np.bincount(address, minlength=len(texts)) >= limits.user_velocity_users
    often = np.flatnonzero(visited)
    visited[often] = whole(texts.take(often))
    some = np.flatnonzero(visited[address])
    length = round(limits.user_velocity_hours * MICROSECONDS_AN_HOUR)
    # Each newcomer is another user, so that the row's number may stand for the user.
    found = crowds(address[some], some, at[some], length, limits.user_velocity_users)
    names = pd.array(texts.take(found["group"].to_numpy(np.int64)), dtype="str")
    return found.drop(columns="group").assign(address=names)
