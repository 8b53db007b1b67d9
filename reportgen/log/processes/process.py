"""What one process has open, and how it notices that it ends, or is forked."""

from __future__ import annotations

import atexit
import os
import sys
import threading
import weakref
from types import FrameType, TracebackType
from typing import Any, NoReturn

from reportgen.log.ending import UnknownExit
from reportgen.log.processes.forking import GATE
from reportgen.log.run import Run


class Process:
    """What this process has open, and how it notices its end.

    Attributes:
        current: The run that `log` and `finish` mean; it may be finished.
        runs: All open runs that were begun here, the latest last.
        attached: Runs that other processes began: after a fork, or sent by pickle.
        ids: Ids that runs of this process had.
        ended: Name of the run that was current last, and is finished; "" when there was none.
    """

    def __init__(self) -> None:
        self.current: Run | None = None
        self.runs: list[Run] = []
        self.attached: weakref.WeakSet[Run] = weakref.WeakSet()
        self.ids: set[str] = set()
        self.ended = ""
        self._hooked = False
        self._main: FrameType | None = None
        self._exit: SystemExit | None = None
        self._shown = False

    def add(self, run: Run, *, current: bool) -> None:
        """A run was opened.

        Args:
            run: The run.
            current: It becomes the current one.
        """
        self.runs.append(run)
        self.ids.add(run.id)
        if current:
            self.current = run
        self.hook()

    def attach(self, run: Run) -> None:
        """A run came from another process."""
        self.attached.add(run)
        self.current = self.current or run
        self.hook()

    def remove(self, run: Run) -> None:
        """A run has ended."""
        if run in self.runs:
            self.runs.remove(run)
        if self.current is run:
            self.current = self.runs[-1] if self.runs else None
            self.ended = run.name

    def hook(self) -> None:
        """Learn how the process ends, and when it is forked. Each hook calls the one that it found."""
        if self._hooked:
            return
        self._hooked = True
        self._main = _main_frame()
        atexit.register(self._end)
        if hasattr(os, "register_at_fork"):
            GATE.watch()
            os.register_at_fork(after_in_child=self._forked)
        show, leave = sys.excepthook, sys.exit

        def failed(kind: type[BaseException], fault: BaseException, trace: TracebackType | None) -> None:
            self._shown = True
            self._fail(fault, final=self._is_over())
            show(kind, fault, trace)

        def exited(status: Any = None, /) -> NoReturn:
            # The code of an exit reaches neither `excepthook` nor `atexit`. Whether this is one, `_ending` sees.
            if threading.current_thread() is threading.main_thread():
                self._exit = SystemExit(status)
            leave(status)

        sys.excepthook, sys.exit = failed, exited

    def _fail(self, fault: BaseException, *, final: bool) -> None:
        for run in list(self.runs):
            run.fail(fault, final=final)

    def _is_over(self) -> bool:
        """Whether `excepthook` is called because the script has ended: what threads log after that is no survival.

        Shells, event loops and hooks of threads call it, too, and go on: inside of the main thread's outermost frame,
        or in another thread. The interpreter calls it when that frame has ended.
        """
        if threading.current_thread() is not threading.main_thread() or self._main is None:
            return False
        if hasattr(sys, "ps1") or sys.flags.inspect or os.environ.get("PYTHONINSPECT"):  # statements are typed in
            return False
        return _main_frame() is not self._main

    def _end(self) -> None:
        fault = self._ending()
        self._main = self._exit = None  # what the script's variables hold is freed, as it is without a run
        for run in list(self.runs):
            if fault is not None:
                run.fail(fault, final=True)
            run.finish()
        for run in list(self.attached):
            run.finish()

    def _ending(self) -> BaseException | None:
        """The exception that ended the script, unless `excepthook` has told already; None when it ran to its end.

        A `SystemExit` that is raised by hand is gone by now, and its code with it: it is known that there was one.
        """
        if self._shown or self._main is None or _returned_from(self._main):
            return None
        last: BaseException | None = getattr(sys, "last_value", None)  # whoever has replaced `excepthook` since
        return last or self._exit or UnknownExit()

    def _forked(self) -> None:
        known = {*self.runs, *self.attached}
        for run in known:
            run.leave_to_parent()
        self.attached.update(known)
        self.runs = []
        self._main, self._exit = _main_frame(), None


def _main_frame() -> FrameType | None:
    """The outermost frame of the main thread. It can be asked how it ended after it did."""
    frame = sys._current_frames().get(threading.main_thread().ident or 0)
    while frame is not None and frame.f_back is not None:
        frame = frame.f_back
    return frame


def _returned_from(frame: FrameType) -> bool:
    """Whether a frame that has ended returned, instead of letting an exception through."""
    from opcode import opname  # only the end of a process needs it

    return opname[frame.f_code.co_code[frame.f_lasti]].startswith("RETURN")
