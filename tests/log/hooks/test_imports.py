"""Something happens when a module is imported, once, and the import itself is as it was."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

from reportgen.log.hooks.imports import when_imported


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "later_one").mkdir()
    (tmp_path / "later_one" / "__init__.py").write_text("")
    (tmp_path / "later_one" / "inner.py").write_text("VALUE = 3\n")
    yield tmp_path
    for name in [name for name in sys.modules if name.startswith("later_")]:
        del sys.modules[name]


def test_a_module_that_comes_later(packages: Path) -> None:
    seen: list[int] = []
    when_imported("later_one.inner", lambda module: seen.append(module.VALUE))
    when_imported("later_one.inner", lambda module: seen.append(-module.VALUE))
    assert seen == []
    module = importlib.import_module("later_one.inner")
    assert seen == [3, -3]
    assert module.__spec__ is not None
    assert type(module.__spec__.loader).__name__ == "SourceFileLoader"
    importlib.reload(module)
    assert seen == [3, -3]


def test_a_module_that_is_there(packages: Path) -> None:
    module = importlib.import_module("later_one.inner")
    seen: list[object] = []
    when_imported("later_one.inner", seen.append)
    assert seen == [module]


def test_a_module_that_is_nowhere() -> None:
    when_imported("later_nothing", lambda module: None)
    with pytest.raises(ModuleNotFoundError, match="later_nothing"):
        importlib.import_module("later_nothing")


def test_a_module_that_fails(packages: Path) -> None:
    (packages / "later_broken.py").write_text("raise OSError('no')")
    seen: list[object] = []
    when_imported("later_broken", seen.append)
    with pytest.raises(OSError, match="no"):
        importlib.import_module("later_broken")
    assert seen == []
