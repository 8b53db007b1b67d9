"""The rows of a file once more, one at a time, in the order of their steps."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from reportgen.errors import InputValueError
from reportgen.rundir.jsonl import decode
from reportgen.rundir.layout import SUMMARY_ROW
from reportgen.rundir.lines import Lines, batches
from reportgen.rundir.opening import open_inside
from reportgen.rundir.rows import Faults, Row, parser, step_of


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
    """

    folder: Path
    name: str
    end: int
    ordered: bool
    numbered: bool
    change: Callable[[Row], Row] | None

    def rows(self) -> Iterator[dict[str, Any]]:
        """The rows in the order of their steps, tagged values restored, those of one step merged.

        Raises:
            RunDirError: (RG321, RG322, RG303) The file cannot be read any more.
        """
        step: int | None = None
        merged: dict[str, Any] = {}
        for found, row in self._in_order() if self.ordered else self._sorted():
            if found != step and step is not None:
                yield merged
                merged = {}
            step = found
            merged.update(row)
        if step is not None:
            yield merged

    def _in_order(self) -> Iterator[tuple[int, Row]]:
        """Steps and rows in the order of the file."""
        parse = parser(self.change, Faults(self.name))
        count = 0
        with open_inside(self.folder, self.name) as file:
            for lines in batches(file, end=self.end):
                for row in parse(lines)[0]:
                    step = self._step(row, count)
                    if step is not None:
                        count += 1
                        yield step, _restored(row)

    def _sorted(self) -> Iterator[tuple[int, Row]]:
        """Steps and rows in the order of the steps: finds all lines first, then reads them one by one."""
        parse = parser(self.change, Faults(self.name))
        steps, places, sizes = array("q"), array("q"), array("q")
        with open_inside(self.folder, self.name) as file:
            for lines in batches(file, end=self.end):
                at = lines.at
                for line in lines.data.split(b"\n"):
                    for row in parse(Lines(1, at, line))[0]:
                        step = self._step(row, len(steps))
                        if step is not None:
                            steps.append(step)
                            places.append(at)
                            sizes.append(len(line))
                    at += len(line) + 1
            for index in np.argsort(np.frombuffer(steps, np.int64), kind="stable").tolist():
                file.seek(places[index])
                line = file.read(sizes[index])
                for row in parse(Lines(1, places[index], line))[0]:
                    yield steps[index], _restored(row)

    def _step(self, row: Row, count: int) -> int | None:
        if self.numbered:
            return count
        return None if SUMMARY_ROW in row else step_of(row)


def _restored(row: Row) -> Row:
    restored: Row = {}
    for key, value in row.items():
        try:
            restored[key] = decode(value)
        except InputValueError:  # nested too deep: told when the history was read, and left out here too
            continue
    return restored
