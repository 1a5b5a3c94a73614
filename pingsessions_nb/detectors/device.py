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

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pingsessions_nb.coded.coded_history import CodedHistory, Sessions
from pingsessions_nb.coded.coding import Codes, Flags, Rows
from pingsessions_nb.detectors.findings import LOW, MEDIUM, findings
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
    settled = (sessions.rank[seen] >= limits.baseline_sessions) | strange[seen]

    new: list[Rows] = []
    severity: list[NDArray[Any]] = []
    known: list[tuple[Rows, Rows]] = []
    for later, earlier in with_earlier(sessions.user[seen], settled):
        same, differs = _compare(codes, later, earlier)
        first = np.flatnonzero(np.append(True, later[1:] != later[:-1]))
        like = (same[0] | same[1]) & ~(differs[0] | differs[1] | differs[2])
        unlike = differs[0] | differs[1] | differs[2]
        is_new = ~np.logical_or.reduceat(like, first) & np.logical_or.reduceat(unlike, first)
        new_kind = [
            ~np.logical_or.reduceat(same[fact], first) & (codes[fact][later[first]] >= 0)
            for fact in (1, 2)
        ]
        new.append(later[first][is_new])
        grave = (new_kind[0] | new_kind[1]) & strange[seen[later[first]]]
        severity.append(np.where(grave, MEDIUM, LOW)[is_new])
        of_new = np.isin(later, later[first][is_new])
        known.append((later[of_new], earlier[of_new]))
    if not new:
        return findings(KIND, 0)
    earlier_of = [np.concatenate(each) for each in zip(*known, strict=True)]
    return _findings(
        coded,
        seen,
        np.concatenate(new),
        np.concatenate(severity),
        strange[seen[np.concatenate(new)]],
        earlier_of[0],
        earlier_of[1],
    )


def _compare(
    codes: list[Codes], later: Rows, earlier: Rows
) -> tuple[list[NDArray[np.bool_]], list[NDArray[np.bool_]]]:
    """Tell of each pair and each fact whether both are known and the same, or not the same."""
    same, differs = [], []
    for code in codes:
        equal = code[later] == code[earlier]
        known = (code[later] >= 0) & (code[earlier] >= 0)
        same.append(equal & known)
        differs.append(~equal & known)
    return same, differs


def _findings(
    coded: CodedHistory,
    seen: Rows,
    new: Rows,
    severity: NDArray[Any],
    strange: Flags,
    later: Rows,
    earlier: Rows,
) -> pd.DataFrame:
    sessions = coded.sessions
    names = _device_names(sessions, seen)
    bounds = np.searchsorted(later, new), np.searchsorted(later, new, side="right")
    past = [
        list(dict.fromkeys(names[row] for row in earlier[begin:end].tolist() if names[row]))
        for begin, end in zip(*bounds, strict=True)
    ]
    at = seen[new]
    return findings(
        KIND,
        len(new),
        user_id=coded.users.take(sessions.user[at]).to_pylist(),
        session_id=sessions.texts("session_id", at).to_pylist(),
        at=sessions.start[at],
        severity=severity,
        summary=[
            f"First session on {names[row]}; before, this user had {several(had)}."
            + (" It came from a place where none of these was ever seen." if alone else "")
            for row, had, alone in zip(new.tolist(), past, strange.tolist(), strict=True)
        ],
        evidence=[
            {"device": names[row], "devices_before": had, "never_where_others_were": alone}
            for row, had, alone in zip(new.tolist(), past, strange.tolist(), strict=True)
        ],
    )


def _device_names(sessions: Sessions, seen: Rows) -> list[str]:
    """Say each device in words: ``Safari on iOS (iPhone)``; ``Other`` says nothing of it."""
    columns = [sessions.texts(name, seen).to_pylist() for name in FACTS]
    return [
        f"{browser or 'an unknown browser'} on {system or 'an unknown system'}"
        f"{f' ({device})' if device and device != 'Other' else ''}"
        for browser, system, device in zip(*columns, strict=True)
    ]
