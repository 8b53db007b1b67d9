"""Warnings point at the user's line; what must not raise does not."""

from __future__ import annotations

import sys
import warnings

import pytest

from reportgen import ReportgenWarning
from reportgen.log import notice


def test_a_warning_is_a_letter_at_the_users_line() -> None:
    with pytest.warns(ReportgenWarning) as said:
        notice.warn("RG199", "it rains", where="outside", remedy="Take an umbrella")
    assert str(said[0].message) == "RG199: it rains (outside). Take an umbrella"
    assert said[0].filename == __file__
    assert issubclass(ReportgenWarning, UserWarning)


def test_where_warnings_are_errors(capsys: pytest.CaptureFixture[str]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(ReportgenWarning):
            notice.warn("RG199", "it rains")
        notice.warn_safely("RG199", "it rains")
    assert capsys.readouterr().err == "reportgen: RG199: it rains\n"


def test_no_console(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    notice.say("unheard")


def test_a_closed_console(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    with open(f"{tmp_path}/x", "w") as file:
        monkeypatch.setattr(sys, "stderr", file)
    notice.say("unheard")
