"""The columns of a table that is being filled: they take values that fit their type, and only grow."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Any, Final

from reportgen.errors import InputTypeError, InputValueError
from reportgen.media import cells, frames, tensors
from reportgen.media.cells import MIXED, NULL, NUMBER, TEXT, Type

DEFAULT: Final = ("Input", "Output", "Expected")
"""The columns of a table whose columns are not named."""


class Column:
    """One column. Its list of values only grows or is replaced as a whole, so a part of it can be read at any time.

    Attributes:
        name: As given: text or a whole number.
        values: The cells.
        type: What they are; `NULL` as long as there is none.
        stated: Whether the user said what they are: they are of no other type then, also where none is there yet.
        optional: Whether a value may be missing.
    """

    __slots__ = ("name", "optional", "stated", "type", "values")

    def __init__(self, name: str | int, type: Type = NULL, *, optional: bool = True) -> None:
        self.name = name
        self.type = type
        self.stated = type not in (NULL, MIXED)
        self.optional = optional
        self.values: list[Any] = []

    def checked(self, values: list[Any], first: int) -> tuple[list[Any], Type]:
        """Values as cells, and the type that the column has with them. They are not added yet.

        Args:
            values: What is to be added. The list is not changed, but may be what is given back.
            first: Number of the row of the first of them, for messages.

        Raises:
            InputTypeError: (RG233) A value that does not fit, or None where none may be missing. (RG234) One that
                no table can hold.
            InputValueError: (RG237) One that is nested too deeply.
        """
        found = cells.alike(values) if len(values) else NULL
        kinds: list[Type] | None = None
        made = values
        if found is None:
            made, kinds = self._each(values, first)
            found = self.type if self.type in (cells.LIST, cells.MAP) else NULL  # of any items, or keys
            for place, kind in enumerate(kinds):
                wider = cells.joined(found, kind)
                if wider is None:
                    if self.type != MIXED:
                        raise self._conflict(found, kind, first + place, made[place])
                    wider = MIXED
                found = wider
        if not self.optional and None in map(_none, made):
            row = next(place for place, cell in enumerate(made) if cell is None)
            raise self._missing(first + row)
        joined = cells.joined(self.type, found)
        if joined is not None:
            return made, joined
        # pandas has NaN for a missing value of any type
        if found == NUMBER and _all_missing(made) and self.optional:
            return [None] * len(made), self.type
        if self.type == NUMBER and not self.stated and self.optional and _all_missing(self.values):
            self.values = [None] * len(self.values)
            return made, found
        row = next(place for place, cell in enumerate(made) if cell is not None)
        raise self._conflict(self.type, kinds[row] if kinds else found, first + row, made[row])

    def _each(self, values: Sequence[Any], first: int) -> tuple[list[Any], list[Type]]:
        """Every value as a cell with its type; NaN among other things than numbers is a missing value."""
        pairs = []
        for place, value in enumerate(values):
            try:
                pairs.append(cells.normal(value))
            except (InputTypeError, InputValueError) as fault:
                problem = fault.problem
                where = f"column {self.name!r}, row {first + place}"
                raise type(fault)(problem.code, problem.what, where=where, remedy=problem.remedy) from fault
        if {kind for _, kind in pairs} - {NULL, NUMBER} and self.type != MIXED and self.optional:
            pairs = [(None, NULL) if cell != cell and kind == NUMBER else (cell, kind) for cell, kind in pairs]
        return [cell for cell, _ in pairs], [kind for _, kind in pairs]

    def _conflict(self, first: Type, second: Type, row: int, cell: Any) -> InputTypeError:
        shown = f" ({_short(cell)})" if second in (NUMBER, TEXT) else ""
        return InputTypeError(
            "RG233",
            f"the column {self.name!r} holds {cells.named(first)}, and row {row} {cells.named(second)}{shown}",
            remedy="Convert the values, or pass allow_mixed_types=True",
        )

    def _missing(self, row: int) -> InputTypeError:
        return InputTypeError(
            "RG233",
            f"the column {self.name!r} has no value in row {row}, and is not optional",
            remedy="Pass optional=True, or give a value",
        )


def fit(row: Sequence[Any], columns: Sequence[Column]) -> bool:
    """Whether each value can be added as it is to the column at its place."""
    for value, column in zip(row, columns, strict=True):  # noqa: SIM110 - a generator takes twice as long per row
        if cells.EXACT.get(type(value)) is not column.type:
            return False
    return True


def _none(cell: Any) -> Any:
    """None for None, and something else for all others: some cells cannot be compared with it."""
    return None if cell is None else 0


def _all_missing(values: Sequence[Any]) -> bool:
    return all(value is None or value != value for value in values)


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 40 else text[:39] + "…"


def transposed(rows: Sequence[Any], width: int) -> list[list[Any]]:
    """Rows as columns.

    Args:
        rows: Lists, tuples, arrays or other sequences of cells.
        width: How many cells each has.

    Raises:
        InputTypeError: (RG230) A row that is no list of cells.
        InputValueError: (RG231) A row of another length.
    """
    if not len(rows):
        return [[] for _ in range(width)]
    if hasattr(rows, "dtype"):
        return _of_array(rows, width)
    if tensors.classes(rows) <= {list, tuple} and list(map(len, rows)).count(width) == len(rows):
        flat: list[Any] = []
        deque(map(flat.extend, rows), maxlen=0)  # the loop over all rows runs in C
        return [flat[place::width] for place in range(width)]
    given = [_row(row, place, width) for place, row in enumerate(rows)]
    return [[row[place] for row in given] for place in range(width)]


def _of_array(array: Any, width: int) -> list[list[Any]]:
    found = tensors.to_numpy(array)
    if found.ndim < 2:
        raise InputTypeError(
            "RG230", f"an array of shape {found.shape} is no rows of cells", remedy="Use array.reshape(-1, 1)"
        )
    if found.shape[1] != width:
        raise _wrong_length(0, found.shape[1], width)
    if found.ndim == 2:
        columns: list[list[Any]] = found.T.tolist() if found.dtype.kind not in "mM" else list(map(list, found.T))
        return columns
    return [list(found[:, place]) for place in range(width)]


def _row(row: Any, place: int, width: int) -> list[Any]:
    if isinstance(row, (str, bytes, dict)) or not hasattr(row, "__iter__") or cells.is_media(row):
        raise InputTypeError(
            "RG230",
            f"row {place} is {tensors.named(row)}, not a list of cells",
            remedy="Use list(row.values())" if isinstance(row, dict) else "Give a list of rows: [[1, 'a'], [2, 'b']]",
        )
    found = list(row)
    if len(found) != width:
        raise _wrong_length(place, len(found), width)
    return found


def _wrong_length(row: int, length: int, width: int) -> InputValueError:
    return InputValueError(
        "RG231",
        f"row {row} has {length:,} cells, and the table {width:,} columns",
        remedy="Give one cell per column, None for a missing one",
    )


def checked_names(columns: Any) -> list[Any]:
    """Names of columns, each of them once.

    Raises:
        InputTypeError: (RG230) No list of text and whole numbers.
        InputValueError: (RG232) Two of one name.
    """
    if columns is None:
        return list(DEFAULT)
    if not isinstance(columns, list):
        frame = frames.is_frame(columns)
        raise InputTypeError(
            "RG230",
            f"columns is {tensors.named(columns)}, not a list of names",
            remedy="Use Table(dataframe=...)" if frame else 'Use columns=["text", "score"]',
        )
    for name in columns:
        if isinstance(name, bool) or not isinstance(name, (str, int)):
            raise InputTypeError(
                "RG230",
                f"the column name {name!r} is {tensors.named(name)}",
                remedy="Names are text or whole numbers; use '/'.join(map(str, name))"
                if isinstance(name, tuple)
                else "Names are text or whole numbers; use str(name)",
            )
    names = [name if type(name) is int else str(name) for name in columns]
    texts = list(map(str, names))
    twice = next((name for name in texts if texts.count(name) > 1), None)
    if twice is not None:
        raise InputValueError("RG232", f"two columns are named {twice!r}", remedy="Rename one of them")
    return names


def checked_rows(data: Any) -> Any:
    """Rows of cells: a list or an array, empty when none were given.

    Raises:
        InputTypeError: (RG230) Something else.
    """
    if data is None:
        return []
    if isinstance(data, list) or (tensors.is_array(data) and len(data.shape)):
        return data
    raise InputTypeError(
        "RG230",
        f"data is {tensors.named(data)}, not a list of rows",
        remedy="Use list(data), or Table(dataframe=...) for a data frame",
    )


def per_column(given: Any, width: int, name: str) -> list[Any]:
    """One value for all columns, or one for each.

    Raises:
        InputTypeError: (RG230) A list of another length than there are columns.
    """
    if not isinstance(given, (list, tuple)):
        return [given] * width
    if len(given) != width:
        raise InputTypeError(
            "RG230",
            f"{name} has {len(given):,} entries, and the table {width:,} columns",
            remedy="Give one for all, or one for each",
        )
    return list(given)


def listed(data: Any) -> list[Any]:
    """The values of a column in a new list: an array's along its first axis."""
    if isinstance(data, list):
        return list(data)
    found = tensors.to_numpy(data)
    return found.tolist() if found.ndim == 1 and found.dtype.kind not in "mM" else list(found)
