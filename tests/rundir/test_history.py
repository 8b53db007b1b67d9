import json
import math
import pickle
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.rundir.history import EMPTY, History, read_history, together
from reportgen.rundir.rows import Faults
from tests.rundir.directories import simple_reading, write_run


def read(folder: Path, *rows: dict, numbered: bool = False) -> History:
    write_run(folder, rows)
    return read_history(folder, "history.jsonl", Faults("f"), numbered=numbered)[0]


def row(step: int, **values: object) -> dict:
    return {"_step": step, "_runtime": step / 2, **values}


def test_columns(tmp_path: Path) -> None:
    history = read(tmp_path, *(row(i, loss=1 / (i + 1), note=f"n{i}") for i in range(5)))
    loss = history["loss"]
    assert (loss.kind, loss.key, len(loss), loss.replaced, loss.records) == ("scalar", "loss", 5, 0, ())
    assert loss.steps.dtype == np.int64
    assert loss.steps.tolist() == [0, 1, 2, 3, 4]
    assert loss.runtimes.tolist() == [0, 0.5, 1, 1.5, 2]
    assert loss.values is not None
    assert loss.values.tolist() == [1 / (i + 1) for i in range(5)]
    assert history["note"].records == ("n0", "n1", "n2", "n3", "n4")
    assert history["note"].values is None
    assert list(history) == ["loss", "note"]
    assert history.lines == 5
    assert "2 keys" in repr(history)


def test_arrays_are_read_only_and_shared(tmp_path: Path) -> None:
    history = read(tmp_path, row(0, a=1, b=2, c="x"), row(1, a=1, b=2), row(1, a=3, b=4))
    assert history["a"].steps is history["b"].steps
    for array in (history["a"].steps, history["a"].runtimes, history["a"].values, history.steps):
        assert array is not None
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


def test_rows_of_one_step_are_merged(tmp_path: Path) -> None:
    rows = (row(3, a=1, b=1), {"_step": 3, "_runtime": 9, "a": 2}, row(4, a=5), row(4, a=6), row(4, a=7))
    history = read(tmp_path, *rows)
    a = history["a"]
    assert (a.steps.tolist(), a.runtimes.tolist(), a.values.tolist(), a.replaced) == ([3, 4], [9, 2], [2, 7], 3)
    assert history["b"].runtimes.tolist() == [1.5]
    assert list(history.rows()) == [
        {"_step": 3, "_runtime": 9, "a": 2, "b": 1},
        {"_step": 4, "_runtime": 2, "a": 7},
    ]


def test_rows_out_of_order_are_ordered(tmp_path: Path) -> None:
    history = read(tmp_path, row(5, a=5), row(2, a=2, t="x"), row(9, a=9), row(2, a=22))
    assert history["a"].steps.tolist() == [2, 5, 9]
    assert history["a"].values.tolist() == [22, 5, 9]
    assert history["a"].replaced == 1
    assert history.steps.tolist() == [2, 5, 9]
    assert [r["a"] for r in history.rows()] == [22, 5, 9]


def test_none_is_left_out_but_replaces(tmp_path: Path) -> None:
    history = read(tmp_path, row(0, a=1, n=None), row(1, a=2), row(1, a=None), row(2, a=None), row(3, a=4))
    assert history["a"].steps.tolist() == [0, 3]
    assert history["a"].replaced == 1
    assert "n" not in history
    assert [r.get("a") for r in history.rows()] == [1, None, None, 4]


def test_several_kinds_under_one_key(tmp_path: Path) -> None:
    history = read(tmp_path, row(0, a="x"), row(1, a=1), row(2, a=2), row(0, a=0), row(3, a="y"), row(4, a=4))
    assert [(h.kind, h.steps.tolist(), h.replaced) for h in history.all] == [
        ("text", [3], 1),
        ("scalar", [0, 1, 2, 4], 0),
    ]
    assert history["a"].kind == "scalar"
    assert history["a"].values.tolist() == [0, 1, 2, 4]


def test_of_kinds_with_as_many_values_the_first_counts(tmp_path: Path) -> None:
    assert read(tmp_path, row(0, a="x"), row(1, a=1))["a"].kind == "text"


def test_numbers_that_json_lacks(tmp_path: Path) -> None:
    words = ("NaN", "Infinity", "-Infinity")
    history = read(
        tmp_path, *(row(i, a={"_type": "float", "value": word}) for i, word in enumerate(words)), row(3, a=1)
    )
    assert repr(history["a"].values.tolist()) == "[nan, inf, -inf, 1.0]"
    assert math.isnan(next(history.rows())["a"])


def test_empty_rows_are_steps(tmp_path: Path) -> None:
    history = read(tmp_path, row(0), row(7))
    assert history.steps.tolist() == [0, 7]
    assert len(history) == 0
    assert len(list(history.rows())) == 2


def test_nothing_logged(tmp_path: Path) -> None:
    for history in (EMPTY, read(tmp_path)):
        assert (len(history), list(history.rows()), history.steps.tolist(), history.lines) == (0, [], [], 0)


def test_samples_are_numbered(tmp_path: Path) -> None:
    history = read(tmp_path, *({"_runtime": t, "cpu": t} for t in (5, 3, 4)), numbered=True)
    assert history["cpu"].steps.tolist() == [0, 1, 2]
    assert [r["cpu"] for r in history.rows()] == [5, 3, 4]


def test_it_can_be_sent_to_another_process(tmp_path: Path) -> None:
    sent = read(tmp_path, row(0, a=1, b="x"), row(1, a=2))["a"]
    back = pickle.loads(pickle.dumps(sent))  # noqa: S301
    assert back.values.tolist() == [1, 2]


def test_histories_of_several_processes(tmp_path: Path) -> None:
    parts = {
        "": read(tmp_path / "a", row(0, a=1, b=1), row(1, a=2)),
        "2": read_history(
            write_run(tmp_path / "b", [row(1, a=5), row(9, c=6)]), "history.jsonl", Faults("f"), writer="2"
        )[0],
    }
    both = together(parts)
    assert [(h.key, h.writer, h.rank) for h in both.all] == [("a", "", 0), ("b", "", 0), ("a", "2", 2), ("c", "2", 2)]
    assert list(both) == ["a", "b", "c"]
    assert both["a"].values.tolist() == [1, 2]
    assert (both["c"].writer, both.steps.tolist(), both.lines) == ("2", [0, 1, 9], 4)
    assert both.writers is parts
    assert [(r["_step"], r.get("_writer")) for r in both.rows()] == [(0, None), (1, None), (1, "2"), (9, "2")]
    assert together({"": parts[""]}) is parts[""]
    assert list(parts[""].writers) == [""]


STEPS = st.one_of(st.integers(0, 6), st.integers(0, 6), st.sampled_from([2**53 + 1, 2**63 - 1, 3.0, -1, "x", 1.5]))
VALUES = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(-(2**63), 2**64 - 1),
    st.booleans(),
    st.none(),
    st.sampled_from(["", "text", "1.5", "</script>"]),
    st.sampled_from(
        [
            [],
            [1, 2],
            {"_type": "image", "file": "x"},
            [{"_type": "image"}],
            {"_type": "float", "value": "NaN"},
            {"_type": "float", "value": "?"},
            {"a": {"b": 1}},
        ]
    ),
)
ROWS = st.fixed_dictionaries(
    {"_step": STEPS, "_runtime": st.floats(0, 1e6)},
    optional={"a": st.floats(-1, 1), "b": st.integers(0, 9), "c": VALUES, "d": VALUES, "": VALUES},
)


def assert_read_as_simply(folder: Path, data: bytes, batch: int) -> None:
    write_run(folder, data)
    history, _, _ = read_history(folder, "history.jsonl", Faults("f"), batch=batch)
    cells, steps, rows = simple_reading(data)
    found = {
        (h.key, h.kind): list(
            zip(
                h.steps.tolist(), h.runtimes.tolist(), h.records if h.values is None else h.values.tolist(), strict=True
            )
        )
        for h in history.all
    }
    assert repr(sorted(found.items())) == repr(sorted(cells.items()))
    assert history.steps.tolist() == steps
    assert repr([sorted(row.items()) for row in history.rows()]) == repr([sorted(row.items()) for row in rows])


@given(st.lists(ROWS, max_size=30), st.integers(1, 600))
def test_fast_paths_read_what_the_simple_reader_reads(tmp_path_factory, rows: list, batch: int) -> None:
    data = b"".join(json.dumps(r, ensure_ascii=False).encode() + b"\n" for r in rows)
    assert_read_as_simply(tmp_path_factory.getbasetemp() / "run", data, batch)


@given(
    st.lists(ROWS, min_size=1, max_size=12),
    st.lists(st.tuples(st.integers(0, 10_000), st.sampled_from(list(b'\n\r\0{}[],:"e9n \xff'))), max_size=6),
    st.integers(1, 200),
)
def test_damaged_bytes_cost_no_more_than_their_lines(tmp_path_factory, rows: list, damage: list, batch: int) -> None:
    data = bytearray(b"".join(json.dumps(r).encode() + b"\n" for r in rows))
    for place, byte in damage:
        data[place % len(data)] = byte
    assert_read_as_simply(tmp_path_factory.getbasetemp() / "run", bytes(data), batch)


@given(st.binary(max_size=300), st.integers(1, 50))
def test_any_bytes_can_be_read(tmp_path_factory, data: bytes, batch: int) -> None:
    assert_read_as_simply(tmp_path_factory.getbasetemp() / "run", data, batch)
