"""Which users to read: ids, usernames, e-mails or a frame, as ids in the order asked for."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass, field

import pandas as pd

from pingsessions_nb.errors import ConfigurationError, NotFound
from pingsessions_nb.frames import users_frame
from pingsessions_nb.tenant import scim_filters
from pingsessions_nb.tenant.api import USERS_PER_PAGE, Api
from pingsessions_nb.tenant.api_pages import objects
from pingsessions_nb.tenant.checkpoint import Failure

_NAMES_PER_FILTER = 10  # each name is two comparisons; keeps the address well below 8 KB

Users = str | Iterable[str] | pd.DataFrame


@dataclass
class AskedUsers:
    """Users to read."""

    ids: list[str]  # each once, in the order asked for
    rows: pd.DataFrame | None = None  # what `users_frame` makes of them, where the caller had it
    raw: dict[str, bytes] = field(default_factory=dict)  # JSON by id, where it was read on the way
    failures: list[Failure] = field(default_factory=list)  # names that no user has

    @property
    def digest(self) -> str:
        """A short name for exactly these users in this order."""
        told = "\n".join(self.ids).encode()
        return f"{len(self.ids)} users, {hashlib.sha256(told).hexdigest()[:16]}"

    def frame(self, ids: Iterable[str]) -> pd.DataFrame:
        """Return the rows of some of the users, in order."""
        wanted = set(ids)
        if self.rows is not None:
            rows = self.rows[self.rows["user_id"].isin(wanted)]
            return rows.drop_duplicates("user_id", ignore_index=True)
        return users_frame(
            [page_of(self.raw[i] for i in self.ids if i in wanted and i in self.raw)]
        )


def page_of(users: Iterable[bytes]) -> bytes:
    """Write users' JSON as one page."""
    return b'{"_embedded":{"users":[' + b",".join(users) + b"]}}"


async def find(api: Api, users: Users) -> AskedUsers:
    """Look up the users who are not given by id.

    Raises
    ------
    NotFound
        `users` is one name, and no user has it. In a list, such a name is a row of failures.
    ConfigurationError
        `users` is something else.
    """
    if isinstance(users, pd.DataFrame):
        if "user_id" not in users.columns:
            raise ConfigurationError(
                "This frame has no column user_id. Pass what tenant.users() returns, or a list of "
                "ids, usernames or e-mails."
            )
        ids = [str(i) for i in users["user_id"].dropna().unique()]
        return AskedUsers(
            [i for i in ids if scim_filters.is_id(i)],
            rows=users if "username" in users.columns else None,
            failures=[_nobody(i, api.hide) for i in ids if not scim_filters.is_id(i)],
        )
    asked = _texts(users)
    found, raw = await _by_name(api, [text for text in asked if not scim_filters.is_id(text)])
    asked_users = AskedUsers([], raw=raw)
    seen: set[str] = set()
    for text in asked:
        matches = [text.lower()] if scim_filters.is_id(text) else found.get(text.casefold(), [])
        if not matches:
            asked_users.failures.append(_nobody(text, api.hide))
        new = [user_id for user_id in matches if user_id not in seen]
        seen.update(new)
        asked_users.ids.extend(new)
    if isinstance(users, str) and asked_users.failures:
        nobody = asked_users.failures[0]
        raise NotFound(nobody.error, status=nobody.status, code=nobody.code)
    return asked_users


def _texts(users: str | Iterable[str]) -> list[str]:
    listed: list[object] = [users]
    if isinstance(users, Iterable) and not isinstance(users, str):
        # A set has another order in each process, and a checkpoint would not be that of the next.
        listed = sorted(users, key=str) if isinstance(users, Set) else list(users)
    texts: list[str] = []
    for text in listed:
        if not isinstance(text, str) or not text.strip():
            raise ConfigurationError(
                f"{text!r} is not a user. Pass an id, username or e-mail, a list of them, a frame "
                "from tenant.users(), or None for everybody."
            )
        texts.append(text.strip())
    return list(dict.fromkeys(texts))


def _nobody(text: str, hide: Callable[[str], str]) -> Failure:
    error = (
        f"No user has the id, username or e-mail {hide(text)!r}. tenant.users(search=...) finds "
        "users by the beginning of a name; a worker application sees only the populations of its "
        "role."
    )
    return Failure(hide(text), error, 404, "NOT_FOUND")


async def _by_name(api: Api, names: Sequence[str]) -> tuple[dict[str, list[str]], dict[str, bytes]]:
    """Find ids by username or e-mail; several users may share an e-mail."""
    found: dict[str, list[str]] = {}
    raw: dict[str, bytes] = {}
    async with asyncio.TaskGroup() as group:
        asked = [
            group.create_task(_bearers(api, names[start : start + _NAMES_PER_FILTER]))
            for start in range(0, len(names), _NAMES_PER_FILTER)
        ]
    for item in itertools.chain.from_iterable(task.result() for task in asked):
        for person in objects([item]):
            if not isinstance(person.get("id"), str):
                continue
            raw[person["id"]] = item
            told = (person.get("username"), person.get("email"))
            for name in {name.casefold() for name in told if isinstance(name, str)}:
                found.setdefault(name, []).append(person["id"])
    return found, raw


async def _bearers(api: Api, names: Sequence[str]) -> list[bytes]:
    """Return the JSON of all users who have one of some names."""
    url = api.url(
        "users", filter=scim_filters.named(names), limit=USERS_PER_PAGE, expand="population"
    )
    return [
        item
        async for page in api.pages(url, "users", "Looking up users by name")
        for item in page.items
    ]
