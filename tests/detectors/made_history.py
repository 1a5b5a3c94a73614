"""Histories made of a few words, through the API's own shape."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count

import pingsessions_nb as ps

PLACES = {
    "tacoma": ("tacoma", "washington", "united states"),
    "seattle": ("seattle", "washington", "united states"),
    "washington": (None, "washington", "united states"),
    "usa": (None, None, "united states"),
    "san diego": ("san diego", "california", "united states"),
    "tijuana": ("tijuana", "baja california", "mexico"),
    "mexico": (None, None, "mexico"),
    "london": ("london", "england", "united kingdom"),
    "paris": ("paris", "ile-de-france", "france"),
    "nice": ("nice", "provence-alpes-cote d'azur", "france"),
    "lagos": ("lagos", "lagos", "nigeria"),
    "sapporo": ("sapporo", "hokkaido", "japan"),
    "japan": (None, None, "japan"),
    "iceland": (None, None, "iceland"),
    "nowhere": (None, None, None),
}
MONDAY = datetime(2026, 3, 2, 9)
HOME_IP = "24.1.2.3"
WINDOWS = ("Chrome", "140.0", "Windows", "10", "Other")
LINUX = ("Firefox", "144.0", "Ubuntu", None, "Other")
MAC = ("Safari", "26.0", "Mac OS X", "10.15.7", "Other")

_numbers = count()


def when(hours: float) -> datetime:
    """Return a time, in hours from a Monday morning."""
    return MONDAY + timedelta(hours=hours)


def event(hours: float, place: str = "tacoma", ip: str | None = HOME_IP) -> dict:
    """Return a location at a time."""
    city, state, country = PLACES[place]
    return {"at": iso(hours), "remoteIp": ip, "city": city, "state": state, "country": country}


def session(
    hours: float,
    *events: dict,
    user: str = "ann",
    name: str | None = None,
    device: tuple = WINDOWS,
    active: float | None = None,
) -> dict:
    """Return a session that begins at a time; without events it has one at home."""
    events = events or (event(hours),)
    browser, version, system, system_version, kind = device
    return {
        "id": name or f"session {next(_numbers)}",
        "user": {"id": user},
        "createdAt": iso(hours),
        "activeAt": iso(active) if active is not None else max(each["at"] for each in events),
        "locations": list(events),
        "browser": {"name": browser, "version": version},
        "operatingSystem": {"name": system, "version": system_version},
        "device": {"type": kind},
    }


def usual(user: str = "ann", days: int = 6, **facts) -> list[dict]:
    """Return a session at home on each of some days before the Monday."""
    return [session(-24 * day, user=user, **facts) for day in range(days, 0, -1)]


def history(*sessions: dict) -> ps.History:
    """Return the history of these sessions."""
    return ps.History.from_responses([{"_embedded": {"sessions": list(sessions)}}])


def iso(hours: float) -> str:
    return f"{when(hours).isoformat(timespec='milliseconds')}Z"


def kinds_of(found) -> dict[str, set[str]]:
    """Return the kinds found for each session."""
    kinds: dict[str, set[str]] = {}
    for row in found.itertuples():
        kinds.setdefault(row.session_id, set()).add(row.kind)
    return kinds
