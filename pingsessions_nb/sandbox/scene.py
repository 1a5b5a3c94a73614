"""How something that happens to somebody is worked into their ordinary sessions."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import NamedTuple

from pingsessions_nb.sandbox.activity import without_late_events
from pingsessions_nb.sandbox.devices import FREE_DESKTOPS, Device, seen
from pingsessions_nb.sandbox.geography import HOUR, MINUTE, City
from pingsessions_nb.sandbox.identity import number, uuid_of
from pingsessions_nb.sandbox.people import Person, Spot, place_of
from pingsessions_nb.sandbox.sessions import Event, Session

# Long enough to be anywhere on Earth at less than 900 km/h.
ANYWHERE = 27 * HOUR


class Plan(NamedTuple):
    """What will happen to a user.

    Attributes
    ----------
    plot : str
    at : int
        The moment in ms.
    group : str
        Names what is shared by all to whom the same happens at once.
    member : int
        Which of these the user is, from 0.
    """

    plot: str
    at: int
    group: str
    member: int = 0


class Story(NamedTuple):
    """An eventful user's sessions, oldest first, and the rows of truth: session id and kind."""

    sessions: tuple[Session, ...]
    truth: tuple[tuple[str, str], ...]

    @property
    def created(self) -> list[int]:
        """When the sessions began, in ms."""
        return [each.created for each in self.sessions]


class Scene:
    """What happens: removes what would contradict it, adds sessions, notes the truth.

    The method of a plot's name (``_day_out`` for ``day out``) lets it happen at a moment in ms.
    """

    def __init__(self, person: Person, plan: Plan, sessions: list[Session]) -> None:
        self._person = person
        self._plan = plan
        self._sessions = sessions
        self._truth: list[tuple[str, str]] = []
        self._draw = random.Random(number("scene", person.key))

    def play(self) -> Story:
        """Return the person's sessions with what happened, and the truth about it."""
        plot = self._plan.plot.replace(" ", "_").replace("-", "_")
        getattr(self, f"_{plot}")(self._plan.at)
        ordered = sorted(self._sessions, key=lambda each: each.created)
        return Story(tuple(without_late_events(ordered)), tuple(self._truth))

    def _own_device(self) -> Device:
        return self._person.devices[0]

    def _at_home(self, at: int, sign_on: bool = False) -> Event:
        address, place = self._person.address(self._person.at_home, at, mobile=False)
        return Event(at, address, place, sign_on)

    def _visit(self, name: str, at: int, spot: Spot, device: Device) -> Session:
        events = []
        for step in range(self._draw.randint(1, 3)):
            moment = at + 9_000 + step * 25 * MINUTE
            address, place = self._person.address(spot, moment, mobile=False)
            events.append(Event(moment, address, place, step == 0))
        return self._add(name, at, events, device)

    def _attack(self, at: int, base: City, address: str, name: str, device: Device) -> Session:
        place = place_of(base)
        moments = [at + 7_000 + step * 6 * MINUTE for step in range(self._draw.randint(1, 4))]
        events = [Event(moment, address, place, moment == moments[0]) for moment in moments]
        return self._add(name, at, events, device)

    def _attackers_device(self) -> Device:
        return FREE_DESKTOPS[number("attacker", self._plan.group) % len(FREE_DESKTOPS)]

    def _add(self, name: str, created: int, events: list[Event], device: Device) -> Session:
        browser, system = seen(device, created)
        added = Session(
            uuid_of("incident", self._person.key, name),
            created,
            tuple(events),
            browser,
            system,
            device.kind,
        )
        self._sessions.append(added)
        return added

    def _clear(self, first: int, last: int) -> None:
        """Remove all activity between two moments, and sessions that are left with none."""
        kept = []
        for each in self._sessions:
            events = tuple(event for event in each.events if not first <= event.at <= last)
            if events and not first <= each.created <= last:
                kept.append(replace(each, events=events))
        self._sessions = kept

    def _note(self, of: Session, *kinds: str) -> None:
        self._truth += [(of.id, kind) for kind in kinds]
