"""Users as the API describes them: some attributes are absent, as in any real directory."""

from __future__ import annotations

import random
import uuid
from typing import Any

from pingsessions_nb.sandbox import scim
from pingsessions_nb.sandbox.directory import Directory
from pingsessions_nb.sandbox.geography import DAY
from pingsessions_nb.sandbox.hashing import number
from pingsessions_nb.sandbox.names import POOLS
from pingsessions_nb.sandbox.scim import Card
from pingsessions_nb.sandbox.sessions import ENVIRONMENT_ID, iso

DOMAIN = "bxretail.org"
_TITLES = (
    *("Account Manager", "Analyst", "Buyer", "Controller", "Engineer", "HR Partner"),
    *("Merchandiser", "Store Manager", "Sales Associate", "Support Specialist"),
)
_NAMESPACE = uuid.UUID("3d0d5d9e-5a35-4b52-8f2b-0d3a6f1c7e64")
_GROUP_IDS = {title: str(uuid.uuid5(_NAMESPACE, title)) for title in _TITLES}
GROUPS = tuple({"id": group_id, "name": title} for title, group_id in _GROUP_IDS.items())
"""A group for each title, of all who bear it."""


def profile(directory: Directory, index: int, zone: str, enabled: bool) -> dict[str, Any]:
    """Return a user without links and without the last sign-on.

    ``zone`` is the IANA time zone of the user's home; those who have left are not ``enabled``.
    """
    draw = random.Random(number("profile", directory.seed, index))
    name = directory.name(index)
    created = directory.anchor - draw.randrange(400 * DAY, 2_200 * DAY)
    updated = created + draw.randrange(200 * DAY)
    body: dict[str, Any] = {
        "id": directory.user_id(index),
        "environment": {"id": ENVIRONMENT_ID},
        "account": {"canAuthenticate": enabled, "status": "OK"},
        "createdAt": iso(created),
        "emailVerified": draw.random() < 0.7,
        "enabled": enabled,
        "identityProvider": {"type": "PING_ONE"},
        "lifecycle": {"status": "ACCOUNT_OK"},
        "mfaEnabled": draw.random() < 0.85,
        "name": {"formatted": name.formatted, "given": name.given, "family": name.family},
        "population": {"id": directory.population(index).id},
        "updatedAt": iso(updated),
        "username": name.username,
        "verifyStatus": "NOT_INITIATED",
    }
    if index == 0 or draw.random() > 0.02:
        body["email"] = f"{name.username}@{DOMAIN}"
    if draw.random() < 0.8:
        body["locale"] = POOLS[name.pool].locale
    if draw.random() < 0.9:
        body["timezone"] = zone
    if draw.random() < 0.6:
        body["title"] = draw.choice(_TITLES)
    return body


def card_of(user: dict[str, Any]) -> Card:
    """Return the attributes of a user by which the API filters."""
    title = user.get("title")
    return {
        **{name: user.get(name) for name in ("username", "email", "enabled", "locale", "timezone")},
        **{f"name.{part}": text for part, text in user["name"].items()},
        "population.id": user["population"]["id"],
        "title": title,
        scim.GROUPS: frozenset() if title is None else frozenset({_GROUP_IDS[title]}),
    }
