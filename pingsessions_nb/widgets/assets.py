"""Joins the JavaScript and CSS files in ``static/`` into what a widget sends to the browser.

A widget's front end travels as one ES module, so files cannot import each other there. They are
written as ordinary modules all the same, checkable on their own; joining drops the relative
imports and the ``export`` of every file but the last.
"""

from __future__ import annotations

import re
from pathlib import Path

STATIC = Path(__file__).parent / "static"

_RELATIVE_IMPORT = re.compile(r"^import\s[^;]*?from\s+\"\.{1,2}/[^\"]+\";\n", re.MULTILINE)
_EXPORT = re.compile(r"^export (?=const|let|function|class|async)", re.MULTILINE)


def script(*names: str) -> str:
    """Join the modules ``names``, dependencies first; the last one's exports are the module's."""
    *shared, entry = [
        _RELATIVE_IMPORT.sub("", (STATIC / name).read_text(encoding="utf-8")) for name in names
    ]
    return "\n".join([*(_EXPORT.sub("", text) for text in shared), entry])


def style(*names: str) -> str:
    """Join the style sheets ``names`` behind the theme's."""
    return "\n".join((STATIC / name).read_text(encoding="utf-8") for name in ("theme.css", *names))
