"""The documented shape of a session and of a user, said once for each way of reading it.

The strict structs are for decoding pages of exactly that shape. What has further fields is
decoded into dicts, converted to the other structs, and its further fields put aside; what does
not fit these either is cut down by `pruning`, value by value, from the `SHAPE` tables.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec


class Ref(msgspec.Struct, gc=False):
    """``environment`` and ``user``: an id."""

    id: str | None = None


class Software(msgspec.Struct, gc=False):
    """``browser`` and ``operatingSystem``."""

    name: str | None = None
    version: str | None = None


class Device(msgspec.Struct, gc=False):
    """``device``."""

    type: str | None = None


class SignOn(msgspec.Struct, gc=False):
    """``lastSignOn``."""

    remoteIp: str | None = None  # noqa: N815 - the API's name
    at: str | None = None


class Location(msgspec.Struct, gc=False):
    """One of ``locations``."""

    at: str | None = None
    remoteIp: str | None = None  # noqa: N815 - the API's name
    city: str | None = None
    state: str | None = None
    country: str | None = None


class Session(msgspec.Struct, gc=False, rename="camel"):
    """A session's documented fields; text is not yet judged (times, blanks)."""

    id: str | None = None
    environment: Ref | None = None
    user: Ref | None = None
    created_at: str | None = None
    active_at: str | None = None
    locations: list[Location] | None = None
    last_sign_on: SignOn | None = None
    browser: Software | None = None
    operating_system: Software | None = None
    device: Device | None = None


class StrictRef(Ref, gc=False, forbid_unknown_fields=True):
    """A `Ref` and nothing more."""


class StrictSoftware(Software, gc=False, forbid_unknown_fields=True):
    """A `Software` and nothing more."""


class StrictDevice(Device, gc=False, forbid_unknown_fields=True):
    """A `Device` and nothing more."""


class StrictSignOn(SignOn, gc=False, forbid_unknown_fields=True):
    """A `SignOn` and nothing more."""


class StrictLocation(Location, gc=False, forbid_unknown_fields=True):
    """A `Location` and nothing more."""


class StrictSession(Session, gc=False, forbid_unknown_fields=True, rename="camel"):
    """A `Session` with no field that is not documented, in the order of the documentation."""

    # Addresses of further calls, not facts: skipped unread, which is half of a page's bytes.
    links: msgspec.Raw = msgspec.field(name="_links", default=msgspec.Raw(b"null"))
    id: str | None = None
    environment: StrictRef | None = None
    user: StrictRef | None = None
    created_at: str | None = None
    active_at: str | None = None
    locations: list[StrictLocation] | None = None  # type: ignore[assignment] # only ever read
    last_sign_on: StrictSignOn | None = None
    browser: StrictSoftware | None = None
    operating_system: StrictSoftware | None = None
    device: StrictDevice | None = None


class Embedded(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    """``_embedded`` of a page of sessions."""

    sessions: list[StrictSession]


class Page(msgspec.Struct, gc=False):
    """A page of sessions."""

    embedded: Embedded = msgspec.field(name="_embedded")


class UnreadEmbedded(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    """``_embedded`` of a page too large to hold decoded as a whole."""

    sessions: list[msgspec.Raw]


class UnreadPage(msgspec.Struct, gc=False):
    """A page of sessions cut into its sessions, which are not decoded yet."""

    embedded: UnreadEmbedded = msgspec.field(name="_embedded")


TEXT: Final = "text"
TIME: Final = "time"
FLAG: Final = "flag"
SKIP: Final = "skip"

# field -> kind, an object's own table, or [the table of a list's elements]
SESSION_SHAPE: Final[dict[str, Any]] = {
    "_links": SKIP,
    "id": TEXT,
    "environment": {"id": TEXT},
    "user": {"id": TEXT},
    "createdAt": TIME,
    "activeAt": TIME,
    "lastSignOn": {"at": TIME, "remoteIp": TEXT},
    "browser": {"name": TEXT, "version": TEXT},
    "operatingSystem": {"name": TEXT, "version": TEXT},
    "device": {"type": TEXT},
    "locations": [{"at": TIME, "remoteIp": TEXT, "city": TEXT, "state": TEXT, "country": TEXT}],
}
USER_SHAPE: Final[dict[str, Any]] = {
    "_links": SKIP,
    "id": TEXT,
    "username": TEXT,
    "email": TEXT,
    "name": {"given": TEXT, "family": TEXT},
    "population": {"_links": SKIP, "id": TEXT, "name": TEXT},
    "enabled": FLAG,
    "mfaEnabled": FLAG,
    "lifecycle": {"status": TEXT},
    "createdAt": TIME,
    "updatedAt": TIME,
    "lastSignOn": {"at": TIME, "remoteIp": TEXT},
}

# column -> kind, in the order of the frames
SESSION_COLUMNS: Final = {
    "session_id": TEXT,
    "user_id": TEXT,
    "environment_id": TEXT,
    "created_at": TIME,
    "active_at": TIME,
    "last_sign_on_at": TIME,
    "last_sign_on_ip": TEXT,
    "browser_name": TEXT,
    "browser_version": TEXT,
    "os_name": TEXT,
    "os_version": TEXT,
    "device_type": TEXT,
}
LOCATION_COLUMNS: Final = {
    "at": TIME,
    "remote_ip": TEXT,
    "city": TEXT,
    "state": TEXT,
    "country": TEXT,
}
PLACE_COLUMNS: Final = ("latitude", "longitude", "place_precision", "place_radius_km", "place")
# column -> where a user's record has it
USER_COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "user_id": ("id",),
    "username": ("username",),
    "email": ("email",),
    "given_name": ("name", "given"),
    "family_name": ("name", "family"),
    "population_id": ("population", "id"),
    "population_name": ("population", "name"),
    "enabled": ("enabled",),
    "mfa_enabled": ("mfaEnabled",),
    "lifecycle_status": ("lifecycle", "status"),
    "created_at": ("createdAt",),
    "updated_at": ("updatedAt",),
    "last_sign_on_at": ("lastSignOn", "at"),
    "last_sign_on_ip": ("lastSignOn", "remoteIp"),
}
