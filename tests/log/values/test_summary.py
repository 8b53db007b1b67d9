"""The summary: last values, assignments, nesting, deletion; and that it can be worked out from the rows."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import reportgen
from reportgen import ReportgenWarning, Run
from reportgen.errors import InputAttributeError, InputKeyError, InputTypeError
from reportgen.log.values.summary import apply, changes
from reportgen.rundir.jsonl import DELETED
from tests.log.scripts import rows


def replayed(run: Run) -> dict[str, object]:
    """What a reader makes of the rows, while the run is open."""
    return dict(reportgen.read_run(run.path).summary)


def test_the_last_value_of_each_key(run: Run) -> None:
    run.log({"a": 1, "b": "x"})
    run.log({"a": 2})
    assert dict(run.summary) == {"a": 2, "b": "x"} == replayed(run)


def test_where_the_run_is_can_be_asked_for_but_is_no_entry(run: Run) -> None:
    run.log({"a": 1})
    run.log({"a": 2})
    assert run.summary["_step"] == run.step
    assert 0 <= run.summary["_runtime"] < 3600
    assert run.summary.get("_timestamp") > 1e9
    assert dict(run.summary) == {"a": 2}
    with pytest.raises(InputKeyError):
        run.summary["_nothing"]


def test_an_assignment_stays_until_the_next_log(run: Run) -> None:
    run.log({"acc": 0.5, "loss": 1})
    run.summary["acc"] = 0.9
    run.log({"loss": 0.5})
    assert run.summary["acc"] == 0.9
    assert replayed(run) == {"acc": 0.9, "loss": 0.5}
    run.log({"acc": 0.7})
    assert run.summary["acc"] == 0.7
    assert replayed(run) == {"acc": 0.7, "loss": 0.5}


def test_by_item_attribute_and_update(run: Run) -> None:
    run.summary.best = 1
    run.summary.update({"b": 2}, c=3)
    run.summary.update([("d", 4)])
    run.summary.update()
    assert (run.summary["best"], run.summary.b, run.summary.get("c"), run.summary.get("x", 0)) == (1, 2, 3, 0)
    assert "best" in run.summary
    assert "x" not in run.summary
    assert len(run.summary) == 4
    assert repr(run.summary) == "{'best': 1, 'b': 2, 'c': 3, 'd': 4}"
    assert [row["_summary"] for row in rows(run.path)] == [{"best": 1}, {"b": 2, "c": 3}, {"d": 4}]
    assert replayed(run) == dict(run.summary)


def test_nested(run: Run) -> None:
    run.summary["val"] = {"acc": 1, "deep": {"x": 2}}
    assert run.summary["val"]["acc"] == 1
    assert run.summary.val.deep.x == 2
    assert run.summary["val.deep.x"] == 2
    assert dict(run.summary["val"]) == {"acc": 1, "deep.x": 2}
    run.summary["val"]["deep"]["x"] = 3
    run.summary.val.deep.y = 4
    run.summary.update({"val": {"acc": 5}})
    assert dict(run.summary) == {"val.acc": 5, "val.deep.x": 3, "val.deep.y": 4} == replayed(run)
    run.log({"val": {"acc": 6}})
    assert run.summary["val"]["acc"] == 6


def test_an_assigned_mapping_takes_the_place_of_what_was_there(run: Run) -> None:
    run.summary["a"] = 1
    run.summary["a"] = {"x": 1, "y": 2}
    run.summary["a"] = {"x": 3}
    assert dict(run.summary) == {"a.x": 3} == replayed(run)
    run.summary["a"] = 4
    assert dict(run.summary) == {"a": 4} == replayed(run)


def test_deletion(run: Run) -> None:
    run.log({"a": 1, "val": {"x": 1, "y": 2}})
    del run.summary["a"]
    del run.summary["val"]["x"]
    assert dict(run.summary) == {"val.y": 2} == replayed(run)
    del run.summary.val
    assert dict(run.summary) == {} == replayed(run)
    run.log({"a": 2})
    assert dict(run.summary) == {"a": 2} == replayed(run)
    with pytest.raises(InputKeyError, match="RG129: the summary has no key 'gone'"):
        del run.summary["gone"]


def test_what_is_missing_is_named(run: Run) -> None:
    with pytest.raises(KeyError, match=r"RG129: the summary has no key 'x'\. It is empty"):
        run.summary["x"]
    run.summary["val"] = {"acc": 1}
    with pytest.raises(InputKeyError, match=r"no key 'val.x'\. Its keys: acc"):
        run.summary["val"]["x"]
    with pytest.raises(InputAttributeError, match="RG129"):
        run.summary.x  # noqa: B018
    assert not hasattr(run.summary, "x")
    assert not hasattr(run.summary, "__array__")


def test_values_are_those_of_log(run: Run) -> None:
    array = np.arange(3)
    run.summary.update({"scalar": np.float32(0.5), "array": array, "none": None, "nan": float("nan")})
    array[0] = 9
    assert run.summary["scalar"] == 0.5
    assert run.summary["array"] == [0, 1, 2]
    assert run.summary["none"] is None
    assert np.isnan(run.summary["nan"])
    run.summary["picture"] = reportgen.Image(np.zeros((2, 3)), caption="c")
    assert run.summary["picture"]["caption"] == "c"
    run.finish()
    assert reportgen.read_run(run.path).summary["picture"]["width"] == 3


def test_a_bad_value_does_not_cost_the_others(run: Run) -> None:
    with pytest.raises(InputTypeError, match="RG108"):
        run.summary.update({"a": 1, "bad": object()})
    assert dict(run.summary) == {"a": 1} == replayed(run)


def test_reserved_names(run: Run) -> None:
    with pytest.warns(ReportgenWarning, match="RG112"):
        run.summary["_step"] = 3
    run.log({"a": 1})
    assert dict(run.summary) == {"a": 1}


def test_the_step_of_an_assignment_is_no_step_of_the_history(run: Run, start: Callable[..., Run]) -> None:
    run.log({"a": 1})
    run.summary["best"] = 1
    run.finish()
    assert reportgen.read_run(run.path).history.steps.tolist() == [0]


def test_changes() -> None:
    latest = {"a": 1, "a.x": 2, "ab": 3}
    assert changes(latest, {"a": 5}, {"a": 5}, replace=True) == {"a": 5, "a.x": DELETED}
    assert changes(latest, {"a": 5}, {"a": 5}, replace=False) == {"a": 5}
    changed = changes(latest, {}, {}, replace=False, gone=("ab", "none"))
    assert changed == {"ab": DELETED}
    apply(latest, changed)
    assert latest == {"a": 1, "a.x": 2}
