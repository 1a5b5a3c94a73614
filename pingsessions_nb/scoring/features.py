"""What a session can be told by: addresses, places, browsers, systems, devices, as codes.

A trait has levels, the finest first: an address, its network, its country. Missing values, and
masked addresses, are no values: nothing is ever equal to them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pingsessions_nb.addresses import networks
from pingsessions_nb.coded.coded_history import CodedHistory, Events, Sessions
from pingsessions_nb.coded.coding import Codes, Rows, encode, pair, starts

LEVELS = {
    "address": ("ip", "network", "address_country"),
    "place": ("city", "state", "country"),
    "browser": ("browser_version", "browser"),
    "os": ("os_version", "os"),
    "device": ("device",),
}
"""The features and their levels, the finest first."""

OF_EVENTS = ("address", "place")
"""The features that are seen with each location event; the others with each session."""

_BETWEEN = pa.scalar("\x1f", pa.large_string())


@dataclass(frozen=True)
class Level:
    """A column of values as codes, -1 where one is missing, and the text of each, all different."""

    codes: NDArray[Any]
    texts: pa.Array


@dataclass(frozen=True)
class Encoded:
    """A history's sessions and events in order of user and time, with their levels by name."""

    coded: CodedHistory
    levels: dict[str, Level]


def encode_all(coded: CodedHistory) -> Encoded:
    """Encode the encoded of a coded's events and sessions."""
    return Encoded(coded, levels_of_events(coded.events) | levels_of_sessions(coded.sessions))


def levels_of_events(events: Events) -> dict[str, Level]:
    """Encode the levels of addresses and places."""
    near, nets = encode(networks(events.addresses))
    country, state, city = (Level(*encode(events.texts(n))) for n in ("country", "state", "city"))
    ip = np.where(events.whole, events.address, -1)
    return {
        "ip": Level(ip, events.addresses),
        "network": Level(np.append(near, -1)[ip], nets),
        "address_country": Level(np.where(ip < 0, -1, country.codes), country.texts),
        "country": country,
        "state": _joined(state, country),
        "city": _joined(city, state, country),
    }


def levels_of_sessions(sessions: Sessions) -> dict[str, Level]:
    """Encode the levels of browsers, systems and devices."""
    browser, browser_version, system, version, device = (
        Level(*sessions.encoded(name))
        for name in ("browser_name", "browser_version", "os_name", "os_version", "device_type")
    )
    return {
        "browser": browser,
        "browser_version": _joined(browser_version, browser),
        "os": system,
        "os_version": _joined(version, system),
        "device": device,
    }


def _joined(finer: Level, *coarser: Level) -> Level:
    """Tell values of one name apart by what they are part of; missing where the name is."""
    levels = (finer, *coarser)
    first = np.flatnonzero(starts(*(level.codes for level in levels)))
    key = finer.codes[first].astype(np.int64)
    for level in coarser:
        key = pair(pd.factorize(key, use_na_sentinel=False)[0], level.codes[first] + 1)
    codes, keys = pd.factorize(key)
    at = np.zeros(len(keys), dtype=np.int64)
    at[codes[::-1]] = first[::-1]  # the last to be written is the first row
    codes[finer.codes[first] < 0] = -1
    words = [
        level.texts.take(pa.array(level.codes[at], mask=level.codes[at] < 0)) for level in levels
    ]
    texts = pc.binary_join_element_wise(*words, _BETWEEN, null_handling="replace")
    spread = np.repeat(codes, np.diff(np.append(first, len(finer.codes))))
    return Level(spread, texts)


def earlier_equal(user: Codes, code: NDArray[Any]) -> Rows:
    """Count for each row, by user and time, the earlier ones of the user with the same code."""
    first = np.flatnonzero(starts(user, code))
    lengths = np.diff(np.append(first, len(code)))
    key = pair(user[first], code[first] + 1)
    before = pd.Series(lengths).groupby(key, sort=False).cumsum().to_numpy(np.int64) - lengths
    within = np.arange(len(code)) - np.repeat(first, lengths)
    return np.repeat(before, lengths).astype(np.int64) + within


def earlier_known(user: Codes, known: NDArray[np.bool_]) -> Rows:
    """Count for each row, by user and time, the user's earlier ones of which something is known."""
    before: Rows = np.cumsum(known) - known
    first = np.flatnonzero(starts(user))
    return before - np.repeat(before[first], np.diff(np.append(first, len(user))))
