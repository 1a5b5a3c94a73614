"""Users as the API describes them: some attributes are absent, as in any real directory."""

from __future__ import annotations

import random
import uuid
from typing import Any

from pingsessions_nb.sandbox import scim
from pingsessions_nb.sandbox.directory import DOMAIN, Directory
from pingsessions_nb.sandbox.geography import DAY
from pingsessions_nb.sandbox.identity import number
from pingsessions_nb.sandbox.names import POOLS
from pingsessions_nb.sandbox.scim import Card
from pingsessions_nb.sandbox.sessions import iso

_TITLES = (
    "Account Manager",
    "Analyst",
    "Buyer",
    "Controller",
    "Engineer",
    "HR Partner",
    "Merchandiser",
    "Store Manager",
    "Sales Associate",
    "Support Specialist",
)
_NAMESPACE = uuid.UUID("3d0d5d9e-5a35-4b52-8f2b-0d3a6f1c7e64")
_GROUP_IDS = {title: str(uuid.uuid5(_NAMESPACE, title)) for title in _TITLES}
GROUPS = tuple({"id": group_id, "name": title} for title, group_id in _GROUP_IDS.items())
"""A group for each title, of all who bear it."""


class Profiles:
    """Describes the users of a tenant.

    Parameters
    ----------
    directory : Directory
        Names and populations.
    environment_id : str
    seed : int
        Of the tenant.
    anchor : int
        The tenant's moment in ms; all users were created before.
    """

    def __init__(self, directory: Directory, environment_id: str, seed: int, anchor: int) -> None:
        self._directory = directory
        self._environment_id = environment_id
        self._seed = seed
        self._anchor = anchor

    def describe(
        self, index: int, zone: str, enabled: bool, last_sign_on: dict[str, Any] | None
    ) -> dict[str, Any]:
        """Return a user without links.

        Parameters
        ----------
        index : int
            The user's number.
        zone : str
            IANA time zone of the user's home.
        enabled : bool
            False for those who have left.
        last_sign_on : dict or None
            ``at`` and ``remoteIp``; None for a user who never signed on.
        """
        draw = random.Random(number("profile", self._seed, index))
        name = self._directory.name(index)
        created = self._anchor - draw.randrange(400 * DAY, 2_200 * DAY)
        updated = created + draw.randrange(200 * DAY)
        body: dict[str, Any] = {
            "id": self._directory.user_id(index),
            "environment": {"id": self._environment_id},
            "account": {"canAuthenticate": enabled, "status": "OK"},
            "createdAt": iso(created),
            "emailVerified": draw.random() < 0.7,
            "enabled": enabled,
            "identityProvider": {"type": "PING_ONE"},
            "lifecycle": {"status": "ACCOUNT_OK"},
            "mfaEnabled": draw.random() < 0.85,
            "name": {
                "formatted": f"{name.given} {name.family}",
                "given": name.given,
                "family": name.family,
            },
            "population": {"id": self._directory.population(index).id},
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
        if last_sign_on is not None:
            body["lastSignOn"] = last_sign_on
        return body


def card_of(user: dict[str, Any]) -> Card:
    """Return the attributes of a user by which the API filters."""
    title = user.get("title")
    return {
        "username": user["username"],
        "email": user.get("email"),
        "name.given": user["name"]["given"],
        "name.family": user["name"]["family"],
        "name.formatted": user["name"]["formatted"],
        "population.id": user["population"]["id"],
        "enabled": user["enabled"],
        "locale": user.get("locale"),
        "timezone": user.get("timezone"),
        "title": title,
        scim.GROUPS: frozenset() if title is None else frozenset({_GROUP_IDS[title]}),
    }
