"""Forks that cut nothing in two: the threads of this package stand still while their process is forked.

A forked child has a copy of all locks, but none of the threads that would give them back. A thread that was just
importing a module would leave a child that waits for ever when it imports the same module, as data loaders do; so would
one that was inside a library with locks of its own. What calls of this package import when they are first made, in
whichever thread of the user's, is waited for as well.
"""

from __future__ import annotations

import _frozen_importlib  # `importlib._bootstrap`, under the name that costs nothing
import contextlib
import os
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Any, Final

PATIENCE: Final = 5.0
"""Seconds that a fork waits for the threads at most."""

LOOK: Final = 0.001
"""Seconds between two looks at what other threads import."""

OTHERS: Final = frozenset(
    {"PIL", "bokeh", "matplotlib", "narwhals", "numpy", "orjson", "plotly", "psutil", "pynvml", "tqdm", "yaml"}
)
WAITED_FOR: Final = sys.stdlib_module_names | OTHERS | {"reportgen"}
"""Modules and packages whose imports are waited for: what calls of this package bring along.

The user's own are not among them: a whole training may run inside the import of one.
"""


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
        """Before a fork: wait until no other thread is inside, or importing; `PATIENCE` seconds at most."""
        me, end = threading.get_ident(), time.monotonic() + PATIENCE
        with _logging_free():
            with self._changed:
                self._forks += 1
                while self._inside.keys() - {me} and (left := end - time.monotonic()) > 0:
                    self._changed.wait(left)
            while _others_import(me) and time.monotonic() < end:
                time.sleep(LOOK)

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


def _others_import(me: int) -> bool:
    """Whether another thread is in the middle of an import that a child may need to be whole.

    The interpreter has a lock for each module that is being imported, in a table without a public name; where there is
    none, nothing is waited for. A thread that forks inside such an import is one that others may be waiting for.
    """
    locks: Mapping[str, Any] = getattr(_frozen_importlib, "_module_locks", {})
    held = [(name, reference()) for name, reference in list(locks.items())]
    owners = {getattr(lock, "owner", None) for name, lock in held if name.partition(".")[0] in WAITED_FOR}
    return me not in owners and bool(owners & sys._current_frames().keys())


@contextlib.contextmanager
def _logging_free() -> Iterator[None]:
    """Let go of the lock of `logging`, which its own hook may have taken for this fork: Pillow's import needs it.

    Where `logging` itself comes in meanwhile, its hook will give back afterwards what it has not taken; so it is taken.
    """
    before: Any = getattr(sys.modules.get("logging"), "_lock", None)
    held = before is not None and before._is_owned()
    if held:
        before.release()
    try:
        yield
    finally:
        after: Any = getattr(sys.modules.get("logging"), "_lock", None)
        if after is not None and (held or before is None):
            after.acquire()


GATE: Final = Gate()
"""The gate of this process."""
