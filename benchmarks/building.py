"""Building a large run, against a bare parse of its file; and the sizes of small single files.

    python -m benchmarks.building [--rows 1000000] [--rounds 3]

Goals: at most 3 times the bare parse, in at most 1.5 times the file's size of memory; an empty single file of at most
150 kB, one run of 5 metrics by 1,000 steps of at most 250 kB.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import tempfile
from pathlib import Path

from benchmarks.measure import alternate, child

PARSE = """
import sys, orjson
with open(sys.argv[1], "rb") as lines:
    for line in lines:
        orjson.loads(line)
"""

BUILD = """
import sys
from reportgen.cli import main
assert main(["build", sys.argv[1], "-o", sys.argv[2], "--quiet", *sys.argv[3:]]) == 0
"""

KEYS = ("train/loss", "train/accuracy", "train/grad_norm", "optimizer/lr", "system/step_time_ms")


def write_run(folder: Path, rows: int) -> Path:
    """A finished run of 5 scalars per row; gives its history file."""
    folder.mkdir(parents=True)
    about = {"format": 1, "id": folder.name, "name": folder.name, "project": "bench", "state": "finished"}
    (folder / "run.json").write_text(json.dumps(about | {"created": "2026-01-01T00:00:00Z", "duration": rows / 100}))
    dice = random.Random(7)
    history = folder / "history.jsonl"
    with history.open("w") as lines:
        for i in range(rows):
            loss = 2.3 * math.exp(-i / (rows / 5)) + dice.random() * 0.1
            values = (loss, 1 - loss / 3, dice.random(), 1e-3 * (1 - i / rows), 2 + dice.random())
            row = {"_step": i, "_runtime": round(i / 100 + dice.random() / 1000, 6)}
            lines.write(json.dumps(row | dict(zip(KEYS, values, strict=True)), separators=(",", ":")) + "\n")
    return history


def large(folder: Path, rows: int, rounds: int) -> None:
    """A long run: time and memory of the whole build, as ratios."""
    history = write_run(folder / "run", rows)
    size = history.stat().st_size
    parse, build = alternate(
        rounds,
        [lambda: child(PARSE, str(history)), lambda: child(BUILD, str(folder / "run"), str(folder / "site"))],
    )
    print(f"{rows:,} rows x 5 scalars, {size / 1e6:.0f} MB")
    print(f"  bare orjson parse   {parse.seconds:6.2f} s")
    print(f"  reportgen build     {build.seconds:6.2f} s   {build.seconds / parse.seconds:.2f} x   (goal 3)")
    print(f"  peak memory         {build.peak / 1e6:6.0f} MB  {build.peak / size:.2f} x file (goal 1.5)")


def small(folder: Path) -> None:
    """Sizes of an empty report and of one short run."""
    for label, rows, goal in (("empty", 0, 150_000), ("5 metrics x 1,000 steps", 1000, 250_000)):
        write_run(folder / label, rows)
        target = folder / f"{label}.html"
        child(BUILD, str(folder / label), str(target), "--single-file")
        print(f"single file, {label}: {target.stat().st_size:,} bytes (goal {goal:,})")


def main() -> None:
    """Run both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        small(Path(folder))
        large(Path(folder) / "large", given.rows, given.rounds)


if __name__ == "__main__":
    main()
