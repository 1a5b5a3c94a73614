"""What the rest of the tenant says of a network: whose it may be, by who else comes from it.

A carrier's gateway, a privacy relay or an office has many users, and they come back. A thief's
server has a few, each once. PingOne does not say whose an address is, but a tenant's own traffic
does. It can be gathered in parts, each with all rows of some users.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pingsessions_nb.addresses import networks
from pingsessions_nb.coded.coded_history import CodedHistory, Events
from pingsessions_nb.coded.coding import MICROSECONDS_A_DAY, Flags, Rows, encode, starts

STEADY_USERS = 3
"""So many users on several days make a network one of many. Who comes once proves nothing: a thief
who takes one account after another comes from one network, too."""
MANY_USERS, MANY_DAYS = 5, 4
"""Of a network in the user's own country, so many users on so many days are enough: a large carrier
has more networks than any of its users meets twice."""
BLOCK_USERS, BLOCK_SHARE = 10, 0.3
"""So many users of a block, some of them steady, make it a carrier's; abroad, where it may be what
somebody sells to thieves and others alike, such a share of them has to be."""


class Wanted(NamedTuple):
    """What is asked of the traffic: networks, their blocks, and users to be told apart."""

    networks: set[str]
    blocks: set[str]
    users: set[str]


class Sharing(NamedTuple):
    """Who else comes from a network: users, those on several days, and days on which some did."""

    users: int
    steady: int
    days: int


@dataclass(frozen=True)
class Visitors:
    """Who comes from each of some networks."""

    numbers: dict[str, int]  # of each network by its name
    users: Rows  # of each network
    steady: Rows  # those of them who came on several days
    # From begins[number], each day since 1970 on which somebody came, and how many did.
    begins: Rows
    days: Rows
    counts: Rows
    # Of users who are told apart, by network and user, on which days they came.
    known: dict[str, dict[str, set[int]]]

    @classmethod
    def of(cls, coded: CodedHistory, names: pa.Array, wanted: set[str], known: set[str]) -> Self:
        """Count the visitors of the wanted networks, of which each address has a name."""
        events = coded.events
        value_set = pa.array(sorted(wanted), pa.large_string())
        number = pc.fill_null(pc.index_in(names, value_set=value_set), -1)
        network = np.append(number.to_numpy(zero_copy_only=False), -1)[events.address]
        near = np.flatnonzero(network >= 0)
        day = events.at[near] // MICROSECONDS_A_DAY
        first_day = int(day.min(initial=0))
        visits = _distinct(network[near], events.user[near], day - first_day)
        network, user, day = visits[0], visits[1], visits[2] + first_day
        of_user = np.flatnonzero(starts(network, user))
        often = np.diff(np.append(of_user, len(network))) > 1
        width = len(value_set)
        by_day = _distinct(network, day - first_day)
        counts = np.unique(_packed(network, day - first_day)[0], return_counts=True)[1]
        theirs = pc.is_in(coded.users, value_set=pa.array(sorted(known), pa.large_string()))
        told = np.flatnonzero(theirs.to_numpy(zero_copy_only=False)[user])
        visitors: dict[str, dict[str, set[int]]] = {}
        networks_told = value_set.take(pa.array(network[told])).to_pylist()
        users_told = coded.users.take(pa.array(user[told])).to_pylist()
        for name, who, on in zip(networks_told, users_told, day[told].tolist(), strict=True):
            visitors.setdefault(name, {}).setdefault(who, set()).add(on)
        return cls(
            {name: nth for nth, name in enumerate(value_set.to_pylist())},
            np.bincount(network[of_user], minlength=width),
            np.bincount(network[of_user][often], minlength=width),
            np.searchsorted(by_day[0], np.arange(width + 1)),
            by_day[1] + first_day,
            counts,
            visitors,
        )

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        """Return the visitors of several parts of a history, each with all of some users."""
        names = sorted(set().union(*(part.numbers for part in parts)))
        numbers = {name: nth for nth, name in enumerate(names)}
        users, steady = (np.zeros(len(names), dtype=np.int64) for _ in range(2))
        network, day, count = [], [], []
        known: dict[str, dict[str, set[int]]] = {}
        for part in parts:
            place = np.array([numbers[name] for name in part.numbers], dtype=np.int64)
            users[place] += part.users
            steady[place] += part.steady
            network.append(np.repeat(place, np.diff(part.begins)))
            day.append(part.days)
            count.append(part.counts)
            for name, of in part.known.items():
                known.setdefault(name, {}).update(of)
        where, when = (np.concatenate([*of, np.zeros(0, dtype=np.int64)]) for of in (network, day))
        first_day = int(when.min(initial=0))
        by_day = _distinct(where, when - first_day)
        order = np.unique(_packed(where, when - first_day)[0], return_inverse=True)[1]
        counts = np.bincount(order, np.concatenate([*count, np.zeros(0)])).astype(np.int64)
        begins = np.searchsorted(by_day[0], np.arange(len(names) + 1))
        return cls(numbers, users, steady, begins, by_day[1] + first_day, counts, known)

    def sharing(self, name: str | None, but: Set[str]) -> Sharing:
        """Return who comes from a network, but for some of the known users."""
        number = self.numbers.get(name) if name is not None else None
        if number is None or name is None:
            return Sharing(0, 0, 0)
        begin, end = int(self.begins[number]), int(self.begins[number + 1])
        users, steady, days = int(self.users[number]), int(self.steady[number]), end - begin
        here = self.known.get(name, {})
        own = [here[user] for user in but if user in here]
        left_out = Counter(day for of in own for day in of)
        for day, gone in left_out.items():
            place = begin + int(np.searchsorted(self.days[begin:end], day))
            days -= int(self.counts[place]) == gone
        return Sharing(users - len(own), steady - sum(len(of) > 1 for of in own), days)

    def counted(self, names: Sequence[str | None]) -> tuple[Rows, Rows, Rows]:
        """Return users, steady ones and days of each of some networks."""
        place = np.array([-1 if n is None else self.numbers.get(n, -1) for n in names], np.int64)
        told = (self.users, self.steady, np.diff(self.begins))
        users, steady, days = (np.append(of, 0)[place] for of in told)
        return users, steady, days


@dataclass(frozen=True)
class Traffic:
    """Who comes from some networks, and from where altogether."""

    users: int
    in_country: Mapping[str, int]  # how many users were ever in each country
    networks: Visitors
    blocks: Visitors

    @classmethod
    def of(cls, coded: CodedHistory, wanted: Wanted) -> Self:
        """Gather what a history says of the wanted networks and blocks."""
        events = coded.events
        near = Visitors.of(coded, network_names(events), wanted.networks, wanted.users)
        wide = Visitors.of(coded, block_names(events), wanted.blocks, wanted.users)
        return cls(len(coded.users), _users_by_country(events), near, wide)

    @classmethod
    def joined(cls, parts: Iterable[Traffic]) -> Self:
        """Return the traffic of several parts of a history together."""
        users, countries = 0, Counter[str]()
        near, wide = [], []
        for part in parts:
            users += part.users
            countries.update(part.in_country)
            near.append(part.networks)
            wide.append(part.blocks)
        return cls(users, countries, Visitors.joined(near), Visitors.joined(wide))

    def sharing(self, network: str | None, but: Set[str] = frozenset()) -> Sharing:
        """Return who comes from a network but some users."""
        return self.networks.sharing(network, but)

    def common(
        self, network: str | None, block: str | None, but: Set[str], *, at_home: bool
    ) -> Sharing | None:
        """Return who else comes from a network, or from its block; None if it is not common.

        In the user's own country, a carrier is known by the block, of which its networks are part.
        """
        near = self.sharing(network, but)
        if near.steady >= STEADY_USERS:
            return near
        if at_home and near.users >= MANY_USERS and near.days >= MANY_DAYS:
            return near
        wide = self.blocks.sharing(block, but)
        least = STEADY_USERS if at_home else max(STEADY_USERS, BLOCK_SHARE * wide.users)
        many = BLOCK_USERS if network else MANY_USERS  # of masked addresses few are alike
        return wide if wide.users >= many and wide.steady >= least else None

    def are_common(self, networks: Sequence[str | None], blocks: Sequence[str | None]) -> Flags:
        """Tell of each network and block at home whether it is `common`."""
        users, steady, days = self.networks.counted(networks)
        near = (steady >= STEADY_USERS) | ((users >= MANY_USERS) & (days >= MANY_DAYS))
        masked = np.array([name is None for name in networks], dtype=bool)
        many, often, _ = self.blocks.counted(blocks)
        wide = (many >= np.where(masked, MANY_USERS, BLOCK_USERS)) & (often >= STEADY_USERS)
        return near | wide


def network_names(events: Events) -> pa.Array:
    """Return the network of each address, missing where the address is not whole."""
    names = networks(events.addresses)
    return pc.if_else(pa.array(events.are_whole), names, pa.scalar(None, pa.large_string()))


def block_names(events: Events) -> pa.Array:
    """Return the block of each address: the /16 (IPv4) or /32 (IPv6) of its network.

    Of a masked address it is what is left of it.
    """
    near = pc.ascii_rtrim(networks(events.addresses), ".")
    wide = pc.ascii_rtrim(near, "0123456789abcdef")  # 203.0. of 203.0.113.
    return pc.if_else(pa.array(events.are_whole), wide, events.addresses)


def _packed(*columns: NDArray[np.integer]) -> tuple[Rows, list[int]]:
    """Return one number for each row of small ones, in their order, and the columns' widths."""
    widths = [int(column.max(initial=0)) + 1 for column in columns]
    packed = columns[0].astype(np.int64)
    for column, width in zip(columns[1:], widths[1:], strict=True):
        packed = packed * width + column
    return packed, widths


def _distinct(*columns: NDArray[np.integer]) -> list[Rows]:
    """Return the distinct rows of some columns of small numbers, sorted."""
    packed, widths = _packed(*columns)
    packed = np.unique(packed)
    found: list[Rows] = []
    for width in widths[:0:-1]:
        packed, rest = np.divmod(packed, width)
        found.insert(0, rest)
    return [packed, *found]


def _users_by_country(events: Events) -> dict[str, int]:
    codes, names = encode(events.texts("country"))
    width = len(names) + 1
    pairs = np.unique(events.user.astype(np.int64) * width + codes + 1)
    counts: NDArray[np.int64] = np.bincount(pairs % width, minlength=width)[1:]
    return dict(zip(names.to_pylist(), counts.tolist(), strict=True))
