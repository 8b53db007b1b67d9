"""Every error of the project: a code, what happened, where, and the remedy.

An error is a letter to a tired person. All of them derive from `ReportgenError`, and also from the built-in
class that fits (`TypeError`, `ValueError`, `FileNotFoundError` ...), so that `except ValueError` works as
people expect. The first digit of a code tells the room: 1 logging, 2 media, 3 run directories, 4 building,
5 options and the command line.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong that did not stop the work: listed at the end of a build and on the page.

    Attributes:
        code: For example `"RG311"`; the table in `docs/errors.md` explains each.
        what: What is wrong, in one sentence without a final full stop.
        where: File, line, key or step; "" where `what` says it all.
        remedy: What the reader can do about it; "" where nothing needs doing.
        severity: `"error"` when data is missing from the page, `"warning"` when it may surprise, `"note"` else.
    """

    code: str
    what: str
    where: str = ""
    remedy: str = ""
    severity: Severity = "error"

    def __str__(self) -> str:
        where = f" ({self.where})" if self.where else ""
        remedy = f". {self.remedy}" if self.remedy else ""
        return f"{self.code}: {self.what}{where}{remedy}"


class ReportgenError(Exception):
    """Base of every error that reportgen raises on purpose.

    Args:
        code: The error's code, `"RG"` and three digits.
        what: What happened, with the offending value in it.
        where: File, line, key or argument.
        remedy: What to do instead.
    """

    def __init__(self, code: str, what: str, *, where: str = "", remedy: str = "") -> None:
        self.problem = Problem(code, what, where, remedy)
        super().__init__(str(self.problem))

    @property
    def code(self) -> str:
        """The error's code, for example `"RG204"`."""
        return self.problem.code

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle across processes: the default would call the class with the message alone."""
        return _rebuild, (type(self), self.problem)


def _rebuild(cls: type[ReportgenError], problem: Problem) -> ReportgenError:
    return cls(problem.code, problem.what, where=problem.where, remedy=problem.remedy)


class InputTypeError(ReportgenError, TypeError):
    """A value of a type that cannot be logged or shown."""


class InputValueError(ReportgenError, ValueError):
    """A value of the right type that makes no sense."""


class InputFileError(ReportgenError, FileNotFoundError):
    """A file that the caller named does not exist."""

    __str__ = Exception.__str__  # OSError would print "[Errno ...]" from its arguments


class InputKeyError(ReportgenError, KeyError):
    """A key that is not there."""

    __str__ = Exception.__str__  # KeyError would print the repr of the message


class InputAttributeError(ReportgenError, AttributeError):
    """An attribute that is not there."""


class UsageError(ReportgenError, RuntimeError):
    """A call that is out of place, such as `log` before `init`."""


class RunDirError(ReportgenError):
    """A run directory that cannot be read at all."""


class WriteError(ReportgenError, OSError):
    """The run directory cannot be written, and the run is strict."""

    __str__ = Exception.__str__


class BuildError(ReportgenError):
    """A site that cannot be built at all."""


class OptionError(ReportgenError, ValueError):
    """An option of the build that is unknown or out of range."""


class MissingPackage(ReportgenError, ImportError):
    """An optional package that a feature needs is not installed."""


Error = CommError = ReportgenError
"""The names by which scripts written for W&B catch it: `except wandb.errors.CommError`."""
