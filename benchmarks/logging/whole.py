"""What a run costs as a whole: a process that logs one row, the memory of a long run, the disk of its rows."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import orjson

from benchmarks.measure import ROOT

ONE_ROW = """
import reportgen
run = reportgen.init(project="whole", dir=".")
run.log({"loss": 0.5})
run.finish()
"""

MANY_ROWS = """
import sys
import reportgen
def resident():
    with open("/proc/self/statm") as told:
        return int(told.read().split()[1]) * 4096
run = reportgen.init(project="memory", dir=".")
run.log({"loss": 0.5})
before = resident()
for n in range(int(sys.argv[1])):
    run.log({"loss": 1 / (n + 0.1), "accuracy": n / 1e6, "rate": 0.001, "norm": n * 0.1, "epoch": n // 1000})
after = resident()
run.finish()
print((after - before) / 1e6)
"""


class Whole(NamedTuple):
    """Seconds of wall time of whole processes, and their ratio.

    Attributes:
        least: A process that imports orjson; median.
        ours: One that opens a run, logs a row and finishes; median.
        ratio: Median of the ratios of neighbours.
    """

    least: float
    ours: float
    ratio: float


def one_row(folder: Path, rounds: int) -> Whole:
    """A process with one row, against one that only imports orjson, in turn."""
    leasts: list[float] = []
    ours: list[float] = []
    for turn in range(rounds + 1):
        for program, taken in (("import orjson", leasts), (ONE_ROW, ours)):
            began = time.perf_counter()
            _run(folder, program)
            if turn:  # the first of each compiles
                taken.append(time.perf_counter() - began)
    ratios = [own / least for own, least in zip(ours, leasts, strict=True)]
    return Whole(statistics.median(leasts), statistics.median(ours), statistics.median(ratios))


def growth(folder: Path, rows: int) -> float:
    """Megabytes of memory that a run takes more after so many rows than after its first."""
    return float(_run(folder, MANY_ROWS, str(rows)))


def disk(history: Path) -> tuple[float, float]:
    """Bytes per row of a history, and over the bare JSON of the same values."""
    own = bare = count = 0
    with history.open("rb") as lines:
        for line in lines:
            row = orjson.loads(line)
            if len(row) == 7:  # five values, a step and a runtime
                own += len(line)
                bare += len(orjson.dumps({key: row[key] for key in row if key[0] != "_"})) + 1
                count += 1
    return own / count, own / bare


def _run(folder: Path, program: str, *arguments: str) -> str:
    """What a program prints. Both kinds have their modules compiled, as installed ones are."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    found = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=folder,
        env={**kept, "PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": str(folder / "compiled")},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=True,
    )
    return found.stdout
