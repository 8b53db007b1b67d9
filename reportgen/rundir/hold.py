"""Who writes a run: one process at a time, on local disks and on network file systems.

Two means together. A `flock` goes with its process whatever kills it, but some file systems have none, and on others
it does not reach other machines. So there is an owner file besides, made so that only one process can, whose
modification time its owner renews every few seconds. It names the owner by numbers that tell nobody anything: a part
of a random number of the boot, the process id, when the process started.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any, Final, NamedTuple

from reportgen.errors import RunDirError, UsageError
from reportgen.rundir import descriptors, layout
from reportgen.rundir.opening import open_inside

PATIENCE: Final = 0.5
"""Seconds to wait for a lock. A process that was killed while it started another one holds its lock a little longer."""

BEAT: Final = 5.0
"""Seconds within which an owner renews its file."""

STALE: Final = 60.0
"""Seconds after which an owner on another machine that gave no sign of life counts as gone."""

OLD: Final = 600.0
"""Seconds after which its time alone says so: no two clocks differ by that much."""

_MAX_OWNER: Final = 4096
_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_LOCK: Final = os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0)

FREE: Final = "free"
TAKEN: Final = "taken"
NONE: Final = "none"
"""What trying a lock may tell: it was free, another process has it, or locks mean nothing here."""


class Owner(NamedTuple):
    """Who an owner file names.

    Attributes:
        machine: What tells one boot of one machine from all others.
        space: The namespace that its process ids belong to: containers have their own.
        process: The process id.
        started: When the process started, in the system's own count; None where that is not known.
        token: Differs between all owners that there ever were.
    """

    machine: str
    space: int
    process: int
    started: float | None
    token: str

    @classmethod
    def here(cls) -> Owner:
        """This process."""
        process = os.getpid()
        return cls(_machine(), _space(), process, _started(process), os.urandom(8).hex())


class Hold:
    """The right to write as one of a run's writers, until `release`."""

    def __init__(self, lock: Path, owner: Path) -> None:
        """Take it.

        Args:
            lock: The file to lock; it is made when it is not there.
            owner: The owner file.

        Raises:
            UsageError: (RG361) Another process, or this one, has it.
            OSError: The files cannot be made.
        """
        self._lock = lock
        self._path = owner
        self._owner = Owner.here()
        self._once = threading.RLock()
        self._descriptor = descriptors.opened(lock, _LOCK)
        self._known = descriptors.identity(self._descriptor)
        self._steady = descriptors.identity_at(lock) == self._known
        try:
            answer = _taken_in_time(self._descriptor, lock)
            if answer == TAKEN:
                raise _busy(lock.parent)
            self._claim(locked=answer == FREE)
        except BaseException:
            os.close(self._descriptor)
            raise

    def beat(self) -> None:
        """Give a sign of life. To be called every `BEAT` seconds.

        Raises:
            OSError: Another process has taken over, because this one gave none for long.
        """
        with self._once:
            if self._descriptor < 0:
                return
            self.check()
            with contextlib.suppress(OSError):  # whatever a file system refuses here, rows are worth more
                try:
                    os.utime(self._path)
                except FileNotFoundError:  # somebody has cleaned up
                    self._create()

    def check(self) -> None:
        """See whether it is still this process that has it, as far as the owner file says.

        Raises:
            OSError: It is another one.
        """
        found = _read(self._path)
        if found is not None and found.token != self._owner.token:
            raise OSError(errno.EBUSY, "another process has taken over the writing of this run")

    def moved(self, folder: Path) -> None:
        """The files lie in another folder by now."""
        with self._once:
            self._lock, self._path = folder / self._lock.name, folder / self._path.name

    def is_lost(self) -> bool:
        """Whether somebody else has closed the file that is locked, or removed it."""
        if self._descriptor < 0 and self._known is None:
            return False
        if descriptors.identity(self._descriptor) != self._known:
            return True
        try:
            found = descriptors.identity_at(self._lock)
        except OSError:
            return False
        return found is None or (self._steady and found != self._known)

    def mend(self) -> None:
        """Take it again where somebody has closed or removed the files.

        Raises:
            OSError: Another process has it by now, or the files cannot be made.
        """
        with self._once:
            if self.is_lost():
                self.check()
                descriptors.close(self._descriptor, self._known)
                self._descriptor = -1
                descriptor = descriptors.opened(self._lock, _LOCK)
                if _taken_in_time(descriptor, self._lock) == TAKEN:
                    os.close(descriptor)
                    raise OSError(errno.EBUSY, "another process has taken over the writing of this run")
                self._descriptor, self._known = descriptor, descriptors.identity(descriptor)
                self.beat()

    def release(self) -> None:
        """Give it back; a second call does nothing."""
        with self._once:
            if self._descriptor >= 0:
                with contextlib.suppress(OSError):
                    found = _read(self._path)
                    if found is not None and found.token == self._owner.token:
                        self._path.unlink()
            self.let_go()

    def let_go(self) -> None:
        """In a forked child: leave it to the parent."""
        descriptor, self._descriptor = self._descriptor, -1
        known, self._known = self._known, None
        descriptors.close(descriptor, known)  # a lock belongs to the open file: it goes with the last of them

    def _claim(self, *, locked: bool) -> None:
        """Make the owner file, in the place of one whose owner is gone.

        Args:
            locked: Whether the lock was taken, and means something here.
        """
        first: float | None = None
        end = 0.0
        while True:
            try:
                self._create()
            except FileExistsError:
                pass
            else:
                return
            other, renewed = _read(self._path), _renewed(self._path)
            if renewed is None:
                continue  # it went away just now
            alive = None if other is None else _alive(other, locked=locked)
            if alive is None and first is None:
                # Both times are the file server's, if it has a clock: those of two machines may differ.
                silent = self._now() - renewed
                first, end = renewed, time.monotonic() + max(3 * BEAT, STALE - max(silent, 0.0))
                alive = False if silent > OLD else None
            elif alive is None and renewed != first:
                alive = True
            elif alive is None and time.monotonic() >= end:
                alive = False
            if alive:
                raise _busy(self._path.parent)
            if alive is None:
                time.sleep(0.1)
            else:
                self._put_aside(other)

    def _create(self) -> None:
        descriptor = os.open(self._path, _NEW, 0o666)
        try:
            os.write(descriptor, json.dumps(self._owner._asdict()).encode())
        except OSError:
            self._path.unlink(missing_ok=True)
            raise
        finally:
            os.close(descriptor)

    def _put_aside(self, judged: Owner | None) -> None:
        """Remove the file of an owner that is gone. Of several processes that try, one succeeds."""
        aside = self._path.with_name(f"{self._path.name}.{self._owner.token}{layout.PART}")
        try:
            self._path.replace(aside)
        except FileNotFoundError:
            return
        if _read(aside) != judged:  # another process was faster: this is its file
            with contextlib.suppress(OSError):
                os.link(aside, self._path)
        aside.unlink(missing_ok=True)

    def _now(self) -> float:
        """The file server's time."""
        os.utime(self._descriptor if os.utime in os.supports_fd else self._path.parent)
        return os.fstat(self._descriptor).st_mtime


def abandoned(folder: Path) -> bool:
    """Whether nobody writes a run that says it is running, as far as can be told from here. Changes nothing."""
    owner, renewed = _read(folder / layout.OWNER), _renewed(folder / layout.OWNER)
    answer = _tried(folder)
    if answer == TAKEN:
        return False
    if owner is None or renewed is None:
        return answer == FREE  # else there is nothing to go by but what the run says
    alive = _alive(owner, locked=answer == FREE)
    return abs(time.time() - renewed) > STALE if alive is None else not alive


def _tried(folder: Path) -> str:
    """What the lock of a run tells. A run that was copied without its lock is as free as one whose process is gone."""
    try:
        import fcntl
    except ImportError:
        return NONE
    try:
        with open_inside(folder, layout.LOCK) as first, open_inside(folder, layout.LOCK) as second:
            try:
                fcntl.flock(first, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except OSError as fault:
                return TAKEN if fault.errno in (errno.EWOULDBLOCK, errno.EACCES) else NONE
            try:
                fcntl.flock(second, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                return FREE
            return NONE  # both have it
    except RunDirError as fault:
        return FREE if fault.code == "RG321" else NONE


def _taken_in_time(descriptor: int, path: Path) -> str:
    """Take the lock of an open file."""
    try:
        import fcntl
    except ImportError:  # Windows has no such lock
        return NONE
    end = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as fault:
            if fault.errno not in (errno.EWOULDBLOCK, errno.EACCES):
                return NONE  # this file system knows no locks
            if time.monotonic() >= end:
                return TAKEN
            time.sleep(0.02)
        else:
            break
    second = os.open(path, _LOCK, 0o666)
    try:
        fcntl.flock(second, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return FREE
    else:
        return NONE  # it was given twice, so it means nothing here
    finally:
        os.close(second)


def _alive(owner: Owner, *, locked: bool) -> bool | None:
    """Whether an owner lives; None when only its signs of life can tell.

    Args:
        owner: The owner.
        locked: Whether this process has the lock, or could have it, and locks mean something here.
    """
    if owner.machine != _machine():
        return None
    if locked:
        return False  # it would have the lock
    if owner.space != _space():
        return None
    try:
        return _runs(owner.process) and owner.started in (None, _started(owner.process))
    except OSError:
        return None


def _runs(process: int) -> bool:
    if sys.platform == "win32":
        import psutil

        return psutil.pid_exists(process)
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _started(process: int) -> float | None:
    """When a process started, in the system's own count; None where that is not known."""
    if sys.platform.startswith("linux"):
        try:
            text = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
            return float(text.rpartition(")")[2].split()[19])
        except (OSError, ValueError, IndexError):
            return None
    try:
        import psutil

        return float(psutil.Process(process).create_time())
    except Exception:
        return None


def _machine() -> str:
    """What tells one boot of one machine from all others: a part of its random number. It names no machine."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="utf-8").strip().replace("-", "")[:16]
    except OSError:
        import hashlib  # it loads OpenSSL, which runs of numbers never need
        import uuid

        return hashlib.sha256(f"reportgen {uuid.getnode():x}".encode()).hexdigest()[:16]


def _space() -> int:
    """The namespace of process ids; 0 where there is only one."""
    try:
        return os.stat("/proc/self/ns/pid").st_ino  # noqa: PTH116
    except OSError:
        return 0


def _read(path: Path) -> Owner | None:
    """Who an owner file names; None when it is missing, or not written whole yet."""
    try:
        with open_inside(path.parent, path.name) as file:
            values: Any = json.loads(file.read(_MAX_OWNER) or b"")
        machine, token = str(values["machine"]), str(values["token"])
        process, started = int(values["process"]), values["started"]
        if not 0 < process < 2**31:
            return None
        return Owner(machine, int(values["space"]), process, None if started is None else float(started), token)
    except (RunDirError, OSError, ValueError, KeyError, TypeError, OverflowError):
        return None


def _renewed(path: Path) -> float | None:
    try:
        return path.stat().st_mtime
    except OSError:
        return None


def _busy(folder: Path) -> UsageError:
    return UsageError(
        "RG361",
        "this run is already being written",
        where=str(folder),
        remedy="Wait until the other process has finished it, or give init another id",
    )
