"""Tables: the rows of one step at a time, or of several runs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from reportgen.errors import Problem, ReportgenError
from reportgen.panels import columns
from reportgen.panels.cells import Cells, Json, OverlayOf, TableCell, Thumb
from reportgen.panels.columns import Column
from reportgen.panels.numerals import NONE, plural
from reportgen.panels.overlays import Overlays
from reportgen.panels.view import Columns, Listing, Originals, PanelTask, Preview, Shown, Source, Values, View, by_step
from reportgen.rundir.records.image import ImageRecord
from reportgen.rundir.records.table import TableRecord
from reportgen.rundir.tables import read_table

FIRST_ROWS = 100
"""Rows that a page holds as HTML; its script shows all that the page carries."""

OVERLAID = ("masks", "boxes", "width", "height")
"""What of a picture's record tells what lies over it, and where."""

PLAIN = frozenset({"number", "duration", "time", "text", "bool"})
"""Types of columns that hold no media."""


@dataclass(frozen=True, slots=True)
class TableHead:
    """One column of a table.

    Attributes:
        name: Its name.
        numeric: Whether its cells stand flush at the end.
        width: Pixels.
        bars: Heights of the bars over it, 0 to 1.
        note: Its range, or how many values it has.
    """

    name: str
    numeric: bool
    width: int = 0
    bars: Sequence[float] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """One table as shown.

    Attributes:
        columns: Its columns.
        rows: Its first rows, cell by cell.
        about: How much of it this is: "100 of 10,000 rows".
        more: Whether the page holds more rows than these.
        media: Whether rows are as high as pictures.
    """

    columns: Sequence[TableHead]
    rows: Sequence[Sequence[TableCell]]
    about: str
    more: bool
    media: bool = False


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
    """A table panel from the history of one key, of one run or of several.

    A record or file that cannot be read costs its own table: it becomes a problem, the others stay.

    Args:
        task: Its sources hold table records, or lists of them.
    """
    layers: dict[str, Overlays] = {}
    books = [_Book(source, task.limits.max_rows, layers) for source in task.sources]
    shared = _Shared()
    frames: list[dict[str, Any]] = []
    for number, book in enumerate(books):
        book.read()
        for step, runtime, versions in book.steps:
            one = {"step": step, "t": runtime, "tables": [shared.version(version) for version in versions]}
            frames.append(one | ({"source": number} if len(books) > 1 else {}))
    problems = [problem for book in books for problem in book.problems]
    problems += [problem for column in layers.values() for problem in column.problems]
    last = [(book.source.name, book.steps[-1][2]) for book in books if book.steps]
    runs = len(last)
    steps = len({frame["step"] for frame in frames})
    notes = [f"table at {plural(steps, 'step')}" + (f" of {runs:,} runs" if len(books) > 1 else "")] if frames else []
    if problems:
        notes.append(f"{plural(len(problems), 'problem')}: see Problems")
    data: dict[str, Any] = {"frames": frames} | shared.entry()
    told = {name: found["layers"] for name, column in layers.items() if (found := column.data())}
    if told:
        data["layers"] = told
    pictures = any("pictures" in part for part in data["parts"])
    if len(books) > 1:
        data["sources"] = [{"run": book.source.run, "name": book.source.name} for book in books]
    return TableView(
        kind=task.kind,
        id=task.id,
        key=task.key,
        notes=notes,
        data=data,
        problems=problems,
        step=max((book.steps[-1][0] for book in books if book.steps), default=0),
        tables=_of_runs(last) if len(books) > 1 else [version.grid() for _, found in last for version in found],
        steps=steps,
        needs=(*(["pictures"] if pictures else []), *(["overlays"] if told else [])),
    )


def _of_runs(last: Sequence[tuple[str, Sequence[_Version]]]) -> list[Grid]:
    """The first rows of the tables of several runs, one below the other, with the run as a column."""
    grids = [(name, versions[0], versions[0].grid()) for name, versions in last]
    heads: dict[str, TableHead] = {}
    for _, _, grid in grids:
        for head in grid.columns:
            heads.setdefault(head.name, replace(head, bars=(), note=""))
    names = list(heads)
    rows: list[Sequence[TableCell]] = []
    for run, _, grid in grids:
        places = {head.name: place for place, head in enumerate(grid.columns)}
        for row in grid.rows[: FIRST_ROWS - len(rows)]:
            cells = [row[places[name]] if name in places else TableCell(NONE) for name in names]
            rows.append([TableCell(run), *cells])
    carried = sum(version.carried for _, version, _ in grids)
    about = f"{plural(carried, 'row')} of {plural(len(grids), 'run')}"
    about = about if len(rows) == carried else f"{len(rows):,} of {about}"
    longest = max((len(name) for name, _, _ in grids), default=0)
    first = TableHead("run", False, max(104, min(240, 32 + 8 * longest)))
    media = any(grid.media for _, _, grid in grids)
    return [Grid([first, *(heads[name] for name in names)], rows, about, len(rows) < carried, media)] if grids else []


@dataclass(slots=True)
class _Over:
    """What lies over the pictures of one column, in the rows of one table.

    Attributes:
        column: Layers and classes, those of all tables of the panel.
        entries: What a script needs of each picture; pictures under the same layers share one.
        known: The number of each among them, by the layers as they were logged.
    """

    column: Overlays
    entries: list[dict[str, Any]] = field(default_factory=list)
    known: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class _Rows:
    """Rows that the page carries: those of one record, or of a table that grew by increments.

    Attributes:
        heads: Names and types of the columns.
        values: Of each column those that the page carries; media as `Cells.word` gives them.
        others: Of each column those that it does not.
        made: The columns, once all rows are there.
        overlays: What lies over the pictures of a column, by its name.
    """

    heads: tuple[tuple[str, str], ...]
    values: list[list[Any]]
    others: list[list[Any]]
    made: Sequence[Column] = ()
    overlays: dict[str, _Over] = field(default_factory=dict)

    def finish(self) -> None:
        """Turn values into columns; what was read is not needed any more."""
        given = zip(self.heads, self.values, self.others, strict=True)
        self.made = [columns.column(name, kind, values, others) for (name, kind), values, others in given]
        self.values, self.others = [], []


@dataclass(frozen=True, slots=True)
class _Version:
    """A table as it was at one step: the first rows of some.

    Attributes:
        rows: The rows.
        carried: How many of them the page carries.
        stored: How many the run holds.
        given: How many there were.
        lost: What is to be said of rows that are missing; "" when none are.
    """

    rows: _Rows
    carried: int
    stored: int
    given: int
    lost: str = ""

    @property
    def size(self) -> str:
        """How many rows it has, and what became of the others, in words."""
        words = plural(self.stored, "row") if self.rows.heads else "A table without columns"
        if self.given > self.stored:
            words += f"; {self.stored:,} of {self.given:,} were logged"
        if self.carried < self.stored:
            words += f"; this page carries {self.carried:,}"
        return words + self.lost

    def grid(self) -> Grid:
        """Its first rows."""
        count = min(self.carried, FIRST_ROWS)
        made = self.rows.made
        rows = [[column.cell(row) for column in made] for row in range(count)]
        about = self.size if count == self.stored else f"{count:,} of {self.size}"
        heads = [TableHead(c.name, c.numeric, c.width, c.head.bars, c.head.note) for c in made]
        media = any(cell.thumbs or cell.bars for row in rows for cell in row)
        return Grid(heads, rows, about, count < self.carried, media)


@dataclass(slots=True)
class _Book:
    """All tables of one key of one run."""

    source: Source
    most: int
    layers: dict[str, Overlays]
    steps: list[tuple[int, float, list[_Version]]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    latest: _Version | None = None

    def read(self) -> None:
        """Read the tables of all steps."""
        growing: list[_Rows] = []
        for step, runtime, given in by_step(self.source.history):
            found = [version for item in given if (version := self._add(step, item))]
            for version in found:
                if version is self.latest:
                    growing.append(version.rows)
                else:
                    version.rows.finish()
            if found:
                self.steps.append((step, runtime, found))
        for rows in {id(rows): rows for rows in growing}.values():
            rows.finish()

    def _add(self, step: int, item: object) -> _Version | None:
        """The table that a record makes, after the rows of earlier increments."""
        where = f"{self.source.name}, {self.source.history.key}, step {step}"
        try:
            record = TableRecord.from_json(item)
            values = read_table(self.source.folder, record)
        except ReportgenError as fault:
            found = fault.problem
            self.problems.append(Problem(found.code, found.what, where, found.remedy))
            return None
        heads = tuple((column.name, column.type) for column in record.columns)
        before = self.latest if record.increment else None
        if before is not None and before.rows.heads != heads:
            before = None
        carried, stored, before_given = (before.carried, before.stored, before.given) if before else (0, 0, 0)
        rows = before.rows if before else _Rows(heads, [[] for _ in heads], [[] for _ in heads])
        cells = Cells(self.source.folder, where, self._overlay(rows, where))
        kept = max(0, min(record.rows, self.most - carried))
        for place, ((name, kind), given) in enumerate(zip(heads, values, strict=True)):
            plain = kind in PLAIN
            rows.values[place] += given[:kept] if plain else [cells.word(name, value) for value in given[:kept]]
            rows.others[place] += given[kept:] if plain else _counted(given[kept:])
        self.problems += cells.problems
        lost = (record.start or 0) - stored
        version = _Version(
            rows,
            carried + kept,
            stored + record.rows,
            before_given + (record.rows_given or record.rows),
            f"; {plural(lost, 'row')} of earlier increments missing" if lost > 0 else "",
        )
        if record.increment is not None:
            self.latest = version
        return version

    def _overlay(self, rows: _Rows, where: str) -> OverlayOf:
        """Notes what lies over a picture in a column, and gives its number."""

        def number(name: str, record: Mapping[str, Any]) -> int:
            if not record.get("masks") and not record.get("boxes"):
                return -1
            column = self.layers.setdefault(name, Overlays())
            over = rows.overlays.setdefault(name, _Over(column))
            told = json.dumps([record.get(part) for part in OVERLAID], sort_keys=True)
            if told not in over.known:
                found = column.add(self.source.folder, ImageRecord.from_json(record), f"{where}, column {name!r}")
                over.known[told] = -1 if found is None else len(over.entries)
                over.entries += [] if found is None else [found]
            return over.known[told]

        return number


def _counted(values: Iterable[Any]) -> list[Any]:
    """Values of rows that the page does not carry: it counts media and lists, but does not look for what they hold."""
    return [value if value is None or isinstance(value, str | int | float) else Json() for value in values]


@dataclass(slots=True)
class _Shared:
    """What the versions of a panel have in common: columns, and rows."""

    schemas: dict[tuple[Any, ...], int] = field(default_factory=dict)
    parts: dict[int, tuple[int, dict[str, Any]]] = field(default_factory=dict)

    def version(self, version: _Version) -> dict[str, Any]:
        """What the script needs of one version."""
        rows = version.rows
        if id(rows) not in self.parts:
            self.parts[id(rows)] = (len(self.parts), _part(rows))
        schema = tuple((column.name, column.type, column.width) for column in rows.made)
        plain: dict[str, Any] = {
            "schema": self.schemas.setdefault(schema, len(self.schemas)),
            "part": self.parts[id(rows)][0],
            "rows": version.carried,
            "size": version.size,
        }
        return plain | ({"stored": version.stored} if version.stored > version.carried else {})

    def entry(self) -> dict[str, Any]:
        """Columns and rows, for the script."""
        schemas = [[list(column) for column in schema] for schema in self.schemas]
        return {"schemas": schemas, "parts": [part for _, part in self.parts.values()]}


def _part(rows: _Rows) -> dict[str, Any]:
    """The rows of a table as a script reads them."""
    pictures: dict[Preview, tuple[int, Thumb]] = {}
    files: dict[Shown, int] = {}

    def place(file: Thumb | Shown) -> int:
        if isinstance(file, Thumb):
            return pictures.setdefault(file.file, (len(pictures), file))[0]
        return files.setdefault(file, len(files))

    arrays: dict[str, Any] = {}
    told: list[Mapping[str, Any]] = []
    for number, column in enumerate(rows.made):
        entry: dict[str, Any] = {"head": column.head.data}
        if column.numbers is not None:
            arrays[f"n{number}"] = column.numbers
            if column.missing.any():
                arrays[f"m{number}"] = column.missing.nonzero()[0]
        if column.codes is not None:
            arrays[f"c{number}"] = column.codes
            entry["words"] = [columns.plain(word, place) for word in column.words]
        if column.decimals is not None:
            entry["decimals"] = column.decimals
        told.append(entry)
    count = len(rows.made[0].missing) if rows.made else 0
    plain: dict[str, Any] = {"rows": count, "columns": Columns(arrays), "values": Values.of(told)}
    if pictures:
        overlays = {name: found.entries for name, found in rows.overlays.items() if found.entries}
        shown = [_picture(thumb) for _, thumb in pictures.values()]
        plain["pictures"] = Listing({"pictures": shown, "overlays": overlays, "pixels": Originals(list(pictures))})
    return plain | ({"files": list(files)} if files else {})


def _picture(thumb: Thumb) -> dict[str, Any]:
    """A picture as scripts receive it, besides its size."""
    about = {"note": thumb.note, "mode": thumb.mode}
    return {"show": thumb.file} | {name: text for name, text in about.items() if text}
