"""Lines to rows: parses a batch at once where all is well, and line by line where something is not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import orjson

from reportgen.errors import Problem
from reportgen.rundir.layout import SESSION, STEP
from reportgen.rundir.lines import Lines

LISTED: Final = 20
"""Damaged lines that are named one by one; the rest is counted."""

MAX_STEP: Final = 2**63 - 1
MAX_SESSION: Final = 2**31 - 1

TORN: Final = "the last line is not complete and was left out"

Row = dict[str, Any]

_OPEN, _CLOSE, _LIST, _LIST_END, _COMMA = b"{}[],"


@dataclass(slots=True)
class Faults:
    """What was wrong with the lines of one file.

    Attributes:
        name: The file's name.
        found: The problems so far, the first `LISTED` of each code in full.
        counts: How often each code came up.
    """

    name: str
    found: list[Problem] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def add(self, problem: Problem) -> None:
        """Note a problem, unless there are many of its code already."""
        count = self.counts[problem.code] = self.counts.get(problem.code, 0) + 1
        if count <= LISTED:
            self.found.append(problem)

    def line(self, code: str, what: str, number: int, remedy: str = "") -> None:
        """Note what is wrong with one line, which is left out."""
        self.add(Problem(code, what, f"{self.name}, line {number}", remedy or "The other lines are not affected"))

    def all(self) -> list[Problem]:
        """The problems, with one more per code that came up more often than it is listed."""
        more = [
            Problem(code, f"{count - LISTED:,} more lines like it", self.name)
            for code, count in self.counts.items()
            if count > LISTED
        ]
        return self.found + more


def together(lines: Lines) -> list[Row] | None:
    """All rows of a batch by one call of the parser; None when any line needs a closer look.

    Lines are joined to one JSON list. When all of them begin and end as an object does, and the list has as many
    items as there are lines, each line was one row.
    """
    data, ends = lines.data, lines.ends
    if not len(ends) or ends[-1] != len(data) - 1 or data[0] != _OPEN:
        return None
    view = np.frombuffer(data, np.uint8)
    if not ((view[ends - 1] == _CLOSE).all() and (view[ends[:-1] + 1] == _OPEN).all()):
        return None
    text = bytearray(len(data) + 1)
    text[0], text[1:] = _LIST, data
    np.frombuffer(text, np.uint8)[ends + 1] = _COMMA
    text[-1] = _LIST_END
    try:
        rows: list[Row] = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return rows if len(rows) == len(ends) and set(map(type, rows)) == {dict} else None


def one_by_one(lines: Lines, faults: Faults) -> tuple[list[Row], list[int]]:
    """The rows of a batch and their line numbers; each damaged line is noted and left out."""
    rows: list[Row] = []
    numbers: list[int] = []
    if lines.skipped:
        _note_skipped(lines, faults)
        return rows, numbers
    pieces = lines.data.split(b"\n")
    last = len(pieces) - 1  # what follows the last newline: b"", or the end of a file that was cut off
    for index, line in enumerate(pieces):
        if not line.strip():
            continue
        number = lines.first + index
        try:
            row = orjson.loads(line)
        except orjson.JSONDecodeError as fault:
            _note_damaged(line, number, fault, faults, torn=index == last)
            continue
        if isinstance(row, dict):
            rows.append(row)
            numbers.append(number)
        else:
            faults.line("RG312", f"the line holds {_noun(row)}, not a row", number)
    return rows, numbers


def step_of(row: Row) -> int | None:
    """The step of a row, or None when it has none that makes sense."""
    step = row.get(STEP)
    if isinstance(step, float) and step.is_integer():
        step = int(step)
    return int(step) if isinstance(step, int) and 0 <= step <= MAX_STEP else None


def session_of(row: Row) -> int | None:
    """The number of the session that begins with a summary row; None when none begins."""
    session = row.get(SESSION)
    good = isinstance(session, int) and not isinstance(session, bool) and 0 < session <= MAX_SESSION
    return session if good else None


def parser(change: Callable[[Row], Row] | None, faults: Faults) -> Callable[[Lines], tuple[list[Row], Sequence[int]]]:
    """A function from lines to rows and their line numbers, in the newest format.

    Args:
        change: What brings a row of an older format up to date; None when nothing does.
        faults: Takes what is wrong with lines.
    """

    def parse(lines: Lines) -> tuple[list[Row], Sequence[int]]:
        numbers: Sequence[int]
        rows = together(lines)
        if rows is None:
            rows, numbers = one_by_one(lines, faults)
        else:
            numbers = range(lines.first, lines.first + len(rows))
        return (rows if change is None else [change(row) for row in rows]), numbers

    return parse


def _note_skipped(lines: Lines, faults: Faults) -> None:
    if lines.blank:
        _note_blank(lines.first, lines.skipped, faults)
        return
    faults.line(
        "RG315",
        f"the line is {lines.skipped:,} bytes long, more than a line may have, and was skipped",
        lines.first,
        "Log large data as media; the other lines are not affected",
    )


def _note_damaged(line: bytes, number: int, fault: Exception, faults: Faults, *, torn: bool) -> None:
    if not line.strip(b"\0 \t\r"):
        _note_blank(number, len(line), faults)
    elif torn:
        faults.add(
            Problem(
                "RG310",
                f"{TORN}, as happens when a process is killed while writing",
                f"{faults.name}, line {number}",
                "Nothing needs doing",
                "warning",
            )
        )
    else:
        # its own line number would always be 1
        reason = f"{fault.msg} at column {fault.colno}" if isinstance(fault, orjson.JSONDecodeError) else str(fault)
        faults.line("RG311", f"the line is not valid JSON ({reason})", number)


def _note_blank(number: int, size: int, faults: Faults) -> None:
    faults.add(
        Problem(
            "RG316",
            f"{size:,} zero bytes were left out, as a file system leaves them after a power failure",
            f"{faults.name}, line {number}",
            "Rows that the machine had not saved by then are lost",
            "warning",
        )
    )


def _noun(value: object) -> str:
    names = {list: "a list", str: "a string", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")
