"""Stores media beside the training: a few threads encode it, and rows name it in the order of the calls.

What waits is bounded in bytes and in number. A caller that would go beyond waits until there is room, so memory stays
small however fast a script logs. Threads start with the first value, end when there is nothing to do for a while, and
never keep a process alive.
"""

from __future__ import annotations

import logging  # noqa: F401  # Pillow needs it; no thread may import it while a fork is under way
import math
import operator
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any, Final, Protocol

from reportgen.log.processes.forking import GATE
from reportgen.log.processes.signals import SIGNALS
from reportgen.log.progress import Progress
from reportgen.rundir.jsonl import Json

MAX_BYTES: Final = 128 * 1024 * 1024
"""Bytes of media values that wait at most. One call that is larger goes alone."""

MAX_VALUES: Final = 1024
"""Media values that wait at most."""

UNSIZED: Final = 64 * 1024
"""Bytes that count for a media value that does not say its size."""

MAX_THREADS: Final = 4

IDLE: Final = 2.0
"""Seconds without work after which a thread ends."""

BRIEF: Final = 0.05
"""Seconds that a thread of the pool waits for the lock of the rows, before it looks for other work."""

LOOK: Final = 0.2
"""Seconds between two looks at the progress of a wait."""


_size: Final = operator.attrgetter("size")


class Store(Protocol):
    """Where files of media values go; `RunWriter` is one."""

    def put(self, data: bytes, suffix: str) -> str:
        """Store bytes; their place relative to the run directory."""

    def put_file(self, source: Any, suffix: str) -> str:
        """Store a copy of a file; its place relative to the run directory."""

    def keep(self, file: Any) -> Any:
        """What an open file holds now: its bytes, or the path of a copy that belongs to the run."""

    def adopt(self, copy: Any, suffix: str) -> str:
        """Store a copy that `keep` made; its place relative to the run directory."""


class Part:
    """A media value that is being stored. It stands in the value's place until its record is known.

    Attributes:
        media: The value, which nobody changes any more; None once it is stored.
        size: Bytes that it takes in memory.
        record: What a row keeps of it, when it is stored.
        fault: Why it could not be stored.
        queued: Whether a row waits for it.
    """

    __slots__ = ("fault", "media", "queued", "record", "size")

    def __init__(self, media: Any, size: int) -> None:
        self.media = media
        self.size = size
        self.record: Json = None
        self.fault: BaseException | None = None
        self.queued = False


def taken(media: Any, store: Store) -> Part:
    """A media value as it is now: what the user does to it later changes nothing.

    Args:
        media: It has `encode(store)`, which may run in any thread. It may have `snapshot()`, which gives an object
            that nobody changes any more; `keep(store)`, which gives one that names no file of the user's; and
            `nbytes`, its size in memory.
        store: Takes copies of files.

    Raises:
        ReportgenError: A file of it cannot be read.
        OSError: A copy could not be written.
    """
    if hasattr(media, "snapshot"):
        media = media.snapshot()
    if hasattr(media, "keep"):
        media = media.keep(store)
    size = getattr(media, "nbytes", None)
    return Part(media, size if isinstance(size, int) else UNSIZED)


def settled(value: Json) -> Json:
    """A value with the records of its media values, which are all stored or have failed.

    Raises:
        BaseException: What kept one of them from being stored.
    """
    if isinstance(value, Part):
        if value.fault is not None:
            raise value.fault
        return value.record
    if isinstance(value, list):
        return [settled(item) for item in value]
    if type(value) is dict:
        return {key: settled(item) for key, item in value.items()}
    return value


class Row:
    """A row that waits for its media values, if it has any, and for the rows before it.

    Attributes:
        parts: Its media values.
        write: Writes it. It is called under the lock of the rows, and does not raise.
        left: How many of its values are not stored yet.
        begun: How often its writing has begun.
        writer: The thread that is writing it; None when none is.
        done: Whether it is written.
    """

    __slots__ = ("begun", "done", "left", "parts", "write", "writer")

    def __init__(self, parts: Sequence[Part], write: Callable[[], None]) -> None:
        self.parts = parts
        self.write = write
        self.left = len(parts)
        self.begun = 0
        self.writer: int | None = None
        self.done = False


class Storing:
    """The pool of one run.

    Two locks are taken in this order: that of the run's rows, which a row is written under, and the pool's own. Both
    can be taken again by a signal handler that interrupts their holder, and whoever waits for the pool while it holds
    the lock of the rows writes the rows itself, so `finish` in a handler ends whatever it interrupted.

    A handler may also raise, in the middle of anything here: Ctrl-C in a notebook, a limit of time. So what waits is
    kept as sets and queues, which one step changes and a second time does no harm, not as numbers that go up and down.

    Args:
        store: Takes files.
        rows: The lock that rows are written under; the thread that holds it may take it again.
        threads: How many encode at once. Default: as many as this process has cores, 2 to 4.
    """

    def __init__(self, store: Any, rows: Any, threads: int = 0) -> None:
        GATE.watch()
        self._store = store
        self._rows_lock = rows
        self._most = threads or max(2, min(MAX_THREADS, _cores()))
        self._lock = threading.RLock()
        self._work_there = threading.Condition(self._lock)
        self._went_on = threading.Condition(self._lock)
        self._line: deque[_Room] = deque()  # those who wait for room, the first first
        self._jobs: deque[tuple[Part, Row]] = deque()
        self._rows: deque[Row] = deque()  # until they are written
        self._taken: set[Part] = set()  # values that take room
        self._threads: set[threading.Thread] = set()
        self._idle = 0
        self._closed = False
        self._inside: set[_Room] = set()  # those who have room for values, and perhaps not put them yet
        self._leaving = 0  # the thread that ends the process; the others get no room any more
        SIGNALS.add(self)

    # ------------------------------------------------------------ callers' side

    def room(self, parts: Sequence[Part]) -> _Room:
        """A block that begins when there is room for some values, and gives back what was not `put` in it."""
        return _Room(self, parts)

    def put(self, row: Row) -> None:
        """Store the media values of a row, then write it. The caller holds the lock of the rows, and has `room`."""
        SIGNALS.heed()
        with self._lock:
            if self._closed:  # a signal handler has finished the run in the middle of this call
                row.done = True
                return
            try:  # in this order: a signal handler that waits must find no row whose values nobody encodes
                self._jobs.extend([(part, row) for part in row.parts])
                for part in row.parts:
                    part.queued = True
                self._rows.append(row)
            except BaseException:  # out of such a handler
                if not (row.done or self.has(row)):
                    self._jobs = deque(job for job in self._jobs if job[1] is not row)
                    self._taken.difference_update(row.parts)
                raise
            self._work_there.notify(len(row.parts))
            wanted = min(self._most - len(self._threads), len(self._jobs) - self._idle)
        for _ in range(wanted):
            if not self._started():
                break
        if not row.parts:
            self._write_rows()

    def has(self, row: Row) -> bool:
        """Whether a row is still to be written."""
        return not row.done and row in self._rows

    def drain(self, patience: float = math.inf) -> bool:
        """Wait until everything that was put is stored and its rows are written; say so when it takes long.

        Args:
            patience: Seconds to wait at most.

        Returns:
            Whether all of it is.
        """
        end = time.monotonic() + patience
        with self._lock:
            target, total = self._last(), len(self._taken)
        with Progress("storing media", total) as progress:
            while True:
                self._write_rows(-1 if patience == math.inf else max(0.0, end - time.monotonic()))
                with self._lock:
                    if target is None or target.done:
                        return True
                    stuck = self._is_stuck()
                    if not stuck:
                        self._went_on.wait(max(0.0, min(LOOK, end - time.monotonic())))
                    done = total - len(self._taken)
                if time.monotonic() >= end:
                    return False
                if stuck:
                    self._started()
                progress.show(done)

    def leave(self, patience: float) -> bool:
        """The process is about to end: let other threads wait instead of taking more, and wait as `drain` does.

        Args:
            patience: Seconds to wait at most.

        Returns:
            Whether all that was taken is stored.
        """
        self._leaving = threading.get_ident()
        end = time.monotonic() + patience
        while self.drain(max(0.0, end - time.monotonic())):
            with self._lock:
                others = any(room.thread != self._leaving for room in self._inside)
                target = self._last()
            if self._rows_lock._is_owned():  # what this thread was interrupted in keeps the others from going on
                return not others
            if not others and target is None:
                return True
            time.sleep(BRIEF / 10)  # they have room already
        return False

    def close(self) -> int:
        """End the threads; rows that were not written are dropped.

        Returns:
            How many were dropped; none after `drain`.
        """
        with self._rows_lock, self._lock:  # no row is being written
            self._closed = True
            self._tidy()
            dropped = len(self._rows)
            for row in self._rows:
                row.done = True  # nobody need wait for it
            self._jobs.clear()
            self._rows.clear()
            self._taken.clear()
            self._work_there.notify_all()
            self._went_on.notify_all()
            threads = list(self._threads)
        SIGNALS.remove(self)
        if not dropped:
            for thread in threads:
                if thread is not threading.current_thread():
                    thread.join(IDLE)
        return dropped

    @property
    def waiting(self) -> tuple[int, int]:
        """Bytes and number of the media values that wait."""
        with self._lock:
            return self._bytes(), len(self._taken)

    def _bytes(self) -> int:
        return sum(map(_size, self._taken))  # one step, as above

    def _last(self) -> Row | None:
        """The last row that is to be waited for: not one that this very thread was interrupted in."""
        me = threading.get_ident()
        for row in reversed(list(self._rows)):
            if row.writer != me and not row.done:
                return row
        return None

    def _reserve(self, room: _Room) -> None:
        size, count = sum(part.size for part in room.parts), len(room.parts)
        with self._lock:
            self._line.append(room)
        while True:
            with self._lock:
                # A signal handler need not wait behind the call that it interrupted.
                turn = self._line[0].thread == room.thread and self._leaving in (0, room.thread)
                if turn and self._fits(size, count):
                    self._inside.add(room)
                    self._taken.update(room.parts)
                    self._line.remove(room)
                    self._went_on.notify_all()
                    return
                self._went_on.wait(LOOK)
                stuck = self._is_stuck()
            if stuck:
                self._started()

    def _is_stuck(self) -> bool:
        """Whether values wait and no thread is left for them: one ends where memory is short, or was never started."""
        self._threads = {thread for thread in self._threads if thread.ident is None or thread.is_alive()}
        return bool(self._jobs) and not self._threads

    def _fits(self, size: int, count: int) -> bool:
        return not self._taken or (len(self._taken) + count <= MAX_VALUES and self._bytes() + size <= MAX_BYTES)

    def _release(self, room: _Room) -> None:
        """Undo all that a `room` may have done. A second time does nothing."""
        with self._lock:
            if room in self._line:
                self._line.remove(room)
            self._taken.difference_update([part for part in room.parts if not part.queued])
            self._inside.discard(room)
            self._went_on.notify_all()

    # ------------------------------------------------------------ threads' side

    def _started(self) -> bool:
        """Start a thread. Where the system refuses, the calling thread does the work if there is no other."""
        thread = threading.Thread(target=self._work, name="reportgen media", daemon=True)
        try:
            with self._lock:
                self._threads.add(thread)
            thread.start()
        except BaseException as fault:
            with self._lock:
                self._threads.discard(thread)
                alone = not self._threads
            if not isinstance(fault, (RuntimeError, MemoryError)):  # out of a signal handler; `start` may hide it
                raise (isinstance(fault, KeyError) and fault.__context__) or fault from None
            if alone:  # too many threads, or the interpreter is about to end
                self._work(patience=0)
            return False
        return True

    def _work(self, patience: float = IDLE) -> None:
        try:
            if patience:  # again, if a signal handler has raised while this thread was being started
                with self._lock:
                    self._threads.add(threading.current_thread())
            self._work_on(patience)
        except MemoryError:
            pass  # whoever waits starts another thread, or does the work
        finally:
            with self._lock:
                self._threads.discard(threading.current_thread())

    def _work_on(self, patience: float) -> None:
        while True:
            with self._lock:
                if not self._jobs and not self._is_ready():
                    self._idle += 1
                    woken = not self._closed and patience > 0 and self._work_there.wait(patience)
                    self._idle -= 1
                    if not woken and not self._jobs:
                        self._threads.discard(threading.current_thread())  # before `put` counts who is there
                        return
                job = self._jobs.popleft() if self._jobs else None
            if job is None:
                self._write_rows(BRIEF)
                continue
            part, row = job
            try:
                self._encode(part)
            finally:
                with self._lock:  # nothing here needs memory
                    row.left -= 1
                    self._taken.discard(part)
                    ready = self._is_ready()
            with self._lock:
                self._went_on.notify_all()
            if ready:  # who holds the lock may wait for what is left to encode, so that comes first
                self._write_rows(0)

    def _encode(self, part: Part) -> None:
        try:
            with GATE:
                part.record = part.media.encode(self._store).to_json()
        except BaseException as fault:  # whatever it is, the others must be stored
            part.fault = fault
        part.media = None

    def _write_rows(self, patience: float = -1) -> None:
        """Write the rows at the head of the line whose values are stored.

        Args:
            patience: Seconds to wait for the lock of the rows at most; by default until it is there. A thread of the
                pool never waits for long: who holds the lock may wait for values that come in meanwhile.
        """
        held: list[bool] = []
        try:
            # One step for the interpreter: no signal handler can raise while the lock is taken and nobody knows it.
            held.extend(map(self._rows_lock.acquire, (True,), (patience,)))
            while held[0] and (row := self._ready()) is not None:
                self._write(row)
        finally:
            if held and held[0]:
                self._rows_lock.release()

    def _write(self, row: Row) -> None:
        """Write a row; it stays in the line meanwhile, for whoever waits for it."""
        try:
            row.begun += 1
            row.writer = threading.get_ident()
            if not row.done:  # a signal handler has not written it just now
                row.write()
            row.done = True
        except BaseException as fault:  # a signal handler may have raised before it was written: once more, then
            row.done = row.begun > 1 or isinstance(fault, MemoryError)
            row.writer = None
            raise
        finally:
            with self._lock:
                self._tidy()
                self._went_on.notify_all()

    def _tidy(self) -> None:
        """Drop rows that are written from the head of the line."""
        while self._rows and self._rows[0].done:
            self._rows.popleft()

    def _is_ready(self) -> bool:
        """Whether the first row can be written, and nobody does so."""
        self._tidy()
        return bool(self._rows) and not self._rows[0].left and self._rows[0].writer is None

    def _ready(self) -> Row | None:
        """The first row that can be written, behind those that this very thread was interrupted in."""
        with self._lock:
            self._tidy()
            for place in range(len(self._rows)):
                row = self._rows[place]
                if row.writer is None:
                    return None if row.left else row
        return None


class _Room:
    """See `Storing.room`. `contextlib.closing` around it helps where a signal handler raises while it is left."""

    __slots__ = ("_pool", "parts", "thread")

    def __init__(self, pool: Storing, parts: Sequence[Part]) -> None:
        self._pool = pool
        self.parts = parts
        self.thread = threading.get_ident()

    def __enter__(self) -> None:
        try:
            self._pool._reserve(self)
        except BaseException:
            self.close()
            raise

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give back what was not `put`; a second call does nothing."""
        self._pool._release(self)


def _cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
