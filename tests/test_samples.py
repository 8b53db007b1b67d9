"""The committed sample runs: whole, small, telling nothing of who made them, and made again the same way."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import reportgen as rg
from reportgen.rundir.reader import StoredRun, find_runs
from tests.conftest import ROOT

SAMPLES = ROOT / "sample_runs"
RUNS, PROBLEMS = find_runs([SAMPLES])
MOST_BYTES = 4_000_000


def name_of(path: Path) -> str:
    return str(path.relative_to(SAMPLES))


@pytest.fixture(scope="module")
def stored() -> dict[str, StoredRun]:
    return {path.name: rg.read_run(path) for path in RUNS}


def test_there_are_runs_of_four_projects(stored: dict[str, StoredRun]) -> None:
    assert PROBLEMS == []
    assert len(stored) >= 14
    assert {run.info.project for run in stored.values()} == {"coins", "digits", "palette", "photo-parts"}


@pytest.mark.parametrize("path", RUNS, ids=name_of)
def test_run_is_whole(path: Path, stored: dict[str, StoredRun]) -> None:
    run = stored[path.name]
    assert run.problems == ()
    assert run.info.notes
    assert run.config
    assert run.summary
    assert run.info.state == ("failed" if path.name == "mlp-64-lr-30" else "finished")


@pytest.mark.parametrize("path", RUNS, ids=name_of)
def test_run_tells_nothing_of_who_made_it(path: Path) -> None:
    assert json.loads((path / "run.json").read_text(encoding="utf-8"))["private"] == {}
    for file in path.rglob("*"):
        if file.suffix in (".json", ".jsonl"):
            text = file.read_text(encoding="utf-8")
            for word in ("/home/", "/root", "/Users/", "/work/", "/tmp/", "site-packages", "@"):
                assert word not in text, f"{file} holds {word!r}"


def test_all_runs_together_are_small() -> None:
    assert sum(file.stat().st_size for path in RUNS for file in path.rglob("*") if file.is_file()) <= MOST_BYTES


def test_one_run_diverges(stored: dict[str, StoredRun]) -> None:
    run = stored["mlp-64-lr-30"]
    assert run.info.error is not None
    assert run.info.error["type"] == "FloatingPointError"
    loss = run.history["train/loss"].values
    assert loss is not None
    assert np.isnan(loss).any()


def test_runs_are_made_again_the_same_way(tmp_path: Path, stored: dict[str, StoredRun]) -> None:
    """Up to rounding: another processor adds in another order, and training makes small differences larger."""
    command = [sys.executable, SAMPLES / "make.py", "--out", tmp_path, "smoke-test", "linear", "flower-8"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for name in ("smoke-test", "linear", "flower-8"):
        (again,) = (rg.read_run(path) for path in find_runs([tmp_path])[0] if path.name == name)
        assert again.info.private == {}
        assert again.config == stored[name].config
        assert set(again.history) == set(stored[name].history)
        for key, history in again.history.items():
            if history.values is not None:
                kept = stored[name].history[key].values
                assert kept is not None
                np.testing.assert_allclose(history.values[:30], kept[:30], rtol=0.02, atol=0.02, err_msg=key)
