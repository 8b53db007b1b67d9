"""Keywords of W&B's `init` that ask for something: TensorBoard's summaries, videos, a copy of the code."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any, NamedTuple


class Wishes(NamedTuple):
    """What a caller of `init` asked for besides.

    Attributes:
        mode: "disabled" if the settings say so, else None.
        samples: False if the settings switch samples of the machine off.
        tensorboard: Log what a `SummaryWriter` writes.
        gym: Log the videos of gymnasium's recorders.
        code: Copy the script.
        entity: What other tools call the team; "" for nothing.
        settings: The settings as they were given, or None.
    """

    mode: str | None
    samples: bool
    tensorboard: bool
    gym: bool
    code: bool
    entity: str
    settings: Any

    def heeded(self, asked: Any) -> Any:
        """The arguments of `init`, with what the settings say where the call says nothing.

        Args:
            asked: `current.Asked`.
        """
        changed: dict[str, Any] = {} if self.samples else {"system_metrics": False}
        if self.mode is not None and asked.mode is None:
            changed["mode"] = self.mode
        return asked._replace(**changed) if changed else asked

    def carry_out(self, run: Any) -> None:
        """Do what was asked for.

        Args:
            run: The run that was opened.
        """
        waiting = sys.modules["reportgen"].__dict__
        if "config" in waiting:
            run.config.update(waiting.pop("config"), allow_val_change=True)
        if "summary" in waiting:
            run.summary.update(waiting.pop("summary"))
        run._entity = self.entity or run._entity
        if self.settings is not None:
            run._settings = _as_settings(self.settings)
        if run.disabled:
            return
        if self.tensorboard or _is_patched():
            from reportgen.log.hooks.tensorboard import tap

            tap.open(run)
            run._told.add("late")  # its steps are those of the writer, and need not rise
            run._at_end.append(lambda: tap.close(run))
        if self.gym:
            from reportgen.log.hooks.gym import monitor

            monitor.open(run)
            run._at_end.append(lambda: monitor.close(run))
        if self.code:
            run._save_script()


def wished(others: dict[str, Any]) -> Wishes:
    """Take the wishes out of the further keywords of `init`.

    Args:
        others: The keywords; those that have an effect, or need none, are removed.
    """
    settings = others.pop("settings", None)
    values = settings if isinstance(settings, Mapping) else getattr(settings, "__dict__", {})
    mode = values.get("mode")
    off = values.get("disabled") or (isinstance(mode, str) and mode.startswith("disabled"))
    quiet = values.get("_disable_stats") or values.get("x_disable_stats")
    entity = others.pop("entity", None)
    tensorboard = [bool(others.pop(name, None)) for name in ("sync_tensorboard", "tensorboard")]
    for name in ("anonymous", "force"):  # they ask how to log in
        others.pop(name, None)
    return Wishes(
        mode="disabled" if off else None,
        samples=not quiet,
        tensorboard=any(tensorboard),
        gym=bool(others.pop("monitor_gym", None)),
        code=bool(others.pop("save_code", None) or values.get("save_code")),
        entity=entity if isinstance(entity, str) else "",
        settings=settings,
    )


def _as_settings(given: Any) -> Any:
    from reportgen.log.compat.stand_ins import Settings

    return Settings(**given) if isinstance(given, Mapping) else given


def _is_patched() -> bool:
    """Whether `wandb.tensorboard.patch()` was called since the last run was opened."""
    module: Any = sys.modules.get("reportgen.log.hooks.tensorboard")
    if module is None or not module.tap.waiting:
        return False
    module.tap.waiting = False
    return True


def assigned(package: Any, name: str, value: Any) -> None:
    """Carry out `reportgen.config = {"lr": 0.1}`: it means the configuration of the run that is open.

    Without a run, the value waits for the next one. Assigning a run, or what is a run's already, changes nothing.

    Args:
        package: The package `reportgen`.
        name: "config", "summary" or "run".
        value: A mapping, or what `Config.update` takes.
    """
    run = package.__getattr__("run")
    if name == "run" or value is None or (run is not None and value is getattr(run, name)):
        return
    if run is None:
        package.__dict__[name] = value
    elif name == "config":
        run.config.update(value, allow_val_change=True)
    else:
        run.summary.update(value)
