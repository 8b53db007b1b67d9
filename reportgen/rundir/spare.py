"""Room on the disk that is kept for the last word of a run: `run.json` can be replaced when the disk is full.

Two files beside it, as large as it may become, are made when the run begins. Where the ordinary way fails, the content
is written over the bytes of one of them, which takes no room and, through a descriptor that is open already, no new
descriptor; then it is renamed. Until then the old `run.json` is there, whole, so a process may be killed in between.
"""

from __future__ import annotations

import contextlib
import errno
import os
from pathlib import Path
from typing import Final, NamedTuple

from reportgen.rundir import descriptors, layout

COUNT: Final = 2
SLACK: Final = 8192
"""Bytes that the content may grow by, beyond what it was when the disk was last all right."""

BLOCK: Final = 4096
"""File systems give out room in such pieces."""

_NEW: Final = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0)


class _File(NamedTuple):
    """A file that is kept open."""

    path: Path
    descriptor: int
    known: descriptors.Identity | None

    def close(self) -> None:
        descriptors.close(self.descriptor, self.known)


class Spare:
    """The spare files of one document. Calls must not overlap.

    Args:
        target: The document.
    """

    def __init__(self, target: Path) -> None:
        self._target = target
        self._files: list[_File] = []
        self._size = 0
        self._used: _File | None = None  # what the document is now, if it was one of them

    def keep(self, size: int) -> None:
        """Have room for a content of a size, and some more. Where there is none, nothing is kept.

        Args:
            size: Bytes.
        """
        if os.name == "nt":  # there, an open file cannot be renamed
            return
        if size + SLACK // 2 > self._size:
            self.free()
            self._size = -(-(size + SLACK) // BLOCK) * BLOCK
        with contextlib.suppress(OSError):
            while len(self._files) < COUNT:
                self._files.append(self._made())

    def write(self, data: bytes, *, durable: bool) -> bool:
        """Replace the document.

        Args:
            data: Its content, JSON; blanks are added.
            durable: Wait until it is on the device.

        Returns:
            Whether that was possible.
        """
        if not self._files or len(data) > self._size:
            return False
        file = self._files.pop()
        try:
            if descriptors.identity(file.descriptor) != file.known:
                raise OSError(errno.EBADF, os.strerror(errno.EBADF))
            _overwrite(file.descriptor, data.rstrip() + b" " * (self._size - len(data.rstrip()) - 1) + b"\n")
            if durable:
                os.fsync(file.descriptor)
            again = self._kept_again()
            file.path.replace(self._target)
        except OSError:
            file.close()
            with contextlib.suppress(OSError):
                file.path.unlink()
            return False
        if again is not None:
            self._files.append(again)
        elif self._used is not None:
            self._used.close()
        self._used = file
        return True

    def free(self) -> None:
        """Give the room back."""
        files, self._files, self._size = self._files, [], 0
        for file in files:
            with contextlib.suppress(OSError):
                file.path.unlink()
        self._let_go([*files, *([self._used] if self._used else [])])

    def mend(self) -> None:
        """Make the files anew if somebody has closed or removed one."""
        if any(descriptors.identity(file.descriptor) != file.known or not file.path.exists() for file in self._files):
            size = self._size - SLACK
            self.free()
            self.keep(size)

    def moved(self, folder: Path) -> None:
        """The document and these files lie in another folder by now."""
        self._target = folder / self._target.name
        self._files = [file._replace(path=folder / file.path.name) for file in self._files]
        if self._used is not None:
            self._used = self._used._replace(path=folder / self._used.path.name)

    def let_go(self) -> None:
        """In a forked child: close the files, and leave them to the parent."""
        self._let_go([*self._files, *([self._used] if self._used else [])])
        self._files = []

    def _let_go(self, files: list[_File]) -> None:
        for file in files:
            file.close()
        self._used = None

    def _made(self) -> _File:
        path = self._named()
        descriptor = os.open(path, _NEW, 0o666)
        try:
            _overwrite(descriptor, b" " * self._size)
        except OSError:
            os.close(descriptor)
            path.unlink(missing_ok=True)
            raise
        return _File(path, descriptor, descriptors.identity(descriptor))

    def _kept_again(self) -> _File | None:
        """A second name for the present document, if it was one of these files: it is the next one then."""
        if self._used is None or descriptors.identity_at(self._target) != self._used.known:
            return None
        path = self._named()
        try:
            os.link(self._target, path)
        except OSError:  # a file system without such names
            return None
        return self._used._replace(path=path)

    def _named(self) -> Path:
        return self._target.with_name(f"{self._target.name}.{os.urandom(6).hex()}{layout.PART}")


def _overwrite(descriptor: int, data: bytes) -> None:
    place = 0
    while place < len(data):
        done = os.pwrite(descriptor, data[place:], place)
        if done == 0:
            raise OSError(errno.EIO, "the system accepts no more bytes")
        place += done
