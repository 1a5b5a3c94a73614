"""How something that happens to somebody is worked into their ordinary sessions."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import NamedTuple

from pingsessions_nb.sandbox.activity import without_late_events
from pingsessions_nb.sandbox.devices import FREE_DESKTOPS, Device, seen
from pingsessions_nb.sandbox.geography import HOUR, MINUTE, City
from pingsessions_nb.sandbox.hashing import number, uuid_of
from pingsessions_nb.sandbox.networks import rented_address
from pingsessions_nb.sandbox.people import Person, Spot, place_of
from pingsessions_nb.sandbox.sessions import Event, Session

# Long enough to be anywhere on Earth at less than 900 km/h.
ANYWHERE = 27 * HOUR


class Plan(NamedTuple):
    """What will happen to a user, and when in ms.

    The ``group`` names what is shared by all to whom the same happens at once; the user is the
    ``member`` of that number among them, from 0.
    """

    plot: str
    at: int
    group: str
    member: int = 0


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
        self._own_device, self._phone = person.devices

    def play(self) -> tuple[list[Session], list[tuple[str, str]]]:
        """Return the person's sessions with what happened, and the truth: session ids and kinds."""
        plot = self._plan.plot.replace(" ", "_").replace("-", "_")
        getattr(self, f"_{plot}")(self._plan.at)
        ordered = sorted(self._sessions, key=lambda each: each.created)
        return without_late_events(ordered), self._truth

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

    def _steal(self, at: int, far: City, minutes: tuple[int, int], goes_on: float = 0) -> None:
        """Use a session's cookie elsewhere, minutes after its owner was last seen at home.

        With the chance ``goes_on``, its owner goes on working, unaware.
        """
        address, place = rented_address(self._person.key), place_of(far)
        begun = at - self._draw.randrange(20, 90) * MINUTE
        theft = at + self._draw.randrange(*minutes) * MINUTE
        again = theft + self._draw.randrange(4, 20) * MINUTE
        events = [self._at_home(begun + 9_000, True), self._at_home(at)]
        events += [Event(theft, address, place, False), Event(again, address, place, False)]
        quiet_until = again + ANYWHERE
        if self._draw.random() < goes_on:
            seen_again = again + self._draw.randrange(5, 40) * MINUTE
            events.append(self._at_home(seen_again))
            quiet_until = seen_again + 2 * HOUR
        self._clear(begun - 2 * HOUR, quiet_until)
        stolen = self._add("stolen", begun, events, self._own_device)
        self._note(stolen, "geovelocity_anomaly", "user_location_anomaly")

    def _attackers_device(self) -> Device:
        return FREE_DESKTOPS[number("attacker", self._plan.group) % len(FREE_DESKTOPS)]

    def _add(self, name: str, created: int, events: list[Event], device: Device) -> Session:
        browser, system = seen(device, created)
        key = uuid_of("incident", self._person.key, name)
        added = Session(key, created, tuple(events), browser, system, device.kind)
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
