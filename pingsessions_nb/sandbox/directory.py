"""Who is in the tenant: ids, names and populations, and finding users without reading them all.

Ids and usernames can be read backwards, from either to the user's number, at once: so a tenant of a
million users needs no table of them. A user's number is the place in the list, from 0.
"""

from __future__ import annotations

import functools
import hashlib
import re
import uuid
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from pingsessions_nb.sandbox.hashing import Shuffle, as_version_4, digest
from pingsessions_nb.sandbox.names import COMBINATIONS, Name, combination, combinations_by_slug
from pingsessions_nb.sandbox.scim import Card, Comparison, Node, compare

DOCUMENTED_USER = "710d6278-ccce-4a91-bdb9-ac7a4a0e60d5"
_JUNE = Name("June", "Larkin", "june.larkin", 0)
_SPREAD = 7_919
_UNSPREAD = pow(_SPREAD, -1, COMBINATIONS)
_USERNAME = re.compile(r"([a-z-]+\.[a-z-]+?)([1-9][0-9]*)?")


class Population(NamedTuple):
    """A group of users, and which of every twenty users belong to it."""

    id: str
    name: str
    description: str
    of_twenty: range


POPULATIONS = (
    Population("5c1b2f0e-6f0a-4d0c-9a55-6f1f8a3e7b10", "Employees", "Staff", range(12)),
    Population(
        "a9d3c4e2-3b71-4b7e-8f42-1d9c0e5a6b21", "Contractors", "External staff", range(12, 15)
    ),
    Population("e4f7a610-92c8-4c3d-b6a7-7b2e4d8f9c32", "Stores", "Shop-floor staff", range(15, 18)),
    Population("1f8e5d3b-47a9-4e6f-a1c0-3c6d9b7e2f43", "Partners", "Suppliers", range(18, 20)),
)


class Directory:
    """The users of a tenant by number: ids, names, populations, and search.

    Number 0 is the user of PingOne's documentation. All of them were created before the ``anchor``,
    the tenant's moment in ms.
    """

    def __init__(self, seed: int, users: int, anchor: int) -> None:
        self.seed = seed
        self.users = users
        self.anchor = anchor
        self._key = digest("identities", seed, size=32)
        self._shuffle = Shuffle(max(users - 1, 1), "names", seed)
        self._candidates = functools.lru_cache(maxsize=64)(self._find_candidates)

    def user_id(self, index: int) -> str:
        """Return the UUID of a user: a tag that looks random, then the number under its mask."""
        if index == 0:
            return DOCUMENTED_USER
        tag = hashlib.blake2b(b"%d" % index, digest_size=11, key=self._key).digest()
        raw = as_version_4(tag)
        return str(uuid.UUID(bytes=raw + self._mask(raw, index.to_bytes(5, "big"))))

    def index_of(self, user_id: str) -> int | None:
        """Return the number of a user, or None where no user has that id."""
        if user_id.lower() == DOCUMENTED_USER:
            return 0
        try:
            raw = uuid.UUID(user_id).bytes
        except ValueError:
            return None
        index = int.from_bytes(self._mask(raw[:11], raw[11:]), "big")
        known = 0 < index < self.users and self.user_id(index) == user_id.lower()
        return index if known else None

    def name(self, index: int) -> Name:
        """Return given and family name, and the username, of a user."""
        if index == 0:
            return _JUNE
        series, rest = divmod(self._shuffle.place(index - 1), COMBINATIONS)
        name = combination(rest * _SPREAD % COMBINATIONS)
        return replace(name, username=f"{name.username}{series + 1}") if series else name

    def population(self, index: int) -> Population:
        """Return the population of a user."""
        place = 0 if index == 0 else self._shuffle.place(index - 1) % 20
        return next(each for each in POPULATIONS if place in each.of_twenty)

    def store(self, index: int) -> str | None:
        """Return the key of the shop of shop-floor staff; three of them share one."""
        if self.population(index).name != "Stores":
            return None
        return f"{self.seed} {self._shuffle.place(index - 1) // 20}"

    def populations(self) -> list[dict[str, Any]]:
        """Return the populations as the API describes them, with how many users each has."""
        others = self.users - 1
        return [
            {
                "id": each.id,
                "name": each.name,
                "description": each.description,
                "userCount": sum((others - residue + 19) // 20 for residue in each.of_twenty)
                + (each is POPULATIONS[0]),
                "default": each is POPULATIONS[0],
            }
            for each in POPULATIONS
        ]

    def find(
        self,
        node: Node | None,
        card: Callable[[int], Card],
        allowed: frozenset[str] | None,
        after: int,
        limit: int,
    ) -> tuple[list[int], bool]:
        """Return up to ``limit`` numbers above ``after`` that match, and whether more follow.

        The filter None matches everybody; ``card`` gives the filterable attributes of a user;
        ``allowed`` are ids of the populations that may be seen, None for all.
        """
        candidates = None if node is None else self._candidates(node)
        above: Iterable[int] = range(after + 1, self.users)
        if candidates is not None:
            above = candidates[bisect_right(candidates, after) :]
        found: list[int] = []
        for index in above:
            if allowed is not None and self.population(index).id not in allowed:
                continue
            if node is not None and not node.matches(card(index)):
                continue
            if len(found) == limit:
                return found, True
            found.append(index)
        return found, False

    def _find_candidates(self, node: Node) -> Sequence[int] | None:
        """Return, in order, a superset of the users who match; None where it would be all."""
        if isinstance(node, Comparison):
            indexes = self._by_name(node)
            return None if indexes is None else sorted({0, *indexes})
        parts = [self._candidates(part) for part in node.parts]
        known = [part for part in parts if part is not None]
        if node.word == "and":
            return min(known, key=len, default=None)
        return None if len(known) < len(parts) else sorted(set().union(*known))

    def _by_name(self, node: Comparison) -> Iterable[int] | None:
        wanted = str(node.value).casefold()
        if node.attribute in {"username", "email"} and node.operator in {"eq", "sw"}:
            slug = wanted.partition("@")[0]
            if node.operator == "eq":
                return self._with_username(slug)
            return self._with_names(
                lambda name: name.username.startswith(slug) or slug.startswith(name.username)
            )
        whole, _, part = node.attribute.partition(".")
        if whole != "name":
            return None
        return self._with_names(
            lambda name: compare(node.operator, getattr(name, part).casefold(), wanted)
        )

    def _with_names(self, test: Callable[[Name], bool]) -> Iterable[int]:
        for combined in range(COMBINATIONS):
            if test(combination(combined)):
                for series in range((self.users - 2) // COMBINATIONS + 1):
                    yield from self._bearer(combined, series)

    def _with_username(self, username: str) -> list[int]:
        found = _USERNAME.fullmatch(username)
        combined = None if found is None else combinations_by_slug().get(found[1])
        if found is None or combined is None:
            return []
        series = int(found[2]) - 1 if found[2] else 0
        # "ada.lovelace1" reads back as "ada.lovelace", but is nobody's name.
        return [i for i in self._bearer(combined, series) if self.name(i).username == username]

    def _bearer(self, combined: int, series: int) -> list[int]:
        """Return who bears a combination of names for the first time, or the second; if anybody."""
        place = series * COMBINATIONS + combined * _UNSPREAD % COMBINATIONS
        return [self._shuffle.item(place) + 1] if place < self.users - 1 else []

    def _mask(self, tag: bytes, text: bytes) -> bytes:
        mask = hashlib.blake2b(tag, digest_size=5, key=self._key).digest()
        return bytes(a ^ b for a, b in zip(text, mask, strict=True))
