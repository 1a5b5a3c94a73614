"""Networks of the company, of two kinds: what an address in them says of where its user is.

A **VPN** says nothing: whoever comes through its gateway is somewhere else. What happens there is
left out wherever places or addresses are compared. An **office** says exactly where: its users are
in that city, whatever the address is geolocated to.
"""

from __future__ import annotations

import functools
import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pingsessions_nb.addresses import canonical
from pingsessions_nb.errors import ConfigurationError

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Described = dict[str, str | dict[str, str]]
"""Networks as a file or a table keeps them: by name, a range or a range with its kind."""

OUTSIDE = -1
_WORDS = ("city", "state", "country")
_FIELDS = ("range", "kind", *_WORDS)


@dataclass(frozen=True)
class KnownNetwork:
    """One network."""

    name: str
    network: Network
    # Of an office, the columns that `places.locate` gives, and its words; None of a VPN.
    place: Mapping[str, Any] | None


class KnownNetworks:
    """Networks of the company: offices, VPN gateways.

    Parameters
    ----------
    described : mapping, optional
        By name, an address range, such as ``{"VPN Frankfurt": "198.51.100.0/28"}``, or a mapping
        with ``range``, ``kind`` (``vpn`` or ``office``) and, of an office, ``city``, ``state``,
        ``country`` in words. A bare range is a VPN's.

    Raises
    ------
    ConfigurationError
        Where a range is none, a kind is unknown, or an office is nowhere; the sentence names it.
    """

    def __init__(self, described: object = None) -> None:
        if not isinstance(described, Mapping | None):
            msg = (
                "known_networks maps a name to an address range, such as "
                f'{{"VPN Frankfurt": "198.51.100.0/28"}}, not {described!r}.'
            )
            raise ConfigurationError(msg)
        self.all = tuple(
            _known_network(str(name), each) for name, each in (described or {}).items()
        )
        beginnings = sorted({_beginning(each.network) for each in self.all})
        self._pattern = f"^(?i:{'|'.join(beginnings)})" if beginnings else None

    @property
    def named(self) -> dict[str, Network]:
        """The range of each network, by its name."""
        return {each.name: each.network for each in self.all}

    def which(self, texts: pa.Array) -> NDArray[np.int64]:
        """Return for each address the number of its network in ``all``; `OUTSIDE` in none."""
        numbers = np.full(len(texts), OUTSIDE)
        if self._pattern is None:
            return numbers
        texts = canonical(texts)
        # The text's beginning leaves few to be read as numbers.
        found = pc.match_substring_regex(texts, self._pattern)
        near = np.flatnonzero(pc.fill_null(found, False).to_numpy(zero_copy_only=False))
        for row, text in zip(near.tolist(), texts.take(pa.array(near)).to_pylist(), strict=True):
            numbers[row] = self._number_of(text)
        return numbers

    def _number_of(self, text: str) -> int:
        try:
            address = ipaddress.ip_address(text)
        except ValueError:
            return OUTSIDE
        inside = (number for number, each in enumerate(self.all) if address in each.network)
        return next(inside, OUTSIDE)


def described(networks: object) -> Described:
    """Check networks as somebody gave them, and return them in JSON's types.

    Raises
    ------
    ConfigurationError
        As `KnownNetworks`.
    """
    KnownNetworks(networks)
    given = networks if isinstance(networks, Mapping) else {}
    return {
        str(name): {key: str(word) for key, word in each.items() if word is not None}
        if isinstance(each, Mapping)
        else str(each)
        for name, each in given.items()
    }


def _known_network(name: str, told: object) -> KnownNetwork:
    if not isinstance(told, Mapping):
        return KnownNetwork(name, _range(name, told), None)
    kind = told.get("kind", "vpn")
    strange = [key for key in told if key not in _FIELDS]
    if strange or kind not in ("vpn", "office"):
        what = f"has {strange[0]!r}" if strange else f"is of kind {kind!r}"
        msg = (
            f"known_networks: {name!r} {what}. A network has a range, and a kind, which is "
            "'vpn', or 'office' with its city, state and country."
        )
        raise ConfigurationError(msg)
    network = _range(name, told.get("range"))
    return KnownNetwork(name, network, _place(name, told) if kind == "office" else None)


def _place(name: str, told: Mapping[str, object]) -> dict[str, Any]:
    words = [None if told.get(word) is None else str(told[word]) for word in _WORDS]
    located = _located(*words)
    if located is None:
        said = ", ".join(str(word) for word in words if word) or "no city and no country"
        msg = (
            f"known_networks: the office {name!r} is in {said}, which is nowhere that is known. "
            "Give its city, state and country as PingOne writes them."
        )
        raise ConfigurationError(msg)
    return dict(located)


@functools.lru_cache(maxsize=1_000)
def _located(*words: str | None) -> Mapping[str, Any] | None:
    """Return what the gazetteer knows of a city, state and country; None where it knows nothing."""
    from pingsessions_nb.places import locate

    row = locate(pd.DataFrame([words], columns=list(_WORDS), dtype=object)).iloc[0]
    if pd.isna(row["place"]):
        return None
    return {str(key): None if pd.isna(each) else each for key, each in row.items()}


def _range(name: str, told: object) -> Network:
    try:
        if not isinstance(told, str | Network):  # of other types it makes a range of its own
            raise ValueError
        return ipaddress.ip_network(told, strict=False)
    except ValueError:
        msg = (
            f"known_networks: {told!r}, named {name!r}, is not an address range; "
            "write it like 198.51.100.0/28 or 2001:db8::/32."
        )
        raise ConfigurationError(msg) from None


def _beginning(network: Network) -> str:
    """Return a pattern that the canonical text of every address in a network begins with."""
    if isinstance(network, ipaddress.IPv4Network):
        octets = str(network.network_address).split(".")[: min(3, network.prefixlen // 8)]
        return re.escape("".join(f"{octet}." for octet in octets)) or "[0-9]"
    if network.prefixlen < 16:
        return "[0-9a-f]*:"
    group = int(network.network_address) >> 112
    return f"{group:x}:" if group else "[0:]"
