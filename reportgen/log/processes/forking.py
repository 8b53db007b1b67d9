"""Forks that cut nothing in two: the threads of this package stand still while their process is forked.

A forked child has a copy of all locks, but none of the threads that would give them back. A thread that was just
importing a module would leave a child that waits for ever when it imports the same module, as data loaders do; so would
one that was inside a library with locks of its own.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from types import TracebackType
from typing import Final

PATIENCE: Final = 5.0
"""Seconds that a fork waits for the threads at most."""


class Gate:
    """Threads are inside while they do what must not be cut; a fork waits until all are out, and lets none in."""

    def __init__(self) -> None:
        self._after: set[str] = set()
        self.reset()

    def reset(self) -> None:
        """Forget everything: in a child, none of the threads exists."""
        self._changed = threading.Condition()
        self._inside: dict[int, int] = {}
        self._forks = 0

    def __enter__(self) -> None:
        me = threading.get_ident()
        with self._changed:
            while self._forks and me not in self._inside:
                self._changed.wait()
            self._inside[me] = self._inside.get(me, 0) + 1

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        me = threading.get_ident()
        with self._changed:
            left = self._inside.pop(me, 1) - 1  # nothing, in a child that was forked in here
            if left:
                self._inside[me] = left
            self._changed.notify_all()

    def close(self) -> None:
        """Before a fork: wait until no other thread is inside, `PATIENCE` seconds at most."""
        me, end = threading.get_ident(), time.monotonic() + PATIENCE
        with self._changed:
            self._forks += 1
            while self._inside.keys() - {me} and (left := end - time.monotonic()) > 0:
                self._changed.wait(left)

    def open(self) -> None:
        """After a fork, in the parent: threads go on."""
        with self._changed:
            self._forks = max(0, self._forks - 1)
            self._changed.notify_all()

    def watch(self) -> None:
        """Stand at every fork of this process from now on, before all that stands there so far.

        What was registered last is asked first, and must not hold anything that a thread inside needs: `logging` holds
        its lock during a fork. So this is called again by whoever has imported it.
        """
        if hasattr(os, "register_at_fork") and "logging" not in self._after:
            self._after |= {"logging"} & sys.modules.keys()
            os.register_at_fork(before=self.close, after_in_parent=self.open, after_in_child=self.reset)


GATE: Final = Gate()
"""The gate of this process."""
