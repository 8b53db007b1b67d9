"""`define_metric`: statistics in the summary, axes in rows, and that a run that was killed has the same summary."""

from __future__ import annotations

import json
import math
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import reportgen
from reportgen import ReportgenWarning, Run
from reportgen.errors import InputTypeError, InputValueError, UsageError
from reportgen.log.values.metrics import definition
from tests.log.scripts import card, rows

Start = Callable[..., Run]


def replayed(run: Run) -> dict[str, Any]:
    """What a reader makes of the rows, while the run is open: the same as after a crash."""
    return dict(reportgen.read_run(run.path).summary)


def at_end(run: Run) -> dict[str, Any]:
    """The summary that a finished run has on disk."""
    run.finish()
    return dict(reportgen.read_run(run.path).summary)


# ---- what a call takes


def test_what_is_returned_has_the_properties_of_a_metric(run: Run) -> None:
    given = run.define_metric("loss", step_metric="epoch", hidden=True, summary="Min, max ,LAST", goal="min")
    assert (given.name, given.step_metric, given.step_sync, given.hidden) == ("loss", "epoch", True, True)
    assert (given.summary, given.goal) == (("min", "max", "last"), "minimize")
    plain = run.define_metric("epoch")
    assert (plain.step_metric, plain.step_sync, plain.hidden, plain.summary, plain.goal) == (None,) * 5
    assert run.define_metric("acc", step_metric=plain, step_sync=False).step_metric == "epoch"
    assert run.define_metric("acc", step_metric=plain, step_sync=False).step_sync is False


@pytest.mark.parametrize(
    "given",
    [
        {"name": ""},
        {"name": "a*b"},
        {"name": "**"},
        {"name": "a", "summary": "median"},
        {"name": "a", "summary": "min;max"},
        {"name": "a", "goal": "upwards"},
        {"name": "a", "step_metric": "train/*"},
    ],
)
def test_what_makes_no_sense_is_refused(run: Run, given: dict[str, Any]) -> None:
    with pytest.raises(InputValueError, match="RG180: define_metric: "):
        run.define_metric(**given)
    assert "metrics" not in card(run.path)


@pytest.mark.parametrize(
    "given",
    [
        {"name": 3},
        {"name": None},
        {"name": "a", "step_metric": 3},
        {"name": "a", "step_sync": "yes"},
        {"name": "a", "hidden": 1},
        {"name": "a", "summary": 3},
        {"name": "a", "summary": ["min"]},
        {"name": "a", "goal": True},
    ],
)
def test_wrong_types_are_refused(run: Run, given: dict[str, Any]) -> None:
    with pytest.raises(InputTypeError, match="RG180: define_metric: "):
        run.define_metric(**given)


def test_words() -> None:
    assert definition("a", summary="").summary == ("copy",)
    assert definition("a", summary="min,none").summary == ("none",)
    assert definition("a", goal="MAXIMISE").goal == "maximize"
    assert definition(r"a\.b").name == "a.b"
    assert definition("train/*").name == "train/*"


def test_other_words_for_a_goal(run: Run) -> None:
    assert run.define_metric("acc", summary="best", objective="maximize").goal == "maximize"
    with pytest.warns(ReportgenWarning, match="RG113: define_metric: no effect: colour"):
        run.define_metric("acc", colour="red")


# ---- the summary


def test_statistics(run: Run) -> None:
    run.define_metric("loss", summary="min,max,mean,first,last,best", goal="minimize")
    for loss in (3, 1, 2):
        run.log({"loss": loss, "other": loss})
    expected = {"min": 1, "max": 3, "mean": 2, "best": 1, "first": 3, "last": 2}
    assert dict(run.summary["loss"]) == expected
    assert run.summary["loss"]["min"] == run.summary.loss.min == run.summary["loss.min"] == 1
    assert replayed(run) == dict(run.summary) == {"other": 2, **{f"loss.{key}": v for key, v in expected.items()}}
    assert at_end(run) == dict(run.summary)


def test_each_word_alone(run: Run) -> None:
    for word in ("min", "max", "mean", "first", "last", "best", "copy", "none"):
        run.define_metric(word, summary=word, goal="maximize")
    for value in (2, 3, 1):
        run.log(dict.fromkeys(("min", "max", "mean", "first", "last", "best", "copy", "none"), value))
    expected = {"min.min": 1, "max.max": 3, "mean.mean": 2, "first.first": 2, "last.last": 1, "best.best": 3, "copy": 1}
    assert dict(run.summary) == expected == replayed(run)


def test_values_logged_before_the_call_count(run: Run) -> None:
    run.log({"loss": 9, "note": "x"})
    run.log({"loss": 1})
    run.define_metric("loss", summary="min,max")
    run.log({"loss": 5})
    assert dict(run.summary["loss"]) == {"min": 1, "max": 9}
    run.define_metric("loss", summary="mean")
    assert dict(run.summary["loss"]) == {"min": 1, "max": 9, "mean": 5}
    assert replayed(run) == dict(run.summary)


def test_nothing_is_kept_of_metrics_that_nobody_defined(run: Run) -> None:
    run.define_metric("loss", summary="min")
    run.log({"loss": 1, "acc": 2})
    assert list(run._metrics._statistics) == ["loss"]


def test_globs_nested_keys_and_order(run: Run) -> None:
    run.define_metric("train/*", summary="max")
    run.define_metric("val.acc", summary="min")
    run.log({"train/a": 1, "val": {"acc": 5}, "_train/a": 1})
    run.log({"train/a": 0, "val.acc": 6, "_train/a": 0})
    assert dict(run.summary) == {"train/a.max": 1, "val.acc.min": 5, "_train/a": 0} == replayed(run)


def test_nan_is_left_out_and_counted(run: Run) -> None:
    run.define_metric("loss", summary="min,mean,best", goal="minimize")
    for loss in (math.nan, 2.0, math.nan, 4.0):
        run.log({"loss": loss})
    assert dict(run.summary["loss"]) == {"min": 2, "mean": 3, "best": 2, "nan": 2}
    assert replayed(run) == dict(run.summary)


def test_best_without_a_goal_is_said(run: Run) -> None:
    with pytest.warns(ReportgenWarning, match=r"RG181: define_metric\('acc'\): without a goal"):
        run.define_metric("acc", summary="best")
    run.log({"acc": 2})
    run.log({"acc": 1})
    assert dict(run.summary) == {"acc": 1} == replayed(run)
    run.define_metric("acc", goal="maximize")
    assert dict(run.summary) == {"acc.best": 2} == replayed(run)


def test_rows_of_one_step_are_one_value(run: Run) -> None:
    run.define_metric("a", summary="min,mean")
    run.log({"a": 1}, step=3)
    run.log({"a": 7}, step=3)
    run.log({"a": 9}, step=4)
    assert dict(run.summary["a"]) == {"min": 7, "mean": 8}
    assert replayed(run) == dict(run.summary)


def test_a_late_row_counts_where_it_belongs(run: Run) -> None:
    run.define_metric("a", summary="min,max,last")
    run.log({"a": 1}, step=3)
    run.log({"a": 5}, step=8)
    with pytest.warns(ReportgenWarning, match="RG111"):
        run.log({"a": 2}, step=3)
    assert dict(run.summary["a"]) == {"min": 2, "max": 5, "last": 2}
    assert replayed(run) == dict(run.summary)


def test_overwrite_and_none(run: Run) -> None:
    run.define_metric("a", summary="min")
    run.define_metric("a", summary="max", overwrite=True)
    run.define_metric("b", summary="none")
    run.log({"a": 1, "b": 1})
    assert dict(run.summary) == {"a.max": 1} == replayed(run)
    run.summary["b"] = 7
    run.log({"a": 2, "b": 2})
    assert dict(run.summary) == {"a.max": 2, "b": 7} == replayed(run)


def test_an_assignment_ends_the_tracking(run: Run) -> None:
    run.define_metric("a", summary="min,max")
    run.log({"a": 1})
    run.summary["a"] = 5
    assert dict(run.summary) == {"a": 5} == replayed(run)
    run.log({"a": 2})
    assert dict(run.summary) == {"a": 2} == replayed(run)
    run.define_metric("a", summary="mean")
    assert dict(run.summary) == {"a.min": 1, "a.max": 2, "a.mean": 1.5} == replayed(run)
    run.summary["a"]["min"] = -1
    run.log({"a": -7})
    assert dict(run.summary["a"]) == {"min": -1, "max": 2, "mean": -4 / 3}
    assert replayed(run) == dict(run.summary)


def test_deletion_ends_it_too(run: Run) -> None:
    run.define_metric("a", summary="min,max")
    run.log({"a": 1})
    del run.summary["a"]["min"]
    run.log({"a": 0})
    assert dict(run.summary) == {"a.max": 1} == replayed(run)
    del run.summary["a"]
    assert dict(run.summary) == {} == replayed(run)
    run.log({"a": 3})
    assert dict(run.summary) == {"a": 3} == replayed(run)


# ---- on disk


def test_definitions_are_in_the_card(run: Run) -> None:
    run.define_metric("epoch")
    run.define_metric("train/*", step_metric="epoch", summary="min", goal="min")
    metrics = card(run.path)["metrics"]
    assert [{k: v for k, v in one.items() if k != "runtime"} for one in metrics] == [
        {"name": "epoch"},
        {"name": "train/*", "step_metric": "epoch", "step_sync": True, "summary": ["min"], "goal": "minimize"},
    ]
    assert all(one["runtime"] > 0 for one in metrics)
    found = reportgen.read_run(run.path).info.metrics
    assert [one.name for one in found] == ["epoch", "train/*"]


def test_a_resumed_run_goes_on(start: Start) -> None:
    first = start(project="p", id="r")
    first.define_metric("loss", step_metric="epoch", summary="min,max")
    first.log({"epoch": 1, "loss": 5, "best": 1})
    first.summary["best"] = 7
    first.finish()
    again = start(project="p", id="r", resume="must")
    assert dict(again.summary) == {"epoch": 1, "loss.min": 5, "loss.max": 5, "best": 7}
    again.log({"loss": 9})
    assert dict(again.summary["loss"]) == {"min": 5, "max": 9}
    assert rows(again.path)[-1]["epoch"] == 1
    assert replayed(again) == dict(again.summary)
    again.summary["loss"] = 3
    assert replayed(again) == dict(again.summary) == {"epoch": 1, "best": 7, "loss": 3}


def test_what_a_resume_superseded_does_not_count(start: Start) -> None:
    first = start(project="p", id="r")
    first.define_metric("loss", summary="min,max")
    for step in range(10):
        first.log({"loss": 100 - step})
    first.finish()
    again = start(project="p", id="r", resume="must")
    again.log({"loss": 50}, step=4)
    assert dict(again.summary["loss"]) == {"min": 50, "max": 100}
    assert replayed(again) == dict(again.summary)
    again.log({"loss": 40})
    assert dict(again.summary["loss"]) == {"min": 40, "max": 100}
    assert replayed(again) == dict(again.summary)


# ---- axes


def test_the_last_value_of_the_axis_is_put_into_rows_that_lack_it(run: Run) -> None:
    run.define_metric("val/*", step_metric="epoch")
    run.log({"val/acc": 0})
    run.log({"epoch": 1})
    run.log({"val/acc": 1, "loss": 2})
    run.log({"epoch": 2, "val/acc": 2})
    run.log({"loss": 3})
    run.log({"val/acc": 3})
    assert [(row.get("val/acc"), row.get("epoch")) for row in rows(run.path)] == [
        (0, None),
        (None, 1),
        (1, 1),
        (2, 2),
        (None, None),
        (3, 2),
    ]
    assert reportgen.read_run(run.path).history["epoch"].steps.tolist() == [1, 2, 3, 5]


def test_not_without_step_sync(run: Run) -> None:
    run.log({"epoch": 4})
    run.define_metric("a", step_metric="epoch", step_sync=False)
    run.define_metric("b", step_metric="epoch")
    run.log({"a": 1})
    run.log({"b": 1})
    assert [row.get("epoch") for row in rows(run.path)] == [4, None, 4]


def test_an_axis_that_follows_in_the_same_step_wins(run: Run) -> None:
    run.define_metric("*", step_metric="epoch")
    run.log({"epoch": 1})
    run.log({"loss": 1}, commit=False)
    run.log({"epoch": 2})
    history = reportgen.read_run(run.path).history["epoch"]
    assert (history.steps.tolist(), history.values.tolist()) == ([0, 1], [1.0, 2.0])


# ---- elsewhere


def test_without_a_run_in_hand(start: Start) -> None:
    with pytest.raises(UsageError, match=r"RG101: reportgen.define_metric was used before init"):
        reportgen.define_metric("loss")
    run = start(project="p")
    assert reportgen.define_metric("loss", summary="min").summary == ("min",)
    reportgen.log({"loss": 1})
    assert run.summary["loss"]["min"] == 1
    run.finish()
    with pytest.raises(UsageError, match="RG102"):
        run.define_metric("acc")


def test_a_disabled_run_can_be_asked(start: Start, tmp_path: Path) -> None:
    run = start(project="p", mode="disabled")
    run.define_metric("loss", summary="min,max")
    for loss in (3, 1, 2):
        run.log({"loss": loss})
    assert dict(run.summary["loss"]) == {"min": 1, "max": 3}
    run.finish()
    assert not list(tmp_path.iterdir())


KEYS = st.sampled_from(["a", "b", "c.d"])
VALUES = st.one_of(
    st.integers(-5, 5), st.floats(width=16), st.just(math.nan), st.none(), st.sampled_from(["x", "y"]), st.booleans()
)
WORDS = st.lists(
    st.sampled_from(["min", "max", "mean", "first", "last", "best", "copy", "none"]), min_size=1, max_size=3
)
CALLS = st.one_of(
    st.tuples(st.just("log"), st.dictionaries(KEYS, VALUES, max_size=3), st.none() | st.integers(0, 6), st.booleans()),
    st.tuples(st.just("define"), st.sampled_from(["a", "b", "c.*", "*"]), WORDS, st.booleans()),
    st.tuples(st.just("assign"), KEYS | st.sampled_from(["a.min", "best"]), VALUES),
    st.tuples(st.just("delete"), KEYS | st.sampled_from(["a.min", "c"])),
    st.tuples(st.just("look")),
    st.tuples(st.just("resume")),
)


def carry_out(run: Run, call: tuple[Any, ...], again: Callable[[], Run]) -> Run:
    match call:
        case ("log", data, step, commit):
            run.log(data, step=step, commit=commit)
        case ("define", name, words, overwrite):
            run.define_metric(name, summary=",".join(words), goal="minimize", overwrite=overwrite)
        case ("assign", key, value):
            run.summary[key] = value
        case ("delete", key) if key in run.summary:
            del run.summary[key]
        case ("look",):
            dict(run.summary)
        case ("resume",):
            run.finish()
            return again()
    return run


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(calls=st.lists(CALLS, min_size=1, max_size=12))
def test_the_live_summary_is_the_replayed_one(calls: list[tuple[Any, ...]], start: Start) -> None:
    """Whatever is called in whatever order: a killed run, a finished one and a live one have the same summary."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ReportgenWarning)
        run = start(project="p", strict=True)
        again = lambda: start(project="p", id=run.id, resume="must", strict=True)  # noqa: E731
        try:
            for call in calls:
                run = carry_out(run, call, again)
            live = normal(dict(run.summary))
            assert normal(replayed(run)) == live
            assert normal(at_end(run)) == live
        finally:
            run.finish()


def normal(summary: dict[str, Any]) -> str:
    """A summary as text: NaN is equal to itself, and 3 to 3.0."""
    return json.dumps(
        {key: float(v) if isinstance(v, (int, float)) else v for key, v in summary.items()}, sort_keys=True
    )
