"""The callback of LightGBM, called as LightGBM 4 calls it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import reportgen
from reportgen import Run
from reportgen.errors import MissingPackage, UsageError

Load = Callable[..., Any]
LIGHTGBM: dict[str, Any] = {"lightgbm": {"__version__": "4.6.0"}}


class Booster:
    best_iteration = 2

    def __init__(self) -> None:
        self.best_score = {"valid_0": {"auc": 0.75}}

    def feature_name(self) -> list[str]:
        return ["height", "weight"]

    def feature_importance(self) -> Any:
        return np.array([3, 7])

    def save_model(self, filename: str, num_iteration: int) -> None:
        Path(filename).write_text(f"trees={num_iteration}")


def iteration(number: int, results: list[Any]) -> Any:
    return SimpleNamespace(iteration=number, begin_iteration=0, params={"eta": 0.1}, evaluation_result_list=results)


def test_each_iteration_is_a_row(run: Run, load: Load, stored: Callable[[Run], Any]) -> None:
    call = load("lightgbm", LIGHTGBM).wandb_callback()
    for number, score in enumerate((0.5, 0.75, 0.625)):
        call(iteration(number, [("valid_0", "auc", score, True), ("valid_0", "l2", 1 - score, False)]))
    assert run.config["eta"] == 0.1
    assert call.order > 10
    assert call.before_iteration is False
    read = stored(run)
    assert read.history["valid_0_auc"].values.tolist() == [0.5, 0.75, 0.625]
    assert read.history["iteration"].values.tolist() == [0, 1, 2]
    assert (read.summary["valid_0_auc.max"], read.summary["valid_0_l2.min"]) == (0.75, 0.25)


def test_cross_validation_has_means_and_deviations(run: Run, load: Load, stored: Callable[[Run], Any]) -> None:
    call = load("lightgbm", LIGHTGBM).wandb_callback(log_params=False, define_metric=False)
    call(iteration(0, [("cv_agg", "valid auc", 0.5, True, 0.125)]))
    assert run.config.as_dict() == {}
    read = stored(run)
    assert (read.summary["valid_auc-mean"], read.summary["valid_auc-stdv"]) == (0.5, 0.125)


def test_the_summary_of_a_model(run: Run, load: Load, stored: Callable[[Run], Any]) -> None:
    load("lightgbm", LIGHTGBM).log_summary(Booster(), save_model_checkpoint=True)
    assert (run.summary["best_iteration"], run.summary["best_score"]["valid_0"]["auc"]) == (2, 0.75)
    artifact = run.use_artifact(f"model_{run.id}:best")
    assert Path(artifact.download(), "model_ckpt_2.txt").read_text() == "trees=2"
    (table,) = stored(run).history["Feature Importance_table"].records
    assert table["values"] == [["height", "weight"], [3, 7]]


def test_without_a_run_or_without_the_package(load: Load) -> None:
    with pytest.raises(UsageError, match="RG101"):
        load("lightgbm", LIGHTGBM).wandb_callback()
    with pytest.raises(MissingPackage, match=r"RG501: wandb\.lightgbm needs the package lightgbm"):
        load("lightgbm", {"lightgbm": None})
    assert not hasattr(reportgen, "lightgbm")  # so that scripts may ask
