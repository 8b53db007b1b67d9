"""A run being written: `log`, `summary`, `config`, `finish`."""

from __future__ import annotations

import operator
import sys
import threading
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Final

from reportgen.errors import InputTypeError, InputValueError, ReportgenError
from reportgen.log import encode, redact
from reportgen.log import summary as summaries
from reportgen.log.background import Background
from reportgen.log.config import Config
from reportgen.log.described import Described
from reportgen.log.ending import Ending, closing_line, ending_of
from reportgen.log.notice import say, warn
from reportgen.log.opening import Opened
from reportgen.log.summary import Summary
from reportgen.media import tensors
from reportgen.rundir import jsonl, layout
from reportgen.rundir.jsonl import Json, encode_numbers
from reportgen.rundir.layout import RUNTIME, STEP, SUMMARY_ROW, TIMESTAMP
from reportgen.rundir.writer import RunWriter

MAX_STEP: Final = 2**63 - 1

_RESERVED: Final = frozenset({STEP, RUNTIME, SUMMARY_ROW})
_UNCOUNTED: Final = frozenset({"", TIMESTAMP}) | _RESERVED
"""Keys that never enter the summary, so that a row holding one is always looked at twice."""

_clock = time.perf_counter_ns  # monotonic: the wall clock may be set back


class Run(Described):
    """A run. `reportgen.init` makes one; any thread may use it.

    A row that `log` returned for is on disk, whatever happens to the process after. Used as a context manager, a
    run finishes at the end of the block, and is marked failed when an exception leaves it.
    """

    def __init__(
        self,
        place: Opened,
        config: Mapping[str, Json],
        *,
        strict: bool = False,
        sampling: float = 0.0,
        on_finish: Callable[[Run], None],
    ) -> None:
        """Begin to write. For `reportgen.init`, which finds out all of this.

        Args:
            place: The run directory, and where its rows begin. Without a writer, the run is disabled.
            config: Plain values.
            strict: Raise when the disk fails, instead of warning once.
            sampling: Seconds between samples of the machine; 0 takes none.
            on_finish: Called when the run ends.

        Raises:
            OSError: `run.json` cannot be written.
            WriteError: (RG115) The disk failed, and the run is strict.
        """
        super().__init__(place, strict=strict)
        writer, start = place.writer, place.start
        self._lock = threading.RLock()
        self._writer = writer
        self._store: encode.Store = writer if writer is not None else _Nowhere()
        self._on_finish = on_finish
        self._step = start.step
        self._origin = _clock() - int(start.runtime * 1e9)
        self._latest: dict[str, Json] = {k: v for k, v in start.summary.items() if k not in _UNCOUNTED}
        self._ending: tuple[Ending, int] | None = None
        self._summary = Summary(self._latest, self._assign)
        self._config = Config(config, self._save_config, self._refuse)
        self._sampling = sampling
        self._background: Background | None = None
        if writer is not None:
            self._append = writer.history.append
            self._save_config()
            self._manifest.save()
            self._background = Background(
                writer, self._manifest, sampling=sampling, runtime=self._runtime, failed=self._disk_failed
            )
            self._background.start()

    # ------------------------------------------------------------------ rows

    def log(self, data: Mapping[str, Any] | None = None, step: int | None = None, commit: bool | None = None) -> None:
        """Store values under their keys, at a step.

        Calls with the same step make one row; of two values under a key, the later wins. Without `step`, values
        go into the current row, which is closed: the next call begins the next step.

        Args:
            data: Values by key: numbers, text, None, `Image`, lists of these; numpy and torch scalars, and arrays of
                up to 32 elements. Nested mappings are flattened: `{"val": {"acc": 1}}` is `"val.acc"`. None or {}
                closes the row. Nothing of it is changed or kept.
            step: Step of the row, 0 or more. A step lower than the current one is stored in its place, with one
                warning per run.
            commit: Close the row after these values. By default True without a step, and False with one.

        Raises:
            UsageError: (RG102) The run is finished.
            InputTypeError: (RG103) `data` is no mapping. (RG104) A key is no string. (RG106) `step` is no whole
                number. (RG108, RG109, RG117) A value cannot be stored; all others of the call are.
            InputValueError: (RG105) An empty key. (RG107) `step` is out of range. (RG110) A value is nested too deep.
            WriteError: (RG115) The disk failed, and the run is strict.
        """
        # This is the path of nearly every row, and it runs inside somebody's training loop.
        if type(data) is dict and (step is None or type(step) is int):
            with self._lock:
                at = self._step if step is None else step
                if not self._closed and at >= self._step:
                    line = encode_numbers({STEP: at, RUNTIME: (_clock() - self._origin) // 1000 / 1e6, **data})
                    if line is not None and self._note(data):
                        try:
                            self._append(line)
                        except OSError as fault:
                            self._disk_failed(fault, raising=self._strict)
                        self._step = at + 1 if commit or (step is None and commit is None) else at
                        return
        self._log_any(data, step, commit)

    def _note(self, data: dict[str, Json]) -> bool:
        """Put plain values into the summary; False, and nothing changed, when one of the keys is special.

        Special keys are never in the summary, so a summary that does not grow has met none.
        """
        latest = self._latest
        known = len(latest)
        latest.update(data)
        if len(latest) == known or not (_UNCOUNTED & data.keys()):
            return True
        for key in _UNCOUNTED & data.keys():
            del latest[key]
        return False

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
            step = _checked_step(step)
        values, faults = encode.row(data, self._store)  # pictures are encoded here, outside of the lock
        if not values and any(isinstance(fault, ReportgenError) for fault in faults):
            return self._raise_first(faults)  # nothing is left that could be a row
        self._drop_reserved(values)
        with self._lock:
            if self._closed:
                return self._refuse()
            at = self._step if step is None else step
            late = at < self._step
            unwritten = self._write_row(at, values)
            faults += unwritten
            if not late and (not values or len(unwritten) < len(values)):
                closing = commit if commit is not None else step is None
                self._step = at + 1 if closing else at
        if late:
            self._warn_late(at)
        self._raise_first(faults)
        return None

    def _pretend(self, data: Mapping[str, Any] | None, step: int | None, commit: bool | None) -> None:
        """What `log` does in a disabled run: values and step can be read back, and nothing is written or refused."""
        values, _ = encode.row(data if isinstance(data, Mapping) else {}, self._store)
        try:
            at = self._step if step is None else _checked_step(step)
        except ReportgenError:
            return
        with self._lock:
            self._keep(values)
            if at >= self._step:
                self._step = at + 1 if commit or (step is None and commit is None) else at

    def _keep(self, values: Mapping[str, Json]) -> None:
        """Note a row's values in the summary."""
        self._latest.update({key: item for key, item in values.items() if item is not None and key not in _UNCOUNTED})

    def _write_row(self, at: int, values: Mapping[str, Json]) -> list[Exception]:
        """Append a row, and note it in the summary; the errors of values that no line can hold."""
        faults: list[Exception] = []
        head: dict[str, Json] = {STEP: at, RUNTIME: self._runtime()}
        try:
            lines = [jsonl.encode({**head, **values})]
        except ReportgenError:
            lines = []
            good: dict[str, Json] = {}
            for key, item in values.items():  # one line each: the whole was too long, or one of them is at fault
                try:
                    lines.append(jsonl.encode({**head, key: item}))
                    good[key] = item
                except ReportgenError as fault:
                    faults.append(_at_key(fault, key))
            values = good
        self._keep(values)
        for line in lines:
            self._append_safely(line)
        return faults

    def _append_safely(self, line: bytes) -> None:
        try:
            self._append(line)
        except OSError as fault:
            self._disk_failed(fault, raising=self._strict)

    def _drop_reserved(self, values: dict[str, Json]) -> None:
        for key in _RESERVED & values.keys():
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

    def _raise_first(self, faults: list[Exception]) -> None:
        refused = [fault for fault in faults if isinstance(fault, ReportgenError)]
        for fault in faults:
            if isinstance(fault, OSError) and not isinstance(fault, ReportgenError):
                self._disk_failed(fault, raising=self._strict)
        if refused:
            for other in refused[1:]:
                refused[0].add_note(f"Also not stored: {other}")
            raise refused[0]

    def _runtime(self) -> float:
        return float((_clock() - self._origin) // 1000 / 1e6)

    @property
    def step(self) -> int:
        """The step of the next call of `log` without a step."""
        return self._step

    # --------------------------------------------------------------- summary

    def _assign(self, given: Mapping[str, Any], *, replace: bool, gone: tuple[str, ...] = ()) -> None:
        """Carry out an assignment to the summary, and store it as a row. See `summary.Assign`."""
        if self._closed == "finished":
            return self._refuse()
        values, faults = encode.row(given, self._store)
        self._drop_reserved(values)
        values.pop(TIMESTAMP, None)
        values = redact.assigned(values)
        with self._lock:
            changed = summaries.changes(self._latest, given, values, replace=replace, gone=gone)
            if changed and not self._closed:
                row = {STEP: self._step, RUNTIME: self._runtime(), SUMMARY_ROW: changed}
                self._append_safely(jsonl.encode(row))
            summaries.apply(self._latest, changed)
        self._raise_first(faults)
        return None

    @property
    def summary(self) -> Summary:
        """What the run came to: the last value of each key, or what is assigned here."""
        return self._summary

    # ---------------------------------------------------------------- config

    def _save_config(self) -> None:
        if self._writer is None or self._closed:
            return
        try:
            self._writer.write_document(layout.CONFIG, redact.mapping(self._config.as_dict()))
        except OSError as fault:
            self._disk_failed(fault, raising=self._strict)

    @property
    def config(self) -> Config:
        """What the run was given; each change is on disk at once."""
        return self._config

    # ------------------------------------------------------------------- end

    def __enter__(self) -> Run:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if fault is not None:
            self.fail(fault)
        self.finish()

    def fail(self, fault: BaseException) -> None:
        """Note what ended the training; `finish` then marks the run failed. `sys.exit(0)` is no failure.

        If more is logged after this, the training did go on, and the failure is forgotten.

        Args:
            fault: The exception.
        """
        with self._lock:
            if not self._closed and self._writer is not None:
                self._ending = ending_of(fault, self._step), self._writer.history.size

    @property
    def sampling(self) -> float:
        """Seconds between samples of the machine; 0 for none."""
        return self._sampling

    def finish(self, exit_code: int | None = None) -> None:
        """End the run: everything is on the device when this returns. A second call does nothing.

        Prints one line to standard error: where the run lies, and the command that builds its report.

        Args:
            exit_code: Other than 0 marks the run failed. None stands for what `fail` has noted, else for the code of
                a `SystemExit` that is being handled (as in `finally`), else for 0.

        Raises:
            WriteError: (RG115) The disk failed, and the run is strict.
        """
        with self._lock:
            if self._closed:
                self._on_finish(self)
                return
            ending = self._ending_now(exit_code)
            duration = self._runtime()
            self._closed = "finished"
        if self._background is not None:
            self._background.stop()
        self._on_finish(self)
        if self._writer is not None:
            self._close(self._writer, ending, duration)

    def _ending_now(self, exit_code: int | None) -> Ending:
        noted = Ending(0, None)
        if self._ending is not None and self._writer is not None:
            ending, size = self._ending
            if size == self._writer.history.size:
                noted = ending
        leaving = sys.exc_info()[1]
        if exit_code is None and noted.error is None and isinstance(leaving, SystemExit):
            return ending_of(leaving, self._step)
        if exit_code is None:
            return noted
        return Ending(int(exit_code), noted.error if exit_code else None)

    def _close(self, writer: RunWriter, ending: Ending, duration: float) -> None:
        try:
            writer.sync()
            writer.write_document(layout.SUMMARY, self._latest, durable=True)
            self._manifest.change(
                state=layout.STATE_FAILED if ending.exit_code else layout.STATE_FINISHED,
                exit_code=ending.exit_code,
                error=ending.error,
                duration=duration,
            )
            self._manifest.save(durable=True)
        except OSError as fault:
            self._disk_failed(fault, raising=self._strict)
        finally:
            writer.close()
        say(closing_line(writer.folder, self.state))

    def leave_to_parent(self) -> None:
        """In a forked child: let go of the parent's files without touching them. Rows are refused from here on."""
        self._lock = threading.RLock()  # a thread that does not exist here may hold the old one
        if self._closed:
            return
        self._closed = "forked"
        self._background = None
        self._manifest.forget_file()
        if self._writer is not None:
            self._writer.close()


class _Nowhere:
    """Where the media files of a disabled run go."""

    def put(self, data: bytes, suffix: str) -> str:
        return layout.media_name("0" * 64, suffix)

    def put_file(self, source: Any, suffix: str) -> str:
        return layout.media_name("0" * 64, suffix)


def _checked_step(step: Any) -> int:
    try:
        if isinstance(step, bool):
            raise TypeError
        whole = operator.index(step)
    except TypeError:
        raise InputTypeError(
            "RG106", f"step is {tensors.named(step)}, not a whole number: {step!r}", remedy="Use int(step)"
        ) from None
    if not 0 <= whole <= MAX_STEP:
        raise InputValueError("RG107", f"step is {whole}; steps count from 0", remedy="Begin at 0")
    return whole


def _at_key(fault: ReportgenError, key: str) -> ReportgenError:
    problem = fault.problem
    return type(fault)(problem.code, problem.what, where=f"key {key!r}", remedy=problem.remedy)
