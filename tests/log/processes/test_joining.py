"""Several ranks write one run: each row once, in files of their own, without a socket between them."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

import reportgen
from reportgen.errors import UsageError, WriteError
from reportgen.log.opening import Wanted
from reportgen.log.processes import joining
from reportgen.log.processes.ranks import Rank
from tests.log import scripts
from tests.log.scripts import card, rows

LAUNCH = {"WORLD_SIZE": "4", "MASTER_ADDR": "localhost", "MASTER_PORT": "29500", "TORCHELASTIC_RUN_ID": "none"}

RANK = """
import os, sys, time
import reportgen as rg
rank = int(os.environ['RANK'])
time.sleep((3 - rank) * 0.15)   # the last comes first, and waits for rank 0
run = rg.init(project='p', name='four', ranks='all', config={'lr': 0.1}, system_metrics=False)
"""
MANY = """
for step in range(10_000):
    run.log({'loss': rank * 10_000 + step, 'rank': rank})
run.summary['best'] = rank
run.config['of'] = rank
run.name = f'name {rank}'
if rank == 2: run.log({'only here': 7})
"""


def launched(code: str, folder: Path, variables: Mapping[str, str] = LAUNCH) -> list[subprocess.CompletedProcess[str]]:
    """The ranks of one launch, each a process, run to their ends."""
    size = int(variables["WORLD_SIZE"])
    processes = [
        scripts.start(code, folder, **{**variables, "RANK": str(rank), "LOCAL_RANK": str(rank)}) for rank in range(size)
    ]
    done = []
    for process in processes:
        out, said = process.communicate(timeout=120)
        done.append(subprocess.CompletedProcess(process.args, process.returncode, out, said))
    return done


def only_run(folder: Path) -> Path:
    (found,) = (folder / "runs/p").iterdir()
    return found


def test_a_rank_that_fails_is_told_on_the_page(tmp_path: Path) -> None:
    done = launched(RANK + "run.log({'a': 1})\nif rank == 2: raise RuntimeError('out of memory')", tmp_path)
    assert [one.returncode for one in done] == [0, 0, 1, 0]
    run = reportgen.read_run(only_run(tmp_path))
    assert run.info.state == "finished"
    (alert,) = run.events.alerts
    assert (alert.level, alert.title, alert.text) == ("ERROR", "Rank 2 failed", "RuntimeError: out of memory")


def test_four_ranks(tmp_path: Path) -> None:
    done = launched(RANK + MANY, tmp_path)
    assert [(one.returncode, one.stderr.count("run finished")) for one in done] == [(0, 1), (0, 0), (0, 0), (0, 0)], (
        done
    )
    folder = only_run(tmp_path)
    run = reportgen.read_run(folder)
    assert run.problems == ()
    assert (run.info.state, run.info.name, run.info.ranks) == ("finished", "name 0", 4)
    assert list(run.history.writers) == ["", "1", "2", "3"]
    for rank, (writer, history) in enumerate(run.history.writers.items()):
        assert history["loss"].values is not None
        assert np.array_equal(history["loss"].values, np.arange(10_000) + rank * 10_000)
        assert np.array_equal(history["loss"].steps, np.arange(10_000))
        assert (history["loss"].writer, history["loss"].rank) == (writer, rank)
        lines = (folder / (f"history.{writer}.jsonl" if writer else "history.jsonl")).read_bytes().splitlines()
        assert [json.loads(line)["_step"] for line in lines if b"_summary" not in line][:10_000] == list(range(10_000))
    assert run.history["loss"].rank == 0
    assert [one.rank for one in run.history.all if one.key == "loss"] == [0, 1, 2, 3]
    assert (run.config, run.summary["best"], run.summary["loss"]) == ({"lr": 0.1, "of": 0}, 0, 9999)
    assert (run.summary["only here"], run.borrowed) == (7, {"only here"})
    assert sum(1 for _ in run.history.rows()) == 40_001
    assert sorted(path.name for path in folder.iterdir()) == [
        "config.json",
        "history.1.jsonl",
        "history.2.jsonl",
        "history.3.jsonl",
        "history.jsonl",
        "run.json",
        "run.lock",
        "summary.json",
        "system.1.jsonl",
        "system.2.jsonl",
        "system.3.jsonl",
        "system.jsonl",
    ]


def test_time_goes_on_alike_in_all_ranks(tmp_path: Path) -> None:
    launched(RANK + "run.log({'a': 1}); time.sleep(0.3); run.log({'a': 2})", tmp_path)
    run = reportgen.read_run(only_run(tmp_path))
    times = [history["a"].runtimes.tolist() for history in run.history.writers.values()]
    assert all(0 <= first < last < 5 and last - first > 0.25 for first, last in times)


def test_one_process_per_machine_takes_samples(tmp_path: Path) -> None:
    code = RANK.replace("system_metrics=False", "system_metrics=0.05") + "time.sleep(1.2)"
    folder_of = {rank: str(int(rank) % 2) for rank in "0123"}  # two machines of two ranks
    processes = [
        scripts.start(code, tmp_path, **{**LAUNCH, "RANK": rank, "LOCAL_RANK": folder_of[rank]}) for rank in "0123"
    ]
    for process in processes:
        assert process.wait(60) == 0
        process.communicate()
    run = reportgen.read_run(only_run(tmp_path))
    assert list(run.system.writers) == ["", "2"]
    assert [one.rank for one in run.system.all if one.key == "cpu/percent"] == [0, 2]


def test_other_ranks_are_silent_by_default(tmp_path: Path) -> None:
    code = (
        "import numpy\nimport reportgen as rg\nrun = rg.init(project='p', id='r', system_metrics=False)\n"
        "run.log({'a': 1, 'picture': rg.Image(numpy.eye(3))}); rg.log({'a': 2})\n"
        "run.summary['best'] = 1; run.config['x'] = 1; run.tags = ['t']; run.name = 'n'\n"
        "assert run.summary['a'] == 2 and run.config.x == 1 and run.step == 2\n"
        "with run: rg.finish()\n"
    )
    done = launched(code, tmp_path)
    assert [(one.returncode, one.stdout) for one in done] == [(0, "")] * 4, done
    assert [bool(one.stderr) for one in done] == [True, False, False, False]
    assert [path.name for path in (tmp_path / "runs/p").iterdir()] == ["r"]
    folder = tmp_path / "runs/p/r"
    assert not list(folder.glob("history.*.jsonl"))
    assert reportgen.read_run(folder).history["a"].values.tolist() == [1, 2]


def test_each_process_a_run_of_its_own(tmp_path: Path) -> None:
    code = "import reportgen as rg\nrg.init(project='p', ranks='each', system_metrics=False).log({'a': 1})"
    assert all(one.returncode == 0 for one in launched(code, tmp_path))
    assert len(list((tmp_path / "runs/p").iterdir())) == 4


SLURM = {"SLURM_NTASKS": "3", "SLURM_JOB_ID": "7", "SLURM_STEP_ID": "0"}


def test_tasks_of_a_slurm_step(tmp_path: Path) -> None:
    """They may be trainings of their own, so one line says how they are taken; one rank says it, not all."""
    code = "import reportgen as rg\nrg.init(project='p', system_metrics=False).log({'a': 1})"
    said = [scripts.finish(code, tmp_path, **SLURM, SLURM_PROCID=str(task)).stderr for task in range(3)]
    assert [text.count("\n") for text in said] == [1, 1, 0]
    assert "its 3 tasks are taken as the ranks of one training" in said[1]
    assert 'init(ranks="each") or REPORTGEN_RANKS=each' in said[1]
    said = [
        scripts.finish(code, tmp_path, **SLURM, SLURM_PROCID=str(task), MASTER_ADDR="node", MASTER_PORT="1").stderr
        for task in range(3)
    ]
    assert [text.count("\n") for text in said] == [1, 0, 0]
    scripts.finish(code, tmp_path, **SLURM, SLURM_PROCID="2", REPORTGEN_RANKS="each")
    assert len(list((tmp_path / "runs/p").iterdir())) == 3


def test_a_resumed_training(tmp_path: Path) -> None:
    """Every rank goes back to the checkpoint, and what it had logged after it is kept."""
    code = RANK.replace("ranks='all'", "id='r', resume='allow', ranks='all'")
    launched(code + "for step in range(6): run.log({'a': step})", tmp_path)
    launched(
        code + "assert run.resumed and run.step == 6\nfor step in range(4, 8): run.log({'a': -step}, step)", tmp_path
    )
    run = reportgen.read_run(tmp_path / "runs/p/r")
    assert run.problems == ()
    for history in run.history.writers.values():
        assert history["a"].values.tolist() == [0, 1, 2, 3, -4, -5, -6, -7]
        assert [old.values.tolist() for old in history["a"].superseded] == [[4, 5]]
        assert history["a"].runtimes.tolist() == sorted(history["a"].runtimes.tolist())


def test_a_rank_that_is_killed_costs_nothing_but_its_rows(tmp_path: Path) -> None:
    code = RANK + "for step in range(200):\n    run.log({'a': step})\n    if rank == 2 and step == 99: os._exit(9)"
    assert [one.returncode for one in launched(code, tmp_path)] == [0, 0, 9, 0]
    run = reportgen.read_run(only_run(tmp_path))
    assert [len(history["a"]) for history in run.history.writers.values()] == [200, 200, 100, 200]
    assert (run.info.state, run.problems) == ("finished", ())


def test_a_rank_that_ends_after_rank_0(tmp_path: Path) -> None:
    code = RANK + "time.sleep(rank / 2)\nrun.log({'a': rank})"
    launched(code, tmp_path)
    run = reportgen.read_run(only_run(tmp_path))
    assert [history["a"].values.tolist() for history in run.history.writers.values()] == [[0], [1], [2], [3]]


def test_a_rank_whose_file_is_missing(tmp_path: Path) -> None:
    launched(RANK + "run.log({'a': rank})", tmp_path)
    folder = only_run(tmp_path)
    (folder / "history.2.jsonl").unlink()
    assert [str(problem) for problem in reportgen.read_run(folder).problems] == [
        "RG323: rank 2 of 4 left no rows (history.2.jsonl). Copy the whole run directory, if that was written elsewhere"
    ]
    (folder / "history.3.jsonl").unlink()
    (problem,) = reportgen.read_run(folder).problems
    assert problem.what == "2 ranks, from rank 2 on, of 4 left no rows"


# ---- how a rank finds the run


def wanted(root: Path, **given: object) -> Wanted:
    described = {"group": None, "job_type": None, "tags": None, "notes": None}
    values = {
        "root": root,
        "project": "p",
        "id": "",
        "name": None,
        "described": described,
        "seeds": {},
        "resume": "never",
    }
    return Wanted(**{**values, **given})  # type: ignore[arg-type]


def rank(launch: str = "", number: int = 1) -> Rank:
    return Rank(number, 4, number, "torchrun", launch)


def begin(root: Path, launch: str, id: str = "", ended: float | None = None) -> reportgen.Run:
    """A run of rank 0."""
    from reportgen.log.opening import opened
    from reportgen.log.run import Run

    run = Run(opened(wanted(root, id=id, launch=launch, ranks=4)), {}, on_finish=lambda run: None)
    if ended is not None:
        run.finish()
        values = card(run.path)
        values["sessions"][0]["started"] = time.time() - ended - values["duration"]
        (run.path / "run.json").write_text(json.dumps(values))
    return run


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(joining, "PATIENCE", 0.3)


@pytest.mark.usefixtures("hurried")
def test_a_rank_waits_for_its_own_launch(tmp_path: Path) -> None:
    other = begin(tmp_path, "launch a")
    mine = begin(tmp_path, "launch b")
    place = joining.joined(wanted(tmp_path), rank("launch b"))
    assert place.folder == mine.path
    assert place.writer is not None
    place.writer.close()
    with pytest.raises(
        UsageError, match=r"RG134: rank 1 waited 0 seconds for the run that rank 0 begins .*file system that all"
    ):
        joining.joined(wanted(tmp_path), rank("launch c"))
    other.finish()
    mine.finish()


@pytest.mark.usefixtures("hurried")
def test_a_run_that_an_earlier_launch_left_behind(tmp_path: Path) -> None:
    begin(tmp_path, "same", ended=3600)
    with pytest.raises(UsageError, match="RG134"):
        joining.joined(wanted(tmp_path), rank("same"))
    quick = begin(tmp_path, "same", ended=0)  # of this launch, and over already
    place = joining.joined(wanted(tmp_path), rank("same"))
    assert place.folder == quick.path
    assert place.writer is not None
    place.writer.close()


@pytest.mark.usefixtures("hurried")
def test_a_run_that_crashed(tmp_path: Path) -> None:
    scripts.finish(
        "import os, reportgen as rg\nrg.init(project='p', id='r', dir='.', system_metrics=False)\nos._exit(1)", tmp_path
    )
    with pytest.raises(UsageError, match="RG134"):
        joining.joined(wanted(tmp_path, id="r"), rank("same"))
    run = begin(tmp_path, "", id="r2")
    place = joining.joined(wanted(tmp_path, id="r2"), rank("same"))
    assert place.writer is not None
    place.writer.close()
    run.finish()


def test_nothing_that_the_ranks_share(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"RG135: rank 1 cannot know which run rank 0 begins: .*Give init an id"):
        joining.joined(wanted(tmp_path), rank())


def test_two_runs_of_one_launch(tmp_path: Path) -> None:
    both = [begin(tmp_path, "same"), begin(tmp_path, "same")]
    with pytest.raises(UsageError, match=r"RG135: .*several of this launch are being written"):
        joining.joined(wanted(tmp_path), rank("same"))
    place = joining.joined(wanted(tmp_path, id=both[0].id), rank("same"))
    with pytest.raises(UsageError, match="RG361"):
        joining.joined(wanted(tmp_path, id=both[0].id), rank("same"))
    assert place.writer is not None
    place.writer.close()
    for run in both:
        run.finish()


def test_a_folder_that_a_rank_cannot_write(tmp_path: Path) -> None:
    run = begin(tmp_path, "same")
    (run.path / "history.1.jsonl").mkdir()
    with pytest.raises(WriteError, match="RG362"):
        joining.joined(wanted(tmp_path), rank("same"))
    run.finish()


def test_a_damaged_run_beside_the_right_one(tmp_path: Path) -> None:
    for number, content in enumerate(("{", "[]", "{}", '{"sessions": []}', '{"sessions": [{"started": "x"}]}')):
        (tmp_path / "p" / str(number)).mkdir(parents=True)
        (tmp_path / "p" / str(number) / "run.json").write_text(content)
    run = begin(tmp_path, "same")
    place = joining.joined(wanted(tmp_path), rank("same"))
    assert place.folder == run.path
    assert place.writer is not None
    place.writer.close()
    run.finish()


def test_rows_name_their_writer(tmp_path: Path) -> None:
    launched(RANK + "run.log({'a': rank})", tmp_path)
    run = reportgen.read_run(only_run(tmp_path))
    assert [(row.get("_writer"), row["a"]) for row in run.history.rows()] == [(None, 0), ("1", 1), ("2", 2), ("3", 3)]
    assert rows(only_run(tmp_path))[0]["a"] == 0
