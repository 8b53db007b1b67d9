"""Runs that were resumed from an earlier step: what was logged there before is kept, apart."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.rundir.history import History, read_history
from reportgen.rundir.reader import read_run
from reportgen.rundir.rows import Faults
from tests.rundir.directories import IMAGE, write_run

Row = dict[str, Any]


def row(step: int, **values: object) -> Row:
    return {"_step": step, "_runtime": 1.0, **values}


def session(number: object, step: int = 0) -> Row:
    return {"_step": step, "_runtime": 1.0, "_summary": {}, "_session": number}


def read(folder: Path, *rows: Row) -> History:
    write_run(folder, rows)
    return read_history(folder, "history.jsonl", Faults("f"))[0]


def numbers(history: History, key: str = "a") -> tuple[list[tuple[int, float]], list[tuple[int, list[Any]]]]:
    """Current (step, value) pairs of a key, and those of each superseded session."""
    found = history[key]

    def pairs(one: Any) -> list[tuple[int, float]]:
        return list(zip(one.steps.tolist(), one.values.tolist(), strict=True))

    return pairs(found), [(old.session, pairs(old)) for old in found.superseded]


def trained(session_number: int, first: int, last: int, **others: object) -> list[Row]:
    return [row(step, a=session_number * 100 + step, **others) for step in range(first, last)]


def test_a_resume_from_an_earlier_step(tmp_path: Path) -> None:
    history = read(tmp_path, *trained(0, 0, 10), session(1), *trained(1, 6, 9))
    assert numbers(history) == (
        [*((step, step) for step in range(6)), (6, 106), (7, 107), (8, 108)],
        [(0, [(6, 6), (7, 7), (8, 8), (9, 9)])],
    )
    assert history["a"].replaced == 0
    assert history.steps.tolist() == list(range(9))
    assert [r["a"] for r in history.rows()] == [0, 1, 2, 3, 4, 5, 106, 107, 108]
    assert [r["a"] for r in history.rows(superseded=True)] == [6, 7, 8, 9]


def test_a_resume_that_goes_on(tmp_path: Path) -> None:
    history = read(tmp_path, *trained(0, 0, 5), session(1), *trained(1, 5, 8))
    assert numbers(history)[1] == []
    assert history.steps.tolist() == list(range(8))
    assert list(history.rows(superseded=True)) == []


def test_late_rows_of_one_session_take_nothing_back(tmp_path: Path) -> None:
    history = read(tmp_path, *trained(0, 0, 5), row(2, a=-2), session(1), row(5, a=5), row(3, a=-3), row(6, a=6))
    assert numbers(history) == ([(0, 0), (1, 1), (2, -2), (3, -3), (4, 4), (5, 5), (6, 6)], [])
    assert history["a"].replaced == 2


def test_a_session_with_other_keys_adds_to_the_run(tmp_path: Path) -> None:
    history = read(tmp_path, *trained(0, 0, 5), session(1), row(0, test=1.0), row(3, test=2.0))
    assert numbers(history)[1] == []
    assert history["test"].steps.tolist() == [0, 3]


def test_all_keys_go_back_together(tmp_path: Path) -> None:
    """What the new session has not logged again yet belongs to what was taken back nevertheless."""
    history = read(
        tmp_path,
        *trained(0, 0, 4),
        row(4, a=4, val=0.5, picture=IMAGE, note="old"),
        row(5, a=5, val=0.6),
        session(1),
        row(3, a=103),
    )
    assert history["val"].steps.tolist() == []
    assert [old.values.tolist() for old in history["val"].superseded] == [[0.5, 0.6]]
    picture, note = history["picture"], history["note"]
    assert (len(picture), picture.kind, picture.superseded[0].records) == (0, "image", (IMAGE,))
    assert (len(note), note.superseded[0].records, note.superseded[0].steps.tolist()) == (0, ("old",), [4])


def test_several_resumes(tmp_path: Path) -> None:
    history = read(
        tmp_path,
        *trained(0, 0, 10),
        session(1),
        *trained(1, 6, 12),
        session(2),
        *trained(2, 4, 8),
        session(3),
        session(4),
        *trained(4, 8, 9),
    )
    current, old = numbers(history)
    assert current == [(0, 0), (1, 1), (2, 2), (3, 3), (4, 204), (5, 205), (6, 206), (7, 207), (8, 408)]
    assert old == [(0, [(s, s) for s in range(4, 10)]), (1, [(s, 100 + s) for s in range(6, 12)])]
    assert sorted(r["a"] for r in history.rows(superseded=True)) == sorted(
        [*range(4, 10), *(100 + s for s in range(6, 12))]
    )


def test_merging_happens_within_what_counts(tmp_path: Path) -> None:
    """Rows of one step are one row, in what is current and in what was taken back."""
    history = read(
        tmp_path,
        row(0, a=0),
        row(1, a=1, b=1),
        row(1, a=2),
        session(1),
        row(1, b=10),
        row(1, a=11),
        row(1, a=12),
    )
    assert numbers(history) == ([(0, 0), (1, 12)], [(0, [(1, 2)])])
    assert (history["a"].replaced, history["a"].superseded[0].replaced) == (1, 1)
    assert numbers(history, "b") == ([(1, 10)], [(0, [(1, 1)])])
    assert list(history.rows()) == [row(0, a=0), row(1, a=12, b=10)]
    assert list(history.rows(superseded=True)) == [row(1, a=1, b=1), row(1, a=2)]


def test_kinds_of_one_key(tmp_path: Path) -> None:
    history = read(
        tmp_path, row(0, a="x"), row(1, a=1), row(2, a="y"), row(3, a=None), session(1), row(2, a=2), row(3, a="z")
    )
    found = {
        h.kind: (h.steps.tolist(), [(old.session, old.steps.tolist()) for old in h.superseded]) for h in history.all
    }
    assert found == {"text": ([0, 3], [(0, [2])]), "scalar": ([1, 2], [])}


def test_rows_out_of_order_beside_a_resume(tmp_path: Path) -> None:
    history = read(tmp_path, row(5, a=5), row(2, a=2), row(7, a=7), session(1), row(6, a=106), row(1, a=101))
    assert numbers(history) == ([(1, 101), (2, 2), (5, 5), (6, 106)], [(0, [(7, 7)])])
    assert [r["a"] for r in history.rows()] == [101, 2, 5, 106]


@pytest.mark.parametrize("number", [0, -1, True, "1", None, 2**31, 1.5, [1]])
def test_numbers_that_are_no_session(tmp_path: Path, number: object) -> None:
    assert numbers(read(tmp_path, *trained(0, 0, 5), session(number), *trained(1, 3, 5)))[1] == []


def test_numbers_that_fall(tmp_path: Path) -> None:
    """A session never counts as earlier than one before it in the file."""
    history = read(tmp_path, *trained(0, 0, 5), session(3), *trained(1, 3, 5), session(1), *trained(2, 4, 5))
    current, old = numbers(history)
    assert current == [(0, 0), (1, 1), (2, 2), (3, 103), (4, 204)]
    assert old == [(0, [(3, 3), (4, 4)])]


def test_a_superseded_history_can_be_sent_to_another_process(tmp_path: Path) -> None:
    history = read(tmp_path, *trained(0, 0, 4), session(1), *trained(1, 2, 4))
    back = pickle.loads(pickle.dumps(history["a"]))  # noqa: S301
    assert back.superseded[0].values.tolist() == [2, 3]


def test_the_main_writer_takes_all_files_back(tmp_path: Path) -> None:
    write_run(tmp_path, [*trained(0, 0, 10), session(1), *trained(1, 5, 8)])
    worker = b"".join(json.dumps(r).encode() + b"\n" for r in [row(3, w=3), row(5, w=5), row(7, w=7)])
    (tmp_path / "history.w1.jsonl").write_bytes(worker)
    again = [session(1), row(6, w=106)]
    (tmp_path / "history.w2.jsonl").write_bytes(b"".join(json.dumps(r).encode() + b"\n" for r in again))
    run = read_run(tmp_path)
    first, second = run.history.writers["w1"]["w"], run.history.writers["w2"]["w"]
    assert first.steps.tolist() == [3]
    assert first.superseded[0].steps.tolist() == [5, 7]
    assert second.steps.tolist() == [6]
    assert run.problems == ()


ACTIONS = st.one_of(
    st.tuples(st.just("row"), st.integers(0, 8), st.sampled_from("ab")),
    st.tuples(st.just("session"), st.integers(1, 3)),
)


@given(st.lists(ACTIONS, max_size=30))
def test_nothing_is_lost_whatever_the_order(tmp_path_factory, actions: list) -> None:
    """Each value is current, superseded, or replaced by a later one of the same step and session."""
    rows, count = [], 0
    for action in actions:
        if action[0] == "session":
            rows.append(session(action[1]))
        else:
            count += 1
            rows.append(row(action[1], **{action[2]: count if action[2] == "a" else str(count)}))
    history = read(tmp_path_factory.getbasetemp() / "run", *rows)
    kept = [h for one in history.all for h in (one, *one.superseded)]
    assert sum(len(h) + h.replaced for h in kept) == count
    values = [str(int(v)) for h in kept if h.values is not None for v in h.values.tolist()]
    values += [v for h in kept if h.values is None for v in h.records]
    assert len(values) == len(set(values))
    assert all(bool((np.diff(h.steps) > 0).all()) for h in kept)
    merged = [v for r in history.rows() for k, v in r.items() if k in ("a", "b")]
    assert sorted(map(str, merged)) == sorted(
        v for h in history.all for v in ([str(int(x)) for x in h.values] if h.values is not None else h.records)
    )


def test_the_summary_holds_nothing_that_was_taken_back(tmp_path: Path) -> None:
    first = [row(step, a=step, acc=step / 10, count=step * 2, text=f"at {step}", late=True) for step in range(10)]
    only_late = row(8, gone=1, mixed="text")
    before = row(2, mixed=4, null=1)
    write_run(
        tmp_path,
        [*first[:3], before, *first[3:], only_late, row(3, null=None), session(1), row(5, a=50), row(6, a=40)],
        run={"state": "running"},
    )
    found = read_run(tmp_path)
    assert found.summary == {"a": 40, "acc": 0.4, "count": 8, "text": "at 4", "late": True, "mixed": 4, "null": 1}
    assert [type(found.summary[key]) for key in ("acc", "count", "late")] == [float, int, bool]


def test_what_was_assigned_stays_when_rows_are_taken_back(tmp_path: Path) -> None:
    assigned = {"_step": 9, "_runtime": 1.0, "_summary": {"best": 9, "a": 1}}
    write_run(tmp_path, [*trained(0, 0, 9), assigned, session(1), *trained(1, 5, 6)], run={"state": "running"})
    assert read_run(tmp_path).summary == {"best": 9, "a": 105}
