"""How grave a case is: independent facts, what speaks against them, and the sum of both.

A case has facts, not findings: an unusual place and the impossible journey there are one. Each
fact has the severity of its gravest finding. What speaks against alarm takes it down to ``low``:

- there is an innocent explanation (see `innocent_explanations`): the network of a carrier, a relay
  or an office, a user whose home nobody knows, a meeting;
- the same was judged benign before.

Two independent facts of one session that nothing speaks against are a step more severe than the
graver of the two. An unusual place and a stranger's device there are one, unless nobody else comes
from that network.

Score
    A sum, whose parts are in the evidence: of each fact 1, 3 or 6 for low, medium or high; 2 for
    each further independent fact of a session; up to 5 for the statistical risk (a third of
    `ps.risk`'s score, the log odds of Freeman et al., NDSS 2016); up to 2 for the rarity of the
    country in the tenant (the decimal logarithm of users for each one who is ever there); the
    binary logarithm of the number of users; -3 for each thing that speaks against. The constants
    were chosen on one generator of histories, and measured on others: see the tests.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pingsessions_nb.detectors.findings_frame import HIGH, LOW, MEDIUM
from pingsessions_nb.triage.innocent_explanations import Explanation, Finding, explain
from pingsessions_nb.triage.surroundings import Surroundings

_WEIGHTS = (1.0, 3.0, 6.0)
_MOST_RISK, _MOST_RARITY = 5.0, 2.0
_LONELY = ("place", "device")
EXPLAINED = LOW - 1
BENIGN = "This, or what is like it, was judged benign before."
HABIT = "The user goes there and back again and again, on several days."


@dataclass
class Judgement:
    """What is thought of a case."""

    severity: int = LOW
    session: str = ""  # the gravest
    urgent: set[str] = field(default_factory=set)  # sessions of high severity
    lonely: bool = False  # whether nobody else comes through the gravest session's network
    # Severity of each fact, after what speaks against it.
    facts: dict[str, int] = field(default_factory=dict)
    independent: int = 0  # the most facts that one session has and nothing speaks against
    against: list[str] = field(default_factory=list)  # sentences
    # Severity of each finding by its ``id``; `EXPLAINED` where something speaks against it.
    levels: dict[int, int] = field(default_factory=dict)
    parts: dict[str, float] = field(default_factory=dict)  # what adds up to the score

    @property
    def score(self) -> float:
        """The sum of the parts."""
        return round(sum(self.parts.values()), 3)


def judge(
    found: Sequence[Finding], around: Surroundings, scores: Mapping[str, float], benign: set[int]
) -> Judgement:
    """Judge the findings of a case.

    `scores` has the risk of each session that has one, `benign` the ``id`` of findings whose like
    was judged benign.
    """
    told = Judgement()
    innocent = explain(found, around)
    told.against += innocent.against()
    sound: dict[str, dict[str, int]] = defaultdict(dict)
    for each in found:
        liked = id(each) in benign
        habit = "habit_days" in each.evidence
        known = habit or (each.fact, each.session_id) in innocent.of
        lifted = each.level == LOW and _is_lifted(each, innocent)
        level = LOW if liked or known else MEDIUM if lifted else each.level
        told.levels[id(each)] = EXPLAINED if liked or known else level
        told.facts[each.fact] = max(told.facts.get(each.fact, LOW), level)
        told.severity = max(told.severity, level)
        if not (liked or known):
            of = sound[each.session_id]
            of[each.fact] = max(of.get(each.fact, LOW), level)
        if liked:
            told.against.append(BENIGN)
        if habit:
            told.against.append(HABIT)
    gravest = (LOW - 1, 0)
    for session, facts in sound.items():
        number = _independent(facts, lonely=session in innocent.lonely)
        severity = min(HIGH, max(facts.values()) + (number > 1))
        if (severity, number) > gravest:
            gravest, told.session = (severity, number), session
        if severity == HIGH:
            told.urgent.add(session)
        told.independent = max(told.independent, number)
    told.severity = max(told.severity, gravest[0])
    told.lonely = told.session in innocent.lonely
    told.against = list(dict.fromkeys(told.against))
    _weigh(told, found, around, scores)
    return told


def _independent(facts: Mapping[str, int], *, lonely: bool) -> int:
    """Return how many facts of a session have nothing to do with each other.

    A stranger's device is one that was never where the others were, so that a place which is no
    more than unusual says the same again; a network from which nobody else comes says more. That a
    session is in other hands follows from its places and devices, and says them again, too.
    """
    same = {"place", "device"} <= set(facts) and facts["place"] == LOW and not lonely
    return max(1, len(facts.keys() - {"replay"}) - same)


def _is_lifted(each: Finding, innocent: Explanation) -> bool:
    """Tell whether a finding is more than it seems, since nobody else comes from its network.

    Who travels takes a device along: then only what no journey explains counts.
    """
    if each.session_id not in innocent.lonely or each.fact not in _LONELY:
        return False
    return each.kind == "geovelocity_anomaly" or each.session_id not in innocent.owned


def _weigh(
    told: Judgement, found: Sequence[Finding], around: Surroundings, scores: Mapping[str, float]
) -> None:
    """Fill the parts of the score."""
    for fact, level in sorted(told.facts.items()):
        told.parts[fact] = _WEIGHTS[level]
    told.parts["independent facts"] = 2.0 * max(0, told.independent - 1)
    risks = [score for each in found if not math.isnan(score := scores.get(each.session_id, 0.0))]
    told.parts["risk"] = round(min(max(0.0, *risks, 0.0) / 3, _MOST_RISK), 3)
    traffic = around.traffic
    there = [
        traffic.in_country[visit.country]
        for each in found
        if each.fact == "place"
        for visit in around.away(each.user_id, each.session_id)
        if visit.country is not None
    ]
    rarity = math.log10(max(1, traffic.users) / max(1, min(there))) if there else 0.0
    told.parts["rarity"] = round(min(rarity, _MOST_RARITY), 3)
    told.parts["users"] = round(math.log2(len({each.user_id for each in found})), 3)
    told.parts["against"] = 0.0 - 3.0 * len(told.against)
