"""`ip_velocity`: many different addresses of one user within a short time.

Only whole addresses outside the known networks count; masked ones cannot be told apart.

Severity
    ``medium``; ``high`` at twice the number that makes a finding and more.

Each session with an event among them has a finding; where there were several such times, for that
with the most addresses in one window.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pingsessions_nb.addresses import whole
from pingsessions_nb.detectors.coding import MICROSECONDS_AN_HOUR, encode
from pingsessions_nb.detectors.findings import HIGH, MEDIUM, findings
from pingsessions_nb.detectors.record import Events, Record
from pingsessions_nb.detectors.thresholds import Thresholds
from pingsessions_nb.detectors.windows import crowds, largest, members
from pingsessions_nb.wording import several, window

KIND = "ip_velocity"


def find_ip_velocity(record: Record, limits: Thresholds) -> pd.DataFrame:
    """Return a finding for each session among many addresses."""
    length = round(limits.ip_velocity_hours * MICROSECONDS_AN_HOUR)
    events = _busy(record, limits.ip_velocity_addresses, length)
    found = crowds(events.user, events.address, events.at, length, limits.ip_velocity_addresses)
    frame = pd.DataFrame(
        {
            "group": events.user,
            "at": events.at,
            "session": events.texts("session_id").to_pylist(),
            "address": events.texts("remote_ip").to_pylist(),
        }
    )
    told = members(found, frame, "group")
    addresses = told.groupby(["group", "since"])["address"].unique().rename("addresses")
    told = largest(told, ["group", "session"]).join(addresses, on=["group", "since"])
    return findings(
        KIND,
        len(told),
        user_id=record.users.take(told["group"].to_numpy(np.int64)).to_pylist(),
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
            f"{most} different addresses of this user within {window(hours)}: {several(addresses)}."
        )
    return (
        f"Up to {most} different addresses of this user within {window(hours)}, {len(addresses)} "
        f"altogether: {several(addresses)}."
    )


def _busy(record: Record, least: int, length: int) -> Events:
    """Return the events of users who ever have so many events within the window at all."""
    events = record.events.take(record.outside & (record.events.address >= 0))
    starts = max(0, len(events) - least + 1)
    ahead = events.at[least - 1 :] - events.at[:starts]
    same = events.user[least - 1 :] == events.user[:starts]
    busy = np.unique(events.user[least - 1 :][same & (ahead <= length)])
    events = events.take(np.isin(events.user, busy))
    codes, texts = encode(events.texts("remote_ip"))
    return events.take(whole(texts)[codes])
