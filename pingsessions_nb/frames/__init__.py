"""API responses -> tidy frames, losing nothing.

A page of the documented shape is decoded by `msgspec` into typed structs and from these, a
thousand sessions at a time, into Arrow columns. Whatever else a page holds takes a slower way
to the same columns: a field that is not documented becomes a column named by its dotted path,
a value of a wrong type becomes NA (and a row in `History.problems`), null is the same as absent,
blank text is missing, and ``_links``, which are addresses and not facts, are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from pingsessions_nb.arguments import Time, given_time
from pingsessions_nb.errors import MalformedResponse
from pingsessions_nb.frames.assembly import problem_frame, session_frames, user_frame
from pingsessions_nb.frames.gathering import Gathering
from pingsessions_nb.frames.status import with_status

__all__ = [
    "Gathering",
    "Responses",
    "gather",
    "locations_frame",
    "problem_frame",
    "session_frames",
    "sessions_frame",
    "user_frame",
    "users_frame",
    "with_status",
]

Response = bytes | bytearray | memoryview | str | Mapping[str, Any] | list[Any]
Responses = Response | Iterable[Response]


def gather(responses: Responses) -> Gathering:
    """Read responses into columns.

    These are pages of sessions or users as PingOne sends them, lists of pages, bare session or user
    records, newline-delimited ones; raw or decoded. Where one is none of these, the sentence of a
    `MalformedResponse` says which one and why.
    """
    gathering = Gathering()
    one = isinstance(responses, bytes | bytearray | memoryview | str | Mapping)
    several = responses if isinstance(responses, Iterable) and not one else (responses,)
    for number, response in enumerate(several, 1):
        for fault in gathering.add(response):
            name = "The response" if one else f"Response {number}"
            msg = f"{name} {fault}. Give pages as PingOne sent them; ps.read_history reads files."
            raise MalformedResponse(msg, code=fault.code)
    return gathering


def sessions_frame(responses: Responses, *, read_at: Time | None = None) -> pd.DataFrame:
    """Make a row of each session.

    Parameters
    ----------
    responses
        As for `gather`: one or many pages of sessions, raw or decoded.
    read_at : datetime, date or str, optional
        When PingOne answered, UTC where it has no zone: ``status`` is as of then. Default: now.

    Returns
    -------
    DataFrame
        ``session_id, user_id, environment_id`` (str), ``created_at, active_at, last_sign_on_at``
        (datetime64[us, UTC]), ``last_sign_on_ip, browser_name, browser_version, os_name,
        os_version, device_type`` (str), ``location_count`` (int64), ``expires_at``
        (datetime64[us, UTC]), ``idle_timeout_minutes`` (Int64), ``user_agent, status,
        authenticators`` (str), then unknown fields. ``status`` is ``live`` or ``expired``, from
        ``expires_at`` or else ``active_at`` and the idle timeout, and NA where neither is known;
        ``authenticators`` are those of the last sign-on and their times, such as
        ``pwd 2026-01-31T08:00:00.000Z, mfa``. Users in order of first appearance, each one's
        sessions newest first.

    Raises
    ------
    MalformedResponse
        Where a response is not a page of sessions.
    ConfigurationError
        Where ``read_at`` is not a time.

    Examples
    --------
    >>> session = {"id": "s-1", "user": {"id": "u-1"}, "browser": {"name": "Chrome"}, "new": 1}
    >>> sessions_frame({"_embedded": {"sessions": [session]}})[["browser_name", "new"]]
      browser_name  new
    0       Chrome    1
    """
    moment = None if read_at is None else given_time("read_at", read_at)
    gathering = gather(responses)
    _expect(gathering, "sessions")
    return with_status(session_frames(gathering, located=False)[0], moment)


def locations_frame(responses: Responses) -> pd.DataFrame:
    """Make a row of each location of each session, with coordinates.

    Parameters
    ----------
    responses
        As for `gather`: one or many pages of sessions, raw or decoded.

    Returns
    -------
    DataFrame
        ``session_id, user_id`` (str), ``at`` (datetime64[us, UTC]), ``remote_ip, city, state,
        region, country`` (str), then what `places.locate` adds: ``latitude, longitude`` (float64,
        degrees), ``place_precision`` (str), ``place_radius_km`` (float64), ``place`` (str), then
        unknown fields of locations. Users in order of first appearance, each one's locations
        oldest first.

    Raises
    ------
    MalformedResponse
        Where a response is not a page of sessions.

    Examples
    --------
    >>> seen = {"at": "2026-01-31T08:00:00.000Z", "city": "tacoma", "state": "washington"}
    >>> session = {"id": "s-1", "user": {"id": "u-1"}, "locations": [seen]}
    >>> locations_frame({"_embedded": {"sessions": [session]}})[["place", "latitude", "longitude"]]
                        place  latitude  longitude
    0  Tacoma, Washington, US     47.25    -122.44
    """
    gathering = gather(responses)
    _expect(gathering, "sessions")
    return session_frames(gathering)[1]


def users_frame(responses: Responses) -> pd.DataFrame:
    """Make a row of each user, in the order of the responses.

    Parameters
    ----------
    responses
        As for `gather`: one or many pages of users, raw or decoded.

    Returns
    -------
    DataFrame
        ``user_id, username, email, given_name, family_name, population_id, population_name``
        (str), ``enabled, mfa_enabled`` (boolean), ``lifecycle_status`` (str), ``created_at,
        updated_at, last_sign_on_at`` (datetime64[us, UTC]), ``last_sign_on_ip`` (str), then
        unknown fields. What ``expand=population`` embeds counts as fields of ``population``.

    Raises
    ------
    MalformedResponse
        Where a response is not a page of users.

    Examples
    --------
    >>> page = {"_embedded": {"users": [{"id": "u-1", "username": "ann", "enabled": True}]}}
    >>> users_frame(page)[["user_id", "username", "enabled"]]
      user_id username  enabled
    0     u-1      ann     True
    """
    gathering = gather(responses)
    _expect(gathering, "users")
    return user_frame(gathering)


def _expect(gathering: Gathering, kind: str) -> None:
    found = {"sessions": gathering.session_pages, "users": gathering.user_pages}
    other = "users" if kind == "sessions" else "sessions"
    if found[other] and not found[kind]:
        msg = f"These responses hold {other}, not {kind}: give them to ps.{other}_frame."
        raise MalformedResponse(msg)
