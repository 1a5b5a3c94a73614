"""A large tenant from a compact store: who signed on when is drawn at once, the rest when asked.

`synthetic.SyntheticTenant` invents a life for each user, of whom most sign on every day. A real
tenant of hundreds of thousands has many who seldom do. Here each user signs on with the same chance
each day, has a session of up to three activities then, at home and on one device, and nothing ever
happens to anybody. With what they sign on is not told, as on PingOne's page of a user's sessions.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from pingsessions_nb.sandbox.devices import DESKTOPS, seen
from pingsessions_nb.sandbox.geography import DAY, HOUR, MINUTE, cities
from pingsessions_nb.sandbox.hashing import number, uuid_of
from pingsessions_nb.sandbox.people import place_of
from pingsessions_nb.sandbox.profiles import profile
from pingsessions_nb.sandbox.sessions import MOST_SESSIONS, Event, Session
from pingsessions_nb.sandbox.synthetic import DEFAULT_NOW, SyntheticTenant

_BACK = 450  # days
_BEGINS_WITHIN = 20 * HOUR
_NEVER = -1


class CompactTenant(SyntheticTenant):
    """A tenant of many users of whom few sign on each day.

    Parameters
    ----------
    users, seed, now
        As for `SyntheticTenant`.
    daily : float
        The share of users who sign on each day.

    Raises
    ------
    ValueError
        Where ``daily`` is no share, or as for `SyntheticTenant`.
    """

    name = "compact"
    _documented = None

    def __init__(
        self,
        users: int = 200_000,
        seed: int = 7,
        now: datetime = DEFAULT_NOW,
        daily: float = 0.03,
    ) -> None:
        if not 0 < daily <= 1:
            raise ValueError("daily must be a share above 0, at most 1")
        super().__init__(users, seed, now)
        self._daily = daily
        self._days = self._sign_on_days()

    def at(self, now: datetime) -> Self:
        """Return the same tenant seen at another time; see `SyntheticTenant.at`."""
        other = super().at(now)
        other._days = other._sign_on_days()
        return other

    def _sign_on_days(self) -> NDArray[np.int32]:
        """Return each user's last days with a session, counted from 1970, the latest first."""
        users = np.arange(len(self.users), dtype=np.uint64)
        days = np.full((len(users), MOST_SESSIONS), _NEVER, np.int32)
        have = np.zeros(len(users), np.int64)
        today = self._now // DAY
        chance = np.uint64(round(self._daily * (2**64 - 1)))
        for day in range(today, today - _BACK, -1):
            drawn = self._mixed(users, day)
            there = np.flatnonzero((drawn <= chance) & (have < MOST_SESSIONS))
            if day == today:
                begun = day * DAY + self._begins(drawn[there]).astype(np.int64) <= self._now
                there = there[begun]
            days[there, have[there]] = day
            have[there] += 1
        return days

    def _mixed(self, users: NDArray[np.uint64], day: int) -> NDArray[np.uint64]:
        """Draw a number for each user and day, the same on every machine."""
        salt = number("compact", self.seed, day)
        mixed = (users + np.uint64(salt)) * np.uint64(0x9E3779B97F4A7C15)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return mixed ^ (mixed >> np.uint64(31))

    def _begins(self, drawn: NDArray[np.uint64]) -> NDArray[np.uint64]:
        return (drawn >> np.uint64(3)) % np.uint64(_BEGINS_WITHIN)

    def _newest(self, index: int, most: int | None) -> list[Session]:
        days = [day for day in self._days[index].tolist() if day != _NEVER]
        return [self._session(index, day) for day in days[:most]]

    def _session(self, index: int, day: int) -> Session:
        drawn = self._mixed(np.array([index], np.uint64), day)
        created = day * DAY + int(self._begins(drawn)[0])
        own = number("person", self.seed, index)
        address = f"73.{own >> 8 & 255}.{own >> 16 & 255}.{own >> 24 & 255}"
        place = place_of(cities()[own % len(cities())])
        events = tuple(
            Event(created + step * 70 * MINUTE, address, place, step == 0)
            for step in range(1 + int(drawn[0]) % 3)
        )
        device = DESKTOPS[own % len(DESKTOPS)]
        name = uuid_of("compact", self.seed, index, day)
        return Session(name, created, events, *seen(device, created), device.kind)

    def _authenticators(self, _index: int) -> tuple[str, ...]:
        return ()

    def _profile(self, index: int) -> dict[str, Any]:
        return profile(self._directory, index, "Etc/UTC", True)
