"""Lines of one run: those of its processes, and what a resume took the place of."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reportgen.panels.scalar import ScalarView, view
from reportgen.rundir.reader import StoredRun, read_run
from reportgen.site import lines
from reportgen.site.draw import draw
from reportgen.site.lines import Owner, all_of, first, name_of, scalars
from reportgen.site.options import BuildOptions
from reportgen.site.plan import Plan, plan
from tests.rundir.directories import IMAGE, write_run

OWNER = Owner(2, "run", Path("x"), True)


def row(step: int, **values: object) -> dict[str, Any]:
    return {"_step": step, "_runtime": step / 2, **values}


def run(folder: Path, *rows: dict[str, Any], **others: list[dict[str, Any]]) -> StoredRun:
    """A run; `others` are the rows of further writers, by name: r1 for rank 1, w1 for a worker."""
    write_run(folder, rows)
    for name, written in others.items():
        text = "".join(json.dumps(one) + "\n" for one in written)
        (folder / f"history.{name.removeprefix('r')}.jsonl").write_text(text)
    return read_run(folder)


SESSION = {"_step": 0, "_runtime": 1, "_summary": {}, "_session": 1}
AGAIN = {**SESSION, "_session": 2}


@pytest.mark.parametrize(
    ("writers", "names"),
    [
        ([""], [""]),
        (["", "1", "12"], ["rank 0", "rank 1", "rank 12"]),
        (["", "w1", "w2"], ["main process", "worker 1", "worker 2"]),
        (["", "1", "w1"], ["rank 0", "rank 1", "worker 1"]),
        (["3"], ["rank 3"]),
        (["w7"], ["worker 7"]),
    ],
)
def test_what_processes_are_called(writers: list[str], names: list[str]) -> None:
    assert [name_of(writer, writers) for writer in writers] == names


def test_a_line_per_process(tmp_path: Path) -> None:
    stored = run(tmp_path, row(0, a=1, b=1), r1=[row(0, a=2)], r2=[row(0, a=3, c=1)], w1=[row(0, a=4)])
    found = scalars(stored.history)
    assert list(found) == ["a", "b", "c"]
    sources = all_of(OWNER, found["a"])
    assert [(one.label, one.line, one.old) for one in sources] == [
        ("rank 0", 0, False),
        ("rank 1", 1, False),
        ("rank 2", 2, False),
        ("worker 1", 3, False),
    ]
    assert [one.label for one in all_of(OWNER, found["b"])] == [""]
    assert [one.label for one in all_of(OWNER, found["c"])] == ["rank 2"]
    alone = first(OWNER, found["a"])
    assert alone is not None
    assert (alone.history.writer, alone.label, alone.more) == ("", "", 3)


def test_what_was_superseded_is_grey(tmp_path: Path) -> None:
    stored = run(tmp_path, row(0, a=1), row(1, a=2), SESSION, row(1, a=3), row(2, a=4), AGAIN, row(2, a=5))
    sources = all_of(OWNER, scalars(stored.history)["a"])
    assert [(one.label, one.old, one.history.steps.tolist()) for one in sources] == [
        ("", False, [0, 1, 2]),
        ("superseded, session 1", True, [1]),
        ("superseded, session 2", True, [2]),
    ]


def test_a_metric_of_which_nothing_counts_any_more(tmp_path: Path) -> None:
    stored = run(tmp_path, row(0, a=1), row(1, a=1, b=2), SESSION, row(1, a=2))
    histories = scalars(stored.history)["b"]
    assert first(OWNER, histories) is None
    assert [(one.label, one.old) for one in all_of(OWNER, histories)] == [("superseded", True)]


def test_the_axis_of_a_line_is_that_of_its_own_process(tmp_path: Path) -> None:
    rows = [row(0, a=1, epoch=0), row(1, a=2, epoch=1), SESSION, row(1, a=3, epoch=9)]
    stored = run(tmp_path, *rows, r1=[row(0, a=5, epoch=7)], r2=[row(0, a=6)])
    found = scalars(stored.history)
    axes = [one.axis for one in all_of(OWNER, found["a"], found["epoch"])]
    assert [None if axis is None or axis.values is None else axis.values.tolist() for axis in axes] == [
        [0, 9],
        [7],
        [0, 9],
        [1],
    ]


def test_many_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "MOST", 3)
    stored = run(tmp_path, row(0, a=1), **{f"w{n}": [row(0, a=n)] for n in range(1, 8)})
    sources = all_of(OWNER, scalars(stored.history)["a"])
    assert [one.label for one in sources] == ["main process", "worker 1", "worker 2"]
    assert sources[0].more == 5


# ---- in a report


def planned(*stored: StoredRun) -> Plan:
    return plan(list(stored), BuildOptions())


def drawn(made: Plan, page: int, part: str) -> list[ScalarView]:
    return [view(task) for one in made.pages[page].parts if one.name == part for task in one.tasks]  # type: ignore[misc]


def test_charts_of_several_ranks(tmp_path: Path) -> None:
    ranks = {f"r{n}": [row(step, a=10 * n + step) for step in range(3)] for n in (1, 2)}
    made = planned(run(tmp_path, *(row(step, a=step) for step in range(3)), **ranks))
    (overview,) = drawn(made, 0, "charts")
    assert [line.label for line in overview.lines] == [""]
    assert "2 more lines of other processes not drawn here" in overview.notes
    (own,) = drawn(made, 1, "charts")
    assert [(line.label, line.old) for line in own.lines] == [("rank 0", False), ("rank 1", False), ("rank 2", False)]
    assert len({(line.colour, line.dash) for line in own.lines}) == 3
    assert own.lines[0].colour == overview.lines[0].colour
    assert [entry["label"] for entry in own.data["series"]] == ["rank 0", "rank 1", "rank 2"]
    assert "label" not in overview.data["series"][0]
    assert [cells[0] for cells in own.table] == ["rank 0", "rank 1", "rank 2"]


def test_charts_of_a_resumed_run(tmp_path: Path) -> None:
    """What was taken back is drawn in grey, and neither its best value nor its spike says anything of the run."""
    rows = [row(0, loss=3.0), row(1, loss=2.0), row(2, loss=-1.0), row(3, loss=1e9), SESSION, row(2, loss=1.0)]
    made = planned(run(tmp_path, *rows))
    (overview,), (own,) = drawn(made, 0, "charts"), drawn(made, 1, "charts")
    assert (len(overview.lines), overview.value, own.value) == (1, "1", "1")
    assert [(line.colour, line.old) for line in own.lines] == [(1, False), (0, True)]
    assert own.notes[0] == "5 points"
    assert "2 of them superseded: the run went back to an earlier step" in own.notes
    assert [tick.text for tick in own.y_ticks] == [tick.text for tick in overview.y_ticks]
    assert [tick.text for tick in own.x_ticks][-1] == "3"
    expected = {"label": "superseded", "colour": 0, "dash": 1, "old": True}
    assert {name: own.data["series"][1][name] for name in expected} == expected


def test_long_lines_bring_their_own_points(tmp_path: Path) -> None:
    """The parts that the overview has are those of its line, not of the others."""
    many = [row(step, a=step) for step in range(3000)]
    made = planned(run(tmp_path, *many, r1=[row(step, a=-step) for step in range(3000)]))
    (own,) = drawn(made, 1, "charts")
    entries = own.data["series"]
    assert (entries[0]["parts"], len(entries[1]["parts"])) == ([], 1)
    assert entries[1]["parts"][0]["columns"].arrays["y"].tolist() == [-step for step in range(3000)]


def test_pictures_of_several_ranks_and_sessions(tmp_path: Path) -> None:
    rows = [row(0, pic=IMAGE, a=1), row(1, pic=IMAGE, note="old", a=1), SESSION, row(1, a=2)]
    made = planned(run(tmp_path, *rows, r1=[row(0, pic=IMAGE, other="x")]))
    parts = {part.name: part.tasks for part in made.pages[1].parts}
    assert [(task.key, draw(task).label) for task in parts["images"]] == [("pic", "rank 0"), ("pic", "rank 1")]
    assert [(task.key, draw(task).label) for task in parts["text"]] == [("other", "rank 1")]
    assert [(task.key, draw(task).label) for task in parts["superseded"]] == [
        ("note", "superseded"),
        ("pic", "rank 0, superseded"),
    ]
    assert list(parts)[-2:] == ["superseded", "system"]
    assert "superseded" not in {part.name for part in planned(run(tmp_path / "b", row(0, pic=IMAGE))).pages[1].parts}
