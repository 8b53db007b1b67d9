"""The callback of XGBoost, called as XGBoost calls it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reportgen import Run
from reportgen.errors import UsageError

Load = Callable[..., Any]


class TrainingCallback:
    """The class that callbacks of XGBoost are derived from."""


XGBOOST: dict[str, Any] = {"xgboost": {}, "xgboost.callback": {"TrainingCallback": TrainingCallback}}


class Booster:
    def __init__(self, **attributes: str) -> None:
        self._attributes = attributes

    def save_config(self) -> str:
        return json.dumps({"learner": {"objective": {"name": "reg:squarederror"}}})

    def attr(self, name: str) -> str | None:
        return self._attributes.get(name)

    def get_score(self, importance_type: str) -> dict[str, float]:
        return {"height": 3.0, "weight": 7.0, importance_type: 1.0}

    def save_model(self, path: str) -> None:
        Path(path).write_text("{}")


def test_a_training(run: Run, load: Load, stored: Callable[[Run], Any]) -> None:
    callback = load("xgboost", XGBOOST).WandbCallback(log_model=True)
    model = Booster(best_score="0.5", best_iteration="1")
    assert isinstance(callback, TrainingCallback)
    assert callback.before_training(model) is model
    history: dict[str, Any] = {"eval": {"rmse": [], "auc": []}}
    for epoch, error in enumerate((1.0, 0.5, 0.75)):
        history["eval"]["rmse"].append(error)
        history["eval"]["auc"].append((1 - error, 0.125))  # as in cross-validation
        assert callback.after_iteration(model, epoch, history) is False
    assert callback.after_training(model) is model
    assert run.config["learner"]["objective"]["name"] == "reg:squarederror"
    assert Path(run.use_artifact(f"{run.id}_model.json:latest").file()).read_text() == "{}"
    read = stored(run)
    assert read.history["eval-rmse"].values.tolist() == [1.0, 0.5, 0.75]
    assert read.history["epoch"].values.tolist() == [0, 1, 2]
    assert (read.summary["eval-rmse.min"], read.summary["eval-auc.max"]) == (0.5, 0.5)
    assert (read.summary["best_score"], read.summary["best_iteration"]) == (0.5, 1)
    (table,) = read.history["Feature Importance_table"].records
    assert table["values"][0] == ["height", "weight", "gain"]


def test_a_model_without_a_best_score(run: Run, load: Load, stored: Callable[[Run], Any]) -> None:
    callback = load("xgboost", XGBOOST).wandb_callback()
    callback.after_training(Booster())
    assert "best_score" not in stored(run).summary


def test_without_a_run(load: Load) -> None:
    with pytest.raises(UsageError, match="RG101"):
        load("xgboost", XGBOOST).WandbCallback()
