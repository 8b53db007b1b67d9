"""What an index would hand out: the wheel, made from the source distribution, builds a site away from the checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

from tests.conftest import ROOT


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the source distribution and the wheel that was made from it, not from the checkout."""
    folder = tmp_path_factory.mktemp("dist")
    # without --sdist or --wheel, `build` makes the wheel from the source distribution that it made first
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=plain_environment())
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def plain_environment() -> dict[str, str]:
    """The environment, less what would lead Python to the checkout."""
    return {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}


@pytest.fixture(scope="module")
def wheel(made: Path) -> Path:
    (path,) = made.glob("reportgen_ml-*.whl")
    return path


def files(folder: Path) -> set[str]:
    return {
        str(path.relative_to(ROOT)) for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts
    }


def test_wheel_holds_the_package_and_the_themes_and_nothing_else(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    wanted = files(ROOT / "reportgen") | {f"reportgen/{name}" for name in files(ROOT / "themes")}
    assert wanted <= names
    rest = {name for name in names - wanted if ".dist-info/" not in name}
    assert rest == set()
    assert "reportgen/py.typed" in names
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_wheel_names_no_path_of_the_machine_that_made_it(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        for name in packed.namelist():
            assert str(ROOT).encode() not in packed.read(name), name


def test_source_distribution_is_whole(made: Path) -> None:
    (path,) = made.glob("reportgen_ml-*.tar.gz")
    with tarfile.open(path) as packed:
        names = {name.partition("/")[2] for name in packed.getnames()}
    for folder in ("reportgen", "themes", "tests", "sample_runs", "benchmarks"):
        assert files(ROOT / folder) <= names
    assert {"pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md", "Makefile"} <= names


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of a new environment that holds the wheel; its dependencies are borrowed from this one."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / "bin" / "python"
    install = [sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", "--quiet", wheel]
    subprocess.run(install, check=True, env=plain_environment())
    (packages,) = (folder / "lib").glob("python3.*/site-packages")
    # a path in a .pth file is searched, but .pth files in it are not obeyed: the checkout stays out of sight
    (packages / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return folder / "bin"


def test_the_installed_package_is_the_wheel(installed: Path, tmp_path: Path) -> None:
    code = "import reportgen; print(reportgen.__file__)"
    done = subprocess.run(
        [installed / "python", "-c", code],
        cwd=tmp_path,
        env=plain_environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith(str(installed.parent))


@pytest.mark.parametrize("theme", ["default", "paper"])
def test_the_installed_package_builds_a_site(installed: Path, tmp_path: Path, theme: str) -> None:
    shutil.copytree(ROOT / "sample_runs" / "palette", tmp_path / "runs")
    command = [installed / "reportgen", "build", "runs", "-o", "site", "--theme", theme]
    done = subprocess.run(command, cwd=tmp_path, env=plain_environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "flower-8" in (tmp_path / "site" / "index.html").read_text(encoding="utf-8")
