"""What histograms and tables cost the calling thread, as ratios of counting and of writing the same by hand."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import orjson

import reportgen

NUMBERS = 100_000
"""Of a histogram."""

TABLE_ROWS = 10_000
"""Of four columns: two of numbers, two of text."""


class Costs(NamedTuple):
    """Seconds.

    Attributes:
        least: The same by hand; median.
        call: Making and logging it, on the calling thread; median.
        call_p99: The same, 99th percentile.
    """

    least: float
    call: float
    call_p99: float


def _alternated(
    least: Callable[[], object], call: Callable[[], object], after: Callable[[], object], rounds: int
) -> Costs:
    clock = time.perf_counter
    leasts: list[float] = []
    calls: list[float] = []
    for turn in range(rounds + 1):
        for work, taken in ((least, leasts), (call, calls)):
            began = clock()
            work()
            if turn:  # the first of each warms caches
                taken.append(clock() - began)
        after()
    calls.sort()
    return Costs(statistics.median(leasts), statistics.median(calls), calls[len(calls) * 99 // 100])


def histogram(folder: Path, rounds: int = 150) -> Costs:
    """100,000 floats, against `numpy.histogram` with as many bins; the counts are compared, too."""
    numbers = np.random.default_rng(0).normal(size=NUMBERS)
    with reportgen.init(project="histograms", dir=folder, system_metrics=False, reinit="create_new") as run:
        costs = _alternated(
            lambda: np.histogram(numbers, bins=64),
            lambda: run.log({"weights": reportgen.Histogram(numbers)}),
            run.flush,
            rounds,
        )
    lines = (run.path / "history.jsonl").read_bytes().splitlines()
    stored = next(row["weights"] for row in map(orjson.loads, lines) if "weights" in row)
    if stored["counts"] != np.histogram(numbers, bins=64)[0].tolist():
        raise AssertionError("the counts are not those of numpy.histogram")
    return costs


def table(folder: Path, rounds: int = 30) -> Costs:
    """10,000 rows of numbers and text, against `orjson.dumps` of the rows."""
    rows = [[n, 1 / (n + 0.1), f"sample {n}", "right" if n % 3 else "wrong"] for n in range(TABLE_ROWS)]
    columns = ["number", "score", "name", "verdict"]
    with reportgen.init(project="tables", dir=folder, system_metrics=False, reinit="create_new") as run:
        return _alternated(
            lambda: orjson.dumps(rows),
            lambda: run.log({"samples": reportgen.Table(columns=columns, data=rows)}),
            run.flush,
            rounds,
        )
