"""Frameworks that the tests do not install: modules of the same names that do what the callbacks rely on."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest

import reportgen
from tests.log.conftest import _own_folder, run, start

__all__ = ["_own_folder", "run", "start"]

Load = Callable[..., Any]


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Iterator[Load]:
    """Loads `reportgen.integration.<name>` beside a framework of given modules, for this test only.

    `load("keras", {"keras": {"__version__": "3"}, "keras.callbacks": {...}})`; a module given as None is not there.
    """

    made: list[str] = []

    def loaded(name: str, framework: dict[str, dict[str, Any] | None]) -> Any:
        for place, contents in framework.items():
            if contents is None:
                monkeypatch.setitem(sys.modules, place, None)  # type: ignore[arg-type]
                continue
            module = ModuleType(place)
            vars(module).update(contents)
            monkeypatch.setitem(sys.modules, place, module)
            parent, _, last = place.rpartition(".")
            if parent:
                monkeypatch.setattr(sys.modules[parent], last, module, raising=False)
        place = f"reportgen.integration.{name}"
        sys.modules.pop(place, None)
        made.append(place)
        return importlib.import_module(place)

    yield loaded
    for place in made:
        sys.modules.pop(place, None)


@pytest.fixture
def stored() -> Callable[[reportgen.Run], Any]:
    """What a run left behind when it is finished."""

    def read(run: reportgen.Run) -> Any:
        run.finish()
        found = reportgen.read_run(run.path)
        assert found.problems == ()
        return found

    return read
