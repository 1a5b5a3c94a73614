"""What the parts with a front end of ours have in common: they send a history as columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from pingsessions_nb.widgets.history_traits import HistoryTraits
from pingsessions_nb.widgets.ids_trait import Ids

if TYPE_CHECKING:
    from pingsessions_nb.history import History, HistoryLike
    from pingsessions_nb.widgets.encoding import Columns


class HistoryWidget(HistoryTraits, anywidget.AnyWidget):
    """Keep `history`, `selected`, `signals`, `error`; a subclass says what the browser gets."""

    selected = Ids().tag(
        sync=True,
        # A click may cross a new history on the way: what is no longer there is let go.
        from_json=lambda ids, widget: widget._in_history(ids),
    )
    error = traitlets.Unicode("").tag(sync=True)
    empty = traitlets.Unicode("").tag(sync=True)

    _data = traitlets.Dict().tag(sync=True)
    _signals = traitlets.Dict().tag(sync=True)

    def __init__(self, history: HistoryLike | None = None, **traits: Any) -> None:
        super().__init__(history=history, **traits)

    def _columns(self, history: History) -> Columns:
        raise NotImplementedError

    def _signal_columns(self, history: History, signals: Any) -> Columns:  # noqa: ANN401
        raise NotImplementedError

    @traitlets.observe("history")
    def _send_history(self, _: Any) -> None:  # noqa: ANN401
        history = self.history
        with self.hold_sync():
            self.selected = self._in_history(self.selected)
            self._data = {} if history is None else self._columns(history)
            self._send_signals(None)

    @traitlets.observe("signals")
    def _send_signals(self, _: Any) -> None:  # noqa: ANN401
        history = self.history
        self._signals = {} if history is None else self._signal_columns(history, self.signals)
