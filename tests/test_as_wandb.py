"""Scripts that say `import wandb` run as they are: each in a process of its own, beside no W&B and beside one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import reportgen
from tests.log import scripts

SCRIPT = """
import wandb
from wandb import Table
from wandb.data_types import Image
from wandb.sdk.data_types.histogram import Histogram
import wandb.plot
import wandb.util
from wandb.integration.sklearn import plot_roc

run = wandb.init(project="p", id="r", config={"lr": 0.5}, settings=wandb.Settings(_disable_stats=True))
assert wandb.run is run
wandb.config = {"lr": 0.25}
wandb.config.update({"epochs": 3})
table = Table(columns=["x", "y"], data=[[1, 2]])
wandb.log({"loss": 1.0, "chart": wandb.plot.scatter(table, "x", "y"), "h": Histogram([1, 2, 3])})
wandb.run.summary["best"] = 0.5
wandb.finish()
print(wandb.__version__, wandb.__name__, wandb.run, "Image" in dir(wandb))
"""


@pytest.fixture
def script(tmp_path: Path) -> Path:
    """A script written for W&B."""
    path = tmp_path / "train.py"
    path.write_text(SCRIPT)
    return path


def started(*words: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        env={**scripts.environment(), **variables},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def check(folder: Path) -> None:
    stored = reportgen.read_run(folder / "runs/p/r")
    assert stored.problems == ()
    assert stored.config == {"lr": 0.25, "epochs": 3}
    assert stored.summary["best"] == 0.5
    assert {"loss", "chart", "chart_table", "h"} <= set(stored.history)


def test_the_command_runs_a_script_as_it_is(script: Path, tmp_path: Path) -> None:
    done = started("-m", "reportgen", "run", "train.py", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    version, *rest = done.stdout.split()
    assert [int(part) for part in version.split(".")] > [0, 20]
    assert rest == ["wandb", "None", "True"]
    assert len(done.stderr.splitlines()) == 1
    check(tmp_path)


def test_one_import_does_the_same(script: Path, tmp_path: Path) -> None:
    script.write_text("import reportgen.as_wandb\n" + SCRIPT)
    done = started("train.py", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    check(tmp_path)


def test_arguments_modules_processes_and_the_exit_code(tmp_path: Path) -> None:
    (tmp_path / "child.py").write_text("import wandb; print('child', wandb.Table.__module__)")
    (tmp_path / "package").mkdir()
    (tmp_path / "package/__init__.py").touch()
    (tmp_path / "package/train.py").write_text(
        "import subprocess, sys, wandb\n"
        "print(sys.argv[1:], wandb.Table.__module__, flush=True)\n"
        "subprocess.run([sys.executable, 'child.py'], check=True)\n"
        "sys.exit(3)\n"
    )
    done = started("-m", "reportgen", "run", "-m", "package.train", "--lr", "0.1", "-h", folder=tmp_path)
    assert done.returncode == 3, done.stderr
    assert done.stdout.splitlines() == [
        "['--lr', '0.1', '-h'] reportgen.media.table",
        "child reportgen.media.table",
    ]
    done = started("-m", "reportgen", "run", "--", sys.executable, "-c", "import wandb; print(1)", folder=tmp_path)
    assert (done.returncode, done.stdout) == (0, "1\n")


def test_no_script_to_run(tmp_path: Path) -> None:
    done = started("-m", "reportgen", "run", folder=tmp_path)
    assert done.returncode == 2
    assert "RG522: no script to run" in done.stderr


def test_it_comes_before_an_installed_one(script: Path, tmp_path: Path) -> None:
    installed = tmp_path / "installed"
    (installed / "wandb").mkdir(parents=True)
    (installed / "wandb/__init__.py").write_text("raise SystemExit('the real one')")
    done = started("-m", "reportgen", "run", "train.py", folder=tmp_path, PYTHONPATH=_path(installed))
    assert done.returncode == 0, done.stderr
    check(tmp_path)
    done = started("-c", "import reportgen.as_wandb, wandb; print(wandb.Table.__module__)", folder=tmp_path)
    assert done.stdout == "reportgen.media.table\n"


def test_it_does_not_replace_one_that_is_loaded(tmp_path: Path) -> None:
    (tmp_path / "wandb.py").write_text("__version__ = '0.1'")
    done = started("-c", "import sys; sys.path.insert(0, '.'); import wandb, reportgen.as_wandb", folder=tmp_path)
    assert done.returncode != 0
    assert "RG148" in done.stderr


def test_packages_find_its_version(tmp_path: Path) -> None:
    code = (
        "import importlib.metadata as m, importlib.util as u, wandb; "
        "print(m.version('wandb') == wandb.__version__, u.find_spec('wandb') is not None)"
    )
    done = started("-m", "reportgen", "run", "-c", code, folder=tmp_path)
    assert done.stdout == "True True\n", done.stderr
    done = started("-c", f"import reportgen.as_wandb; {code}", folder=tmp_path)
    assert done.stdout == "True True\n", done.stderr


def test_what_has_no_counterpart_is_an_import_error(tmp_path: Path) -> None:
    for words in ("from wandb.fastai import WandbCallback", "import wandb.integration.prodigy"):
        done = started("-m", "reportgen", "run", "-c", words, folder=tmp_path)
        assert done.returncode == 1
        assert "RG147: there is no wandb." in done.stderr
    code = "try:\n    from wandb.fastai import X\nexcept ImportError:\n    print('none')\n"
    assert started("-m", "reportgen", "run", "-c", code, folder=tmp_path).stdout == "none\n"


def _path(folder: Path) -> str:
    return f"{scripts.environment()['PYTHONPATH']}:{folder}"
