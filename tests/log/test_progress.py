"""A bar where somebody looks at a terminal and waits; else nothing."""

from __future__ import annotations

import contextlib
import io
import os
import sys
import termios
import threading
from collections.abc import Callable, Iterator

import pytest

from reportgen.log import progress
from reportgen.log.progress import Progress


@contextlib.contextmanager
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], str]]:
    """Standard error is a terminal; what it shows is what the function returns."""
    ours, theirs = os.openpty()
    termios.tcsetwinsize(theirs, (24, 80))

    def shown() -> str:
        print("END", end="", file=sys.stderr, flush=True)
        text = b""
        while not text.endswith(b"END"):
            text += os.read(ours, 1000)
        return text.decode().removesuffix("END")

    with open(theirs, "w") as stream, monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", stream)
        yield shown
    os.close(ours)


def test_a_bar_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    threads = threading.active_count()
    with terminal(monkeypatch) as shown:
        with Progress("storing media", 8) as bar:
            bar.show(2)
            assert threading.active_count() == threads
            bar.show(1)  # somebody logged more meanwhile
            bar.show(20)
        text = shown()
    assert "reportgen: storing media" in text
    assert "2/8" in text
    assert text.endswith(" \r")  # it is gone afterwards


def test_no_bar_for_a_short_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    with terminal(monkeypatch) as shown:
        with Progress("storing media", 8) as bar:
            bar.show(2)
            bar.show(8)
        assert shown() == ""


@pytest.mark.parametrize("stream", [None, io.StringIO()])
def test_no_bar_without_a_terminal(stream: io.StringIO | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    monkeypatch.setattr(sys, "stderr", stream)
    with Progress("storing media", 8) as bar:
        bar.show(2)
    assert stream is None or stream.getvalue() == ""


def test_a_closed_terminal_does_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    closed = io.StringIO()
    closed.close()
    monkeypatch.setattr(sys, "stderr", closed)
    with Progress("storing media", 8) as bar:
        bar.show(2)
