"""Keywords of `init` that W&B's scripts use."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path

import pytest

import reportgen
from reportgen import Run
from tests.log import scripts

Start = Callable[..., Run]


def test_keywords_that_need_no_word(start: Start) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        run = start(project="p", entity="me", anonymous="allow", force=True, settings=reportgen.Settings(console="off"))
    assert run.entity == "me"


@pytest.mark.parametrize(
    "settings",
    [{"mode": "disabled"}, reportgen.Settings(disabled=True), reportgen.Settings(mode="disabled")],
)
def test_settings_may_disable_a_run(start: Start, settings: object) -> None:
    assert start(project="p", settings=settings).disabled
    assert not start(project="p", settings=settings, mode="offline", reinit=True).disabled


def test_settings_may_switch_samples_of_the_machine_off() -> None:
    run = reportgen.init(project="p", settings=reportgen.Settings(_disable_stats=True))
    run.finish()
    assert len(reportgen.read_run(run.path).system.keys()) == 0


def test_the_script_is_copied(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(
        "import reportgen as wandb\nwandb.init(project='p', id='r', save_code=True, system_metrics=False)\n"
    )
    scripts.run_file(tmp_path / "train.py", tmp_path)
    stored = reportgen.read_run(tmp_path / "runs/p/r")
    assert [file.name for file in stored.files] == ["code/train.py"]
    assert (tmp_path / "runs/p/r/files/code/train.py").read_text() == (tmp_path / "train.py").read_text()


def test_assigning_the_configuration(start: Start) -> None:
    reportgen.config = {"lr": 0.1}  # type: ignore[assignment]
    run = start(project="p", config={"lr": 0.5, "batch": 8})
    assert run.config.as_dict() == {"lr": 0.1, "batch": 8}
    reportgen.config = {"epochs": 3}  # type: ignore[assignment]
    assert reportgen.config.epochs == 3
    assert reportgen.config.lr == 0.1
    reportgen.config = run.config
    reportgen.run = run
    reportgen.summary = {"best": 1}  # type: ignore[assignment]
    assert run.summary["best"] == 1
    assert start(project="p", reinit=True).config.as_dict() == {}


def test_a_summary_that_waits_for_its_run(start: Start) -> None:
    reportgen.summary = {"best": 2}  # type: ignore[assignment]
    assert start(project="p").summary["best"] == 2
