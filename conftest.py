"""What pytest sees of the notebooks: those that the project tracks, whatever else lies there.

nbval compares each cell's outputs strictly. It passes over three MIME types by itself: the PNG and
the JPEG, as a picture has other bytes wherever fonts or Chromium differ, and the widget view, whose
id is random. So nothing is to be configured for the pictures in the notebooks: what they show is
compared as plotly's JSON, as text and as HTML.
"""

from __future__ import annotations

import os
import subprocess
from functools import cache
from pathlib import Path

# nbval passes over pictures: its kernels need not draw any.
os.environ.setdefault("PLOTLY_RENDERER", "plotly_mimetype")
NOTEBOOKS = Path(__file__).parent / "notebooks"


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Pass over what somebody left beside the curated notebooks."""
    return True if collection_path.suffix == ".ipynb" and _is_left(collection_path) else None


def _is_left(notebook: Path) -> bool:
    return bool(_tracked()) and notebook not in _tracked()


@cache
def _tracked() -> frozenset[Path]:
    """Name the notebooks that git tracks; none where this is no clone, as in an unpacked sdist."""
    command = ["git", "ls-files", "-z", "--", "*.ipynb"]
    listed = subprocess.run(command, cwd=NOTEBOOKS, check=False, capture_output=True, text=True)  # noqa: S603
    return frozenset(NOTEBOOKS / name for name in listed.stdout.split("\0") if name)
