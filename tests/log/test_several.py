"""`init` while a run is open, and its arguments of a wrong type."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import reportgen
from reportgen import ReportgenWarning, Run
from reportgen.errors import InputTypeError, UsageError
from tests.log import scripts
from tests.log.scripts import card, rows

Start = Callable[..., Run]


def test_a_disabled_run_beside_an_open_one(start: Start) -> None:
    first = start(project="p")
    other = start(project="p", mode="disabled")
    assert other.disabled
    assert reportgen.run is other
    reportgen.log({"a": 1})
    other.finish()
    assert reportgen.run is first
    reportgen.log({"a": 2})
    assert [row["a"] for row in rows(first.path)] == [2]


def test_every_argument_without_effect_is_named(start: Start) -> None:
    first = start(project="p", group="g", tags=["a"], seeds=7)
    given: dict[str, Any] = {
        "project": "q",
        "name": "n",
        "group": "h",
        "job_type": "eval",
        "tags": ["b"],
        "notes": "x",
        "dir": "elsewhere",
        "resume": "allow",
        "system_metrics": 3,
        "seeds": 8,
        "strict": True,
    }
    with pytest.warns(ReportgenWarning, match="RG131") as said:
        assert start(**given) is first
    assert [name for name in given if f"{name}=" not in str(said[0].message)] == []


def test_arguments_that_agree_are_not_mentioned(start: Start) -> None:
    first = start(project="p", group="g", tags=["a"], seeds=7, dir="runs")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert start(project="p", group="g", tags="a", seeds=7, dir=Path("runs"), mode="offline") is first


def test_a_mode_that_a_disabled_run_does_not_take_up(start: Start) -> None:
    first = start(mode="disabled")
    with pytest.warns(ReportgenWarning, match="RG131.*mode='online' had no effect"):
        assert start(mode="online") is first


class Shell:
    """What IPython gives in a notebook."""

    kernel = object()


@pytest.fixture
def notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=Shell))


@pytest.mark.usefixtures("notebook")
@pytest.mark.parametrize("reinit", [None, "default"])
def test_a_cell_of_a_notebook_that_is_run_again(start: Start, reinit: str | None) -> None:
    runs = []
    for number in range(3):
        runs.append(start(project="p", name="cell", reinit=reinit))
        reportgen.log({"a": number})
    assert [run.state for run in runs] == ["finished", "finished", "running"]
    assert [rows(run.path)[0]["a"] for run in runs] == [0, 1, 2]
    assert reportgen.run is runs[-1]


@pytest.mark.usefixtures("notebook")
def test_a_cell_that_names_its_run(start: Start) -> None:
    """Nothing else can be meant than this run, and a new one of this name cannot begin."""
    run = start(project="p", id="mine")
    assert start(project="p", id="mine") is run
    other = start(project="p", id="another")
    assert (run.state, other.state) == ("running", "running")


@pytest.mark.usefixtures("notebook")
def test_a_notebook_may_ask_for_something_else(start: Start) -> None:
    run = start(project="p")
    assert start(project="p", reinit="return_previous") is run
    assert start(project="p", reinit="create_new") is not run
    assert run.state == "running"


def test_ipython_in_a_terminal_is_no_notebook(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=object))
    assert start(project="p") is start(project="p")


def test_the_latest_open_run_is_current_again(start: Start) -> None:
    first = start(id="a")
    second = start(id="b")
    third = start(id="c", reinit="create_new")
    second.finish()
    assert reportgen.run is third
    third.finish()
    assert reportgen.run is first
    first.finish()
    assert reportgen.run is None
    with pytest.raises(UsageError, match=r"RG102: reportgen.log was used after the run a was finished"):
        reportgen.log({"a": 1})


@pytest.mark.parametrize(
    "given",
    [{"id": 7}, {"project": 3}, {"project": Path("x")}, {"tags": 5}, {"seeds": 1.5}, {"seeds": [1]}],
    ids=str,
)
def test_arguments_of_a_wrong_type(start: Start, given: dict[str, Any]) -> None:
    with pytest.raises(InputTypeError, match="RG132"):
        start(**given)
    assert not Path("runs").exists()


def test_texts_that_are_given_as_numbers(start: Start) -> None:
    run = start(project="p", group=3, job_type=2.5, notes=4)
    values = card(run.path)
    assert (values["group"], values["job_type"], values["notes"]) == ("3", "2.5", "4")
    run.notes = 0  # type: ignore[assignment]
    assert card(run.path)["notes"] == "0"


def test_calls_of_later_versions(start: Start) -> None:
    run = start(project="p")
    with pytest.raises(AttributeError, match="'Run' object has no attribute 'nonsense'"):
        run.nonsense  # type: ignore[attr-defined]  # noqa: B018
    with pytest.raises(AttributeError, match=r"RG133: this version has no reportgen\.Html"):
        reportgen.Html  # noqa: B018


NO_LOCKS = {
    "refused": "raise OSError(errno.ENOLCK, 'No locks available')",
    "unknown": "raise OSError(errno.ENOSYS, 'Function not implemented')",
    "ignored": "return None",
}


@pytest.mark.parametrize("flock", NO_LOCKS.values(), ids=NO_LOCKS)
def test_a_run_that_is_open_elsewhere_without_locks(tmp_path: Path, flock: str) -> None:
    """On network file systems: an error for the second process, and the file of the first is untouched by it."""
    shim = f"import errno, fcntl\ndef flock(file, how): {flock}\nfcntl.flock = flock\n"
    first = scripts.start(
        f"{shim}{scripts.START}for n in range(100): run.log({{'a': n}})\nprint('there', flush=True)\n"
        "import time; time.sleep(60)",
        tmp_path,
    )
    try:
        assert first.stdout is not None
        while first.stdout.readline() != "there\n":
            assert first.poll() is None
        again = scripts.START.replace("id='r'", "id='r', resume='allow'")
        second = scripts.finish(f"{shim}{again}run.log({{'b': 1}})", tmp_path)
        assert second.returncode == 1
        assert "RG361: this run is already being written" in second.stderr
        assert card(tmp_path / "runs/p/r")["state"] == "running"
        assert [row.get("a") for row in rows(tmp_path / "runs/p/r")] == list(range(100))
    finally:
        first.kill()
        first.communicate()
    third = scripts.finish(f"{shim}{again}assert run.step == 100\nrun.log({{'a': 100}})", tmp_path)
    assert third.returncode == 0, third.stderr
    assert reportgen.read_run(tmp_path / "runs/p/r").info.state == "finished"
