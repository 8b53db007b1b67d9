"""`wandb.tensorboard`: the names of `reportgen.log.hooks.tensorboard`, whose tests tell the rest."""

from __future__ import annotations

from types import SimpleNamespace

from reportgen import Run
from reportgen.integration import tensorboard
from reportgen.log.hooks.tensorboard import tap


def test_patch_and_unpatch() -> None:
    tensorboard.patch(save=False, tensorboard_x=True)
    assert tap.waiting
    tensorboard.unpatch()
    assert not tap.waiting


def test_log_takes_a_summary(run: Run) -> None:
    metadata = SimpleNamespace(plugin_data=SimpleNamespace(plugin_name=""))
    value = SimpleNamespace(tag="a", simple_value=2.0, metadata=metadata, WhichOneof=lambda name: "simple_value")
    tensorboard.log(SimpleNamespace(value=[value]), 3, history=None)
    assert (run.step, run.summary["a"]) == (3, 2.0)
