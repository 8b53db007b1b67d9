"""A reader says what a run lost: values that never came, and what its processes could not write."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reportgen.rundir.reader import StoredRun, read_run

SESSIONS = [{"started": 1.0, "runtime": 0.0}, {"started": 100.0, "runtime": 50.0}]


def stored(folder: Path, state: str, *rows: dict[str, Any], sessions: int = 1, **files: Any) -> StoredRun:
    """A run whose process is gone, as it is read."""
    card = {"format": 1, "id": "r", "state": state, "sessions": SESSIONS[:sessions], **files.pop("card", {})}
    (folder / "run.json").write_text(json.dumps(card))
    (folder / "history.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    for name, text in files.items():
        (folder / name.replace("_", ".")).write_text(text)
    return read_run(folder)


def row(step: int, runtime: float, **values: Any) -> dict[str, Any]:
    return {"_step": step, "_runtime": runtime, **values}


def words(run: StoredRun) -> list[str]:
    return [problem.what for problem in run.problems if problem.code == "RG329"]


def test_values_that_came_are_not_missed(tmp_path: Path) -> None:
    rows = (row(0, 1.5, a=1, _pending=["b", "c"]), row(1, 2.0, a=2, _pending=["b"]), row(0, 1.5, b="x", c=None))
    run = stored(tmp_path, "running", *rows, row(1, 2.0, b=5))
    assert (run.info.state, run.info.incomplete, words(run)) == ("crashed", False, [])
    assert sorted(run.history) == ["a", "b", "c"] or sorted(run.history) == ["a", "b"]
    assert "_pending" not in run.summary
    assert all("_pending" not in one for one in run.history.rows())


def test_values_that_never_came(tmp_path: Path) -> None:
    rows = [row(step, step + 0.5, a=1, _pending=["im"]) for step in range(60)]
    rows += [row(step, step + 0.5, im="x") for step in range(57)] + [row(7, 99.0, _pending=["other"])]
    run = stored(tmp_path, "running", *rows)
    assert run.info.incomplete
    assert words(run) == [
        "3 values of 'im', at steps 57 to 59, were still being stored when the process ended",
        "1 value of 'other', at step 7, was still being stored when the process ended",
    ]
    assert len(run.history["a"]) == 60
    assert len(run.history["im"]) == 57


def test_a_value_of_another_call_at_that_step_is_not_the_one(tmp_path: Path) -> None:
    run = stored(tmp_path, "running", row(3, 1.0, _pending=["im"]), row(3, 2.0, im="x"))
    assert words(run) == ["1 value of 'im', at step 3, was still being stored when the process ended"]


@pytest.mark.parametrize(
    ("incomplete", "said"), [(True, ["1 value of 'im', at step 3, could not be stored"]), (False, [])]
)
def test_of_a_run_that_ended(incomplete: bool, said: list[str], tmp_path: Path) -> None:
    run = stored(tmp_path, "finished", row(3, 1.0, _pending=["im"]), card={"incomplete": incomplete})
    assert (words(run), run.info.incomplete) == (said, incomplete)


def test_of_an_earlier_session(tmp_path: Path) -> None:
    begin = {"_step": 4, "_runtime": 50.0, "_summary": {}, "_session": 1}
    rows = (row(3, 1.0, _pending=["im"]), begin, row(4, 51.0, a=1, _pending=["im"]), row(4, 51.0, im="x"))
    run = stored(tmp_path, "finished", *rows, sessions=2)
    assert words(run) == ["1 value of 'im', at step 3, was still being stored when the process ended"]
    assert run.info.incomplete


def test_of_other_processes(tmp_path: Path) -> None:
    lines = json.dumps(row(0, 1.0, b=1, _pending=["im"])) + "\n"
    run = stored(tmp_path, "finished", row(0, 1.0, a=1), history_1_jsonl=lines)
    assert [problem.where for problem in run.problems if problem.code == "RG329"] == ["history.1.jsonl"]
    assert run.info.incomplete


def test_many_keys_are_not_listed_one_by_one(tmp_path: Path) -> None:
    run = stored(tmp_path, "running", *(row(n, float(n), _pending=[f"k{n}"]) for n in range(1, 25)))
    assert len(words(run)) == 21
    assert words(run)[-1] == "4 values of 4 other keys were still being stored when the process ended"


@pytest.mark.parametrize("bad", [5, "im", [1], {"a": 1}, None])
def test_announcements_that_make_no_sense_are_passed_over(bad: object, tmp_path: Path) -> None:
    run = stored(tmp_path, "running", row(3, 1.0, a=1, _pending=bad))
    assert (words(run), run.info.incomplete, len(run.history["a"])) == ([], False, 1)


@pytest.mark.parametrize(
    ("text", "number"), [("", 0), ('{"unwritten": 7}\n', 7), ("{", 0), ('{"unwritten": -1}', 0), ("[]", 0)]
)
def test_marks_of_other_processes(text: str, number: int, tmp_path: Path) -> None:
    line = json.dumps(row(0, 1.0, b=1)) + "\n"
    card = {"incomplete": False}
    run = stored(tmp_path, "finished", row(0, 1.0, a=1), card=card, history_w1_jsonl=line, lost_w1_json=text)
    assert (run.info.incomplete, run.info.unwritten) == (True, number)
    assert run.summary == {"a": 1, "b": 1}


def test_a_torn_line_of_an_incomplete_run_is_no_trifle(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    for incomplete, expected in ((False, "Nothing needs doing"), (True, "could not be written are lost")):
        stored(tmp_path, "finished", card={"incomplete": incomplete, "unwritten": 3})
        (tmp_path / "history.jsonl").write_text('{"_step":0,"_runtime":1,"a":1}\n{"_st')
        run = read_run(tmp_path)
        (problem,) = run.problems
        assert problem.code == "RG310"
        assert expected in problem.remedy
        assert run.info.unwritten == 3
