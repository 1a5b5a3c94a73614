"""CaseList: cases, the most urgent first; choosing one shows its users."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import anywidget
import pandas as pd
import traitlets
from traitlets import Bunch

from pingsessions_nb.widgets.assets import STATIC
from pingsessions_nb.widgets.cut_lists import cut_lists
from pingsessions_nb.widgets.encoding import moment
from pingsessions_nb.widgets.time_traits import TimeZone
from pingsessions_nb.wording import counted, several

SHOWN = 50
_COLUMNS = ("case_id", "rank", "severity", "users", "user_ids", "session_ids", "summary")


class CaseList(anywidget.AnyWidget):
    """Cases, the most urgent first: rank, severity, users, summary.

    A click or Enter chooses one and shows what to do; arrows, Home and End move,
    Right shows all of what is cut short, Escape leaves it.

    Parameters
    ----------
    cases : DataFrame, optional
        As `ps.cases` returns it.

    Attributes
    ----------
    cases : DataFrame or None
        The first 50 are listed, more on demand.
    selected : str
        ``case_id`` of the chosen case, or ``""``; both sides set it.
    time_zone : str
        IANA name of the zone in which times are written, ``"UTC"`` at first.
    """

    _esm = STATIC / "case_list.js"
    _css = STATIC / "case_list.css"

    cases = traitlets.Any(None, allow_none=True)
    selected = traitlets.Unicode("").tag(sync=True)
    time_zone = TimeZone("UTC").tag(sync=True)
    can_read = traitlets.Bool(False).tag(sync=True)
    words = traitlets.Unicode("").tag(sync=True)
    kind = traitlets.Enum(("", "busy", "error"), default_value="").tag(sync=True)
    progress = traitlets.Tuple().tag(sync=True)  # how many of how many, or nothing
    _cases: traitlets.List[dict[str, Any]] = traitlets.List().tag(sync=True)
    _total = traitlets.Int(0).tag(sync=True)
    _limit = traitlets.Int(SHOWN).tag(sync=True)

    def __init__(self, cases: pd.DataFrame | None = None, **traits: Any) -> None:
        super().__init__(cases=cases, **traits)

    def on_read(self, read: Callable[[], None], stop: Callable[[], None]) -> None:
        """Offer to read all users: `read` is called on demand, `stop` to end it."""
        self.can_read = True

        def taken(_: object, message: dict[str, Any], __: object) -> None:
            call = {"read": read, "stop": stop}.get(message.get("type", ""))
            if call is not None:
                call()

        self.on_msg(taken)

    def say(self, words: str, kind: str = "", progress: tuple[int, ...] = ()) -> None:
        """Show `words` above the list, nothing if empty, and how far it is."""
        with self.hold_sync():
            self.words, self.kind, self.progress = words, kind, progress

    @property
    def chosen(self) -> dict[str, Any] | None:
        """The chosen case as a dict of its row, or None."""
        if self.cases is None or not self.selected:
            return None
        found = self.cases[self.cases["case_id"] == self.selected]
        return None if found.empty else dict(found.iloc[0])

    @traitlets.validate("cases")
    def _check_cases(self, proposal: Bunch) -> object:
        cases = proposal["value"]
        known = getattr(cases, "columns", ())
        missing = [] if cases is None else [name for name in _COLUMNS if name not in known]
        if missing:
            msg = f"cases is None or a DataFrame as ps.cases returns it; it lacks {missing[0]}."
            raise traitlets.TraitError(msg)
        return cases

    @traitlets.validate("selected")
    def _check_selected(self, proposal: Bunch) -> str:
        chosen = str(proposal["value"])
        known = () if self.cases is None else set(self.cases["case_id"])
        return chosen if chosen in known else ""

    @traitlets.observe("cases", "_limit")
    def _list_cases(self, _: object) -> None:
        with self.hold_sync():
            self._total = 0 if self.cases is None else len(self.cases)
            self._cases = [] if self.cases is None else case_rows(self.cases.head(self._limit))
            if self.chosen is None:
                self.selected = ""

    def __repr__(self) -> str:
        return f"CaseList({counted(self._total, 'case')})"


def case_rows(cases: pd.DataFrame) -> list[dict[str, Any]]:
    """Gather what a row of the list shows of each case.

    Returns
    -------
    list of dict
        ``id``, ``rank``, ``severity``, ``users`` (words), ``summary`` (without them), ``lists`` (of
        users, see `cut_lists`), ``next_steps``, ``at`` (ms since 1970, UTC, of its last finding, or
        None).
    """
    words = [several([str(user) for user in users]) for users in cases["users"]]
    return [
        {
            "id": row["case_id"],
            "rank": int(row["rank"]),
            "severity": str(row["severity"]),
            "users": users,
            "summary": str(row["summary"]).removeprefix(f"{users}, "),
            "lists": cut_lists(users, {"users": list(row["users"])}),
            "next_steps": str(row.get("next_steps", "")),
            "at": moment(row.get("last_at")),
        }
        for users, row in zip(words, cases.to_dict("records"), strict=True)
    ]
