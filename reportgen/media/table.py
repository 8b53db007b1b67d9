"""A table: named, typed columns, filled at once, row by row or from a data frame, and logged as often as it grows."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, Final

from reportgen import optional as packages
from reportgen.errors import InputTypeError, InputValueError, UsageError
from reportgen.media import cells, frames, tensors
from reportgen.media.cells import MIXED, NULL, Type
from reportgen.media.columns import Column, checked_names, checked_rows, fit, listed, per_column, transposed
from reportgen.media.versions import Keyed, Logged, Part, Snapshot, Store
from reportgen.rundir.increments import Before
from reportgen.rundir.records.table import TableRecord

MODES: Final = ("IMMUTABLE", "MUTABLE", "INCREMENTAL")


class Table:
    """A table to log: `run.log({"predictions": Table(columns=["text", "score"], data=rows)})`.

    A table may grow, and be logged again: each time what it holds then is stored. Cells hold numbers, text, true and
    false, None, dates and times, lists, dicts, arrays, and media such as `Image`. Pictures of PIL, and arrays of shape
    (height, width, 1, 3 or 4) from 8 pixels on, become an `Image`.
    All values of a column are of one type; NaN in a column of other things than numbers is a missing value.

    At most `Table.MAX_ROWS` rows are stored, the first ones; how many there were is stored too.
    """

    KIND: ClassVar[str] = "table"
    MAX_ROWS: ClassVar[int] = 10_000
    """Rows that are stored when a table is logged. Assign another number to store more or fewer."""
    MAX_ARTIFACT_ROWS: ClassVar[int] = 200_000
    """For scripts that read it."""

    def __init__(
        self,
        columns: list[str] | None = None,
        data: Any = None,
        rows: Any = None,
        dataframe: Any = None,
        dtype: Any = None,
        optional: bool | Sequence[bool] = True,
        allow_mixed_types: bool = False,
        log_mode: str = "IMMUTABLE",
    ) -> None:
        """Make a table.

        Args:
            columns: Names of the columns: text or whole numbers, each once. Default: Input, Output, Expected. Those
                of a data frame are taken from it.
            data: Rows: a list of lists with one cell per column, an array (rows, columns), or a data frame.
            rows: Another name of `data`.
            dataframe: A data frame of pandas, polars, pyarrow or modin. The index of pandas is left out;
                `reset_index()` makes it a column.
            dtype: Type of all columns, or a list with one for each: `int` or `float` for any numbers, `str`, `bool`,
                `list`, `dict`, `datetime`, `object` for anything, a dtype of numpy, or a class of media. Default: what
                the values are.
            optional: Whether values may be missing, for all columns or each.
            allow_mixed_types: Whether a column may hold values of different types.
            log_mode: "IMMUTABLE" or "MUTABLE": every log stores the whole table as it is then. "INCREMENTAL": every
                log stores the rows that were added since the one before, and a report shows them together.

        Raises:
            InputTypeError: (RG230) An argument of a wrong type. (RG233) Values that do not fit together. (RG234) A
                value that no table can hold.
            InputValueError: (RG231) A row of a wrong length. (RG232) Two columns of one name. (RG236) An unknown
                `log_mode`. (RG237) A value that is nested too deeply.
        """
        if log_mode not in MODES:
            raise InputValueError("RG236", f"log_mode={log_mode!r} is unknown", remedy=f"Use one of {', '.join(MODES)}")
        self._lock = threading.RLock()
        self._mode = log_mode
        self._mixed = bool(allow_mixed_types)
        self._logged: dict[str, Logged] = {}
        given = data if data is not None else rows
        frame = dataframe if dataframe is not None else given if frames.is_frame(given) else None
        if frame is not None:
            names = checked_names(frames.names_of(frame))
            values = frames.values_of(frame)
        else:
            names = checked_names(columns)
            values = transposed(checked_rows(given), len(names))
        types, missing = per_column(dtype, len(names), "dtype"), per_column(optional, len(names), "optional")
        if frame is not None and dtype is None:
            types = [frames.nested(column) for column in values]
        self._columns = [
            Column(name, self._type(kind), optional=bool(may))
            for name, kind, may in zip(names, types, missing, strict=True)
        ]
        for column, added in zip(self._columns, values, strict=True):
            column.values, column.type = column.checked(added, 0)

    def _type(self, dtype: Any) -> Type:
        return MIXED if self._mixed else NULL if dtype is None else cells.declared(dtype)

    # ------------------------------------------------------------ what it holds

    @property
    def columns(self) -> list[str | int]:
        """The names of its columns."""
        return [column.name for column in self._columns]

    @property
    def data(self) -> list[list[Any]]:
        """Its rows, in new lists: to add one, call `add_data`."""
        with self._lock:
            if not self._columns:
                return []
            return [list(row) for row in zip(*(column.values for column in self._columns), strict=True)]

    @property
    def log_mode(self) -> str:
        """How it is logged."""
        return self._mode

    def get_column(self, name: str | int, convert_to: str | None = None) -> Any:
        """The values of a column.

        Args:
            name: The column.
            convert_to: None for a list, "numpy" for an array: of images of one size their pixels, (rows, height, width,
                channels), from 0 to 255, or from 0 to 1 or -1 to 1 if that is what they were made of.

        Raises:
            InputValueError: (RG232) There is no such column. (RG236) Another `convert_to`.
        """
        values = list(self._column(name).values)
        if convert_to is None:
            return values
        if convert_to != "numpy":
            raise InputValueError("RG236", f"convert_to={convert_to!r} is unknown", remedy='Use None or "numpy"')
        import numpy

        from reportgen.media.image import Image
        from reportgen.media.pixels import unscaled

        images = [value for value in values if isinstance(value, Image)]
        if len(images) == len(values) and len({(image.image.size, image.image.mode) for image in images}) == 1:
            found = numpy.stack([unscaled(numpy.asarray(image.image), image.scaled_from) for image in images])
            return found if found.ndim == 4 else found[..., numpy.newaxis]
        return numpy.array(values)

    def get_index(self) -> list[int]:
        """The numbers of its rows, from 0."""
        return list(range(self._count()))

    def get_dataframe(self) -> Any:
        """The table as a pandas DataFrame; media are objects in it.

        Raises:
            MissingPackage: (RG501) pandas is not installed.
        """
        pandas = packages.load("pandas", needed_by="Table.get_dataframe")
        with self._lock:
            return pandas.DataFrame({column.name: list(column.values) for column in self._columns})

    def iterrows(self) -> Iterator[tuple[int, list[Any]]]:
        """Number and cells of each row."""
        yield from enumerate(self.data)

    def __repr__(self) -> str:
        return f"<reportgen.Table {self._count():,} rows, {len(self._columns):,} columns>"

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "_lock"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._lock = threading.RLock()

    # ------------------------------------------------------------ filling it

    def add_data(self, *data: Any) -> None:
        """Add a row: one cell per column, None for a missing one.

        Raises:
            InputValueError: (RG231) More or fewer cells than columns. (RG237) A cell that is nested too deeply.
            InputTypeError: (RG233) A value that does not fit into its column. (RG234) One that no table can hold.
        """
        if len(data) != len(self._columns):
            raise InputValueError(
                "RG231",
                f"the row has {len(data):,} cells, and the table {len(self._columns):,} columns",
                remedy="Give one cell per column: table.add_data(1, 'a')",
            )
        with self._lock:
            if fit(data, self._columns):
                for column, cell in zip(self._columns, data, strict=True):
                    column.values.append(cell)
                return
            count = self._count()
            pairs = [column.checked([cell], count) for column, cell in zip(self._columns, data, strict=True)]
            for column, (made, kind) in zip(self._columns, pairs, strict=True):
                column.type = kind
                column.values.append(made[0])

    def add_row(self, *row: Any) -> None:
        """Another name of `add_data`."""
        self.add_data(*row)

    def add_column(self, name: str, data: Any, optional: bool = False) -> None:
        """Add a column.

        Args:
            name: Its name, which no other column has.
            data: A list or array with one value per row.
            optional: Whether values may be missing.

        Raises:
            InputTypeError: (RG230) A name that is no text, or values in something else than a list or array. (RG233,
                RG234) Values that do not fit together, or in no table.
            InputValueError: (RG231) More or fewer values than rows. (RG232) There is a column of that name.
            UsageError: (RG235) The table is incremental: its columns are stored already.
        """
        if not isinstance(name, str):
            raise InputTypeError("RG230", f"the name of the column is {tensors.named(name)}", remedy="Use text")
        if not isinstance(data, list) and not tensors.is_array(data):
            raise InputTypeError(
                "RG230", f"the values of column {name!r} are in {tensors.named(data)}", remedy="Use list(...)"
            )
        with self._lock:
            self._refuse_new_columns("add_column")
            if name in map(str, self.columns):
                raise InputValueError("RG232", f"there is a column {name!r} already", remedy="Choose another name")
            if self._columns and len(data) != self._count():
                raise InputValueError(
                    "RG231",
                    f"the column {name!r} has {len(data):,} values, and the table {self._count():,} rows",
                    remedy="Give one value per row",
                )
            column = Column(name, MIXED if self._mixed else NULL, optional=optional)
            column.values, column.type = column.checked(listed(data), 0)
            self._columns.append(column)

    def add_computed_columns(self, fn: Callable[[int, dict[str | int, Any]], Mapping[str, Any]]) -> None:
        """Add columns that are worked out from the others.

        Args:
            fn: Called with the number of each row and its cells by column; it gives the cells of the new columns by
                their names, the same names for all rows.

        Raises:
            InputTypeError: (RG230) It gives something else than a mapping. (RG233, RG234) As for `add_column`.
            InputValueError: (RG231) It gives other names for some rows. (RG232) As for `add_column`.
            UsageError: (RG235) As for `add_column`.
        """
        with self._lock:
            self._refuse_new_columns("add_computed_columns")
            names = self.columns
            made: dict[str, list[Any]] = {}
            for number, row in self.iterrows():
                computed = fn(number, dict(zip(names, row, strict=True)))
                if not isinstance(computed, Mapping):
                    raise InputTypeError(
                        "RG230",
                        f"the function gave {tensors.named(computed)} for row {number}, not a dict",
                        remedy="Return {name of a new column: its cell}",
                    )
                if number and set(computed) != set(made):
                    raise InputValueError(
                        "RG231",
                        f"the function gave other columns for row {number}",
                        remedy="Give None for a missing one",
                    )
                for name, cell in computed.items():
                    made.setdefault(name, []).append(cell)
            before = list(self._columns)
            try:
                for name, values in made.items():
                    self.add_column(name, values, optional=True)
            except Exception:
                self._columns = before
                raise

    def cast(self, col_name: str | int, dtype: Any, optional: bool = False) -> None:
        """State the type of a column: values of another one are refused from here on.

        Args:
            col_name: The column.
            dtype: As for the constructor.
            optional: Whether values may be missing.

        Raises:
            InputTypeError: (RG230) An unknown `dtype`. (RG233) The column holds other values.
            InputValueError: (RG232) There is no such column.
        """
        with self._lock:
            column = self._column(col_name)
            stated = Column(column.name, cells.declared(dtype), optional=optional)
            stated.values, stated.type = stated.checked(column.values, 0)
            self._columns[self._columns.index(column)] = stated

    # ------------------------------------------------------------ logging it

    def at_key(self, key: str) -> Table | Keyed:
        """What the logger takes of it for a key: an incremental table tells runs and keys apart.

        Args:
            key: The key that it is logged under.
        """
        return Keyed(self, key) if self._mode == "INCREMENTAL" else self

    def snapshot(self, place: str = "", before: Before | None = None) -> Snapshot:
        """What the table holds now, for a log: what is added later changes nothing. It copies no cell.

        Args:
            place: Of an incremental table, where it is logged: it gives the rows that were added since the last call
                for the same place.
            before: What an earlier session of the run has logged there. If it had the same columns, it goes on.
        """
        with self._lock:
            incremental = self._mode == "INCREMENTAL"
            logged = Logged()
            if incremental:
                if before is not None and before.columns == tuple(map(str, self.columns)):
                    logged = Logged(0, before.rows, before.increments)
                logged = self._logged.setdefault(place, logged)
            first = logged.seen
            given = self._count() - first
            rows = min(given, max(0, self.MAX_ROWS))
            parts = tuple(Part(str(c.name), c.type, c.values, first, first + rows) for c in self._columns)
            taken = Snapshot(
                parts,
                rows,
                rows_given=given if given > rows else None,
                increment=logged.increments if incremental else None,
                start=logged.stored if incremental else None,
            )
            logged.seen += given
            logged.stored += rows
            logged.increments += 1
            return taken

    def encode(self, store: Store) -> TableRecord:
        """Store what the table holds now, and say what a run keeps of it.

        Args:
            store: Takes the files.

        Raises:
            OSError: They could not be stored.
        """
        return self.snapshot().encode(store)

    # ------------------------------------------------------------ inside

    def _count(self) -> int:
        return len(self._columns[-1].values) if self._columns else 0

    def _column(self, name: str | int) -> Column:
        for column in self._columns:
            if column.name == name:
                return column
        raise InputValueError(
            "RG232", f"there is no column {name!r}", remedy=f"Use one of {', '.join(map(repr, self.columns))}"
        )

    def _refuse_new_columns(self, call: str) -> None:
        if self._mode == "INCREMENTAL":
            raise UsageError(
                "RG235",
                f"{call} on an incremental table: rows that are stored already would lack the column",
                remedy="Name all columns at first, or use log_mode='MUTABLE'",
            )
