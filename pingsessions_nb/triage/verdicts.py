"""What analysts judged before: what was benign once demotes its like."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import pandas as pd

from pingsessions_nb.arguments import given_frame
from pingsessions_nb.errors import ConfigurationError
from pingsessions_nb.triage.innocent_explanations import Finding
from pingsessions_nb.triage.surroundings import Surroundings

VERDICTS = ("true", "benign", "unsure")


def read_verdicts(verdicts: pd.DataFrame | None) -> dict[str, str]:
    """Return the verdict on each case or session, by its id.

    Where the frame has not the columns, or a verdict is none of `VERDICTS`, that is a
    `ConfigurationError`.
    """
    if verdicts is None:
        return {}
    given_frame("verdicts", verdicts)
    ids = [name for name in ("case_id", "session_id") if name in verdicts]
    if not ids or "verdict" not in verdicts:
        msg = (
            "verdicts is a frame with case_id or session_id, and verdict: "
            f"{', '.join(VERDICTS)}; this one has {', '.join(map(str, verdicts))}."
        )
        raise ConfigurationError(msg)
    strange = sorted(set(verdicts["verdict"].dropna().astype(str)) - set(VERDICTS))
    if strange:
        msg = f"A verdict is one of {', '.join(VERDICTS)}, not {strange[0]!r}."
        raise ConfigurationError(msg)
    told: dict[str, str] = {}
    for name in ids:
        rows = verdicts.dropna(subset=[name, "verdict"])
        told |= dict(zip(rows[name].astype(str), rows["verdict"].astype(str), strict=True))
    return told


class Benign(NamedTuple):
    """Sessions that were judged benign, what was found of them, and through which networks."""

    sessions: set[str]
    found: set[tuple[str, str, str | None]]
    networks: set[str]


def benign_of(
    found: Iterable[Finding], sessions: set[str], around: Callable[[set[str]], Surroundings]
) -> Benign:
    """Return what is known of benign sessions; `around` tells of some users what is around them."""
    judged = [each for each in found if each.session_id in sessions]
    if not judged:
        return Benign(sessions, set(), set())
    near = around({each.user_id for each in judged})
    networks = {network for each in judged for network in _networks(each, near)}
    return Benign(sessions, {_key(each) for each in judged}, networks)


def likes(found: Sequence[Finding], benign: Benign, around: Surroundings) -> set[int]:
    """Return the ``id`` of findings that are of benign sessions, or like one of these.

    Like is a finding of the same user and kind to the same place, or on the same device; and of
    whichever user, one of a session that came, but from home, through the same networks alone.
    """
    if not benign.found:
        return set()
    return {
        id(each)
        for each in found
        if each.session_id in benign.sessions
        or (_key(each)[2] and _key(each) in benign.found)
        or ((theirs := _networks(each, around)) and theirs <= benign.networks)
    }


def _key(of: Finding) -> tuple[str, str, str | None]:
    return of.user_id, of.kind, of.to_place or of.evidence.get("device")


def _networks(of: Finding, around: Surroundings) -> set[str]:
    """Return the networks through which a session came from elsewhere than its user's home."""
    return {visit.network for visit in around.away(of.user_id, of.session_id) if visit.network}
