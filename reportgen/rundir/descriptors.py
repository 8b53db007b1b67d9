"""Descriptors in a process that has other things to do: which are still ours, and some for when none is left.

A script may close descriptors that are not its own, as programs do that detach themselves from a terminal, and the
system gives their numbers to the next file that somebody opens. So before one is closed, or used after an error, its
file is compared with the one that was opened. And a process may run out of descriptors: a few are held in reserve, and
given up for the moment in which the run, or an import, needs one.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

RESERVED: Final = 9
"""Descriptors that the open runs of a process hold in reserve together."""

AT_ONCE: Final = 3
"""Descriptors that are given up at once: so many are needed at the same time at most."""

QUIET: Final = 1.0
"""Seconds without a shortage after which they are taken back: in between somebody may be about to open a file."""

HIGH: Final = 512
"""From here on up descriptors are given numbers that nobody gets by accident."""

_SPENT: Final = (errno.EMFILE, errno.ENFILE)

Identity = tuple[int, int]


def identity(descriptor: int) -> Identity | None:
    """What tells the file of a descriptor from all others; None when nothing is open there."""
    if descriptor < 0:
        return None
    try:
        found = os.fstat(descriptor)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def identity_at(path: Path) -> Identity | None:
    """The same of the file at a path; None when there is none.

    Raises:
        OSError: That cannot be said.
    """
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return found.st_dev, found.st_ino


def path_of(descriptor: int) -> Path | None:
    """Where an open file lies by now, as the system tells; None where it does not, or the file has no name any more."""
    try:
        if sys.platform == "darwin":
            import fcntl

            found = os.fsdecode(fcntl.fcntl(descriptor, fcntl.F_GETPATH, bytes(1024)).rstrip(b"\0"))
        else:
            found = os.readlink(f"/proc/self/fd/{descriptor}")  # noqa: PTH115
        known = identity(descriptor)
        return Path(found) if known is not None and identity_at(Path(found)) == known else None
    except OSError:
        return None


def close(descriptor: int, known: Identity | None) -> None:
    """Close a descriptor if it still is that of its file; else it is somebody else's."""
    if known is not None and identity(descriptor) == known:
        with contextlib.suppress(OSError):
            os.close(descriptor)


def raised(descriptor: int) -> int:
    """The descriptor with a high number, where the process may have such.

    The system gives the lowest free number to whoever opens a file. So when somebody closes a range of them, the low
    ones are soon other files, and a row must not get into one of those before it is noticed.
    """
    try:
        import fcntl

        moved = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, HIGH)
    except (ImportError, AttributeError, OSError):  # no such call, or a lower limit
        return descriptor
    os.close(descriptor)
    return moved


class Reserve:
    """A few descriptors of one run. While it holds any, an import finds room, too."""

    def __init__(self) -> None:
        self._held: list[int] = []
        self._known: Identity | None = None
        self._released = -QUIET
        self._needed = False
        _FINDER.add(self)

    def fill(self, descriptor: int) -> None:
        """Hold as many as there should be, if the process may have so many.

        Args:
            descriptor: An open file; copies of its descriptor are held.
        """
        known = identity(descriptor)
        if known is None or time.monotonic() - self._released < QUIET:
            return
        if known != self._known or any(identity(one) != known for one in self._held):
            self._give_up(len(self._held))
        self._known = known
        with contextlib.suppress(OSError):
            while self._others() + len(self._held) < RESERVED:
                self._held.append(os.dup(descriptor))

    def _others(self) -> int:
        return sum(len(reserve._held) for reserve in _FINDER.reserves if reserve is not self)

    def asked(self) -> bool:
        """Whether there was a shortage since this was last called, and is none now."""
        if not self._needed or self._others() + len(self._held) < RESERVED:
            return False
        self._needed = False
        return True

    def release(self) -> bool:
        """Give some of them up; whether there were any."""
        self._released = time.monotonic()
        self._needed = True
        return self._give_up(AT_ONCE)

    def _give_up(self, number: int) -> bool:
        gone, self._held = self._held[:number], self._held[number:]
        for descriptor in gone:
            close(descriptor, self._known)
        return bool(gone)

    def make_room(self) -> None:
        """Give them up if no file could be opened at the moment."""
        if not self._held:
            return
        try:
            os.close(os.dup(self._held[0]))
        except OSError as fault:
            if fault.errno in _SPENT:
                self.release()

    def drop(self) -> None:
        """Give them up for good."""
        _FINDER.remove(self)
        self._give_up(len(self._held))


def opened(path: str | os.PathLike[str], flags: int) -> int:
    """As `os.open`; where the process may have no more descriptors, those in reserve are given up.

    Raises:
        OSError: It could not be opened.
    """
    while True:
        try:
            return os.open(path, flags, 0o666)
        except OSError as fault:
            if fault.errno not in _SPENT or not any(reserve.release() for reserve in list(_FINDER.reserves)):
                raise


class _Finder:
    """Comes first among those that look for modules. Finds none, but sees to it that a file can be opened."""

    def __init__(self) -> None:
        self.reserves: list[Reserve] = []

    def add(self, reserve: Reserve) -> None:
        self.reserves.append(reserve)
        if self not in sys.meta_path:
            sys.meta_path.insert(0, self)  # a base class would cost an import

    def remove(self, reserve: Reserve) -> None:
        with contextlib.suppress(ValueError):
            self.reserves.remove(reserve)
        if not self.reserves:
            with contextlib.suppress(ValueError):
                sys.meta_path.remove(self)

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: Any = None) -> None:
        for reserve in list(self.reserves):
            reserve.make_room()


_FINDER: Final = _Finder()
