"""Tables take rows in every form, keep their columns of one type, and store what they held when they were logged."""

from __future__ import annotations

import pickle
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

import reportgen as rg
from reportgen.errors import InputTypeError, InputValueError, UsageError
from reportgen.media.histogram import Histogram
from reportgen.media.image import Image
from reportgen.media.table import Table
from reportgen.rundir.jsonl import Tagged
from reportgen.rundir.records.table import TableRecord
from reportgen.rundir.tables import read_table
from reportgen.rundir.writer import RunWriter

ROWS = [[1, "a", 0.5], [2, "b", None]]
NAMES = ["id", "text", "score"]


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[RunWriter]:
    opened = RunWriter(tmp_path / "run", new=True)
    yield opened
    opened.close()


def stored(table: Table, writer: RunWriter) -> tuple[TableRecord, list[list[Any]]]:
    """The record of a table, through JSON and back, and its values by column."""
    record = TableRecord.from_json(table.snapshot().keep(writer).encode(writer).to_json())
    return record, read_table(writer.folder, record)


def types(record: TableRecord) -> dict[str, str]:
    return {column.name: column.type for column in record.columns}


# ---- filling


@pytest.mark.parametrize(
    "table",
    [
        Table(columns=NAMES, data=ROWS),
        Table(NAMES, ROWS),
        Table(columns=NAMES, rows=ROWS),
        Table(columns=NAMES, data=np.array(ROWS, dtype=object)),
        Table(dataframe=pl.DataFrame(ROWS, schema=NAMES, orient="row")),
        Table(data=pl.DataFrame(ROWS, schema=NAMES, orient="row")),
        Table(columns=["ignored"], dataframe=pl.DataFrame(ROWS, schema=NAMES, orient="row")),
    ],
    ids=["keywords", "positions", "rows", "array", "dataframe", "data", "columns ignored"],
)
def test_one_table_in_many_forms(table: Table, writer: RunWriter) -> None:
    assert table.columns == NAMES
    assert table.data == ROWS
    record, values = stored(table, writer)
    assert types(record) == {"id": "number", "text": "text", "score": "number"}
    assert values == [[1, 2], ["a", "b"], [0.5, None]]


def test_columns_have_names_of_their_own_if_none_are_given() -> None:
    table = Table()
    table.add_data("2 + 2", "5", "4")
    table.add_row("3 + 3", "6", "6")
    assert table.columns == ["Input", "Output", "Expected"]
    assert table.data == [["2 + 2", "5", "4"], ["3 + 3", "6", "6"]]
    assert repr(table) == "<reportgen.Table 2 rows, 3 columns>"


def test_the_examples_of_the_documents() -> None:
    columns = ["Text", "Predicted Sentiment", "True Sentiment"]
    data = [["I love my phone", "1", "1"], ["My phone sucks", "0", "-1"]]
    first, second = Table(data=data, columns=columns), Table(columns=columns)
    second.add_data("I love my phone", "1", "1")
    second.add_data("My phone sucks", "0", "-1")
    assert first.data == second.data == data
    assert Table(dataframe=pd.DataFrame(data, columns=columns)).data == data


def test_frames_of_pandas_have_missing_values_of_all_sorts(writer: RunWriter) -> None:
    frame = pd.DataFrame(
        {
            "text": ["a", None],
            "number": [1.5, np.nan],
            "whole": pd.array([1, None], dtype="Int64"),
            "when": pd.to_datetime(["2026-11-21", None]),
            "kind": pd.Categorical(["x", "y"]),
            0: [True, False],
        },
        index=[7, 9],
    )
    record, values = stored(Table(dataframe=frame), writer)
    assert types(record) == {
        "text": "text",
        "number": "number",
        "whole": "number",
        "when": "time",
        "kind": "text",
        "0": "bool",
    }
    assert values[0] == ["a", None]
    assert values[1][1] != values[1][1]
    assert values[2:4] == [[1, None], ["2026-11-21T00:00:00", None]]


def test_lists_and_mappings_of_a_frame_may_differ(writer: RunWriter) -> None:
    """Parquet files have such columns; pandas reads them as arrays, of arrays too."""
    frame = pd.DataFrame(
        {
            "list": [np.array([1, 2, 3]), np.array([4]), None],
            "nested": [np.array([np.array([1]), np.array([2, 3])], dtype=object), np.array([None]), None],
            "map": [{"a": 1}, {"b": 2}, {}],
        }
    )
    record, values = stored(Table(dataframe=frame), writer)
    assert types(record) == {"list": "list", "nested": "list", "map": "map"}
    assert values == [[[1, 2, 3], [4], None], [[[1], [2, 3]], [None], None], [{"a": 1}, {"b": 2}, {}]]
    polars = pl.DataFrame({"list": [[1, 2], [], None], "texts": [["a"], None, ["b", "c"]]})
    assert Table(dataframe=polars).data == [[[1, 2], ["a"]], [[], None], [None, ["b", "c"]]]
    with pytest.raises(InputTypeError, match="RG233"):
        Table(["a"], [[{"a": 1}], [{"b": 2}]])
    assert Table(["a"], [[{"a": 1}], [{"b": 2}]], dtype=dict).data == [[{"a": 1}], [{"b": 2}]]


def test_a_row_that_is_refused_leaves_no_trace() -> None:
    table = Table(columns=["a", "b"], data=[[1, "x"]])
    for wrong in (("y", "x"), (2, object()), (2, 3)):
        with pytest.raises(InputTypeError):
            table.add_data(*wrong)
    with pytest.raises(InputValueError, match=r"RG231.*3 cells, and the table 2 columns"):
        table.add_data(1, 2, 3)
    assert table.data == [[1, "x"]]
    table.add_data(2, "y")
    assert table.data == [[1, "x"], [2, "y"]]


def test_many_threads_may_add_rows() -> None:
    table = Table(columns=["thread", "number"])

    def add(thread: int) -> None:
        for number in range(300):
            table.add_data(thread, [number])

    threads = [threading.Thread(target=add, args=(thread,)) for thread in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted((row[0], row[1][0]) for row in table.data) == [(t, n) for t in range(4) for n in range(300)]


def test_types_and_missing_values_that_are_asked_for() -> None:
    table = Table(columns=["a", "b"], dtype=[int, str], optional=[False, True])
    table.add_data(1, None)
    for wrong in (("1", "x"), (None, "x"), (1, 2)):
        with pytest.raises(InputTypeError, match="RG233"):
            table.add_data(*wrong)
    assert Table(columns=["a"], data=[[1], ["x"]], allow_mixed_types=True).data == [[1], ["x"]]
    assert Table(columns=["a"], data=[[1], ["x"]], dtype=object).data == [[1], ["x"]]


@pytest.mark.parametrize("dtype", [int, float, [int], np.float32])
@pytest.mark.parametrize("value", ["x", [1], {"a": 1}, True])
def test_a_stated_number_is_no_other_thing(dtype, value):
    with pytest.raises(InputTypeError, match="RG233"):
        Table(columns=["a"], data=[[value]], dtype=dtype)
    table = Table(columns=["a"], dtype=dtype)
    with pytest.raises(InputTypeError, match="RG233"):
        table.add_data(value)
    for number in (1, 1.5, None, float("nan")):
        table.add_data(number)
    assert table.get_column("a")[:3] == [1, 1.5, None]


def test_columns_are_added() -> None:
    table = Table(columns=["a"], data=[[1], [2]])
    table.add_column("b", ["x", "y"])
    table.add_column("c", np.array([0.5, 1.5]))
    assert table.columns == ["a", "b", "c"]
    assert table.data == [[1, "x", 0.5], [2, "y", 1.5]]
    empty = Table(columns=[])
    empty.add_column("a", [1, 2, 3])
    assert empty.data == [[1], [2], [3]]


def test_columns_are_worked_out() -> None:
    table = Table(columns=["a", "b"], data=[[1, 2], [3, 4]])
    table.add_computed_columns(lambda number, row: {"sum": row["a"] + row["b"], "number": number})
    assert table.data == [[1, 2, 3, 0], [3, 4, 7, 1]]


@pytest.mark.parametrize(
    ("function", "error", "code"),
    [
        (lambda number, row: 5, InputTypeError, "RG230"),
        (lambda number, row: {str(number): 1}, InputValueError, "RG231"),
        (lambda number, row: {"a": 1}, InputValueError, "RG232"),
        (lambda number, row: {"b": 1, "c": [1, "x"][number]}, InputTypeError, "RG233"),
    ],
)
def test_columns_that_cannot_be_worked_out(function: Any, error: type[Exception], code: str) -> None:
    table = Table(columns=["a"], data=[[1], [2]])
    with pytest.raises(error, match=code):
        table.add_computed_columns(function)
    assert table.columns == ["a"], "a part of the columns would be worse than none"


@pytest.mark.parametrize(
    ("name", "data", "error", "code"),
    [
        (3, [1, 2], InputTypeError, "RG230"),
        ("b", (1, 2), InputTypeError, "RG230"),
        ("b", [1, "x"], InputTypeError, "RG233"),
        ("b", [1, None], InputTypeError, "RG233"),
        ("b", [1], InputValueError, "RG231"),
        ("a", [1, 2], InputValueError, "RG232"),
    ],
)
def test_columns_that_are_refused(name: Any, data: Any, error: type[Exception], code: str) -> None:
    table = Table(columns=["a"], data=[[1], [2]])
    with pytest.raises(error, match=code):
        table.add_column(name, data)
    assert table.columns == ["a"]


def test_a_column_is_cast() -> None:
    table = Table(columns=["a"], data=[[1], [2]], allow_mixed_types=True)
    table.cast("a", int)
    with pytest.raises(InputTypeError, match="RG233"):
        table.add_data("x")
    with pytest.raises(InputTypeError, match="RG233"):
        table.cast("a", str)
    with pytest.raises(InputTypeError, match="RG233"):
        table.add_data(None)
    table.add_data(3)
    assert table.get_column("a") == [1, 2, 3]


# ---- reading


def test_it_gives_back_what_it_holds() -> None:
    table = Table(columns=["a", 0], data=[[1, "x"], [2, None]])
    assert table.get_column("a") == [1, 2]
    assert table.get_column(0) == ["x", None]
    found = table.get_column("a", convert_to="numpy")
    assert isinstance(found, np.ndarray)
    assert found.tolist() == [1, 2]
    assert table.get_index() == [0, 1]
    assert list(table.iterrows()) == [(0, [1, "x"]), (1, [2, None])]
    assert table.get_dataframe()["a"].tolist() == [1, 2]
    with pytest.raises(InputValueError, match=r"RG232.*no column 'b'.*'a', 0"):
        table.get_column("b")
    with pytest.raises(InputValueError, match="RG236"):
        table.get_column("a", convert_to="pandas")


def test_what_it_gives_is_a_copy() -> None:
    table = Table(columns=["a"], data=[[1]])
    table.get_column("a").append(2)
    table.data.append([3])
    assert table.data == [[1]]


def test_it_can_be_sent_to_another_process() -> None:
    table = pickle.loads(pickle.dumps(Table(columns=["a"], data=[[1]])))  # noqa: S301 (our own)
    table.add_data(2)
    assert table.data == [[1], [2]]


# ---- refused


@pytest.mark.parametrize(
    ("arguments", "error", "code"),
    [
        ({"columns": "abc"}, InputTypeError, "RG230"),
        ({"columns": ("a",)}, InputTypeError, "RG230"),
        ({"columns": [1.5]}, InputTypeError, "RG230"),
        ({"columns": ["a", "a"]}, InputValueError, "RG232"),
        ({"columns": pd.DataFrame({"a": [1]})}, InputTypeError, "RG230"),
        ({"data": 5}, InputTypeError, "RG230"),
        ({"data": ([1, 2, 3],)}, InputTypeError, "RG230"),
        ({"data": {"a": [1]}}, InputTypeError, "RG230"),
        ({"data": pd.Series([1])}, InputTypeError, "RG230"),
        ({"dataframe": pd.Series([1])}, InputTypeError, "RG230"),
        ({"dataframe": [[1]]}, InputTypeError, "RG230"),
        ({"dataframe": pd.DataFrame({"a": [1, "x"]})}, InputTypeError, "RG233"),
        ({"dataframe": pd.DataFrame([[1, 2]], columns=["a", "a"])}, InputValueError, "RG232"),
        ({"dataframe": pd.DataFrame([[1]], columns=[("a", "b")])}, InputTypeError, "RG230"),
        ({"columns": ["a"], "data": [1, 2]}, InputTypeError, "RG230"),
        ({"columns": ["a"], "data": ["x"]}, InputTypeError, "RG230"),
        ({"columns": ["a"], "data": [[1, 2]]}, InputValueError, "RG231"),
        ({"columns": ["a"], "data": [[1], ["x"]]}, InputTypeError, "RG233"),
        ({"columns": ["a"], "data": [[None]], "optional": False}, InputTypeError, "RG233"),
        ({"columns": ["a"], "data": [[object()]]}, InputTypeError, "RG234"),
        ({"columns": ["a", "b"], "dtype": [int]}, InputTypeError, "RG230"),
        ({"columns": ["a"], "dtype": "number"}, InputTypeError, "RG230"),
        ({"columns": ["a"], "optional": [True, False]}, InputTypeError, "RG230"),
        ({"log_mode": "immutable"}, InputValueError, "RG236"),
        ({"log_mode": None}, InputValueError, "RG236"),
    ],
    ids=lambda value: str(value)[:40] if isinstance(value, dict) else None,
)
def test_what_is_refused(arguments: dict[str, Any], error: type[Exception], code: str) -> None:
    with pytest.raises(error, match=code):
        Table(**arguments)


# ---- logging


def test_a_small_table_stays_in_its_record_and_a_large_one_has_a_file(writer: RunWriter) -> None:
    small, _ = stored(Table(NAMES, ROWS), writer)
    assert small.file is None
    assert small.values == ([1, 2], ["a", "b"], [0.5, None])
    rows = [[i, f"text {i}", i / 3] for i in range(5000)]
    large, values = stored(Table(NAMES, rows), writer)
    assert large.values is None
    assert large.file is not None
    assert large.file.endswith(".table.jsonl.gz")
    assert [list(row) for row in zip(*values, strict=True)] == rows


def test_values_of_all_types_come_back(writer: RunWriter) -> None:
    columns = ["number", "big", "bool", "list", "map", "array", "nothing"]
    row = [float("inf"), 2**70, True, [1, [None]], {"_type": "mine", "a": 1}, np.array([1, 2]), None]
    for times in (1, 3000):
        record, values = stored(Table(columns, [row] * times), writer)
        assert (record.file is None) == (times == 1)
        assert [column[0] for column in values] == [*row[:5], [1, 2], None]
        assert list(types(record).values()) == ["number", "number", "bool", "list", "map", "list", "null"]


def test_media_of_all_kinds_in_cells(writer: RunWriter) -> None:
    image = Image(np.zeros((4, 5), np.uint8), caption="first")
    inner = Table(["x"], [[1]])
    table = Table(["picture", "counts", "table", "pictures"], [[image, Histogram([1, 2]), inner, [image, image]]])
    inner.add_data(2)
    table.add_data(None, None, None, [])
    record, values = stored(table, writer)
    assert list(types(record).values()) == ["image", "histogram", "table", "list"]
    first = [column[0] for column in values]
    assert [cell["_type"] for cell in first[:3]] == ["image", "histogram", "table"]
    assert isinstance(first[0], Tagged)
    assert first[0]["caption"] == "first"
    assert (writer.folder / first[0]["file"]).is_file()
    assert len(first[3]) == 2
    assert [column[1] for column in values] == [None, None, None, []]


def test_a_picture_s_file_may_change_after_the_log(writer: RunWriter, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image(np.zeros((4, 5), np.uint8)).image.save(path)
    before = path.read_bytes()
    table = Table(["picture"], [[Image(path)]])
    snapshot = table.snapshot().keep(writer)
    path.write_bytes(b"changed")
    (column,) = read_table(writer.folder, snapshot.encode(writer))
    assert (writer.folder / column[0]["file"]).read_bytes() == before


def test_what_is_added_after_a_snapshot_is_not_in_it(writer: RunWriter) -> None:
    table = Table(["a"], [[float("nan")]])
    snapshot = table.snapshot()
    table.add_data("text")
    table.add_column("b", [1, 2])
    record = snapshot.encode(writer)
    assert types(record) == {"a": "number"}
    assert record.rows == 1
    assert read_table(writer.folder, record)[0][0] != 0
    assert table.encode(writer).rows == 2


def test_more_rows_than_are_stored_are_told(writer: RunWriter, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Table.MAX_ROWS == 10_000
    monkeypatch.setattr(Table, "MAX_ROWS", 3)
    record, values = stored(Table(["a"], [[i] for i in range(5)]), writer)
    assert (record.rows, record.rows_given, values) == (3, 5, [[0, 1, 2]])
    record, _ = stored(Table(["a"], [[i] for i in range(3)]), writer)
    assert (record.rows, record.rows_given) == (3, None)


@pytest.mark.parametrize("mode", ["IMMUTABLE", "MUTABLE"])
def test_each_log_stores_the_table_as_it_is_then(mode: str, writer: RunWriter) -> None:
    table = Table(["a"], [[1]], log_mode=mode)
    first, _ = stored(table, writer)
    table.add_data(2)
    second, _ = stored(table, writer)
    assert (first.values, second.values) == (([1],), ([1, 2],))
    assert second.increment is None


def test_an_incremental_table_stores_what_was_added(writer: RunWriter, monkeypatch: pytest.MonkeyPatch) -> None:
    table = Table(["a"], log_mode="INCREMENTAL")
    seen = []
    for more in ([1, 2], [3], [], [4, 5, 6, 7]):
        for value in more:
            table.add_data(value)
        if len(more) == 4:
            monkeypatch.setattr(Table, "MAX_ROWS", 2)
        record, _ = stored(table, writer)
        seen.append((record.increment, record.start, record.values, record.rows_given))
    assert seen == [(0, 0, ([1, 2],), None), (1, 2, ([3],), None), (2, 3, ([],), None), (3, 3, ([4, 5],), 4)]
    assert table.data == [[1], [2], [3], [4], [5], [6], [7]]
    for call in (lambda: table.add_column("b", [1]), lambda: table.add_computed_columns(lambda number, row: {})):
        with pytest.raises(UsageError, match="RG235"):
            call()


def test_an_incremental_table_under_two_keys_and_in_two_runs(tmp_path: Path) -> None:
    table = Table(["a"], [[1]], log_mode="INCREMENTAL")
    with rg.init(project="p", dir=tmp_path, system_metrics=False) as run:
        run.log({"one": table, "two": table})
        table.add_data(2)
        run.log({"one": table})
        table.add_data(3)
        run.log({"one": table, "two": table})
    with rg.init(project="p", dir=tmp_path, system_metrics=False) as other:
        other.log({"one": table})

    def increments(folder: Path, key: str) -> list[tuple[int, int, list[Any]]]:
        return [
            (record["increment"], record["start"], record["values"][0])
            for record in rg.read_run(folder).history[key].records
        ]

    assert increments(run.path, "one") == [(0, 0, [1]), (1, 1, [2]), (2, 2, [3])]
    assert increments(run.path, "two") == [(0, 0, [1]), (1, 1, [2, 3])]
    assert increments(other.path, "one") == [(0, 0, [1, 2, 3])]


def grown(folder: Path, values: list[Any], step: int | None, **options: Any) -> Path:
    """One session of a run that logs an incremental table."""
    with rg.init(project="p", dir=folder, id="r", system_metrics=False, **options) as run:
        table = Table(["a"], log_mode="INCREMENTAL")
        for place, value in enumerate(values):
            table.add_data(value)
            run.log({"t": table}, step=None if step is None else step + place)
    return run.path


def increments(folder: Path) -> list[tuple[int, int, list[Any]]]:
    records = rg.read_run(folder).history["t"].records
    return [(record["increment"], record["start"], record["values"][0]) for record in records]


def test_an_incremental_table_goes_on_when_its_run_does(tmp_path: Path) -> None:
    grown(tmp_path, [1, 2], None)
    path = grown(tmp_path, [3, 4], None, resume="must")
    assert increments(path) == [(0, 0, [1]), (1, 1, [2]), (2, 2, [3]), (3, 3, [4])]


def test_a_further_table_of_a_resumed_run_begins_anew(tmp_path: Path) -> None:
    grown(tmp_path, [1, 2], None)
    with rg.init(project="p", dir=tmp_path, id="r", resume="must", system_metrics=False) as run:
        for value in (3, 5):
            table = Table(["a"], [[value]], log_mode="INCREMENTAL")
            run.log({"t": table})
            table.add_data(value + 1)
            run.log({"t": table})
    assert increments(run.path) == [(0, 0, [1]), (1, 1, [2]), (2, 2, [3]), (3, 3, [4]), (0, 0, [5]), (1, 1, [6])]


def test_it_begins_anew_when_the_run_is_taken_back(tmp_path: Path) -> None:
    grown(tmp_path, [1, 2, 3], 0)
    path = grown(tmp_path, [4, 5], 1, resume="must")
    assert increments(path) == [(0, 0, [1]), (0, 0, [4]), (1, 1, [5])]


def test_a_table_of_other_columns_does_not_go_on(tmp_path: Path) -> None:
    grown(tmp_path, [1], None)
    with rg.init(project="p", dir=tmp_path, id="r", resume="must", system_metrics=False) as run:
        run.log({"t": Table(["b"], [[2]], log_mode="INCREMENTAL")})
    assert increments(run.path) == [(0, 0, [1]), (0, 0, [2])]


def test_increments_of_one_step_are_one_table(tmp_path: Path) -> None:
    table = Table(["a"], log_mode="INCREMENTAL")
    with rg.init(project="p", dir=tmp_path, system_metrics=False) as run:
        for step in (0, 0, 0, 1, 1):
            table.add_data(step)
            run.log({"t": table}, step=step)
    found = rg.read_run(run.path).history["t"]
    assert found.steps.tolist() == [0, 1]
    assert [[part["values"][0] for part in records] for records in found.records] == [[[0], [0], [0]], [[1], [1]]]


def test_it_says_how_much_memory_it_takes() -> None:
    image = Image(np.zeros((100, 100), np.uint8))
    assert Table(["a"], [[image]] * 10).snapshot().nbytes >= 100_000
    assert Table(["a"], [[1]] * 1000).snapshot().nbytes >= 8000


def test_a_table_that_grows_through_a_run(tmp_path: Path) -> None:
    whole, added = Table(["a"], log_mode="MUTABLE"), Table(["a", "picture"], log_mode="INCREMENTAL")
    with rg.init(project="p", dir=tmp_path, system_metrics=False) as run:
        for step in range(3):
            whole.add_data(step)
            added.add_data(step, Image(np.full((4, 5), step, np.uint8)))
            run.log({"whole": whole, "added": added})
        whole.add_data(99)
    stored_run = rg.read_run(run.path)
    tables = [stored_run.table(record)["a"] for record in stored_run.history["whole"].records]
    assert tables == [[0], [0, 1], [0, 1, 2]]
    parts = [stored_run.table(record) for record in stored_run.history["added"].records]
    assert [part["a"] for part in parts] == [[0], [1], [2]]
    assert all(stored_run.media_path(part["picture"][0]["file"]).is_file() for part in parts)


def test_pixels_of_a_column_of_images() -> None:
    pixels = np.arange(2 * 30 * 40, dtype=np.uint32).reshape(2, 30, 40, 1).astype(np.uint8)
    table = Table(columns=[])
    table.add_column("x", pixels)
    assert np.array_equal(table.get_column("x", convert_to="numpy"), pixels)
    table.add_column("rgb", np.repeat(pixels, 3, axis=-1))
    assert table.get_column("rgb", convert_to="numpy").shape == (2, 30, 40, 3)
    mixed = Table(columns=["x"], data=[[pixels[0]], [pixels[0, :25]]])
    assert mixed.get_column("x", convert_to="numpy").dtype == object
    halves = np.linspace(-1, 1, 30 * 40).reshape(1, 30, 40, 1)
    table = Table(columns=["x"], data=[[halves[0]]])
    assert np.allclose(table.get_column("x", convert_to="numpy"), halves, atol=1 / 127)
