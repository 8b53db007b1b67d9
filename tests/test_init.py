"""The public names, and that importing them costs next to nothing."""

from __future__ import annotations

import json
import pickle
import re
import statistics
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import reportgen
from tests.conftest import ROOT


def test_every_public_name_is_there() -> None:
    for name in reportgen.__all__:
        getattr(reportgen, name)
    assert set(reportgen.__all__) <= set(dir(reportgen))
    assert reportgen.__all__ == sorted(reportgen.__all__)


def test_star_import() -> None:
    names: dict[str, object] = {}
    exec("from reportgen import *", names)
    assert set(reportgen.__all__) <= set(names)


def test_what_is_not_there() -> None:
    with pytest.raises(AttributeError, match="module 'reportgen' has no attribute 'lgo'"):
        reportgen.lgo  # noqa: B018
    assert not hasattr(reportgen, "nothing")


@pytest.mark.parametrize(
    ("name", "code"), [("Video", "RG133"), ("box3d", "RG133"), ("fastai", "RG147"), ("env", "RG147")]
)
def test_what_wandb_has_besides_explains_itself(name: str, code: str) -> None:
    assert not hasattr(reportgen, name)
    with pytest.raises(AttributeError, match=code):
        getattr(reportgen, name)


def test_old_names_of_wandb_are_there() -> None:
    assert reportgen.plot_table is reportgen.plot.plot_table
    assert issubclass(reportgen.UsageError, RuntimeError)


def test_log_is_a_function_however_it_is_reached(tmp_path: Path) -> None:
    """The package `reportgen.log` has the name of the function; both have to work, in any order."""
    code = (
        "import reportgen as rg\n{first}\n"
        "with rg.init(project='p', system_metrics=False):\n"
        "    rg.log({{'a': 1}}); rg.log({{'a': 2}}, step=5); rg.log({{'a': 3}}, 5, True); rg.log()\n"
        "    from reportgen import log; log({{'a': 4}})\n"
        "    assert rg.run.step == 8, rg.run.step\n"
        "import reportgen.log.run\n"
        "assert reportgen.log.run.Run is rg.Run\n"
    )
    for first in (
        "",
        "import reportgen.log",
        "import reportgen.log.run",
        "rg.log",
        "from reportgen.log.run import Run",
    ):
        done = subprocess.run(
            [sys.executable, "-c", code.format(first=first)], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, (first, done.stderr)


def test_classes_survive_pickling() -> None:
    for name in ("Image", "Run", "Config", "Summary", "ReportgenError", "ReportgenWarning", "read_run", "init"):
        thing = getattr(reportgen, name)
        assert pickle.loads(pickle.dumps(thing)) is thing  # noqa: S301 (our own)


def test_the_version_is_where_the_build_reads_it() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    path = ROOT / settings["tool"]["hatch"]["version"]["path"]
    found = re.search(r'^__version__ = "([^"]+)"', path.read_text(), re.MULTILINE)
    assert found is not None
    assert found[1] == reportgen.__version__


def seconds(code: str, times: int = 5) -> float:
    """Median time of some statements in fresh interpreters."""
    probe = f"import time\nbegan = time.perf_counter()\n{code}\nprint(time.perf_counter() - began)"
    runs = [
        subprocess.run([sys.executable, "-c", probe], cwd=ROOT, capture_output=True, text=True) for _ in range(times)
    ]
    return statistics.median(float(done.stdout) for done in runs)


def test_import_costs_a_tenth_of_numpy() -> None:
    assert seconds("import reportgen") < 0.1 * seconds("import numpy")


def test_a_run_of_numbers_loads_nothing_that_is_not_needed(tmp_path: Path) -> None:
    code = (
        "import sys, json, reportgen as rg\n"
        "with rg.init(project='p', config={'lr': 0.1}) as run:\n"
        "    for i in range(3): run.log({'loss': i, 'text': 'x'})\n"
        "print(json.dumps(sorted(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    modules = set(json.loads(done.stdout))
    heavy = {"numpy", "PIL", "jinja2", "yaml", "markdown", "plotly", "rdkit", "logging", "argparse", "asyncio", "tqdm"}
    assert heavy & modules == set()
    assert {
        name for name in modules if name.startswith(("reportgen.site", "reportgen.panels", "reportgen.media.image"))
    } == set()
