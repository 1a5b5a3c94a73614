"""What goes wrong, to whom and when: the planted incidents and the truth about them.

A row of the truth names a session and a kind of signal. The words mean exactly this; an event is
a location event whose city is known, and a user's past is what came before the event.

``geovelocity_anomaly``
    An event more than 2,000 km from the user's event before it (of any session), reached at more
    than 1,500 km/h; events from known networks do not count. The row names the session of the
    later event. Everybody else's moves between cities stay below 900 km/h.
``user_location_anomaly``
    An event more than 700 km from every place of the user's past, in a country where the user
    never was. The row names the first session there. Events from known networks count: an office
    is a place like any other. Everybody else is always within 51 km of a place that their five
    oldest sessions in the API's view show.
``new_device``
    A session whose browser and operating system are both of a kind (whatever the version) that
    the user never had before. Everybody else's devices all appear in their five oldest sessions in
    the API's view.
``ip_velocity``
    Ten or more different addresses of one user within an hour, known networks left out. A row for
    each session with an event in that hour. Everybody else has at most four.
``user_velocity``
    One address at which six or more users, none of whom was ever seen there, appear within an
    hour. A row for each session with an event there. Other addresses outside the known networks
    belong to at most three users.
``dormant_return``
    A session that begins 60 days or more after the user's last activity. Everybody else comes at
    least every 45 days, or never again.

One incident may satisfy several of these, and then has a row for each. Two of the plots are not
attacks: a first journey to another country is a ``user_location_anomaly``, a new laptop is a
``new_device``.

"Everybody else" leaves out the close calls of `close_calls` and the stories of `hard_life`:
ordinary people who look odd, and attackers who hardly do. There the story decides the truth,
whatever the numbers say.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from pingsessions_nb.sandbox.activity import Starts, session
from pingsessions_nb.sandbox.close_calls import CLOSE_CALLS, ORDINARY, CloseCall, homes_for
from pingsessions_nb.sandbox.devices import NEW_LAPTOP
from pingsessions_nb.sandbox.geography import (
    DAY,
    HOUR,
    MINUTE,
    City,
    abroad,
    cities,
    city,
    distance_km,
    way,
)
from pingsessions_nb.sandbox.hard_life import HARD_LIFE, HardLife, homes_in_region
from pingsessions_nb.sandbox.hashing import Shuffle, number
from pingsessions_nb.sandbox.networks import rented_address
from pingsessions_nb.sandbox.people import Person, Spot, eventful_person, place_of
from pingsessions_nb.sandbox.scene import ANYWHERE, Plan, Scene
from pingsessions_nb.sandbox.sessions import Event, Session

_BASES = (
    *(("reykjavik", "iceland"), ("tbilisi", "georgia")),
    *(("almaty", "kazakhstan"), ("kumasi", "ghana")),
)
_LOUD = (
    *("stolen session", "takeover", "overlapping takeover", "many accounts", "many addresses"),
    *("dormant account", "first journey", "new laptop", "forgotten theft", "forgotten takeover"),
)
_QUIET = CLOSE_CALLS | HARD_LIFE


class Incidents:
    """Who is struck by what: about 1.5 % of users, at least one of each plot; and close calls.

    Number 0 is spared. Incidents happened within two days before the ``anchor`` (the tenant's
    moment in ms) or, where PingOne has forgotten them since, 45 to 95 days before. ``noise`` times
    more happens that is no incident and may look like one.
    """

    def __init__(self, seed: int, users: int, anchor: int, noise: int = 1) -> None:
        self._seed = seed
        self._anchor = anchor
        others = users - 1
        self._shuffle = Shuffle(max(others, 1), "incidents", seed)
        self._plots: list[str] = []
        self._ends: list[int] = []
        self._size = 8 if others >= 80 else 6
        counts = dict.fromkeys(_LOUD, max(1, round(others * 0.0015)))
        counts["many accounts"] = max(1, round(others * 0.003 / self._size)) * self._size
        # These came later, and so after the others: whoever is struck by them stays so.
        for plot, (per, size) in CLOSE_CALLS.items():
            counts[plot] = (noise if plot in ORDINARY else 1) * per * users // 2_000 * size
        for plot, (per, size) in HARD_LIFE.items():
            times = 1 if plot == "young takeover" else noise
            counts[plot] = times * per * users // 20_000 * size
        for plot, count in counts.items():
            end = self._victims() + count
            if end <= others:
                self._plots.append(plot)
                self._ends.append(end)

    def plan(self, index: int) -> Plan | None:
        """Return what will happen to a user, or None for an ordinary life."""
        place = self._shuffle.place(index - 1)
        if index == 0 or place >= self._victims():
            return None
        entry = bisect_right(self._ends, place)
        plot = self._plots[entry]
        group = place - (self._ends[entry - 1] if entry else 0)
        size = self._size if plot == "many accounts" else _QUIET.get(plot, (0, 1))[1]
        group, member = divmod(group, size)
        key = f"{self._seed} {plot} {group}"
        hours = number("hour", key) % (38 * HOUR) + 3 * HOUR
        at = self._anchor - hours
        if plot.startswith("forgotten"):
            at -= (45 + number("day", key) % 50) * DAY
        return Plan(plot, at, key, member)

    def victims(self) -> Iterator[int]:
        """Return the numbers of all users to whom something happens."""
        return (self._shuffle.item(place) + 1 for place in range(self._victims()))

    def _victims(self) -> int:
        return self._ends[-1] if self._ends else 0


def victim(key: str, plan: Plan) -> Person:
    """Draw the person to whom it will happen."""
    homes = cities()
    if plan.plot in CLOSE_CALLS:
        homes = homes_for(plan)
    elif plan.plot in HARD_LIFE:
        homes = homes_in_region(plan)
    elif plan.plot == "many accounts":
        base = _base(plan)
        homes = tuple(each for each in homes if distance_km(each, base) > 1_500)
    return eventful_person(key, homes)


def tell(person: Person, begun: Starts, plan: Plan) -> tuple[list[Session], list[tuple[str, str]]]:
    """Return the victim's ordinary sessions with the incident worked in, and its truth."""
    ordinary = [session(person, begun, ordinal) for ordinal in range(len(begun.created))]
    scenes: tuple[type[Scene], ...] = (_Incident, CloseCall, HardLife)
    scene = scenes[(plan.plot in CLOSE_CALLS) + 2 * (plan.plot in HARD_LIFE)]
    return scene(person, plan, ordinary).play()


def _base(plan: Plan) -> City:
    return city(*_BASES[number("base", plan.group) % len(_BASES)])


class _Incident(Scene):
    """One incident of those that stand out."""

    def _stolen_session(self, at: int) -> None:
        """Use a session's cookie far away; half of the owners go on working, unaware."""
        far = self._draw.choice(abroad(self._person.home, 3_000, 20_100))
        self._steal(at, far, (6, 40), goes_on=0.5)

    def _takeover(self, at: int, overlapping: bool = False) -> None:
        """Somebody signs on from a new country and device, perhaps while the owner is at work."""
        far = self._draw.choice(abroad(self._person.home, 3_000, 20_100))
        if overlapping:
            self._clear(at - 4 * HOUR, at + ANYWHERE)
            begun = at - self._draw.randrange(60, 100) * MINUTE
            last = at - self._draw.randrange(5, 40) * MINUTE
            events = [self._at_home(begun + 9_000, True), self._at_home(last)]
            self._add("own", begun, events, self._own_device)
        else:
            self._clear(at - ANYWHERE, at + ANYWHERE)
        address, device = rented_address(self._person.key), self._attackers_device()
        taken = self._attack(at, far, address, "taken", device)
        kinds = ("geovelocity_anomaly",) if overlapping else ()
        self._note(taken, "new_device", "user_location_anomaly", *kinds)

    def _overlapping_takeover(self, at: int) -> None:
        self._takeover(at, overlapping=True)

    def _many_accounts(self, at: int) -> None:
        """One address signs on to several accounts, one after another."""
        at += number("turn", self._person.key) % (40 * MINUTE)
        self._clear(at - ANYWHERE, at + ANYWHERE)
        address, device = rented_address(self._plan.group), self._attackers_device()
        taken = self._attack(at, _base(self._plan), address, "taken", device)
        self._note(taken, "user_velocity", "new_device", "user_location_anomaly")

    def _many_addresses(self, at: int) -> None:
        """Proxies in the user's own city, one after another, within three quarters of an hour."""
        self._clear(at - 3 * HOUR, at + 3 * HOUR)
        place = place_of(self._person.home)
        device = self._own_device
        for turn in range(3):
            begun = at + turn * 15 * MINUTE
            events = [
                Event(
                    begun + 8_000 + step * 170_000 + self._draw.randrange(60_000),
                    rented_address(self._person.key, turn, step),
                    place,
                    step == 0,
                )
                for step in range(4)
            ]
            self._note(self._add(f"proxied {turn}", begun, events, device), "ip_velocity")

    def _dormant_account(self, at: int) -> None:
        """Nothing for two to three months, and then the user is back, on the same device."""
        device = self._own_device
        self._clear(at - self._draw.randrange(65, 90) * DAY, at)
        events = [self._at_home(at + 9_000, True), self._at_home(at + 20 * MINUTE)]
        self._note(self._add("back", at, events, device), "dormant_return")

    def _first_journey(self, at: int) -> None:
        """Fly to a new country, with the user's own device, and stay for days."""
        far = self._draw.choice(abroad(self._person.home, 1_000, 9_000))
        flight = way(self._person.home, far)
        self._clear(at - flight, at + 5 * DAY + flight)
        spot, device = Spot(far, False), self._own_device
        first = self._visit("journey", at, spot, device)
        self._visit("journey, next day", at + 20 * HOUR, spot, device)
        self._note(first, "user_location_anomaly")

    def _new_laptop(self, at: int) -> None:
        """Sign on at home with a new laptop for the first time."""
        self._clear(at - 2 * HOUR, at + 2 * HOUR)
        self._note(self._visit("laptop", at, self._person.at_home, NEW_LAPTOP), "new_device")

    _forgotten_theft = _stolen_session
    _forgotten_takeover = _takeover
