"""What a file holds: as it is, or packed by gzip; and what other kinds of files are called."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Final, NamedTuple

from pingsessions_nb.frames.pages import NotAPage, lines_in

SUFFIXES: Final = (".json", ".ndjson", ".jsonl", ".har")
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
_TABLES: Final = {
    ".csv": "a table (CSV)",
    ".tsv": "a table (TSV)",
    ".xlsx": "an Excel workbook",
}
_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06")
_GZIP: Final = b"\x1f\x8b"
_PIECE: Final = 1 << 16
_MOST_UNPACKED: Final = 2 << 30


class Content(NamedTuple):
    """What a file holds.

    Attributes
    ----------
    data : bytes
        As far as it could be read; of lines, whole ones alone.
    fault : NotAPage or None
        Why it could not be read to its end.
    lines : bool
        Whether it was cut after a whole line.
    """

    data: bytes
    fault: NotAPage | None = None
    lines: bool = False


def is_worth_reading(name: str) -> bool:
    """Tell by its name whether a file in a folder holds responses, or looks as if it did."""
    return name.lower().removesuffix(".gz").endswith((*SUFFIXES, *_PACKED, *_TABLES))


def content_of(file: Path) -> Content:
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
    return _unpacked(data) if data.startswith(_GZIP) else Content(data)


def _no_responses(why: str) -> Content:
    return Content(b"", NotAPage(why))


def _unpacked(data: bytes) -> Content:
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
        return Content(whole, fault)
    return Content(whole[: whole.rfind(b"\n") + 1], fault, lines=True)


def named_suffixes() -> str:
    """Say what files of responses are called."""
    return f"{', '.join(SUFFIXES)}, or these and .gz"
