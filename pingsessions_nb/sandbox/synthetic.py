"""A tenant of invented people, the same for the same seed on every machine."""

from __future__ import annotations

import copy
import functools
import importlib.resources
import operator
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Self, overload

import msgspec
import pandas as pd

from pingsessions_nb.sandbox.directory import Directory
from pingsessions_nb.sandbox.incidents import Incidents
from pingsessions_nb.sandbox.life import Life, life_of
from pingsessions_nb.sandbox.networks import KNOWN_NETWORKS
from pingsessions_nb.sandbox.profiles import GROUPS, card_of, profile
from pingsessions_nb.sandbox.scim import Card, Node
from pingsessions_nb.sandbox.sessions import (
    ENVIRONMENT_ID,
    MOST_LOCATIONS,
    MOST_SESSIONS,
    PASSWORD,
    PASSWORD_AND_MFA,
    Session,
    describe,
    iso,
    listed,
)

DEFAULT_NOW = datetime(2025, 11, 12, 15, tzinfo=UTC)
API = "https://api.pingone.com/v1"
_REACH = timedelta(days=100)
_REMEMBERED = 2_048  # lives


class SyntheticTenant:
    """A tenant of invented people with sessions, as PingOne would show it at a moment.

    Everything is drawn from ``(seed, users, now)`` and nothing else, user by user when somebody
    looks. What the planted incidents mean is written in `pingsessions_nb.sandbox.incidents`,
    `close_calls` and `hard_life`.

    Parameters
    ----------
    users : int
        How many; a million costs no more to begin with than ten.
    seed : int
        Each seed gives other people.
    now : datetime
        The moment at which the API is asked, tz-aware. The incidents happened within two days
        before it, so that they are in view.
    noise : int
        A multiple of the ordinary life that is hard to tell from an incident.

    Attributes
    ----------
    environment_id : str
    users : sequence of dict
        Users as the API describes them, made when they are asked for. The first is the user of
        PingOne's documentation.
    populations, groups : list of dict
    known_networks : dict
        The company's own networks by name: of a VPN gateway its range, of an office a dict with
        ``range, kind, city, state, country``.
    now : datetime

    Raises
    ------
    ValueError
        Where ``users`` or ``noise`` is below 1, or ``now`` has no time zone.
    """

    _documented: int | None = 0
    """Who is the user of PingOne's documentation, if anybody is."""
    environment_id = ENVIRONMENT_ID
    name = "synthetic"

    def __init__(
        self, users: int = 200, seed: int = 7, now: datetime = DEFAULT_NOW, noise: int = 1
    ) -> None:
        if users < 1:
            raise ValueError("a tenant has at least one user")
        if noise < 1:
            raise ValueError("a tenant has a noise of at least 1")
        if now.tzinfo is None:
            raise ValueError("now must carry a time zone")
        anchor = round(now.timestamp() * 1000)
        self.seed = seed
        self.now = now
        self.known_networks = dict(KNOWN_NETWORKS)
        self._now = anchor
        self._anchor = now
        self._directory = Directory(seed, users, anchor)
        self._incidents = Incidents(seed, users, anchor, noise)
        draw = functools.partial(life_of, self._directory, self._incidents)
        self._life = functools.lru_cache(_REMEMBERED)(draw)
        self._ended: set[str] = set()
        self.users = _Users(self)
        self.populations = self._directory.populations()
        self.groups = [dict(group) for group in GROUPS]

    def __repr__(self) -> str:
        return f"SyntheticTenant(users={len(self.users)}, seed={self.seed}, now={self.now})"

    def at(self, now: datetime) -> Self:
        """Return the same tenant, with the same lives and incidents, seen at another time.

        Raises
        ------
        ValueError
            Where ``now`` has no time zone, or lies more than 100 days from the tenant's own.
        """
        if now.tzinfo is None:
            raise ValueError("now must carry a time zone")
        if abs(now - self._anchor) > _REACH:
            raise ValueError(f"now must lie within {_REACH.days} days of {self._anchor}")
        other = copy.copy(self)
        for cached in ("truth", "full_truth"):
            other.__dict__.pop(cached, None)
        other.now = now
        other._now = round(now.timestamp() * 1000)
        other.users = _Users(other)
        return other

    @functools.cached_property
    def truth(self) -> pd.DataFrame:
        """The incidents that the API's view shows, as columns user_id, session_id, kind (str).

        Complete at the tenant's own moment. Seen `at` another one, a victim's five oldest
        sessions in view may hold the incident itself, with too little before it to tell.
        """
        return self._truth_frame(in_view=True)

    @functools.cached_property
    def full_truth(self) -> pd.DataFrame:
        """The incidents up to now, those included that PingOne has forgotten; columns as truth."""
        return self._truth_frame(in_view=False)

    def environment(self, base_url: str = API) -> dict[str, Any]:
        """Return the environment as the API describes it."""
        return {
            "_links": {"self": {"href": f"{base_url}/environments/{self.environment_id}"}},
            "id": self.environment_id,
            "name": "BX Retail (synthetic)",
            "description": "Invented people; nobody here exists",
            "type": "SANDBOX",
            "region": "NA",
        }

    def index_of(self, user_id: str) -> int | None:
        """Return a user's place in the list, or None where no user has that id."""
        return self._directory.index_of(user_id)

    def population_of(self, index: int) -> str:
        """Return the id of the population of the user at a place in the list."""
        return self._directory.population(index).id

    def find(
        self, node: Node | None, allowed: frozenset[str] | None, after: int, limit: int
    ) -> tuple[list[int], bool]:
        """Return places in the list of users who match a filter; see `Directory.find`."""
        return self._directory.find(node, self._card, allowed, after, limit)

    def user_at(self, index: int, base_url: str = API, expand: bool = False) -> dict[str, Any]:
        """Return the user at a place in the list as the API describes them.

        Links begin with ``base_url``; the user's population is embedded if ``expand``.
        """
        body = self._profile(index)
        last_sign_on = self._last_sign_on(index)
        if last_sign_on is not None:
            body["lastSignOn"] = last_sign_on
        environment = f"{base_url}/environments/{ENVIRONMENT_ID}"
        population = self._directory.population(index)
        links = {
            "self": {"href": f"{environment}/users/{body['id']}"},
            "environment": {"href": environment},
            "population": {"href": f"{environment}/populations/{population.id}"},
        }
        body = {"_links": links, **body}
        if expand:
            fields = {"id": population.id, "name": population.name}
            body["_embedded"] = {"population": {**fields, "description": population.description}}
        return body

    def sessions(self, user_id: str, base_url: str = API) -> dict[str, Any]:
        """Return a user's sessions as the API answers: the last ten, newest first.

        Links begin with ``base_url``. The documented user's page is PingOne's own to the letter.

        Raises
        ------
        KeyError
            Where no user has that id.
        """
        return self._page(user_id, base_url, MOST_SESSIONS, MOST_LOCATIONS)

    def full_record(self, user_id: str, base_url: str = API) -> dict[str, Any]:
        """Return every session up to now with every location: what PingOne no longer knows.

        Same shape and errors as `sessions`.
        """
        return self._page(user_id, base_url, None, None)

    def end_session(self, user_id: str, session_id: str) -> bool:
        """End a session; return False where the user has none of that id."""
        sessions = self.sessions(user_id)["_embedded"]["sessions"]
        if all(session["id"] != session_id for session in sessions):
            return False
        self._ended.add(session_id)
        return True

    def _page(
        self, user_id: str, base_url: str, most: int | None, most_locations: int | None
    ) -> dict[str, Any]:
        index = self.index_of(user_id)
        if index is None:
            raise KeyError(user_id)
        user_id = user_id.lower()
        if index == self._documented:
            sessions = documented_page()["_embedded"]["sessions"]
        else:
            signs_on = self._authenticators(index)
            sessions = [
                describe(each, self._now, base_url, user_id, most_locations, signs_on)
                for each in self._newest(index, most)
            ]
        sessions = [each for each in sessions if each["id"] not in self._ended]
        href = f"{base_url}/environments/{ENVIRONMENT_ID}/users/{user_id}/sessions"
        body = listed(href, "sessions", sessions)
        return body | {"_links": documented_page()["_links"]} if index == self._documented else body

    def _newest(self, index: int, most: int | None) -> list[Session]:
        """Return a user's sessions up to now, the newest first."""
        life = self._life(index)
        count = life.begun_by(self._now)
        first = 0 if most is None else max(0, count - most)
        return [life.session(ordinal) for ordinal in range(count - 1, first - 1, -1)]

    def _last_sign_on(self, index: int) -> dict[str, Any] | None:
        if index == self._documented:
            sessions = documented_page()["_embedded"]["sessions"]
            last_of_all: dict[str, Any] = max(
                (each["lastSignOn"] for each in sessions), key=operator.itemgetter("at")
            )
            return last_of_all
        sign_ons = [
            event
            for each in self._newest(index, MOST_SESSIONS)
            for event in each.events
            if event.sign_on and event.at <= self._now
        ]
        last = max(sign_ons, key=lambda event: event.at, default=None)
        return None if last is None else {"at": iso(last.at), "remoteIp": last.ip}

    def _profile(self, index: int) -> dict[str, Any]:
        if index == 0:
            return profile(self._directory, index, "America/Los_Angeles", True)
        person = self._life(index).person
        return profile(self._directory, index, person.home.zone, person.last_day is None)

    def _authenticators(self, index: int) -> tuple[str, ...]:
        return PASSWORD_AND_MFA if self._profile(index)["mfaEnabled"] else PASSWORD

    def _card(self, index: int) -> Card:
        return card_of(self._profile(index))

    def _truth_frame(self, in_view: bool) -> pd.DataFrame:
        rows = [
            (self._directory.user_id(index), session_id, kind)
            for index in sorted(self._incidents.victims())
            for session_id, kind in self._seen_truth(self._life(index), in_view)
        ]
        return pd.DataFrame(rows, columns=["user_id", "session_id", "kind"], dtype="str")

    def _seen_truth(self, life: Life, in_view: bool) -> Iterator[tuple[str, str]]:
        newest = life.begun_by(self._now)
        first = max(0, newest - MOST_SESSIONS) if in_view else 0
        # A stolen session begins before the theft, which may still lie ahead.
        seen = {
            each.id
            for each in map(life.session, range(first, newest))
            if all(event.at <= self._now for event in each.events)
        }
        yield from (row for row in life.truth if row[0] in seen - self._ended)


class _Users(Sequence[dict[str, Any]]):
    """The users of a tenant as the API describes them, made one by one."""

    def __init__(self, tenant: SyntheticTenant) -> None:
        self._tenant = tenant

    def __len__(self) -> int:
        return self._tenant._directory.users

    @overload
    def __getitem__(self, index: int) -> dict[str, Any]: ...
    @overload
    def __getitem__(self, index: slice) -> list[dict[str, Any]]: ...
    def __getitem__(self, index: int | slice) -> dict[str, Any] | list[dict[str, Any]]:
        places = range(len(self))[index]
        if isinstance(places, int):
            return self._tenant.user_at(places)
        return [self._tenant.user_at(place) for place in places]

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return map(self._tenant.user_at, range(len(self)))


@functools.cache
def documented_page() -> dict[str, Any]:
    """Return the answer printed in PingOne's documentation; not to be changed."""
    files = importlib.resources.files("pingsessions_nb.sandbox")
    text = (files / "data" / "documented_sessions.json").read_bytes()
    found: dict[str, Any] = msgspec.json.decode(text)
    return found
