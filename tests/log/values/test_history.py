"""`run.history`: a row that is filled piece by piece, as the oldest of the documents describes it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import reportgen
from reportgen import Run
from reportgen.errors import InputKeyError, InputTypeError, UsageError
from tests.log.scripts import rows


def test_the_row_is_closed_by_log_and_by_add(run: Run) -> None:
    row = run.history.row
    row["loss"] = 1
    row.update({"acc": 2}, lr=3)
    assert dict(row) == {"loss": 1, "acc": 2, "lr": 3}
    assert (len(row), "loss" in row, row.get("x"), repr(row)) == (3, True, None, "{'loss': 1, 'acc': 2, 'lr': 3}")
    run.log({"val": 4})
    assert dict(run.history.row) == {}
    run.history.row["loss"] = 5
    run.history.add({"val": 6})
    run.history.row["loss"] = 7
    run.history.add()
    run.history.add({"loss": 8}, step=9)
    assert run.step == 10
    stored = reportgen.read_run(run.path).history
    assert [{key: row[key] for key in row if key != "_runtime"} for row in stored.rows()] == [
        {"_step": 0, "loss": 1, "acc": 2, "lr": 3, "val": 4},
        {"_step": 1, "loss": 5, "val": 6},
        {"_step": 2, "loss": 7},
        {"_step": 9, "loss": 8},
    ]


def test_what_is_put_into_the_row_is_on_disk_at_once(run: Run) -> None:
    run.history.row["loss"] = np.float32(0.5)
    assert rows(run.path)[-1]["loss"] == 0.5
    assert run.summary["loss"] == 0.5


def test_a_value_can_be_changed_and_taken_out(run: Run) -> None:
    run.history.row["a"] = 1
    run.history.row["a"] = 2
    run.history.row["b"] = 3
    del run.history.row["b"]
    assert dict(run.history.row) == {"a": 2}
    run.history.add()
    history = reportgen.read_run(run.path).history
    assert history["a"].values is not None
    assert history["a"].values.tolist() == [2.0]
    assert "b" not in history


def test_what_is_missing_is_named(run: Run) -> None:
    with pytest.raises(InputKeyError, match="RG182: the row of step 0 has no key 'x'"):
        run.history.row["x"]
    with pytest.raises(KeyError):
        del run.history.row["x"]
    run.history.row.update()
    assert rows(run.path) == []


def test_a_value_that_is_refused_is_not_in_the_row(run: Run) -> None:
    with pytest.raises(InputTypeError, match=r"RG108.*'bad'"):
        run.history.row["bad"] = object()
    assert dict(run.history.row) == {}


def test_a_pending_row_is_there_after_the_end(run: Run, start: Callable[..., Run]) -> None:
    run.history.row["a"] = 1
    run.finish()
    assert "a" in reportgen.read_run(run.path).history
    with pytest.raises(UsageError, match="RG102"):
        run.history.add({"a": 2})
