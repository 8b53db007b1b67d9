"""The rules that users of W&B's API know, line by line; docs/wandb.md tells where ours differ, and why."""

from __future__ import annotations

import argparse
import collections
import dataclasses
import datetime
import decimal
import enum
import json
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import reportgen
from reportgen import Image, ReportgenWarning, Run
from reportgen.errors import InputTypeError, InputValueError, ReportgenError, UsageError
from tests.log.scripts import card, rows
from tests.media.quacks import bfloat16, tensor

Start = Callable[..., Run]
Calls = Callable[[Run], None]


def merged(run: Run) -> list[dict[str, Any]]:
    """The rows as a reader has them: those of a step are one."""
    return [{k: v for k, v in row.items() if k != "_runtime"} for row in reportgen.read_run(run.path).history.rows()]


# ---- log: which calls make which rows

LATE = "RG111: step . is lower than the current step"

ROWS: dict[str, tuple[Calls, list[dict[str, Any]]]] = {
    "each call is a step": (
        lambda run: (run.log({"a": 1}), run.log({"a": 2})),
        [{"_step": 0, "a": 1}, {"_step": 1, "a": 2}],
    ),
    "with commit=False the row stays open": (
        lambda run: (run.log({"a": 1}, commit=False), run.log({"b": 2}), run.log({"c": 3})),
        [{"_step": 0, "a": 1, "b": 2}, {"_step": 1, "c": 3}],
    ),
    "with a step the row stays open": (
        lambda run: (run.log({"a": 1}, step=5), run.log({"b": 2}, step=5), run.log({"c": 3}, step=6)),
        [{"_step": 5, "a": 1, "b": 2}, {"_step": 6, "c": 3}],
    ),
    "a later step closes the pending row under its own step": (
        lambda run: (run.log({"a": 1}, commit=False), run.log({"b": 2}, step=7)),
        [{"_step": 0, "a": 1}, {"_step": 7, "b": 2}],
    ),
    "at the same step the later value wins, and nested mappings merge": (
        lambda run: (run.log({"a": 1, "n": {"x": 1}}, step=0), run.log({"a": 2, "n": {"y": 2}}, step=0)),
        [{"_step": 0, "a": 2, "n.x": 1, "n.y": 2}],
    ),
    "commit=True closes the row of a step": (
        lambda run: (run.log({"a": 1}, step=3, commit=True), run.log({"b": 2})),
        [{"_step": 3, "a": 1}, {"_step": 4, "b": 2}],
    ),
    "without a step after an open one: into that row, and close it": (
        lambda run: (run.log({"a": 1}, step=5), run.log({"b": 2}), run.log({"c": 3})),
        [{"_step": 5, "a": 1, "b": 2}, {"_step": 6, "c": 3}],
    ),
    "log() without data closes the row": (
        lambda run: (run.log({"a": 1}, commit=False), run.log(), run.log({"a": 2})),
        [{"_step": 0, "a": 1}, {"_step": 1, "a": 2}],
    ),
    "an empty mapping makes a row": (
        lambda run: (run.log({}), run.log({"a": 1})),
        [{"_step": 0}, {"_step": 1, "a": 1}],
    ),
    "the pending row is there after finish": (
        lambda run: (run.log({"a": 1}, commit=False), run.finish()),
        [{"_step": 0, "a": 1}],
    ),
    "steps may be whole numbers of numpy, and tensors": (
        lambda run: (run.log({"a": 1}, step=np.int64(2)), run.log({"b": 2}, step=tensor(np.array(4)))),
        [{"_step": 2, "a": 1}, {"_step": 4, "b": 2}],
    ),
    "a key with a dot is the nested one": (
        lambda run: (run.log({"a.b": 1}), run.log({"a": {"b": 2}})),
        [{"_step": 0, "a.b": 1}, {"_step": 1, "a.b": 2}],
    ),
    "numbers that are keys of nested mappings become text": (
        lambda run: run.log({"per_class": {0: 0.5, 1: 0.25}}),
        [{"_step": 0, "per_class.0": 0.5, "per_class.1": 0.25}],
    ),
    "None is kept in the row": (lambda run: run.log({"a": None}), [{"_step": 0, "a": None}]),
    "any mapping will do": (lambda run: run.log(collections.ChainMap({"a": 1})), [{"_step": 0, "a": 1}]),
}


@pytest.mark.parametrize("rule", ROWS)
def test_rows(rule: str, run: Run) -> None:
    calls, expected = ROWS[rule]
    calls(run)
    assert merged(run) == expected


def test_a_lower_step_is_stored_where_it_belongs(run: Run) -> None:
    run.log({"a": 1}, step=5, commit=True)
    with pytest.warns(ReportgenWarning, match=LATE):
        run.log({"b": 2}, step=5)  # the row was closed; W&B drops this
    run.log({"c": 3}, step=1)  # and this
    run.log({"d": 4})
    assert merged(run) == [{"_step": 1, "c": 3}, {"_step": 5, "a": 1, "b": 2}, {"_step": 6, "d": 4}]


def test_step_is_that_of_the_next_call(run: Run) -> None:
    seen = [run.step]
    for given in ({}, {"commit": False}, {"step": 7}, {"step": 7, "commit": True}, {}):
        run.log({"a": 1}, **given)
        seen.append(run.step)
    assert seen == [0, 1, 1, 7, 8, 9]


REFUSED: dict[str, tuple[Calls, type[Exception], str]] = {
    "data is a mapping": (lambda run: run.log([("a", 1)]), TypeError, "RG103"),  # type: ignore[arg-type]
    "keys are text": (lambda run: run.log({1: 2}), TypeError, "RG104"),  # type: ignore[dict-item]
    "keys are not empty": (lambda run: run.log({"": 2}), ValueError, "RG105"),
    "a step is no float": (lambda run: run.log({"a": 1}, step=1.0), TypeError, "RG106"),  # type: ignore[arg-type]
    "a step is no text": (lambda run: run.log({"a": 1}, step="1"), TypeError, "RG106"),  # type: ignore[arg-type]
    "a step is no truth value": (lambda run: run.log({"a": 1}, step=True), TypeError, "RG106"),
    "a step is not negative": (lambda run: run.log({"a": 1}, step=-1), ValueError, "RG107"),
}


@pytest.mark.parametrize("rule", REFUSED)
def test_refused(rule: str, run: Run) -> None:
    calls, kind, code = REFUSED[rule]
    with pytest.raises(kind, match=code):
        calls(run)
    assert rows(run.path) == []
    assert run.step == 0


def test_before_init_and_after_finish(start: Start) -> None:
    with pytest.raises(UsageError, match=r"RG101: reportgen\.log was used before init"):
        reportgen.log({"a": 1})
    run = start(project="p")
    run.finish()
    with pytest.raises(UsageError, match="RG102"):
        run.log({"a": 1})
    with pytest.raises(UsageError, match="RG102"):
        reportgen.log({"a": 1})


def test_fields_that_are_not_the_users(run: Run) -> None:
    run.log({"a": 1, "_timestamp": 1.5})
    with pytest.warns(ReportgenWarning, match="RG112"):
        run.log({"a": 2, "_step": 99, "_runtime": 3})
    found = list(reportgen.read_run(run.path).history.rows())
    assert [(row["_step"], row.get("_timestamp")) for row in found] == [(0, 1.5), (1, None)]
    assert all(row["_runtime"] < 2 for row in found)


def test_the_input_is_neither_changed_nor_kept(run: Run) -> None:
    array, items = np.arange(3), [1, {"x": 2}]
    data = {"array": array, "items": items, "nested": {"y": 3}}
    run.log(data)
    array[:] = 9
    items.append(4)
    assert list(data) == ["array", "items", "nested"]
    assert merged(run) == [{"_step": 0, "array": [0, 1, 2], "items": [1, {"x": 2}], "nested.y": 3}]


# ---- values


class Colour(enum.Enum):
    RED = "red"


@dataclasses.dataclass
class Score:
    precision: float
    recall: float


VALUES: list[tuple[Any, Any]] = [
    (True, True),
    (3, 3),
    (0.5, 0.5),
    ("text", "text"),
    (2**70, 2**70),
    (float("inf"), math.inf),
    (-float("inf"), -math.inf),
    (b"bytes", "bytes"),
    (np.float16(0.5), 0.5),
    (np.bool_(True), True),
    (tensor(np.array(0.5)), 0.5),
    (bfloat16(np.array(0.5)), 0.5),
    (np.array([[7]]), 7),
    (np.arange(6).reshape(2, 3), [[0, 1, 2], [3, 4, 5]]),
    ((1, 2), [1, 2]),
    ({2, 1}, [1, 2]),
    (range(3), [0, 1, 2]),
    (datetime.date(2026, 11, 21), "2026-11-21"),
    (datetime.datetime(2026, 11, 21, 12), "2026-11-21 12:00:00"),
    (decimal.Decimal("0.5"), 0.5),
    (Path("a/b"), "a/b"),
    (1 + 2j, "(1+2j)"),
    (Colour.RED, "red"),
    (len, "builtins.len"),
]


@pytest.mark.parametrize(("given", "kept"), VALUES, ids=lambda value: re.sub(r" object at 0x.*", "", repr(value))[:30])
def test_values(given: Any, kept: Any, run: Run) -> None:
    run.log({"k": given, "list": [given]})
    row = next(reportgen.read_run(run.path).history.rows())
    assert (row["k"], type(row["k"])) == (kept, type(kept))
    assert row["list"] == [kept]


def test_nan_is_kept(run: Run) -> None:
    run.log({"a": float("nan"), "b": np.float32("nan"), "c": [float("nan")]})
    row = next(reportgen.read_run(run.path).history.rows())
    assert all(math.isnan(value) for value in (row["a"], row["b"], row["c"][0]))


def test_a_dataclass_is_a_mapping(run: Run) -> None:
    run.log({"score": Score(0.5, 0.25)})
    assert merged(run) == [{"_step": 0, "score.precision": 0.5, "score.recall": 0.25}]


def test_more_than_32_numbers_are_a_histogram_of_32_bins(run: Run) -> None:
    run.log({"few": np.arange(32), "many": np.arange(33), "torch": tensor(np.arange(40.0)), "list": list(range(100))})
    run.flush()
    row = next(reportgen.read_run(run.path).history.rows())
    assert (row["few"], row["list"]) == (list(range(32)), list(range(100)))
    assert [(row[key]["_type"], len(row[key]["counts"])) for key in ("many", "torch")] == [("histogram", 32)] * 2


@pytest.mark.parametrize(
    "value", [object(), (n for n in "ab"), [Image(np.zeros((2, 2))), None], np.array(["x"] * 40), {"deep": [object()]}]
)
def test_what_cannot_be_stored_is_named_and_costs_nothing_else(value: Any, run: Run) -> None:
    with pytest.raises(InputTypeError, match=r"RG1\d\d: .*\(key 'bad"):
        run.log({"bad": value, "good": 1})
    assert merged(run) == [{"_step": 0, "good": 1}]


def test_a_list_of_media_of_one_kind_is_a_batch(run: Run) -> None:
    run.log({"batch": [Image(np.zeros((2, 2))), Image(np.ones((2, 2)))]})
    run.flush()
    row = next(reportgen.read_run(run.path).history.rows())
    assert [record["_type"] for record in row["batch"]] == ["image", "image"]


# ---- summary


def test_summary_is_the_last_value_until_it_is_assigned(run: Run) -> None:
    run.log({"a": 1, "none": None})
    run.log({"a": 2})
    assert dict(run.summary) == {"a": 2}
    run.summary["a"] = 7
    run.log({"b": 1})
    assert run.summary["a"] == 7
    run.log({"a": 3})
    assert run.summary["a"] == 3


def test_summary_by_item_attribute_and_methods(run: Run) -> None:
    run.summary["a"] = 1
    run.summary.b = {"c": 2, "d": 3}
    run.summary.update({"b": {"c": 4}, "e": [5]})
    assert (run.summary["b"]["c"], run.summary.b.d, run.summary.get("e"), run.summary.get("x")) == (4, 3, [5], None)
    assert set(run.summary.keys()) == {"a", "b.c", "b.d", "e"}
    del run.summary["b"]["c"]
    del run.summary["a"]
    assert dict(run.summary) == {"b.d": 3, "e": [5]}
    with pytest.raises(KeyError):
        run.summary["a"]
    with pytest.raises(AttributeError):
        run.summary.a  # noqa: B018


def test_summary_of_arrays_and_media(run: Run) -> None:
    run.summary["big"] = np.arange(100)
    run.summary["small"] = np.arange(3)
    run.summary["picture"] = Image(np.zeros((2, 3)))
    run.summary["hist"] = reportgen.Histogram(np.arange(100))
    wanted = {"min", "max", "mean", "var", "10%", "25%", "75%", "90%", "95%", "size"}
    assert wanted <= set(run.summary["big"])
    assert run.summary["small"] == [0, 1, 2]
    run.finish()
    stored = reportgen.read_run(run.path)
    assert (stored.summary["picture"]["_type"], stored.summary["hist"]["_type"]) == ("image", "histogram")
    assert stored.media_path(stored.summary["big"]["file"]).is_file()


def test_summary_keeps_nan(run: Run) -> None:
    run.log({"a": float("nan")})
    run.summary["b"] = float("nan")
    run.finish()
    assert all(math.isnan(value) for value in reportgen.read_run(run.path).summary.values())


# ---- config


class Flags:
    """As those of absl."""

    def flag_values_dict(self) -> dict[str, Any]:
        return {"lr": 0.1}


class Attributes:
    def __init__(self) -> None:
        self.lr = 0.1


@pytest.mark.parametrize(
    "given",
    [{"lr": 0.1}, argparse.Namespace(lr=0.1), Attributes(), Flags(), {"-lr-": 0.1}, "config.yaml", "wandb.yaml"],
    ids=lambda given: type(given).__name__,
)
def test_config_takes(given: Any, start: Start) -> None:
    Path("config.yaml").write_text("lr: 0.1\n")
    Path("wandb.yaml").write_text("lr:\n  value: 0.1\n")
    run = start(config=given)
    assert run.config.as_dict() == {"lr": 0.1}
    assert json.loads((run.path / "config.json").read_text()) == {"lr": 0.1}


def test_config_rules(start: Start) -> None:
    run = start(config={"lr": 0.1, "colour": Colour.RED, "sizes": (1, 2), 3: "number"})
    assert run.config.as_dict() == {"lr": 0.1, "colour": "RED", "sizes": [1, 2], "3": "number"}
    run.config.lr = 0.1
    with pytest.raises(UsageError, match="RG125"):
        run.config.lr = 0.2
    run.config.update({"lr": 0.2}, allow_val_change=True)
    run.config.setdefaults({"lr": 9, "new": 1})
    run.config["item"] = run.config.get("missing", 5)
    assert (run.config.lr, run.config["new"], run.config.item, "lr" in run.config) == (0.2, 1, 5, True)
    assert (
        list(run.config.keys()) == ["lr", "colour", "sizes", "3", "new", "item"] == [k for k, _ in run.config.items()]
    )
    with pytest.raises(KeyError):
        run.config["missing"]
    with pytest.raises(AttributeError):
        run.config.missing  # noqa: B018
    with pytest.raises(TypeError, match="RG126"):
        run.config["picture"] = Image(np.zeros((2, 2)))


@pytest.mark.parametrize("given", [[1, 2], 3, {1, 2}])
def test_config_refuses(given: Any, start: Start) -> None:
    with pytest.raises(TypeError, match="RG126"):
        start(config=given)


def test_config_keys_can_be_chosen(start: Start) -> None:
    given = {"a": 1, "b": 2, "c": 3}
    run = start(config=given, config_include_keys=["a", "b"])
    assert run.config.as_dict() == {"a": 1, "b": 2}
    run.finish()
    run = start(config=given, config_exclude_keys=["a"])
    assert run.config.as_dict() == {"b": 2, "c": 3}
    with pytest.raises(UsageError, match="RG130"):
        start(config=given, config_include_keys=["a"], config_exclude_keys=["b"])


def test_config_without_a_run_in_hand(start: Start) -> None:
    from reportgen import config

    with pytest.raises(UsageError, match=r"RG101: reportgen\.config was used before init"):
        config.lr = 1
    run = start(project="p")
    config.lr = 1
    reportgen.config.update({"depth": 2})
    assert run.config.as_dict() == {"lr": 1, "depth": 2}


# ---- init and finish


def test_a_second_init_gives_the_same_run(start: Start) -> None:
    run = start(project="p")
    assert start() is run


@pytest.mark.parametrize("letter", "/\\#?%:")
def test_a_project_names_a_folder(letter: str, start: Start) -> None:
    with pytest.raises(UsageError, match="RG118"):
        start(project=f"a{letter}b")


@pytest.mark.parametrize("letter", ":;,#?/'")
def test_an_id_names_a_folder(letter: str, start: Start) -> None:
    with pytest.raises(UsageError, match="RG118"):
        start(project="p", id=f"a{letter}b")


def test_a_block_that_raises_fails_with_code_1(start: Start) -> None:
    with pytest.raises(ZeroDivisionError), start(project="p") as run:
        run.log({"a": 1 / 0})
    assert (run.state, card(run.path)["exit_code"]) == ("failed", 1)
    run.finish()  # twice is fine


def test_every_error_is_ours_and_python_s() -> None:
    assert issubclass(InputTypeError, (ReportgenError, TypeError))
    assert issubclass(InputValueError, (ReportgenError, ValueError))
