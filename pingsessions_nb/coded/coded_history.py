"""A history in the form that all detectors work on: codes and times, sorted once, shared."""

from __future__ import annotations

import functools
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pingsessions_nb.addresses import canonical_and_whole, links
from pingsessions_nb.addresses import whole as are_whole
from pingsessions_nb.coded.coding import (
    NEVER,
    Codes,
    Flags,
    Floats,
    Rows,
    Times,
    arrow,
    chronological,
    encode,
    encode_alike,
    starts,
    times,
    without_ties,
)
from pingsessions_nb.history import HistoryLike, history_of
from pingsessions_nb.known_networks import OUTSIDE, KnownNetworks

PLACE_COLUMNS = (
    *("city", "state", "country"),
    *("latitude", "longitude", "place_precision", "place_radius_km", "place"),
)
_LAST = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Events:
    """Location events by user and time; all arrays are of the same length.

    Attributes
    ----------
    frame : DataFrame
        ``history.locations``.
    rows : int64 ndarray
        The event's position in ``frame``.
    user, address : int32 ndarray
        Codes; the address's is -1 where none is known.
    at : int64 ndarray
        Microseconds since 1970, UTC.
    addresses : pyarrow.Array
        The text of each address code, in canonical form.
    are_whole : bool ndarray
        Of each address code, whether it is a whole address.
    """

    frame: pd.DataFrame
    rows: Rows
    user: Codes
    address: Codes
    at: Times
    addresses: pa.Array
    are_whole: Flags

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, which: NDArray[Any]) -> Self:
        """Return some of the events, by position or by flags."""
        return replace(
            self,
            rows=self.rows[which],
            user=self.user[which],
            address=self.address[which],
            at=self.at[which],
        )

    def numbers(self, column: str) -> Floats:
        """Return a column of the frame as float64."""
        values = self.frame[column].to_numpy(dtype=np.float64, na_value=np.nan)
        return values if self._as_is else values[self.rows]

    def texts(self, column: str) -> pa.Array:
        """Return a text column of the frame."""
        values = arrow(self.frame[column])
        return values if self._as_is else values.take(pa.array(self.rows))

    @functools.cached_property
    def whole(self) -> Flags:
        """Whether each event's address is a whole one."""
        return np.append(self.are_whole, False)[self.address]

    @functools.cached_property
    def link(self) -> tuple[Codes, pa.Array]:
        """A code for what counts as one address, as `addresses.links`, and the text of each."""
        texts = links(self.addresses)
        if texts is self.addresses:
            return self.address, texts
        again, texts = encode(texts)
        return np.append(again, np.int32(-1))[self.address], texts

    @functools.cached_property
    def _as_is(self) -> bool:
        return len(self.rows) == len(self.frame) and bool(
            np.all(self.rows[1:] == self.rows[:-1] + 1)
        )


@dataclass(frozen=True)
class Sessions:
    """Sessions by user and beginning; all arrays are of the same length.

    Attributes
    ----------
    frame : DataFrame
        ``history.sessions``.
    rows : int64 ndarray
        The session's position in ``frame``.
    user : int32 ndarray
        Codes, as in `Events`.
    start, last : int64 ndarray
        Beginning and last activity, in microseconds since 1970, UTC.
    rank : int64 ndarray
        How many sessions of the user began before.
    """

    frame: pd.DataFrame
    rows: Rows
    user: Codes
    start: Times
    last: Times
    rank: Rows

    def __len__(self) -> int:
        return len(self.rows)

    def texts(self, column: str, which: NDArray[Any] | None = None) -> pa.Array:
        """Return a text column of the frame, of all sessions or of some."""
        rows = self.rows if which is None else self.rows[which]
        return arrow(self.frame[column]).take(pa.array(rows))

    def encoded(self, column: str) -> tuple[Codes, pa.Array]:
        """Return the codes of a text column of the frame, and the distinct texts."""
        codes, distinct = encode(arrow(self.frame[column]))
        return codes[self.rows], distinct


@dataclass(frozen=True)
class CodedHistory:
    """Events and sessions of a history's users.

    Attributes
    ----------
    events : Events
    sessions : Sessions
    users : pyarrow.Array
        The id of each user code.
    outside : bool ndarray
        Of each event, whether its address is outside the company's own networks.
    placed : bool ndarray
        Of each event, whether it says where its user is: all but those from the company's VPNs.
        The places of those from its offices are the offices'.
    """

    events: Events
    sessions: Sessions
    users: pa.Array
    outside: Flags
    placed: Flags

    def settled(self, baseline: int) -> Times:
        """Return for each user code when the first session after the baseline begins."""
        settled = np.full(len(self.users), _LAST)
        first = self.sessions.rank == baseline
        settled[self.sessions.user[first]] = self.sessions.start[first]
        return settled


def code_history(history: HistoryLike, networks: KnownNetworks) -> CodedHistory:
    """Sort and encode a history. Rows without a user or a time are left out, repeated ones too.

    Raises
    ------
    ConfigurationError
        Where it is no history; the sentence says how to get one.
    """
    whole = history_of(history)
    locations, sessions = whole.locations, whole.sessions
    (event_user, session_user), users = encode_alike(
        arrow(locations["user_id"]), arrow(sessions["user_id"])
    )
    # Arrow and numpy work outside the interpreter's lock.
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(_sessions, sessions, session_user)
        events = _events(locations, event_user)
    # A missing address, of code -1, is in no network.
    network = np.append(networks.which(events.addresses), OUTSIDE)[events.address]
    at_office = np.append([each.place is not None for each in networks.all], False)[network]
    at_office = at_office.astype(bool)
    if at_office.any():
        events = replace(events, frame=_with_offices(events, network, at_office, networks))
    outside = network == OUTSIDE
    return CodedHistory(events, reading.result(), users, outside, outside | at_office)


def _events(frame: pd.DataFrame, user: Codes) -> Events:
    at = times(frame["at"])
    rows = chronological(user, at)
    facts = ("session_id", "remote_ip", "place", "latitude", "longitude")
    rows = without_ties(rows, user, at, *(frame[name] for name in facts))
    address, addresses = encode(arrow(frame["remote_ip"]))
    written, whole = canonical_and_whole(addresses)
    if written is not addresses:  # several spellings are one address
        again, addresses = encode(written)
        address = np.append(again, np.int32(-1))[address]
        whole = are_whole(addresses)
    return Events(frame, rows, user[rows], address[rows], at[rows], addresses, whole)


def _with_offices(
    events: Events, network: Rows, at_office: Flags, networks: KnownNetworks
) -> pd.DataFrame:
    """Return the events' frame, with the offices' places where they are from an office."""
    there = np.zeros(len(events.frame), dtype=bool)
    there[events.rows[at_office]] = True
    of = np.full(len(events.frame), OUTSIDE)
    of[events.rows] = network
    number = of[there]
    columns: dict[str, Any] = {}
    for name in PLACE_COLUMNS:
        values = [each.place and each.place[name] for each in networks.all]
        if events.frame[name].dtype == "float64":
            column = events.frame[name].to_numpy(copy=True)
            column[there] = np.array(values, dtype=np.float64)[number]
            columns[name] = column
        else:
            texts = pa.array(values, pa.large_string()).take(pa.array(number))
            told = pc.replace_with_mask(arrow(events.frame[name]), pa.array(there), texts)
            columns[name] = pd.array(told, dtype="str")
    return events.frame.assign(**columns)


def _sessions(frame: pd.DataFrame, user: Codes) -> Sessions:
    named = frame["session_id"].notna().to_numpy()
    kinds = [times(frame[name]) for name in ("created_at", "last_sign_on_at", "active_at")]
    start = np.full(len(frame), NEVER)
    for known in kinds:
        start = np.where(start == NEVER, known, start)
    last = np.maximum.reduce(kinds) if len(frame) else start
    owner = np.where(named, user, -1)
    rows = chronological(owner, start)
    rows = without_ties(rows, owner, start, frame["session_id"])
    user = user[rows]
    first = np.flatnonzero(starts(user))
    rank = np.arange(len(rows)) - np.repeat(first, np.diff(np.append(first, len(rows))))
    return Sessions(frame, rows, user, start[rows], last[rows], rank)
