"""What logging costs: ours, the least that it could cost, and installed rivals, as ratios of one run.

    python -m benchmarks.logging [--rows 20000]

The floor is `orjson.dumps` and `os.write` of the same row. All writers take turns in short rounds, so that what else
the machine does hits them alike. A line names the goal where there is one; the exit code is 1 when one is missed.
"""

from __future__ import annotations

import argparse
import importlib.util
import io
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, redirect_stdout
from pathlib import Path
from typing import NamedTuple

import orjson

import reportgen
from benchmarks.logging import kinds, media, whole

Row = dict[str, float]
Write = Callable[[int, Row], None]

ROUND = 200
"""Rows that a writer writes before it is the next one's turn."""


MEGABYTES = 20
"""That a long run may grow by."""


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
    if importlib.util.find_spec("trackio"):
        os.environ["TRACKIO_DIR"] = str(folder / "trackio")
        trackio = __import__("trackio")
        with redirect_stdout(io.StringIO()):
            third = trackio.init(project="benchmark", embed=False)
        stack.callback(third.finish)
        found["trackio"] = lambda step, row: third.log(row)
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
    return f"{ratio:6.2f}x  (goal: at most {goal:.3g}x{'' if ratio <= goal else ', MISSED'})"


def scalars(folder: Path, count: int) -> list[bool]:
    """The tables of scalars; whether each goal is reached. All writers have ended when this returns."""
    reached = []
    with ExitStack() as stack:
        found = writers(folder, stack)
        time.sleep(1)  # the thread that collects facts about the machine is done
        for width, goal in ((5, 2.0), (100, 2.0)):
            costs = measured(found, width, count if width == 5 else count // 10)
            print(f"\n{width} scalars per row: microseconds of the calling thread")
            print(f"  {'':24}{'median':>9}{'p99':>9}   median over the floor's")
            for writer, cost in costs.items():
                ratio = cost.median / costs["floor"].median
                goes = writer.startswith("run.log")
                reached.append(not goes or ratio <= goal)
                shown = verdict(ratio, goal) if goes else f"{ratio:6.2f}x"
                print(f"  {writer:24}{cost.median / 1e3:9.2f}{cost.p99 / 1e3:9.2f}   {shown}", flush=True)
    return reached


def pictures(folder: Path) -> list[bool]:
    """The table of media; whether each goal is reached."""
    print(f"\npictures of {media.SIDE}x{media.SIDE}x3 noise: milliseconds")
    print(f"  {'':24}{'encode':>9}{'call':>9}{'p99':>9}   call over encode")
    reached = []
    for kind in ("uint8", "float32"):
        costs = media.measured(folder, kind)
        ratio = costs.call / costs.encode
        shown = (1e3 * costs.encode, 1e3 * costs.call, 1e3 * costs.call_p99)
        print(f"  {kind:24}{shown[0]:9.2f}{shown[1]:9.2f}{shown[2]:9.2f}   {verdict(ratio, 1 / 8)}")
        stored = costs.stored / costs.one_by_one
        named = f"  {media.COUNT} of them on disk:"
        print(f"{named:26}{1e3 * costs.one_by_one:9.0f}{1e3 * costs.stored:9.0f}{'':12}{verdict(stored, 0.7)}")
        reached += [ratio <= 1 / 8, stored <= 0.7]
    return reached


def others(folder: Path) -> list[bool]:
    """The table of histograms and tables; whether each goal is reached."""
    print("\nother media: milliseconds")
    print(f"  {'':38}{'by hand':>9}{'call':>9}{'p99':>9}   call over by hand")
    reached = []
    for name, measure, goal in (
        (f"histogram of {kinds.NUMBERS} floats", kinds.histogram, 1 / 3),
        (f"table of {kinds.TABLE_ROWS} x 4", kinds.table, 2.0),
    ):
        costs = measure(folder)
        shown = [1e3 * seconds for seconds in costs]
        print(
            f"  {name:38}{shown[0]:9.3f}{shown[1]:9.3f}{shown[2]:9.3f}   {verdict(costs.call / costs.least, goal)}",
            flush=True,
        )
        reached.append(costs.call / costs.least <= goal)
    return reached


def wholes(folder: Path, history: Path, rows: int, processes: int) -> list[bool]:
    """The lines of disk, memory and whole processes; whether each goal is reached."""
    size, over = whole.disk(history)
    print(f"\ndisk per row of 5 scalars: {size:.0f} bytes, over bare JSON: {verdict(over, 1.2)}", flush=True)
    grown = whole.growth(folder, rows)
    missed = "" if grown <= MEGABYTES else ", MISSED"
    print(f"memory after {rows} rows: {grown:+.1f} MB  (goal: at most {MEGABYTES:+d} MB{missed})", flush=True)
    took = whole.one_row(folder, processes)
    print(
        f"init + 1 log + finish, whole process: {1e3 * took.ours:.0f} ms, import orjson {1e3 * took.least:.0f} ms:"
        f" {verdict(took.ratio, 1.3)}",
        flush=True,
    )
    return [over <= 1.2, grown <= MEGABYTES, took.ratio <= 1.3]


def main() -> int:
    """Measure, print, and say whether all goals are reached."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.logging", description=__doc__.split("\n", 1)[0])
    parser.add_argument("--long", type=int, default=1_000_000, help="rows of the long run (default %(default)s)")
    parser.add_argument("--processes", type=int, default=25, help="whole processes of a kind (default %(default)s)")
    parser.add_argument("--rows", type=int, default=20_000, help="rows per writer (default %(default)s)")
    given = parser.parse_args()
    count = given.rows
    reached = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        reached += scalars(folder, count)
        reached += pictures(folder)
        reached += others(folder)
        history = next((folder / "benchmark").rglob("history.jsonl"))
        reached += wholes(folder, history, given.long, given.processes)
    ours, numpy = import_seconds("reportgen"), import_seconds("numpy")
    reached.append(ours <= 0.1 * numpy)
    print(f"import reportgen: {1e3 * ours:.2f} ms, numpy {1e3 * numpy:.1f} ms: {verdict(ours / numpy, 0.1)}")
    return 0 if all(reached) else 1


if __name__ == "__main__":
    raise SystemExit(main())
