"""All that a call of a run imports inside of itself can be loaded beforehand."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import reportgen
from reportgen import kinds
from reportgen.log import loading
from tests.conftest import ROOT
from tests.log import scripts


def test_everything_there_is_to_load() -> None:
    for name in loading.LATER:
        assert kinds.load(name)
    loading.load_all()


def test_no_call_is_forgotten() -> None:
    """Each module that a method of a run imports is loaded."""
    wanted: set[str] = set()
    for file in ("calls.py", "run.py", "rows.py", "storing.py"):
        tree = ast.parse((ROOT / "reportgen/log" / file).read_text(encoding="utf-8"))
        for function in [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]:
            for node in ast.walk(function):
                if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("reportgen."):
                    wanted |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    code = "import sys, reportgen.log.run, reportgen.log.loading as l; l.load_all(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    there = set(done.stdout.split())
    assert {name for name in wanted if (ROOT / (name.replace(".", "/") + ".py")).exists()} - there == set()


def test_a_run_of_numbers_does_not_wait_for_what_it_never_uses(tmp_path: Path) -> None:
    code = (
        "import sys, reportgen as rg\n"
        "with rg.init(project='p', config={'rate': 0.1}) as run:\n    run.log({'loss': 0.5})\n"
        "print({'_hashlib', 'decimal', 'getpass', 'numbers', 'shlex', 'reportgen.log.disabled'} & sys.modules.keys())"
    )
    done = scripts.finish(code, tmp_path)
    assert done.stdout == "set()\n", done.stderr


def test_what_cannot_be_loaded_is_left_to_the_call() -> None:
    code = (
        "import sys, reportgen.log.loading as l\n"
        "sys.modules['reportgen.log.alerts'] = None\n"
        "l.load_all()\nprint('reportgen.log.files.saved' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout == "True\n", done.stderr


def test_a_call_that_finds_nothing_to_load_it_with(tmp_path: Path) -> None:
    """Somebody else has taken what was in reserve."""
    code = """
import os, resource, time
import reportgen as rg
run = rg.init(project="p", id="r", system_metrics=0.05)
run._writer._held.drop()
resource.setrlimit(resource.RLIMIT_NOFILE, (3, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
print(run.alert("title"), run.save("f.txt"), run.log_code("."))
run.log({"a": 1})
time.sleep(0.3)
"""
    done = scripts.finish(code, tmp_path)
    assert (done.returncode, done.stdout) == (0, "None [] []\n"), done.stderr
    assert done.stderr.count("RG114") == 1
    assert "Traceback" not in done.stderr
    stored = reportgen.read_run(tmp_path / "runs/p/r")
    assert (stored.info.state, stored.info.incomplete, stored.summary) == ("finished", True, {"a": 1})
