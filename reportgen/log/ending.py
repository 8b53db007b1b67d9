"""How a run ended, and the line that says where it lies."""

from __future__ import annotations

import contextlib
import threading
from pathlib import Path
from typing import Any, Final, NamedTuple

from reportgen.log.machine import redact

MAX_MESSAGE: Final = 2000
"""Characters of an error's message that are kept."""

_HARMLESS: Final = str.maketrans("", "", "/._-")
"""Characters of paths, besides letters and digits, that mean nothing to a shell."""


class UnknownExit(SystemExit):
    """Stands for `raise SystemExit(code)` that ended the process: Python tells nobody the code before it is gone."""


class Ending(NamedTuple):
    """How a run ended.

    Attributes:
        exit_code: 0 when all went well; None when it is not known.
        error: `{"type", "message", "step"}` of the exception that ended it, or None.
    """

    exit_code: int | None
    error: dict[str, Any] | None


def ending_of(fault: BaseException, step: int) -> Ending:
    """The ending that an exception stands for: `SystemExit` as its code says, `KeyboardInterrupt` as 130.

    Args:
        fault: The exception.
        step: The step that was under way.
    """
    if isinstance(fault, GeneratorExit):
        return Ending(0, None)
    if isinstance(fault, UnknownExit):
        return Ending(None, None)
    code = 1
    if isinstance(fault, SystemExit):
        if fault.code is None or fault.code == 0:
            return Ending(0, None)
        code = fault.code if isinstance(fault.code, int) else 1
    elif isinstance(fault, KeyboardInterrupt):
        code = 130
    try:
        message = redact.paths(redact.text(str(fault)), str(Path.cwd()))
    except Exception:  # an exception whose text is broken must not hide itself
        message = ""
    if len(message) > MAX_MESSAGE:
        message = message[:MAX_MESSAGE] + "…"
    return Ending(code, {"type": type(fault).__name__, "message": message, "step": step})


class Failure(NamedTuple):
    """An exception that may have ended the training.

    Attributes:
        ending: The ending that it stands for.
        threads: Identifiers of the threads whose logging shows that the training has survived it.
    """

    ending: Ending
    threads: frozenset[int]


def failure_of(fault: BaseException, step: int, *, final: bool) -> Failure:
    """What is noted of an exception in the thread that it came up in.

    Args:
        fault: The exception.
        step: The step that was under way.
        final: Nothing shows any more that the training has survived it.
    """
    survivors = () if final else (threading.get_ident(), threading.main_thread().ident or 0)
    return Failure(ending_of(fault, step), frozenset(survivors))


def is_final(failure: Failure | None) -> bool:
    """Whether something has ended the training for good."""
    return failure is not None and not failure.threads


def closing_line(folder: Path, state: str, lacking: int | None = None, *, told: bool = True) -> str:
    """Where the run lies, and the command that builds its report.

    Args:
        folder: The run directory.
        state: "finished" or "failed".
        lacking: How many rows and media values could not be written, of an incomplete run; 0 where that is not known.
        told: Whether `run.json` says all this.
    """
    shown = str(folder)
    with contextlib.suppress(OSError, ValueError):  # elsewhere, or in a folder that is gone
        shown = str(folder.relative_to(Path.cwd()))
    if lacking is not None:
        state += f", incomplete ({lacking:,} rows or media could not be written)" if lacking else ", incomplete"
    if not told:
        state += ", but that could not be written, so that reports say it crashed"
    return f"run {state}: {shown}  ·  report: reportgen build {_quoted(shown)} -o site"


def _quoted(path: str) -> str:
    """As a shell needs it."""
    if path.isascii() and path.translate(_HARMLESS).isalnum():
        return path
    import shlex  # few paths need quotes

    return shlex.quote(path)
