"""A script may write into `run.dir` in every process and mode; where nothing is stored, that leaves nothing behind."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from reportgen.log.files.scratch import scratch
from tests.log import scripts

WRITE = """
import os, sys
import reportgen as rg
run = rg.init(project="p", id="r", system_metrics=False, **GIVEN)
for _ in range(2):
    with open(os.path.join(run.dir, "m.pt"), "wb") as file:
        file.write(b"x")
print(run.dir)
run.finish()
open(os.path.join(run.dir, "after"), "wb").close()
"""
LAUNCH = {"WORLD_SIZE": "2", "LOCAL_RANK": "0", "MASTER_ADDR": "localhost", "MASTER_PORT": "1"}


def test_a_folder_of_its_own(tmp_path: Path) -> None:
    first, second = scratch(), scratch()
    assert first != second
    (first / "file").write_text("x")
    assert list(second.iterdir()) == []


@pytest.mark.parametrize(
    ("given", "variables"),
    [("{'mode': 'disabled'}", {}), ("{}", {"RANK": "1", **LAUNCH}), ("{}", {"WANDB_MODE": "disabled"})],
    ids=["disabled", "another rank than 0", "disabled by the environment"],
)
def test_where_nothing_is_stored(given: str, variables: dict[str, str], tmp_path: Path) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    done = scripts.finish(WRITE.replace("GIVEN", given), tmp_path, TMPDIR=str(temporary), **variables)
    assert done.returncode == 0, done.stderr
    assert Path(done.stdout.strip()).parent == temporary
    assert list(temporary.iterdir()) == []  # gone with the process
    assert not (tmp_path / "runs").exists()


def test_a_run_that_stores(tmp_path: Path) -> None:
    done = scripts.finish(WRITE.replace("GIVEN", "{}"), tmp_path)
    assert done.returncode == 0, done.stderr
    assert sorted(os.listdir(tmp_path / "runs/p/r/files")) == ["after", "m.pt"]  # noqa: PTH208


def test_every_rank_that_logs_has_the_folder_of_the_run(tmp_path: Path) -> None:
    code = WRITE.replace("GIVEN", "{'ranks': 'all'}").replace('"m.pt"', "os.environ['RANK']").replace('"after"', '"z"')
    ranks = [scripts.start(code, tmp_path, RANK=str(rank), **LAUNCH) for rank in range(2)]
    said = [rank.communicate(timeout=120) for rank in ranks]
    assert [rank.returncode for rank in ranks] == [0, 0], said
    assert sorted(os.listdir(tmp_path / "runs/p/r/files")) == ["0", "1", "z"]  # noqa: PTH208


def test_a_forked_worker(tmp_path: Path) -> None:
    code = """
import os
import reportgen as rg
run = rg.init(project="p", id="r", system_metrics=False)
if os.fork() == 0:
    open(os.path.join(run.dir, "child"), "wb").close()
    os._exit(0)
os.wait()
"""
    done = scripts.finish(code, tmp_path)
    assert done.returncode == 0, done.stderr
    assert os.listdir(tmp_path / "runs/p/r/files") == ["child"]  # noqa: PTH208


def test_a_child_leaves_the_folder_to_its_parent(tmp_path: Path) -> None:
    code = """
import os
import reportgen as rg
run = rg.init(mode="disabled")
place = run.dir
if os.fork() == 0:
    raise SystemExit
os.wait()
print(os.path.isdir(place))
"""
    assert scripts.finish(code, tmp_path).stdout == "True\n"


def test_a_run_whose_folder_cannot_be_made(tmp_path: Path) -> None:
    code = """
import os
import reportgen as rg
run = rg.init(project="p", id="r", system_metrics=False)
open(os.path.join(str(run.path), "files"), "wb").close()
open(os.path.join(run.dir, "m.pt"), "wb").close()
"""
    done = scripts.finish(code, tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("RG114") == 1
