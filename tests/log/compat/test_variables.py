"""What the environment says about a run: ours before W&B's, and the call before both."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import reportgen
from reportgen import Run
from reportgen.errors import InputValueError, UsageError, WriteError
from reportgen.log.compat import variables

Start = Callable[..., Run]

GIVEN = {
    "PROJECT": "digits",
    "NAME": "wide",
    "RUN_ID": "w1",
    "RUN_GROUP": "seeds",
    "JOB_TYPE": "train",
    "TAGS": "a, b,,c",
    "NOTES": "*why*",
}


def told(run: Run) -> tuple[object, ...]:
    return (run.project, run.name, run.id, run.group, run.job_type, run.tags, run.notes)


@pytest.mark.parametrize("whose", ["REPORTGEN", "WANDB"])
def test_every_variable(start: Start, monkeypatch: pytest.MonkeyPatch, whose: str) -> None:
    for name, value in GIVEN.items():
        monkeypatch.setenv(f"{whose}_{name}", value)
    assert told(start()) == ("digits", "wide", "w1", "seeds", "train", ("a", "b", "c"), "*why*")


def test_ours_come_before_those_of_wandb(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in GIVEN:
        monkeypatch.setenv(f"WANDB_{name}", "theirs")
        monkeypatch.setenv(f"REPORTGEN_{name}", "ours")
    assert told(start()) == ("ours", "ours", "ours", "ours", "ours", ("ours",), "ours")


def test_the_call_comes_before_all(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in GIVEN:
        monkeypatch.setenv(f"REPORTGEN_{name}", "ours")
    run = start(project="p", name="n", id="i", group="", job_type="", tags=[], notes="")
    assert told(run) == ("p", "n", "i", "", "", (), "")


def test_empty_variables_say_nothing(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in GIVEN:
        monkeypatch.setenv(f"REPORTGEN_{name}", "")
        monkeypatch.setenv(f"WANDB_{name}", "")
    run = start()
    assert (run.project, run.tags, run.name) == ("uncategorized", (), run.id)


def test_an_id_is_used_once(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    """A script that makes several runs does not fail because its first has a name."""
    monkeypatch.setenv("WANDB_RUN_ID", "first")
    run = start()
    assert start() is run
    run.finish()
    second = start()
    assert (run.id, second.id != "first") == ("first", True)


def test_an_id_to_resume(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    start(id="job").finish()
    monkeypatch.setattr("reportgen.log.current._process.ids", set())
    monkeypatch.setenv("WANDB_RUN_ID", "job")
    with pytest.raises(UsageError, match="RG121"):
        start()
    monkeypatch.setenv("WANDB_RESUME", "allow")
    run = start()
    assert (run.id, run.resumed) == ("job", True)


MODES = [
    ({}, False),
    ({"WANDB_MODE": "disabled"}, True),
    ({"WANDB_MODE": "DISABLED"}, True),
    ({"WANDB_MODE": "offline"}, False),
    ({"WANDB_MODE": "dryrun"}, False),
    ({"WANDB_MODE": "shared"}, False),
    ({"WANDB_DISABLED": "true"}, True),
    ({"WANDB_DISABLED": "false"}, False),
    ({"REPORTGEN_MODE": "disabled"}, True),
    ({"REPORTGEN_MODE": "offline", "WANDB_MODE": "disabled", "WANDB_DISABLED": "1"}, False),
]


@pytest.mark.parametrize(("given", "disabled"), MODES, ids=str)
def test_modes(start: Start, monkeypatch: pytest.MonkeyPatch, given: dict[str, str], disabled: bool) -> None:
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert start().disabled is disabled


@pytest.mark.parametrize("name", ["MODE", "RESUME", "RANKS"])
def test_our_own_variables_are_checked(start: Start, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(f"REPORTGEN_{name}", "maybe")
    with pytest.raises(InputValueError, match=rf"RG130: {name.lower()}='maybe' is unknown"):
        start()


def test_those_of_wandb_are_passed_over_when_they_mean_nothing(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WANDB_RESUME", "maybe")
    assert not start().resumed


def test_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert variables.root(None) == tmp_path / "runs"
    monkeypatch.setenv("WANDB_DIR", str(tmp_path / "scratch"))
    assert variables.root(None) == tmp_path / "scratch" / "runs"
    monkeypatch.setenv("REPORTGEN_DIR", "~/ours")
    assert variables.root(None) == Path.home() / "ours"
    assert variables.root("mine") == tmp_path / "mine"
    run = reportgen.init(dir=tmp_path / "given", system_metrics=False)
    assert run.path.parent.parent == tmp_path / "given"


def test_a_working_directory_that_was_removed(start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(WriteError, match=r"RG362: .*the working directory was removed"):
        start(project="p")
    assert start(project="p", dir=tmp_path / "runs").path.is_dir()
