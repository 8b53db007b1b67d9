"""Table panels: the rows of every step, how many they are, and increments put together."""

import gzip
import json

import pytest

from reportgen.panels.table import FIRST_ROWS, view
from reportgen.panels.view import Limits
from reportgen.rundir.records.table import TableColumn
from reportgen.rundir.tables import column_line, pack_table
from tests.panels.conftest import history

COLUMNS = [{"name": "id", "type": "number"}, {"name": "text", "type": "text"}]
NAME = f"media/ab/{'ab' * 32}.table.jsonl.gz"


def small(*rows, **more):
    values = [list(column) for column in zip(*rows, strict=True)] or [[], []]
    return {"_type": "table", "columns": COLUMNS, "rows": len(rows), "values": values} | more


@pytest.fixture
def large(tmp_path):
    """A record of a table that has a file of its own."""

    def make(rows, **more):
        path = tmp_path / NAME
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = [column_line("number", list(range(rows))), column_line("text", [f"row {i}" for i in range(rows)])]
        path.write_bytes(pack_table([TableColumn(**column) for column in COLUMNS], lines, rows))
        return {"_type": "table", "columns": COLUMNS, "rows": rows, "file": NAME} | more

    return make


def texts(grid):
    return [[cell.text for cell in row] for row in grid.rows]


def carried(shown, number):
    return json.loads(gzip.decompress(shown.data["parts"][number]["values"].data))


def test_the_last_step_is_shown_first_and_all_steps_are_carried(task):
    records = [small([1, "<b>"]), [small([2, "a"]), small([3, None])], small([4, "d"], [5, "e"])]
    shown = view(task(history("t", records=records, kind="table", steps=[0, 5, 7])))
    assert (shown.step, shown.steps, shown.notes) == (7, 3, ["table at 3 steps"])
    (grid,) = shown.tables
    assert [(column.name, column.numeric) for column in grid.columns] == [("id", True), ("text", False)]
    assert texts(grid) == [["4", "d"], ["5", "e"]]
    assert (grid.about, grid.more) == ("2 rows", False)
    assert [len(frame["tables"]) for frame in shown.data["frames"]] == [1, 2, 1]
    assert [carried(shown, number) for number in range(4)] == [
        [["1", "<b>"]],
        [["2", "a"]],
        [["3", "–"]],
        [["4", "d"], ["5", "e"]],
    ]


def test_a_page_holds_the_first_rows_and_its_script_the_others(task, large):
    shown = view(task(history("t", records=[large(1000)], kind="table")))
    (grid,) = shown.tables
    assert len(grid.rows) == FIRST_ROWS
    assert (grid.about, grid.more) == ("100 of 1,000 rows", True)
    (entry,) = shown.data["frames"][0]["tables"]
    assert entry == {"columns": [["id", 1], ["text", 0]], "part": 0, "rows": 1000, "size": "1,000 rows"}
    rows = carried(shown, 0)
    assert len(rows) == 1000
    assert rows[999] == ["999", "row 999"]


def test_what_the_page_does_not_carry_is_told(task, large):
    limits = Limits(max_rows=40)
    shown = view(task(history("t", records=[large(1000, rows_given=123_456)], kind="table"), limits=limits))
    (grid,) = shown.tables
    assert len(grid.rows) == 40
    assert grid.about == "40 of 1,000 rows; 1,000 of 123,456 were logged; this page carries 40"
    assert not grid.more
    (entry,) = shown.data["frames"][0]["tables"]
    assert (entry["rows"], entry["stored"]) == (40, 1000)
    assert len(carried(shown, 0)) == 40


def test_increments_follow_each_other(task):
    records = [
        small([1, "a"], increment=0, start=0),
        small([2, "b"], [3, "c"], increment=1, start=1),
        small(increment=2, start=3),
        small([4, "d"], increment=3, start=3),
    ]
    shown = view(task(history("t", records=records, kind="table")))
    (grid,) = shown.tables
    assert texts(grid) == [["1", "a"], ["2", "b"], ["3", "c"], ["4", "d"]]
    assert grid.about == "4 rows"
    assert [part.get("before") for part in shown.data["parts"]] == [None, 0, 1, 2]
    assert [frame["tables"][0]["rows"] for frame in shown.data["frames"]] == [1, 3, 3, 4]


def test_an_increment_zero_begins_anew(task):
    records = [
        small([1, "a"], increment=0, start=0),
        small([2, "b"], increment=1, start=1),
        small([3, "c"], increment=0, start=0),
        small([9, "whole"]),
        small([4, "d"], increment=1, start=1),
    ]
    shown = view(task(history("t", records=records, kind="table")))
    assert texts(shown.tables[0]) == [["3", "c"], ["4", "d"]]
    assert [frame["tables"][0]["rows"] for frame in shown.data["frames"]] == [1, 2, 1, 1, 2]


def test_increments_that_are_missing_are_told(task):
    records = [small([1, "a"], increment=0, start=0), small([9, "z"], increment=2, start=3)]
    shown = view(task(history("t", records=records, kind="table")))
    assert texts(shown.tables[0]) == [["1", "a"], ["9", "z"]]
    assert shown.tables[0].about == "2 rows; 2 rows of earlier increments missing"


def test_a_page_carries_so_many_rows_of_all_increments(task):
    records = [small([i, "a"], [i, "b"], increment=i, start=2 * i) for i in range(3)]
    shown = view(task(history("t", records=records, kind="table"), limits=Limits(max_rows=3)))
    assert texts(shown.tables[0]) == [["0", "a"], ["0", "b"], ["1", "a"]]
    assert shown.tables[0].about == "3 of 6 rows; this page carries 3"


def test_empty_tables(task):
    shown = view(task(history("t", records=[small(), {**small(), "columns": [], "values": []}], kind="table")))
    assert (shown.tables[0].rows, shown.tables[0].columns, shown.tables[0].about) == ([], (), "0 rows")
    assert shown.problems == []


@pytest.mark.parametrize(
    ("record", "code"),
    [
        ({"_type": "table"}, "RG330"),
        (small([1, "a"]) | {"values": None, "file": NAME}, "RG321"),
        (small([1, "a"]) | {"values": None, "file": "../../etc/passwd"}, "RG330"),
    ],
)
def test_a_bad_record_costs_itself(task, record, code):
    shown = view(task(history("t", records=[small([1, "a"]), record], kind="table")))
    assert shown.step == 0
    (problem,) = shown.problems
    assert problem.code == code
    assert "run-0, t, step 1" in problem.where
    assert shown.notes[1] == "1 problem: see Problems"


def test_a_damaged_file_costs_its_table(task, large, tmp_path):
    record = large(10)
    (tmp_path / NAME).write_bytes(b"no table")
    shown = view(task(history("t", records=[record], kind="table")))
    assert (shown.tables, shown.problems[0].code) == ([], "RG325")


def test_pictures_in_cells_are_named_by_number(task, tmp_path):
    picture = f"media/cd/{'cd' * 32}.png"
    (tmp_path / picture).parent.mkdir(parents=True)
    (tmp_path / picture).write_bytes(b"x")
    image = {"_type": "image", "file": picture, "width": 3, "height": 2, "format": "png", "caption": "c"}
    record = {"_type": "table", "columns": [{"name": "p", "type": "image"}], "rows": 2, "values": [[image, image]]}
    shown = view(task(history("t", records=[record], kind="table")))
    (part,) = shown.data["parts"]
    assert [file.source for file in part["files"]] == [tmp_path / picture]
    assert carried(shown, 0) == [[{"text": "c", "thumbs": [[0, 3, 2]]}]] * 2
    assert shown.tables[0].rows[0][0].thumbs[0].width == 3
