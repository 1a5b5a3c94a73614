"""`read_history`: files of saved responses, found and read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pingsessions_nb.arguments.given_paths import given_path
from pingsessions_nb.errors import ConfigurationError, MalformedResponse
from pingsessions_nb.frames import Gathering
from pingsessions_nb.frames.pages import NotAPage
from pingsessions_nb.frames.pruning import unicode
from pingsessions_nb.history.failures import failure_frame
from pingsessions_nb.history.files import Content, content_of, is_worth_reading, named_suffixes
from pingsessions_nb.history.history import History

if TYPE_CHECKING:
    from os import PathLike

_LOG = "_delta_log"  # of an archive's table: JSON, but no responses


def read_history(path: str | PathLike[str]) -> History:
    """Read saved responses, or what `History.save` wrote.

    Parameters
    ----------
    path : str or path
        A file or a folder, searched with its subfolders: ``.json``, ``.ndjson``, ``.jsonl`` and
        ``.har``, each also with ``.gz``. They hold pages of sessions or of users as PingOne sent
        them, lists of pages, or bare session or user records, one or many; or they are a browser's
        HAR file or a Postman collection in which such pages were kept.

    Returns
    -------
    History
        What could not be read is in ``failures``, a row for each file or line, naming it. Of a
        ``.gz`` that is cut short all whole lines are read.

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
    folder = given_path("path", path)
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
        faults = _added(gathering, content_of(file))
        failures += [(f"{name} {fault}.", fault.code) for fault in faults]
    read = gathering.session_pages + gathering.user_pages + gathering.empty_pages
    if failures and not read:
        more = f" ({len(failures) - 1} more could not be read.)" if len(failures) > 1 else ""
        raise MalformedResponse(failures[0][0] + more, code=failures[0][1])
    return gathering, failures


def _added(gathering: Gathering, content: Content) -> list[NotAPage]:
    """Add what a file holds; return what is wrong with it."""
    if content.fault is None:
        return gathering.add(content.data)
    faults = gathering.add(content.data) if content.data.strip() else []
    # That it breaks off there is said already.
    return [*(faults if content.lines else faults[:-1]), content.fault]


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
        msg = f"The folder {path} holds no files to read: they end in {named_suffixes()}."
        raise ConfigurationError(msg)
    yield from files


def _is_response(relative: Path, file: Path) -> bool:
    hidden = any(part.startswith(".") or part == _LOG for part in relative.parts)
    return not hidden and is_worth_reading(relative.name) and file.is_file()
