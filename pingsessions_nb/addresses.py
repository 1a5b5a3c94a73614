"""Remote addresses: one spelling each, which are whole, which network they lie in.

Gateways and proxies write one address in many ways: ``::ffff:10.1.2.3``, ``10.1.2.3:443``,
``2001:DB8::1``. Whatever compares addresses compares their canonical form; what PingOne sent stays
in the frames.

PingOne may mask addresses (``174.xx.xx.xxx``). A masked address stands for millions of others, so
that two which read alike say nothing: only whole addresses are ever compared.
"""

from __future__ import annotations

import re
import socket

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Flags = NDArray[np.bool_]

_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_DOTTED = rf"{_OCTET}(?:\.{_OCTET}){{3}}"
_VERSION_4 = rf"^{_DOTTED}$"
_WITH_PORT = re.compile(rf"({_DOTTED}):[0-9]{{1,5}}")
_BRACKETED = re.compile(r"\[([^\]]+)\](?::[0-9]{1,5})?")
_MAPPED = bytes(10) + b"\xff\xff"  # of ::ffff:0:0/96, where IPv6 has IPv4's addresses (RFC 4291)
_SITE_BYTES = 6  # of an IPv6 address: 48 bits, what a site is usually given (RFC 6177)
LINK = "/64"
_LINK_BYTES = 8  # 64 bits: one link, in which a device may change its address at will (RFC 8981)


def canonical(texts: pa.Array) -> pa.Array:
    """Write each address in its one form; what is no whole address stays as it is.

    IPv4 is four numbers, IPv6 as RFC 5952 has it: lower case, shortened. Blanks around it, a port,
    brackets and a zone go, and IPv4 that is written in IPv6 is IPv4.
    """
    return canonical_and_whole(texts)[0]


def canonical_and_whole(texts: pa.Array) -> tuple[pa.Array, Flags]:
    """Return `canonical` of texts, and what `whole` says of these, at the price of one."""
    plain = _flags(pc.match_substring_regex(texts, _VERSION_4))
    other = np.flatnonzero(~plain)
    if not len(other):
        return texts, plain
    told = texts.take(pa.array(other)).to_pylist()
    written = [None if text is None else _canonical(text) for text in told]
    if written != told:
        rewritten = np.zeros(len(texts), dtype=bool)
        rewritten[other] = True
        texts = pc.replace_with_mask(texts, pa.array(rewritten), pa.array(written, texts.type))
    plain[other] = whole(texts.take(pa.array(other)))
    return texts, plain


def _canonical(text: str) -> str:
    """Write one address in its canonical form."""
    bare = text.strip()
    dressed = _WITH_PORT.fullmatch(bare) or _BRACKETED.fullmatch(bare)
    bare = dressed[1] if dressed else bare
    if re.fullmatch(_DOTTED, bare):
        return bare
    packed = _packed(bare.partition("%")[0])
    if packed is None:
        return text
    if packed.startswith(_MAPPED):
        return socket.inet_ntop(socket.AF_INET, packed[len(_MAPPED) :])
    return socket.inet_ntop(socket.AF_INET6, packed)


def whole(texts: pa.Array) -> Flags:
    """Tell which texts are a complete address in canonical form, or a /64 of `links`."""
    if not len(texts):
        return np.zeros(0, dtype=bool)
    found = _flags(pc.match_substring_regex(texts, _VERSION_4))
    for row, packed in _version_6(texts):
        found[row] = packed is not None
    return found


def links(texts: pa.Array) -> pa.Array:
    """Name what counts as one address: IPv4's own text, of IPv6 the /64 (``2001:db8:1:2::/64``).

    A device changes the rest of its IPv6 address by itself, every day or oftener.
    """
    found = _version_6(texts)
    if not found:
        return texts
    rows = np.zeros(len(texts), dtype=bool)
    names = []
    for row, packed in found:
        if packed is not None:
            rows[row] = True
            network = packed[:_LINK_BYTES] + bytes(_LINK_BYTES)
            names.append(f"{socket.inet_ntop(socket.AF_INET6, network)}{LINK}")
    return pc.replace_with_mask(texts, pa.array(rows), pa.array(names, texts.type))


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


def _version_6(texts: pa.Array) -> list[tuple[int, bytes | None]]:
    """Return the row of each text that has a colon, and its 16 bytes if it is an address."""
    rows = np.flatnonzero(_flags(pc.match_substring(texts, ":")))
    found = texts.take(pa.array(rows)).to_pylist()
    return [
        (row, _packed(text.removesuffix(LINK)))
        for row, text in zip(rows.tolist(), found, strict=True)
    ]


def _packed(text: str) -> bytes | None:
    try:
        return socket.inet_pton(socket.AF_INET6, text)
    except (OSError, ValueError):  # a NUL or a lone surrogate is a ValueError
        return None


def _flags(column: pa.Array) -> Flags:
    flags: Flags = pc.fill_null(column, fill_value=False).to_numpy(zero_copy_only=False)
    return flags.copy() if not flags.flags.writeable else flags
