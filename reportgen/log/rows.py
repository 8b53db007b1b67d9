"""The rows of a run that is being written: `log`, and what a row leaves in the summary."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Mapping
from contextlib import closing
from typing import TYPE_CHECKING, Any, Final

from reportgen.errors import InputTypeError, ReportgenError, WriteError
from reportgen.log.described import Described
from reportgen.log.lines import checked_step, lines_of, waits
from reportgen.log.notice import warn, warn_safely
from reportgen.log.opening import Opened
from reportgen.log.values import encode
from reportgen.media import tensors
from reportgen.rundir import jsonl, layout
from reportgen.rundir.jsonl import Json, encode_numbers
from reportgen.rundir.layout import PENDING, RUNTIME, SESSION, STEP, SUMMARY_ROW, TIMESTAMP

if TYPE_CHECKING:
    from reportgen.log.ending import Failure
    from reportgen.log.storing import Part, Row, Storing
    from reportgen.log.values.metrics import Metrics
    from reportgen.rundir.metrics import Definition
    from reportgen.rundir.reader import Logged

RESERVED: Final = frozenset({STEP, RUNTIME, SUMMARY_ROW, SESSION, PENDING})
UNCOUNTED: Final = frozenset({"", TIMESTAMP}) | RESERVED
"""Keys that never enter the summary, so that a row holding one is always looked at twice."""

_clock = time.perf_counter_ns  # monotonic: the wall clock may be set back


class Rows(Described):
    """Takes the rows of a run; any thread may call it.

    Numbers, text and lists are in the file when `log` returns. Media values are handed to a pool (`storing.py`),
    which is made at the first of them. Each call's come as a row of their own, later, in the order of the calls; a
    plain value under a key whose media value is not stored yet waits behind it, so that the later call wins.
    """

    def __init__(self, place: Opened, *, strict: bool) -> None:
        """Take up a run directory.

        Args:
            place: The run directory, and where its rows begin. Without a writer, the run is disabled.
            strict: Raise when the disk fails, instead of warning once.
        """
        super().__init__(place, strict=strict)
        start = place.start
        self._lock = threading.RLock()
        self._writer = place.writer
        self._step = start.step
        self._resumed_at = start.step if start.resumed else None  # from there the first row may go back
        self._origin = _clock() - int(start.runtime * 1e9)
        self._latest: dict[str, Json] = {k: v for k, v in start.summary.items() if k not in UNCOUNTED}
        self._storing: Storing | None = None
        self._held: dict[str, set[Row]] = {}  # keys of rows that wait for the pool, and those rows
        self._owed: list[ReportgenError] = []  # what the pool could not store; a strict run raises it
        self._special = False  # whether a row must be looked at before it may take the short way
        self._went_back = 0  # how often to read the summary from the file: 2 means at the next look, and at the end
        self._failure: Failure | None = None  # what has ended the training, as far as is known
        if place.writer is not None:
            self._append = self._first
            if start.resumed and place.writer.main:
                from reportgen.rundir import increments  # runs of numbers need it not

                place.writer.increments = increments.logged(start.summary)
        self._assigned: dict[str, tuple[float, Json]] = {}  # what was put into the summary by hand, and when
        self._metrics: Metrics | None = None  # made at the first definition
        if start.metrics:
            if (logged := self._read_back()) is not None:
                self._latest = dict(logged.latest)  # the summary shows statistics in place of last values
            self._known_metrics(start.metrics)

    # ------------------------------------------------------------------- log

    def log(self, data: Mapping[str, Any] | None = None, step: int | None = None, commit: bool | None = None) -> None:
        """Store values under their keys, at a step.

        Calls with the same step make one row; of two values under a key, the later wins. Without `step`, values
        go into the current row, which is closed: the next call begins the next step.

        Plain values are on disk when this returns. Media are copied, then stored by other threads; when too much of
        it waits, this waits too. `flush` and `finish` wait until all of it is stored.

        Args:
            data: Values by key: numbers, text, None, media such as `Image`, lists of these; scalars and arrays of
                numpy, torch and others. Arrays of more than 32 numbers become histograms, data frames tables, figures
                of matplotlib, plotly and bokeh stay figures. Nested mappings are flattened: `{"val": {"acc": 1}}` is
                `"val.acc"`. None or {} closes the row. Nothing of it is changed or kept.
            step: Step of the row, 0 or more. A step lower than the current one is stored in its place, with one
                warning per run; but the first row of a resumed run may take it back to an earlier step, and what was
                logged from there on is superseded.
            commit: Close the row after these values. By default True without a step, and False with one.

        Raises:
            UsageError: (RG102) The run is finished.
            InputTypeError: (RG103) `data` is no mapping. (RG104) A key is no string. (RG106) `step` is no whole
                number. (RG108, RG109, RG117) A value cannot be stored; all others of the call are.
            InputValueError: (RG105) An empty key. (RG107) `step` is out of range. (RG110) A value is nested too deep.
            WriteError: The run is strict, and (RG115) the disk failed, or (RG119) a media value of an earlier call
                could not be stored. The values of this call are stored nevertheless, if they can be.
        """
        # This is the path of nearly every row, and it runs inside somebody's training loop.
        if type(data) is dict and (step is None or type(step) is int):
            with self._lock:
                at = self._step if step is None else step
                if not self._closed and at >= self._step and (not self._special or self._ordinary(data)):
                    line = encode_numbers({STEP: at, RUNTIME: (_clock() - self._origin) // 1000 / 1e6, **data})
                    if line is not None and self._note(at, data):
                        try:
                            self._append(line)
                        except OSError as fault:
                            self._disk_failed(fault, raising=self._strict, lost=1)
                        finally:
                            at = at + 1 if commit or (step is None and commit is None) else at
                            if at > self._step:  # a signal handler that logs may have gone further meanwhile
                                self._step = at
                        return
        self._log_any(data, step, commit)

    def _ordinary(self, data: dict[str, Any]) -> bool:
        """Whether a row may take the short way although the run is in a special state."""
        self._go_on()
        known = self._metrics
        return not self._owed and self._held.keys().isdisjoint(data) and (known is None or known.is_complete(data))

    def _note(self, at: int, data: dict[str, Json]) -> bool:
        """Put plain values into the summary; False, and nothing changed, when one of the keys is special.

        Special keys are never in the summary, so a summary that does not grow has met none.
        """
        latest = self._latest
        known = len(latest)
        latest.update(data)
        if len(latest) == known or not (UNCOUNTED & data.keys()):
            return True
        for key in UNCOUNTED & data.keys():
            del latest[key]
        return False

    def _note_measured(self, at: int, data: dict[str, Json]) -> bool:
        """As `_note`, in whose place it stands once metrics are defined."""
        if self._metrics is None or not Rows._note(self, at, data):
            return False
        self._metrics.note(at, data)
        return True

    def _keep(self, at: int, values: Mapping[str, Json]) -> None:
        """Note a row's values in the summary."""
        values = {key: item for key, item in values.items() if key != PENDING} if PENDING in values else values
        if self._metrics:
            self._metrics.note(at, values)
        self._latest.update({key: item for key, item in values.items() if item is not None and key not in UNCOUNTED})

    def _log_any(self, data: Mapping[str, Any] | None, step: int | None, commit: bool | None) -> None:
        if self._closed == "disabled":
            return self._pretend(data, step, commit)
        if self._closed:
            return self._refuse()
        if data is None:
            data = {}
        elif not isinstance(data, Mapping):
            raise InputTypeError(
                "RG103",
                f"log takes a mapping of keys to values, not {tensors.named(data)}",
                remedy='Write run.log({"loss": loss})',
            )
        if step is not None:
            step = checked_step(step)
            if self._resumed_at is not None and step < self._resumed_at and self._writer is not None:
                self._writer.increments = {}  # what was logged of them from there on is superseded
        media = _Media(self._writer)
        values, faults = encode.row(data, media)
        if not values and any(isinstance(fault, ReportgenError) for fault in faults):
            return self._raise_first(faults)  # nothing is left that could be a row
        self._drop_reserved(values)
        room = self._pool().room(media.parts) if media.parts else _NO_WAIT
        # Room is waited for outside of the lock, which the pool needs.
        with closing(room), room, self._lock:
            if self._closed:
                return self._refuse()
            self._go_on()
            before = self._step
            at = before if step is None else step
            late = at < before and before != self._resumed_at
            if self._metrics:
                self._metrics.complete(values)
            unwritten, broken = self._write_call(at, values, media.parts)
            if not late and (not values or len(unwritten) < len(values)):
                closes = commit if commit is not None else step is None
                if at < before:
                    self._resumed_at, self._went_back = None, 2
                after = at + 1 if closes else at
                self._step = after if self._step == before else max(after, self._step)  # as in `log`
        if late:
            self._warn_late(at)
        self._raise_first([*broken, *faults, *unwritten])
        self._raise_owed()
        return None

    def _pretend(self, data: Mapping[str, Any] | None, step: int | None, commit: bool | None) -> None:
        """What `log` does in a disabled run: values and step can be read back, and nothing is written or refused."""
        media = _Media(None)
        values, _ = encode.row(data if isinstance(data, Mapping) else {}, media)
        if media.parts:
            values = {key: item for key, item in values.items() if not waits(item)}
        try:
            at = self._step if step is None else checked_step(step)
        except ReportgenError:
            return
        with self._lock:
            if self._metrics:
                self._metrics.complete(values)
            self._keep(at, values)
            if at >= self._step:
                self._step = at + 1 if commit or (step is None and commit is None) else at

    # --------------------------------------------------------------- writing

    def _write_call(
        self, at: int, values: Mapping[str, Json], parts: list[Part]
    ) -> tuple[list[Exception], list[Exception]]:
        """Write what a call holds, what must wait in a row of its own.

        Returns:
            The errors of values that no line can hold; those of the disk, in a strict run.
        """
        runtime = self._runtime()
        waiting = {key: item for key, item in values.items() if key in self._held or (parts and waits(item))}
        faults: list[Exception] = []
        for key, item in list(waiting.items()):
            if not (parts and waits(item)):  # plain, behind a media value: what no line can hold is said now
                try:
                    jsonl.encode({STEP: at, RUNTIME: runtime, key: item})
                except ReportgenError as fault:
                    faults.append(encode.at_key(fault, key))
                    del waiting[key]
        now = {key: item for key, item in values.items() if key not in waiting} if waiting else values
        lines, good, unwritten = lines_of(at, runtime, {**now, PENDING: list(waiting)} if waiting else now)
        self._keep(at, good)
        broken: list[Exception] = []
        for line in lines:
            try:
                self._append_safely(line)
            except WriteError as fault:  # the rest of the call is stored first
                broken.append(fault)
        if waiting:
            self._hold(at, runtime, waiting, parts)
        return faults + unwritten, broken

    def _first(self, line: bytes) -> None:
        """Write the first row, and remember it: a later look at it tells whether somebody has emptied the file."""
        if self._writer is not None:
            history = self._writer.history
            self._append = history.append
            history.append(line)
            history.remember()

    def _append_safely(self, line: bytes) -> None:
        try:
            self._append(line)
        except OSError as fault:
            self._disk_failed(fault, raising=self._strict, lost=1)

    def _hold(self, at: int, runtime: float, values: dict[str, Json], parts: list[Part]) -> None:
        """Hand a row to the pool, which writes it when its media values are stored and all rows before it written."""
        from reportgen.log.storing import Row

        row = Row(parts, lambda: self._write_held(row, at, runtime, values))
        pool = self._pool()
        try:
            for key in values:
                self._held.setdefault(key, set()).add(row)
            self._special = True
            pool.put(row)
        except BaseException:  # out of a signal handler
            if not pool.has(row):
                self._let_go(row, values)
            raise

    def _let_go(self, row: Row, keys: Iterable[str]) -> None:
        """A row does not wait any more. A second time does nothing."""
        for key in keys:
            waiting = self._held.get(key, set())
            waiting.discard(row)
            if not waiting:
                self._held.pop(key, None)
        self._special = self._is_special()

    def _write_held(self, row: Row, at: int, runtime: float, values: dict[str, Json]) -> None:
        """Write a row that has waited, under the lock, mostly in a thread of the pool. Only signal handlers raise."""
        from reportgen.log.storing import settled

        if self._writer is None:  # forked meanwhile: the row is the parent's
            return
        good: dict[str, Json] = {}
        for key, item in values.items():
            try:
                good[key] = settled(item)
            except BaseException as fault:
                if not _belongs_to(fault, row):
                    raise
                self._lost(fault, key, at)
        try:
            lines, written, unwritten = lines_of(at, runtime, good) if good else ([], good, [])
            for trouble in unwritten:
                self._lost(trouble, "", at)
            for line in lines:
                self._append(line)
            self._keep(at, written)
        except Exception as fault:
            if not _belongs_to(fault, row):
                raise
            self._lost(fault, next(iter(good), ""), at)
        finally:
            self._let_go(row, values)

    def _known_metrics(self, definitions: Iterable[Definition] = ()) -> Metrics:
        """What this run knows of its metrics; only runs that define some need it."""
        if self._metrics is None:
            from reportgen.log.values.metrics import Metrics

            self._metrics = Metrics(definitions, self._latest, self._assigned, self._step - 1, self._read_back)
            self._special = True
            self._note = self._note_measured  # type: ignore[method-assign]
        return self._metrics

    def _read_back(self) -> Logged | None:
        """What this process has logged into the run so far; None when that is nothing."""
        if self._writer is None or not self._writer.history.size:
            return None
        from reportgen.rundir.reader import read_back  # it brings numpy along, which most runs never need

        return read_back(self._folder, getattr(self._writer, "writer", layout.MAIN))

    def _is_special(self) -> bool:
        """Whether rows must be looked at before they may take the short way; see `_ordinary`."""
        return bool(self._held or self._owed or self._failure or self._metrics is not None)

    def _go_on(self) -> None:
        """Something is logged. By the thread that has failed, or the main one: the training has survived that."""
        if self._failure is not None and threading.get_ident() in self._failure.threads:
            self._failure = None
            self._special = self._is_special()

    def _pool(self) -> Storing:
        """The pool of this run, which only runs with media need."""
        with self._lock:
            if self._storing is None:
                from reportgen.log.storing import Storing

                self._storing = Storing(self._writer, self._lock)
            return self._storing

    def _forget_pool(self) -> None:
        """In a forked child, where none of its threads exists."""
        self._storing = None
        self._held = {}
        self._owed = []
        self._special = self._is_special()

    # ---------------------------------------------------------------- trouble

    def _mark_own(self, unwritten: int) -> None:
        if self._writer is not None:
            self._writer.mark_incomplete(unwritten)

    def _lost(self, fault: BaseException, key: str, at: int) -> None:
        """A value that `log` took could not be stored. As for the calling thread: a warning, or an error to come."""
        try:
            if isinstance(fault, OSError) and not isinstance(fault, ReportgenError):
                self._disk_failed(fault, raising=self._strict, lost=1)
                return
            self._lacking += 1
            self._mark_incomplete()
            why = str(fault) if isinstance(fault, ReportgenError) else f"{type(fault).__name__}: {fault}"
            where = f"key {key!r}, step {at}" if key else f"step {at}"
            if self._strict:
                raise WriteError("RG119", f"a value could not be stored: {why}", where=where, remedy=_REMEDY)
            if (said := f"lost {key}") not in self._told:
                self._told.add(said)
                warn_safely("RG119", f"a value could not be stored: {why}", where=where, remedy=_REMEDY)
        except ReportgenError as owed:
            if len(self._owed) < _MOST_OWED:
                self._owed.append(owed)
            self._special = True

    def _raise_owed(self) -> None:
        """Raise what a strict run has not been told yet of values of earlier calls."""
        if not self._owed:
            return
        with self._lock:
            owed, self._owed = self._owed, []
            self._special = self._is_special()
        if owed:
            for other in owed[1:]:
                owed[0].add_note(f"Also not stored: {other}")
            raise owed[0]

    def _raise_first(self, faults: list[Exception]) -> None:
        refused = [fault for fault in faults if isinstance(fault, ReportgenError)]
        for fault in faults:
            if isinstance(fault, OSError) and not isinstance(fault, ReportgenError):
                self._disk_failed(fault, raising=self._strict, lost=1)
        if refused:
            for other in refused[1:]:
                refused[0].add_note(f"Also not stored: {other}")
            raise refused[0]

    def _drop_reserved(self, values: dict[str, Json]) -> None:
        for key in RESERVED & values.keys():
            del values[key]
            if key not in self._told:
                self._told.add(key)
                remedy = "Give the step as log(..., step=...)" if key == STEP else "Choose another name"
                warn("RG112", f"the key {key!r} is reportgen's own, its value was not stored", remedy=remedy)
        stamp = values.get(TIMESTAMP)
        if stamp is not None and (isinstance(stamp, bool) or not isinstance(stamp, (int, float))):
            del values[TIMESTAMP]
            if TIMESTAMP not in self._told:
                self._told.add(TIMESTAMP)
                warn("RG112", "the key '_timestamp' takes Unix seconds as a number, its value was not stored")

    def _warn_late(self, at: int) -> None:
        if "late" not in self._told:
            self._told.add("late")
            warn(
                "RG111",
                f"step {at} is lower than the current step {self._step}",
                where=f"run {self.name}",
                remedy="Such rows are stored, and take their place when a report is built; this is said once",
            )

    # ------------------------------------------------------------------ time

    def _runtime(self) -> float:
        return float((_clock() - self._origin) // 1000 / 1e6)

    @property
    def step(self) -> int:
        """The step of the next call of `log` without a step."""
        return self._step


_MOST_OWED: Final = 8
"""Errors that are remembered until the next call; a full disk makes one of each picture."""

_REMEDY: Final = "Training goes on; the run is marked incomplete"


class _Nothing:
    """Stands for room where none is needed."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, *fault: object) -> None:
        pass

    close = __exit__


_NO_WAIT: Final = _Nothing()


class _Media:
    """The media values of one call, as `encode.Store` takes them: each is copied, and stored later."""

    __slots__ = ("_store", "parts")

    def __init__(self, store: Any) -> None:
        self._store = store  # None: nothing is stored, and nothing copied
        self.parts: list[Part] = []

    def take(self, media: Any) -> Json:
        from reportgen.log.storing import Part, taken

        part = Part(None, 0) if self._store is None else taken(media, self._store)
        self.parts.append(part)
        return part

    def large(self, array: Any) -> Any:
        return encode.counted(array)


def _belongs_to(fault: BaseException, row: Row) -> bool:
    """Whether writing a row has failed. Else a signal handler has raised meanwhile, and the pool tries once more."""
    if row.begun > 1 or threading.current_thread() is not threading.main_thread():
        return True
    disk = isinstance(fault, (OSError, MemoryError)) and not isinstance(fault, TimeoutError)
    return disk or any(part.fault is fault for part in row.parts)
