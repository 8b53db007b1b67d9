"""The documentation is true: its code runs, its commands exist, its lists match the code."""

from __future__ import annotations

import dataclasses
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from reportgen import cli
from reportgen.site.options import BuildOptions
from tests.conftest import ROOT

README = ROOT / "README.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
CODE = re.compile(r"RG\d{3}\b")
DOCUMENTS = (
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "docs/errors.md",
    "docs/wandb.md",
    "themes/README.md",
    "sample_runs/README.md",
)


def blocks(path: Path, language: str) -> list[str]:
    return [text for kind, text in BLOCK.findall(path.read_text(encoding="utf-8")) if kind == language]


def commands(path: Path) -> list[list[str]]:
    """The `reportgen …` lines of a document's shell blocks, comments taken off."""
    lines = [line for block in blocks(path, "sh") for line in block.splitlines()]
    words = [shlex.split(line, comments=True) for line in lines]
    return [line for line in words if line and line[0] == "reportgen"]


# ---- README


def test_readme_runs_as_it_stands(tmp_path: Path) -> None:
    """All Python blocks in order, as one script; then all `reportgen` commands, on what the script has logged."""
    script = tmp_path / "readme.py"
    script.write_text("\n".join(blocks(README, "python")), encoding="utf-8")
    python = subprocess.run(
        [sys.executable, "-W", "error", script.name], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert python.returncode == 0, python.stderr
    shutil.copytree(ROOT / "sample_runs", tmp_path / "sample_runs")
    for words in commands(README):
        command = [sys.executable, "-m", "reportgen", *(word for word in words[1:] if word != "--open")]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{' '.join(words)}\n{done.stdout}{done.stderr}"


def test_the_examples_for_users_of_wandb_run(tmp_path: Path) -> None:
    script = tmp_path / "wandb_examples.py"
    script.write_text("\n".join(blocks(ROOT / "docs" / "wandb.md", "python")), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "error", script.name], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert len(done.stderr.splitlines()) == 2  # each run says where it lies


@pytest.mark.parametrize("name", DOCUMENTS)
def test_commands_exist(name: str) -> None:
    for words in commands(ROOT / name):
        cli._parser().parse_args(words[1:])


def test_readme_names_every_option_of_a_build() -> None:
    text = README.read_text(encoding="utf-8")
    options = [field.name.replace("_", "-") for field in dataclasses.fields(BuildOptions) if field.name != "runs"]
    missing = [name for name in options if f"--{name}" not in text]
    assert not missing


def test_readme_names_the_make_targets() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"^make (\w+)", "\n".join(blocks(README, "sh")), re.MULTILINE)
    assert targets == ["site", "test"]
    for target in targets:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_lead_somewhere(name: str) -> None:
    path = ROOT / name
    targets = re.findall(r"\]\((?!https?:|mailto:|#)([^)\s#]+)", path.read_text(encoding="utf-8"))
    missing = [target for target in targets if not (path.parent / target).exists()]
    assert not missing


# ---- error codes


def documented_codes() -> list[str]:
    text = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    return re.findall(r"^(?:#+\s*|\|\s*)`?(RG\d{3})", text, re.MULTILINE)


def raised_codes() -> set[str]:
    """Codes that stand as text of their own in the code, and those that the command line prints."""
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "reportgen").rglob("*.py")]
    return {
        code
        for source in sources
        for code in re.findall(r"""["'](RG\d{3})["':]|reportgen: (RG\d{3})""", source)
        for code in code
        if code
    }


def test_every_error_code_is_documented_once() -> None:
    documented = documented_codes()
    assert sorted(raised_codes() - set(documented)) == [], "not in docs/errors.md"
    assert sorted(set(documented) - raised_codes()) == [], "in docs/errors.md, but nothing raises it"
    assert len(documented) == len(set(documented))


# ---- changelog


def test_changelog_tells_of_this_version() -> None:
    from reportgen import __version__

    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## [{__version__}]" in text
