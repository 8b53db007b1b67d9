"""Steps, and rows as lines."""

from __future__ import annotations

import json

import numpy as np
import pytest

from reportgen.errors import InputTypeError, InputValueError
from reportgen.log.lines import MAX_STEP, checked_step, lines_of, waits
from reportgen.log.storing import Part
from reportgen.rundir import jsonl
from reportgen.rundir.jsonl import Json


def test_a_row_is_one_line() -> None:
    lines, held, faults = lines_of(3, 0.5, {"a": 1, "b": "x"})
    assert [json.loads(line) for line in lines] == [{"_step": 3, "_runtime": 0.5, "a": 1, "b": "x"}]
    assert (held, faults) == ({"a": 1, "b": "x"}, [])


def test_a_value_that_no_line_can_hold_costs_only_itself() -> None:
    deep: Json = 1
    for _ in range(jsonl.MAX_DEPTH + 1):
        deep = [deep]
    lines, held, faults = lines_of(3, 0.5, {"a": 1, "deep": deep, "b": 2})
    assert [json.loads(line) for line in lines] == [
        {"_step": 3, "_runtime": 0.5, "a": 1},
        {"_step": 3, "_runtime": 0.5, "b": 2},
    ]
    assert held == {"a": 1, "b": 2}
    assert len(faults) == 1
    assert "'deep'" in str(faults[0])


def test_steps() -> None:
    assert [checked_step(step) for step in (0, np.int64(7), MAX_STEP)] == [0, 7, MAX_STEP]
    for wrong in (1.5, "1"):
        with pytest.raises(InputTypeError, match="RG106"):
            checked_step(wrong)
    for outside in (-1, MAX_STEP + 1):
        with pytest.raises(InputValueError, match="RG107"):
            checked_step(outside)


def test_what_waits() -> None:
    part = Part(None, 0)
    assert [waits(item) for item in (part, [1, part], {"a": [part]})] == [True, True, True]
    assert [waits(item) for item in (1, "x", [1, 2], {"a": [1]}, None)] == [False] * 5
