"""Every session and location event of a user there ever was, and the API's view of them."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from pingsessions_nb.sandbox.devices import Software, user_agent

ENVIRONMENT_ID = "abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6"
MOST_SESSIONS = 10
MOST_LOCATIONS = 5
IDLE_TIMEOUT = 7 * 24 * 60  # minutes; nobody here is away for longer and then goes on
PASSWORD = ("pwd",)
PASSWORD_AND_MFA = ("pwd", "mfa")
_POLICY = {"id": "2b9f6c10-7d35-4a6e-8c41-5e0f9a3d7b62", "type": "PINGONE"}
_STEP = 1_500  # ms from one authenticator to the next
_EPOCH = date(1970, 1, 1).toordinal()


class Place(NamedTuple):
    """City, state and country as an address was geolocated; any may be missing."""

    city: str | None
    state: str | None
    country: str | None


class Event(NamedTuple):
    """An activity seen from an address: at (ms since 1970), remote IP, place, and if signed on."""

    at: int
    ip: str | None
    place: Place | None
    sign_on: bool


@dataclass(frozen=True, slots=True)
class Session:
    """A session with all its events, oldest first; ``created`` in ms since 1970."""

    id: str
    created: int
    events: tuple[Event, ...]
    browser: Software | None
    system: Software | None
    device: str | None


def describe(
    session: Session,
    now: int,
    base: str,
    user_id: str,
    most: int | None,
    authenticators: tuple[str, ...],
) -> dict[str, Any]:
    """Return a session as the API shows it at a moment, in ms since 1970.

    Links begin with ``base``. The last ``most`` locations are shown, or all. The ``authenticators``
    are those with which the user signs on, in this order; empty where it is not told.
    """
    home = f"{base}/environments/{ENVIRONMENT_ID}"
    user = f"{home}/users/{user_id}"
    events = [event for event in session.events if event.at <= now]
    shown = [event for event in events if event.place is not None]
    if most is not None:
        shown = shown[-most:]
    active = events[-1].at if events else session.created
    body: dict[str, Any] = {
        "_links": {
            "self": {"href": f"{user}/sessions/{session.id}"},
            "environment": {"href": home},
            "user": {"href": user},
        },
        "id": session.id,
        "environment": {"id": ENVIRONMENT_ID},
        "user": {"id": user_id},
        "createdAt": iso(session.created),
        "activeAt": iso(active),
        "expiresAt": iso(active + IDLE_TIMEOUT * 60_000),
        "idleTimeoutInMinutes": str(IDLE_TIMEOUT),  # text, as in PingOne's examples
    }
    if shown:
        body["locations"] = [_location(event) for event in shown]
    sign_ons = [event for event in events if event.sign_on]
    if sign_ons:
        body["lastSignOn"] = _sign_on(sign_ons[-1], authenticators)
    if session.browser is not None:
        body["browser"] = _software(session.browser)
    if session.system is not None:
        body["operatingSystem"] = _software(session.system)
    if session.device is not None:
        body["device"] = {"type": session.device}
    agent = user_agent(session.browser, session.system, session.device)
    if agent is not None:
        body["userAgent"] = agent
    return body


def listed(href: str, key: str, items: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a list as a page of the API."""
    return {
        "_links": {"self": {"href": href}},
        "_embedded": {key: items},
        "count": len(items),
        "size": len(items),
    }


def iso(milliseconds: int) -> str:
    """Write a time as PingOne does: ISO 8601 with milliseconds and ``Z``."""
    day, rest = divmod(milliseconds, 86_400_000)
    seconds, rest = divmod(rest, 1000)
    minutes, seconds = divmod(seconds, 60)
    return f"{_date(day)}T{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}.{rest:03d}Z"


@functools.lru_cache(maxsize=4_096)
def _date(day: int) -> str:
    return date.fromordinal(_EPOCH + day).isoformat()


def _location(event: Event) -> dict[str, Any]:
    body: dict[str, Any] = {"at": iso(event.at), "remoteIp": event.ip}
    if event.place is not None:
        city, state, country = event.place
        # What PingOne writes as the region is not documented; here it is the state once more.
        body |= {"city": city, "state": state, "region": state, "country": country}
    return body


def _sign_on(event: Event, authenticators: tuple[str, ...]) -> dict[str, Any]:
    body: dict[str, Any] = {"remoteIp": event.ip, "at": iso(event.at)}
    if authenticators:
        last = len(authenticators) - 1
        body["authenticators"] = list(authenticators)
        body["withAuthenticator"] = {
            name: {"at": iso(event.at - (last - turn) * _STEP), "policy": _POLICY}
            for turn, name in enumerate(authenticators)
        }
    return body


def _software(software: Software) -> dict[str, str]:
    return {name: text for name, text in software._asdict().items() if text is not None}
