"""Where the ticks of an axis stand, and whether it is logarithmic."""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from reportgen.panels.numerals import MINUS, duration, tick

SPANS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400)
"""Round spans of time in seconds: from a second to a day."""

HUGE = sys.float_info.max

LOG_FROM = 30.0
"""A value axis starts logarithmic when all values are positive and span at least this ratio."""


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis: from `low` to `high`, both inside the drawing.

    Attributes:
        low: Value at the left or at the bottom.
        high: Value at the right or at the top; above `low`.
        log: Whether it is logarithmic; then `low` > 0.
    """

    low: float
    high: float
    log: bool = False

    def place(self, values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Values to 0 at `low` and 1 at `high`."""
        if self.log:
            with np.errstate(divide="ignore", invalid="ignore"):
                return (np.log(values) - math.log(self.low)) / math.log(self.high / self.low)
        # divided first: the difference of two huge values of opposite sign would overflow
        half = self.high / 2 - self.low / 2
        return (values / 2 - self.low / 2) / half

    def ticks(self, count: int = 4) -> list[tuple[float, str]]:
        """About `count` round values as (place, label), in ascending order."""
        rounds = _decades(self.low, self.high) if self.log else _steps(self.low, self.high, count)
        places = self.place(np.array(rounds, dtype=np.float64))
        inside = [(float(at), v) for at, v in zip(places, rounds, strict=True) if -1e-9 <= at <= 1 + 1e-9]
        return [(round(at, 4), text) for (at, _), text in zip(inside, _texts([v for _, v in inside]), strict=True)]

    def durations(self, count: int = 4) -> list[tuple[float, str]]:
        """About `count` round spans of time as (place, label), for an axis in seconds."""
        span = self.high - self.low
        step = next((s for s in SPANS if s >= span / count), math.ceil(span / count / SPANS[-1]) * SPANS[-1])
        if span < count:
            return [(at, f"{text}\u202fs") for at, text in self.ticks(count)]
        rounds = [i * step for i in range(math.ceil(self.low / step), math.floor(self.high / step) + 1)]
        places = self.place(np.array(rounds, dtype=np.float64))
        return [
            (round(float(at), 4), f"{v}\u202fs" if v < 60 else duration(v))
            for at, v in zip(places, rounds, strict=True)
        ]


def _texts(values: list[float]) -> list[str]:
    """Labels that differ, also where few digits would make neighbours look the same: `1,000,000.25`."""
    short = [tick(v) for v in values]
    return short if len(set(short)) == len(short) else [f"{v:,.15g}".replace("-", MINUS) for v in values]


def value_axis(low: float, high: float, *, log: bool) -> Axis:
    """An axis for values between `low` and `high`, with a little room; never of no extent."""
    if log:
        room = (high / low) ** 0.04 if high > low else 2.0
        return Axis(max(low / room, 5e-324), min(high * room, HUGE), log=True)
    # halves first: the difference of two huge values of opposite sign would overflow
    room = (high / 2 - low / 2) * 0.08 if high > low else abs(low) * 0.1 or 1.0
    return Axis(max(low - room, -HUGE), min(high + room, HUGE))


def wants_log(low: float, high: float) -> bool:
    """Whether values between `low` and `high` are easier to read on a logarithmic axis."""
    return low > 0 and high / low >= LOG_FROM


def _steps(low: float, high: float, count: int) -> list[float]:
    raw = (high / 2 - low / 2) / count * 2
    power = 10.0 ** math.floor(math.log10(raw)) if raw > 1e-300 else 1e-300
    step = next((m * power for m in (1, 2, 2.5, 5, 10) if m * power >= raw * 0.999), 10 * power)
    first = math.ceil(low / step - 1e-9)
    return [_clean(i * step, step) for i in range(first, math.floor(high / step + 1e-9) + 1)][: count * 3]


def _clean(value: float, step: float) -> float:
    """`0.30000000000000004` is 0.3."""
    digits = max(0, 2 - math.floor(math.log10(step)))
    return round(value, digits) if digits < 300 else value


def _decades(low: float, high: float) -> list[float]:
    """1, 2 and 5 of each decade while they are few, else whole decades, evenly spaced."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    fine = [d * 10.0**p for p in range(max(first, -307), min(last, 307) + 1) for d in (1, 2, 5) if last - first <= 4]
    inside = [v for v in fine if low <= v <= high]
    if 2 <= len(inside) <= 5:
        return inside
    every = max(1, math.ceil((last - first) / 5))
    whole = [10.0**p for p in range(first - first % every, last + 1, every) if -307 <= p <= 307]
    return whole if sum(low <= v <= high for v in whole) >= 2 else inside or whole
