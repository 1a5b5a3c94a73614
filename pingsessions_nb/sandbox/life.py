"""The lives of a tenant's users, drawn when somebody looks and then remembered for a while."""

from __future__ import annotations

import functools
from bisect import bisect_right
from collections.abc import Iterator

from pingsessions_nb.sandbox.activity import Starts, session, starts
from pingsessions_nb.sandbox.directory import Directory
from pingsessions_nb.sandbox.incidents import Incidents, tell, victim
from pingsessions_nb.sandbox.people import Person, ordinary_person
from pingsessions_nb.sandbox.scene import Story
from pingsessions_nb.sandbox.sessions import Session

_REMEMBERED = 2_048


class Life:
    """One user's sessions; those of an ordinary person are drawn one by one."""

    def __init__(self, person: Person, begun: Starts, story: Story | None) -> None:
        self.person = person
        self.story = story
        self._begun = begun
        self._created = begun.created if story is None else story.created
        self._drawn: dict[int, Session] = {}

    def begun_by(self, now: int) -> int:
        """Return how many sessions had begun at a time."""
        return bisect_right(self._created, now)

    def session(self, ordinal: int) -> Session:
        """Return a session by its place in time."""
        if self.story is not None:
            return self.story.sessions[ordinal]
        drawn = self._drawn.get(ordinal)
        if drawn is None:
            drawn = self._drawn[ordinal] = session(self.person, self._begun, ordinal)
        return drawn


class Lives:
    """The lives of all users but number 0, whom PingOne's documentation describes.

    Parameters
    ----------
    directory : Directory
    seed : int
        Of the tenant.
    anchor : int
        The tenant's moment in ms: incidents happen around it.
    noise : int
        See `incidents.Incidents`.
    """

    def __init__(self, directory: Directory, seed: int, anchor: int, noise: int = 1) -> None:
        self._directory = directory
        self._seed = seed
        self._anchor = anchor
        self._incidents = Incidents(seed, directory.users, anchor, noise)
        self.of = functools.lru_cache(maxsize=_REMEMBERED)(self._draw)

    def eventful(self) -> Iterator[tuple[int, Life]]:
        """Return the number and life of every user to whom something happens."""
        return ((index, self.of(index)) for index in sorted(self._incidents.victims()))

    def _draw(self, index: int) -> Life:
        key = f"{self._seed} {index}"
        plan = self._incidents.plan(index)
        if plan is not None:
            person = victim(key, plan)
            begun = starts(person, self._anchor)
            return Life(person, begun, tell(person, begun, plan))
        person = ordinary_person(key, self._directory.name(index), self._directory.store(index))
        return Life(person, starts(person, self._anchor), None)
