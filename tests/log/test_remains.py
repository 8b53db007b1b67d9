"""What the files of a run tell of it when its `run.json` does not."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

import reportgen
from reportgen.log import remains
from tests.log.scripts import card

Start = Callable[..., reportgen.Run]


def test_sessions_and_times_are_reckoned_from_the_rows(start: Start) -> None:
    for number in range(3):
        run = start(project="p", id="r", resume="allow")
        run.log({"a": number})
        run.finish()
    before = card(run.path)
    (run.path / "history.1.jsonl").write_text('{"_step":0,"_runtime":0.1,"a":1}\n')
    found = remains.known(run.path)
    assert found["ranks"] == 2
    assert [one["runtime"] for one in found["sessions"]] == pytest.approx(
        [one["runtime"] for one in before["sessions"]], abs=1
    )
    for one, other in zip(found["sessions"], before["sessions"], strict=True):
        assert one["started"] == pytest.approx(other["started"], abs=30)
    assert found["created"][:10] in {before["created"][:10], card(run.path)["created"][:10]}


def test_a_run_began_no_later_than_its_lock_was_made(start: Start) -> None:
    run = start(project="p", id="r")
    run.log({"a": 1})
    run.finish()
    os.utime(run.path / "run.lock", (1_700_000_000, 1_700_000_000))
    found = remains.known(run.path)
    assert found["created"] == "2023-11-14T22:13:20.000000Z"
    assert found["sessions"] == [{"started": 1_700_000_000.0, "runtime": 0.0}]


def test_each_damaged_card_is_kept(tmp_path: Path) -> None:
    for text, name in (("one", "run.json.damaged"), ("two", "run.json.damaged.2")):
        (tmp_path / "run.json").write_text(text)
        assert remains.put_aside(tmp_path) == name
        assert (tmp_path / name).read_text() == text
    assert remains.put_aside(tmp_path) == ""


def test_only_what_is_lost_is_spoken_of(tmp_path: Path, recwarn: pytest.WarningsRecorder) -> None:
    remains.tell(tmp_path, "", fresh=True)
    assert not recwarn.list
    with pytest.warns(reportgen.ReportgenWarning, match="RG136: .*missing.* Give name, tags and notes"):
        remains.tell(tmp_path, "", fresh=False)
