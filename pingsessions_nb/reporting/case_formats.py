"""Cases as text, lines of JSON, CSV or a page: what a scheduled job tells of them.

What PingOne reported is text in each of them: unseen characters are shown, JSON is plain ASCII, no
cell of CSV begins as a formula does, and the page escapes everything and runs nothing.
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import pandas as pd

from pingsessions_nb.reporting.page import iso, render
from pingsessions_nb.wording import SEVERITIES, counted, kind_name, visible

_CSV: Final = (
    *("news", "severity", "case_id", "users", "kinds", "started_at", "last_at", "score"),
    *("summary", "next_steps", "user_ids", "session_ids"),
)
_BEGINS_A_FORMULA: Final = tuple("=+-@\t\r\n|%")
_SAID: Final = {"new": "new", "changed": "changed since it was told"}


def as_text(cases: pd.DataFrame) -> str:
    """Write a paragraph for each case."""
    return "\n".join(_paragraph(case) for case in cases.to_dict("records"))


def as_ndjson(cases: pd.DataFrame) -> str:
    """Write a line of JSON for each case, in ASCII: the columns of `cases`, times as ISO 8601."""
    return "".join(
        f"{json.dumps(_plain(case), allow_nan=False)}\n" for case in cases.to_dict("records")
    )


def as_csv(cases: pd.DataFrame) -> str:
    """Write a row for each case under a heading; several users, kinds and ids with semicolons."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    columns = [name for name in _CSV if name in cases]
    writer.writerow(columns)
    for case in cases.to_dict("records"):
        writer.writerow([_cell(case[name]) for name in columns])
    return written.getvalue()


def as_page(cases: pd.DataFrame, about: str, made_at: pd.Timestamp) -> str:
    """Write a self-contained page.

    Parameters
    ----------
    cases : DataFrame
    about : str
        Where they are from.
    made_at : Timestamp
    """
    rows = [
        {
            **case,
            "names": [kind_name(kind) for kind in case["kinds"]],
            "said": _SAID.get(case.get("news", ""), ""),
        }
        for case in cases.to_dict("records")
    ]
    return render(
        "cases.html",
        cases=rows,
        about=about,
        made_at=made_at,
        level=next((each for each in SEVERITIES if each in set(cases["severity"])), "none"),
        title=_title(cases),
    )


FORMATS: Final[dict[str, Callable[[pd.DataFrame, str, pd.Timestamp], str]]] = {
    "text": lambda cases, _about, _made_at: as_text(cases),
    "ndjson": lambda cases, _about, _made_at: as_ndjson(cases),
    "csv": lambda cases, _about, _made_at: as_csv(cases),
    "html": as_page,
}
"""What writes cases, by the name of the format."""


def _title(cases: pd.DataFrame) -> str:
    if cases.empty:
        return "No new cases"
    severities = cases["severity"].tolist()
    told = [f"{severities.count(each):,} {each}" for each in SEVERITIES if each in severities]
    return f"{counted(len(cases), 'case')}: {', '.join(told)}"


def _paragraph(case: Mapping[Any, Any]) -> str:
    said = _SAID.get(case.get("news", ""), "")
    kinds = ", ".join(map(kind_name, case["kinds"]))
    lines = [
        f"{case['severity'].upper()}  {case['case_id']}  {said}".rstrip(),
        f"  {_listed(case['users'])}",
        f"  {iso(case['started_at'])} to {iso(case['last_at'])}: {kinds}",
        f"  {case['summary']}",
        f"  Next: {case['next_steps']}",
    ]
    return "".join(f"{visible(line)}\n" for line in lines)


def _listed(names: Iterable[str]) -> str:
    return "; ".join(names)


def _cell(value: object) -> str:
    if isinstance(value, tuple):
        text = _listed(value)
    elif isinstance(value, pd.Timestamp):
        text = iso(value)
    else:
        text = str(value)
    text = visible(text)
    number = isinstance(value, float | int)
    return f"'{text}" if text.lstrip(" ").startswith(_BEGINS_A_FORMULA) and not number else text


def _plain(value: object) -> object:
    """Return what JSON can say; what it cannot, as text."""
    if isinstance(value, dict):
        return {_plain(str(name)): _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, str):
        return value.encode(errors="replace").decode()  # half a character is none
    if isinstance(value, pd.Timestamp):
        return iso(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
