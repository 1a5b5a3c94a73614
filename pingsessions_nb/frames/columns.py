"""Every column that we know of, declared once, in its order: where the API has it, and its kind.

The structs that pages are decoded into, the shape that other records are cut down to, the frames'
columns and the archive's tables all follow from these tables.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

TEXT: Final = "text"
TIME: Final = "time"
FLAG: Final = "flag"
NUMBER: Final = "number"  # a whole one, or text that holds one
COUNT: Final = "count"  # a whole number of our own: never missing
DEGREES: Final = "degrees"  # or kilometres
JSON: Final = "json"  # kept as it came, in a further column
SKIP: Final = "skip"  # an address of further calls, not a fact


class Field(NamedTuple):
    """A field of a record, or a column that follows from others."""

    column: str | None  # in the frame; None where it has none of its own
    path: str | None  # where a record has it, dotted; None where the column follows from others
    kind: str = TEXT


SESSION_FIELDS: Final = (
    Field("session_id", "id"),
    Field("user_id", "user.id"),
    Field("environment_id", "environment.id"),
    Field("created_at", "createdAt", TIME),
    Field("active_at", "activeAt", TIME),
    Field("last_sign_on_at", "lastSignOn.at", TIME),
    Field("last_sign_on_ip", "lastSignOn.remoteIp"),
    Field("browser_name", "browser.name"),
    Field("browser_version", "browser.version"),
    Field("os_name", "operatingSystem.name"),
    Field("os_version", "operatingSystem.version"),
    Field("device_type", "device.type"),
    Field("location_count", None, COUNT),
    Field("expires_at", "expiresAt", TIME),
    Field("idle_timeout_minutes", "idleTimeoutInMinutes", NUMBER),
    Field("user_agent", "userAgent"),
    Field("status", None),
    Field("authenticators", None),
    Field(None, "lastSignOn.authenticators", JSON),
    Field(None, "lastSignOn.withAuthenticator", JSON),
    Field(None, "_links", SKIP),
)
LOCATION_FIELDS: Final = (
    Field("at", "at", TIME),
    Field("remote_ip", "remoteIp"),
    Field("city", "city"),
    Field("state", "state"),
    Field("region", "region"),
    Field("country", "country"),
)
USER_FIELDS: Final = (
    Field("user_id", "id"),
    Field("username", "username"),
    Field("email", "email"),
    Field("given_name", "name.given"),
    Field("family_name", "name.family"),
    Field("population_id", "population.id"),
    Field("population_name", "population.name"),
    Field("enabled", "enabled", FLAG),
    Field("mfa_enabled", "mfaEnabled", FLAG),
    Field("lifecycle_status", "lifecycle.status"),
    Field("created_at", "createdAt", TIME),
    Field("updated_at", "updatedAt", TIME),
    Field("last_sign_on_at", "lastSignOn.at", TIME),
    Field("last_sign_on_ip", "lastSignOn.remoteIp"),
    Field(None, "_links", SKIP),
    Field(None, "population._links", SKIP),
)


def _kinds(fields: Iterable[Field]) -> dict[str, str]:
    """Return the kind of each column, in the order of the frame."""
    return {field.column: field.kind for field in fields if field.column is not None}


PLACE_COLUMNS: Final = {
    "latitude": DEGREES,
    "longitude": DEGREES,
    "place_precision": TEXT,
    "place_radius_km": DEGREES,
    "place": TEXT,
}
SIGNED_ON_WITH: Final = tuple(
    field.path for field in SESSION_FIELDS if field.kind == JSON and field.path is not None
)
"""The further columns that ``authenticators`` tells in brief."""
SESSION_COLUMNS: Final = _kinds(SESSION_FIELDS)
USER_COLUMNS: Final = _kinds(USER_FIELDS)
LOCATION_COLUMNS: Final = {
    "session_id": TEXT,
    "user_id": TEXT,
    **_kinds(LOCATION_FIELDS),
    **PLACE_COLUMNS,
}
