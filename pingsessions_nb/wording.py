"""Words that are said in more than one place: the one table for Python and the browser.

Kinds of findings bear PingOne Protect's names. Text that others sent is shown by `visible`, in
every card, figure, widget, report and message.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

SEVERITIES: Final = ("high", "medium", "low")
"""The severities of a finding, the gravest first."""


@dataclass(frozen=True)
class KindWords:
    """What a kind of finding is called, and what it may mean; a finding's summary says the rest."""

    name: str
    meaning: str


KINDS: Final[dict[str, KindWords]] = {
    "geovelocity_anomaly": KindWords(
        "Geovelocity anomaly",
        "An impossible journey: nobody travels so fast. Somebody else may hold the session or the "
        "password; or one of the addresses is a VPN's, or is placed wrongly.",
    ),
    "user_location_anomaly": KindWords(
        "User location anomaly",
        "An unusual place: the user was never active near there before. A journey explains it, if "
        "there was one.",
    ),
    "new_device": KindWords(
        "New device",
        "The user never had this browser, system and kind of device together before.",
    ),
    "ip_velocity": KindWords(
        "IP velocity",
        "Many addresses: so many networks in so short a time suggest a proxy, or somebody who "
        "hides.",
    ),
    "user_velocity": KindWords(
        "User velocity",
        "Many users at one address: different people who appear at a new address together suggest "
        "one hand behind them.",
    ),
    "dormant_return": KindWords(
        "Dormant return",
        "A return after long silence: an account that nobody has used for long is worth a question "
        "to its owner.",
    ),
    "session_replay": KindWords(
        "Session replay",
        "A session in other hands: its browser or system became another, or two networks far apart "
        "have it in turn. Its cookie was copied, it seems; an archive alone can tell.",
    ),
}
"""Names and meanings of the kinds of findings."""

# C0 and C1 controls, zero-width and direction characters, line separators, lone surrogates.
UNSEEN: Final = (
    "\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f\ufeff"
    "\ud800-\udfff"
)
LONGEST: Final = 120
"""Characters of a name that pictures, cards and reports show."""
_UNSEEN: Final = re.compile(f"[{UNSEEN}]")
_EPOCH: Final = datetime(1970, 1, 1)
_MANY: Final = 4
UNITS: Final = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))


def kind_name(kind: str) -> str:
    """Name a kind of finding for people; one that is not ours by its own words."""
    words = KINDS.get(kind)
    return words.name if words else str(kind).replace("_", " ").capitalize()


def visible(text: str) -> str:
    """Show control, zero-width and direction characters, which act unseen: ``a⟨202E⟩b``."""
    return _UNSEEN.sub(lambda found: f"\u27e8{ord(found.group()):04X}\u27e9", text)


def shortened(text: str, longest: int = LONGEST) -> str:
    """Cut long text short, with an ellipsis at its end: only data keep the whole."""
    return text if len(text) <= longest else text[: longest - 1] + "…"


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """Say a number of things: ``1 user``, ``2,000 users``, ``3 countries``."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def several(things: Sequence[str]) -> str:
    """Join things: ``a``, ``a and b``, ``a, b, c and 3 more``."""
    shown = list(things)
    if len(shown) > _MANY:
        shown = [*shown[: _MANY - 1], f"{len(shown) - _MANY + 1} more"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def brief_duration(seconds: float) -> str:
    """Write a span of time where room is short, in its two largest units: ``7 d 20 h``."""
    rest = int(seconds)
    for place, (unit, name) in enumerate(UNITS):
        if rest >= unit:
            whole = f"{rest // unit} {name}"
            below, below_name = UNITS[min(place + 1, len(UNITS) - 1)]
            part = rest % unit // below
            return f"{whole} {part} {below_name}" if part and below < unit else whole
    return "0 s"


def duration(hours: float) -> str:
    """Say a span of time in a sentence: ``40 seconds``, ``14 minutes``, ``2.5 hours``."""
    if hours * 3600 < 99.5:
        return counted(max(1, round(hours * 3600)), "second")
    if hours * 60 < 99.5:
        return counted(round(hours * 60), "minute")
    if hours < 9.95:
        return f"{hours:.1f} hours".replace(".0 ", " ")
    if hours < 47.5:
        return counted(round(hours), "hour")
    return counted(round(hours / 24), "day")


def window(hours: float) -> str:
    """Say the length of a window of time: ``an hour``, ``30 minutes``."""
    return "an hour" if hours == 1 else duration(hours)


def instant(microseconds: int) -> str:
    """Write a time, in microseconds since 1970, as ISO 8601."""
    return f"{(_EPOCH + timedelta(microseconds=microseconds)).isoformat()}Z"


def distance(km: float) -> str:
    """Say a distance, rounded down to three digits: ``85 km``, ``11,800 km``."""
    return f"{_rounded_down(km):,} km"


def speed(kmh: float) -> str:
    """Say a speed, rounded down to three digits: ``1,230 km/h``."""
    return f"{_rounded_down(kmh):,} km/h"


def _rounded_down(number: float) -> int:
    """Round down to three digits that matter: the sentences say "at least"."""
    whole = int(number)
    unit = int(10 ** max(0, len(str(whole)) - 3))
    return whole // unit * unit
