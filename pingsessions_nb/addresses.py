"""Remote addresses: which are whole, which network they lie in, which are the company's own.

PingOne may mask addresses (``174.xx.xx.xxx``). A masked address stands for millions of others, so
that two which read alike say nothing: only whole addresses are ever compared.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pingsessions_nb.errors import ConfigurationError

Flags = NDArray[np.bool_]
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_VERSION_4 = rf"^{_OCTET}(?:\.{_OCTET}){{3}}$"
_SITE_BYTES = 6  # of an IPv6 address: 48 bits, what a site is usually given (RFC 6177)


def whole(texts: pa.Array) -> Flags:
    """Tell which texts are a complete IPv4 or IPv6 address."""
    if not len(texts):
        return np.zeros(0, dtype=bool)
    found = _flags(pc.match_substring_regex(texts, _VERSION_4))
    for row, packed in _version_6(texts):
        found[row] = packed is not None
    return found


def networks(texts: pa.Array) -> pa.Array:
    """Name the network of each whole address: its /24 (IPv4) or /48 (IPv6).

    PingOne does not say whose network an address is in. A /24 is the smallest that is routed on
    the Internet, and mostly one provider's in one region.
    """
    sites = _version_6(texts)
    named = pc.ascii_rtrim(texts, "0123456789")  # without the last number: 203.0.113.
    if not sites:
        return named
    names = named.to_pylist()
    for row, packed in sites:
        names[row] = packed and packed[:_SITE_BYTES].hex(":", 2)
    return pa.array(names, texts.type)


class KnownNetworks:
    """Networks of the company: offices, VPN gateways.

    Parameters
    ----------
    cidrs : mapping of str to str, optional
        Name and address range, such as ``{"VPN Frankfurt": "198.51.100.0/28"}``.

    Raises
    ------
    ConfigurationError
        Where a range is none; the sentence names it.
    """

    def __init__(self, cidrs: object = None) -> None:
        if not isinstance(cidrs, Mapping | None):
            msg = (
                "known_networks maps a name to an address range, such as "
                f'{{"VPN Frankfurt": "198.51.100.0/28"}}, not {cidrs!r}.'
            )
            raise ConfigurationError(msg)
        self.named = {str(name): _network(name, cidr) for name, cidr in (cidrs or {}).items()}
        beginnings = sorted({_beginning(network) for network in self.named.values()})
        self._pattern = f"^(?i:{'|'.join(beginnings)})" if beginnings else None

    def hold(self, texts: pa.Array) -> Flags:
        """Tell which addresses lie in one of the networks."""
        held = np.zeros(len(texts), dtype=bool)
        if self._pattern is None:
            return held
        # The text's beginning leaves few to be read as numbers.
        near = np.flatnonzero(_flags(pc.match_substring_regex(texts, self._pattern)))
        for row, text in zip(near.tolist(), texts.take(pa.array(near)).to_pylist(), strict=True):
            held[row] = self.name_of(text) is not None
        return held

    def name_of(self, text: str) -> str | None:
        """Return the name of the network that an address lies in, None if in none."""
        try:
            address = ipaddress.ip_address(text)
        except ValueError:
            return None
        return next((name for name, network in self.named.items() if address in network), None)


def _network(name: object, cidr: object) -> Network:
    try:
        if not isinstance(cidr, str | Network):  # of other types it makes a range of its own
            raise ValueError
        return ipaddress.ip_network(cidr, strict=False)
    except ValueError:
        msg = (
            f"known_networks: {cidr!r}, named {name!r}, is not an address range; "
            "write it like 198.51.100.0/28 or 2001:db8::/32."
        )
        raise ConfigurationError(msg) from None


def _beginning(network: Network) -> str:
    """Return a pattern that the text of every address in a network begins with."""
    if isinstance(network, ipaddress.IPv4Network):
        octets = str(network.network_address).split(".")[: min(3, network.prefixlen // 8)]
        return re.escape("".join(f"{octet}." for octet in octets)) or "[0-9]"
    if network.prefixlen < 16:
        return "[0-9a-f]*:"
    group = int(network.network_address) >> 112
    return f"0*{group:x}:" if group else "[0:]"


def _version_6(texts: pa.Array) -> list[tuple[int, bytes | None]]:
    """Return the row of each text that has a colon, and its 16 bytes if it is an address."""
    rows = np.flatnonzero(_flags(pc.match_substring(texts, ":")))
    found = texts.take(pa.array(rows)).to_pylist()
    return [(row, _packed(text)) for row, text in zip(rows.tolist(), found, strict=True)]


def _packed(text: str) -> bytes | None:
    try:
        return socket.inet_pton(socket.AF_INET6, text)
    except (OSError, ValueError):  # a NUL or a lone surrogate is a ValueError
        return None


def _flags(column: pa.Array) -> Flags:
    flags: Flags = pc.fill_null(column, fill_value=False).to_numpy(zero_copy_only=False)
    return flags.copy() if not flags.flags.writeable else flags
