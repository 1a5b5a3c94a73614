"""What the rest of the tenant says of a network: whose it may be, by who else comes from it.

A carrier's gateway, a privacy relay or an office has many users, and they come back. A thief's
server has a few, each once. PingOne does not say whose an address is, but a tenant's own traffic
does. It can be gathered in parts, each with all rows of some users.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pingsessions_nb.addresses import networks
from pingsessions_nb.coded.coded_history import CodedHistory, Events
from pingsessions_nb.coded.coding import MICROSECONDS_A_DAY, encode

STEADY_USERS = 3
"""So many users on several days make a network one of many. Who comes once proves nothing: a thief
who takes one account after another comes from one network, too."""
MANY_USERS, MANY_DAYS = 5, 4
"""Of a network in the user's own country, so many users on so many days are enough: a large carrier
has more networks than any of its users meets twice."""
BLOCK_USERS, BLOCK_SHARE = 10, 0.3
"""So many users of a block, some of them steady, make it a carrier's; abroad, where it may be what
somebody sells to thieves and others alike, such a share of them has to be."""

Days = dict[str, dict[str, set[int]]]
"""By network, its users, and for each of these the days since 1970."""
Wanted = tuple[set[str], set[str]]
"""Networks, and blocks."""


class Sharing(NamedTuple):
    """Who else comes from a network: users, those on several days, and days on which some did."""

    users: int
    steady: int
    days: int


@dataclass(frozen=True)
class Traffic:
    """Who comes from some networks, and from where altogether.

    Attributes
    ----------
    users : int
    in_country : mapping of str to int
        How many users were ever in each country.
    networks, blocks : dict
        See `Days`.
    """

    users: int
    in_country: Mapping[str, int]
    networks: Days
    blocks: Days

    @classmethod
    def of(cls, coded: CodedHistory, wanted: Wanted) -> Self:
        """Gather what a history says of the wanted networks and blocks."""
        events = coded.events
        named = zip((network_names(events), block_names(events)), wanted, strict=True)
        days = [_days(coded, names, some) for names, some in named]
        return cls(len(coded.users), _users_by_country(events), *days)

    @classmethod
    def joined(cls, parts: Iterable[Traffic]) -> Self:
        """Return the traffic of several parts of a history together."""
        users, countries = 0, Counter[str]()
        days: tuple[Days, Days] = {}, {}
        for part in parts:
            users += part.users
            countries.update(part.in_country)
            for whole, some in zip(days, (part.networks, part.blocks), strict=True):
                for name, of in some.items():
                    whole.setdefault(name, {}).update(of)
        return cls(users, countries, *days)

    def sharing(self, network: str | None, but: Set[str] = frozenset()) -> Sharing:
        """Return who comes from a network but some users."""
        return _sharing(self.networks.get(network or "", {}), but)

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
        wide = _sharing(self.blocks.get(block or "", {}), but)
        least = STEADY_USERS if at_home else max(STEADY_USERS, BLOCK_SHARE * wide.users)
        many = BLOCK_USERS if network else MANY_USERS  # of masked addresses few are alike
        return wide if wide.users >= many and wide.steady >= least else None


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


def _days(coded: CodedHistory, names: pa.Array, wanted: set[str]) -> Days:
    events = coded.events
    value_set = pa.array(sorted(wanted), pa.large_string())
    number = pc.fill_null(pc.index_in(names, value_set=value_set), -1)
    network = np.append(number.to_numpy(zero_copy_only=False), -1)[events.address]
    near = np.flatnonzero(network >= 0)
    frame = pd.DataFrame(
        {
            "network": network[near],
            "user": events.user[near],
            "day": events.at[near] // MICROSECONDS_A_DAY,
        }
    ).drop_duplicates()
    told: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    users = coded.users.take(pa.array(frame["user"].to_numpy())).to_pylist()
    spots = value_set.take(pa.array(frame["network"].to_numpy())).to_pylist()
    for name, user, day in zip(spots, users, frame["day"].tolist(), strict=True):
        told[name][user].add(day)
    return {name: dict(of) for name, of in told.items()}


def _users_by_country(events: Events) -> dict[str, int]:
    codes, names = encode(events.texts("country"))
    width = len(names) + 1
    pairs = np.unique(events.user.astype(np.int64) * width + codes + 1)
    counts: NDArray[np.int64] = np.bincount(pairs % width, minlength=width)[1:]
    return dict(zip(names.to_pylist(), counts.tolist(), strict=True))


def _sharing(days_of: Mapping[str, set[int]], but: Set[str]) -> Sharing:
    theirs = [days for user, days in days_of.items() if user not in but]
    steady = sum(len(days) > 1 for days in theirs)
    return Sharing(len(theirs), steady, len(set().union(*theirs)))
