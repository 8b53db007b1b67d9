"""Which value of a metric is its best one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import reportgen
from reportgen.integration import best


@pytest.mark.parametrize(
    ("metric", "wanted"),
    [
        ("rmse", ("min", 1)),
        ("mlogloss", ("min", 1)),
        ("my_loss", ("min", 1)),
        ("AUC", ("max", 3)),
        ("ndcg@5", ("max", 3)),
        ("something", ("", 2)),
    ],
)
def test_the_summary_holds_the_best_value(
    run: reportgen.Run, stored: Callable[[Any], Any], metric: str, wanted: tuple[str, int]
) -> None:
    best.define("valid_x", metric)
    for value in (1, 3, 2):
        run.log({"valid_x": value})
    part, value = wanted
    assert stored(run).summary[f"valid_x.{part}".rstrip(".")] == value
