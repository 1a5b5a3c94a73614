"""A kernel interrupt that is noticed between two steps, not thrown into the middle of one."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Self


class Interruption:
    """Within its context, the first interrupt only sets `came`; a second one is as usual.

    Signals reach the main thread alone, so elsewhere it does nothing.
    """

    def __init__(self) -> None:
        self.came = False
        self._usual: Callable[[int, FrameType | None], object] | None = None

    def __enter__(self) -> Self:
        usual = signal.getsignal(signal.SIGINT)
        if threading.current_thread() is threading.main_thread() and callable(usual):
            self._usual = usual
            signal.signal(signal.SIGINT, self._note)
        return self

    def __exit__(self, *_: object) -> None:
        self._restore()

    def _note(self, _signal: int, _frame: FrameType | None) -> None:
        self.came = True
        self._restore()

    def _restore(self) -> None:
        if self._usual is not None:
            signal.signal(signal.SIGINT, self._usual)
            self._usual = None
