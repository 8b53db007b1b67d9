"""Alerts and artifacts are read back as they were written, and damage costs the line that it is in."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reportgen.errors import Problem
from reportgen.rundir import layout
from reportgen.rundir.events import Alert, ArtifactEvent, Events, read_events

LOGGED = ArtifactEvent(
    "logged",
    "digits",
    2,
    "ab" * 32,
    type="dataset",
    manifest=f"media/ab/{'ab' * 32}.json",
    files=3,
    size=400,
    aliases=("best",),
    description="<b>&\"'</b>",
    metadata={"rows": 10, "nested": {"a": [1, None]}},
    time=12.5,
)


def written(folder: Path, *rows: object, name: str = layout.EVENTS) -> None:
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")


def alert(**more: object) -> dict[str, object]:
    return {"_event": "alert", "_step": 3, "_runtime": 1.5, "level": "WARN", "title": "Low", "text": "a\nb", **more}


def test_a_run_without_events(tmp_path: Path) -> None:
    problems: list[Problem] = []
    assert read_events(tmp_path, problems) == Events()
    assert problems == []


def test_events_come_back(tmp_path: Path) -> None:
    written(tmp_path, alert(), LOGGED.to_row(), alert(level="ERROR", _runtime=2))
    problems: list[Problem] = []
    found = read_events(tmp_path, problems)
    assert found.alerts == (Alert("Low", "a\nb", "WARN", 3, 1.5), Alert("Low", "a\nb", "ERROR", 3, 2))
    assert found.artifacts == (LOGGED,)
    assert problems == []


def test_what_is_empty_is_not_written() -> None:
    row = ArtifactEvent("used", "digits", 0, "ab").to_row()
    assert {name for name, value in row.items() if value in ("", [], {})} == set()
    assert row["version"] == 0


def test_other_events_are_passed_over(tmp_path: Path) -> None:
    written(tmp_path, {"_event": "comet"}, {"more": 1}, alert())
    problems: list[Problem] = []
    assert len(read_events(tmp_path, problems).alerts) == 1
    assert problems == []


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (alert(level="LOUD"), "its level is 'LOUD'"),
        (alert(title=3), "its title is no string"),
        (alert(_runtime=-1), "its _runtime is no number from 0"),
        ({**LOGGED.to_row(), "version": -1}, "its version is -1"),
        ({**LOGGED.to_row(), "version": True}, "its version is True"),
        ({**LOGGED.to_row(), "action": "eaten"}, "its action is 'eaten'"),
        ({**LOGGED.to_row(), "aliases": "best"}, "its aliases are no list"),
        ({**LOGGED.to_row(), "aliases": [1]}, "its aliases are no list"),
        ({**LOGGED.to_row(), "metadata": []}, "its metadata is no mapping"),
        ({**LOGGED.to_row(), "size": "big"}, "its size is no number"),
    ],
)
def test_a_bad_event_costs_itself(row: dict[str, object], why: str, tmp_path: Path) -> None:
    written(tmp_path, row, alert(title="kept"))
    problems: list[Problem] = []
    assert [one.title for one in read_events(tmp_path, problems).alerts] == ["kept"]
    assert [problem.code for problem in problems] == ["RG328"]
    assert why in problems[0].what
    assert problems[0].where == "events.jsonl, line 1"


def test_a_torn_last_line(tmp_path: Path) -> None:
    (tmp_path / layout.EVENTS).write_text(json.dumps(alert()) + '\n{"_event":"al')
    problems: list[Problem] = []
    assert len(read_events(tmp_path, problems).alerts) == 1
    assert [problem.code for problem in problems] == ["RG310"]


def test_events_of_several_processes_are_put_in_order(tmp_path: Path) -> None:
    written(tmp_path, alert(title="b", _runtime=2), {**LOGGED.to_row(), "time": 9})
    written(tmp_path, alert(title="a", _runtime=1), {**LOGGED.to_row(), "time": 5}, name="events.1.jsonl")
    found = read_events(tmp_path, [], ("", "1", "w7"))
    assert [one.title for one in found.alerts] == ["a", "b"]
    assert [one.time for one in found.artifacts] == [5, 9]
