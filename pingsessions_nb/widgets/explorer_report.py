"""The explorer's report: one page of what was read, with names or without."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pingsessions_nb.widgets.arrivals import Newest, in_background
from pingsessions_nb.widgets.explorer_reading import Networks
from pingsessions_nb.widgets.explorer_tools import ExplorerTools
from pingsessions_nb.wording import counted

if TYPE_CHECKING:
    from pingsessions_nb.history import History


@dataclass(frozen=True)
class Saved:
    """Where a report is.

    Attributes
    ----------
    words : str
        A sentence.
    name : str
        Its file name, where that can be opened from the notebook's own folder; else ``""``.
    """

    words: str
    name: str


class ReportSaving:
    """Saves a report when the tools ask for it, and says there how it goes.

    Parameters
    ----------
    tools : ExplorerTools
    shown : callable
        Returns the history that is shown, if any, and the known networks of its source.
    """

    def __init__(
        self, tools: ExplorerTools, shown: Callable[[], tuple[History | None, Networks]]
    ) -> None:
        self._tools = tools
        self._shown = shown
        self._saving = Newest()
        tools.on_save(self._save)

    def drop(self) -> None:
        """Forget a report that is being written, and what was said of one."""
        self._saving.drop()
        self._tools.say("")

    def _save(self, redacted: bool) -> None:
        history, networks = self._shown()
        if history is None:
            return
        self._tools.say("Writing the report …", "busy")
        self._saving.ask(
            in_background(save_report, history, networks, redacted),
            lambda saved: self._tools.say(saved.words, name=saved.name),
            lambda words: self._tools.say(words, "error"),
        )


def save_report(history: History, networks: Networks, redacted: bool) -> Saved:
    """Write a report of all that is shown as one page into the working directory."""
    from pingsessions_nb.reporting import report

    several = len(history.user_ids) > 1
    users = counted(len(history.user_ids), "user").replace(",", "").replace(" ", "-")
    path = report(
        history,
        path=f"session-report-{users}.html" if several else None,
        redact=redacted,
        progress=False,
        known_networks=history.known_networks or networks,
    )
    folder = Path.cwd()
    return Saved(f"Saved as {path} in {folder}.", path.name if _is_notebooks(folder) else "")


def _is_notebooks(folder: Path) -> bool:
    """Whether Jupyter runs here a notebook of this very folder."""
    notebook = os.environ.get("JPY_SESSION_NAME", "")
    return bool(notebook) and Path(notebook).parent == folder
