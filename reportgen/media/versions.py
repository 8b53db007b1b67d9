"""What a table held when it was logged, and how much of an incremental one was logged where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from reportgen.media import cells
from reportgen.media.cells import PLAIN, Type
from reportgen.rundir import tables
from reportgen.rundir.increments import Before
from reportgen.rundir.records.table import TableColumn, TableRecord


class Store(Protocol):
    """Where files go; `RunWriter` is one."""

    def put(self, data: bytes, suffix: str) -> str:
        """Store bytes; their place relative to the run directory."""


@dataclass(slots=True)
class Logged:
    """How much of an incremental table was logged at one place.

    Attributes:
        seen: Rows that it had when it was logged last.
        stored: How many of them were stored.
        increments: How often it was logged.
    """

    seen: int = 0
    stored: int = 0
    increments: int = 0


class Incremental(Protocol):
    """An incremental table."""

    def snapshot(self, place: str = "", before: Before | None = None) -> Snapshot:
        """The rows that were added since the last call for a place."""


@dataclass(frozen=True, slots=True)
class Keyed:
    """An incremental table that is logged under a key: each key of each run gets all rows once."""

    KIND: ClassVar[str] = TableRecord.KIND

    table: Incremental
    key: str

    def keep(self, store: Any) -> Snapshot:
        """The rows that were added since it was logged under this key of this run before.

        Args:
            store: The run.

        Raises:
            OSError: A copy of a file in a cell could not be written.
        """
        earlier = getattr(store, "increments", None)
        before = earlier.pop(self.key, None) if earlier else None  # a further table of the key begins anew
        return self.table.snapshot(f"{getattr(store, 'folder', '')}/{self.key}", before).keep(store)

    def encode(self, store: Any) -> TableRecord:
        """Store these rows, and say what a run keeps of them.

        Args:
            store: The run.

        Raises:
            OSError: They could not be stored.
        """
        return self.keep(store).encode(store)


@dataclass(frozen=True, slots=True)
class Part:
    """A column of a snapshot: the cells from `first` up to `last` of a list that only grows."""

    name: str
    type: Type
    values: list[Any]
    first: int
    last: int

    @property
    def cells(self) -> list[Any]:
        """The cells."""
        return self.values[self.first : self.last]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a table held when it was logged. See `TableRecord` for its numbers."""

    KIND: ClassVar[str] = TableRecord.KIND

    parts: tuple[Part, ...]
    rows: int
    rows_given: int | None = None
    increment: int | None = None
    start: int | None = None

    @property
    def nbytes(self) -> int:
        """About how many bytes of memory it takes."""
        plain = sum(64 * self.rows for part in self.parts if part.type in PLAIN)
        return plain + sum(cells.size(cell) for part in self.parts if part.type not in PLAIN for cell in part.cells)

    def keep(self, store: Store) -> Snapshot:
        """The same, its cells holding no file of the user's.

        Args:
            store: Takes copies of files.

        Raises:
            OSError: A copy could not be written.
        """
        if all(part.type in PLAIN for part in self.parts):
            return self
        parts = tuple(
            part
            if part.type in PLAIN
            else Part(part.name, part.type, [cells.kept(cell, store) for cell in part.cells], 0, self.rows)
            for part in self.parts
        )
        return Snapshot(parts, self.rows, self.rows_given, self.increment, self.start)

    def encode(self, store: Store) -> TableRecord:
        """Store the values, and say what a run keeps of them.

        Args:
            store: Takes the files of the table and of media in its cells.

        Raises:
            OSError: They could not be stored.
        """
        columns = tuple(TableColumn(part.name, part.type.word) for part in self.parts)
        values = [
            part.cells if part.type in PLAIN else [cells.plain(cell, store) for cell in part.cells]
            for part in self.parts
        ]
        lines = [tables.column_line(part.type.word, column) for part, column in zip(self.parts, values, strict=True)]
        small = sum(map(len, lines)) <= tables.INLINE
        return TableRecord(
            columns=columns,
            rows=self.rows,
            file=None if small else store.put(tables.pack_table(columns, lines, self.rows), tables.SUFFIX),
            values=tuple(values) if small else None,
            rows_given=self.rows_given,
            increment=self.increment,
            start=self.start,
        )
