"""A run that stores nothing: every call works, nothing is encoded, copied or waited for."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import reportgen
from reportgen import Run

Start = Callable[..., Run]


@pytest.fixture
def disabled(start: Start) -> Run:
    return start(project="p", mode="disabled")


class Number:
    """A number on a graphics card: asking for it waits for the card."""

    shape = ()

    def __init__(self, value: float, asked: list[float]) -> None:
        self.value = value
        self.asked = asked
        self.graph: object = "all that it was computed from"

    def detach(self) -> Number:
        return Number(self.value, self.asked)

    def item(self) -> float:
        self.asked.append(self.value)
        return self.value


def test_what_is_logged_can_be_read_back(disabled: Run, tmp_path: Path) -> None:
    disabled.log({"a": 1, "b": 0.5, "text": "x", "flag": True, "none": None, "_timestamp": 3})
    disabled.log({"val": {"acc": np.float32(0.5), "top": {"5": 1}}, "list": [1, 2], "numpy": np.int64(3)})
    disabled.log({"a": np.arange(1000), "picture": reportgen.Image(np.eye(3)), "object": object()})
    assert dict(disabled.summary) == {
        "a": 1,
        "b": 0.5,
        "text": "x",
        "flag": True,
        "val.acc": 0.5,
        "val.top.5": 1,
        "list": [1, 2],
        "numpy": 3,
    }
    assert disabled.summary["val"]["acc"] == disabled.summary.val.acc == 0.5
    assert disabled.step == 3
    assert list(tmp_path.iterdir()) == []


def test_numbers_on_a_card_are_fetched_when_they_are_asked_for(disabled: Run) -> None:
    asked: list[float] = []
    for step in range(100):
        disabled.log({"loss": Number(step / 10, asked)})
    assert asked == []
    assert disabled.summary["loss"] == 9.9
    assert (disabled.summary["loss"], asked) == (9.9, [9.9])
    assert not hasattr(vars(disabled)["_latest"].get("loss"), "graph")


def test_steps(disabled: Run) -> None:
    disabled.log({"a": 1}, step=5)
    assert disabled.step == 5
    disabled.log({"a": 2}, commit=True)
    assert disabled.step == 6
    disabled.log({"a": 3}, step=2)
    assert (disabled.step, disabled.summary["a"]) == (6, 3)
    disabled.log({}, commit=False)
    disabled.log(None)
    assert disabled.step == 7


@pytest.mark.parametrize(
    "given",
    [({"a": 1}, "x"), ({"a": 1}, -1), ([1], None), ("text", None), ({1: {2: 3}}, None), ({"": 1}, None)],
    ids=str,
)
def test_nothing_is_refused(disabled: Run, given: tuple[Any, Any]) -> None:
    disabled.log(*given)
    disabled.summary["best"] = 1
    disabled.config["lr"] = 2
    disabled.name, disabled.tags, disabled.notes = "n", ["t"], "x"
    disabled.finish()
    disabled.log({"a": 2})


def test_a_mapping_that_holds_itself(disabled: Run) -> None:
    endless: dict[str, Any] = {"a": 1}
    endless["again"] = endless
    disabled.log(endless)
    assert disabled.summary["a"] == 1


def test_statistics_of_defined_metrics(disabled: Run) -> None:
    disabled.define_metric("loss", summary="min,max")
    for value in (3, 1, 2):
        disabled.log({"loss": value})
    assert (disabled.summary["loss"]["min"], disabled.summary["loss"]["max"]) == (1, 3)


def test_nothing_is_held(disabled: Run) -> None:
    """No array stays in memory because it was logged."""
    large = np.zeros(1000)
    before = sys.getrefcount(large)
    disabled.log({"a": large, "b": {"c": large}, "d": [large]})
    assert sys.getrefcount(large) == before


def test_no_thread_is_started(start: Start) -> None:
    import threading

    before = threading.active_count()
    start(mode="disabled").log({"picture": reportgen.Image(np.eye(3))})
    assert threading.active_count() == before
