"""What logging costs: ours, the least that it could cost, and installed rivals, as ratios of one run.

    python -m benchmarks.logging [--rows 20000]

The floor is `orjson.dumps` and `os.write` of the same row. All writers take turns in short rounds, so that what else
the machine does hits them alike. A line names the goal where there is one; the exit code is 1 when one is missed.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import orjson

import reportgen

Row = dict[str, float]
Write = Callable[[int, Row], None]

ROUND = 200
"""Rows that a writer writes before it is the next one's turn."""


class Cost(NamedTuple):
    """Nanoseconds of the calling thread per row."""

    median: float
    p99: float


def rows(count: int) -> Iterator[Row]:
    """Rows as a training writes them: a few keys, floats with all their digits, a whole number or two."""
    keys = [f"train/metric_{number}" for number in range(count)]
    step = 0
    while True:
        step += 1
        yield {key: step if n % 5 == 4 else 1 / (step + n + 0.1) for n, key in enumerate(keys)}


def floor(path: Path) -> Write:
    """The least: serialise and write, with the step and runtime that every row needs."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    began = time.perf_counter()

    def write(step: int, row: Row) -> None:
        line = orjson.dumps(
            {"_step": step, "_runtime": time.perf_counter() - began, **row}, None, orjson.OPT_APPEND_NEWLINE
        )
        os.write(descriptor, line)

    return write


def writers(folder: Path, stack: ExitStack) -> dict[str, Write]:
    """The floor, ours, and the rivals that are installed."""
    run = stack.enter_context(reportgen.init(project="benchmark", dir=folder))
    found: dict[str, Write] = {
        "floor": floor(folder / "floor.jsonl"),
        "run.log(row)": lambda step, row: run.log(row),
        "run.log(row, step=n)": lambda step, row: run.log(row, step=run.step + 1),
        "reportgen.log(row)": lambda step, row: reportgen.log(row),
    }
    if importlib.util.find_spec("wandb"):
        wandb = __import__("wandb")
        other = wandb.init(mode="offline", dir=str(folder), settings=wandb.Settings(silent=True))
        stack.callback(other.finish)
        found["wandb offline"] = lambda step, row: other.log(row)
    if importlib.util.find_spec("tensorboardX"):
        board = __import__("tensorboardX").SummaryWriter(str(folder / "tensorboard"))
        stack.callback(board.close)
        found["tensorboardX"] = lambda step, row: board.add_scalars("", row, step)
    return found


def measured(found: dict[str, Write], width: int, count: int) -> dict[str, Cost]:
    """What each writer costs per row of some scalars."""
    source = rows(width)
    times: dict[str, list[int]] = {name: [] for name in found}
    clock = time.perf_counter_ns
    for turn in range(count // ROUND + 1):
        for name, write in found.items():
            taken = times[name]
            for place in range(ROUND):
                row = next(source)
                began = clock()
                write(turn * ROUND + place, row)
                taken.append(clock() - began)
    empty = statistics.median(-(clock() - clock()) for _ in range(1000))  # what asking the time costs
    costs = {}
    for name, taken in times.items():
        taken = sorted(taken[ROUND:])  # without the first round, which warms caches
        costs[name] = Cost(taken[len(taken) // 2] - empty, taken[len(taken) * 99 // 100] - empty)
    return costs


def import_seconds(module: str, times: int = 7) -> float:
    """Median time to import a module in a fresh interpreter."""
    probe = f"import time; began = time.perf_counter(); import {module}; print(time.perf_counter() - began)"
    command = [sys.executable, "-c", probe]
    return statistics.median(
        float(subprocess.run(command, capture_output=True, text=True, check=True).stdout) for _ in range(times)
    )


def verdict(ratio: float, goal: float) -> str:
    """A ratio with its goal."""
    return f"{ratio:6.2f}x  (goal: at most {goal:g}x{'' if ratio <= goal else ', MISSED'})"


def main() -> int:
    """Measure, print, and say whether all goals are reached."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.logging", description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rows", type=int, default=20_000, help="rows per writer (default %(default)s)")
    count = parser.parse_args().rows
    reached = []
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        found = writers(folder, stack)
        time.sleep(1)  # the thread that collects facts about the machine is done
        for width, goal in ((5, 3.0), (100, 3.0)):
            costs = measured(found, width, count if width == 5 else count // 10)
            print(f"\n{width} scalars per row: microseconds of the calling thread")
            print(f"  {'':24}{'median':>9}{'p99':>9}   median over the floor's")
            for writer, cost in costs.items():
                ratio = cost.median / costs["floor"].median
                goes = writer.startswith("run.log")
                reached.append(not goes or ratio <= goal)
                shown = verdict(ratio, goal) if goes else f"{ratio:6.2f}x"
                print(f"  {writer:24}{cost.median / 1e3:9.2f}{cost.p99 / 1e3:9.2f}   {shown}")
        lines = list((folder / "benchmark").rglob("history.jsonl"))
        row = next(rows(5))
        bare = len(orjson.dumps(row)) + 1
        first = lines[0].read_bytes().partition(b"\n")[0] + b"\n"
        print(f"\ndisk per row of 5 scalars: {len(first)} bytes, {len(first) / bare:.2f}x the bare JSON")
    ours, numpy = import_seconds("reportgen"), import_seconds("numpy")
    reached.append(ours <= 0.1 * numpy)
    print(f"import reportgen: {1e3 * ours:.2f} ms, numpy {1e3 * numpy:.1f} ms: {verdict(ours / numpy, 0.1)}")
    return 0 if all(reached) else 1


if __name__ == "__main__":
    raise SystemExit(main())
