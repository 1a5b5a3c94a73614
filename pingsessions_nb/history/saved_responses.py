"""`read_history`: files of saved responses, found and read."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pingsessions_nb.errors import ConfigurationError, MalformedResponse
from pingsessions_nb.frames import Gathering
from pingsessions_nb.frames.pages import NotAPage
from pingsessions_nb.frames.pruning import unicode
from pingsessions_nb.history.history import History, failure_frame

if TYPE_CHECKING:
    from os import PathLike

SUFFIXES = (".json", ".ndjson", ".jsonl")
_GZIP = b"\x1f\x8b"
_LOG = "_delta_log"  # of an archive's table: JSON, but no responses


def read_history(path: str | PathLike[str]) -> History:
    """Read saved responses, or what `History.save` wrote.

    Parameters
    ----------
    path : str or path
        A file or a folder, searched with its subfolders: ``.json``, ``.ndjson`` and ``.jsonl``,
        each also with ``.gz``. They hold pages of sessions or of users as PingOne sent them,
        lists of pages, or bare session or user records, one or many.

    Returns
    -------
    History
        What could not be read is in ``failures``, a row for each file or line, naming it.

    Raises
    ------
    ConfigurationError
        Where there is no such file or folder, or nothing in it to read.
    MalformedResponse
        Where nothing of it could be read.

    Examples
    --------
    >>> import gzip, json, pathlib, tempfile
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> page = {"_embedded": {"sessions": [{"id": "s-1", "user": {"id": "u-1"}}]}}
    >>> _ = (folder / "pages.ndjson.gz").write_bytes(gzip.compress(json.dumps(page).encode()))
    >>> _ = (folder / "broken.json").write_text("{")
    >>> history = read_history(folder)
    >>> history
    History(1 user, 1 session, 0 locations)
    >>> len(history.failures)
    1
    """
    folder = Path(path).expanduser()
    if (folder / "sessions.parquet").is_file():
        return History.load(folder)
    gathering, failures = gather_files(folder)
    history = History.from_gathering(gathering)
    history.failures = failure_frame((None, error, None, code) for error, code in failures)
    return history


def gather_files(path: Path) -> tuple[Gathering, list[tuple[str, str | None]]]:
    """Read a file, or all files of a folder, in the order of their names.

    Returns
    -------
    gathering : Gathering
        What was read.
    failures : list of (str, str or None)
        For each file or line that could not be read, a sentence naming it, and PingOne's code
        where it is an error of PingOne's saved in place of a page.

    Raises
    ------
    ConfigurationError
        Where there is nothing to read.
    MalformedResponse
        Where nothing could be read.
    """
    gathering = Gathering()
    failures: list[tuple[str, str | None]] = []
    for file in _files(path):
        # A file's name need not be Unicode, but a sentence has to be.
        name = unicode(str(file.relative_to(path) if file != path else file.name))
        try:
            faults = gathering.add(_content(file))
        except NotAPage as error:
            faults = [error]
        failures += [(f"{name} {fault}.", fault.code) for fault in faults]
    if failures and not gathering.session_pages + gathering.user_pages:
        more = f" ({len(failures) - 1} more could not be read.)" if len(failures) > 1 else ""
        raise MalformedResponse(failures[0][0] + more, code=failures[0][1])
    return gathering, failures


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
        return
    if not path.is_dir():
        msg = f"There is no file or folder {path}. Give the path of saved PingOne responses."
        raise ConfigurationError(msg)
    files = sorted(file for file in path.rglob("*") if _is_response(file.relative_to(path), file))
    if not files and (path / "sessions" / _LOG).is_dir():
        msg = f"{path} is an archive: ps.Archive({str(path)!r}).history() reads it."
        raise ConfigurationError(msg)
    if not files:
        kinds = ", ".join(SUFFIXES)
        msg = f"The folder {path} holds no files to read: they end in {kinds}, or these and .gz."
        raise ConfigurationError(msg)
    yield from files


def _is_response(relative: Path, file: Path) -> bool:
    hidden = any(part.startswith(".") or part == _LOG for part in relative.parts)
    name = relative.name.lower().removesuffix(".gz")
    return not hidden and name.endswith(SUFFIXES) and file.is_file()


def _content(file: Path) -> bytes:
    try:
        content = file.read_bytes()
        return gzip.decompress(content) if content.startswith(_GZIP) else content
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or error
        msg = f"could not be read: {reason}"
        raise NotAPage(msg) from None
