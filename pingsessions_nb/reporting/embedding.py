"""Data within a page of HTML: the widgets' columns as JSON that can be nothing but JSON."""

from __future__ import annotations

import base64
import json
from typing import Any

from markupsafe import Markup

from pingsessions_nb.reporting.subject import Subject
from pingsessions_nb.widgets.encoding import Columns
from pingsessions_nb.widgets.map_columns import journey_signals, map_columns
from pingsessions_nb.widgets.map_land import land_columns
from pingsessions_nb.widgets.timeline_columns import signal_columns, timeline_columns

# What could end a script element, begin a comment or an entity, or break a line of JavaScript.
_DANGEROUS = {ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}


def chart_data(subject: Subject) -> dict[str, Any]:
    """Return what the page's timeline and map read, as their widgets would send it."""
    history, found = subject.history, subject.signals
    return {
        "timeline": {
            "_data": timeline_columns(history),
            "_signals": signal_columns(history, found),
        },
        "map": {
            "_data": map_columns(history),
            "_signals": journey_signals(history, found),
            "_land": land_columns(),
        },
    }


def as_json(data: Columns) -> Markup:
    """Write JSON that can stand in an element ``script``; bytes as ``{"base64": "..."}``."""
    text = json.dumps(_textual(data), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Markup(text.translate(_DANGEROUS))  # noqa: S704 - cannot end its element


def _textual(data: Any) -> Any:  # noqa: ANN401 - JSON, but for its bytes
    if isinstance(data, bytes):
        return {"base64": base64.b64encode(data).decode("ascii")}
    if isinstance(data, dict):
        return {name: _textual(value) for name, value in data.items()}
    return data
