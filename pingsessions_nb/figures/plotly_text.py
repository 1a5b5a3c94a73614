"""Text for plotly, which reads some of it as markup."""

from __future__ import annotations

import html

import pandas as pd

from pingsessions_nb.wording import LONGEST, brief_duration, shortened, visible


def plain(text: str, longest: int = LONGEST) -> str:
    """Return text that plotly shows as it is.

    Plotly reads ``<b>``, ``<a href>`` and entities as markup, ``%{...}`` in templates as fields,
    and text between dollars as TeX where MathJax is loaded: all of these are escaped. Characters
    that act unseen are shown as `visible` does; long text is cut.
    """
    escaped = html.escape(shortened(visible(str(text)), longest), quote=False)
    return escaped.replace("$", "&#36;").replace("%{", "&#37;{")


def plain_series(values: pd.Series[str], missing: str = "unknown") -> pd.Series[str]:
    """Apply `plain` to each distinct value, once."""
    filled = values.astype("str").fillna(missing)
    return filled.map({value: plain(value) for value in filled.unique()})


def durations(values: pd.Series[pd.Timedelta]) -> pd.Series[str]:
    """Write durations with their two largest units: ``7 d 20 h``."""
    seconds = values.dt.total_seconds()
    words = {each: brief_duration(each) for each in seconds.dropna().unique()}
    return seconds.map(words).astype("str").fillna("unknown")
