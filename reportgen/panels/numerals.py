"""How numbers, durations and dates are written, everywhere on a page; `scripts/format.js` follows the same rules."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

MINUS = "\u2212"
NONE = "\u2013"


def number(value: float) -> str:
    """A number with four significant digits: `0.02476`, `5,048`, `1.2e-4`, `−3`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value != value:
        return "NaN"
    sign = MINUS if value < 0 else ""
    size = abs(value)
    if size == math.inf:
        return sign + "∞"
    if isinstance(value, int) or size == int(size):
        return sign + (f"{int(size):,}" if size < 1e15 else _exponent(float(size)))
    if size >= 1e15 or size < 1e-3:
        return sign + _exponent(size)
    if size >= 1000:
        return sign + f"{size:,.0f}"
    return sign + f"{size:.4g}"


def _exponent(size: float) -> str:
    mantissa, _, power = f"{size:.3e}".partition("e")
    return f"{mantissa.rstrip('0').rstrip('.')}e{int(power)}"


def tick(value: float) -> str:
    """A number as narrow as an axis needs it: `1,000`, but `1e6` and `2.5e9`."""
    if abs(value) < 1e6:
        return number(value)
    return (MINUS if value < 0 else "") + _exponent(abs(float(value)))


def plain(value: float) -> str:
    """A number below 1 with four significant digits, all of its zeros written: `0.0005`."""
    digits = f"{abs(value):.{3 - math.floor(math.log10(abs(value)))}f}".rstrip("0") if value else "0"
    return (MINUS if value < 0 else "") + digits


def power(value: float) -> str:
    """A number as a power of ten: `5e5`; 0 is 0."""
    return (MINUS if value < 0 else "") + _exponent(abs(float(value))) if value else "0"


def exact(value: float) -> str:
    """A finite number with all digits that tell it from its neighbours: `1,000,000.25`, `1.0000001e300`."""
    sign, digits = MINUS if value < 0 else "", Decimal(repr(abs(float(value)))).normalize()
    if Decimal("0.001") <= digits < 10**15 or not digits:
        return sign + f"{digits:,f}"
    return sign + f"{digits.scaleb(-digits.adjusted()):f}e{digits.adjusted()}"


def aligned(values: Sequence[float]) -> list[str]:
    """Numbers of one table column, with as many decimals as the largest needs for four digits.

    Falls back to `number` for the column when fixed decimals would hide a small value.
    """
    finite = [abs(v) for v in values if math.isfinite(v)]
    largest = max(finite, default=0.0)
    if all(v == int(v) for v in finite) or largest >= 1000 or largest == 0:
        return [number(v) for v in values]
    decimals = max(0, 3 - math.floor(math.log10(largest)))
    if decimals > 6 or any(0 < v < 10.0**-decimals for v in finite):
        return [number(v) for v in values]
    return [_fixed(v, decimals) for v in values]


def _fixed(value: float, decimals: int) -> str:
    if not math.isfinite(value):
        return number(value)
    return (MINUS if value < 0 else "") + f"{abs(value):.{decimals}f}"


def plural(count: int, noun: str) -> str:
    """A count and its noun: `1 metric`, `3,000 metrics`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def duration(seconds: float) -> str:
    """A span of time in its two largest units: `35 ms`, `4.2 s`, `3 min 12 s`, `2 h 5 min`, `3 d 4 h`."""
    if 0 < seconds < 0.0995:
        return f"{seconds * 1000:.2g}\u202fms"
    if seconds < 60:
        return f"{seconds:.1f}\u202fs" if seconds < 59.95 else "1\u202fmin"
    whole = round(seconds)
    for size, unit, small, small_unit in (
        (86400, "d", 3600, "h"),
        (3600, "h", 60, "min"),
        (60, "min", 1, "s"),
    ):
        if whole >= size:
            rest = whole % size // small
            return f"{whole // size:,}\u202f{unit}" + (f" {rest}\u202f{small_unit}" if rest else "")
    return f"{whole}\u202fs"


def moment(iso: str) -> datetime | None:
    """The time that an ISO 8601 text names, in UTC; None when it names none."""
    try:
        when = datetime.fromisoformat(iso)
    except ValueError:
        return None
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(UTC)


def day(when: datetime) -> str:
    """A date with its month in letters: `21 November 2026`."""
    months = "January February March April May June July August September October November December"
    return f"{when.day} {months.split()[when.month - 1]} {when.year}"


def size(count: int) -> str:
    """A number of bytes: `812 B`, `14 kB`, `3.6 MB`."""
    if count < 1000:
        return f"{count}\u202fB"
    value = float(count)
    for unit in ("kB", "MB", "GB", "TB"):
        value /= 1000
        if value < 999.5 or unit == "TB":
            return f"{value:.0f}\u202f{unit}" if value >= 100 else f"{value:.3g}\u202f{unit}"
    return ""
