"""Cases as a report tells them: of the users it is about, by their names there."""

from __future__ import annotations

from typing import Any

import pandas as pd

from pingsessions_nb.history import History
from pingsessions_nb.history.session_facts import session_rows
from pingsessions_nb.wording import counted, several

MOST_CASES = 20
_COLUMNS = ["severity", "started_at", "next_steps", "kinds"]


def told_cases(cases: pd.DataFrame) -> pd.DataFrame:
    """Take from cases what a report tells.

    Returns
    -------
    DataFrame
        ``severity, started_at, next_steps, kinds`` of `ps.cases`; ``user_ids, session_ids``
        (list of str); ``others`` (int64), users whom the report is not about; ``told`` (str), the
        summary after the users' names.
    """
    names = cases["users"].map(several)
    told = [text.removeprefix(who) for text, who in zip(cases["summary"], names, strict=True)]
    return cases[_COLUMNS].assign(
        user_ids=cases["user_ids"].map(list),
        session_ids=cases["session_ids"].map(list),
        others=0,
        told=pd.array(told, dtype="str"),
    )


def cases_of_some(cases: pd.DataFrame, user_ids: set[str]) -> pd.DataFrame:
    """Keep cases of some users; of a case of others, too, only these."""
    theirs = [[each for each in of if each in user_ids] for of in cases["user_ids"]]
    others = [
        before + len(all_of) - len(some)
        for before, all_of, some in zip(cases["others"], cases["user_ids"], theirs, strict=True)
    ]
    kept = cases.assign(user_ids=pd.Series(theirs, dtype=object), others=others)
    return kept[kept["user_ids"].map(len).astype(bool)].reset_index(drop=True)


def case_lines(cases: pd.DataFrame, history: History) -> list[dict[str, Any]]:
    """Return what the page shows of the first cases.

    Returns
    -------
    list of dict
        ``severity``, ``summary``, ``next_steps``; ``sessions``: ids, each with its row in the
        sessions' frame, of those that are there.
    """
    lines = []
    for row in cases.head(MOST_CASES).to_dict("records"):
        who = [history.label(each) for each in row["user_ids"]]
        who += [counted(row["others"], "other user")] if row["others"] else []
        ids = pd.Series(row["session_ids"], dtype="str")
        numbers = zip(ids, session_rows(history, ids).tolist(), strict=True)
        lines.append(
            {
                "severity": row["severity"],
                "summary": f"{several(who)}{row['told']}",
                "next_steps": row["next_steps"],
                "sessions": [(name, number) for name, number in numbers if number >= 0],
            }
        )
    return lines
