"""Where runs begin: new folders, and runs on disk that are continued."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import reportgen
from reportgen import Run
from reportgen.errors import RunDirError, UsageError, WriteError
from reportgen.rundir.writer import RunWriter
from tests.log import scripts
from tests.log.scripts import START, card, rows

Start = Callable[..., Run]


def finished(start: Start, **given: object) -> Run:
    run = start(project="p", id="r", config={"lr": 0.1, "old": 1}, tags=["first"], **given)
    for number in range(5):
        run.log({"a": number, "note": "text"})
    run.summary["best"] = 4
    run.finish()
    return run


@pytest.mark.parametrize("resume", [None, False, "never"])
def test_a_run_that_is_there_is_not_overwritten(start: Start, resume: object) -> None:
    first = finished(start)
    before = (first.path / "history.jsonl").read_bytes()
    with pytest.raises(UsageError, match=r"RG121: the run 'r' is there already .*resume=\"allow\""):
        start(project="p", id="r", resume=resume)
    assert (first.path / "history.jsonl").read_bytes() == before
    assert card(first.path)["state"] == "finished"


@pytest.mark.parametrize("resume", ["allow", "must", True, "auto"])
def test_a_run_goes_on(start: Start, resume: object) -> None:
    first = finished(start)
    ended = card(first.path)
    run = start(project="p", id="r", resume=resume, config={"lr": 0.2, "new": 2}, notes="again")
    assert run.resumed
    assert run.step == 5
    assert dict(run.summary) == {"a": 4, "note": "text", "best": 4}
    assert run.config.as_dict() == {"lr": 0.2, "old": 1, "new": 2}
    values = card(run.path)
    assert (values["state"], values["exit_code"], values["duration"]) == ("running", None, None)
    assert values["created"] == ended["created"]
    assert (values["tags"], values["notes"]) == (["first"], "again")
    assert len(values["sessions"]) == 2
    assert values["sessions"][0] == ended["sessions"][0]
    last = rows(run.path)[-1]["_runtime"]
    assert values["sessions"][1]["runtime"] >= last
    run.log({"a": 5})
    assert rows(run.path)[-1]["_runtime"] > values["sessions"][1]["runtime"] >= ended["duration"]
    run.finish()
    stored = reportgen.read_run(run.path)
    assert stored.history["a"].steps.tolist() == list(range(6))
    assert stored.summary == {"a": 5, "note": "text", "best": 4}
    assert stored.problems == ()


def test_a_run_that_may_go_on_begins_when_it_is_not_there(start: Start) -> None:
    run = start(project="p", id="r", resume="allow")
    assert not run.resumed
    assert run.step == 0


def test_a_run_that_must_go_on_has_to_be_there(start: Start) -> None:
    with pytest.raises(UsageError, match="RG122: there is no run 'r' to continue"):
        start(project="p", id="r", resume="must")
    with pytest.raises(UsageError, match='RG122: resume="must" needs an id'):
        start(project="p", resume="must")


def test_config_may_be_held_fast(start: Start) -> None:
    finished(start)
    with pytest.raises(UsageError, match=r"RG125: config\['lr'\] is 0.1 and would become 0.5"):
        start(project="p", id="r", resume="must", config={"lr": 0.5}, allow_val_change=False)
    run = start(project="p", id="r", resume="must", config={"lr": 0.1, "x": 1}, allow_val_change=False)
    assert run.config.x == 1


def test_a_killed_run_goes_on_after_its_last_whole_row(start: Start, tmp_path: Path) -> None:
    code = (
        START
        + "import os\nfor i in range(7): run.log({'a': i, 'nan': float('nan')})\n"
        + "run.summary['x'] = {'y': 1}\nos._exit(1)"
    )
    scripts.finish(code, tmp_path)
    folder = tmp_path / "runs/p/r"
    with (folder / "history.jsonl").open("ab") as file:
        file.write(b'{"_step":7,"_runtime":9.5,"a"')  # what a lost power leaves
    run = start(project="p", id="r", resume="must")
    assert run.step == 7
    assert run.summary["a"] == 6
    assert np.isnan(run.summary["nan"])
    assert run.summary["x"]["y"] == 1
    run.log({"a": 7})
    run.finish()
    stored = reportgen.read_run(folder)
    assert stored.history["a"].values.tolist() == list(range(8))
    assert [problem.code for problem in stored.problems] == ["RG311"]
    assert stored.info.state == "finished"


def test_the_newest_run_that_did_not_finish_goes_on(start: Start) -> None:
    for id, code in (("a", 1), ("b", 1), ("c", 0)):
        start(project="p", id=id, name="n").finish(exit_code=code)
    start(project="other", id="d").finish(exit_code=1)
    run = start(project="p", resume=True)
    assert (run.id, run.resumed) == ("b", True)
    run.finish()
    run = start(project="p", resume="auto", name="n")
    assert run.id == "a"
    run.finish()
    run = start(project="p", resume="auto")
    assert not run.resumed


def test_a_newer_format_is_not_continued(start: Start) -> None:
    first = finished(start)
    (first.path / "run.json").write_text(json.dumps({"format": 99}))
    with pytest.raises(RunDirError, match="RG302"):
        start(project="p", id="r", resume="must")


def test_a_folder_that_cannot_be_written(start: Start, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(WriteError, match=r"RG362: the run directory cannot be written: .*Name a writable folder"):
        start(dir=tmp_path / "file")
    with pytest.raises(WriteError, match="RG362"):
        start(dir=tmp_path, project="file")
    assert reportgen.run is None


def test_a_killed_first_session_keeps_its_time(start: Start, tmp_path: Path) -> None:
    process = scripts.start(START + "import time\nwhile True: run.log({'a': 1}); time.sleep(0.01)", tmp_path)
    assert process.stdout is not None
    process.stdout.readline()
    folder = tmp_path / "runs/p/r"
    while not (folder / "history.jsonl").exists() or len((folder / "history.jsonl").read_bytes()) < 2000:
        assert process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.communicate()
    scripts.left_behind(folder)
    last = rows(folder)[-1]
    run = start(project="p", id="r", resume="auto")
    assert run.step == last["_step"] + 1
    run.log({"a": 2})
    assert rows(folder)[-1]["_runtime"] >= last["_runtime"]


@pytest.mark.parametrize("resume", ["allow", "must"])
@pytest.mark.parametrize("text", [None, "", '{"format":1,"id":"r","na', "[]", "\0\0"])
def test_a_run_whose_card_is_damaged_or_missing_goes_on(start: Start, text: str | None, resume: str) -> None:
    first = finished(start)
    card_path = first.path / "run.json"
    before = (first.path / "history.jsonl").read_bytes()
    card_path.unlink()
    if text is not None:
        card_path.write_text(text)
    with pytest.raises(UsageError, match="RG121: the run 'r' is there already"):
        start(project="p", id="r")
    with pytest.warns(reportgen.ReportgenWarning, match=r"RG136: run\.json is .* made anew; rows, config") as told:
        run = start(project="p", id="r", resume=resume)
    assert len(told) == 1
    assert (run.resumed, run.step, run.id) == (True, 5, "r")
    assert dict(run.summary) == {"a": 4, "note": "text", "best": 4}
    assert run.config.as_dict() == {"lr": 0.1, "old": 1}
    run.log({"a": 5})
    run.finish()
    assert (run.path / "history.jsonl").read_bytes().startswith(before)
    kept = [path.read_text() for path in run.path.glob("run.json.damaged*")]
    assert kept == ([] if text is None else [text])
    stored = reportgen.read_run(run.path)
    assert stored.history["a"].values.tolist() == list(range(6))
    assert stored.problems == ()
    assert len(stored.info.sessions) == 2


@pytest.mark.parametrize("resume", [None, "allow", "auto"])
@pytest.mark.parametrize("names", [(), ("run.lock",), ("run.lock", "history.jsonl", "config.json", "media/ab/")])
def test_what_a_killed_init_left_is_taken_over(
    start: Start, tmp_path: Path, names: tuple[str, ...], resume: object
) -> None:
    folder = tmp_path / "runs/p/r"
    folder.mkdir(parents=True)
    for name in names:
        if name.endswith("/"):
            (folder / name).mkdir(parents=True)
        else:
            (folder / name).write_text("{}" if name == "config.json" else "")
    with pytest.raises(UsageError, match=r"RG122: there is no run 'r' to continue .*resume=\"allow\" begins a new"):
        start(project="p", id="r", resume="must")
    run = start(project="p", id="r", resume=resume, config={"lr": 1})
    assert (run.resumed, run.step) == (False, 0)
    run.log({"a": 1})
    run.finish()
    stored = reportgen.read_run(folder)
    assert (stored.info.state, dict(stored.config), stored.problems) == ("finished", {"lr": 1}, ())
    assert stored.history["a"].values.tolist() == [1]


@pytest.mark.parametrize("delay", [0.0, 0.002, 0.004])
def test_a_run_killed_in_init_begins_at_the_next_start(tmp_path: Path, delay: float) -> None:
    code = (
        "import reportgen as rg\nrun = rg.init(project='p', id='r', resume='allow', system_metrics=False)\n"
        "run.log({'a': 1})"
    )
    folder = tmp_path / "runs/p/r"
    process = scripts.start(code, tmp_path)
    while not folder.is_dir():
        assert process.poll() is None
    time.sleep(delay)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    done = scripts.finish(code, tmp_path)
    assert done.returncode == 0, done.stderr
    assert reportgen.read_run(folder).info.state == "finished"


def test_an_empty_card_without_a_row_is_a_new_beginning(start: Start, tmp_path: Path) -> None:
    folder = tmp_path / "runs/p/r"
    folder.mkdir(parents=True)
    for name in ("run.lock", "run.json", "history.jsonl"):
        (folder / name).touch()
    with pytest.warns(reportgen.ReportgenWarning, match=r"RG136: run\.json is damaged and is made anew \("):
        run = start(project="p", id="r", tags=["new"])
    assert (run.resumed, run.tags) == (False, ("new",))
    assert (folder / "run.json.damaged").exists()


@pytest.mark.parametrize("name", ["notes.txt", "config.json", "media/a.png"])
def test_a_folder_of_other_files_is_left_alone(start: Start, tmp_path: Path, name: str) -> None:
    target = tmp_path / "runs/p/r" / name
    target.parent.mkdir(parents=True)
    target.write_text("mine")
    for resume in (None, "allow", "auto"):
        with pytest.raises(UsageError, match="RG121: there is a folder with the name of the run"):
            start(project="p", id="r", resume=resume)
    with pytest.raises(UsageError, match=r"RG122: .* the folder of that name holds other files"):
        start(project="p", id="r", resume="must")
    assert [path for path in (tmp_path / "runs/p/r").rglob("*") if path.is_file()] == [target]
    assert target.read_text() == "mine"


def test_who_comes_second_to_a_new_id_is_told_that_it_is_being_written(start: Start, tmp_path: Path) -> None:
    code = (
        "import pathlib, time\nimport reportgen as rg\n"
        "try:\n    run = rg.init(project='p', id='r', resume='allow', system_metrics=False)\n"
        "except Exception as fault:\n    print(fault)\n"
        "else:\n    while not pathlib.Path('stop').exists(): time.sleep(0.01)\n    print('had it')\n"
    )
    processes = [scripts.start(code, tmp_path) for _ in range(3)]
    while sum(process.poll() is None for process in processes) > 1:
        time.sleep(0.01)
    (tmp_path / "stop").touch()
    said = sorted(process.communicate()[0].strip() for process in processes)
    assert [text[:5] for text in said] == ["RG361", "RG361", "had i"]
    folder = tmp_path / "runs/p/live"
    writer = RunWriter(folder, new=True)  # it has no run.json yet
    for resume in ("allow", "must", "never"):
        with pytest.raises(UsageError, match="RG361"):
            start(project="p", id="live", resume=resume)
    writer.close()


def test_an_init_that_fails_leaves_no_folder(start: Start, tmp_path: Path) -> None:
    code = (
        "import resource, signal, sys\nimport reportgen as rg\nsignal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), resource.RLIM_INFINITY))\n"
        "try:\n    rg.init(project='p', id='r', system_metrics=False)\n"
        "except rg.errors.WriteError as fault:\n    print(fault.code)\n"
    )
    for most in ("0", "150"):  # bytes: not even the owner file, or no run.json
        done = scripts.finish(f"import sys\nsys.argv.append({most!r})\n" + code, tmp_path)
        assert done.stdout.strip() == "RG362", done.stderr
        assert not (tmp_path / "runs/p/r").exists()
    assert start(project="p", id="r", resume="allow").step == 0
