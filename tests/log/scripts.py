"""Training scripts in processes of their own, and what they left on disk."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import reportgen
from reportgen.rundir.reader import StoredRun
from tests.conftest import ROOT

START = "import reportgen as rg\nrun = rg.init(project='p', id='r', system_metrics=False)\nprint('ready', flush=True)\n"


def environment() -> dict[str, str]:
    """The environment of a script: it finds this checkout, and none of our settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("REPORTGEN_")}
    return {**kept, "PYTHONPATH": str(ROOT)}


def start(code: str, folder: Path) -> subprocess.Popen[str]:
    """A script that runs beside the test; whoever starts it waits for it."""
    return subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """A script that ran to its end."""
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def rows(folder: Path) -> list[dict[str, Any]]:
    """The lines of a run's history, each strict JSON."""

    def refuse(token: str) -> None:
        raise AssertionError(f"{token} is no JSON")

    lines = (folder / "history.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line, parse_constant=refuse) for line in lines]


def card(folder: Path) -> dict[str, Any]:
    """What `run.json` holds."""
    values: dict[str, Any] = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    return values


def left_behind(folder: Path) -> StoredRun:
    """The run of a process that was killed.

    Its lock goes when the last process that has it open ends or starts another program. A `git` that is just being
    started when its parent is killed takes a moment for that.
    """
    end = time.monotonic() + 10
    while True:
        stored = reportgen.read_run(folder)
        if stored.info.state != "running" or time.monotonic() > end:
            return stored
        time.sleep(0.01)
