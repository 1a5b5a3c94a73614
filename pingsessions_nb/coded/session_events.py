"""Which session an event is of."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pingsessions_nb.coded.coded_history import CodedHistory
from pingsessions_nb.coded.coding import Rows, run_starts


def session_of_events(coded: CodedHistory, sessions: Rows) -> Rows:
    """Return for each event which of some sessions it is of, -1 for none.

    The sessions are given as positions in ``coded.sessions``.
    """
    ids = coded.events.texts("session_id")
    first = run_starts(ids)
    wanted = coded.sessions.texts("session_id", sessions)
    found = pc.index_in(ids.filter(pa.array(first)), value_set=wanted, skip_nulls=True)
    places = pc.fill_null(found, -1).to_numpy(zero_copy_only=False).astype(np.int64)
    which = np.repeat(places, np.diff(np.append(np.flatnonzero(first), len(ids))))
    owner = np.append(coded.sessions.user[sessions], np.int32(-1))
    return np.where(owner[which] == coded.events.user, which, -1)
