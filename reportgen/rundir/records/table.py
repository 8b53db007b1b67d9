"""A table: typed columns, in a file of `media/` or, when they are small, in the record itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from reportgen.errors import InputValueError
from reportgen.rundir.records.record import MEDIA_FILE, Record, stated


@dataclass(frozen=True, slots=True)
class TableColumn(Record):
    """One column of a table."""

    name: str = stated("Its name, unique in the table.")
    type: str = stated("What its values are; see Tables.", pattern=r"^[a-z0-9_]+$")


@dataclass(frozen=True, slots=True)
class TableRecord(Record):
    """A table, or the rows that were added to one since it was logged before. Tables says how its values are stored."""

    KIND: ClassVar[str] = "table"

    columns: tuple[TableColumn, ...] = stated("Its columns, from left to right.")
    rows: int = stated("How many rows are stored.", low=0)
    file: str | None = stated(
        "The file that holds the values, relative to the run directory.", pattern=MEDIA_FILE, default=None
    )
    values: tuple[Any, ...] | None = stated(
        "In place of `file` in small tables: for each column the list of its values.", default=None
    )
    rows_given: int | None = stated(
        "How many rows there were, when not all of them are stored: `Table.MAX_ROWS` of them are.", low=1, default=None
    )
    increment: int | None = stated(
        "These rows follow those of the increment before it, of the same key; 0 begins a table.", low=0, default=None
    )
    start: int | None = stated("How many rows the increments before it hold, of an increment.", low=0, default=None)

    def __post_init__(self) -> None:
        Record.__post_init__(self)
        if (self.file is None) == (self.values is None):
            raise InputValueError("RG332", "it has neither 'file' nor 'values', or both", where="TableRecord")
        if len({column.name for column in self.columns}) < len(self.columns):
            raise InputValueError("RG332", "two columns share a name", where="TableRecord")
        if self.values is not None and not self._fits(self.values):
            raise InputValueError(
                "RG332", f"its values are not {len(self.columns)} lists of {self.rows}", where="TableRecord"
            )

    def _fits(self, values: tuple[Any, ...]) -> bool:
        alike = all(isinstance(column, list | tuple) and len(column) == self.rows for column in values)
        return alike and len(values) == len(self.columns)
