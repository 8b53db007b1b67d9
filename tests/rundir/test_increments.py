"""Increments of a table that were logged at one step are one value together; nothing else is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from reportgen.rundir.increments import Before, chained, follow, is_chain, logged
from reportgen.rundir.reader import read_run
from tests.rundir.directories import write_run


def part(number: int | None, rows: int = 1) -> dict[str, Any]:
    record: dict[str, Any] = {"_type": "table", "columns": [{"name": "a", "type": "number"}], "rows": rows}
    record["values"] = [list(range(rows))]
    return record if number is None else {**record, "increment": number, "start": number * rows}


def test_which_values_count_together() -> None:
    first, second, third = part(0), part(1), part(2)
    assert follow(first, second) == [first, second]
    assert follow([first, second], third) == [first, second, third]
    for before, after in (
        (second, first),  # another table begins
        (first, third),
        (second, second),
        (part(None), part(None)),
        (first, part(None)),
        (None, second),
        ([], second),
        (3, second),
        (first, "text"),
    ):
        assert follow(before, after) is None
    assert is_chain([first, second])
    assert not any(map(is_chain, ([first], first, [part(None), part(None)], "text", [])))


def test_the_values_of_each_step() -> None:
    records = [part(0), part(1), part(2), part(0), part(1), part(3), "text", part(4)]
    steps = [5, 5, 6, 6, 6, 7, 7, 7]
    assert chained(records, steps, [1, 4, 7]) == [records[0:2], records[3:5], records[7]]


def test_what_was_logged_before() -> None:
    summary = {
        "t": part(2, 3),
        "plain": part(None),
        "x": 5,
        "broken": {**part(1), "values": "?"},
        "chain": [part(0), part(1)],
    }
    assert logged(summary) == {"t": Before(("a",), 3, 9)}


def test_in_a_run(tmp_path: Path) -> None:
    rows = [
        {"_step": 1, "_runtime": 0.1, "t": part(0), "x": 1},
        {"_step": 1, "_runtime": 0.2, "t": part(1)},
        {"_step": 2, "_runtime": 0.3, "t": part(2)},
        {"_step": 1, "_runtime": 0.4, "x": 2},
        {"_step": 2, "_runtime": 0.5, "t": part(3)},
        {"_step": 2, "_runtime": 0.6, "t": part(4)},
    ]
    run = read_run(write_run(tmp_path / "run", rows))
    history = run.history["t"]
    assert (history.kind, history.steps.tolist()) == ("table", [1, 2])
    assert history.records == ([part(0), part(1)], [part(2), part(3), part(4)])
    assert [row["t"] for row in run.history.rows()] == [[part(0), part(1)], [part(2), part(3), part(4)]]
    assert [row.get("x") for row in run.history.rows()] == [2, None]


def test_what_a_resume_took_back_is_kept_apart(tmp_path: Path) -> None:
    rows = [
        {"_step": 1, "_runtime": 0.1, "t": part(0)},
        {"_step": 2, "_runtime": 0.2, "t": part(1)},
        {"_step": 2, "_runtime": 0.3, "t": part(2)},
        {"_step": 2, "_runtime": 1.0, "_summary": {}, "_session": 1},
        {"_step": 2, "_runtime": 1.1, "t": part(0, 2)},
        {"_step": 2, "_runtime": 1.2, "t": part(1, 2)},
    ]
    run = {"sessions": [{"started": 1, "runtime": 0}, {"started": 2, "runtime": 1.0}]}
    history = read_run(write_run(tmp_path / "run", rows, run=run)).history["t"]
    assert history.records == (part(0), [part(0, 2), part(1, 2)])
    assert [old.records for old in history.superseded] == [([part(1), part(2)],)]
