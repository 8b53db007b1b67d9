"""How a run ended, in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from reportgen.log.ending import MAX_MESSAGE, Ending, closing_line, ending_of


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (SystemExit(), 0),
        (SystemExit(0), 0),
        (SystemExit(2), 2),
        (SystemExit("no data"), 1),
        (KeyboardInterrupt(), 130),
        (GeneratorExit(), 0),
        (ValueError("x"), 1),
    ],
)
def test_exit_codes(fault: BaseException, code: int) -> None:
    ending = ending_of(fault, 7)
    assert ending.exit_code == code
    assert (ending.error is None) == (code == 0)
    if ending.error is not None:
        assert ending.error == {"type": type(fault).__name__, "message": str(fault), "step": 7}


def test_messages_tell_no_secrets_and_no_paths() -> None:
    fault = FileNotFoundError(2, "No such file", "/home/ada/sets/train.csv")
    error = ending_of(fault, 0).error
    assert error is not None
    assert error["message"] == "[Errno 2] No such file: '…/train.csv'"
    error = ending_of(RuntimeError("token=abcdef123456 refused"), 0).error
    assert error is not None
    assert error["message"] == "token=[redacted] refused"


def test_long_and_broken_messages() -> None:
    class Broken(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    assert ending_of(Broken(), 0) == Ending(1, {"type": "Broken", "message": "", "step": 0})
    error = ending_of(ValueError("x" * 10_000), 0).error
    assert error is not None
    assert len(error["message"]) == MAX_MESSAGE + 1


def test_the_closing_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inside = tmp_path / "runs" / "my project" / "r"
    assert closing_line(inside, "finished") == (
        "run finished: runs/my project/r  ·  report: reportgen build 'runs/my project/r' -o site"
    )
    elsewhere = Path("/elsewhere/r")
    assert (
        closing_line(elsewhere, "failed") == "run failed: /elsewhere/r  ·  report: reportgen build /elsewhere/r -o site"
    )
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert "/elsewhere/r" in closing_line(elsewhere, "failed")


def test_the_closing_line_of_a_run_that_lacks_something() -> None:
    there = Path("/elsewhere/r")
    assert closing_line(there, "finished", 3535).startswith(
        "run finished, incomplete (3,535 rows or media could not be written): /elsewhere/r  ·  report: "
    )
    assert closing_line(there, "failed", 0).startswith("run failed, incomplete: /elsewhere/r  ·  ")
    assert "finished, incomplete, but that could not be written" in closing_line(there, "finished", 0, told=False)
