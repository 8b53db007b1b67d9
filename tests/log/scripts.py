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
    """The environment of a script: it finds this checkout, and no settings of anybody."""
    kept = {name: value for name, value in os.environ.items() if not is_setting(name)}
    return {**kept, "PYTHONPATH": str(ROOT)}


SETTINGS = ("REPORTGEN_", "WANDB_", "SLURM_", "OMPI_", "PMI", "MV2_", "TORCHELASTIC_", "HOROVOD_", "FLUX_", "JSM_")
RANKS = ("RANK", "LOCAL_RANK", "NODE_RANK", "GROUP_RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT")


def is_setting(name: str) -> bool:
    """Whether an environment variable tells `init` something: the machine of the tests may be part of a cluster."""
    return name.startswith(SETTINGS) or name in RANKS


def start(code: str, folder: Path, **variables: str) -> subprocess.Popen[str]:
    """A script that runs beside the test; whoever starts it waits for it. `variables` are added to its environment."""
    return subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=folder,
        env={**environment(), **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(code: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """A script that ran to its end. `variables` are added to its environment."""
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env={**environment(), **variables},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def run_file(script: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """A script in a file that ran to its end."""
    return subprocess.run(
        [sys.executable, str(script)],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def rows(folder: Path, name: str = "history.jsonl") -> list[dict[str, Any]]:
    """The lines of a run's history, each strict JSON, without the keys that they announce for later lines."""

    def refuse(token: str) -> None:
        raise AssertionError(f"{token} is no JSON")

    lines = (folder / name).read_text(encoding="utf-8").splitlines()
    found = [json.loads(line, parse_constant=refuse) for line in lines]
    announced = [row.pop("_pending", None) for row in found]
    return [
        row for row, keys in zip(found, announced, strict=True) if keys is None or row.keys() - {"_step", "_runtime"}
    ]


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
