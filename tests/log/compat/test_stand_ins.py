"""Functions that need no server do nothing or little; those that need one say what to use."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

import reportgen
from reportgen import Run
from reportgen.errors import UsageError
from reportgen.log.compat import stand_ins


def test_what_does_nothing_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert reportgen.login(key="x", relogin=True) is True
    reportgen.setup()
    reportgen.require("core")
    reportgen.ensure_configured()
    assert capsys.readouterr() == ("", "")


def test_teardown_ends_the_run(run: Run) -> None:
    reportgen.teardown()
    assert run.state == "finished"
    reportgen.teardown()


def test_join_is_what_finish_was_called(run: Run) -> None:
    reportgen.join()
    assert run.state == "finished"


def test_a_chart_of_a_server_is_logged_as_its_table(run: Run) -> None:
    run.log({"chart": reportgen.visualize("team/preset", reportgen.Table(["a"], [[1]]))})
    run.finish()
    (history,) = reportgen.read_run(Path(run.dir).parent).history.all
    assert (history.key, history.kind) == ("chart", "table")


def test_lines_on_the_terminal(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stand_ins, "_said", set())
    for _ in range(2):
        reportgen.termlog("one", repeat=False)
        reportgen.termwarn("two")
    reportgen.termerror("three")
    lines = capsys.readouterr().err.splitlines()
    assert [line.removeprefix("reportgen: ") for line in lines] == ["one", "WARNING two", "WARNING two", "ERROR three"]


def test_ids_leave_the_random_seed_alone(start: Callable[..., Run]) -> None:
    random.seed(1)
    before = random.getstate()
    ids = {reportgen.generate_id() for _ in range(20)} | {reportgen.util.generate_id() for _ in range(20)}
    assert random.getstate() == before
    assert len(ids) == 40
    assert all(len(one) == 8 and one.isalnum() for one in ids)
    assert start(project="p", id=reportgen.generate_id(12)).id


def test_settings_take_any_name() -> None:
    settings = reportgen.Settings(console="off")
    settings.update(start_method="thread")
    settings.mode = "offline"
    assert (settings.console, settings.start_method, settings.get("mode"), settings.code_dir) == (
        "off",
        "thread",
        "offline",
        None,
    )
    assert repr(settings) == "Settings(console='off', start_method='thread', mode='offline')"
    assert not hasattr(settings, "__fspath__")


@pytest.mark.parametrize("name", sorted(stand_ins.UNAVAILABLE))
def test_what_needs_a_server_says_what_to_use(name: str) -> None:
    function = getattr(reportgen, name)
    assert hasattr(reportgen, name)
    with pytest.raises(UsageError, match=rf"RG147: reportgen\.{name} needs a server") as raised:
        function("x", y=1)
    assert raised.value.problem.remedy == stand_ins.UNAVAILABLE[name]
    assert stand_ins.UNAVAILABLE[name] in function.__doc__
