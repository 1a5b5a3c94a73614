"""`ip_velocity`: many different addresses of one user within a short time.

Only whole addresses outside the known networks count; masked ones cannot be told apart.

Severity
    ``medium``; ``high`` at twice the number that makes a finding and more.

Each session with an event among them has a finding, also where there were several such times.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pingsessions_nb.addresses import whole
from pingsessions_nb.detectors.coding import MICROSECONDS_AN_HOUR, encode
from pingsessions_nb.detectors.findings import HIGH, MEDIUM, findings
from pingsessions_nb.detectors.record import Events, Record
from pingsessions_nb.detectors.thresholds import Thresholds
from pingsessions_nb.detectors.windows import crowds, members
from pingsessions_nb.detectors.wording import several, window

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
    told = told.drop_duplicates(["group", "session"]).join(addresses, on=["group", "since"])
    return findings(
        KIND,
        len(told),
        user_id=record.users.take(told["group"].to_numpy(np.int64)).to_pylist(),
        session_id=told["session"],
        at=told["at"],
        severity=np.where(told["most"] >= 2 * limits.ip_velocity_addresses, HIGH, MEDIUM),
        summary=[
            f"{most:.0f} different addresses of this user within "
            f"{window(limits.ip_velocity_hours)}: {several(list(some))}."
            for most, some in zip(told["most"], told["addresses"], strict=True)
        ],
        evidence=[
            {"addresses": list(some), "window_hours": limits.ip_velocity_hours}
            for some in told["addresses"]
        ],
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
