"""What changed in a session between recordings: browser, system, device, network, authenticators.

PingOne shows a session as it is now. Where a recording finds one otherwise than the one before did,
the row keeps what it was: a list, as JSON in a column ``versions`` that only such sessions have.
An entry says which fact changed, from what to what, after which activity and by which.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Final

import pandas as pd
import pyarrow as pa

from pingsessions_nb.addresses import canonical_and_whole, networks

VERSIONS: Final = "versions"
FACTS: Final = ("browser_name", "browser_version", "os_name", "os_version", "device_type")
_NAMES_ALONE: Final = "authenticators"
_ADDRESS: Final = "last_sign_on_ip"
_MOST: Final = 40
"""So many of the latest changes are kept."""


def with_versions(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Return stored rows of sessions with what changed since the rows before, indexed alike."""
    before = before.reindex(index=after.index)
    told: dict[int, list[dict[str, Any]]] = {}
    for fact, old, new in _compared(before, after):
        changed = (old != new) & old.notna() & new.notna()
        for row in changed.to_numpy().nonzero()[0].tolist():
            change = {"fact": fact, "from": old.iloc[row], "to": new.iloc[row]}
            told.setdefault(row, []).append(change)
    if not told:
        return after
    had = before[VERSIONS] if VERSIONS in before else pd.Series(index=after.index, dtype="str")
    kept = had.tolist()
    times = [frame["active_at"].fillna(frame["last_seen_at"]) for frame in (before, after)]
    for row, changes in told.items():
        earlier = json.loads(kept[row]) if isinstance(kept[row], str) else []
        since, by = (_iso(each.iloc[row]) for each in times)
        changes = [{**change, "after": since, "by": by} for change in changes]
        kept[row] = json.dumps([*earlier, *changes][-_MOST:])
    return after.assign(**{VERSIONS: pd.Series(kept, index=after.index, dtype="str")})


def changes_of(sessions: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each change of some sessions; see `Archive.versions`."""
    rows = []
    if VERSIONS in sessions:
        changed = sessions[sessions[VERSIONS].notna()]
        for user, session, changes in zip(
            *(changed[name] for name in ("user_id", "session_id", VERSIONS)), strict=True
        ):
            rows += [(user, session, *(each.get(name) for name in _ENTRY)) for each in changes]
    columns = ["user_id", "session_id", "fact", "before", "after", "changed_after", "changed_by"]
    frame = pd.DataFrame(rows, columns=columns).astype("str")
    for name in columns[-2:]:
        frame[name] = pd.to_datetime(frame[name], utc=True).astype("datetime64[us, UTC]")
    return frame


_ENTRY: Final = ("fact", "from", "to", "after", "by")


def _compared(
    before: pd.DataFrame, after: pd.DataFrame
) -> Iterable[tuple[str, pd.Series[str], pd.Series[str]]]:
    for fact in FACTS:
        yield fact, before[fact], after[fact]
    if _NAMES_ALONE in before:  # an older archive has none
        yield _NAMES_ALONE, _names(before[_NAMES_ALONE]), _names(after[_NAMES_ALONE])
    yield "network", _networks(before[_ADDRESS]), _networks(after[_ADDRESS])


def _names(column: pd.Series[str]) -> pd.Series[str]:
    """Return authenticators without their times, which change at each sign-on."""
    return column.str.replace(r" \d\S*(?=,|$)", "", regex=True)


def _networks(column: pd.Series[str]) -> pd.Series[str]:
    """Return the network of each whole address; masked ones cannot be told apart."""
    texts, whole = canonical_and_whole(pa.array(column, pa.large_string(), from_pandas=True))
    named = pd.Series(networks(texts).to_pylist(), index=column.index, dtype="str")
    ranges = (named + "0/24").where(named.str.endswith("."), named + "::/48")
    return ranges.where(whole)


def _iso(instant: pd.Timestamp) -> str | None:
    return None if pd.isna(instant) else instant.isoformat()
