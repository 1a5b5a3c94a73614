"""A notebook toolkit: what has this PingOne user been doing, from where, and is it them.

>>> import pingsessions_nb as ps
>>> tenant = ps.demo(users=20, seed=7)
>>> history = tenant.history("710d6278-ccce-4a91-bdb9-ac7a4a0e60d5")
>>> history.sessions["browser_name"].tolist()
['Chrome', 'Chrome']

Every public name is imported on first use, so that ``import pingsessions_nb`` is cheap.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pingsessions_nb.archive import Archive
    from pingsessions_nb.detectors import signals
    from pingsessions_nb.errors import (
        ApiError,
        ArchiveError,
        AuthenticationError,
        ConfigurationError,
        MalformedResponse,
        NotFound,
        PermissionDenied,
        PingSessionsError,
        RateLimited,
        ServiceUnavailable,
    )
    from pingsessions_nb.figures import map_figure, timeline_figure
    from pingsessions_nb.frames import locations_frame, sessions_frame, users_frame
    from pingsessions_nb.history import History, read_history
    from pingsessions_nb.places import locate
    from pingsessions_nb.redaction import redact
    from pingsessions_nb.reporting import report
    from pingsessions_nb.scoring import risk
    from pingsessions_nb.tenant import Tenant, connect, demo
    from pingsessions_nb.widgets import (
        LocationMap,
        SessionDetails,
        SessionExplorer,
        SessionTable,
        SessionTimeline,
        SignalList,
        UserPicker,
        explore,
    )

__version__ = "0.1.0"

_HOMES = {
    "archive": ("Archive",),
    "detectors": ("signals",),
    "errors": (
        "ApiError",
        "ArchiveError",
        "AuthenticationError",
        "ConfigurationError",
        "MalformedResponse",
        "NotFound",
        "PermissionDenied",
        "PingSessionsError",
        "RateLimited",
        "ServiceUnavailable",
    ),
    "figures": ("map_figure", "timeline_figure"),
    "frames": ("locations_frame", "sessions_frame", "users_frame"),
    "history": ("History", "read_history"),
    "places": ("locate",),
    "redaction": ("redact",),
    "reporting": ("report",),
    "scoring": ("risk",),
    "tenant": ("Tenant", "connect", "demo"),
    "widgets": (
        "LocationMap",
        "SessionDetails",
        "SessionExplorer",
        "SessionTable",
        "SessionTimeline",
        "SignalList",
        "UserPicker",
        "explore",
    ),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "ApiError",
    "Archive",
    "ArchiveError",
    "AuthenticationError",
    "ConfigurationError",
    "History",
    "LocationMap",
    "MalformedResponse",
    "NotFound",
    "PermissionDenied",
    "PingSessionsError",
    "RateLimited",
    "ServiceUnavailable",
    "SessionDetails",
    "SessionExplorer",
    "SessionTable",
    "SessionTimeline",
    "SignalList",
    "Tenant",
    "UserPicker",
    "connect",
    "demo",
    "explore",
    "locate",
    "locations_frame",
    "map_figure",
    "read_history",
    "redact",
    "report",
    "risk",
    "sessions_frame",
    "signals",
    "timeline_figure",
    "users_frame",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - the type is that of the name asked for
    home = _HOME_OF.get(name)
    if home is None:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    value = getattr(importlib.import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
