"""The files that git tracks: what counts, whatever else lies beside them."""

from __future__ import annotations

import subprocess
from pathlib import Path


def tracked(folder: Path, *patterns: str) -> list[str]:
    """Name the tracked files in a folder, in order; none where it is in no clone."""
    command = ["git", "ls-files", "-z", "--", *patterns]
    listed = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)  # noqa: S603
    names = (name for name in listed.stdout.split("\0") if name)
    return sorted(name for name in names if (folder / name).is_file())
