"""What a run says of itself, and what it says when its disk fails."""

from __future__ import annotations

import shutil
import time

import pytest

import reportgen
from reportgen import ReportgenWarning, Run
from tests.log.scripts import card


def test_a_description_may_change(run: Run) -> None:
    run.name = "better"
    run.tags += ("new",)
    run.notes = "# Notes"
    assert (run.name, run.tags, run.notes) == ("better", ("new",), "# Notes")
    values = card(run.path)
    assert (values["name"], values["tags"], values["notes"]) == ("better", ["new"], "# Notes")
    run.tags = "one"  # type: ignore[assignment]
    run.notes = None
    assert (run.tags, run.notes) == (("one",), "")


def test_how_a_run_shows_itself(run: Run) -> None:
    assert repr(run) == f"<reportgen.Run p/{run.id} running>"
    run.finish()
    assert repr(run) == f"<reportgen.Run p/{run.id} finished>"
    assert not run.resumed
    assert not run.disabled


def test_a_folder_that_was_removed(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    time.sleep(0.4)
    shutil.rmtree(run.path)
    with pytest.warns(ReportgenWarning, match="RG138: the run directory was removed") as said:  # noqa: PT031
        run.notes = "x"
        run.log({"a": 1})
        run.finish()
    assert len(said) == 1
    stored = reportgen.read_run(run.path)
    assert (stored.info.notes, stored.summary, stored.info.incomplete) == ("x", {"a": 1}, True)
