"""ExplorerStatus: a line that says what the explorer does, or what went wrong."""

from __future__ import annotations

import anywidget
import traitlets

from pingsessions_nb.history import History, Source
from pingsessions_nb.tenant import Tenant
from pingsessions_nb.widgets.assets import STATIC

INVITATION = "Choose users or a case to see when, from where and on what they signed on."
HIDDEN = "No session passes the filters."
_NOTHING = {
    "live": "No sessions. PingOne keeps the last ten of each user; the chosen users have none.",
    "archive": "No sessions. The archive has none of the chosen users.",
    "history": "No sessions. This history has none of the chosen users.",
}


class ExplorerStatus(anywidget.AnyWidget):
    """Says what the explorer is doing, what is missing, or what went wrong and how to go on."""

    _esm = STATIC / "explorer_status.js"
    _css = STATIC / "explorer_status.css"

    words = traitlets.Unicode("").tag(sync=True)
    kind = traitlets.Enum(("", "busy", "error"), default_value="").tag(sync=True)

    def say(self, words: str, kind: str = "") -> None:
        """Show `words`, nothing if empty; an ``error`` comes with a way to try again."""
        with self.hold_sync():
            self.words, self.kind = words, kind


def nothing_of(source: Source, read_from: str) -> str:
    """Say why nothing is shown of the chosen users."""
    if isinstance(source, Tenant):
        return _NOTHING[read_from]
    return _NOTHING["history" if isinstance(source, History) else "archive"]
