"""Text for plotly, which reads some of it as markup."""

from __future__ import annotations

import html

import pandas as pd

_CLEANED: dict[int, str | None] = {
    **dict.fromkeys((*range(32), *range(127, 160), 0x2028, 0x2029), " "),
    **dict.fromkeys((0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))),
}
_LONGEST = 120


def plain(text: str, longest: int = _LONGEST) -> str:
    """Return text that plotly shows as it is.

    Plotly reads ``<b>``, ``<a href>`` and entities as markup, ``%{...}`` in templates as fields,
    and text between dollars as TeX where MathJax is loaded: all of these are escaped. Control
    characters, which could break a line or turn its direction, go; long text is cut.
    """
    clean = str(text).translate(_CLEANED)
    if len(clean) > longest:
        clean = clean[: longest - 1] + "…"
    escaped = html.escape(clean, quote=False)
    return escaped.replace("$", "&#36;").replace("%{", "&#37;{")


def plain_series(values: pd.Series[str], missing: str = "unknown") -> pd.Series[str]:
    """Apply `plain` to each distinct value, once."""
    filled = values.astype("str").fillna(missing)
    return filled.map({value: plain(value) for value in filled.unique()})


def moments(values: pd.Series[pd.Timestamp], time_zone: str) -> pd.Series[str]:
    """Write instants as the clock shows them in a zone, to the second."""
    return values.dt.tz_convert(time_zone).dt.strftime("%Y-%m-%d %H:%M:%S").fillna("unknown")


def durations(values: pd.Series[pd.Timedelta]) -> pd.Series[str]:
    """Write durations with their two largest units: ``7 d 20 h``."""
    seconds = values.dt.total_seconds()
    written = pd.Series("unknown", index=values.index, dtype="str")
    for name, unit, part, below in (
        ("s", 1, None, 1),
        ("min", 60, "s", 1),
        ("h", 3600, "min", 60),
        ("d", 86400, "h", 3600),
    ):
        here = seconds >= (0 if unit == 1 else unit)
        whole = (seconds[here] // unit).astype("int64").astype("str") + f" {name}"
        if part is not None:
            rest = (seconds[here] % unit // below).astype("int64")
            whole = whole.where(rest == 0, whole + " " + rest.astype("str") + f" {part}")
        written[here] = whole
    return written
