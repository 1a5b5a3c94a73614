"""Devices that were never where the user's other devices were.

A user's own devices meet: at home, at work, on a journey. A device and its places that have
nothing in common with the others are a stranger's, or look like one, however few sessions are
known. So the first sessions of a user, which nothing can be compared with otherwise, are judged by
this alone.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pingsessions_nb.coded.coded_history import CodedHistory
from pingsessions_nb.coded.coding import MICROSECONDS_A_DAY, Flags, Rows, pair
from pingsessions_nb.coded.device_families import families
from pingsessions_nb.coded.session_events import session_of_events
from pingsessions_nb.detectors.pairs import first_seen, with_earlier
from pingsessions_nb.detectors.places import Areas, discs, least_distance_km, spots
from pingsessions_nb.detectors.thresholds import Thresholds

MOST_DAYS = 2
"""Who comes on more days than that is no stranger."""
FACTS = ("browser_name", "os_name", "device_type")


def device_codes(coded: CodedHistory) -> tuple[list[NDArray[np.int32]], Rows]:
    """Return the family of each session's browser, system and device, and one number for all."""
    facts = [families(name, *coded.sessions.encoded(name))[0] for name in FACTS]
    # Missing facts count as a value of their own here, so that no combination is missed.
    browser, system, device = (fact + 1 for fact in facts)
    return facts, pair(pd.factorize(pair(browser, system))[0], device)


def on_strangers(coded: CodedHistory, limits: Thresholds, combined: Rows) -> Flags:
    """Tell of each session whether its device was never where its user's other devices were.

    `combined` is, of each session, a number for its device.
    """
    sessions, events = coded.sessions, coded.events
    spot = spots(events)
    # Who was at one place only, as most are, has met all own devices there.
    moves = np.zeros(len(coded.users), dtype=bool)
    same_user = events.user[1:] == events.user[:-1]
    moves[events.user[1:][same_user & (spot[1:] != spot[:-1])]] = True
    located = np.flatnonzero(coded.placed & ~np.isnan(spot) & moves[events.user])
    theirs = np.flatnonzero(moves[sessions.user])
    session = session_of_events(coded, theirs)[located]
    located, session = located[session >= 0], theirs[session[session >= 0]]
    events = events.take(located)
    device_there = pair(combined[session], pd.factorize(spot[located])[0])
    first = first_seen(events.user, device_there)
    events, device = events.take(first), combined[session[first]]
    places, areas = discs(events), Areas(events)
    group = pair(events.user, device)
    met, compared = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    for one, other in with_earlier(events.user, np.ones(len(events), dtype=bool)):
        differs = device[one] != device[other]
        one, other = one[differs], other[differs]
        apart = least_distance_km(places, one, other)
        near = (apart <= limits.location_radius_km) | areas.overlap(one, other)
        compared += [group[one], group[other]]
        met += [group[one[near]], group[other[near]]]
    width = int(device.max(initial=-1)) + 1
    of_session = np.where(combined < width, sessions.user.astype(np.int64) * width + combined, -1)
    strange = np.setdiff1d(np.concatenate(compared), np.concatenate(met))
    some = np.flatnonzero(np.isin(of_session, strange))
    days = pd.Series(sessions.start[some] // MICROSECONDS_A_DAY)
    brief = days.groupby(of_session[some]).transform("nunique") <= MOST_DAYS
    found = np.zeros(len(sessions), dtype=bool)
    found[some[brief.to_numpy()]] = True
    return found
