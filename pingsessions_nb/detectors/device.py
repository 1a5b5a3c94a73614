"""`new_device`: a browser, system and device that the user never had before.

Compared are the families of browser, system and type of device (see `device_families`), so that
neither an upgrade nor another spelling is new. A fact that PingOne does not give neither agrees nor
disagrees. A session is new if no earlier one is like it (agrees in browser or system, and
disagrees in nothing) and at least one is certainly unlike it (disagrees in something). A user's
first `baseline_sessions` sessions are what is compared with: of these, only a stranger's device
counts, which was never where the user's other devices were (see `strangers`).

Severity
    ``medium`` if the system, or the type of device, is new and a stranger's. ``low`` if the device
    was where the others were, as a new phone at home is; or if it is only another browser on a
    system that the user had before, or another combination of the two.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pingsessions_nb.coded.coded_history import CodedHistory, Sessions
from pingsessions_nb.coded.coding import Codes, Flags, Rows, starts
from pingsessions_nb.detectors.findings_frame import LOW, MEDIUM, findings
from pingsessions_nb.detectors.pairs import first_seen, with_earlier
from pingsessions_nb.detectors.strangers import FACTS, device_codes
from pingsessions_nb.detectors.thresholds import Thresholds
from pingsessions_nb.wording import several

KIND = "new_device"


def find_new_devices(coded: CodedHistory, limits: Thresholds, strange: Flags) -> pd.DataFrame:
    """Return a finding for each session on something new."""
    sessions = coded.sessions
    facts, combined = device_codes(coded)
    seen = first_seen(sessions.user, combined)
    codes = [fact[seen] for fact in facts]
    alone = strange[seen]
    settled = (sessions.rank[seen] >= limits.baseline_sessions) | alone
    found = [_new(codes, alone, *pairs) for pairs in with_earlier(sessions.user[seen], settled)]
    if not found:
        return findings(KIND, 0)
    new, severity, later, earlier = (np.concatenate(each) for each in zip(*found, strict=True))
    names = _device_names(sessions, seen)
    bounds = np.searchsorted(later, new), np.searchsorted(later, new, side="right")
    past = [
        list(dict.fromkeys(names[row] for row in earlier[begin:end].tolist() if names[row]))
        for begin, end in zip(*bounds, strict=True)
    ]
    told = list(zip([names[row] for row in new.tolist()], past, alone[new].tolist(), strict=True))
    at = seen[new]
    return findings(
        KIND,
        len(new),
        user_id=coded.users.take(sessions.user[at]).to_pylist(),
        session_id=sessions.texts("session_id", at).to_pylist(),
        at=sessions.start[at],
        severity=severity,
        summary=[
            f"First session on {name}; before, this user had {several(had)}."
            + (" It came from a place where none of these was ever seen." if strangers else "")
            for name, had, strangers in told
        ],
        evidence=[
            {"device": name, "devices_before": had, "never_where_others_were": strangers}
            for name, had, strangers in told
        ],
    )


def _new(
    codes: list[Codes], alone: Flags, later: Rows, earlier: Rows
) -> tuple[Rows, NDArray[np.int64], Rows, Rows]:
    """Return what of some pairs is new, how grave that is, and the pairs of what is new."""
    # Of each fact of a pair: whether both know it and are the same, or not the same.
    both = [(code[later] >= 0) & (code[earlier] >= 0) for code in codes]
    equal = [code[later] == code[earlier] for code in codes]
    same = [known & alike for known, alike in zip(both, equal, strict=True)]
    differs = [known & ~alike for known, alike in zip(both, equal, strict=True)]
    unlike = differs[0] | differs[1] | differs[2]
    like = (same[0] | same[1]) & ~unlike
    first = np.flatnonzero(starts(later))
    things = later[first]
    is_new = ~np.logical_or.reduceat(like, first) & np.logical_or.reduceat(unlike, first)
    system, device = (
        ~np.logical_or.reduceat(same[fact], first) & (codes[fact][things] >= 0) for fact in (1, 2)
    )
    severity = np.where((system | device) & alone[things], MEDIUM, LOW)
    of_new = np.isin(later, things[is_new])
    return things[is_new], severity[is_new], later[of_new], earlier[of_new]


def _device_names(sessions: Sessions, seen: Rows) -> list[str]:
    """Say each device in words: ``Safari on iOS (iPhone)``; ``Other`` says nothing of it."""
    columns = [sessions.texts(name, seen).to_pylist() for name in FACTS]
    return [
        f"{browser or 'an unknown browser'} on {system or 'an unknown system'}"
        f"{f' ({device})' if device and device != 'Other' else ''}"
        for browser, system, device in zip(*columns, strict=True)
    ]
