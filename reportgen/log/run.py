"""A run being written: `log`, `summary`, `config`, `flush`, `finish`."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final

from reportgen.errors import InputTypeError, InputValueError, ReportgenError
from reportgen.log.background import Background
from reportgen.log.compat.familiar import Familiar
from reportgen.log.ending import Ending, closing_line, ending_of, failure_of, is_final
from reportgen.log.loading import load_all
from reportgen.log.machine import redact
from reportgen.log.notice import say, warn
from reportgen.log.opening import Opened
from reportgen.log.processes.forking import GATE
from reportgen.log.rows import UNCOUNTED
from reportgen.log.values import encode
from reportgen.log.values import summary as summaries
from reportgen.log.values.config import Config
from reportgen.log.values.summary import Summary
from reportgen.rundir import jsonl, layout
from reportgen.rundir.jsonl import Json
from reportgen.rundir.layout import RUNTIME, STEP, SUMMARY_ROW, TIMESTAMP
from reportgen.rundir.writer import RunWriter, SideWriter

if TYPE_CHECKING:
    from reportgen.log.values.history import History
    from reportgen.rundir.metrics import Definition


class Run(Familiar):
    """A run. `reportgen.init` makes one; any thread may use it.

    A row that `log` returned for is on disk, whatever happens to the process after; pictures and other media follow
    shortly. Used as a context manager, a run finishes at the end of the block, and is marked failed when an exception
    leaves it.
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
        writer = place.writer
        self._on_finish = on_finish
        self._summary = Summary(self._summarised, self._assign, facts=self._now)
        self._history: History | None = None
        self._config_owed = self._mending = False
        self._config = Config(config, self._save_config, self._refuse)
        self._sampling = sampling
        self._background: Background | None = None
        if writer is not None:
            self._save_config()
            self._manifest.save()
            self._background = Background(
                writer,
                self._manifest,
                sampling=sampling,
                runtime=self._runtime,
                failed=self._disk_failed,
                look=self._look_after,
            )
            self._background.start()

    # --------------------------------------------------------------- summary

    def _assign(self, given: Mapping[str, Any], *, replace: bool, gone: tuple[str, ...] = ()) -> None:
        """Carry out an assignment to the summary, and store it as a row. See `summary.Assign`."""
        if self._closed == "finished":
            return self._refuse()
        if self._closed == "forked" and not self._attach():
            return None
        values, faults = encode.row(given, _AtOnce(self._writer))
        self._drop_reserved(values)
        values.pop(TIMESTAMP, None)
        values = redact.assigned(values)
        self._wait_for({*given, *values, *gone})
        with self._lock:
            self._go_on()
            now = self._runtime()
            known = {**self._latest, **self._summarised()}
            changed = summaries.changes(known, given, values, replace=replace, gone=gone)
            if changed and not self._closed:
                self._append_safely(jsonl.encode({STEP: self._step, RUNTIME: now, SUMMARY_ROW: changed}))
            summaries.apply(self._latest, changed)
            self._assigned |= {key: (now, value) for key, value in changed.items()}
        self._raise_first(faults)
        return None

    def _wait_for(self, keys: set[str]) -> None:
        """Wait while logged values of some keys, or below them, are being stored: an assignment comes after them."""
        roots = tuple(f"{key}." for key in keys)
        if self._storing is not None and any(key in keys or key.startswith(roots) for key in list(self._held)):
            self._storing.drain()

    def _summarised(self) -> Mapping[str, Json]:
        """The summary, with the statistics of defined metrics; to be read, not to be changed."""
        if self._went_back > 1:
            self._drop_superseded(1)
        if not self._metrics:
            return self._latest
        with self._lock:
            return self._metrics.summary(self._latest)

    def _drop_superseded(self, left: int) -> None:
        """Have nothing in the summary that this session has taken back. What that is shows with the keys it logs."""
        with self._lock:
            self._went_back = left
            if self._writer is None or not self._writer.main:
                return
            try:
                logged = self._read_back()
            except (ReportgenError, OSError):  # the summary then holds what is known here
                return
            if logged is not None and logged.latest:
                self._latest = {key: value for key, value in logged.latest.items() if key not in UNCOUNTED}

    def _now(self) -> Mapping[str, Json]:
        """Where the run is: what W&B has in the summary beside the user's values."""
        return {STEP: self._step, RUNTIME: self._runtime(), TIMESTAMP: time.time()}

    @property
    def summary(self) -> Summary:
        """What the run came to: the last value of each key, what `define_metric` asks for, or what is assigned here."""
        return self._summary

    @property
    def history(self) -> History:
        """The row that is being filled: `run.history.row["loss"] = 0.5`, then `run.history.add({"acc": 0.9})`."""
        if self._history is None:
            from reportgen.log.values.history import History

            self._history = History(self.log, lambda: self._step)
        return self._history

    def define_metric(
        self,
        name: str,
        step_metric: str | Definition | None = None,
        step_sync: bool | None = None,
        hidden: bool | None = None,
        summary: str | None = None,
        goal: str | None = None,
        overwrite: bool | None = None,
        **others: Any,
    ) -> Definition:
        """Say what the charts and the summary are to make of a metric. Calls with the same name add up.

        Statistics go into the summary as `run.summary["loss"]["min"]` and cover all values, those that were logged
        before this call too. Values that are NaN are left out of them, and counted under "nan". Assigning to
        `summary["loss"]` by hand ends them.

        Args:
            name: A key, or the beginning of keys with a star: "train/*". A key takes each property from its own
                definition, else from the longest such name that fits; keys that begin with `_` fit none.
            step_metric: The metric that is the horizontal axis of this one's charts.
            step_sync: Put the last value of `step_metric` into rows that have this metric but not that one. By
                default True, where there is a `step_metric`.
            hidden: Draw no chart. The values are stored all the same.
            summary: What the summary holds, joined by commas: "min", "max", "mean", "first", "last", "best" (by
                `goal`); "copy", the last value under the key itself, as without a definition; "none".
            goal: "minimize" or "maximize": which values are better.
            overwrite: Forget what earlier calls said of this name.
            **others: `objective`, another word for `goal`. A warning names anything else (RG113).

        Returns:
            What this call said, by attributes named as the arguments.

        Raises:
            InputTypeError: (RG180) An argument has a wrong type.
            InputValueError: (RG180) A name or word that makes no sense.
            UsageError: (RG102) The run is finished.
            WriteError: (RG115) The disk failed, and the run is strict.
        """
        from reportgen.log.values.metrics import definition

        goal = others.pop("objective", None) if goal is None else goal
        given = definition(name, step_metric, step_sync, hidden, summary, goal, runtime=self._runtime())
        if self._closed and not self.disabled:
            self._refuse()
            return given
        with self._lock:
            known = self._known_metrics()
            known.define(given, self._latest, overwrite=bool(overwrite))
            self._describe(metrics=[one.to_json() for one in known.definitions])
        if known.lacks_goal(given.name):
            warn(
                "RG181",
                f'define_metric({given.name!r}): without a goal, summary="best" is the last value',
                remedy='Say which is better: goal="minimize" or goal="maximize"',
            )
        if others:
            warn("RG113", f"define_metric: no effect: {', '.join(others)}")
        return given

    # ---------------------------------------------------------------- config

    def _save_config(self) -> None:
        if self._writer is None or self._closed:
            return
        try:
            self._write_config()
        except OSError as fault:
            self._config_owed = True  # `finish` stores it, if there is room by then
            self._disk_failed(fault, raising=self._strict)
        else:
            self._config_owed = False

    def _write_config(self) -> None:
        if self._writer is not None:
            with self._lock:  # of two threads that change it, the later one has all
                self._writer.write_document(layout.CONFIG, redact.mapping(self._config.as_dict()))

    @property
    def config(self) -> Config:
        """What the run was given; each change is on disk at once."""
        return self._config

    # ------------------------------------------------------------------- end

    def _look_after(self) -> None:
        """See to the files of an open run, every few seconds. Does not raise."""
        if not self._closed:
            self._mend()
            if self._writer is not None and self._writer.was_short():
                with GATE:
                    load_all()
            if self._lacking and self._marked != self._lacking:
                self._mark_incomplete()

    def _put_right(self, fault: OSError) -> bool:
        return isinstance(fault, FileNotFoundError) and not self._mending and self._mend()

    def _mend(self) -> bool:
        """Put right what others have done to the files: closed, cut or removed them, or moved the run directory.

        Returns:
            Whether they were removed or moved: what could not be written just now is there then.
        """
        writer = self._writer
        if writer is None:
            return False
        self._mending = True
        try:
            with self._lock:
                found = writer.mend()
                moved = writer.folder != self._folder
                if moved:
                    self._moved(writer.folder)
                events_cut = self._events is not None and self._events[1].mend()
            if moved or found is not None:
                self._write_config()
                self._manifest.save()
            if events_cut or (found is not None and (found.emptied or found.cut)):
                self._manifest.change(incomplete=True)
                self._mark_own(self._lacking)
            if writer.main and not (writer.folder / layout.RUN).exists():
                self._manifest.save()
        except OSError as fault:
            self._disk_failed(fault)
            return False
        finally:
            self._mending = False
        if moved or events_cut or found is not None:
            from reportgen.log.mending import tell  # what few runs meet

            tell(self._told, self._folder, found, moved=moved, events_cut=events_cut)
        return moved or (found is not None and bool(found.rewritten))

    def __enter__(self) -> Run:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if fault is not None:
            self.fail(fault, final=True)
        self.finish()

    def fail(self, fault: BaseException, *, final: bool = False) -> None:
        """Note what ended the training; `finish` then marks the run failed. `sys.exit(0)` is no failure.

        If this thread or the main one logs more after this, the training did go on, and the failure is forgotten. What
        other threads log changes nothing: they may outlive the training.

        Args:
            fault: The exception.
            final: The training is known to be over: nothing that is logged later changes that.
        """
        with self._lock:
            if not self._closed and self._writer is not None and (final or not is_final(self._failure)):
                self._failure = failure_of(fault, self._step, final=final)
                self._special = True

    @property
    def sampling(self) -> float:
        """Seconds between samples of the machine; 0 for none."""
        return self._sampling

    def flush(self) -> None:
        """Wait until everything that was logged is stored, pictures and other media included.

        On a terminal, a bar shows how far it is when that takes longer than a second.

        Raises:
            WriteError: The run is strict, and (RG115) the disk failed, or (RG119) a media value could not be stored.
        """
        if self._storing is not None:
            self._storing.drain()
        self._raise_owed()

    def finish(self, exit_code: int | None = None, quiet: bool | None = None) -> None:
        """End the run: everything is on the device when this returns. A second call does nothing.

        Waits as `flush` does. Whoever interrupts that ends the run nevertheless: what was not stored by then is
        missing, and the run is marked incomplete. Prints one line to standard error: where the run lies, and the
        command that builds its report.

        Args:
            exit_code: Other than 0 marks the run failed. None stands for what `fail` has noted, else for the code of
                a `SystemExit` that is being handled (as in `finally`), else for 0.
            quiet: Accepted for scripts written for W&B, and ignored.

        Raises:
            InputTypeError: (RG132) `exit_code` is no whole number.
            WriteError: As for `flush`.
        """
        if exit_code is not None and not isinstance(exit_code, int):
            raise InputTypeError("RG132", f"exit_code is {exit_code!r}, not a whole number", remedy="Use 0, or 1")
        with self._lock:
            if self._closed:
                self._closed = "finished" if self._closed == "forked" else self._closed
                self._on_finish(self)
                return
            self._before_end()
            ending = self._ending_now(exit_code)
            duration = self._runtime()
            self._tell_of_rank(ending)
            self._closed = "finished"
        try:
            if self._storing is not None:
                self._storing.drain()
        finally:
            if self._storing is not None and (dropped := self._storing.close()):
                self._lacking += dropped
                self._mark_incomplete()
            if self._background is not None:
                self._background.stop()
            self._on_finish(self)
            self._mend()
            self._after_rows()
            if self._writer is not None:
                self._close(self._writer, ending, duration)
        self._raise_owed()

    def _ending_now(self, exit_code: int | None) -> Ending:
        noted = self._failure.ending if self._failure is not None else Ending(0, None)
        leaving = sys.exc_info()[1]
        if exit_code is None and noted.error is None and isinstance(leaving, SystemExit):
            return ending_of(leaving, self._step)
        if exit_code is None:
            return noted
        return Ending(int(exit_code), noted.error if exit_code else None)

    def _tell_of_rank(self, ending: Ending) -> None:
        """A rank other than 0, or a worker, does not say how the run ended, but how it itself did."""
        writer, error = self._writer, ending.error
        if isinstance(writer, SideWriter) and error is not None:
            who = f"Rank {writer.writer}" if writer.writer.isdigit() else f"Worker process {writer.writer[1:]}"
            self.alert(f"{who} failed", f"{error['type']}: {error['message']}", level="ERROR")

    def _close(self, writer: RunWriter, ending: Ending, duration: float) -> None:
        """Store the end. Each part on its own: a device that fails for one of them may take the next."""
        state = layout.STATE_FAILED if ending.exit_code else layout.STATE_FINISHED
        faults: list[OSError] = []
        told = described = config_owed = False

        def attempted(part: Callable[[], None]) -> bool:
            try:
                part()
            except OSError as fault:
                faults.append(fault)
                return False
            return True

        if self._went_back:
            self._drop_superseded(0)

        def describe(*, durable: bool) -> None:
            try:
                writer.write_document(layout.SUMMARY, self._summarised(), durable=durable)
            except InputValueError:  # it would be too large for readers, who work it out from the rows without it
                writer.remove_document(layout.SUMMARY)

        def end() -> None:
            lost = {layout.UNWRITTEN: self._lacking} if self._lacking else {}
            self._manifest.change(
                state=state, exit_code=ending.exit_code, error=ending.error, duration=duration, **lost
            )
            if lost:
                self._mark_own(self._lacking)

        try:
            attempted(writer.sync)
            config_owed = self._config_owed and not attempted(self._write_config)
            described = attempted(lambda: describe(durable=True)) or attempted(lambda: describe(durable=False))
            told = attempted(end)
            told = attempted(lambda: self._manifest.save(durable=True)) or told
            if faults:
                self._disk_failed(faults[0], raising=self._strict)
        finally:
            writer.make_room()  # `run.json` needs it no more
            if not described and not attempted(lambda: describe(durable=False)):
                writer.remove_document(layout.SUMMARY)
            if config_owed:
                attempted(self._write_config)
            writer.close()
            if writer.main:
                lacking = self._lacking if self._manifest["incomplete"] else None
                say(closing_line(writer.folder, self.state, lacking, told=told))


_FILELESS: Final = frozenset({"array", "histogram"})
"""Kinds of media that need no file, so that they can be read back from a run that stores nothing."""


class _AtOnce:
    """Stores media values of a summary on the calling thread: what is assigned can be read back at once."""

    def __init__(self, writer: RunWriter | None) -> None:
        self._writer = writer

    def take(self, media: Any) -> Json:
        if self._writer is None and media.KIND not in _FILELESS:
            return None
        return media.encode(self._writer).to_json()

    def large(self, array: Any) -> Any:
        from reportgen.log.values.arrays import Array

        return Array(array)
