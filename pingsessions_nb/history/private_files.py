"""Making files that their owner alone can read."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator
from typing import Final

_OTHERS: Final = 0o077
_LOCK: Final = threading.Lock()
_entered = 0
_before = 0


@contextlib.contextmanager
def owner_alone() -> Iterator[None]:
    """Have all files and folders that are made meanwhile readable by their owner alone.

    The mask is the process's own, so that what other threads make meanwhile is private, too. It is
    put back when the last of several that overlap is done.
    """
    global _entered, _before
    with _LOCK:
        if _entered == 0:
            _before = os.umask(_OTHERS)
            os.umask(_before | _OTHERS)
        _entered += 1
    try:
        yield
    finally:
        with _LOCK:
            _entered -= 1
            if _entered == 0:
                os.umask(_before)
