"""A case in words that a manager can read: what happened, why it is unlikely, what to do."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence, Set

from pingsessions_nb.detectors.findings_frame import HIGH, LOW
from pingsessions_nb.triage.innocent_explanations import Finding
from pingsessions_nb.triage.judging import EXPLAINED, HABIT, Judgement
from pingsessions_nb.wording import duration, several, window

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
_LONELY = "Nobody else comes through the network of this session, nor does this user otherwise."
_OWN_DEVICE = "the device seems to be the user's own, as on a journey."
_IN_COUNTRY = "within a country, an address is often placed in another city."
_HARMLESS = {
    "place": "addresses are not always placed well.",
    "device": "people change their devices and browsers.",
    "silence": "a long leave explains it.",
}
_QUESTIONS = {
    "place": "they were there",
    "device": "the device is theirs",
    "addresses": "they use a VPN or a proxy",
    "silence": "they still need the account",
    "replay": "they used both themselves",
}
_NOTHING = "Nothing, unless something else turns up about the same {whom}."
_ASK = "Ask the user, by telephone and not by e-mail, whether {whether}."
_RESET = "If not, reset the password and the MFA devices."


def tell(found: Sequence[Finding], users: Sequence[str], told: Judgement) -> str:
    """Write the paragraph of a case: of its gravest session first, or of what many users did.

    Findings come the gravest first. The paragraph begins with what its users are called, as
    `several` says them.
    """
    grave = _worth_telling(found, told)
    crowd = _crowd(found, grave)
    if crowd:
        shown, others = crowd, list[Finding]()
        what = [_together(crowd), *_in_common(found, crowd)]
    else:
        first: dict[str, Finding] = {}
        for each in grave:
            first.setdefault(each.fact, each)
        told_first = [*first.values()][:_MOST_TOLD]
        shown = [each for each in told_first if each.session_id == told_first[0].session_id]
        others = [each for each in told_first if each not in shown]
        what = ["One of them:"] if len(users) > 1 else []
        what += [each.summary for each in shown]
    later = [f"Also, {_when([each])}: {each.summary}" for each in others]
    parts = [f"{several(users)}, {_when(shown)}:", *what, _why(shown, told), *later]
    shown += others
    more = len(told.urgent - {each.session_id for each in shown})
    if more:
        also = "Another session stands" if more == 1 else f"{more:,} other sessions stand"
        parts.append(f"{also} out as much.")
    return " ".join(filter(None, [*parts, _against(found, shown, told)]))


def _worth_telling(found: Sequence[Finding], told: Judgement) -> list[Finding]:
    """Return findings of the gravest session first, and of these the gravest.

    In a case of some severity, what has an innocent explanation is left out.
    """
    levels = {id(each): told.levels[id(each)] for each in found}
    if told.severity > LOW:
        found = [each for each in found if levels[id(each)] > EXPLAINED]
    return sorted(found, key=lambda each: (each.session_id != told.session, -levels[id(each)]))


def _crowd(found: Sequence[Finding], grave: Sequence[Finding]) -> list[Finding]:
    """Return the findings of many users at one address, if they are what to tell of."""
    crowd = [each for each in found if each.fact == "crowd"]
    of_many = len({each.user_id for each in crowd}) > 1
    return crowd if of_many and any(each.fact == "crowd" for each in grave) else []


def _together(crowd: Sequence[Finding]) -> str:
    """Tell how many users came to which address, within which time."""
    hours = (max(each.at for each in crowd) - min(each.at for each in crowd)).total_seconds() / 3600
    users, told = len({each.user_id for each in crowd}), crowd[0].evidence
    most = max(int(each.evidence["users"]) for each in crowd)
    within = duration(max(1.0, math.ceil(hours * 60)) / 60)
    at_once = f", up to {most:,} of them within {window(told['window_hours'])}"
    return (
        f"{users:,} users appeared at {told['address']} within {within}"
        f"{at_once if hours > told['window_hours'] else ''}; none was ever seen there before."
    )


def _in_common(found: Sequence[Finding], crowd: Sequence[Finding]) -> list[str]:
    """Tell where many users came from, and on what, as most of them did."""
    sessions = {each.session_id for each in crowd}
    theirs = [each for each in found if each.session_id in sessions]
    users = len({each.user_id for each in crowd})
    places = {(each.to_place, each.user_id) for each in theirs if each.fact == "place"}
    devices = {(each.evidence["device"], each.user_id) for each in theirs if each.fact == "device"}
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
    """Say why what is told first is unlikely."""
    if told.severity == LOW:
        return ""
    facts = {each.fact: told.facts[each.fact] for each in found}
    fact = max(facts, key=lambda each: (facts[each], each == "crowd", each))
    journeys = [each for each in found if each.kind == "geovelocity_anomaly"]
    meaning = _MEANINGS[fact]
    if fact == "place" and journeys:
        of_one = journeys[0].evidence["from_session_id"] == journeys[0].session_id
        meaning = _STOLEN if of_one else _TWO
    chance = "That these come together is hardly chance." if told.independent > 1 else ""
    lonely = _LONELY if told.lonely and fact != "crowd" else ""
    return " ".join(filter(None, [lonely, chance, meaning]))


def _against(found: Sequence[Finding], shown: Sequence[Finding], told: Judgement) -> str:
    """Say what speaks against alarm, or why it is none."""
    habit = any("habit_days" in each.evidence for each in shown)  # the finding says so itself
    against = " ".join(each for each in told.against if not (habit and each == HABIT))
    if not told.against and told.severity > LOW:
        return "Nothing is known that speaks against alarm."
    if not told.against:
        why = _harmless(shown[0])
        return f"By itself that is no reason for alarm{f': {why}' if why else '.'}"
    if told.severity == LOW:
        return f"What speaks against alarm: {_lowered(against)}" if against else ""
    explained = {each.session_id for each in found if told.levels[id(each)] == EXPLAINED}
    elsewhere = len(explained - {each.session_id for each in shown})
    in_others = "another session" if elsewhere == 1 else f"{elsewhere:,} other sessions"
    where = f", in {in_others}," if elsewhere else ""
    return f"What else was found{where} has an innocent explanation: {_lowered(against or HABIT)}"


def _lowered(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:]


def _harmless(of: Finding) -> str:
    if of.evidence.get("own_device"):
        return _OWN_DEVICE
    return _IN_COUNTRY if of.evidence.get("abroad") is False else _HARMLESS.get(of.fact, "")


def next_steps(found: Sequence[Finding], told: Judgement) -> str:
    """Say what an analyst should do."""
    if told.severity == LOW:
        users = len({each.user_id for each in found})
        return _NOTHING.format(whom="user" if users == 1 else "users")
    crowd = _crowd(found, _worth_telling(found, told))
    sessions = len({each.session_id for each in crowd} or told.urgent)
    what, them = ("session", "it") if sessions == 1 else (f"{sessions:,} sessions", "them")
    end = f"End the {what} now: whoever holds {them} stays signed in until then."
    steps = [end] if told.severity == HIGH else []
    if crowd:
        address = crowd[0].evidence["address"]
        block = f"Block {address}, and reset the passwords and MFA devices of all who came there."
        return " ".join([*steps, block])
    grave = [fact for fact in _QUESTIONS if told.facts.get(fact, LOW) > LOW]
    asked = grave or [fact for fact in _QUESTIONS if fact in told.facts]
    whether = " and whether ".join(_QUESTIONS[fact] for fact in asked)
    return " ".join([*steps, _ASK.format(whether=whether), _RESET])
