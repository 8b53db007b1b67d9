"""The frame in which a run shows itself in a notebook."""

from __future__ import annotations

import html
import re
import sys
import warnings
from pathlib import Path
from types import SimpleNamespace

import pytest

from reportgen import Run
from reportgen.log.hooks import notebook


def test_the_frame_holds_the_whole_report_and_reaches_nothing(run: Run) -> None:
    run.log({"loss": 0.5})
    run.finish()
    page = notebook.frame(run.path, 600)
    found = re.fullmatch(r'<iframe srcdoc="([^"]*)" sandbox="([^"]*)" title="([^"]*)" style="[^"]*"></iframe>', page)
    assert found is not None
    report = html.unescape(found[1])
    assert report.lstrip().lower().startswith("<!doctype html>")
    assert "loss" in report
    assert "allow-same-origin" not in found[2]
    assert found[3] == run.path.name


def test_a_report_too_large_for_a_notebook_is_a_command(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run.finish()
    monkeypatch.setattr(notebook, "LARGEST", 1000)
    page = notebook.frame(run.path, 600)
    assert "iframe" not in page
    assert f"reportgen build {run.path} -o site" in page


def test_what_cannot_be_shown_says_so(tmp_path: Path) -> None:
    page = notebook.frame(tmp_path / "<none>", 600)
    assert page.startswith("<p>The report cannot be shown: RG")
    assert "<none>" not in page


def test_whether_this_is_a_notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    modules = __import__("sys").modules
    monkeypatch.delitem(modules, "IPython", raising=False)
    assert not notebook.is_here()
    for shell, here in ((None, False), (SimpleNamespace(), False), (SimpleNamespace(kernel=1), True)):
        monkeypatch.setitem(modules, "IPython", SimpleNamespace(get_ipython=lambda shell=shell: shell))
        assert notebook.is_here() is here


def test_showing_it_gives_no_advice(monkeypatch: pytest.MonkeyPatch) -> None:
    def HTML(page: str) -> str:
        warnings.warn("Consider using IPython.display.IFrame instead", UserWarning, stacklevel=2)
        return page

    seen: list[str] = []
    monkeypatch.setitem(
        sys.modules, "IPython", SimpleNamespace(display=SimpleNamespace(HTML=HTML, display=seen.append))
    )
    assert notebook.display("<iframe>")
    assert seen == ["<iframe>"]
