"""What a run does beside the training, on one thread that never disturbs it: facts, samples, `fsync`."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from reportgen.log.machine import environment
from reportgen.log.machine.gpu import Cards
from reportgen.log.machine.system import Sampler
from reportgen.log.manifest import Manifest
from reportgen.log.processes.forking import GATE
from reportgen.rundir import jsonl, layout
from reportgen.rundir.writer import RunWriter

FIRST_SAMPLE: Final = 0.3
"""Seconds until the first sample, so that short runs have one."""

SECONDS: Final = 5.0
"""Between two samples by default, and between two calls of `fsync`."""

PATIENCE: Final = 2.0
"""Seconds that the end of a run waits for this thread, which git on a slow disk may hold up."""


class Background:
    """The thread of one run. That of a rank other than 0, or of a worker process, learns no facts.

    Args:
        writer: Where samples go, and what is synced.
        manifest: Where facts go.
        sampling: Seconds between samples of the machine; 0 takes none.
        runtime: Seconds since the run's first start.
        failed: Told of each error of the disk; it does not raise.
        look: Looks after the files of the run; it does not raise.
    """

    def __init__(
        self,
        writer: RunWriter,
        manifest: Manifest,
        *,
        sampling: float,
        runtime: Callable[[], float],
        failed: Callable[[OSError], None],
        look: Callable[[], None],
    ) -> None:
        self._writer = writer
        self._manifest = manifest
        self._sampling = sampling
        self._runtime = runtime
        self._failed = failed
        self._look = look
        self._ended = threading.Event()
        self._sync_failed = False
        self._given_up = False
        self._thread = threading.Thread(target=self._work, name="reportgen", daemon=True)

    def start(self) -> None:
        """Begin; training goes on at once."""
        self._thread.start()

    def stop(self) -> None:
        """End after what is under way, and wait for it, `PATIENCE` seconds at most."""
        self._ended.set()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(PATIENCE)
        self._given_up = True

    def _work(self) -> None:
        with GATE:
            cards = Cards() if self._writer.main or self._sampling else None
        if cards is not None and self._writer.main:
            with contextlib.suppress(OSError):  # such as a process that may open no more files: what follows matters
                self._learn(cards)
        sampler = None
        if cards is not None and self._sampling:
            if self._ended.wait(min(FIRST_SAMPLE, self._sampling)):
                return
            sampler = self._sampler(cards)
        pause = min(FIRST_SAMPLE, self._sampling) if sampler is not None else SECONDS
        due = time.monotonic()
        while not self._ended.wait(pause):
            if sampler is not None and time.monotonic() >= due:
                due = time.monotonic() + self._sampling
                self._sample(sampler)
            self._sync()
            pause = SECONDS if sampler is None else min(SECONDS, max(0.0, due - time.monotonic()))

    def _sampler(self, cards: Cards) -> Sampler | None:
        try:
            with GATE:
                return Sampler(self._writer.folder, cards)
        except Exception:  # a system that psutil does not know
            return None

    def _learn(self, cards: Cards) -> None:
        with GATE:
            if environment.may_be_repository():
                import subprocess  # noqa: F401  # git needs it, and is not waited for by a fork
            found = {"packages": environment.packages(), "gpu": cards.facts(), **environment.hardware()}
        self._tell(found, {})
        code, remote = environment.git()  # comes last, because it may take seconds
        if code is not None:
            self._tell({"git": code}, {"git_remote": remote})

    def _tell(self, public: Mapping[str, Any], private: Mapping[str, Any]) -> None:
        if self._given_up:
            return  # the run has ended without this, and somebody else may be writing it by now
        try:
            self._manifest.learn(public, private)
        except OSError as fault:
            self._report(fault)

    def _sample(self, sampler: Sampler) -> None:
        try:
            sampler.folder = self._writer.folder  # somebody may have moved it
            with GATE:
                row = {layout.RUNTIME: round(self._runtime(), 3), **sampler.sample()}
        except Exception:  # whatever keeps the machine from being asked, the thread has more to do
            return
        if self._given_up:
            return  # while it was taken, the run has closed its files
        try:
            self._writer.system.append(jsonl.encode(row))
        except OSError as fault:
            self._report(fault)

    def _sync(self) -> None:
        """Reported once: after a failure the system may have dropped the data, and says nothing any more."""
        if self._given_up:
            return
        self._look()
        try:
            self._writer.beat()
        except OSError as fault:
            self._report(fault)
        if self._sync_failed:
            return
        try:
            self._writer.sync()
        except OSError as fault:
            self._sync_failed = True
            self._report(fault)

    def _report(self, fault: OSError) -> None:
        """An error on a file that the run has closed meanwhile is none."""
        if not self._given_up:
            self._failed(fault)
