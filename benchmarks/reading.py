"""Reading a long run back, against a bare parse of the same file: wall time of whole processes, and peak memory.

    python -m benchmarks.reading [--rows 1000000] [--rounds 3]

Goal: numbers in at most 1.6 times the bare parse, so that a build stays below 3 times; memory below the size of the
file. The other shapes show that no common one falls off a cliff.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.building import PARSE, write_run
from benchmarks.measure import alternate, child

READ = """
import sys
from reportgen.rundir.reader import read_run
run = read_run(sys.argv[1])
assert not run.problems and run.history.lines == int(sys.argv[2]), run
"""

Row = dict[str, Any]


def alike(row: Row) -> Row:
    """Five numbers in every row."""
    return row


def validated(row: Row) -> Row:
    """Two numbers more in every 100th row: rows of two shapes."""
    return {**row, "val/loss": row["train/loss"] + 0.1, "val/accuracy": 0.5} if row["_step"] % 100 == 0 else row


def told(row: Row) -> Row:
    """A text in every row."""
    return {**row, "note": f"sample {row['_step']}"}


def diverged(row: Row) -> Row:
    """A loss that is NaN from half of the run on."""
    return {**row, "train/loss": {"_type": "float", "value": "NaN"}} if row["_step"] % 2 else row


def repeated(row: Row) -> Row:
    """Two rows per step, so that rows are merged."""
    return {**row, "_step": row["_step"] // 2}


def measure(folder: Path, shape: Callable[[Row], Row], rows: int, rounds: int) -> None:
    """One shape of rows: time and memory as ratios."""
    history = write_run(folder, rows)
    plain = history.rename(folder / "plain")
    # One row at a time: what this process holds would count as memory of its children.
    with plain.open() as given, history.open("w") as lines:
        for line in given:
            lines.write(json.dumps(shape(json.loads(line)), separators=(",", ":")) + "\n")
    plain.unlink()
    size = history.stat().st_size
    parse, read = alternate(rounds, [lambda: child(PARSE, str(history)), lambda: child(READ, str(folder), str(rows))])
    print(
        f"{shape.__name__:10} {size / 1e6:5.0f} MB   bare {parse.seconds:5.2f} s   read {read.seconds:5.2f} s"
        f"   {read.seconds / parse.seconds:.2f} x   peak {read.peak / 1e6:4.0f} MB, {read.peak / size:.2f} x file"
    )


def main() -> None:
    """Measure all shapes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for shape in (alike, validated, told, diverged, repeated):
            measure(Path(folder) / shape.__name__, shape, given.rows, given.rounds)


if __name__ == "__main__":
    main()
