"""The callbacks of Keras, called as Keras 3 calls them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from reportgen import Run
from reportgen.errors import InputValueError, UsageError

Load = Callable[..., Any]


class Callback:
    """As Keras's."""

    model: Any = None


class ModelCheckpoint(Callback):
    """Keras's, as far as a subclass can see it: saves after each epoch if the loss fell."""

    def __init__(self, filepath: str, save_best_only: bool = False) -> None:
        self.filepath, self.save_best_only = filepath, save_best_only
        self._best, self._current_epoch = float("inf"), 0

    def _get_file_path(self, epoch: int, batch: int | None, logs: Any) -> str:
        return self.filepath.format(epoch=epoch + 1, **(logs or {}))

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Saves per epoch only."""

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self._current_epoch = epoch
        if not self.save_best_only or logs["loss"] < self._best:
            self._best = logs["loss"]
            Path(self._get_file_path(epoch, None, logs)).write_text(f"model {epoch}")


KERAS: dict[str, Any] = {
    "keras": {"__version__": "3.9.0"},
    "keras.callbacks": {"Callback": Callback, "ModelCheckpoint": ModelCheckpoint},
}


class Model:
    def __init__(self, rate: Any = 0.5) -> None:
        self.optimizer = SimpleNamespace(learning_rate=rate)
        self.weights = [SimpleNamespace(name="kernel", path="dense/kernel", numpy=lambda: np.arange(40.0))]
        self.saved: list[str] = []

    def save(self, path: str) -> None:
        self.saved.append(path)
        Path(path).write_text("model")

    def save_weights(self, path: str) -> None:
        self.save(path)


@pytest.fixture
def keras(load: Load) -> Any:
    """The module beside Keras's stand-in; TensorFlow is not there."""
    return load("keras", {**KERAS, "tensorflow": None})


def fitted(callback: Any, losses: list[float], *, batches: int = 0, model: Any = None) -> None:
    """What `Model.fit` does to a callback."""
    callback.model = model or Model()
    begin = getattr(callback, "on_train_begin", None)
    if begin:
        begin()
    for epoch, loss in enumerate(losses):
        for batch in range(batches):
            callback.on_train_batch_end(batch, {"loss": loss})
        callback.on_epoch_end(epoch, {"loss": loss, "val_loss": 2 * loss})


def test_metrics_of_epochs(run: Run, keras: Any, stored: Callable[[Run], Any]) -> None:
    fitted(keras.WandbMetricsLogger(), [0.5, 0.25], batches=3)
    read = stored(run)
    assert set(read.history.keys()) == {"epoch/loss", "epoch/val_loss", "epoch/learning_rate", "epoch/epoch"}
    assert read.history["epoch/loss"].values.tolist() == [0.5, 0.25]
    assert read.history["epoch/learning_rate"].values.tolist() == [0.5, 0.5]
    assert read.history["epoch/epoch"].values.tolist() == [0, 1]


def test_metrics_of_batches(run: Run, keras: Any, stored: Callable[[Run], Any]) -> None:
    fitted(keras.WandbMetricsLogger(log_freq=2), [0.5, 0.25], batches=4)
    read = stored(run)
    assert read.history["batch/batch_step"].values.tolist() == [0, 2, 4, 6]
    assert read.history["batch/loss"].values.tolist() == [0.5, 0.5, 0.25, 0.25]
    assert read.history["epoch/loss"].values.tolist() == [0.5, 0.25]


def test_learning_rates(keras: Any) -> None:
    def broken() -> float:
        raise RuntimeError

    for rate, wanted in (
        (0.25, 0.25),
        (SimpleNamespace(numpy=lambda: np.float32(0.25)), 0.25),
        (lambda step: 1 / step, 0.1),
        (SimpleNamespace(numpy=broken), None),
        (None, None),
    ):
        assert keras.learning_rate(Model(rate), 10) == wanted
    assert keras.learning_rate(SimpleNamespace(), 10) is None


@pytest.mark.parametrize("wrong", ["step", 0, 1.5])
def test_an_unknown_frequency(run: Run, keras: Any, wrong: Any) -> None:
    with pytest.raises(InputValueError, match="RG171: log_freq="):
        keras.WandbMetricsLogger(log_freq=wrong)


def test_models_that_are_saved_are_versions_of_an_artifact(run: Run, keras: Any) -> None:
    fitted(keras.WandbModelCheckpoint("best.keras", save_best_only=True), [0.5, 0.75, 0.25], batches=2)
    name = f"run_{run.id}_model"
    contents = [Path(run.use_artifact(f"{name}:v{n}").file()).read_text() for n in (0, 1)]
    assert contents == ["model 0", "model 2"]  # the second epoch was no better
    assert run.use_artifact(f"{name}:epoch_2").version == "v1"
    assert run.use_artifact(f"{name}:latest").version == "v1"


def test_folders_are_models_too(run: Run, keras: Any) -> None:
    callback = keras.WandbModelCheckpoint("saved_{epoch}")
    Path("saved_1").mkdir()
    Path("saved_1/weights").write_text("w")
    callback._log("epoch_0", None, {}, 0)
    assert list(run.use_artifact(f"run_{run.id}_model:latest").manifest.entries) == ["weights"]


def test_tables_of_predictions(run: Run, keras: Any, stored: Callable[[Run], Any]) -> None:
    class Evaluation(keras.WandbEvalCallback):  # type: ignore[misc, name-defined]
        def add_ground_truth(self, logs: Any = None) -> None:
            for number in range(2):
                self.data_table.add_data(number, number * number)

        def add_model_predictions(self, epoch: int, logs: Any = None) -> None:
            for number in self.data_table_ref.get_index():
                row = self.data_table_ref.data[number]
                self.pred_table.add_data(epoch, *row, "guess")

    fitted(Evaluation(["idx", "label"], ["epoch", "idx", "label", "prediction"]), [0.5, 0.25])
    truth = run.use_artifact("val:latest").get("val_data")
    assert truth.data == [[0, 0], [1, 1]]
    predictions = run.use_artifact(f"run_{run.id}_pred:latest").get("eval_data")
    assert predictions.data == [[1, 0, 0, "guess"], [1, 1, 1, "guess"]]
    read = stored(run)
    assert {"val_data", "eval_data"} <= set(read.history.keys())


def test_what_a_derived_class_must_have(run: Run, keras: Any) -> None:
    class Empty(keras.WandbEvalCallback):  # type: ignore[misc, name-defined]
        pass

    with pytest.raises(NotImplementedError, match=r"Empty\.add_ground_truth"):
        fitted(Empty(["a"], ["b"]), [0.5])
    with pytest.raises(NotImplementedError, match=r"Empty\.add_model_predictions"):
        Empty(["a"], ["b"]).on_epoch_end(0)


def test_the_older_callback(run: Run, keras: Any, stored: Callable[[Run], Any]) -> None:
    model = Model()
    callback = keras.WandbCallback(log_weights=True, log_batch_frequency=2)
    fitted(callback, [0.5, 0.75, 0.25], batches=3, model=model)
    assert (run.summary["best_val_loss"], run.summary["best_epoch"]) == (0.5, 2)
    assert len(model.saved) == 2
    read = stored(run)
    assert [file.name for file in read.files] == ["model-best.keras"]
    assert read.history["val_loss"].values.tolist() == [1.0, 1.5, 0.5]
    assert len(read.history["loss"].values) == 9  # of batches and epochs
    assert read.history["parameters/dense/kernel"].kind == "histogram"
    assert read.history["lr"].values.tolist() == [0.5, 0.5, 0.5]


def test_the_older_callback_keeps_what_it_is_told_to(run: Run, keras: Any) -> None:
    weights, none = Model(), Model()
    fitted(keras.WandbCallback(save_weights_only=True, monitor="val_accuracy"), [0.5], model=weights)
    assert weights.saved == []  # nothing is logged under the name that it monitors
    callback = keras.WandbCallback(save_weights_only=True, monitor="loss", mode="max")
    fitted(callback, [0.5, 0.75, 0.25], model=weights)
    assert [Path(path).name for path in weights.saved] == ["model-best.weights.h5"] * 2
    assert run.summary["best_loss"] == 0.75
    fitted(keras.WandbCallback(save_model=False), [0.5], model=none)
    assert none.saved == []


def test_tensorflow_comes_first_where_it_is_loaded(run: Run, load: Load) -> None:
    own = type("Callback", (Callback,), {})
    module = load(
        "keras",
        {
            "tensorflow": {},
            "tensorflow.keras": {"__version__": "2.15.0"},
            "tensorflow.keras.callbacks": {"Callback": own, "ModelCheckpoint": ModelCheckpoint},
            **KERAS,
        },
    )
    assert issubclass(module.WandbCallback, own)
    model = Model()
    fitted(module.WandbCallback(), [0.5], model=model)
    assert model.saved[0].endswith("model-best.h5")


def test_without_a_run(keras: Any) -> None:
    for make in (
        keras.WandbCallback,
        keras.WandbMetricsLogger,
        lambda: keras.WandbModelCheckpoint("a"),
        lambda: keras.WandbEvalCallback([], []),
    ):
        with pytest.raises(UsageError, match="RG101"):
            make()
