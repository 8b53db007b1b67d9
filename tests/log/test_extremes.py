"""Clocks that jump, steps that jump, rows of 100 MB and of 10,000 metrics: complete and readable."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import reportgen
from reportgen import ReportgenWarning, Run
from tests.log.scripts import card

Start = Callable[..., Run]

DAY = 86_400.0


@pytest.mark.parametrize("jump", [-3600.0, 3600.0, -400 * DAY, 400 * DAY], ids=["DST", "DST back", "past", "future"])
def test_a_clock_that_is_set(start: Start, monkeypatch: pytest.MonkeyPatch, jump: float) -> None:
    """Rows carry time since the start, by a clock that nobody sets; a resumed session goes on from there."""
    now = time.time
    run = start(project="p", id="r")
    run.log({"a": 0})
    monkeypatch.setattr(time, "time", lambda: now() + jump)
    run.log({"a": 1})
    run.finish()
    again = start(project="p", id="r", resume="must")
    again.log({"a": 2})
    monkeypatch.setattr(time, "time", now)
    again.log({"a": 3})
    again.finish()
    stored = reportgen.read_run(run.path)
    a = stored.history["a"]
    assert a.values is not None
    assert a.values.tolist() == [0, 1, 2, 3]
    assert (np.diff(a.runtimes) > 0).all()
    assert 0 <= a.runtimes[0] <= a.runtimes[-1] <= (stored.info.duration or 0) < 60
    assert stored.problems == ()
    assert card(run.path)["sessions"][0]["runtime"] == 0


def test_steps_that_jump(start: Start) -> None:
    run = start(project="p", id="r")
    steps = [0, 2**53 + 1, 2**63 - 1, 5, 2**40]
    with pytest.warns(ReportgenWarning, match="RG111") as said:  # noqa: PT031
        for value, step in enumerate(steps):
            run.log({"a": value}, step=step)
    assert len(said) == 1
    run.finish()
    a = reportgen.read_run(run.path).history["a"]
    assert a.steps.tolist() == sorted(steps)
    assert a.values is not None
    assert a.values.tolist() == [0, 3, 4, 1, 2]


def test_a_row_of_100_megabytes(start: Start) -> None:
    run = start(project="p", id="r")
    text = "0123456789" * 10_000_000
    run.log({"before": 1})
    run.log({"text": text, "beside": 2})
    run.log({"after": 3})
    run.finish()
    stored = reportgen.read_run(run.path)
    assert stored.problems == ()
    assert stored.history["text"].records == (text,)
    assert [stored.summary[key] for key in ("before", "beside", "after")] == [1, 2, 3]
    assert [set(row) - {"_step", "_runtime"} for row in stored.history.rows()] == [
        {"before"},
        {"text", "beside"},
        {"after"},
    ]


def test_rows_of_ten_thousand_metrics(start: Start) -> None:
    run = start(project="p", id="r")
    names = [f"layer.{i // 100}/weight.{i % 100}" for i in range(10_000)]
    for step in range(5):
        run.log({name: step + i / 10_000 for i, name in enumerate(names)})
    for i, name in enumerate(names[:2000]):  # each in a row of its own: as many sets of keys as rows
        run.log({name: -i}, step=5 + i)
    run.finish()
    stored = reportgen.read_run(run.path)
    assert stored.problems == ()
    assert list(stored.history) == names
    for i in (0, 1999, 2000, 9999):
        values = stored.history[names[i]].values
        assert values is not None
        own = [-i] if i < 2000 else []
        assert values.tolist() == [*(step + i / 10_000 for step in range(5)), *own]


def test_many_rows_and_a_resume_in_their_middle(start: Start, tmp_path: Path) -> None:
    """100,000 rows in two sessions; the second goes back by 20,000 steps."""
    run = start(project="p", id="r")
    for step in range(60_000):
        run.log({"a": step})
    run.finish()
    run = start(project="p", id="r", resume="must")
    run.log({"a": -40_000}, step=40_000)
    assert run.step == 40_000
    for step in range(40_001, 80_000):
        run.log({"a": -step}, step=step)
    run.finish()
    a = reportgen.read_run(run.path).history["a"]
    assert a.values is not None
    assert np.array_equal(a.steps, np.arange(80_000))
    assert np.array_equal(a.values, np.where(a.steps < 40_000, a.steps, -a.steps))
    (old,) = a.superseded
    assert old.values is not None
    assert np.array_equal(old.values, np.arange(40_000, 60_000))
