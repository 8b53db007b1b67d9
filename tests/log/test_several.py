"""`init` while a run is open, and its arguments of a wrong type."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import reportgen
from reportgen import ReportgenWarning, Run
from reportgen.errors import InputTypeError, UsageError
from tests.log.scripts import card, rows

Start = Callable[..., Run]


def test_a_disabled_run_beside_an_open_one(start: Start) -> None:
    first = start(project="p")
    other = start(project="p", mode="disabled")
    assert other.disabled
    assert reportgen.run is other
    reportgen.log({"a": 1})
    other.finish()
    assert reportgen.run is first
    reportgen.log({"a": 2})
    assert [row["a"] for row in rows(first.path)] == [2]


def test_every_argument_without_effect_is_named(start: Start) -> None:
    first = start(project="p", group="g", tags=["a"], seeds=7)
    given: dict[str, Any] = {
        "project": "q",
        "name": "n",
        "group": "h",
        "job_type": "eval",
        "tags": ["b"],
        "notes": "x",
        "dir": "elsewhere",
        "resume": "allow",
        "system_metrics": 3,
        "seeds": 8,
        "strict": True,
    }
    with pytest.warns(ReportgenWarning, match="RG131") as said:
        assert start(**given) is first
    assert [name for name in given if f"{name}=" not in str(said[0].message)] == []


def test_arguments_that_agree_are_not_mentioned(start: Start) -> None:
    first = start(project="p", group="g", tags=["a"], seeds=7, dir="runs")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert start(project="p", group="g", tags="a", seeds=7, dir=Path("runs"), mode="offline") is first


def test_a_mode_that_a_disabled_run_does_not_take_up(start: Start) -> None:
    first = start(mode="disabled")
    with pytest.warns(ReportgenWarning, match="RG131.*mode='online' had no effect"):
        assert start(mode="online") is first


def test_the_latest_open_run_is_current_again(start: Start) -> None:
    first = start(id="a")
    second = start(id="b")
    third = start(id="c", reinit="create_new")
    second.finish()
    assert reportgen.run is third
    third.finish()
    assert reportgen.run is first
    first.finish()
    assert reportgen.run is None
    with pytest.raises(UsageError, match=r"RG102: reportgen.log was used after the run a was finished"):
        reportgen.log({"a": 1})


@pytest.mark.parametrize(
    "given",
    [{"id": 7}, {"project": 3}, {"project": Path("x")}, {"tags": 5}, {"seeds": 1.5}, {"seeds": [1]}],
    ids=str,
)
def test_arguments_of_a_wrong_type(start: Start, given: dict[str, Any]) -> None:
    with pytest.raises(InputTypeError, match="RG132"):
        start(**given)
    assert not Path("runs").exists()


def test_texts_that_are_given_as_numbers(start: Start) -> None:
    run = start(project="p", group=3, job_type=2.5, notes=4)
    values = card(run.path)
    assert (values["group"], values["job_type"], values["notes"]) == ("3", "2.5", "4")
    run.notes = 0  # type: ignore[assignment]
    assert card(run.path)["notes"] == "0"


def test_calls_of_later_versions(start: Start) -> None:
    run = start(project="p")
    with pytest.raises(AttributeError, match=r"RG133: this version has no run.define_metric\. Leave it out"):
        run.define_metric("loss")  # type: ignore[attr-defined]
    assert not hasattr(run, "watch")
    with pytest.raises(AttributeError, match="'Run' object has no attribute 'nonsense'"):
        run.nonsense  # type: ignore[attr-defined]  # noqa: B018
    with pytest.raises(AttributeError, match=r"RG133: this version has no reportgen\.Table"):
        reportgen.Table  # noqa: B018
