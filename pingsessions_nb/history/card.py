"""How a `History` shows itself in a notebook."""

from __future__ import annotations

from html import escape

import pandas as pd

from pingsessions_nb.history.slices import Slices
from pingsessions_nb.wording import counted, visible

_SHOWN = 5
_TIME = "%Y-%m-%d %H:%M"


def history_html(history: Slices) -> str:
    """Make a small card: how much of what, from when to when, whose, and what went wrong.

    Colours are the page's own (``currentColor``), so that it fits light and dark themes. All
    text from the data is escaped.
    """
    numbers = (
        (len(history.user_ids), "user"),
        (len(history.sessions), "session"),
        (len(history.locations), "location"),
    )
    cells = "".join(
        f'<div><div style="font-size:1.6em;line-height:1.2">{number:,}</div>'
        f'<div style="opacity:.7">{counted(number, noun).split()[1]}</div></div>'
        for number, noun in numbers
    )
    lines = [_span(history), _people(history), *_faults(history)]
    body = "".join(f"<div>{line}</div>" for line in lines if line)
    return (
        '<div style="border:1px solid;border-color:color-mix(in srgb,currentColor 25%,transparent);'
        'border-radius:6px;padding:.7em 1em;display:inline-block;max-width:46em">'
        f'<div style="display:flex;gap:2em;margin-bottom:.4em">{cells}</div>{body}</div>'
    )


def _shown(text: str) -> str:
    return escape(visible(text))


def _span(history: Slices) -> str:
    since, until = history.since, history.until
    if since is None or until is None:
        return "Nothing with a time in it."
    return f"From {since.strftime(_TIME)} to {until.strftime(_TIME)} UTC"


def _people(history: Slices) -> str:
    ids = history.user_ids
    names = ", ".join(_shown(history.label(user_id)) for user_id in ids[:_SHOWN])
    return f"{names} and {len(ids) - _SHOWN:,} more" if len(ids) > _SHOWN else names


def _faults(history: Slices) -> list[str]:
    lines = []
    for frame, one, many, name in (
        (history.failures, "could not be read", "could not be read", "failures"),
        (history.problems, "value could not be used", "values could not be used", "problems"),
    ):
        if len(frame):
            what = one if len(frame) == 1 else many
            first = frame.iloc[0]
            hint = first["error"] if name == "failures" else f"{first['field']} = {first['value']}"
            hint = "" if pd.isna(hint) else f": {_shown(str(hint)[:160])}"
            lines.append(f"⚠ {len(frame):,} {what}, see <code>.{name}</code>{hint}")
    unread = history.unread_places()
    if len(unread):
        hint = _shown(str(unread.loc[0, "words_unread"])[:160])
        what = "place was" if len(unread) == 1 else "places were"
        lines.append(
            f"{len(unread):,} {what} not read whole, see <code>.unread_places()</code>: {hint}"
        )
    return lines
