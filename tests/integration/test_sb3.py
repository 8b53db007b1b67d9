"""The callback of Stable-Baselines3, called as it calls its callbacks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reportgen import Run
from reportgen.errors import InputValueError, UsageError
from tests.log.torches import Net, Parameter, Tensor

Load = Callable[..., Any]


class BaseCallback:
    def __init__(self, verbose: int = 0) -> None:
        self.verbose, self.n_calls = verbose, 0

    def init_callback(self, model: Any) -> None:
        self.model = model
        self._init_callback()  # type: ignore[attr-defined]

    def on_step(self) -> bool:
        self.n_calls += 1
        return bool(self._on_step())  # type: ignore[attr-defined]


class PPO:
    def __init__(self) -> None:
        self.gamma, self.n_steps, self.device = 0.99, 64, object()
        self.policy = Net(weight=Parameter([1.0, 2.0]))
        self.saved = 0

    def save(self, path: str) -> None:
        self.saved += 1
        Path(path).write_text(str(self.saved))


SB3: dict[str, Any] = {
    "stable_baselines3": {},
    "stable_baselines3.common": {},
    "stable_baselines3.common.callbacks": {"BaseCallback": BaseCallback},
}


def test_a_training(run: Run, load: Load, stored: Callable[[Run], Any]) -> None:
    run.config["gamma"] = 0.5  # what a script says itself stays
    callback = load("sb3", SB3).WandbCallback(model_save_path="models", model_save_freq=2, gradient_save_freq=1)
    model = PPO()
    callback.init_callback(model)
    for _ in range(3):
        model.policy.forward()
        model.policy.backward(weight=Tensor([0.5, 0.25]))
        run.log({"a": 1})
        assert callback.on_step()
    callback._on_training_end()
    assert (run.config["algo"], run.config["gamma"], run.config["n_steps"]) == ("PPO", 0.5, 64)
    assert "policy" in run.config
    assert "device" not in run.config  # an object that has only its address to say
    assert model.saved == 2
    read = stored(run)
    assert [file.name for file in read.files] == ["model.zip"]
    assert (run.path / "files/model.zip").read_text() == "2"
    assert "gradients/weight" in read.history


def test_it_saves_nothing_unless_asked(run: Run, load: Load) -> None:
    callback, model = load("sb3", SB3).WandbCallback(), PPO()
    callback.init_callback(model)
    callback.on_step()
    callback._on_training_end()
    assert model.saved == 0
    assert model.policy.hooks == []


def test_wrong_arguments(run: Run, load: Load) -> None:
    with pytest.raises(InputValueError, match="RG171: model_save_freq needs a model_save_path"):
        load("sb3", SB3).WandbCallback(model_save_freq=10)
    run.finish()
    with pytest.raises(UsageError, match="RG102"):
        load("sb3", SB3).WandbCallback()
