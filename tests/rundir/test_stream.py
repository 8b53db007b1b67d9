from pathlib import Path

import pytest

from reportgen.errors import RunDirError
from reportgen.rundir.rows import Row
from reportgen.rundir.stream import Stream
from tests.rundir.directories import write_run


def stream(folder: Path, data: bytes, *, ordered: bool = True, numbered: bool = False, change=None) -> Stream:
    write_run(folder, data)
    return Stream(folder, "history.jsonl", len(data), ordered, numbered, change)


IN_ORDER = b'{"_step":1,"_runtime":1,"a":1}\n{"_step":1,"_runtime":2,"b":2}\n{"_step":2,"_runtime":3,"a":3}\n'
MIXED = b'{"_step":2,"_runtime":3,"a":3}\n\nbroken\r\n{"_step":1,"_runtime":1,"a":1}\n{"_step":1,"_runtime":2,"b":2}'
MERGED = [{"_step": 1, "_runtime": 2, "a": 1, "b": 2}, {"_step": 2, "_runtime": 3, "a": 3}]


@pytest.mark.parametrize(("data", "ordered"), [(IN_ORDER, True), (IN_ORDER, False), (MIXED, False)])
def test_rows_come_in_the_order_of_steps_and_merged(tmp_path: Path, data: bytes, ordered: bool) -> None:
    assert list(stream(tmp_path, data, ordered=ordered).rows()) == MERGED


def test_what_came_after_the_first_reading_is_left_out(tmp_path: Path) -> None:
    rows = stream(tmp_path, IN_ORDER)
    with (tmp_path / "history.jsonl").open("ab") as more:
        more.write(b'{"_step":0,"_runtime":4}\n')
    assert list(rows.rows()) == MERGED


def test_rows_of_an_older_format(tmp_path: Path) -> None:
    def change(row: Row) -> Row:
        return {"_step": row["step"], "_runtime": 0, **row}

    for ordered in (True, False):
        found = list(stream(tmp_path, b'{"step":1}\n{"step":2}\n', ordered=ordered, change=change).rows())
        assert found == [{"_step": 1, "_runtime": 0, "step": 1}, {"_step": 2, "_runtime": 0, "step": 2}]


def test_values_nested_too_deep_are_left_out(tmp_path: Path) -> None:
    data = b'{"_step":0,"_runtime":0,"deep":' + b"[" * 500 + b"]" * 500 + b',"b":1}\n'
    assert list(stream(tmp_path, data).rows()) == [{"_step": 0, "_runtime": 0, "b": 1}]


def test_summary_rows_are_no_rows(tmp_path: Path) -> None:
    assert list(stream(tmp_path, b'{"_step":0,"_runtime":0,"_summary":{"a":1}}\n').rows()) == []


def test_a_file_that_has_gone(tmp_path: Path) -> None:
    rows = stream(tmp_path, IN_ORDER)
    (tmp_path / "history.jsonl").unlink()
    with pytest.raises(RunDirError, match="RG321"):
        list(rows.rows())


RESUMED = (
    b'{"_step":0,"_runtime":0,"a":0}\n{"_step":1,"_runtime":1,"a":1}\n{"_step":1,"_runtime":1,"b":1}\n'
    b'{"_step":1,"_runtime":1,"_summary":{},"_session":1}\n{"_step":1,"_runtime":2,"a":2}\n'
)


@pytest.mark.parametrize("ordered", [True, False])
def test_rows_that_a_session_took_back(tmp_path: Path, ordered: bool) -> None:
    rows = Stream(tmp_path, "history.jsonl", len(RESUMED), ordered, False, None, {0: 1})
    write_run(tmp_path, RESUMED)
    assert [row["a"] for row in rows.rows()] == [0, 2]
    assert list(rows.rows(superseded=True)) == [
        {"_step": 1, "_runtime": 1, "a": 1},
        {"_step": 1, "_runtime": 1, "b": 1},
    ]
    assert list(stream(tmp_path, RESUMED).rows(superseded=True)) == []
