"""Tables: the rows of one step at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from reportgen.errors import Problem, ReportgenError
from reportgen.panels.cells import NUMERIC, Cells, TableCell
from reportgen.panels.numerals import plural
from reportgen.panels.view import PanelTask, Shown, Source, Values, View
from reportgen.rundir.records.table import TableRecord
from reportgen.rundir.tables import read_table

FIRST_ROWS = 100
"""Rows that a page holds as HTML; its script brings the others in when a reader asks for them."""


@dataclass(frozen=True, slots=True)
class TableHead:
    """One column of a table.

    Attributes:
        name: Its name.
        numeric: Whether its cells stand flush at the end.
    """

    name: str
    numeric: bool


@dataclass(frozen=True, slots=True)
class Grid:
    """One table as shown.

    Attributes:
        columns: Its columns.
        rows: Its first rows, cell by cell.
        about: How much of it this is: "100 of 10,000 rows".
        more: Whether the page holds more rows than these.
    """

    columns: Sequence[TableHead]
    rows: Sequence[Sequence[TableCell]]
    about: str
    more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TableView(View):
    """What a table panel shows before any script runs.

    Attributes:
        step: The step that is shown first: the last one.
        tables: Its tables, one as a rule.
        steps: How many steps hold tables.
    """

    step: int = 0
    tables: Sequence[Grid] = ()
    steps: int = 0


def view(task: PanelTask) -> TableView:
    """A table panel from the history of one key of one run.

    A record or file that cannot be read costs its own table: it becomes a problem, the others stay.

    Args:
        task: Its one source holds table records, or lists of them.
    """
    (source,) = task.sources
    book = _Book(source, task.limits.max_rows)
    frames: list[dict[str, Any]] = []
    last: list[_Version] = []
    history = source.history
    for step, runtime, value in zip(history.steps.tolist(), history.runtimes.tolist(), history.records, strict=True):
        given = value if isinstance(value, list) else [value]
        found = [version for item in given if (version := book.add(step, item))]
        if found:
            frames.append({"step": step, "t": runtime, "tables": [version.entry() for version in found]})
            last = found
    notes = [f"table at {plural(len(frames), 'step')}"] if frames else []
    if book.problems:
        notes.append(f"{plural(len(book.problems), 'problem')}: see Problems")
    return TableView(
        kind=task.kind,
        id=task.id,
        key=task.key,
        notes=notes,
        data={"frames": frames, "parts": [part.entry() for part in book.parts]},
        problems=book.problems,
        step=frames[-1]["step"] if frames else 0,
        tables=[book.grid(version) for version in last],
        steps=len(frames),
    )


@dataclass(frozen=True, slots=True)
class _Part:
    """The rows of one record, as far as the page carries them.

    Attributes:
        first: The first of them.
        count: How many there are.
        before: Number of the part that they follow, or -1.
        values: All of them, for the script.
        files: What their cells show; the cells name them by number.
    """

    first: Sequence[Sequence[TableCell]]
    count: int
    before: int
    values: Values
    files: Sequence[Shown]

    def entry(self) -> dict[str, Any]:
        """What the script needs to bring the rows in."""
        plain: dict[str, Any] = {"rows": self.count, "values": self.values}
        if self.before >= 0:
            plain["before"] = self.before
        return plain | ({"files": list(self.files)} if self.files else {})


@dataclass(frozen=True, slots=True)
class _Version:
    """A table as it was at one step.

    Attributes:
        columns: Its columns.
        part: The last part of its rows.
        carried: How many rows the page carries.
        stored: How many the run holds.
        given: How many there were.
        lost: What is to be said of rows that are missing; "" when none are.
    """

    columns: tuple[TableHead, ...]
    part: int
    carried: int
    stored: int
    given: int
    lost: str = ""

    @property
    def size(self) -> str:
        """How many rows it has, and what became of the others, in words."""
        words = plural(self.stored, "row")
        if self.given > self.stored:
            words += f"; {self.stored:,} of {self.given:,} were logged"
        if self.carried < self.stored:
            words += f"; this page carries {self.carried:,}"
        return words + self.lost

    def entry(self) -> dict[str, Any]:
        """What the script needs: the columns, and the words behind the number of rows that it shows."""
        columns = [[column.name, int(column.numeric)] for column in self.columns]
        plain = {"columns": columns, "part": self.part, "rows": self.carried, "size": self.size}
        return plain | ({"stored": self.stored} if self.stored > self.carried else {})


@dataclass(slots=True)
class _Book:
    """All tables of one key: parts of rows, and which follow which."""

    source: Source
    most: int
    parts: list[_Part] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    latest: _Version | None = None

    def add(self, step: int, item: object) -> _Version | None:
        """The table that a record makes, after the rows of earlier increments."""
        where = f"{self.source.name}, {self.source.history.key}, step {step}"
        try:
            record = TableRecord.from_json(item)
            values = read_table(self.source.folder, record)
        except ReportgenError as fault:
            found = fault.problem
            self.problems.append(Problem(found.code, found.what, where, found.remedy))
            return None
        before = self.latest if record.increment else None
        columns = tuple(TableHead(column.name, column.type in NUMERIC) for column in record.columns)
        if before is not None and before.columns != columns:
            before = None
        carried, stored = (before.carried, before.stored) if before else (0, 0)
        given = before.given if before else 0
        cells = Cells(self.source.folder, where)
        kept = min(record.rows, self.most - carried)
        shown = [
            cells.column(column.name, column.type, column_values[:kept])
            for column, column_values in zip(record.columns, values, strict=True)
        ]
        self.problems += cells.problems
        self.parts.append(_part(list(zip(*shown, strict=True)), before.part if before else -1))
        lost = (record.start or 0) - stored
        version = _Version(
            columns,
            len(self.parts) - 1,
            carried + kept,
            stored + record.rows,
            given + (record.rows_given or record.rows),
            f"; {plural(lost, 'row')} of earlier increments missing" if lost > 0 else "",
        )
        if record.increment is not None:
            self.latest = version
        return version

    def grid(self, version: _Version) -> Grid:
        """The first rows of a table."""
        chain = [version.part]
        while self.parts[chain[-1]].before >= 0:
            chain.append(self.parts[chain[-1]].before)
        rows: list[Sequence[TableCell]] = []
        for number in reversed(chain):
            rows += self.parts[number].first[: FIRST_ROWS - len(rows)]
        about = version.size if len(rows) == version.stored else f"{len(rows):,} of {version.size}"
        return Grid(version.columns, rows, about, len(rows) < version.carried)


def _part(rows: Sequence[Sequence[TableCell]], before: int) -> _Part:
    files: dict[Shown, int] = {}

    def number(file: Shown) -> int:
        return files.setdefault(file, len(files))

    def plain(cell: TableCell) -> Any:
        if not cell.thumbs and cell.file is None:
            return cell.text
        made: dict[str, Any] = {"text": cell.text}
        if cell.thumbs:
            made["thumbs"] = [[number(thumb.file), thumb.width, thumb.height] for thumb in cell.thumbs]
        if cell.file is not None:
            made["file"] = number(cell.file)
        return made

    values = Values.of([[plain(cell) for cell in row] for row in rows])
    return _Part(rows[:FIRST_ROWS], len(rows), before, values, list(files))
