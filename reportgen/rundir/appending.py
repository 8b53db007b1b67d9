"""A file that only grows, a whole line at a time: one `os.write` per line on a descriptor opened for appending."""

from __future__ import annotations

import contextlib
import errno
import os
from pathlib import Path
from typing import Final

from reportgen.rundir import descriptors, layout

CHUNK: Final = 1024 * 1024
"""Bytes that are copied at once when a file is written anew."""

TAIL: Final = 64
"""Bytes at the end of a file that are remembered: a later look at their place tells whether it is still whole."""

_APPEND: Final = os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


class LineFile:
    """A file that only grows, a whole line at a time. Calls must not overlap.

    Args:
        path: The file; it is made when it is not there.
        new: It must not be there.

    Raises:
        OSError: It cannot be opened.
    """

    __slots__ = ("_descriptor", "_known", "_path", "_steady", "_synced", "_tail", "_torn")

    def __init__(self, path: Path, *, new: bool = False) -> None:
        self._path = path
        self._known: descriptors.Identity | None = None
        self._take(descriptors.opened(path, _APPEND | (os.O_EXCL if new else 0)))
        # On some file systems a file has another number each time that it is looked at.
        self._steady = descriptors.identity_at(path) == self._known

    def _take(self, descriptor: int) -> None:
        """Go on with an open file. A killed process may have left half a line, which nothing may be glued to."""
        self._descriptor = descriptors.raised(descriptor)
        self._known = descriptors.identity(self._descriptor)
        size = os.fstat(self._descriptor).st_size
        if size > 0:
            os.lseek(self._descriptor, size - 1, os.SEEK_SET)
        self._torn = size > 0 and os.read(self._descriptor, 1) != b"\n"
        self._synced = 0  # bytes that are known to be on the device
        self._tail = 0, b""  # where the file ended when it was last looked at, and its last bytes
        self.remember()

    def append(self, line: bytes) -> None:
        """Hand a line to the system. When this returns, the line survives the death of the process.

        Args:
            line: The line with its newline.

        Raises:
            OSError: It could not be written whole. The next line starts on a fresh one nevertheless.
        """
        if self._torn:
            line = b"\n" + line
        try:
            done = os.write(self._descriptor, line)
            if done != len(line):
                self._torn = True
                self._append_rest(line, done)
        except OSError:
            self._torn = True
            if not self.mend():
                raise
            self._append_rest(line, 0)
        self._torn = False

    def _append_rest(self, line: bytes, done: int) -> None:
        """The system took a part: a full disk fails at once on the rest, and then the error has its reason."""
        while done < len(line):
            more = os.write(self._descriptor, line[done:])
            if more == 0:
                raise OSError(errno.EIO, "the system accepts no more bytes")
            done += more

    @classmethod
    def nowhere(cls) -> LineFile:
        """One that is closed from the start."""
        made = cls.__new__(cls)
        made._descriptor, made._torn, made._known, made._steady, made._path = -1, False, None, False, Path()
        made._synced, made._tail = 0, (0, b"")
        return made

    @property
    def size(self) -> int:
        """Bytes in the file; 0 once it is closed."""
        try:
            return os.fstat(self._descriptor).st_size if self._descriptor >= 0 else 0
        except OSError:  # somebody else has closed it
            return 0

    @property
    def name(self) -> str:
        """The name of the file."""
        return self._path.name

    @property
    def gone(self) -> bool:
        """Whether its name has come to stand for nothing, or for another file."""
        if self._known is None:
            return False
        try:
            found = descriptors.identity_at(self._path)
        except OSError:  # such as a file server that does not answer
            return False
        return found is None or (self._steady and found != self._known)

    def remember(self) -> None:
        """Remember how the file ends, for `was_cut`."""
        if hasattr(os, "pread"):
            with contextlib.suppress(OSError):  # somebody else has closed it
                size = os.fstat(self._descriptor).st_size
                start = max(0, size - TAIL)
                self._tail = size, os.pread(self._descriptor, size - start, start)

    def was_cut(self) -> bool:
        """Whether somebody else has cut or overwritten what was in the file when this was last asked, or `remember`.

        A file that has grown again in between is noticed too. The next line does not get glued to what is left.
        """
        end, tail = self._tail
        if not hasattr(os, "pread") or descriptors.identity(self._descriptor) != self._known:
            return False
        try:
            cut = os.pread(self._descriptor, len(tail), end - len(tail)) != tail
        except OSError:
            return False
        self.remember()
        self._torn = self._torn or (cut and not self._tail[1].endswith(b"\n") and self._tail[0] > 0)
        return cut

    def place(self) -> Path | None:
        """Where the file lies by now; None where nobody can tell, or it has no name any more."""
        ours = self._known is not None and descriptors.identity(self._descriptor) == self._known
        return descriptors.path_of(self._descriptor) if ours else None

    def moved(self, folder: Path) -> None:
        """Its folder has another name by now."""
        self._path = folder / self._path.name

    def mend(self) -> bool:
        """Open the file again if somebody else has closed it: its number may be another file by now.

        Returns:
            Whether that was so, and the file is open again.
        """
        if self._known is None or descriptors.identity(self._descriptor) == self._known:
            return False
        self._descriptor = -1  # whatever it is now, it is not ours to write into
        try:
            descriptor = descriptors.opened(self._path, _APPEND & ~os.O_CREAT)
        except OSError:
            return False
        if self._steady and descriptors.identity(descriptor) != self._known:
            os.close(descriptor)
            return False
        self._take(descriptor)
        return True

    def restore(self) -> bool:
        """Write all that the file holds under its name again, and go on there. Its folder is there.

        Returns:
            Whether that was still known.

        Raises:
            OSError: It could not be written; the file is as it was.
        """
        part = self._path.with_name(f"{self._path.name}.{os.urandom(6).hex()}{layout.PART}")
        descriptor = descriptors.opened(part, _APPEND)
        known = hasattr(os, "pread") and descriptors.identity(self._descriptor) == self._known
        try:
            if known:
                place = 0
                while chunk := os.pread(self._descriptor, CHUNK, place):
                    place += os.write(descriptor, chunk)
            part.replace(self._path)
        except BaseException:
            os.close(descriptor)
            with contextlib.suppress(OSError):
                part.unlink()
            raise
        descriptors.close(self._descriptor, self._known)
        self._take(descriptor)
        return known

    def sync(self) -> None:
        """Wait until what was appended is on the device. Where nothing was since the last time, nothing is done.

        Raises:
            OSError: The device failed. The system may have dropped the data, so a repetition does not help.
        """
        if self._descriptor >= 0 and (size := os.fstat(self._descriptor).st_size) != self._synced:
            os.fsync(self._descriptor)
            self._synced = size

    def descriptor(self) -> int:
        """Its descriptor, to make copies of; -1 once it is closed."""
        return self._descriptor

    def close(self) -> None:
        """Close the file; a second call does nothing."""
        descriptor, self._descriptor = self._descriptor, -1
        known, self._known = self._known, None
        descriptors.close(descriptor, known)
