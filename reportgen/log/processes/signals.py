"""A process that is told to end stores first what `log` has taken: media that other threads are still encoding.

SIGTERM, SIGHUP and SIGINT are heeded where they would end the process without a word; a handler that somebody else has
set is left alone. Only processes that log media have handlers of ours: plain numbers are on disk when `log` returns.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
import weakref
from types import FrameType
from typing import Final, Protocol

SECONDS: Final = 10.0
"""How long the end of the process is put off at most. Clusters send SIGKILL 30 seconds after SIGTERM."""

VARIABLE: Final = "REPORTGEN_SIGNAL_SECONDS"
"""The environment variable that gives another number; with 0, signals are left alone."""

_NAMES: Final = ("SIGTERM", "SIGHUP", "SIGINT")


class Pool(Protocol):
    """What may be storing something."""

    def leave(self, patience: float) -> bool:
        """Take nothing more, and wait until all is stored, so many seconds at most; whether it is."""


class Signals:
    """The handlers of this process."""

    def __init__(self) -> None:
        self._pools: weakref.WeakSet[Pool] = weakref.WeakSet()
        self._seconds = SECONDS
        self._set: set[int] = set()
        self._ready = False
        self._ending = False
        self._watching = False

    def add(self, pool: Pool) -> None:
        """From now on a signal waits for a pool, too."""
        self._pools.add(pool)
        self.heed()

    def remove(self, pool: Pool) -> None:
        """A pool has stored everything. After the last one, signals do what they did before."""
        self._pools.discard(pool)
        if not self._pools:
            self._leave()

    def heed(self) -> None:
        """Set handlers, where there are none. Python lets the main thread do that alone; others do nothing."""
        if self._ready or threading.current_thread() is not threading.main_thread():
            return
        self._ready, self._ending, self._seconds = True, False, _seconds()
        if not self._seconds:
            return
        if not self._watching and hasattr(os, "register_at_fork"):
            self._watching = True
            os.register_at_fork(after_in_child=self._forked)
        for name in _NAMES:
            number = getattr(signal, name, None)
            with contextlib.suppress(ValueError, OSError):  # not the main interpreter
                if number is not None and signal.getsignal(number) is signal.SIG_DFL:
                    signal.signal(number, self._end)
                    self._set.add(number)

    def _leave(self) -> None:
        """Take the handlers away that are still ours."""
        if threading.current_thread() is threading.main_thread():
            for number in self._set:
                with contextlib.suppress(ValueError, OSError):
                    if signal.getsignal(number) == self._end:
                        signal.signal(number, signal.SIG_DFL)
            self._set.clear()
            self._ready = False

    def _forked(self) -> None:
        """A forked child has no pool, and dies as it did before."""
        self._pools = weakref.WeakSet()
        self._leave()

    def _end(self, number: int, frame: FrameType | None) -> None:
        if not self._ending:  # whoever sends a second one does not want to wait
            self._ending = True
            end = time.monotonic() + self._seconds
            for pool in list(self._pools):
                with contextlib.suppress(Exception):
                    pool.leave(max(0.0, end - time.monotonic()))
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)


def _seconds() -> float:
    """How long the end may be put off; what makes no sense counts as if it were not there."""
    try:
        given = float(os.environ.get(VARIABLE, SECONDS))
    except ValueError:
        return SECONDS
    return given if 0 <= given < float("inf") else SECONDS


SIGNALS: Final = Signals()
"""Those of this process."""
