"""A case in words that a manager can read: what happened, why it is unlikely, what to do."""

from __future__ import annotations

from collections.abc import Sequence

from pingsessions_nb.detectors.findings import HIGH, LOW
from pingsessions_nb.triage.explaining import Finding
from pingsessions_nb.triage.judging import Judgement
from pingsessions_nb.wording import several

_MOST_TOLD = 3
_FACT_NAMES = {
    "place": "the place",
    "device": "the device",
    "addresses": "the many addresses",
    "crowd": "the other users at the same address",
    "silence": "the long silence before",
}
_STEPS = {
    "crowd": "Block the address, and reset the passwords of all users named here.",
    "place": "Ask the user, by telephone and not by e-mail, whether they were there.",
    "device": "Ask the user whether the device is theirs.",
    "addresses": "Ask the user whether they use a VPN or a proxy.",
    "silence": "Ask the user's manager whether the account is still needed.",
}
_NUMBERS = {2: "Two", 3: "Three", 4: "Four", 5: "Five"}
_URGENT = (
    "End the session now: whoever holds it stays signed in until then.",
    "If it was not the user, reset the password and the MFA devices.",
)


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
    first: dict[str, str] = {}
    for each in found:
        if len(users) == 1 or each.fact == "crowd":
            first.setdefault(each.fact, each.summary)
    what = " ".join([*first.values()][:_MOST_TOLD])
    parts = [f"{several(users)}, {_when(found)}: {what}", _why(told), _against(told)]
    return " ".join(filter(None, parts))


def _when(found: Sequence[Finding]) -> str:
    begin, end = min(each.at for each in found), max(each.at for each in found)
    if end.date() == begin.date():
        return f"{begin.day} {begin:%B %Y} at {begin:%H:%M} UTC"
    return f"{begin.day} {begin:%B} to {end.day} {end:%B %Y}"


def _why(told: Judgement) -> str:
    if told.independent > 1:
        names = several([_FACT_NAMES[fact] for fact in sorted(told.facts)])
        number = _NUMBERS[told.independent]
        return f"{number} things that have nothing to do with each other are unusual: {names}."
    if told.severity == HIGH:
        return "There is hardly an innocent explanation for that."
    return "That is odd, but it is all there is." if told.severity > LOW else ""


def _against(told: Judgement) -> str:
    if told.against:
        return f"Against alarm: {' '.join(told.against)}"
    if told.severity > LOW:
        return "Nothing in the history speaks against alarm."
    return "By itself that is no reason for alarm."


def next_steps(told: Judgement) -> str:
    """Say what an analyst should do."""
    if told.severity == LOW:
        return "Nothing, unless something else is found of the same user."
    grave = [fact for fact in _STEPS if told.facts.get(fact, LOW) > LOW] or sorted(told.facts)
    steps = [_STEPS[fact] for fact in grave]
    return " ".join([_URGENT[0], *steps, _URGENT[1]] if told.severity == HIGH else steps)
