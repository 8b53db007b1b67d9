"""The values of a table come back from its file as they were, and the file is one that any program reads."""

from __future__ import annotations

import gzip
import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.errors import RunDirError
from reportgen.rundir import jsonl
from reportgen.rundir.jsonl import Tagged
from reportgen.rundir.records.table import TableColumn, TableRecord
from reportgen.rundir.tables import column_line, held_by, pack_table, read_table
from tests.rundir.directories import IMAGE

NAME = f"media/ab/ab{'0' * 62}.table.jsonl.gz"


def stored(folder: Path, data: bytes, columns: list[tuple[str, str]], rows: int) -> TableRecord:
    path = folder / NAME
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return TableRecord(tuple(TableColumn(*column) for column in columns), rows, file=NAME)


def there_and_back(folder: Path, **columns: list[Any]) -> list[list[Any]]:
    """Values by the type of their column, through a file."""
    heads = [(kind, kind) for kind in columns]
    rows = len(next(iter(columns.values())))
    lines = [column_line(kind, values) for kind, values in columns.items()]
    data = pack_table([TableColumn(*head) for head in heads], lines, rows)
    return read_table(folder, stored(folder, data, heads, rows))


def test_values_of_all_types(tmp_path: Path) -> None:
    columns: dict[str, list[Any]] = {
        "number": [1, -2.5, None],
        "text": ["null", "損失 🚀\n</script>", None],
        "bool": [True, False, None],
        "time": ["2026-11-21", None, "2026-11-21T09:11:00.123456"],
        "list": [[1, [2]], [], None],
        "map": [{"a": 1, "_type": "mine"}, {}, None],
        "image": [Tagged(IMAGE), None, Tagged(IMAGE)],
    }
    found = there_and_back(tmp_path, **columns)
    assert found == list(columns.values())
    assert isinstance(found[-1][0], Tagged), "a picture is a record"
    assert type(found[-2][0]) is dict, "a mapping of the user's is none, whatever its keys"


def test_numbers_that_json_does_not_have(tmp_path: Path) -> None:
    numbers = [math.nan, math.inf, -math.inf, 2**63, -(2**70), 2**53 + 1, None, 0.1]
    (found,) = there_and_back(tmp_path, number=numbers)
    assert math.isnan(found[0])
    assert found[1:] == numbers[1:]


def test_half_a_surrogate_pair(tmp_path: Path) -> None:
    assert there_and_back(tmp_path, text=["a\ud83d", "b"]) == [["a\ufffd", "b"]]


@given(st.lists(st.none() | st.floats() | st.integers(), max_size=8))
def test_no_number_is_changed(numbers: list[float | None]) -> None:
    found = jsonl.decode(json.loads(column_line("number", numbers)))
    assert [str(value) for value in found] == [str(value) for value in numbers]


def test_the_file_is_readable_by_hand() -> None:
    data = pack_table([TableColumn("a", "number"), TableColumn("b", "text")], [b"[1,2]", b'["x","y"]'], 2)
    head, *lines = gzip.decompress(data).splitlines()
    assert json.loads(head) == {
        "columns": [{"name": "a", "type": "number"}, {"name": "b", "type": "text"}],
        "rows": 2,
    }
    assert [json.loads(line) for line in lines] == [[1, 2], ["x", "y"]]


def test_small_tables_need_no_file(tmp_path: Path) -> None:
    record = TableRecord((TableColumn("a", "number"),), 2, values=([1, None],))
    assert read_table(tmp_path, record) == [[1, None]]


def test_values_that_a_record_does_not_hold_itself(tmp_path: Path) -> None:
    data = pack_table([TableColumn("a", "image")], [column_line("image", [Tagged(IMAGE)])], 1)
    record = stored(tmp_path, data, [("a", "image")], 1).to_json()
    assert held_by(tmp_path, record) == [[IMAGE]]
    assert held_by(tmp_path, {**record, "file": None, "values": [[None]]} | {"_type": "image"}) == []
    assert held_by(tmp_path, "text") == []


@pytest.mark.parametrize(
    "lines",
    [[b"{}"], [b"{}", b"[1,2]", b"[1,2]"], [b"{}", b"[1]"], [b"{}", b"{}"], [b"{}", b"[1,"], [b"{}", b'"ab"']],
)
def test_a_damaged_table_says_so(tmp_path: Path, lines: list[bytes]) -> None:
    data = gzip.compress(b"\n".join(lines) + b"\n")
    with pytest.raises(RunDirError, match=r"RG325.*table is damaged"):
        read_table(tmp_path, stored(tmp_path, data, [("a", "number")], 2))
