r"""What reading users gave, and a file of it that a long reading can be resumed from.

However and whenever the reading was ended: the file is only ever appended to, one entry for each
user and each page of the list of users::

    "pingsessions checkpoint 1\n"
    { length: uint32, crc32 of the payload: uint32, payload }...

A payload is zlib-compressed MessagePack. A kill can tear the last entry: whatever does not add
up to its checksum is cut off, and read from PingOne again. An entry is handed to the operating
system before the next user is begun, so no more than the users under way are read twice.
"""

from __future__ import annotations

import os
import stat
import struct
import threading
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NoReturn

import msgspec

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

from pingsessions_nb.errors import ApiError, ConfigurationError
from pingsessions_nb.tenant.explaining import NOT_PINGONE

_MAGIC = b"pingsessions checkpoint 1\n"
_FRAME = struct.Struct(">II")


class Failure(msgspec.Struct, array_like=True, frozen=True):
    """A user that could not be read: a row of ``history.failures``."""

    user_id: str
    error: str
    status: int | None = None
    code: str | None = None

    @classmethod
    def of(cls, user_id: str, error: ApiError) -> Failure:
        """Keep what the error says."""
        return cls(user_id, str(error), error.status, error.code)

    @property
    def is_gone(self) -> bool:
        """Whether PingOne, and nobody in its place, says that there is no such user."""
        return self.status == 404 and self.code != NOT_PINGONE


class FetchedUser(msgspec.Struct, array_like=True, tag="user", frozen=True):
    """One user's own JSON, where it was asked for, and pages of sessions, or why there are none."""

    user_id: str
    user: bytes | None = None
    pages: list[bytes] = msgspec.field(default_factory=list)
    failure: Failure | None = None


class FetchedUserList(msgspec.Struct, array_like=True, tag="users", frozen=True):
    """One page of the list of users, where the next one lies, and how many users it holds."""

    raw: bytes
    next: str | None
    users: int


class _About(msgspec.Struct, array_like=True, tag="about", frozen=True):
    """What a checkpoint is of: the first entry."""

    environment: str
    readers: str


_Entry = _About | FetchedUserList | FetchedUser
_DECODER = msgspec.msgpack.Decoder(_Entry)


class Checkpoint:
    """The checkpoint at `path`, made if it is not there.

    It is of one `environment`, by its address, and of some `readers`: ``"everybody"``, or a digest
    of the list of users.

    Attributes
    ----------
    written_at : float
        When it was last written to, in seconds since 1970, before it was opened now.

    Raises
    ------
    ConfigurationError
        The file is not a checkpoint, is one of another reading, or is in use; or it is a pipe or
        a device.
    """

    def __init__(self, path: Path, environment: str, readers: str) -> None:
        self._path = path
        self._places: dict[str, tuple[int, int]] = {}
        self._listed: list[tuple[int, int]] = []
        self._using_file = threading.Lock()
        self._closed = False
        self.written_at = 0.0
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
        except OSError as error:
            raise self._not_writable(error) from None
        try:
            found = os.fstat(self._file)
            if not stat.S_ISREG(found.st_mode):
                raise ConfigurationError(
                    f"The checkpoint {path} is not an ordinary file but a pipe or a device, "
                    "from which no reading can be resumed. Give the path of a file."
                )
            self._lock()
            self.written_at = found.st_mtime
            self._resume(_About(environment, readers))
        except BaseException as error:
            os.close(self._file)
            if isinstance(error, OSError):
                raise self._not_writable(error) from None
            raise

    def __contains__(self, user_id: str) -> bool:
        return user_id in self._places

    def __len__(self) -> int:
        return len(self._places)

    def read(self, user_id: str) -> FetchedUser:
        """Return a user's entry."""
        entry = self._at(*self._places[user_id])
        assert isinstance(entry, FetchedUser)  # noqa: S101 - `_places` knows no others
        return entry

    def listed(self) -> Iterator[FetchedUserList]:
        """Yield the pages of the list of users, in order."""
        for at, length in self._listed:
            page = self._at(at, length)
            assert isinstance(page, FetchedUserList)  # noqa: S101 - `_listed` knows no others
            yield page

    def save(self, entry: FetchedUser | FetchedUserList) -> None:
        """Append an entry; when this returns, a kill no longer loses it."""
        try:
            self._append(entry)
        except OSError as error:
            why = f"cannot be written: {error.strerror}. What it holds is kept."
            raise ConfigurationError(f"The checkpoint {self._path} {why}") from None

    def close(self) -> None:
        """Close the file, its contents on the disk."""
        with self._using_file:
            self._closed = True
            os.fsync(self._file)
            os.close(self._file)

    def _at(self, at: int, length: int) -> _Entry:
        with self._using_file:
            os.lseek(self._file, at, os.SEEK_SET)
            payload = os.read(self._file, length)
        entry: _Entry = _DECODER.decode(zlib.decompress(payload))
        return entry

    def _append(self, entry: _Entry) -> None:
        payload = zlib.compress(msgspec.msgpack.encode(entry), 1)
        frame = _FRAME.pack(len(payload), zlib.crc32(payload)) + payload
        with self._using_file:
            if self._closed:
                return  # a request that was under way when the reading was interrupted
            at = os.lseek(self._file, 0, os.SEEK_END)
            written = 0
            while written < len(frame):
                written += os.write(self._file, frame[written:])
        self._note(entry, at + _FRAME.size, len(payload))

    def _note(self, entry: _Entry, at: int, length: int) -> None:
        if isinstance(entry, FetchedUser):
            self._places[entry.user_id] = at, length
        elif isinstance(entry, FetchedUserList):
            self._listed.append((at, length))

    def _resume(self, about: _About) -> None:
        """Read what is there, and cut off a torn end."""
        whole = 0
        with self._path.open("rb") as file:
            start = file.read(len(_MAGIC))
            if start == _MAGIC:
                whole = file.tell()
                for entry, at, length in _entries(file):
                    if whole == len(_MAGIC) and entry != about:
                        self._refuse(entry)
                    self._note(entry, at, length)
                    whole = at + length
            elif not _MAGIC.startswith(start):
                self._refuse(None)
        if os.fstat(self._file).st_size != whole:
            os.ftruncate(self._file, whole)
        if whole <= len(_MAGIC):
            if whole == 0:
                os.write(self._file, _MAGIC)
            self._append(about)

    def _not_writable(self, error: OSError) -> ConfigurationError:
        return ConfigurationError(
            f"The checkpoint {self._path} cannot be written: {error.strerror}."
        )

    def _lock(self) -> None:
        """Keep others from writing until this file is closed, be it by a kill."""
        if fcntl is None:
            return
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ConfigurationError(
                f"The checkpoint {self._path} is in use by another reading. Wait until that has "
                "ended, or give another path."
            ) from None
        except OSError:
            pass  # not every network's file system knows locks

    def _refuse(self, found: object) -> NoReturn:
        if isinstance(found, _About):
            of = f"the checkpoint of another reading ({found.readers} of {found.environment})"
        else:
            of = "not a checkpoint"
        msg = f"{self._path} is {of}. Give another path, or delete it to start again."
        raise ConfigurationError(msg)


def _entries(file: BinaryIO) -> Iterator[tuple[_Entry, int, int]]:
    """Yield whole entries with the place and length of their payload, up to a torn one."""
    while len(frame := file.read(_FRAME.size)) == _FRAME.size:
        length, checksum = _FRAME.unpack(frame)
        at = file.tell()
        payload = file.read(length)
        # A loss of power may leave zeros: an entry of nothing, with a fitting checksum.
        if length == 0 or len(payload) < length or zlib.crc32(payload) != checksum:
            return
        yield _DECODER.decode(zlib.decompress(payload)), at, length
