"""What happens beside the training: facts and samples arrive, and training is not disturbed."""

from __future__ import annotations

import json
import os
import threading
import time
import warnings
from collections.abc import Callable
from typing import Any

import pytest

import reportgen
from reportgen import ReportgenWarning, Run
from tests.log.scripts import card

Start = Callable[..., Run]


def system_rows(run: Run) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (run.path / "system.jsonl").read_text().splitlines()]


def test_facts_arrive(start: Start) -> None:
    run = start()
    assert card(run.path)["state"] == "running"  # the facts may come later, the run is there at once
    run.finish()
    facts = card(run.path)["environment"]
    assert "numpy" in facts["packages"]
    assert facts["memory"] > 0
    assert set(facts["cpu"]) == {"model", "cores", "threads"}


def test_samples(start: Start) -> None:
    run = start(system_metrics=0.1)
    time.sleep(1.0)
    run.finish()
    rows = system_rows(run)
    assert len(rows) >= 3
    assert all("_step" not in row and 0 < row["_runtime"] < 10 for row in rows)
    assert [row["_runtime"] for row in rows] == sorted(row["_runtime"] for row in rows)
    stored = reportgen.read_run(run.path)
    assert stored.problems == ()
    assert stored.system["cpu/percent"].steps.tolist() == list(range(len(rows)))


def test_on_by_default_and_early() -> None:
    run = reportgen.init()
    end = time.monotonic() + 3
    while not system_rows(run) and time.monotonic() < end:
        time.sleep(0.05)
    assert len(system_rows(run)) == 1


def test_off_by_one_argument(start: Start) -> None:
    run = start(system_metrics=False)
    time.sleep(0.8)
    run.finish()
    assert system_rows(run) == []


def test_the_thread_ends_with_the_run(start: Start) -> None:
    before = threading.active_count()
    run = start(system_metrics=0.1)
    assert any(thread.name == "reportgen" and thread.daemon for thread in threading.enumerate())
    run.finish()
    assert threading.active_count() == before


def test_a_disk_that_fails_to_sync_is_told_once(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    run = start(system_metrics=0.05)
    time.sleep(0.4)
    asked = threading.Event()

    def refuse(descriptor: int) -> None:
        asked.set()
        raise OSError(5, "Input/output error")

    with pytest.warns(ReportgenWarning, match="RG114: the run could not be written: Input/output error") as said:  # noqa: PT031
        monkeypatch.setattr(os, "fsync", refuse)
        assert asked.wait(5)
        time.sleep(0.3)
        run.log({"a": 1})
        monkeypatch.undo()
        run.finish()
    assert len(said) == 1
    assert reportgen.read_run(run.path).info.incomplete


def test_a_thread_that_comes_late_touches_nothing(start: Start) -> None:
    run = start(system_metrics=0.05)
    background = run._background
    assert background is not None

    class Late:
        def sample(self) -> dict[str, float]:
            run.finish()  # while the sample is taken
            return {"cpu/percent": 1.0}

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        background._sample(Late())  # type: ignore[arg-type]
        background._sync()
        background._report(OSError(9, "Bad file descriptor"))
    assert not reportgen.read_run(run.path).info.incomplete
