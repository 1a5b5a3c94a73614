"""`ip_velocity`: many different addresses of one user within a short time.

Only whole addresses outside the known networks count; masked ones cannot be told apart. A /64 of
IPv6 is one address: a device changes the rest by itself.

Severity
    ``medium``; ``high`` at twice the number that makes a finding and more.

Each session with an event among them has a finding; where there were several such times, for that
with the most addresses in one window.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

from pingsessions_nb.addresses import links, whole
from pingsessions_nb.coded.coded_history import CodedHistory, Events
from pingsessions_nb.coded.coding import MICROSECONDS_AN_HOUR, Codes, encode
from pingsessions_nb.detectors.findings_frame import HIGH, MEDIUM, findings
from pingsessions_nb.detectors.thresholds import Thresholds
from pingsessions_nb.detectors.windows import crowds, largest, members
from pingsessions_nb.wording import several, window

KIND = "ip_velocity"


def find_ip_velocity(coded: CodedHistory, limits: Thresholds) -> pd.DataFrame:
    """Return a finding for each session among many addresses."""
    length = round(limits.ip_velocity_hours * MICROSECONDS_AN_HOUR)
    events, address, texts = _busy(coded, limits.ip_velocity_addresses, length)
    found = crowds(events.user, address, events.at, length, limits.ip_velocity_addresses)
    if found.empty:
        return findings(KIND, 0)
    frame = pd.DataFrame(
        {
            "group": events.user,
            "at": events.at,
            "session": events.texts("session_id").to_pylist(),
            "address": texts.take(pa.array(address)).to_pylist(),
        }
    )
    told = members(found, frame, "group")
    addresses = told.groupby(["group", "since"])["address"].unique().rename("addresses")
    told = largest(told, ["group", "session"]).join(addresses, on=["group", "since"])
    return findings(
        KIND,
        len(told),
        user_id=coded.users.take(told["group"].to_numpy(np.int64)).to_pylist(),
        session_id=told["session"],
        at=told["at"],
        severity=np.where(told["most"] >= 2 * limits.ip_velocity_addresses, HIGH, MEDIUM),
        summary=[
            _summary(int(most), list(some), limits.ip_velocity_hours)
            for most, some in zip(told["most"], told["addresses"], strict=True)
        ],
        evidence=[
            {
                "addresses": list(some),
                "most_at_once": int(most),
                "window_hours": limits.ip_velocity_hours,
            }
            for most, some in zip(told["most"], told["addresses"], strict=True)
        ],
    )


def _summary(most: int, addresses: list[str], hours: float) -> str:
    """Tell how many addresses there were, and how many altogether if windows follow each other."""
    if len(addresses) == most:
        return (
            f"The user came from {most} different addresses within {window(hours)}: "
            f"{several(addresses)}."
        )
    return (
        f"The user came from up to {most} different addresses within {window(hours)}, "
        f"{len(addresses)} altogether: {several(addresses)}."
    )


def _busy(coded: CodedHistory, least: int, length: int) -> tuple[Events, Codes, pa.Array]:
    """Return events of users who ever have so many in a window at all, and their addresses."""
    events = coded.events.take(coded.outside & (coded.events.address >= 0))
    starts = max(0, len(events) - least + 1)
    ahead = events.at[least - 1 :] - events.at[:starts]
    same = events.user[least - 1 :] == events.user[:starts]
    busy = np.unique(events.user[least - 1 :][same & (ahead <= length)])
    events = events.take(np.isin(events.user, busy))
    used = np.unique(events.address)
    texts = links(events.addresses.take(pa.array(used)))
    codes, texts = encode(texts)
    address = codes[np.searchsorted(used, events.address)]
    known = whole(texts)[address]
    return events.take(known), address[known], texts
