"""Who is in the tenant: populations, and finding users by a filter without reading them all."""

from __future__ import annotations

import functools
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pingsessions_nb.sandbox.identity import Identities
from pingsessions_nb.sandbox.names import COMBINATIONS, Name, combination
from pingsessions_nb.sandbox.scim import Card, Comparison, Node, compare

DOCUMENTED_USER = "710d6278-ccce-4a91-bdb9-ac7a4a0e60d5"
DOMAIN = "bxretail.org"
_JUNE = Name("June", "Larkin", "june.larkin", 0)


@dataclass(frozen=True, slots=True)
class Population:
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
    """The users of a tenant by number: names, populations, and search.

    Parameters
    ----------
    seed : int
        Of the tenant.
    users : int
        How many users it has; number 0 is the user of PingOne's documentation.
    """

    def __init__(self, seed: int, users: int) -> None:
        self.users = users
        self._seed = seed
        self._identities = Identities(seed, users)
        self._candidates = functools.lru_cache(maxsize=64)(self._find_candidates)

    def user_id(self, index: int) -> str:
        """Return the id of a user."""
        return DOCUMENTED_USER if index == 0 else self._identities.user_id(index)

    def index_of(self, user_id: str) -> int | None:
        """Return the number of a user, or None where no user has that id."""
        if user_id.lower() == DOCUMENTED_USER:
            return 0
        return self._identities.index_of(user_id)

    def name(self, index: int) -> Name:
        """Return the name of a user."""
        return _JUNE if index == 0 else self._identities.name(index)

    def population(self, index: int) -> Population:
        """Return the population of a user."""
        place = 0 if index == 0 else self._identities.shuffle.place(index - 1) % 20
        return next(each for each in POPULATIONS if place in each.of_twenty)

    def store(self, index: int) -> str | None:
        """Return the key of the shop of shop-floor staff; three of them share one."""
        if self.population(index).name != "Stores":
            return None
        return f"{self._seed} {self._identities.shuffle.place(index - 1) // 20}"

    def populations(self) -> list[dict[str, Any]]:
        """Return the populations as the API describes them, with how many users each has."""
        others = self.users - 1
        described = []
        for each in POPULATIONS:
            count = sum((others - residue + 19) // 20 for residue in each.of_twenty)
            described.append(
                {
                    "id": each.id,
                    "name": each.name,
                    "description": each.description,
                    "userCount": count + (each is POPULATIONS[0]),
                    "default": each is POPULATIONS[0],
                }
            )
        return described

    def find(
        self,
        node: Node | None,
        card: Callable[[int], Card],
        allowed: frozenset[str] | None,
        after: int,
        limit: int,
    ) -> tuple[list[int], bool]:
        """Return up to ``limit`` numbers above ``after`` that match, and whether more follow.

        Parameters
        ----------
        node : Node or None
            The filter; None matches everybody.
        card : callable
            Gives the filterable attributes of a user.
        allowed : frozenset of str or None
            Ids of the populations that may be seen; None for all.
        """
        found: list[int] = []
        for index in self._above(node, after):
            if allowed is not None and self.population(index).id not in allowed:
                continue
            if node is not None and not node.matches(card(index)):
                continue
            if len(found) == limit:
                return found, True
            found.append(index)
        return found, False

    def _above(self, node: Node | None, after: int) -> Iterable[int]:
        candidates = None if node is None else self._candidates(node)
        if candidates is None:
            return range(after + 1, self.users)
        return candidates[bisect_right(candidates, after) :]

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
                index = self._identities.with_username(slug)
                return [] if index is None else [index]
            return self._with_names(
                lambda name: name.username.startswith(slug) or slug.startswith(name.username)
            )
        if node.attribute == "name.given":
            return self._with_names(lambda n: compare(node.operator, n.given.casefold(), wanted))
        if node.attribute == "name.family":
            return self._with_names(lambda n: compare(node.operator, n.family.casefold(), wanted))
        if node.attribute == "name.formatted":
            return self._with_names(
                lambda n: compare(node.operator, f"{n.given} {n.family}".casefold(), wanted)
            )
        return None

    def _with_names(self, test: Callable[[Name], bool]) -> Iterable[int]:
        for number in range(COMBINATIONS):
            if test(combination(number)):
                yield from self._identities.with_combination(number)
