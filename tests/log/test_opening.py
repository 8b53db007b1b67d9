"""Where runs begin: new folders, and runs on disk that are continued."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import reportgen
from reportgen import Run
from reportgen.errors import RunDirError, UsageError, WriteError
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


def test_damage_does_not_hide_behind_a_new_session(start: Start) -> None:
    first = finished(start)
    (first.path / "run.json").write_text("{")
    with pytest.raises((RunDirError, ValueError)):
        start(project="p", id="r", resume="must")
    (first.path / "run.json").write_text(json.dumps({"format": 99}))
    with pytest.raises(RunDirError, match="RG302"):
        start(project="p", id="r", resume="must")
    (first.path / "run.json").unlink()
    with pytest.raises(UsageError, match="RG121: there is a folder with the name of the run"):
        start(project="p", id="r", resume="allow")


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


@pytest.mark.parametrize("text", ["", "{", "[]"])
def test_a_run_whose_card_is_damaged_cannot_be_continued(tmp_path: Path, text: str) -> None:
    run = reportgen.init(dir=tmp_path, project="p", id="x", system_metrics=False)
    run.log({"a": 1})
    run.finish()
    (run.path / "run.json").write_text(text)
    with pytest.raises(RunDirError, match=r"RG306: the run cannot be continued: .*run\.json\)\. Restore it"):
        reportgen.init(dir=tmp_path, project="p", id="x", resume="allow")
    assert (run.path / "run.json").read_text() == text
