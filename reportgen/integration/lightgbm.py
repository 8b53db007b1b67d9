"""`wandb.lightgbm`: a callback that logs what LightGBM measures, and a summary of a trained model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import reportgen
from reportgen import optional, plot
from reportgen.integration import best
from reportgen.log import current

optional.load("lightgbm", needed_by="wandb.lightgbm")

__all__ = ["log_summary", "wandb_callback"]


def wandb_callback(log_params: bool = True, define_metric: bool = True) -> Callable[[Any], None]:
    """A callback for `lightgbm.train(callbacks=[...])` that logs the evaluation metrics of each iteration.

    Args:
        log_params: Note the parameters of the training in the configuration.
        define_metric: The summary holds the best value of a metric, not the last.

    Raises:
        UsageError: (RG101) There is no run yet.
    """
    run = current.open_run("lightgbm.wandb_callback")

    def call(env: Any) -> None:
        first = env.iteration == env.begin_iteration
        if first and log_params:
            run.config.update(env.params, allow_val_change=True)
        values: dict[str, Any] = {}
        for item in env.evaluation_result_list:
            data, metric = item[:2] if len(item) == 4 else item[1].split(maxsplit=1)
            named = {"": item[2]} if len(item) == 4 else {"-mean": item[2], "-stdv": item[4]}
            for part, value in named.items():
                if first and define_metric:
                    best.define(f"{data}_{metric}{part}", metric)
                values[f"{data}_{metric}{part}"] = value
        run.log({**values, "iteration": env.iteration})

    call.order = 20  # type: ignore[attr-defined]  # behind those that may end the training
    call.before_iteration = False  # type: ignore[attr-defined]
    return call


def log_summary(model: Any, feature_importance: bool = True, save_model_checkpoint: bool = False) -> None:
    """Note a trained model's best iteration and score, and log the importance of its features.

    Args:
        model: A `lightgbm.Booster`.
        feature_importance: Log the table of importance.
        save_model_checkpoint: Log the model as an artifact.

    Raises:
        UsageError: (RG101) There is no run yet.
    """
    run = current.open_run("lightgbm.log_summary")
    run.summary["best_iteration"] = model.best_iteration
    run.summary["best_score"] = {data: dict(metrics) for data, metrics in model.best_score.items()}
    if feature_importance:
        rows = [list(pair) for pair in zip(model.feature_name(), model.feature_importance().tolist(), strict=True)]
        table = reportgen.Table(columns=["Feature", "Importance"], data=rows)
        bar = plot.bar(table, "Feature", "Importance", title="Feature Importance")
        run.log({"Feature Importance": bar}, commit=False)
    if save_model_checkpoint:
        path = Path(run.dir, f"model_ckpt_{model.best_iteration}.txt")
        model.save_model(str(path), num_iteration=model.best_iteration)
        artifact = reportgen.Artifact(f"model_{run.id}", "model")
        artifact.add_file(path)
        run.log_artifact(artifact, aliases=["best"])
