"""A folder of its own for each test of the logger, and no run that outlives its test."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import reportgen
from reportgen.log import current
from tests.log.scripts import is_setting


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(current._process, "ended", "")
    monkeypatch.setattr(current._process, "ids", set())
    for name in list(filter(is_setting, os.environ)):
        monkeypatch.delenv(name)
    yield
    for run in list(current._process.runs):
        run.finish()


@pytest.fixture
def start() -> Callable[..., reportgen.Run]:
    """Opens a run without samples of the machine; takes the arguments of `init`."""

    def opened(**given: object) -> reportgen.Run:
        return reportgen.init(**{"system_metrics": False, **given})

    return opened


@pytest.fixture
def run(start: Callable[..., reportgen.Run]) -> reportgen.Run:
    """An open run."""
    return start(project="p", name="first")
