"""What a run has to say besides errors: warnings, each once per run, that name the line of the user's script."""

from __future__ import annotations

import sys
import warnings
from typing import Final

from reportgen.errors import Problem

_OURS: Final = __name__.partition(".")[0] + "."


class ReportgenWarning(UserWarning):
    """A warning of reportgen. `warnings.simplefilter("ignore", ReportgenWarning)` silences all of them."""


def warn(code: str, what: str, *, where: str = "", remedy: str = "") -> None:
    """Show a warning at the line of the caller outside of this package.

    Args:
        code: `"RG"` and three digits.
        what: What happened.
        where: Key, file or argument.
        remedy: What to do about it.
    """
    text = str(Problem(code, what, where, remedy, "warning"))
    warnings.warn(text, ReportgenWarning, stacklevel=_depth())


def warn_safely(code: str, what: str, *, where: str = "", remedy: str = "") -> None:
    """As `warn`, but never an exception, even where warnings are errors: training must go on."""
    try:
        warn(code, what, where=where, remedy=remedy)
    except Warning as fault:
        say(str(fault))


def say(text: str) -> None:
    """Write one line to standard error, if there is one."""
    try:
        sys.stderr.write(f"reportgen: {text}\n")
        sys.stderr.flush()
    except (AttributeError, OSError, ValueError):
        return  # no console, or a closed one: nothing that a run should end for


def _depth() -> int:
    """How many frames lie between `warnings.warn` and the user's code."""
    depth, frame = 1, sys._getframe(1)
    while frame.f_back is not None and f"{frame.f_globals.get('__name__', '')}.".startswith(_OURS):
        depth, frame = depth + 1, frame.f_back
    return depth
