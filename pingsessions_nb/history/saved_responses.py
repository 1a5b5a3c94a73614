"""`read_history`: files of saved responses, found, unpacked and read."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from os import PathLike
from pathlib import Path
from typing import Final, NamedTuple

from pingsessions_nb.arguments import given_path
from pingsessions_nb.errors import ConfigurationError, MalformedResponse
from pingsessions_nb.frames import Gathering
from pingsessions_nb.frames.pages import NotAPage, lines_in
from pingsessions_nb.frames.pruning import unicode
from pingsessions_nb.history.failures import Failure, failure_frame
from pingsessions_nb.history.history import History

_SUFFIXES: Final = (".json", ".ndjson", ".jsonl", ".har")
"""What files of responses are called, or these and ``.gz``."""
_PACKED: Final = {
    ".zip": "a zip file",
    ".tar": "a tar archive",
    ".tgz": "a tar archive",
    ".7z": "a 7-Zip archive",
    ".zst": "packed by Zstandard",
    ".bz2": "packed by bzip2",
    ".xz": "packed by xz",
}
_TABLES: Final = {".csv": "a table (CSV)", ".tsv": "a table (TSV)", ".xlsx": "an Excel workbook"}
_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06")
_GZIP: Final = b"\x1f\x8b"
_PIECE: Final = 1 << 16
_MOST_UNPACKED: Final = 2 << 30
_LOG: Final = "_delta_log"  # of an archive's table: JSON, but no responses


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
    gathering = Gathering()
    failures: list[Failure] = []
    for file in _files(folder):
        # A file's name need not be Unicode, but a sentence has to be.
        name = unicode(str(file.relative_to(folder) if file != folder else file.name))
        for fault in _added(gathering, _content_of(file)):
            failures.append((None, f"{name} {fault}.", None, fault.code))
    read = gathering.session_pages + gathering.user_pages + gathering.empty_pages
    if failures and not read:
        more = f" ({len(failures) - 1} more could not be read.)" if len(failures) > 1 else ""
        raise MalformedResponse(f"{failures[0][1]}{more}", code=failures[0][3])
    history = History.from_gathering(gathering)
    history.failures = failure_frame(failures)
    return history


def _added(gathering: Gathering, content: _Content) -> list[NotAPage]:
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
        ends = f"{', '.join(_SUFFIXES)}, or these and .gz"
        msg = f"The folder {path} holds no files to read: they end in {ends}."
        raise ConfigurationError(msg)
    yield from files


def _is_response(relative: Path, file: Path) -> bool:
    hidden = any(part.startswith(".") or part == _LOG for part in relative.parts)
    # By its name it holds responses, or looks as if it did.
    worth = relative.name.lower().removesuffix(".gz").endswith((*_SUFFIXES, *_PACKED, *_TABLES))
    return not hidden and worth and file.is_file()


class _Content(NamedTuple):
    """What a file holds."""

    data: bytes  # as far as it could be read; of lines, whole ones alone
    fault: NotAPage | None = None  # why it could not be read to its end
    lines: bool = False  # whether it was cut after a whole line


def _content_of(file: Path) -> _Content:
    """Read a file; one that holds no responses by what it is called."""
    suffix = Path(file.name.lower().removesuffix(".gz")).suffix
    if suffix in _TABLES:
        return _no_responses(f"is {_TABLES[suffix]}: give the responses as PingOne sent them")
    try:
        data = file.read_bytes()
    except OSError as error:
        return _no_responses(f"could not be read: {error.strerror or error}")
    packed = _PACKED[".zip"] if data.startswith(_ZIP) else _PACKED.get(suffix)
    if packed is not None:
        return _no_responses(f"is {packed}: unpack it and give what is in it")
    return _unpacked(data) if data.startswith(_GZIP) else _Content(data)


def _no_responses(why: str) -> _Content:
    return _Content(b"", NotAPage(why))


def _unpacked(data: bytes) -> _Content:
    """Unpack gzip, as far as it goes."""
    pieces: list[bytes] = []
    size, start = 0, 0
    fault: NotAPage | None = None
    unpacker = zlib.decompressobj(wbits=31)
    view = memoryview(data)
    try:
        while start < len(data):
            piece = unpacker.decompress(view[start : start + _PIECE])
            size += len(piece)
            pieces.append(piece)
            start = min(start + _PIECE, len(data))
            if size > _MOST_UNPACKED:
                return _no_responses("holds more than 2 GB unpacked: unpack it, and give its parts")
            if unpacker.eof:  # one such stream may follow another
                start -= len(unpacker.unused_data)
                if not data.startswith(_GZIP, start):
                    break
                unpacker = zlib.decompressobj(wbits=31)
    except zlib.error as error:
        fault = NotAPage(f"is damaged: {error}; what comes before was read")
    if fault is None and not unpacker.eof:
        fault = NotAPage("is cut short: the end of the gzip is missing; what comes before was read")
    whole = b"".join(pieces)
    if fault is None or lines_in(whole) is None:
        return _Content(whole, fault)
    return _Content(whole[: whole.rfind(b"\n") + 1], fault, lines=True)
