"""Where the ticks of an axis stand, and whether it is logarithmic."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from reportgen.panels.numerals import duration, exact, plain, power, tick

SPANS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400)
"""Round spans of time in seconds: from a second to a day."""

HUGE, TINY = sys.float_info.max, 5e-324

LOG_FROM = 30.0
"""A value axis starts logarithmic only when the highest value is at least this many times the lowest."""

CROWDED = 0.1
"""And only when half of the values lie in this lowest part of the linear range."""

WIDE = 44
"""Characters that have room under a chart."""

LIFT = 2.0**500
"""What extents near the smallest numbers are multiplied by: divided as they are, they would lose their digits."""


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis: from `low` to `high`, both inside the drawing.

    Attributes:
        low: Value at the left or at the bottom.
        high: Value at the right or at the top; above `low`.
        log: Whether it is logarithmic; then `low` > 0.
        whole: Whether it stands for whole numbers only, so that its ticks are whole numbers too.
    """

    low: float
    high: float
    log: bool = False
    whole: bool = False

    def place(self, values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Values to 0 at `low` and 1 at `high`."""
        if self.log:
            with np.errstate(divide="ignore", invalid="ignore"):
                return (np.log(values) - math.log(self.low)) / (math.log(self.high) - math.log(self.low))
        # divided first: the difference of two huge values of opposite sign would overflow
        half = self.high / 2 - self.low / 2
        if half < 1e-290:
            return Axis(self.low * LIFT, self.high * LIFT).place(values * LIFT)
        return (values / 2 - self.low / 2) / half

    def ticks(self, count: int = 4) -> list[tuple[float, str]]:
        """About `count` round values as (place, label), in ascending order."""
        return [(at, text) for at, (_, text) in self._inside(self._rounds(count))]

    def durations(self, count: int = 4) -> list[tuple[float, str]]:
        """About `count` round spans of time as (place, label), for an axis in seconds."""
        span = self.high - self.low
        if span < count:
            return [(at, f"{text}\u202fs") for at, text in self.ticks(count)]
        step = next((s for s in SPANS if s >= span / count), math.ceil(span / count / SPANS[-1]) * SPANS[-1])
        rounds = [i * step for i in range(math.ceil(self.low / step), math.floor(self.high / step) + 1)]
        return [(at, f"{v:.0f}\u202fs" if v < 60 else duration(v)) for at, (v, _) in self._inside(rounds)]

    def _rounds(self, count: int) -> list[float]:
        if self.log:
            rounds = [v for v in _decades(self.low, self.high) if not self.whole or v >= 1]
            if sum(self.low <= v <= self.high for v in rounds) >= 2:
                return rounds
        return _steps(self.low, self.high, count, whole=self.whole)

    def _inside(self, rounds: Sequence[float]) -> list[tuple[float, tuple[float, str]]]:
        """The values that are on the axis: their places, and what they are called."""
        places = self.place(np.array(rounds, dtype=np.float64))
        inside = [(float(at), v) for at, v in zip(places, rounds, strict=True) if -1e-9 <= at <= 1 + 1e-9]
        texts = _texts([v for _, v in inside], log=self.log)
        return [(round(at, 4), (v, text)) for (at, v), text in zip(inside, texts, strict=True)]


def _texts(values: Sequence[float], *, log: bool) -> list[str]:
    """Labels that differ, also where few digits would make neighbours look the same: `1,000,000.25`.

    On a linear axis they are written alike: `0.0005` beside `0.001`, and `5e5` beside `1e6`.
    """
    short = [tick(v) for v in values]
    if not log and len({"e" in text for text, v in zip(short, values, strict=True) if v}) == 2:
        short = [(plain if max(map(abs, values)) < 1 else power)(v) for v in values]
    return short if len(set(short)) == len(short) else [exact(v) for v in values]


def apart(ticks: Sequence[tuple[float, str]]) -> list[tuple[float, str]]:
    """The ticks of a horizontal axis that have room beside each other: every second one, and so on, of long labels."""
    longest = max((len(text) for _, text in ticks), default=0)
    every = math.ceil(len(ticks) / max(1, WIDE // (longest + 2)))
    return list(ticks[:: max(1, every)])


def value_axis(low: float, high: float, *, log: bool, whole: bool = False) -> Axis:
    """An axis for values between `low` and `high`, with a little room; never of no extent.

    Args:
        low: The lowest value; above 0 when `log`.
        high: The highest value; `low` when there is but one, which then stands in the middle of a small range.
        log: Whether the axis is logarithmic.
        whole: Whether all values are whole numbers.
    """
    if log:
        room = math.exp((math.log(high) - math.log(low)) * 0.04) if high > low else 2.0
        return Axis(max(low / room, TINY), min(high * room, HUGE), log=True, whole=whole)
    if high > low:
        room = (high / 2 - low / 2) * 0.08 or TINY
    else:
        room = max(abs(low) * 0.1, 1.0) if whole or not low else abs(low) * 0.1 or TINY
    return Axis(max(low - room, -HUGE), min(high + room, HUGE), whole=whole)


def tight_axis(low: float, high: float, *, whole: bool = False) -> Axis:
    """An axis that ends exactly at `low` and `high`; where both are the same, that value stands in its middle.

    Args:
        low: The lowest value.
        high: The highest value, at least `low`.
        whole: Whether all values are whole numbers, such as steps.
    """
    room = 0.0 if high > low else max(0.5, abs(low) * 1e-9)
    return Axis(low - room, high + room, whole=whole)


def wants_log(values: Sequence[npt.NDArray[np.float64]], *, whole: bool) -> bool:
    """Whether values are easier to read on a logarithmic axis.

    Args:
        values: The finite values of each line, (n,) each.
        whole: Whether all are whole numbers.
    """
    found = [part for part in values if len(part)]
    if whole or not found:
        return False  # counters and epochs grow evenly: it matters how much is added, not how many times more it is
    low, high = min(float(part.min()) for part in found), max(float(part.max()) for part in found)
    if not low > 0 or high / low < LOG_FROM:
        return False
    # A ratio alone says little: one value near 0 among even noise makes it huge. A logarithmic axis helps where one
    # that is linear would press most of a line to its foot: a loss that falls fast and then goes on by small steps.
    return float(np.median(np.concatenate(found))) - low <= CROWDED * (high - low)


def _steps(low: float, high: float, count: int, *, whole: bool) -> list[float]:
    raw = max((high / 2 - low / 2) / count * 2, 1e-322)
    power = 10.0 ** math.floor(math.log10(raw)) if raw > 1e-300 else raw
    step = next((m * power for m in (1, 2, 2.5, 5, 10) if m * power >= raw * 0.999), 10 * power)
    if whole and step < 5:
        step = max(1.0, math.floor(step))
    first = math.ceil(low / step - 1e-9)
    return [_clean(i * step, step) for i in range(first, math.floor(high / step + 1e-9) + 1)][: count * 3]


def _clean(value: float, step: float) -> float:
    """`0.30000000000000004` is 0.3."""
    digits = max(0, 2 - math.floor(math.log10(step)))
    return round(value, digits) if digits <= 100 else value


def _decades(low: float, high: float) -> list[float]:
    """1, 2 and 5 of each decade while they are few, else whole decades, evenly spaced."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    fine = [float(f"{d}e{p}") for p in range(max(first, -307), min(last, 307) + 1) for d in (1, 2, 5)]
    inside = [v for v in fine if low <= v <= high] if last - first <= 4 else []
    if 2 <= len(inside) <= 5:
        return inside
    every = max(1, math.ceil((last - first) / 5))
    return [float(f"1e{p}") for p in range(first - first % every, last + 1, every) if -323 <= p <= 308]
