"""Keyed pseudonyms, and what is left of addresses, devices and places where nobody is named."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re
import uuid
from collections.abc import Callable

import pandas as pd

from pingsessions_nb.places import locate
from pingsessions_nb.redaction.known_products import is_known_product

Text = pd.Series  # of str, missing is NA

_HEX = 10  # of a short pseudonym: 40 bits, so that 100,000 people hardly ever share one
_MASKED = re.compile(r"(?=.*[xX*])(?:[0-9]{1,3}|[xX*]{1,4})(?:\.(?:[0-9]{1,3}|[xX*]{1,4})){3}")
# "128.0.6613.120", "10.15.7-beta2", "11 Pro", "x86_64", "XP"
_VERSION = re.compile(
    r"(?i:[0-9]{1,6}(?:[._-][0-9]{1,8}){0,5}[a-z]?(?:[ ._-]?(?:alpha|beta|rc|esr|lts|pro|home)"
    r"[0-9]{0,3})?|x86_64|x64|x86|arm64|aarch64|nt|xp|vista|me|ce|rt|other|unknown)"
)
_KINDS_OF_DEVICE = frozenset(
    (
        *("computer", "console", "desktop", "laptop", "mobile", "other", "pc", "phone"),
        *("smartphone", "smarttv", "spider", "tablet", "tv", "unknown", "wearable"),
    )
)
_AUTHENTICATORS = frozenset(
    (
        *("agreement", "cert", "email", "fido2", "idp", "kba", "magic_link", "mfa", "mobile"),
        *("otp", "passkey", "push", "pwd", "rememberme", "sms", "social", "totp", "u2f", "voice"),
    )
)
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{5,15}Z")
UNREADABLE = "redacted"


class Pseudonyms:
    """Names made with a key: the same key and the same original make the same name.

    The key is for HMAC-SHA256 (RFC 2104). Without it, a name tells nothing about its original.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    def _digest(self, kind: str, original: str) -> bytes:
        message = f"{kind}\0{original}".encode("utf-8", "surrogatepass")
        return hmac.digest(self._key, message, hashlib.sha256)

    def ids(self, kind: str, originals: Text) -> Text:
        """Replace ids by others that look like ids: UUIDs of version 8 (RFC 9562)."""
        return mapped(originals, lambda text: _uuid_8(self._digest(kind, text)))

    def short(self, kind: str, originals: Text) -> Text:
        """Replace texts by ten hexadecimal digits, with which the same text's id begins."""
        return mapped(originals, lambda text: self._digest(kind, text).hex()[:_HEX])

    def devices(self, originals: Text) -> Text:
        """Replace models of device, such as ``Pixel 8``; kinds, such as ``Other``, stay."""

        def named(text: str) -> str:
            if text.casefold() in _KINDS_OF_DEVICE:
                return text
            return f"device-{self._digest('device', text).hex()[:_HEX]}"

        return mapped(originals, named)

    def agents(self, originals: Text) -> Text:
        """Replace user agents, which tell models of devices, and anything a client likes."""
        return mapped(originals, lambda text: f"agent-{self._digest('agent', text).hex()[:_HEX]}")

    def authenticators(self, originals: Text) -> Text:
        """Keep authenticators that are PingOne's, with their times; replace all other names."""

        def kept(text: str) -> str:
            name, _, at = text.partition(" ")
            known = name.casefold() in _AUTHENTICATORS and (not at or _TIME.fullmatch(at))
            return text if known else UNREADABLE

        return mapped(originals, lambda text: ", ".join(map(kept, text.split(", "))))

    def products(self, originals: Text, *, versions: bool = False) -> Text:
        """Keep known names, or versions, of browsers and systems; a client may claim any other."""

        def kept(text: str) -> str:
            known = _is_version(text) if versions else is_known_product(text)
            return text if known else f"product-{self._digest('product', text).hex()[:_HEX]}"

        return mapped(originals, kept)


def mapped(originals: Text, change: Callable[[str], str | None]) -> Text:
    """Apply a function to each distinct text, once."""
    distinct = originals.dropna().unique()
    return originals.map({text: change(text) for text in distinct}).astype("str")


def networks_of(addresses: Text) -> Text:
    """Cut addresses to their network: /24 of IPv4, /48 of IPv6 (what a site has, RFC 6177).

    Addresses that came masked (``174.xx.xx.xxx``) stay as they are; what is neither becomes
    ``redacted``.
    """
    return mapped(addresses, _network)


def coarser_places(locations: pd.DataFrame, cities: str) -> pd.DataFrame:
    """Locate events again from fewer words, the most precise of them ``cities``.

    City, state and country are missing where they are too precise or where the gazetteer does not
    know them, since such text could be anything; the rest is what `locate` makes of these.
    """
    words = locations[["city", "state", "country"]]
    nothing = pd.Series(None, index=words.index, dtype="str")
    to_state = words.assign(city=nothing)
    to_country = to_state.assign(state=nothing)
    kept = {
        "city": _known(words, "city") if cities == "keep" else nothing,
        "state": _known(to_state, "state") if cities != "country" else nothing,
        "country": _known(to_country, "country"),
    }
    return locate(locations.assign(**kept))


def _known(words: pd.DataFrame, precision: str) -> Text:
    return words[precision].where(locate(words)["place_precision"] == precision)


def _uuid_8(digest: bytes) -> str:
    number = int.from_bytes(digest[:16], "big")
    number = number & ~(0xF << 76) | 0x8 << 76
    number = number & ~(0x3 << 62) | 0x2 << 62
    return str(uuid.UUID(int=number))


def _network(text: str) -> str:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return text if _MASKED.fullmatch(text) else UNREADABLE
    address = getattr(address, "ipv4_mapped", None) or address  # ::ffff:203.0.113.9 is IPv4
    length = 24 if address.version == 4 else 48
    return str(ipaddress.ip_network((address.packed, length), strict=False))


def _is_version(text: str) -> bool:
    """Tell whether a text is a version, and cannot be an address."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return _VERSION.fullmatch(text) is not None
    return False
