"""The address of a server of map tiles, for those who are online and ask for it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import traitlets

OPENSTREETMAP = "© OpenStreetMap contributors"
"""As https://www.openstreetmap.org/copyright asks to be named."""

_HOLES = ("{z}", "{x}", "{y}")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class TileAddress(traitlets.Unicode):  # type: ignore[type-arg]
    """Empty, or an ``https`` address with ``{z}``, ``{x}`` and ``{y}``; ``http`` to loopback."""

    def validate(self, obj: Any, value: Any) -> str:  # noqa: ANN401
        """Refuse what is not such an address."""
        address: str = super().validate(obj, value)
        if not address:
            return address
        parts = urlsplit(address)
        safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
        if not safe or any(hole not in address for hole in _HOLES):
            msg = (
                f"{address!r} is no address of map tiles; give one with https, {{z}}, {{x}} and "
                "{y}, such as 'https://tile.openstreetmap.org/{z}/{x}/{y}.png', or '' for none."
            )
            raise traitlets.TraitError(msg)
        return address


def is_openstreetmap(address: str) -> bool:
    """Tell whether OpenStreetMap itself serves the tiles."""
    host = urlsplit(address).hostname or ""
    return host == "openstreetmap.org" or host.endswith(".openstreetmap.org")
