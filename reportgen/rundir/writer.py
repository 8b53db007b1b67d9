"""Writes a run directory so that nothing is lost: appended lines, files replaced whole, media named by content.

One process writes a run, and holds a lock on `run.lock` while it does. A row is one `os.write` on a descriptor
opened for appending: once `append` returned, the row outlives the process, whatever kills it. `sync` makes it
outlive the machine.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from reportgen.errors import UsageError, WriteError
from reportgen.rundir import jsonl, layout

CHUNK: Final = 1024 * 1024
"""Bytes that are read at once when a file is copied into the run."""

PATIENCE: Final = 0.5
"""Seconds to wait for a lock. A process that was killed while it started another one holds its lock a little longer."""

_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_APPEND: Final = os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


class LineFile:
    """A file that only grows, a whole line at a time. Calls to `append` must not overlap.

    Args:
        path: The file; it is made when it is not there.

    Raises:
        OSError: It cannot be opened.
    """

    __slots__ = ("_descriptor", "_torn")

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, _APPEND, 0o666)
        # A killed process may have left half a line; what follows must not be glued to it.
        size = os.fstat(self._descriptor).st_size
        if size > 0:
            os.lseek(self._descriptor, size - 1, os.SEEK_SET)
        self._torn = size > 0 and os.read(self._descriptor, 1) != b"\n"

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
            raise
        self._torn = False

    def _append_rest(self, line: bytes, done: int) -> None:
        """The system took a part: a full disk fails at once on the rest, and then the error has its reason."""
        while done < len(line):
            more = os.write(self._descriptor, line[done:])
            if more == 0:
                raise OSError(errno.EIO, "the system accepts no more bytes")
            done += more

    @property
    def size(self) -> int:
        """Bytes in the file; 0 once it is closed."""
        return os.fstat(self._descriptor).st_size if self._descriptor >= 0 else 0

    def sync(self) -> None:
        """Wait until what was appended is on the device.

        Raises:
            OSError: The device failed. The system may have dropped the data, so a repetition does not help.
        """
        if self._descriptor >= 0:
            os.fsync(self._descriptor)

    def close(self) -> None:
        """Close the file; a second call does nothing."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            with contextlib.suppress(OSError):
                os.close(descriptor)


class RunWriter:
    """The run directory of one run that is being written.

    Attributes:
        folder: The run directory, absolute.
        history: Rows of `log`.
        system: Rows of system metrics.
    """

    def __init__(self, folder: Path, *, new: bool) -> None:
        """Make or open a run directory, and lock it.

        Args:
            folder: The run directory.
            new: It must not exist yet; its parents are made.

        Raises:
            FileExistsError: `new`, and it is there.
            UsageError: (RG361) Another process, or this one, is writing it.
            WriteError: (RG362) It cannot be written.
        """
        self.folder = folder
        self._lock = -1
        try:
            if new:
                folder.parent.mkdir(parents=True, exist_ok=True)
        except OSError as fault:  # a file where a folder should be counts as "exists", and is no run
            raise unwritable(folder, fault) from fault
        try:
            if new:
                folder.mkdir()
            self._lock = _locked(folder / layout.LOCK)
            self.history = LineFile(folder / layout.HISTORY)
            self.system = LineFile(folder / layout.SYSTEM)
        except FileExistsError:
            raise
        except OSError as fault:
            self._unlock()
            raise unwritable(folder, fault) from fault

    def write_document(self, name: str, content: Mapping[str, Any], *, durable: bool = False) -> None:
        """Replace `run.json`, `config.json` or `summary.json`. A reader meets the old or the new file, whole.

        Args:
            name: A name of `layout`.
            content: Plain values, as for `jsonl.encode_document`.
            durable: Wait until it is on the device.

        Raises:
            OSError: It could not be written; the old file is untouched.
        """
        data = jsonl.encode_document(content)
        with _part(self.folder / name) as part:
            descriptor = os.open(part, _NEW, 0o666)
            try:
                _write_all(descriptor, data)
                if durable:
                    os.fsync(descriptor)
            finally:
                os.close(descriptor)

    def put(self, data: bytes, suffix: str) -> str:
        """Store a media file under the hash of its bytes; the same bytes are stored once.

        Args:
            data: The bytes of the file.
            suffix: Its extension with the dot, lower case, such as `".png"`.

        Returns:
            Its place relative to the run directory, for a record.

        Raises:
            OSError: It could not be written.
        """
        name = layout.media_name(hashlib.sha256(data).hexdigest(), suffix)
        target = self.folder / name
        if not _holds(target, len(data)):
            target.parent.mkdir(parents=True, exist_ok=True)
            with _part(target) as part:
                descriptor = os.open(part, _NEW, 0o666)
                try:
                    _write_all(descriptor, data)
                finally:
                    os.close(descriptor)
        return name

    def put_file(self, source: Path, suffix: str) -> str:
        """Copy a file into the run, as `put` does with bytes. Memory stays small however large the file is.

        Args:
            source: The file.
            suffix: Extension of the copy, with the dot, lower case.

        Raises:
            OSError: It could not be read or written.
        """
        digest = hashlib.sha256()
        media = self.folder / layout.MEDIA
        media.mkdir(exist_ok=True)
        copy = media / _part_name(suffix)
        try:
            with source.open("rb") as given:
                descriptor = os.open(copy, _NEW, 0o666)
                try:
                    while chunk := given.read(CHUNK):
                        digest.update(chunk)
                        _write_all(descriptor, chunk)
                finally:
                    os.close(descriptor)
            name = layout.media_name(digest.hexdigest(), suffix)
            target = self.folder / name
            target.parent.mkdir(exist_ok=True)
            copy.replace(target)
        finally:
            copy.unlink(missing_ok=True)
        return name

    def sync(self) -> None:
        """Wait until all rows are on the device.

        Raises:
            OSError: As for `LineFile.sync`.
        """
        self.history.sync()
        self.system.sync()

    def close(self) -> None:
        """Close the files and give the lock back; a second call does nothing."""
        self.history.close()
        self.system.close()
        self._unlock()

    def _unlock(self) -> None:
        descriptor, self._lock = self._lock, -1
        if descriptor >= 0:
            with contextlib.suppress(OSError):
                os.close(descriptor)  # the lock belongs to the open file, so it goes with it


def unwritable(folder: Path, fault: OSError) -> WriteError:
    """The error (RG362) that a run cannot begin in a folder."""
    return WriteError(
        "RG362",
        f"the run directory cannot be written: {fault.strerror or fault}",
        where=str(folder),
        remedy="Name a writable folder with init(dir=...) or REPORTGEN_DIR",
    )


def _locked(path: Path) -> int:
    """Open the lock file and take its lock, which the system gives back even when the process is killed."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o666)
    try:
        import fcntl
    except ImportError:  # Windows has no such lock; a run is written there without one
        return descriptor
    end = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as fault:
            if fault.errno not in (errno.EWOULDBLOCK, errno.EACCES):
                return descriptor  # this file system knows no locks, and a run is worth more than its lock
            if time.monotonic() < end:
                time.sleep(0.02)
                continue
            os.close(descriptor)
            raise UsageError(
                "RG361",
                "this run is already being written",
                where=str(path.parent),
                remedy="Wait until the other process has finished it, or give init another id",
            ) from fault
        return descriptor


@contextlib.contextmanager
def _part(target: Path) -> Iterator[Path]:
    """A name to write to; it takes its target's place when all went well, and is removed when not."""
    part = target.with_name(_part_name(target.name))
    try:
        yield part
        part.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise


def _holds(target: Path, size: int) -> bool:
    """Whether a file is there, whole: one that was stored shortly before a power failure may not be."""
    try:
        return target.stat().st_size == size
    except OSError:
        return False


def _part_name(name: str) -> str:
    """Differs between threads, because two of them may store the same picture at the same time."""
    return f"{name}.{threading.get_ident():x}{layout.PART}"


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        done = os.write(descriptor, view)
        if done == 0:
            raise OSError(errno.EIO, "the system accepts no more bytes")
        view = view[done:]
