"""The rows of a file once more, one at a time, in the order of their steps."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from reportgen.errors import InputValueError
from reportgen.rundir import increments
from reportgen.rundir.jsonl import Tagged, decode
from reportgen.rundir.layout import PENDING, SUMMARY_ROW
from reportgen.rundir.lines import Lines, batches
from reportgen.rundir.opening import open_inside
from reportgen.rundir.rows import Faults, Row, parser, session_of, step_of


@dataclass(frozen=True, slots=True)
class Stream:
    """Where the rows of a history can be read again.

    Attributes:
        folder: The run directory.
        name: The file in it.
        end: Bytes of it that were read before: what came later is left out.
        ordered: Whether its steps never decrease.
        numbered: Whether rows have no step of their own and are not merged.
        change: What brings a row of an older format up to date; None when nothing does.
        cut: The lowest step that a later session took back, by the number of the earlier session.
    """

    folder: Path
    name: str
    end: int
    ordered: bool
    numbered: bool
    change: Callable[[Row], Row] | None
    cut: Mapping[int, int] = field(default_factory=dict)

    def rows(self, *, superseded: bool = False) -> Iterator[dict[str, Any]]:
        """The rows in the order of their steps, tagged values restored, those of one step merged.

        Args:
            superseded: Give those rows instead that a later session took back, as they were logged.

        Raises:
            RunDirError: (RG321, RG322, RG303) The file cannot be read any more.
        """
        if superseded:
            yield from (_restored(row) for _, row in self._in_order(superseded=True))
            return
        step: int | None = None
        merged: dict[str, Any] = {}
        for found, row in self._in_order(superseded=False) if self.ordered else self._sorted():
            if found != step and step is not None:
                yield merged
                merged = {}
            step = found
            restored = _restored(row)
            both = _counting_together(merged, restored) if merged else None
            merged.update(restored)
            if both:
                merged.update(both)
        if step is not None:
            yield merged

    def _in_order(self, *, superseded: bool) -> Iterator[tuple[int, Row]]:
        """Steps and rows in the order of the file."""
        if superseded and not self.cut:
            return
        parse = parser(self.change, Faults(self.name))
        sieve = _Sieve(self)
        with open_inside(self.folder, self.name) as file:
            for lines in batches(file, end=self.end):
                for row in parse(lines)[0]:
                    step = sieve.step(row, superseded=superseded)
                    if step is not None:
                        yield step, row

    def _sorted(self) -> Iterator[tuple[int, Row]]:
        """Steps and rows in the order of the steps: finds all lines first, then reads them one by one."""
        parse = parser(self.change, Faults(self.name))
        steps, places, sizes = array("q"), array("q"), array("q")
        sieve = _Sieve(self)
        with open_inside(self.folder, self.name) as file:
            for lines in batches(file, end=self.end):
                at = lines.at
                for line in lines.data.split(b"\n"):
                    for row in parse(Lines(1, at, line))[0]:
                        step = sieve.step(row, superseded=False)
                        if step is not None:
                            steps.append(step)
                            places.append(at)
                            sizes.append(len(line))
                    at += len(line) + 1
            for index in np.argsort(np.frombuffer(steps, np.int64), kind="stable").tolist():
                file.seek(places[index])
                line = file.read(sizes[index])
                for row in parse(Lines(1, places[index], line))[0]:
                    yield steps[index], row


class _Sieve:
    """Tells which of the rows that stream by are wanted, and their steps."""

    def __init__(self, stream: Stream) -> None:
        self._numbered = stream.numbered
        self._cut = stream.cut
        self._count = 0
        self._session = 0

    def step(self, row: Row, *, superseded: bool) -> int | None:
        """The step of a row; None when it is not wanted, or none that makes sense."""
        if self._numbered:
            self._count += 1
            return self._count - 1
        if SUMMARY_ROW in row:
            self._session = max(self._session, session_of(row) or 0)
            return None
        step = step_of(row)
        if step is None or not self._cut:
            return step
        cut = self._cut.get(self._session)
        return step if (cut is not None and step >= cut) is superseded else None


def _counting_together(merged: Row, row: Row) -> Row:
    """The values of a step that do not take the place of earlier ones: increments of tables."""
    lists = ((key, increments.follow(merged.get(key), value)) for key, value in row.items() if type(value) is Tagged)
    return {key: value for key, value in lists if value is not None}


def _restored(row: Row) -> Row:
    restored: Row = {}
    for key, value in row.items():
        if key == PENDING:
            continue
        try:
            restored[key] = decode(value)
        except InputValueError:  # nested too deep: told when the history was read, and left out here too
            continue
    return restored
