"""Addresses: the company's own networks, and everybody else's."""

from __future__ import annotations

import functools
from typing import NamedTuple

from pingsessions_nb.sandbox.geography import City, city
from pingsessions_nb.sandbox.hashing import number


class Network(NamedTuple):
    """A named network of the company, the one address that is seen from outside, and where."""

    name: str
    cidr: str
    address: str
    city: City


# Ranges that RFC 5737 sets aside for documentation, so that they are nobody's.
_OFFICES = (
    "seattle, united states; chicago, united states; new york, united states; toronto, canada; "
    "london, united kingdom; manchester, united kingdom; paris, france; dusseldorf, germany; "
    "munich, germany; zurich, switzerland; sao paulo, brazil; delhi, india; tokyo, japan; "
    "sydney, australia"
)
_GATEWAYS = "frankfurt am main, germany; denver, united states; singapore, singapore"


def _networks(kind: str, places: str, prefix: str, bits: int) -> tuple[Network, ...]:
    found = []
    for ordinal, (place, country) in enumerate(each.split(", ") for each in places.split("; ")):
        first = ordinal << 32 - bits
        range_, seen = f"{prefix}.{first}/{bits}", f"{prefix}.{first + 1}"
        found.append(Network(f"{kind} {place.title()}", range_, seen, city(place, country)))
    return tuple(found)


OFFICES = _networks("Office", _OFFICES, "203.0.113", 29)
VPNS = _networks("VPN", _GATEWAYS, "198.51.100", 28)
KNOWN_NETWORKS: dict[str, str | dict[str, str]] = {
    **{network.name: network.cidr for network in VPNS},
    **{
        network.name: {
            "range": network.cidr,
            "kind": "office",
            "city": network.city.name,
            "state": network.city.state or "",
            "country": network.city.country,
        }
        for network in OFFICES
    },
}

# First octets of ordinary access networks; attackers' addresses begin with another.
_ACCESS = (
    *(23, 24, 31, 37, 46, 47, 50, 62, 65, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76, 77, 78, 79, 80),
    *(81, 82, 83, 84, 85, 86, 87, 88, 89, 90, 91, 92, 93, 94, 95, 96, 97, 98, 99, 108, 109, 174),
    *(173, 176, 178, 184, 188, 189, 190, 201, 207, 208, 209, 213, 217),
)
_RENTED = 185


@functools.lru_cache(maxsize=16_384)
def access_address(*key: object) -> str:
    """Return an address of an ordinary access network that depends on a key."""
    bits = number("address", *key)
    return _dotted(_ACCESS[(bits >> 24) % len(_ACCESS)], bits)


def rented_address(*key: object) -> str:
    """Return an address of a rented server or a proxy that depends on a key."""
    return _dotted(_RENTED, number("address", *key))


def pool_address(*key: object) -> str:
    """Return one of the addresses of a network: the last part of the key says which."""
    *network, which = key
    return f"{access_address('pool', *network).rpartition('.')[0]}.{int(str(which)) % 254 + 1}"


def home_address_6(key: str, day: int) -> str:
    """Return an IPv6 address at a home: its network stays, the rest changes every day."""
    network, rest = number("network", key), number("interface", key, day)
    groups = [*_groups(network)[:3], *_groups(rest)]
    # A bit set in each group keeps clear of the shortened forms of IPv6.
    return "2a02:" + ":".join(f"{group | 0x1000:x}" for group in groups)


def _groups(bits: int) -> list[int]:
    return [bits >> shift & 0xFFFF for shift in (48, 32, 16, 0)]


def masked(address: str) -> str:
    """Write an address as PingOne's documentation does: only the first octet is left."""
    return f"{address.partition('.')[0]}.xx.xx.xxx"


def _dotted(first: int, bits: int) -> str:
    return f"{first}.{bits >> 16 & 0xFF}.{bits >> 8 & 0xFF}.{bits % 254 + 1}"
