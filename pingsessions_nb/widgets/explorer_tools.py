"""Beside the explorer's filters: where to read from, and a button that saves a report."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import anywidget
import traitlets

from pingsessions_nb.widgets.assets import STATIC


class ExplorerTools(anywidget.AnyWidget):
    """A switch between PingOne and an archive, and "Save report".

    Attributes
    ----------
    read_from : {"live", "archive"}
    can_switch, can_save : bool
        What is shown.
    redacted : bool
        Whether the report names nobody.
    words : str
        How saving goes, shown in place.
    kind : {"", "busy", "error"}
    name : str
        File name of the report beside the notebook, to which the words are followed by a link.
    """

    _esm = STATIC / "explorer_tools.js"
    _css = STATIC / "explorer_tools.css"

    read_from = traitlets.Enum(("live", "archive"), default_value="live").tag(sync=True)
    can_switch = traitlets.Bool(False).tag(sync=True)
    can_save = traitlets.Bool(False).tag(sync=True)
    redacted = traitlets.Bool(False).tag(sync=True)
    words = traitlets.Unicode("").tag(sync=True)
    kind = traitlets.Enum(("", "busy", "error"), default_value="").tag(sync=True)
    name = traitlets.Unicode("").tag(sync=True)

    def on_save(self, save: Callable[[bool], None]) -> None:
        """Call `save` with `redacted` when a report is asked for; it answers through `say`."""

        def taken(_: object, message: dict[str, Any], __: object) -> None:
            if message.get("type") == "save" and self.can_save and self.kind != "busy":
                save(self.redacted)

        self.on_msg(taken)

    def say(self, words: str, kind: str = "", name: str = "") -> None:
        """Show `words` beside the button, nothing if empty; and a link to a report."""
        with self.hold_sync():
            self.words, self.kind, self.name = words, kind, name
