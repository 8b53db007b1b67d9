"""Records become the values again that they were made of."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from reportgen.errors import RunDirError
from reportgen.log.files.rebuilt import rebuilt
from reportgen.media.table import Table
from reportgen.rundir.jsonl import Tagged
from reportgen.rundir.writer import RunWriter


def test_what_is_no_record_of_a_known_kind() -> None:
    for value in (3, "text", None, [1], {"a": 1}, Tagged({"_type": "video", "file": "x"})):
        assert rebuilt(value, Path()) is value


def test_every_type_of_column(tmp_path: Path) -> None:
    writer = RunWriter(tmp_path / "run", new=True)
    when = datetime.datetime(2026, 11, 21, 9, 11, tzinfo=datetime.UTC)
    rows = [[1.5, "a", True, [1, 2], {"x": 1}, when], [None, None, None, None, None, None]]
    table = Table(columns=["n", "t", "b", "l", "m", "w"], data=rows)
    for number in range(2000):  # large enough for a file of its own
        table.add_data(number, "x", False, [number, 0], {"x": 2}, when)
    again = rebuilt(table.encode(writer).to_json(), writer.folder)
    assert again.columns == table.columns
    assert again.data == table.data
    mixed = Table(columns=["a"], data=[[1], ["b"], [None]], allow_mixed_types=True)
    assert rebuilt(mixed.encode(writer).to_json(), writer.folder).data == [[1], ["b"], [None]]
    writer.close()


def test_a_malformed_record() -> None:
    with pytest.raises(RunDirError, match="RG330"):
        rebuilt(Tagged({"_type": "image", "file": "../x"}), Path())
