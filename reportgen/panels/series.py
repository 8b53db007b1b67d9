"""The look of a run, the same wherever it appears: colour and dash by its number in the report."""

from __future__ import annotations

COLOURS = 8

GREY = 0
"""The colour of lines that count no more."""


def colour(run: int) -> int:
    """1 to 8: the `--series-N` of a run."""
    return run % COLOURS + 1


def dash(run: int) -> int:
    """1 to 8: the `--dash-N` of a run; runs beyond eight repeat a colour with the next dash."""
    return (run + run // COLOURS) % COLOURS + 1
