"""Histories made by hand, as the reader would give them."""

from pathlib import Path

import numpy as np
import pytest

from reportgen.panels.view import Limits, PanelTask, Source
from reportgen.rundir.reader import KeyHistory


def history(key, values=None, *, records=None, kind="scalar", steps=None, replaced=0):
    count = len(values) if values is not None else len(records)
    steps = np.arange(count) if steps is None else np.asarray(steps)
    return KeyHistory(
        key=key,
        kind=kind,
        steps=steps.astype(np.int64),
        runtimes=np.arange(count) * 0.5,
        values=None if values is None else np.asarray(values, dtype=np.float64),
        records=() if records is None else tuple(records),
        replaced=replaced,
    )


@pytest.fixture
def task(tmp_path):
    """Makes a task from histories, one run each; `folder` is where media lie."""

    def make(*histories, limits=None, section="history", folder: Path = tmp_path, kind=None):
        sources = tuple(Source(i, f"run-{i}", folder, h) for i, h in enumerate(histories))
        return PanelTask(kind or histories[0].kind, "m-x", histories[0].key, sources, limits or Limits(), section)

    return make
