"""`wandb.keras`: callbacks that log what Keras measures, save models, and build tables of predictions.

They are for the Keras that is in use: TensorFlow's where TensorFlow is loaded, else the package `keras`.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import reportgen
from reportgen import optional
from reportgen.errors import InputValueError
from reportgen.log import current

_place = "tensorflow.keras" if sys.modules.get("tensorflow") else "keras"
_callbacks: Any = optional.load(_place, needed_by="wandb.keras").callbacks

__all__ = ["WandbCallback", "WandbEvalCallback", "WandbMetricsLogger", "WandbModelCheckpoint"]


class WandbMetricsLogger(_callbacks.Callback):  # type: ignore[misc]
    """Logs losses, metrics and the learning rate: of each epoch as `epoch/…`, or of batches as `batch/…`."""

    def __init__(self, log_freq: str | int = "epoch", initial_global_step: int = 0) -> None:
        """Log to the current run.

        Args:
            log_freq: "epoch", "batch", or every how many batches.
            initial_global_step: Batches that were trained before, for the learning rate of a continued training.

        Raises:
            UsageError: (RG101) There is no run yet.
            InputValueError: (RG171) Another `log_freq`.
        """
        super().__init__()
        self._run = current.open_run("WandbMetricsLogger")
        every = 1 if log_freq == "batch" else log_freq
        if every != "epoch" and (not isinstance(every, int) or every < 1):
            raise InputValueError("RG171", f"log_freq={log_freq!r} is unknown", remedy='Use "epoch", "batch" or 10')
        self._every = every if isinstance(every, int) else 0
        self._batch = 0
        self._step = initial_global_step
        part, axis = ("batch", "batch_step") if self._every else ("epoch", "epoch")
        self._run.define_metric(f"{part}/{axis}")
        self._run.define_metric(f"{part}/*", step_metric=f"{part}/{axis}")

    def _values(self, part: str, logs: Any) -> dict[str, Any]:
        values = {f"{part}/{key}": value for key, value in (logs or {}).items()}
        rate = learning_rate(self.model, self._step)
        return values if rate is None else {**values, f"{part}/learning_rate": rate}

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Log an epoch."""
        self._run.log({**self._values("epoch", logs), "epoch/epoch": epoch})

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Log a batch, if it is one of those to be logged."""
        self._step += 1
        if self._every and batch % self._every == 0:
            self._run.log({**self._values("batch", logs), "batch/batch_step": self._batch})
            self._batch += self._every


def learning_rate(model: Any, step: int) -> float | None:
    """The learning rate of a model's optimiser; None when it cannot be told.

    Args:
        model: A compiled model.
        step: Number of the batch, for schedules of older versions.
    """
    rate = getattr(getattr(model, "optimizer", None), "learning_rate", None)
    try:
        if callable(rate) and not hasattr(rate, "shape"):
            rate = rate(step)
        return None if rate is None else float(rate.numpy() if hasattr(rate, "numpy") else rate)
    except Exception:  # an optimiser of somebody's own; the metrics are worth more
        return None


class WandbModelCheckpoint(_callbacks.ModelCheckpoint):  # type: ignore[misc]
    """Keras's `ModelCheckpoint`, which logs each model that it saves as an artifact, too."""

    def __init__(self, filepath: Any, *arguments: Any, **options: Any) -> None:
        """Save to a path.

        Args:
            filepath: As for `ModelCheckpoint`.
            *arguments: As for `ModelCheckpoint`.
            **options: As for `ModelCheckpoint`.

        Raises:
            UsageError: (RG101) There is no run yet.
        """
        super().__init__(filepath, *arguments, **options)
        self._run = current.open_run("WandbModelCheckpoint")
        self._logged: tuple[str, int] | None = None

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Save after a batch, and log what was saved."""
        super().on_train_batch_end(batch, logs)
        self._log(f"epoch_{self._current_epoch}_batch_{batch}", batch, logs)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Save after an epoch, and log what was saved."""
        super().on_epoch_end(epoch, logs)
        self._log(f"epoch_{epoch}", None, logs, epoch)

    def _log(self, alias: str, batch: int | None, logs: Any, epoch: int | None = None) -> None:
        try:
            path = Path(self._get_file_path(self._current_epoch if epoch is None else epoch, batch, logs))
            stamp = str(path), path.stat().st_mtime_ns
        except (KeyError, OSError):  # nothing was saved, such as where the model was no better
            return
        if stamp != self._logged:
            self._logged = stamp
            artifact = reportgen.Artifact(f"run_{self._run.id}_model", "model")
            if path.is_dir():
                artifact.add_dir(path)
            else:
                artifact.add_file(path)
            self._run.log_artifact(artifact, aliases=[alias])


class WandbEvalCallback(_callbacks.Callback):  # type: ignore[misc]
    """To be derived from: builds a table of validation data once, and one of predictions after each epoch.

    A derived class has `add_ground_truth(logs)`, which fills `self.data_table`, and
    `add_model_predictions(epoch, logs)`, which fills `self.pred_table`; `self.data_table_ref` is the table of
    validation data.

    Attributes:
        data_table: The table of validation data while it is filled.
        pred_table: The table of predictions while it is filled.
        data_table_ref: The table of validation data when it is logged.
    """

    def __init__(self, data_table_columns: Sequence[str], pred_table_columns: Sequence[str], **options: Any) -> None:
        """Begin.

        Args:
            data_table_columns: Columns of the table of validation data.
            pred_table_columns: Columns of the table of predictions.
            **options: As for every callback of Keras.

        Raises:
            UsageError: (RG101) There is no run yet.
        """
        super().__init__(**options)
        self._run = current.open_run("WandbEvalCallback")
        self.data_table_columns = list(data_table_columns)
        self.pred_table_columns = list(pred_table_columns)

    def on_train_begin(self, logs: Any = None) -> None:
        """Build and log the table of validation data."""
        self.init_data_table(column_names=self.data_table_columns)
        self.add_ground_truth(logs)
        self.log_data_table()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Build and log the table of predictions."""
        self.init_pred_table(column_names=self.pred_table_columns)
        self.add_model_predictions(epoch, logs)
        self.log_pred_table()

    def add_ground_truth(self, logs: Any = None) -> None:
        """Fill `self.data_table`; to be defined in a derived class."""
        raise NotImplementedError(f"{type(self).__name__}.add_ground_truth")

    def add_model_predictions(self, epoch: int, logs: Any = None) -> None:
        """Fill `self.pred_table`; to be defined in a derived class."""
        raise NotImplementedError(f"{type(self).__name__}.add_model_predictions")

    def init_data_table(self, column_names: Sequence[str]) -> None:
        """Begin `self.data_table`."""
        self.data_table = reportgen.Table(columns=list(column_names), allow_mixed_types=True)

    def init_pred_table(self, column_names: Sequence[str]) -> None:
        """Begin `self.pred_table`."""
        self.pred_table = reportgen.Table(columns=list(column_names), allow_mixed_types=True)

    def log_data_table(self, name: str = "val", type: str = "dataset", table_name: str = "val_data") -> None:
        """Log `self.data_table`, as an artifact and for the report.

        Args:
            name: Name of the artifact.
            type: Its type.
            table_name: Key of the table.
        """
        artifact = reportgen.Artifact(name, type)
        artifact.add(self.data_table, table_name)
        self._run.use_artifact(artifact)
        self._run.log({table_name: self.data_table}, commit=False)
        self.data_table_ref = self.data_table

    def log_pred_table(
        self, type: str = "evaluation", table_name: str = "eval_data", aliases: Sequence[str] | None = None
    ) -> None:
        """Log `self.pred_table`, as an artifact and for the report.

        Args:
            type: Type of the artifact.
            table_name: Key of the table.
            aliases: Further names of this version.
        """
        artifact = reportgen.Artifact(f"run_{self._run.id}_pred", type)
        artifact.add(self.pred_table, table_name)
        self._run.log_artifact(artifact, aliases=aliases)
        self._run.log({table_name: self.pred_table}, commit=False)


class WandbCallback(_callbacks.Callback):  # type: ignore[misc]
    """W&B's older callback: logs losses and metrics of each epoch, and keeps the best model."""

    def __init__(
        self,
        monitor: str = "val_loss",
        verbose: int = 0,
        mode: str = "auto",
        save_weights_only: bool = False,
        log_weights: bool = False,
        save_model: bool = True,
        log_batch_frequency: int | None = None,
        **others: Any,
    ) -> None:
        """Log to the current run.

        Args:
            monitor: The metric that tells which model is best.
            verbose: Accepted for scripts written for W&B, and ignored.
            mode: "min", "max", or "auto": highest for accuracies, lowest else.
            save_weights_only: Keep the weights only.
            log_weights: Log histograms of the weights after each epoch.
            save_model: Keep the best model, in the run's files.
            log_batch_frequency: Log every so many batches, too.
            **others: Accepted for scripts written for W&B, and ignored.

        Raises:
            UsageError: (RG101) There is no run yet.
        """
        super().__init__()
        self._run = current.open_run("WandbCallback")
        self._monitor = monitor
        rises = mode == "max" or (mode == "auto" and any(word in monitor for word in ("acc", "fmeasure", "auc")))
        self._sign = -1.0 if rises else 1.0
        self._best = float("inf")
        self._saves, self._weights_only = save_model, save_weights_only
        self._weights = log_weights
        self._frequency = log_batch_frequency or 0

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Log a batch, if it is one of those to be logged."""
        if self._frequency and batch % self._frequency == 0:
            self._run.log(dict(logs or {}))

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Log an epoch, and keep the model if it is the best so far."""
        values = {"epoch": epoch, **(logs or {})}
        rate = learning_rate(self.model, 0)
        if rate is not None:
            values.setdefault("lr", rate)
        if self._weights:
            for weight in self.model.weights:
                name = getattr(weight, "path", weight.name)
                values[f"parameters/{name}"] = reportgen.Histogram(weight.numpy())
        self._run.log(values)
        current_value = values.get(self._monitor)
        if current_value is not None and self._sign * float(current_value) < self._best:
            self._best = self._sign * float(current_value)
            self._run.summary[f"best_{self._monitor}"] = float(current_value)
            self._run.summary["best_epoch"] = epoch
            if self._saves:
                self._save()

    def _save(self) -> None:
        newer = int(optional.load(_place, needed_by="wandb.keras").__version__.partition(".")[0]) >= 3
        if self._weights_only:
            self.model.save_weights(str(Path(self._run.dir, "model-best.weights.h5")))
        else:
            self.model.save(str(Path(self._run.dir, f"model-best.{'keras' if newer else 'h5'}")))
