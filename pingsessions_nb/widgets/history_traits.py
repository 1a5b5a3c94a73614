"""The traits that every part has that shows a history: what, which are chosen, what stands out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import traitlets
from traitlets import Bunch

from pingsessions_nb.errors import ConfigurationError
from pingsessions_nb.history import History, HistoryLike, history_of
from pingsessions_nb.history.session_facts import arrow_text
from pingsessions_nb.widgets.ids_trait import Ids
from pingsessions_nb.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterable

_SIGNAL_COLUMNS = ("session_id", "at", "kind", "severity", "summary")


class HistoryTrait(traitlets.TraitType[History | None, Any]):
    """A `History` or None; an archive stands for all that it holds."""

    default_value = None
    allow_none = True
    info_text = "a history, an archive or None"

    def validate(self, obj: object, value: HistoryLike | None) -> History | None:  # noqa: ARG002
        """Return the history, or say in a sentence why it is none."""
        try:
            return None if value is None else history_of(value)
        except ConfigurationError as error:
            raise traitlets.TraitError(str(error)) from None


class HistoryTraits(traitlets.HasTraits):
    """Keep `history`, `selected` and `signals` right, and say in short what is shown."""

    history = HistoryTrait()
    signals = traitlets.Any(None, allow_none=True)
    selected = Ids()
    error = traitlets.Unicode("")
    empty = traitlets.Unicode("")  # said in place of no sessions, if not ""

    @traitlets.validate("selected")
    def _check_selected(self, proposal: Bunch) -> tuple[str, ...]:
        return chosen_sessions(self.history, proposal["value"])

    @traitlets.validate("signals")
    def _check_signals(self, proposal: Bunch) -> object:
        signals = proposal["value"]
        missing = (
            []
            if signals is None
            else [name for name in _SIGNAL_COLUMNS if name not in getattr(signals, "columns", ())]
        )
        if missing:
            msg = f"signals is None or a DataFrame of findings; it lacks {', '.join(missing)}."
            raise traitlets.TraitError(msg)
        return signals

    def _in_history(self, session_ids: Iterable[str]) -> tuple[str, ...]:
        return sessions_of(self.history, session_ids)

    def __repr__(self) -> str:
        name = type(self).__name__
        if self.history is None:
            return f"{name}(no history)"
        sessions = self.history.sessions
        users = counted(sessions["user_id"].nunique(), "user")
        return f"{name}({counted(len(sessions), 'session')}, {users})"


def chosen_sessions(history: History | None, session_ids: Iterable[str]) -> tuple[str, ...]:
    """Return ids, each once; TraitError where one is no session of a history."""
    chosen = tuple(dict.fromkeys(session_ids))
    strangers = sorted(set(chosen) - set(sessions_of(history, chosen)))
    if strangers:
        msg = f"No session {strangers[0]!r} in this history; selected takes ids out of it."
        raise traitlets.TraitError(msg)
    return chosen


def sessions_of(history: History | None, session_ids: Iterable[str]) -> tuple[str, ...]:
    """Return those ids that are sessions of a history, in the order given."""
    chosen = tuple(session_ids)
    if not chosen or history is None:
        return ()
    ids = arrow_text(history.sessions["session_id"])
    wanted = pa.array([one for one in chosen if isinstance(one, str)], ids.type)
    there = set(ids.filter(pc.is_in(ids, value_set=wanted)).to_pylist())
    return tuple(one for one in chosen if one in there)
