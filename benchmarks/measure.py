"""Whole processes, measured: wall time and peak memory of a Python program run in a child."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

_PEAK = "\nimport resource as _r; print('PEAK', _r.getrusage(_r.RUSAGE_SELF).ru_maxrss * 1024)\n"


@dataclass(frozen=True, slots=True)
class Cost:
    """What a process took: `seconds` of wall time, and `peak` bytes of memory."""

    seconds: float
    peak: int


def child(program: str, *arguments: str) -> Cost:
    """Run a Python program to its end.

    Args:
        program: Its text.
        arguments: Its `sys.argv[1:]`.

    Raises:
        RuntimeError: It failed; its standard error is in the message.
    """
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", program + _PEAK, *arguments], capture_output=True, text=True, cwd=ROOT, check=False
    )
    seconds = time.perf_counter() - started
    if done.returncode:
        raise RuntimeError(done.stderr)
    return Cost(seconds, int(done.stdout.rsplit("PEAK", 1)[1]))


def alternate(rounds: int, programs: Sequence[Callable[[], Cost]]) -> list[Cost]:
    """Medians of several programs, run in turn so that a busy machine disturbs all of them alike.

    Args:
        rounds: How often each runs.
        programs: What to run.
    """
    costs: list[list[Cost]] = [[] for _ in programs]
    for _ in range(rounds):
        for taken, program in zip(costs, programs, strict=True):
            taken.append(program())
    return [Cost(statistics.median(c.seconds for c in taken), max(c.peak for c in taken)) for taken in costs]
