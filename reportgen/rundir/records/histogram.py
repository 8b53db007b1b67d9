"""A histogram: how many values lie in each of its bins."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

from reportgen.errors import InputValueError
from reportgen.rundir.records.record import Record, stated


@dataclass(frozen=True, slots=True)
class HistogramRecord(Record):
    """How many values lie in each bin. Evenly spaced bins are told by their two outer edges, others by all edges."""

    KIND: ClassVar[str] = "histogram"

    counts: tuple[float, ...] = stated(
        "How many values each bin holds, from the lowest bin on. Densities or weights where such were given."
    )
    start: float | None = stated("Lower edge of the first bin, of evenly spaced ones.", default=None)
    stop: float | None = stated("Upper edge of the last bin, of evenly spaced ones.", default=None)
    edges: tuple[float, ...] | None = stated(
        "All edges, one more than there are bins, rising; in place of `start` and `stop`.", default=None
    )
    nan: int | None = stated("How many values were not-a-number; they are in no bin.", low=1, default=None)
    inf: int | None = stated("How many were infinite; they are in no bin.", low=1, default=None)
    minus_inf: int | None = stated("How many were minus infinity; they are in no bin.", low=1, default=None)
    outside: int | None = stated(
        "How many finite values lay below the first or above the last edge, where edges were given.",
        low=1,
        default=None,
    )

    def __post_init__(self) -> None:
        Record.__post_init__(self)
        edges = self.edges if self.edges is not None else (self.start, self.stop)
        fault = ""
        if not self.counts:
            fault = "it has no bins"
        elif any(edge is None for edge in edges):
            fault = "it has neither 'edges' nor both 'start' and 'stop'"
        elif self.edges is not None and len(edges) != len(self.counts) + 1:
            fault = f"{len(self.counts)} bins have {len(edges)} edges"
        elif not _rises([edge for edge in edges if edge is not None]):
            fault = "its edges do not rise"
        if fault:
            raise InputValueError("RG332", fault, where="HistogramRecord")

    def bins(self) -> list[float]:
        """All edges, one more than there are bins."""
        if self.edges is not None:
            return list(self.edges)
        low, high, count = float(self.start or 0), float(self.stop or 0), len(self.counts)
        width = (high - low) / count
        if not math.isfinite(width):  # of huge edges of opposite sign
            return [*(low * (1 - place / count) + high * (place / count) for place in range(count)), high]
        return [*(low + width * place for place in range(count)), high]


def _rises(edges: Sequence[float]) -> bool:
    """Whether edges are finite and none is lower than the one before it. Bins without extent are numpy's too."""
    rising = all(low <= high for low, high in pairwise(edges))
    return rising and edges[0] < edges[-1] and all(map(math.isfinite, edges))
