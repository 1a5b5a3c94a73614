"""The life of a tenant's user, drawn when somebody looks."""

from __future__ import annotations

import functools
from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import NamedTuple

from pingsessions_nb.sandbox.activity import session, starts
from pingsessions_nb.sandbox.directory import Directory
from pingsessions_nb.sandbox.incidents import Incidents, tell, victim
from pingsessions_nb.sandbox.people import Person, ordinary_person
from pingsessions_nb.sandbox.sessions import Session


class Life(NamedTuple):
    """One user's sessions by their place in time, and what is true of them."""

    person: Person
    created: Sequence[int]  # when the sessions began, in ms, oldest first
    session: Callable[[int], Session]  # gives one; an ordinary person's are drawn one by one
    truth: Sequence[tuple[str, str]] = ()  # session id and kind of what happened, if anything did

    def begun_by(self, now: int) -> int:
        """Return how many sessions had begun at a time."""
        return bisect_right(self.created, now)


def life_of(directory: Directory, incidents: Incidents, index: int) -> Life:
    """Return the life of any user but number 0, whom PingOne's documentation describes."""
    key = f"{directory.seed} {index}"
    plan = incidents.plan(index)
    if plan is None:
        person = ordinary_person(key, directory.name(index), directory.store(index))
        begun = starts(person, directory.anchor)
        drawn = functools.cache(functools.partial(session, person, begun))
        return Life(person, begun.created, drawn)
    person = victim(key, plan)
    sessions, truth = tell(person, starts(person, directory.anchor), plan)
    return Life(person, [each.created for each in sessions], sessions.__getitem__, truth)
