"""The values of tables, column by column, to bytes and back. FORMAT.md says what lies in a file."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from typing import Any, Final

import orjson

from reportgen.errors import InputValueError, RunDirError
from reportgen.rundir import jsonl
from reportgen.rundir.jsonl import Json
from reportgen.rundir.layout import TYPE
from reportgen.rundir.packed import pack, unpack
from reportgen.rundir.records.table import TableColumn, TableRecord

SUFFIX: Final = ".table.jsonl.gz"

INLINE: Final = 4096
"""Bytes of values that a record holds itself: a file of its own would cost more than its content."""

NUMBER: Final = "number"
TEXT: Final = "text"
BOOL: Final = "bool"


def column_line(kind: str, values: list[Json]) -> bytes:
    """The values of one column as a JSON list.

    Args:
        kind: Its type, as `TableColumn.type`: numbers and texts take a short way.
        values: Plain values, None for a missing one; records as `Tagged` mappings.
    """
    try:
        if kind == NUMBER:
            line = orjson.dumps(values, None, orjson.OPT_STRICT_INTEGER)
            # orjson writes NaN as null without a word; a finite sum proves that there is none
            if math.isfinite(sum(value for value in values if value is not None) if None in values else sum(values)):
                return line
        elif kind in (TEXT, BOOL):
            return orjson.dumps(values)
    except (TypeError, OverflowError):
        pass
    return orjson.dumps(jsonl.plain(values))


def pack_table(columns: Sequence[TableColumn], lines: Sequence[bytes], rows: int) -> bytes:
    """A whole table as a file: what it is in the first line, then a line for each column.

    Args:
        columns: Its columns.
        lines: What `column_line` gave for each.
        rows: How many values each has.
    """
    head = {"columns": [column.to_json() for column in columns], "rows": rows}
    return pack([orjson.dumps(jsonl.plain(head)), *lines])


def read_table(folder: str | os.PathLike[str], record: TableRecord) -> list[list[Json]]:
    """The values of a table, column by column; tagged values are restored, records are `Tagged` mappings.

    Args:
        folder: The run directory.
        record: What a row says of the table.

    Raises:
        RunDirError: (RG320, RG321, RG322, RG303, RG325) Its file is not there, or not as it was.
    """
    if record.file is None:
        return [list(values) for values in record.values or ()]
    _, *lines = unpack(folder, record.file) or [b""]
    if len(lines) != len(record.columns):
        raise _damaged(record.file, f"it has {len(lines):,} columns, not {len(record.columns):,}")
    return [_values(record.file, line, record.rows) for line in lines]


def held_by(folder: str | os.PathLike[str], record: Json) -> list[list[Json]]:
    """The values of a table that has a file of its own; nothing of other records, which hold all that they name.

    Args:
        folder: The run directory.
        record: A record of any kind, as JSON.

    Raises:
        RunDirError: As for `read_table`.
    """
    if not isinstance(record, Mapping) or record.get(TYPE) != TableRecord.KIND or "file" not in record:
        return []
    return read_table(folder, TableRecord.from_json(record))


def _values(file: str, line: bytes, rows: int) -> list[Json]:
    try:
        values: Any = orjson.loads(line)
        if b'"_type"' in line:
            values = jsonl.decode(values)
    except (ValueError, InputValueError) as fault:
        raise _damaged(file, str(fault)) from fault
    if not isinstance(values, list) or len(values) != rows:
        raise _damaged(file, f"a column does not have {rows:,} values")
    return values


def _damaged(file: str, why: str) -> RunDirError:
    return RunDirError("RG325", f"the table is damaged: {why}", where=file, remedy="Copy the run directory again")
