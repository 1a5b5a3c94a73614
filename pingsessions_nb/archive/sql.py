"""Questions in SQL, answered by a process of their own, which a bad one may end."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from pingsessions_nb.archive.tables import Tables
from pingsessions_nb.arguments import given_number
from pingsessions_nb.errors import ConfigurationError
from pingsessions_nb.wording import visible

_SCRIPT: Final = Path(__file__).with_name("sql_process.py")
_LONGEST_REASON: Final = 2000
_SHORTEST_TIMEOUT: Final = 0.001
_LONGEST_TIMEOUT: Final = 7 * 86400
_LAST_BREATH: Final = 5  # seconds in which a process that closed its pipe is gone
# EXPLAIN takes options that make it run a statement: it may only stand before a query.
_QUERY: Final = re.compile(
    r"\s*(EXPLAIN\s+((ANALYZE|VERBOSE|FORMAT\s+\w+)\s+)*)?\(*\s*(SELECT|WITH|VALUES|DESCRIBE)\b",
    re.IGNORECASE,
)
_COMMENT: Final = re.compile(
    r"""('(?:[^']|'')*'|"(?:[^"]|"")*")|--[^\n]*|/\*.*?\*/""", re.DOTALL
)  # or a text, which is kept


def answer(
    tables: Tables, versions: dict[str, int], query: str, timeout: float | None = None
) -> pa.Table:
    """Answer a query over tables at versions; see `Archive.sql`.

    A `ConfigurationError` is raised where it is no query, cannot be answered, ends the engine, or
    takes too long; an `ArchiveError` where a file cannot be read.
    """
    if timeout is not None:
        given_number("timeout", timeout, _SHORTEST_TIMEOUT, _LONGEST_TIMEOUT, unit="seconds")
    if not isinstance(query, str):
        msg = f"query is a {type(query).__name__}, but should be a text, such as 'SELECT …'."
        raise ConfigurationError(msg)
    # Without comments, for the engine tells otherwise where one ends; what is run is what was
    # looked at.
    bare = _COMMENT.sub(lambda found: found[1] or " ", query)
    if not _QUERY.match(bare):
        msg = f"The archive answers queries, and this is none: {visible(query.strip()[:80])!r}."
        raise ConfigurationError(f"{msg} Begin with SELECT or WITH; record() writes.")
    for name, version in versions.items():
        tables.check(name, version)
    question = {
        "query": bare,
        "tables": [(name, tables.uri(name), version) for name, version in versions.items()],
        "options": tables.options,
    }
    try:
        return ENGINE.ask(question, timeout)
    except _Refused as error:
        if not error.of_query:
            with tables.trouble("read"):
                raise OSError(error.reason) from None
        msg = f"The query cannot be answered: {error.reason[:_LONGEST_REASON]}"
        raise ConfigurationError(msg) from None


class _Refused(Exception):
    """The process could not answer a question."""

    def __init__(self, reason: str, of_query: bool = True) -> None:
        super().__init__(reason)
        self.reason = reason
        self.of_query = of_query


class _Engine:
    """The process, started when it is needed and again when a question has ended it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0

    def make_ready(self) -> None:
        """Start the process, so that the first question finds it at work, or tells why not."""
        if self._lock.acquire(blocking=False):
            try:
                with contextlib.suppress(OSError):
                    self._running()
            finally:
                self._lock.release()

    def ask(self, question: dict[str, Any], timeout: float | None) -> pa.Table:
        """Put a question to the process; `_Refused` is raised where there is no answer."""
        with self._lock:
            process = self._running()
            late = threading.Event()

            def stop() -> None:
                late.set()
                process.kill()

            timer = threading.Timer(timeout or 0, stop)
            if timeout is not None:
                timer.start()
            try:
                return _answered(process, question)
            except (OSError, ValueError, pa.ArrowException):
                reason = _ended(process, timeout if late.is_set() else None)
                self._process = None
            except _Refused:
                raise
            except BaseException:  # interrupted: what it is at work on is no longer wanted
                _end(process)
                self._process = None
                raise
            finally:
                timer.cancel()
        raise _Refused(reason)

    def close(self) -> None:
        """End the process, if it is this one's."""
        if self._process is not None and self._owner == os.getpid():
            _end(self._process)

    def _running(self) -> subprocess.Popen[bytes]:
        # After a fork, the process and its pipes are the parent's.
        if self._process is None or self._process.poll() is not None or self._owner != os.getpid():
            self._process = subprocess.Popen(  # noqa: S603 - our own script
                [sys.executable, "-P", str(_SCRIPT)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
                start_new_session=True,  # a kernel that is interrupted asks us, not this
            )
            self._owner = os.getpid()
        return self._process


def _answered(process: subprocess.Popen[bytes], question: dict[str, Any]) -> pa.Table:
    questions, answers = process.stdin, process.stdout
    if questions is None or answers is None:
        raise OSError
    questions.write(json.dumps(question).encode() + b"\n")
    questions.flush()
    told = json.loads(answers.readline())
    if told:
        raise _Refused(**told)
    with pa.ipc.open_stream(answers) as stream:
        return stream.read_all()


def _ended(process: subprocess.Popen[bytes], timeout: float | None) -> str:
    """Say why there is no answer."""
    if timeout is not None:
        _end(process)
        return f"it took longer than the {timeout:g} seconds of timeout=."
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(_LAST_BREATH)
    code = _end(process)
    how = signal.Signals(-code).name if -code in set(signal.Signals) else f"status {code}"
    return (
        f"it ended the engine ({how}). It is nested too deeply, or needs more memory than there "
        "is: ask for less at once."
    )


def _end(process: subprocess.Popen[bytes]) -> int:
    process.kill()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()
    return process.wait()


ENGINE: Final = _Engine()
atexit.register(ENGINE.close)
