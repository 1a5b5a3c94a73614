"""SignalList: what stands out in a history, the most severe first; a click selects its session."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import traitlets

from pingsessions_nb.history.session_facts import user_names
from pingsessions_nb.widgets.assets import STATIC
from pingsessions_nb.widgets.cut_lists import cut_lists
from pingsessions_nb.widgets.encoding import moment
from pingsessions_nb.widgets.history_widget import HistoryWidget
from pingsessions_nb.wording import counted

if TYPE_CHECKING:
    from pingsessions_nb.history import History

SHOWN = 200
_RANKS = {"high": 0, "medium": 1, "low": 2}


class SignalList(HistoryWidget):
    """Findings in sentences, ranked: how severe, what kind, when, whose.

    A click or Enter selects the finding's session, with ctrl or shift adds it; arrows, Home and
    End move, Right shows all of what is cut short, Escape clears. Without findings it is one line;
    without `signals` it is not there.

    Parameters
    ----------
    history : History, optional

    Attributes
    ----------
    history : History or None
        Findings in other sessions are not listed.
    selected : tuple of str
        Session ids, each one in `history`; both sides set it.
    signals : DataFrame or None
        As `ps.signals` returns it; `session_id`, `at`, `kind`, `severity` and `summary` are
        needed. ``high`` comes before ``medium`` and ``low``; within one the frame's order stays.
        The first 200 are listed, more on demand.
    time_zone : str
        IANA name of the zone in which times are written, ``"UTC"`` at first.
    error : str
        Shown in place of the list when not empty.

    Examples
    --------
    >>> import pingsessions_nb as ps
    >>> history = ps.demo(users=20, seed=7).history("ariel.friedman")
    >>> listed = ps.SignalList(history)
    >>> listed.signals = ps.signals(history)
    >>> listed
    SignalList(2 signals)
    """

    _esm = STATIC / "signal_list.js"
    _css = STATIC / "signal_list.css"

    _findings: traitlets.List[dict[str, Any]] = traitlets.List().tag(sync=True)
    _total = traitlets.Int(0).tag(sync=True)
    _quiet = traitlets.Unicode("").tag(sync=True)
    _limit = traitlets.Int(SHOWN).tag(sync=True)

    @traitlets.observe("history", "signals", "_limit")
    def _list_findings(self, _: object) -> None:
        history, signals = self.history, self.signals
        with self.hold_sync():
            if history is None or signals is None or history.sessions.empty:
                self._findings, self._total, self._quiet = [], 0, ""
                return
            known = signals[signals["session_id"].isin(history.sessions["session_id"])]
            self._findings = findings(history, known, self._limit)
            self._total = len(known)
            number = len(history.sessions)
            these = "this session" if number == 1 else f"these {number:,} sessions"
            self._quiet = "" if len(known) else f"No findings in {these}."

    def __repr__(self) -> str:
        return f"SignalList({counted(self._total, 'signal')})"


def findings(history: History, signals: pd.DataFrame, limit: int = SHOWN) -> list[dict[str, Any]]:
    """Put findings into words, the most severe first.

    Returns
    -------
    list of dict
        At most so many: ``session`` (id), ``user`` (None where all are of one user), ``at`` (ms
        since 1970, UTC, or None), ``kind``, ``severity``, ``summary``, ``lists`` (see `cut_lists`).
    """
    ranks = signals["severity"].map(_RANKS).fillna(len(_RANKS))
    ranked = signals.iloc[ranks.to_numpy().argsort(kind="stable")[:limit]]
    of = history.sessions.drop_duplicates("session_id").set_index("session_id")["user_id"]
    names = user_names(history, ranked["session_id"].map(of).astype("str"))
    several = history.sessions["user_id"].nunique() > 1
    return [
        {
            "session": row["session_id"],
            "user": name if several else None,
            "at": moment(row["at"]),
            "kind": str(row["kind"]),
            "severity": str(row["severity"]),
            "summary": str(row["summary"]),
            "lists": cut_lists(str(row["summary"]), row.get("evidence")),
        }
        for row, name in zip(ranked.to_dict("records"), names, strict=True)
    ]
