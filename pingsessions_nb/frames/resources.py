"""Which resource of PingOne's a record is: a session, a user, or another one.

Many resources of a user have an ``id``, a ``user`` and an ``environment``. So a record is taken
for a session, or for a user, where it has a field that no other resource has, or where it has
fields of sessions, or of users, alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pingsessions_nb.frames.shapes import LIST_OF_LOCATIONS, SESSION_SHAPE, USER_SHAPE

SESSION: Final = "session"
USER: Final = "user"

_ONLY_SESSIONS: Final = frozenset(
    {"activeAt", LIST_OF_LOCATIONS, "browser", "operatingSystem", "idleTimeoutInMinutes"}
)
_ONLY_USERS: Final = frozenset({"username", "lifecycle", "mfaEnabled", "account"})
_ALSO_SESSIONS: Final = frozenset(SESSION_SHAPE) | {"_embedded"}
_ALSO_USERS: Final = frozenset(USER_SHAPE) | {"_embedded", "environment"}
# Others that saved answers hold, by fields that they have all of.
_OTHERS: Final = (
    ({"recordedAt"}, "an audit activity"),
    ({"agreement"}, "a consent to an agreement"),
    ({"role", "scope"}, "an assignment of a role"),
    ({"identityProvider", "externalId"}, "a linked account"),
    ({"type", "status", "user"}, "an MFA device"),
    ({"population", "name"}, "a group"),
    ({"userCount"}, "a population"),
)


def resource_of(record: Mapping[str, Any]) -> str | None:
    """Tell whether a record is a `SESSION` or a `USER`; None where it is neither."""
    names = record.keys()
    if "id" not in names:
        return None
    if not _ONLY_SESSIONS.isdisjoint(names):
        return SESSION
    if "user" in names:
        return SESSION if names <= _ALSO_SESSIONS else None
    if not _ONLY_USERS.isdisjoint(names):
        return USER
    known = names <= _ALSO_USERS and not isinstance(record.get("name"), str)
    return USER if known and not names.isdisjoint({"email", "population"}) else None


def other_resource(record: Mapping[str, Any]) -> str | None:
    """Name a resource that is neither a session nor a user; None where nothing tells."""
    if "id" not in record:
        return None
    for names, name in _OTHERS:
        if names <= record.keys():
            return name
    return None
