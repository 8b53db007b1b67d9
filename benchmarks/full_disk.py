"""A training on a file system of 160 KB that fills up, and is emptied again; then one on which it stays full.

Linux, with `unshare` and user namespaces.

    python -m benchmarks.full_disk

The tests put errors in the place of the system's calls; this is a real full disk. The exit code is 1 when a row that
was stored is not readable, a row after the disk was emptied is missing, or a run does not say that it has finished,
that it is incomplete, and how many rows it lacks.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import reportgen
from benchmarks.measure import ROOT

ROOM = 160
"""Kilobytes of the file system."""

BALLAST = 60_000
"""Bytes of a file that is removed in the end."""

ROWS = 3000
"""Rows that are logged before it is; they do not fit. Then come 500 more."""


def train(root: Path) -> int:
    """The training, in a process that sees the small file system."""
    run = reportgen.init(project="p", id="r", dir=root, system_metrics=False)
    time.sleep(1)  # facts about the machine are stored
    (root / "ballast").write_bytes(bytes(BALLAST))
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        for n in range(ROWS):
            run.log({"n": n})
        (root / "ballast").unlink()
        for n in range(ROWS, ROWS + 500):
            run.log({"n": n})
        run.finish()
    stored = reportgen.read_run(run.path)
    values = stored.history["n"].values
    found = [] if values is None else values.astype(int).tolist()
    before = sum(value < ROWS for value in found)
    print(f"{before} rows until the disk was full, {len(found) - before} of 500 after it was emptied")
    print(f"state {stored.info.state}, incomplete {stored.info.incomplete}, warnings {len(said)}, problems", end=" ")
    print(*(problem.code for problem in stored.problems))
    good = (
        0 < before < ROWS
        and found[before:] == list(range(ROWS, ROWS + 500))
        and found == sorted(set(found))  # with gaps: what replaced `run.json` had left some room
        and (stored.info.state, stored.info.incomplete, len(said)) == ("finished", True, 1)
        and stored.info.unwritten == ROWS - before
    )
    return 0 if good and fill(root) else 1


def fill(root: Path) -> bool:
    """A run that has no room until its very end; whether it says so."""
    run = reportgen.init(project="p", id="full", dir=root, system_metrics=False)
    time.sleep(1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for n in range(ROWS):
            run.log({"n": n})
        run.finish()
    stored = reportgen.read_run(run.path)
    info, rows = stored.info, len(stored.history.get("n", ()))
    print(f"{rows} rows on a disk that stays full; state {info.state}, {info.unwritten} of {ROWS} not written")
    # The row that a full disk tore is lost, but for its newline it may be whole.
    return (info.state, info.incomplete) == ("finished", True) and ROWS - rows in (info.unwritten, info.unwritten - 1)


def main() -> int:
    """Mount the file system where only a child sees it, and train there."""
    if len(sys.argv) > 1:
        return train(Path(sys.argv[1]))
    with tempfile.TemporaryDirectory() as folder:
        mounted = f'mount -t tmpfs -o size={ROOM}k none "$2" && exec "$1" -m benchmarks.full_disk "$2"'
        command = ["unshare", "-rm", "sh", "-c", mounted, "sh", sys.executable, folder]
        return subprocess.run(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
