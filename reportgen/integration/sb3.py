"""`wandb.integration.sb3`: a callback for Stable-Baselines3: notes settings, watches the policy, saves the model.

The numbers themselves come through TensorBoard: `init(sync_tensorboard=True)`.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from reportgen import optional
from reportgen.errors import InputValueError
from reportgen.log import current

_callbacks: Any = optional.load("stable_baselines3.common.callbacks", needed_by="wandb.integration.sb3")

__all__ = ["WandbCallback"]


class WandbCallback(_callbacks.BaseCallback):  # type: ignore[misc]
    """Notes the algorithm's settings, watches its policy, and saves its model."""

    def __init__(
        self,
        verbose: int = 0,
        model_save_path: str | None = None,
        model_save_freq: int = 0,
        gradient_save_freq: int = 0,
        log: str | None = "all",
    ) -> None:
        """Log to the current run.

        Args:
            verbose: As for every callback of Stable-Baselines3.
            model_save_path: Folder for the model, which is saved at the end at least; None saves none.
            model_save_freq: Save it every so many calls; 0: only at the end.
            gradient_save_freq: Log histograms of the policy's gradients every so many passes; 0: never.
            log: "gradients", "parameters", "all" or None: what histograms are of.

        Raises:
            UsageError: (RG101) There is no run yet.
            InputValueError: (RG171) `model_save_freq` without `model_save_path`.
        """
        super().__init__(verbose)
        self._run = current.open_run("sb3.WandbCallback")
        if model_save_freq and model_save_path is None:
            raise InputValueError(
                "RG171", "model_save_freq needs a model_save_path", remedy='Write model_save_path="models"'
            )
        self._folder = None if model_save_path is None else Path(model_save_path)
        self._every = model_save_freq
        self._gradients = gradient_save_freq
        self._what = log

    def _init_callback(self) -> None:
        settings: dict[str, Any] = {"algo": type(self.model).__name__}
        for name, value in vars(self.model).items():
            text = value if isinstance(value, (int, float, str)) else str(value)
            if not re.search(r" at 0x[0-9a-f]+>", str(text)):  # where an object lies tells nobody anything
                settings[name] = text
        self._run.config.setdefaults(settings)
        if self._gradients > 0:
            self._run.watch(self.model.policy, log_freq=self._gradients, log=self._what)

    def _on_step(self) -> bool:
        if self._every > 0 and self.n_calls % self._every == 0:
            self.save_model()
        return True

    def _on_training_end(self) -> None:
        self.save_model()

    def save_model(self) -> None:
        """Save the model into its folder, and into the run."""
        if self._folder is not None:
            self._folder.mkdir(parents=True, exist_ok=True)
            self.model.save(str(self._folder / "model.zip"))
            self._run.save(self._folder / "model.zip", base_path=self._folder)
