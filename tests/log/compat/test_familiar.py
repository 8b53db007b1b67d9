"""Names of a run that scripts written for W&B read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

import reportgen
from reportgen import Run

Start = Callable[..., Run]


def test_addresses_are_places_on_the_disk(run: Run) -> None:
    assert run.url == run.get_url() == run.path.as_uri()
    assert run.project_url == run.get_project_url() == run.path.parent.as_uri()
    assert (run.project, run.project_name(), run.entity) == ("p", "p", "")
    assert (run.sweep_id, run.sweep_url, run.get_sweep_url()) == (None, None, None)
    assert run.offline


def test_how_it_is_going(run: Run) -> None:
    assert run.start_time > 1.7e9
    assert run.status() == run.state == "running"
    run.mark_preempting()
    reportgen.mark_preempting()
    run._label(repo="lightning")
    run.join()
    assert run.status() == "finished"


def test_the_configuration_to_be_read_only(start: Start) -> None:
    run = start(project="p", config={"lr": 0.1, "model": {"depth": 3}})
    assert run.config_static["model"]["depth"] == 3
    with pytest.raises(TypeError):
        run.config_static["lr"] = 1  # type: ignore[index]


def test_settings_and_entity_are_what_was_given(start: Start) -> None:
    assert start(project="p").settings.console is None
    run = start(project="p", entity="me", settings={"console": "off"})
    assert (run.entity, run.settings.console, run.settings.get("x", 3)) == ("me", "off", 3)


def test_a_run_shows_itself(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    run.log({"loss": 0.25})
    page = run.to_html(height=420)
    assert page.startswith("<iframe srcdoc=")
    assert "height:420px" in page
    assert "<details" in run.to_html(hidden=True)
    assert run._repr_html_().startswith("<iframe")
    assert run.display() is False  # this is no notebook
    assert "first" in repr(run)
    run.log({"loss": 0.125})
    run.finish()
    assert run._repr_html_().startswith("<iframe")
    assert capsys.readouterr().err.count("\n") == 1


def test_a_run_shows_itself_in_a_notebook(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    ipython = SimpleNamespace(
        get_ipython=lambda: SimpleNamespace(kernel=1),
        display=SimpleNamespace(display=shown.append, HTML=str),
    )
    monkeypatch.setitem(__import__("sys").modules, "IPython", ipython)
    assert run.display(height=300)
    assert "height:300px" in shown[0]


def test_a_disabled_run_shows_a_line(start: Start) -> None:
    run = start(project="p", mode="disabled")
    assert run._repr_html_().startswith("<p>")
    assert "<iframe" not in run.to_html()
    assert not Path("runs").exists()
