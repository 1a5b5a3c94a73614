"""The one reader of paths that users give."""

from __future__ import annotations

from os import PathLike
from pathlib import Path

from pingsessions_nb.errors import ConfigurationError


def given_path(name: str, path: str | PathLike[str]) -> Path:
    """Read a path of files; ``~`` is the user's own folder.

    Raises
    ------
    ConfigurationError
        Where it is none, or empty, as of a variable that is not set: that would mean the folder
        that Python runs in. `name` says of what.
    """
    try:
        read = Path(path).expanduser()
    except (TypeError, RuntimeError):
        read = None
    if read is None or not str(path).strip() or "\0" in str(path):
        msg = f"{name}={path!r} is not a path; give that of a file or a folder."
        raise ConfigurationError(msg)
    return read
