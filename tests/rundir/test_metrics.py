"""Definitions of metrics: how they add up, what they make of values, and what they show in a summary."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.rundir.history import KeyHistory
from reportgen.rundir.jsonl import DELETED
from reportgen.rundir.metrics import Definition, Definitions, Statistics, summarised

ALL = Definition("k", summary=("min", "max", "mean", "best", "first", "last"), goal="maximize")


def history(values: list[Any], steps: list[int] | None = None, runtimes: list[float] | None = None) -> KeyHistory:
    numbers = all(isinstance(value, (int, float)) for value in values)
    return KeyHistory(
        key="k",
        kind="scalar" if numbers else "text",
        steps=np.array(range(len(values)) if steps is None else steps, np.int64),
        runtimes=np.array(range(len(values)) if runtimes is None else runtimes, np.float64),
        values=np.array(values, np.float64) if numbers else None,
        records=() if numbers else tuple(values),
    )


# ---- definitions


def test_calls_with_one_name_add_up() -> None:
    found = Definitions()
    found.add(Definition("loss", summary=("min",), runtime=1.0))
    found.add(Definition("loss", summary=("max",), hidden=True, runtime=2.0))
    found.add(Definition("loss", goal="minimize", step_metric="epoch", runtime=3.0))
    assert found.of("loss") == Definition(
        "loss", step_metric="epoch", hidden=True, summary=("min", "max"), goal="minimize", runtime=2.0
    )
    found.add(Definition("loss", summary=("none",)))
    assert found.of("loss").silent
    found.add(Definition("loss", summary=("last",)))
    assert found.of("loss").statistics == ("last",)
    found.add(Definition("loss", hidden=False), overwrite=True)
    assert found.of("loss") == Definition("loss", hidden=False)


def test_a_key_takes_what_it_lacks_from_the_longest_glob_that_fits() -> None:
    found = Definitions(
        [
            Definition("*", step_metric="global_step", step_sync=True, summary=("max",), runtime=1.0),
            Definition("train/*", summary=("min",), hidden=True, runtime=2.0),
            Definition("train/loss", goal="minimize", runtime=3.0),
        ]
    )
    assert found.of("train/loss") == Definition(
        "train/loss", "global_step", step_sync=True, hidden=True, summary=("min",), goal="minimize", runtime=2.0
    )
    assert found.of("val").statistics == ("max",)
    assert found.of("_internal") == Definition("_internal")
    assert found.of("global_step").step_metric is None  # its own axis it is not
    assert bool(found)
    assert not Definitions()


def test_best_needs_a_goal() -> None:
    assert Definition("k", summary=("best",)).statistics == ()
    assert Definition("k", summary=("best", "none")).statistics == ()
    assert Definition("k", summary=("best",), goal="minimize").statistics == ("best",)


def test_definitions_survive_the_file() -> None:
    one = Definition("train/*", "epoch", step_sync=False, hidden=True, summary=("min", "max"), goal="minimize")
    assert Definition.from_json(one.to_json()) == one
    assert Definition("k").to_json() == {"name": "k", "runtime": 0.0}
    assert Definition.from_json({"name": "k", "unknown": 3, "goal": None}) == Definition("k")


@pytest.mark.parametrize(
    "value",
    [
        *("k", {}, {"name": ""}, {"name": 3}),
        *({"name": "k", "summary": "min"}, {"name": "k", "goal": "up"}, {"name": "k", "hidden": 1}),
        *({"name": "k", "runtime": True}, {"name": "k", "summary": [1]}),
    ],
)
def test_what_is_no_definition(value: object) -> None:
    with pytest.raises(TypeError, match='a list of mappings with a "name"'):
        Definition.from_json(value)


# ---- statistics


def test_the_value_that_counts_at_a_step_is_the_last_one() -> None:
    found = Statistics()
    for step, value in ((0, 5), (0, 3), (1, 9), (1, None), (2, 4), (3, 100), (3, "text")):
        assert found.add(step, value)
    assert found.entries(ALL) == {"min": 3, "max": 4, "mean": 3.5, "best": 4, "first": 3, "last": "text"}
    assert not found.add(2, 1)
    read = Statistics.of([history([5.0, 6.0])])
    assert not read.add(1, 7)  # what it would replace is known to the file alone
    assert read.add(2, 7)
    assert read.add(2, 8)
    assert read.entries(ALL) == {"min": 5, "max": 8, "mean": 19 / 3, "best": 8, "first": 5, "last": 8}


def test_nan_is_counted_and_poisons_nothing() -> None:
    found = Statistics()
    for step, value in enumerate([math.nan, 3.0, math.nan, 1.0]):
        found.add(step, value)
    entries = found.entries(ALL)
    assert math.isnan(entries.pop("first"))
    assert entries == {"min": 1, "max": 3, "mean": 2, "best": 3, "last": 1, "nan": 2}
    only = Statistics()
    only.add(0, math.nan)
    assert only.entries(Definition("k", summary=("min", "mean"))) == {"nan": 1}
    assert list(only.entries(Definition("k", summary=("last",)))) == ["last"]


def test_infinities_and_huge_numbers_count() -> None:
    found = Statistics()
    for step, value in enumerate([math.inf, 1, -(10**400)]):
        found.add(step, value)
    entries = found.entries(ALL)
    assert (entries["min"], entries["max"]) == (-math.inf, math.inf)
    assert math.isnan(entries["mean"])


def test_nothing_logged_gives_nothing() -> None:
    assert Statistics().entries(ALL) == {}
    assert not Statistics().seen
    assert Statistics.of([]).entries(ALL) == {}
    assert not Statistics.of([history([])]).seen


def test_first_and_last_go_by_time() -> None:
    found = Statistics.of([history([1.0, 2.0, 3.0], steps=[0, 1, 2], runtimes=[5.0, 1.0, 3.0])])
    assert found.entries(ALL) == {"min": 1, "max": 3, "mean": 2, "best": 3, "first": 2, "last": 1}


def test_a_key_of_numbers_and_texts() -> None:
    found = Statistics.of([history([1.0, 2.0], [0, 2], [0.0, 2.0]), history(["a", "b"], [1, 3], [1.0, 3.0])])
    assert found.entries(ALL) == {"min": 1, "max": 2, "mean": 1.5, "best": 2, "first": 1, "last": "b"}


VALUES = st.one_of(
    st.floats(allow_subnormal=False, width=32), st.integers(-(2**60), 2**60), st.just(math.nan), st.just(math.inf)
)


@given(st.lists(VALUES, min_size=1, max_size=30), st.integers(0, 30))
def test_one_by_one_is_all_at_once_to_the_last_bit(values: list[float], cut: int) -> None:
    """Whether everything is read from disk, or a beginning of it and the rest is seen live."""
    with np.errstate(all="ignore"):
        whole = Statistics.of([history([float(value) for value in values])])
        part = Statistics.of([history([float(value) for value in values[:cut]])])
    live = Statistics()
    for step, value in enumerate(values):
        live.add(step, value)
        if step >= cut:
            part.add(step, value)
    assert repr(live.entries(ALL)) == repr(whole.entries(ALL)) == repr(part.entries(ALL))


# ---- the summary


def summary(plain: dict[str, Any], assigned: dict[str, Any], *definitions: Definition) -> dict[str, Any]:
    known = {"k": Statistics.of([history([3.0, 1.0, 2.0])])}
    return summarised(plain, assigned, Definitions(definitions), lambda key: known.get(key, Statistics()))


def test_statistics_take_the_place_of_the_last_value() -> None:
    assert summary({"k": 2, "other": 5}, {}, Definition("k", summary=("min", "max"))) == {
        "other": 5,
        "k.min": 1,
        "k.max": 3,
    }
    assert summary({"k": 2}, {}, Definition("k", summary=("max", "copy"))) == {"k": 2, "k.max": 3}
    assert summary({"k": 2}, {}, Definition("k", summary=("copy",))) == {"k": 2}
    assert summary({"k": 2}, {}, Definition("k", summary=("best",))) == {"k": 2}
    assert summary({"k": 2}, {}, Definition("k", hidden=True)) == {"k": 2}


def test_none_shows_nothing_that_was_logged() -> None:
    silent = Definition("k", summary=("none",), runtime=5.0)
    assert summary({"k": 2}, {}, silent) == {}
    assert summary({"k": 2}, {"k": (6.0, 9)}, silent) == {"k": 9}
    assert summary({"k": 2}, {"k": (6.0, DELETED)}, silent) == {}
    assert summary({"k": 2}, {"k": (4.0, 9)}, silent) == {}
    assert summary({"never logged": 2}, {"never logged": (4.0, 2)}, Definition("*", summary=("none",))) == {
        "never logged": 2
    }


def test_what_is_assigned_by_hand_ends_a_definition() -> None:
    one = Definition("k", summary=("min", "max"), runtime=5.0)
    assert summary({"k": 7}, {"k": (6.0, 7)}, one) == {"k": 7}
    assert summary({"k": 7}, {"k": (4.0, 7)}, one) == {"k.min": 1, "k.max": 3}
    assert summary({"k": 2, "k.min": 0}, {"k.min": (6.0, 0)}, one) == {"k.min": 0, "k.max": 3}
    assert summary({"k": 2}, {"k.min": (6.0, DELETED)}, one) == {"k.max": 3}


def test_a_key_without_numbers_keeps_its_last_value() -> None:
    words = {"k": Statistics.of([history(["a", "b"])])}
    found = summarised({"k": "b"}, {}, Definitions([Definition("*", summary=("min",))]), words.__getitem__)
    assert found == {"k": "b"}
