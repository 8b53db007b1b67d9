"""A run in a process that did not begin it: a forked child, or one that was sent the run by pickle.

Such a process goes on with the run as a further writer: its rows go into a file of its own, which is made with the
first of them, and a report shows them beside the others.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from reportgen.log.background import Background
from reportgen.log.notice import warn_safely
from reportgen.log.rows import Rows
from reportgen.log.values.config import Config
from reportgen.rundir.jsonl import Json
from reportgen.rundir.writer import SideWriter

if TYPE_CHECKING:
    from reportgen.log.run import Run


class Packed(NamedTuple):
    """A run as pickle takes it along.

    Attributes:
        folder: The run directory.
        values: The content of `run.json`, without its private part.
        config: The configuration.
        summary: The summary so far.
        step: The current step.
        runtime: Seconds since the run's first start, at `when`.
        when: Unix time.
        resumed: Whether the run continues an earlier session.
        strict: Whether a failing disk raises.
        closed: "" for an open run, else "finished" or "disabled".
    """

    folder: str
    values: dict[str, Any]
    config: dict[str, Json]
    summary: dict[str, Json]
    step: int
    runtime: float
    when: float
    resumed: bool
    strict: bool
    closed: str


def unpacked(packed: Packed) -> Run:
    """The run that a pickled one stands for: the same object in the process that has it, else a further writer of it.

    Args:
        packed: What pickle took along.
    """
    from reportgen.log.current import attached

    return attached(packed)


class Attached(Rows):
    """What happens to a run that finds itself in another process."""

    _config: Config
    _background: Background | None
    _attached: bool = False

    def _look_after(self) -> None:
        """See to the files of an open run, every few seconds. Does not raise."""

    def leave_to_parent(self) -> None:
        """In a forked child: let go of the parent's files without touching them.

        What is logged from here on goes into a file of its own.
        """
        self._lock = threading.RLock()  # a thread that does not exist here may hold the old one
        self._forget_pool()
        self._lacking, self._marked = 0, None  # what the parent could not write, it says itself
        self._told.discard("disk")
        if self._closed:
            return
        self._closed = "forked"
        self._background = None
        self._manifest.forget_file()
        if self._writer is not None:
            self._writer.let_go()

    def settle_as(self, closed: str) -> None:
        """In a process that was sent the run: begin nothing until something is logged.

        Args:
            closed: "" for an open run, "finished" for one whose rows are refused.
        """
        self._manifest.forget_file()
        self._closed = closed or "forked"

    def __reduce__(self) -> tuple[Any, ...]:
        """What pickle takes along; also `copy.copy` and `copy.deepcopy`, which give the run itself."""
        with self._lock:
            values = {name: self._manifest[name] for name in self._manifest.fields() if name != "private"}
            closed = self._closed if self._closed in ("finished", "disabled") else ""
            packed = Packed(
                str(self._folder),
                {**values, "private": {}},
                self._config.as_dict(),
                dict(self._latest),
                self._step,
                self._runtime(),
                time.time(),
                self._resumed,
                self._strict,
                closed,
            )
        return unpacked, (packed,)

    def _log_any(self, data: Mapping[str, Any] | None, step: int | None, commit: bool | None) -> None:
        if self._closed == "forked" and not self._attach():
            return
        super()._log_any(data, step, commit)
        if self._attached and self._storing is not None:
            self._storing.drain()  # such a process often ends without asking anybody

    def _attach(self) -> bool:
        """Open a file of its own for this process; False, and a warning, when the disk refuses."""
        with self._lock:
            if self._closed != "forked":
                return True
            session = len(self._manifest["sessions"]) - 1
            try:
                writer = SideWriter(self._folder, None, session, step=self._step, runtime=self._runtime())
            except OSError as fault:
                self._disk_failed(fault, raising=self._strict)
                return False
            self._writer = writer
            self._append = self._first
            self._attached = True
            self._closed = ""
            self._background = Background(
                writer,
                self._manifest,
                sampling=0.0,
                runtime=self._runtime,
                failed=self._disk_failed,
                look=self._look_after,
            )
            self._background.start()
            return True

    def _refuse(self) -> None:
        super()._refuse()
        if (self._closed == "forked" or self._attached) and "attached" not in self._told:
            self._told.add("attached")
            warn_safely(
                "RG116",
                f"this process did not begin the run {self.name}: it adds rows, but changes nothing else of it",
                remedy="Change config, name, tags and notes in the process that called init",
            )
