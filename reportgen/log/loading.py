"""Loads what calls of a run would load when they first need it: while files can still be opened."""

from __future__ import annotations

import contextlib
import errno
import functools
from collections.abc import Callable
from typing import Any, Final, TypeVar, cast

from reportgen import kinds

F = TypeVar("F", bound=Callable[..., Any])

LATER: Final = (
    "hashlib:sha256",
    "reportgen.log.alerts:Alerts",
    "reportgen.log.events:EventFile",
    "reportgen.log.files.artifact:Artifact",
    "reportgen.log.files.code:copy_code",
    "reportgen.log.files.lineage:Lineage",
    "reportgen.log.files.saved:Saved",
    "reportgen.log.files.scratch:scratch",
    "reportgen.log.hooks.gym:file_record",
    "reportgen.log.hooks.watch:Watch",
    "reportgen.log.mending:tell",
    "reportgen.log.storing:Storing",
    "reportgen.log.values.arrays:Array",
    "reportgen.log.values.history:History",
    "reportgen.log.values.metrics:Metrics",
    "reportgen.rundir.reader:read_back",
    "shlex:quote",
)
"""What the calls of a run import inside of themselves."""


def load_all() -> None:
    """Import all of it, and what users construct. What cannot be loaded is left to the call that needs it."""
    for name in (*LATER, *(kind.media for kind in kinds.ROWS if kind.media)):
        with contextlib.suppress(ImportError, OSError):
            kinds.load(name)


def going_on(otherwise: Callable[[], Any]) -> Callable[[F], F]:
    """A decorator for calls of a run: training goes on where the process may open no more files.

    Not even what the call needs can be loaded then. That is told as an error of the disk is.

    Args:
        otherwise: Makes what the call returns then.
    """

    def wrapped(method: F) -> F:
        @functools.wraps(method)
        def call(run: Any, *arguments: Any, **options: Any) -> Any:
            try:
                return method(run, *arguments, **options)
            except OSError as fault:
                if fault.errno not in (errno.EMFILE, errno.ENFILE):
                    raise
                run._stopped_by(fault)
                return otherwise()

        return cast("F", call)

    return wrapped
