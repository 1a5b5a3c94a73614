"""A case in words that a manager can read: what happened, why it is unlikely, what to do."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence, Set

from pingsessions_nb.detectors.findings import HIGH, LOW
from pingsessions_nb.triage.explanations import Finding
from pingsessions_nb.triage.judging import EXPLAINED, Judgement
from pingsessions_nb.wording import duration, several

_MOST_TOLD = 3
_STOLEN = "Nobody travels that fast: somebody else may be using a copy of the session."
_TWO = "Nobody travels that fast: somebody else may be signed in as this user."
_MEANINGS = {
    "crowd": "It looks like somebody who tries passwords on many accounts from one address.",
    "device": "A stranger who knows the password would look like that.",
    "place": "A stranger who knows the password would look like that.",
    "addresses": "Few networks change addresses so often; services that hide where one is do.",
    "silence": "An account that nobody misses is easily taken over.",
    "replay": "A copied cookie would look like that; a new password does not end its session.",
}
_QUESTIONS = {
    "place": "they were there",
    "device": "the device is theirs",
    "addresses": "they use a VPN or a proxy",
    "silence": "they still need the account",
    "replay": "they used both themselves",
}
_NOTHING = "Nothing, unless something else turns up about the same {whom}."
_END = "End the {what} now: whoever holds {it} stays signed in until then."
_MANY = "Block the address, and reset the passwords and MFA devices of all its users."
_ASK = "Ask the user, by telephone and not by e-mail, whether {whether}."
_RESET = "If not, reset the password and the MFA devices."


def tell(found: Sequence[Finding], users: Sequence[str], told: Judgement) -> str:
    """Write the paragraph of a case.

    Parameters
    ----------
    found : sequence of Finding
        The gravest first.
    users : sequence of str
        What its users are called.
    told : Judgement
    """
    grave = sorted(found, key=lambda each: -told.levels[id(each)])
    if told.severity > LOW:
        grave = [each for each in grave if told.levels[id(each)] > EXPLAINED]
    crowd = [each for each in grave if each.fact == "crowd"]
    if len(users) > 1 and crowd:
        what = [_together(crowd), *_in_common(grave, len(users))]
    else:
        first: dict[str, str] = {}
        for each in grave:
            first.setdefault(each.fact, each.summary)
        what = [*first.values()][:_MOST_TOLD]
    parts = [f"{several(users)}, {_when(found)}:", *what, _why(grave, told), _against(told)]
    return " ".join(filter(None, parts))


def _together(crowd: Sequence[Finding]) -> str:
    """Tell how many users came to which address, within which time."""
    minutes = (max(each.at for each in crowd) - min(each.at for each in crowd)).total_seconds() / 60
    users = len({each.user_id for each in crowd})
    return (
        f"{users:,} users who were never seen at {crowd[0].evidence['address']} before came there "
        f"within {duration(max(1.0, math.ceil(minutes)) / 60)}."
    )


def _in_common(found: Sequence[Finding], users: int) -> list[str]:
    """Tell where many users came from, and on what, as most of them did."""
    places = {(each.to_place, each.user_id) for each in found if each.fact == "place"}
    devices = {(each.evidence["device"], each.user_id) for each in found if each.fact == "device"}
    return [
        f"For {'all' if number == users else f'{number:,}'} of them {name} was a new {what}."
        for what, seen in (("place", places), ("device", devices))
        for name, number in _commonest(seen)
        if number > 1
    ]


def _commonest(seen: Set[tuple[str | None, str]]) -> list[tuple[str, int]]:
    return Counter(name for name, _ in sorted(seen, key=str) if name).most_common(1)


def _when(found: Sequence[Finding]) -> str:
    begin, end = min(each.at for each in found), max(each.at for each in found)
    if end.date() == begin.date():
        return f"{begin.day} {begin:%B %Y} at {begin:%H:%M} UTC"
    return f"{begin.day} {begin:%B} to {end.day} {end:%B %Y}"


def _why(found: Sequence[Finding], told: Judgement) -> str:
    if told.severity == LOW:
        return ""
    fact = max(told.facts, key=lambda each: (told.facts[each], each == "crowd", each))
    journeys = [each for each in found if each.kind == "geovelocity_anomaly"]
    meaning = _MEANINGS[fact]
    if fact == "place" and journeys:
        of_one = journeys[0].evidence["from_session_id"] == journeys[0].session_id
        meaning = _STOLEN if of_one else _TWO
    chance = "That these come together is hardly chance."
    return f"{chance} {meaning}" if told.independent > 1 else meaning


def _against(told: Judgement) -> str:
    if told.against and told.severity > LOW:
        return f"What else was found has an innocent explanation: {' '.join(told.against)}"
    if told.against:
        return f"What speaks against alarm: {' '.join(told.against)}"
    if told.severity > LOW:
        return "Nothing is known that speaks against alarm."
    return "By itself that is no reason for alarm."


def next_steps(told: Judgement, users: int) -> str:
    """Say what an analyst should do."""
    if told.severity == LOW:
        return _NOTHING.format(whom="user" if users == 1 else "users")
    many = told.facts.get("crowd", LOW) > LOW
    words = ("sessions", "them") if many else ("session", "it")
    steps = [_END.format(what=words[0], it=words[1])] if told.severity == HIGH else []
    if many:
        return " ".join([*steps, _MANY])
    grave = [fact for fact in _QUESTIONS if told.facts.get(fact, LOW) > LOW]
    asked = grave or [fact for fact in _QUESTIONS if fact in told.facts]
    whether = " and whether ".join(_QUESTIONS[fact] for fact in asked)
    return " ".join([*steps, _ASK.format(whether=whether), _RESET])
