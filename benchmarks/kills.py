"""Rows that `log` returned for, and that `kill -9` at a random moment took all the same: none may.

    python -m benchmarks.kills [--trials 2000] [--parallel 2]

Half of the trials log as fast as they can, half a row each 0.2 seconds. A process counts, in memory that outlives it,
each row that `log` has returned for; it is killed at a random moment from before its first row on, and its run is read
back. The exit code is 1 when a row is missing, doubled or changed, or a run is not readable.
"""

from __future__ import annotations

import argparse
import mmap
import os
import random
import signal
import struct
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import reportgen

PACES = {"full speed": (0.0, 0.5, 1), "a row per 0.2 s": (0.2, 2.0, 8)}
"""Seconds between two rows, seconds until the kill at most, and how many more of them sleep at the same time."""

EARLY = 10
"""One trial of so many may be killed inside of `init`."""

PATIENCE = 10.0
"""Seconds in which a run must be seen to have crashed: a `git` that it was starting may hold its lock a moment."""


@dataclass
class Tally:
    """What became of the trials of one pace."""

    trials: int = 0
    acknowledged: int = 0
    stored: int = 0
    lost: int = 0
    torn: int = 0
    early: int = 0
    wrong: list[str] = field(default_factory=list)


@dataclass
class Trial:
    """A process that logs, and when it will be killed.

    Attributes:
        process: Its id.
        seconds: How long it lives.
        began: Since when, by the monotonic clock; 0 stands for the end of its `init`.
        counted: Rows that `log` returned for, and when `init` did.
        folder: The run.
    """

    process: int
    seconds: float
    began: float
    counted: mmap.mmap
    folder: Path

    def is_due(self) -> bool:
        """Whether its moment has come: counted from the end of `init`; for some, from the beginning of it."""
        _, ready = struct.unpack("<qd", self.counted[:16])
        since = self.began or ready
        return bool(since) and time.monotonic() >= since + self.seconds


def begin(root: Path, name: str, pause: float, seconds: float, early: bool) -> Trial:
    """Start a process that logs for ever."""
    counted = mmap.mmap(-1, 16)
    parent = os.getpid()
    process = os.fork()
    if process == 0:
        try:
            run = reportgen.init(project="p", id=name, dir=root, system_metrics=False)
            counted[8:16] = struct.pack("<d", time.monotonic())
            n = 0
            while n % 1000 or os.getppid() == parent:  # the benchmark itself may be killed
                run.log({"n": n, "loss": 1 / (n + 0.1)})
                n += 1
                counted[:8] = struct.pack("<q", n)
                if pause:
                    time.sleep(pause)
                    if os.getppid() != parent:
                        break
        finally:
            os._exit(1)
    return Trial(process, seconds, time.monotonic() if early else 0.0, counted, root / "p" / name)


def end(trial: Trial, tally: Tally) -> None:
    """Kill it, read its run, and count."""
    os.kill(trial.process, signal.SIGKILL)
    _, status = os.waitpid(trial.process, 0)
    (acknowledged,) = struct.unpack("<q", trial.counted[:8])
    tally.trials += 1
    tally.acknowledged += acknowledged
    if os.waitstatus_to_exitcode(status) != -signal.SIGKILL:
        tally.wrong.append(f"{trial.folder.name}: ended by itself")
        return
    if not (trial.folder / "run.json").exists():  # killed inside of `init`
        tally.early += 1
        tally.lost += acknowledged
        return
    deadline = time.monotonic() + PATIENCE
    while (stored := reportgen.read_run(trial.folder)).info.state == "running" and time.monotonic() < deadline:
        time.sleep(0.01)
    if stored.info.state != "crashed":
        tally.wrong.append(f"{trial.folder.name}: {stored.info.state}")
    codes = [problem.code for problem in stored.problems]
    tally.torn += codes.count("RG310")
    if set(codes) - {"RG310"}:
        tally.wrong.append(f"{trial.folder.name}: {codes}")
    values = stored.history["n"].values if "n" in stored.history else None
    found = [] if values is None else values.tolist()
    tally.stored += len(found)
    tally.lost += len(set(range(acknowledged)) - set(found))
    if found != list(range(len(found))):
        tally.wrong.append(f"{trial.folder.name}: rows are not as they were logged")


def trials(count: int, parallel: int, pace: str, root: Path) -> Tally:
    """All trials of one pace."""
    pause, longest, more = PACES[pace]
    chance, tally = random.Random(0), Tally()
    started, going = 0, list[Trial]()
    while started < count or going:
        while started < count and len(going) < parallel * more:
            going.append(begin(root, f"t{started}", pause, chance.uniform(0, longest), started % EARLY == 0))
            started += 1
        due = [trial for trial in going if trial.is_due()]
        for trial in due:
            going.remove(trial)
            end(trial, tally)
        if not due:
            time.sleep(0.001)
    return tally


def main() -> int:
    """Run the trials, and say how many rows are lost."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kills", description=__doc__.split("\n", 1)[0])
    parser.add_argument("--trials", type=int, default=2000, help="processes to kill (default %(default)s)")
    parser.add_argument("--parallel", type=int, default=2, help="processes at full speed at once (default %(default)s)")
    given = parser.parse_args()
    failed = False
    for pace in PACES:
        began = time.monotonic()
        with tempfile.TemporaryDirectory() as root:
            tally = trials(given.trials // len(PACES), given.parallel, pace, Path(root))
        print(
            f"{pace:16} {tally.trials:5} killed, {tally.early} of them inside of init: {tally.acknowledged} rows"
            f" acknowledged, {tally.stored} read back, {tally.lost} LOST; {tally.torn} torn tails;"
            f" {time.monotonic() - began:.0f} s",
            *tally.wrong[:10],
            sep="\n  ",
            flush=True,
        )
        failed = failed or bool(tally.lost or tally.wrong)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
