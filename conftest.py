"""What pytest sees of the notebooks: those that the project tracks, whatever else lies there.

nbval compares each cell's outputs strictly. It passes over three MIME types by itself: the PNG and
the JPEG, as a picture has other bytes wherever fonts or Chromium differ, and the widget view, whose
id is random. So nothing is to be configured for the pictures in the notebooks: what they show is
compared as plotly's JSON, as text and as HTML.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from hypothesis import settings
from tracked import tracked

# nbval passes over pictures: its kernels need not draw any.
os.environ.setdefault("PLOTLY_RENDERER", "plotly_mimetype")
settings.register_profile("on a busy machine", deadline=None)  # no test depends on its speed
settings.load_profile("on a busy machine")
NOTEBOOKS = Path(__file__).parent / "notebooks"


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Pass over what somebody left beside the curated notebooks."""
    return True if collection_path.suffix == ".ipynb" and _is_left(collection_path) else None


def _is_left(notebook: Path) -> bool:
    """Whether a notebook is not the project's; where this is no clone, as in an sdist, all are."""
    return bool(_tracked()) and notebook not in _tracked()


@cache
def _tracked() -> frozenset[Path]:
    return frozenset(NOTEBOOKS / name for name in tracked(NOTEBOOKS, "*.ipynb"))
