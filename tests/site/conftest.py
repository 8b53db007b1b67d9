"""Runs to build from, written through the public API."""

import json

import numpy as np
import pytest

import reportgen as rg


@pytest.fixture
def runs_root(tmp_path):
    """The folder that holds the runs of a test."""
    return tmp_path / "runs"


@pytest.fixture
def log_run(runs_root):
    """Log a finished run and give its directory."""

    def log(name="first", rows=30, *, project="demo", config=None, extra=None, summary=None, **arguments):
        with rg.init(
            project=project, name=name, dir=runs_root, config=config or {}, system_metrics=False, **arguments
        ) as run:
            for step in range(rows):
                run.log({"train/loss": 2.0 / (step + 1), "val/acc": step / (rows or 1)})
            for row in extra or ():
                run.log(row)
            run.summary.update(summary or {})
        return run.path

    return log


@pytest.fixture
def pictures():
    """Two small pictures that are not square."""
    return [rg.Image(np.full((4, 6, 3), shade, dtype=np.uint8), caption=f"shade {shade}") for shade in (10, 200)]


def manifest(text):
    """The manifest of a document."""
    return json.loads(text.split('id="reportgen-page">')[1].split("</script>")[0])
