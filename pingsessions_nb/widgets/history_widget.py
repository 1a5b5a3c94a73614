"""What the parts have in common that show a history through a front end of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from pingsessions_nb.widgets.history_traits import HistoryTraits
from pingsessions_nb.widgets.ids_trait import Ids
from pingsessions_nb.widgets.time_traits import TimeZone

if TYPE_CHECKING:
    from pingsessions_nb.history import HistoryLike


class HistoryWidget(HistoryTraits, anywidget.AnyWidget):
    """Keep `history`, `selected`, `signals`, `error`, `time_zone` in the browser."""

    selected = Ids().tag(
        sync=True,
        # A click may cross a new history on the way: what is no longer there is let go.
        from_json=lambda ids, widget: widget._in_history(ids),
    )
    error = traitlets.Unicode("").tag(sync=True)
    empty = traitlets.Unicode("").tag(sync=True)
    time_zone = TimeZone("UTC").tag(sync=True)

    def __init__(self, history: HistoryLike | None = None, **traits: Any) -> None:
        super().__init__(history=history, **traits)

    @traitlets.observe("history")
    def _take_history(self, _: object) -> None:
        self.selected = self._in_history(self.selected)
