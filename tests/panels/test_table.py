"""Table panels: the rows of every step, how many they are, and increments put together."""

import gzip
import json

import numpy as np
import pytest
from PIL import Image

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


def words(shown, number):
    """What a script makes of a part: the values of each column."""
    part = shown.data["parts"][number]
    told = json.loads(gzip.decompress(part["values"].data))
    arrays = part["columns"].arrays
    found = []
    for place, entry in enumerate(told):
        if f"c{place}" in arrays:
            found.append([entry["words"][code] if code >= 0 else None for code in arrays[f"c{place}"].tolist()])
        else:
            missing = set(arrays.get(f"m{place}", np.zeros(0)).tolist())
            values = arrays[f"n{place}"].tolist()
            found.append([None if row in missing else value for row, value in enumerate(values)])
    return found


def test_the_last_step_is_shown_first_and_all_steps_are_carried(task):
    records = [small([1, "<b>"]), [small([2, "a"]), small([3, None])], small([4, "d"], [5, "e"])]
    shown = view(task(history("t", records=records, kind="table", steps=[0, 5, 7])))
    assert (shown.step, shown.steps, shown.notes) == (7, 3, ["table at 3 steps"])
    (grid,) = shown.tables
    assert [(column.name, column.numeric) for column in grid.columns] == [("id", True), ("text", False)]
    assert texts(grid) == [["4", "d"], ["5", "e"]]
    assert (grid.about, grid.more) == ("2 rows", False)
    assert [len(frame["tables"]) for frame in shown.data["frames"]] == [1, 2, 1]
    assert [words(shown, number) for number in range(4)] == [
        [[1], ["<b>"]],
        [[2], ["a"]],
        [[3], [None]],
        [[4, 5], ["d", "e"]],
    ]
    assert shown.data["schemas"][0] == [
        ["id", "number", grid.columns[0].width],
        ["text", "text", grid.columns[1].width],
    ]


def test_a_page_holds_the_first_rows_and_its_script_the_others(task, large):
    shown = view(task(history("t", records=[large(1000)], kind="table")))
    (grid,) = shown.tables
    assert len(grid.rows) == FIRST_ROWS
    assert (grid.about, grid.more) == ("100 of 1,000 rows", True)
    (entry,) = shown.data["frames"][0]["tables"]
    assert entry == {"schema": 0, "part": 0, "rows": 1000, "size": "1,000 rows"}
    ids, names = words(shown, 0)
    assert (ids[999], names[999], len(ids)) == (999, "row 999", 1000)
    assert [(len(head.bars) > 0, head.note) for head in grid.columns] == [(True, "0 to 999"), (False, "1,000 values")]


def test_what_the_page_does_not_carry_is_told(task, large):
    limits = Limits(max_rows=40)
    shown = view(task(history("t", records=[large(1000, rows_given=123_456)], kind="table"), limits=limits))
    (grid,) = shown.tables
    assert len(grid.rows) == 40
    assert grid.about == "40 of 1,000 rows; 1,000 of 123,456 were logged; this page carries 40"
    assert not grid.more
    (entry,) = shown.data["frames"][0]["tables"]
    assert (entry["rows"], entry["stored"]) == (40, 1000)
    assert [len(values) for values in words(shown, 0)] == [40, 40]
    assert grid.columns[0].note == "0 to 999"


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
    assert words(shown, 0) == [[1, 2, 3, 4], ["a", "b", "c", "d"]]
    assert len(shown.data["parts"]) == 1
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
    assert (shown.tables[0].rows, shown.tables[0].columns, shown.tables[0].about) == ([], [], "A table without columns")
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


def picture(folder, **more):
    name = f"media/cd/{'cd' * 32}.png"
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("L", (3, 2), 1).save(path, "PNG")
    return {"_type": "image", "file": name, "width": 3, "height": 2, "format": "png", "caption": "c", **more}


def pictured(*cells):
    columns = [{"name": "p", "type": "image"}]
    return {"_type": "table", "columns": columns, "rows": len(cells), "values": [list(cells)]}


def test_pictures_in_cells_are_named_by_number(task, tmp_path):
    image = picture(tmp_path, mode="L", scaled_from="0..1")
    shown = view(task(history("t", records=[pictured(image, image, None)], kind="table")))
    (part,) = shown.data["parts"]
    (found,) = part["pictures"].value["pictures"]
    assert found["show"].source == tmp_path / image["file"]
    assert (found["mode"], found["note"]) == ("L", "values scaled from 0..1")
    assert part["pictures"].value["pixels"].previews == [found["show"]]
    assert words(shown, 0) == [[{"text": "c", "thumbs": [[0, 3, 2]]}] * 2 + [None]]
    assert shown.tables[0].rows[0][0].thumbs[0].width == 3
    assert shown.tables[0].media
    assert "layers" not in shown.data
    assert shown.needs == ("pictures",)


def test_what_lies_over_pictures_is_carried_once_per_column(task, tmp_path):
    mask = picture(tmp_path)["file"]
    labels = {"1": "cat"}
    image = picture(tmp_path, masks=[{"name": "truth", "file": mask, "labels": labels}])
    bad = picture(tmp_path, masks=[{"name": "truth", "file": f"media/aa/{'aa' * 32}.png"}])
    shown = view(task(history("t", records=[pictured(image, bad), pictured(image)], kind="table")))
    (layers,) = shown.data["layers"].values()
    assert [(layer["name"], layer["classes"]) for layer in layers] == [("truth", [[1, "cat", 1]])]
    (entry,) = shown.data["parts"][0]["pictures"].value["overlays"]["p"]
    assert entry["masks"][0]["layer"] == 0
    assert [cell[-1] for cell in words(shown, 1)[0][0]["thumbs"]] == [0]
    assert [problem.code for problem in shown.problems] == ["RG321"]
    assert shown.needs == ("pictures", "overlays")


def test_a_table_without_pictures_needs_nothing_for_them(task):
    assert view(task(history("t", records=[small([1, "a"])], kind="table"))).needs == ()


def test_rows_of_several_runs_stand_below_each_other(task):
    one = history("t", records=[small([1, "a"])], kind="table", steps=[3])
    other = history("t", records=[small([7, "x"]), small([2, "b"], [3, None])], kind="table", steps=[3, 8])
    shown = view(task(one, other))
    (grid,) = shown.tables
    assert [column.name for column in grid.columns] == ["run", "id", "text"]
    assert texts(grid) == [["run-0", "1", "a"], ["run-1", "2", "b"], ["run-1", "3", "–"]]
    assert (grid.about, shown.step) == ("3 rows of 2 runs", 8)
    assert [(frame["source"], frame["step"]) for frame in shown.data["frames"]] == [(0, 3), (1, 3), (1, 8)]
    assert shown.data["sources"] == [{"run": 0, "name": "run-0"}, {"run": 1, "name": "run-1"}]
    assert shown.notes == ["table at 2 steps of 2 runs"]


def test_runs_with_other_columns_and_without_any_table(task):
    columns = [{"name": "id", "type": "number"}, {"name": "more", "type": "bool"}]
    wider = {"_type": "table", "columns": columns, "rows": 1, "values": [[5], [True]]}
    records = ([small([1, "a"])], [wider], [{"_type": "table"}])
    shown = view(task(*(history("t", records=given, kind="table") for given in records)))
    assert texts(shown.tables[0]) == [["run-0", "1", "a", "–"], ["run-1", "5", "–", "true"]]
    assert len(shown.problems) == 1
    nothing = view(
        task(history("t", records=[{"_type": "table"}], kind="table"), history("t", records=[], kind="table"))
    )
    assert (nothing.tables, nothing.data["frames"]) == ([], [])


def test_pictures_under_the_same_layers_share_what_lies_over_them(task, tmp_path):
    layers = {}
    for number, name in enumerate(("one", "other")):
        path = tmp_path / "media" / "ee" / f"ee{number}{'e' * 61}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.full((2, 3), number, np.uint8)).save(path)
        layers[name] = [{"name": "truth", "file": path.relative_to(tmp_path).as_posix(), "classes": [number]}]
    plain = picture(tmp_path)
    cells = [plain | {"masks": layers[name]} for name in ("one", "other", "one")]
    table = {"_type": "table", "columns": [{"name": "p", "type": "image"}], "rows": 3, "values": [cells]}
    shown = view(task(history("t", records=[table], kind="table"), folder=tmp_path))
    part = shown.data["parts"][0]
    assert len(part["pictures"].value["overlays"]["p"]) == 2
    assert part["columns"].arrays["c0"].tolist() == [0, 1, 0]


def test_a_mixed_column_of_numbers_is_one_of_numbers_also_beyond_the_rows_that_are_carried(task):
    columns = [{"name": "x", "type": "mixed"}, {"name": "y", "type": "mixed"}]
    table = {"_type": "table", "columns": columns, "rows": 3, "values": [[1.5, None, 9], [1, 2, [3]]]}
    shown = view(task(history("t", records=[table], kind="table"), limits=Limits(max_rows=2)))
    assert shown.data["schemas"][0][0][:2] == ["x", "number"]
    assert shown.data["schemas"][0][1][:2] == ["y", "mixed"]
    assert shown.tables[0].columns[0].note == "1.5 to 9; 1 missing"
