"""Plotly's JavaScript, packed: within a page, or in a file beside it that a folder shares."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files

from pingsessions_nb.reporting.embedding import packed_text

SHARED_FILE = "plotly.js"


@cache
def plotly_hash() -> str:
    """Return by which a page's policy names plotly."""
    return source_hash(_plotly())


@cache
def packed_plotly() -> str:
    """Return plotly.js, zipped, in base64: 2 MB instead of 5."""
    return packed_text(_plotly())


def shared_script() -> str:
    """Return a script that holds plotly for all pages of a folder."""
    return f'globalThis.psPlotly = "{packed_plotly()}";\n'


def source_hash(text: str) -> str:
    """Return the hash of a script or a style sheet, as a policy names it."""
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


@cache
def _plotly() -> str:
    return files("plotly").joinpath("package_data/plotly.min.js").read_text(encoding="utf-8")
