"""`wandb.xgboost`: a callback that logs what XGBoost measures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import reportgen
from reportgen import optional, plot
from reportgen.integration import best
from reportgen.log import current

_callback: Any = optional.load("xgboost.callback", needed_by="wandb.xgboost")

__all__ = ["WandbCallback", "wandb_callback"]


def wandb_callback() -> WandbCallback:
    """The callback by its older name."""
    return WandbCallback()


class WandbCallback(_callback.TrainingCallback):  # type: ignore[misc]
    """Logs the evaluation metrics of each iteration, the model's configuration, and the importance of features."""

    def __init__(
        self,
        log_model: bool = False,
        log_feature_importance: bool = True,
        importance_type: str = "gain",
        define_metric: bool = True,
    ) -> None:
        """Log to the current run.

        Args:
            log_model: Log the trained model as an artifact.
            log_feature_importance: Log a table of the features' importance.
            importance_type: "weight", "gain", "cover", "total_gain" or "total_cover".
            define_metric: The summary holds the best value of a metric, not the last.

        Raises:
            UsageError: (RG101) There is no run yet.
        """
        super().__init__()
        self._run = current.open_run("xgboost.WandbCallback")
        self._log_model = log_model
        self._importance = importance_type if log_feature_importance else ""
        self._defines = define_metric

    def before_training(self, model: Any) -> Any:
        """Note the model's configuration."""
        self._run.config.update(json.loads(model.save_config()), allow_val_change=True)
        return model

    def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
        """Log the metrics of an iteration; False, so that the training goes on."""
        values: dict[str, Any] = {}
        for data, metrics in evals_log.items():
            for metric, history in metrics.items():
                key = f"{data}-{metric}"
                if self._defines:
                    best.define(key, metric)
                last = history[-1]
                values[key] = last[0] if isinstance(last, tuple) else last  # of cross-validation: mean and deviation
        self._defines = False
        self._run.log({**values, "epoch": epoch})
        return False

    def after_training(self, model: Any) -> Any:
        """Log the model, the importance of its features and its best score."""
        if self._log_model:
            name = f"{self._run.id}_model.json"
            path = Path(self._run.dir, name)
            model.save_model(str(path))
            artifact = reportgen.Artifact(name, "model")
            artifact.add_file(path)
            self._run.log_artifact(artifact)
        if self._importance:
            scores = model.get_score(importance_type=self._importance)
            rows = [[name, score] for name, score in scores.items()]
            table = reportgen.Table(columns=["Feature", "Importance"], data=rows)
            bar = plot.bar(table, "Feature", "Importance", title="Feature Importance")
            self._run.log({"Feature Importance": bar}, commit=False)
        if model.attr("best_score") is not None:
            self._run.log(
                {"best_score": float(model.attr("best_score")), "best_iteration": int(model.attr("best_iteration"))}
            )
        return model
