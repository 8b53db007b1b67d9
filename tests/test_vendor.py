"""Third-party files are what their listing says, and each has its licence beside it."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path
from types import ModuleType

import pytest

from tests.conftest import ROOT

FOLDER = ROOT / "themes" / "default" / "vendor"


@pytest.fixture(scope="module")
def vendor() -> ModuleType:
    spec = importlib.util.spec_from_file_location("vendor", FOLDER / "vendor.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_file_is_the_one_that_is_listed(vendor: ModuleType) -> None:
    assert list(vendor.differences()) == []


def test_every_package_has_version_source_and_licence(vendor: ModuleType) -> None:
    for name, row in vendor.listing().items():
        assert {"version", "license", "package", "package_sha256", "command", "files"} <= set(row), name
        assert str(row["version"]) in row["package"]
        assert f"{name}.LICENSE.txt" in row["files"]


def test_a_changed_a_missing_and_a_stray_file_are_found(vendor: ModuleType, tmp_path: Path) -> None:
    folder = shutil.copytree(FOLDER, tmp_path / "vendor", ignore=shutil.ignore_patterns("__pycache__"))
    with (folder / "uplot.js").open("a") as file:
        file.write("\n")
    (folder / "uplot.css").unlink()
    (folder / "other.js").touch()
    assert sorted(vendor.differences(folder)) == [
        "other.js is not in vendor.yml",
        "uplot.css is missing",
        "uplot.js is not the file that vendor.yml describes",
    ]
