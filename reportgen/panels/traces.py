"""A plain drawing of a plotly figure: its lines, points and bars on one pair of axes, in the colours of the theme.

It is no rendering of the figure: it shows the data without plotly's own script. How much of it is told beside it.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from reportgen.panels import sampling
from reportgen.panels.axis import Axis, tight_axis, value_axis
from reportgen.panels.scalar import Tick, path
from reportgen.panels.series import COLOURS

FRAME = 1000
"""The drawing's width and height in its own units."""

POINTS = 3_000
"""Points of one line that are drawn. Of more, the lowest and highest of each column stay, or every n-th."""

LABELS = 12
"""Categories that are named along an axis."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Stroke:
    """One trace as drawn, or its points.

    Attributes:
        look: "line", "points" or "bars".
        colour: 1 to 8: class `s1` to `s8`.
        d: SVG path data in a viewBox of 1000 by 1000, y downwards.
    """

    look: Literal["line", "points", "bars"]
    colour: int
    d: str


@dataclass(frozen=True, slots=True)
class TraceName:
    """A trace in the key of a drawing: its name, and its colour, 1 to 8."""

    name: str
    colour: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """A plain drawing.

    Attributes:
        strokes: What is drawn, the last on top: bars below lines below points.
        names: The traces that have names, in their order.
        x_ticks: Ticks of the horizontal axis.
        y_ticks: Ticks of the vertical axis.
        x_label: What the horizontal axis shows.
        y_label: What the vertical axis shows.
    """

    strokes: Sequence[Stroke]
    names: Sequence[TraceName]
    x_ticks: Sequence[Tick]
    y_ticks: Sequence[Tick]
    x_label: str
    y_label: str


@dataclass(frozen=True, slots=True)
class _Scale:
    """How the values of an axis become numbers: as they are, as seconds since 1970, or as numbers of categories."""

    kind: Literal["number", "date", "category"]
    names: tuple[str, ...] = ()

    def numbers(self, values: Sequence[Any]) -> Floats:
        if self.kind == "date":
            return np.array([_seconds(value) for value in values], np.float64)
        if self.kind == "category":
            places = {name: float(i) for i, name in enumerate(self.names)}
            return np.array([places.get(str(value), np.nan) for value in values], np.float64)
        return np.array([_float(value) for value in values], np.float64)

    def ticks(self, axis: Axis) -> list[Tick]:
        if self.kind == "number":
            return [Tick(at, text) for at, text in axis.ticks()]
        if self.kind == "category":
            every = -(-len(self.names) // LABELS)
            places = axis.place(np.arange(len(self.names), dtype=np.float64))
            named = zip(places.tolist(), self.names, strict=True)
            return [Tick(round(at, 4), name[:40]) for at, name in list(named)[::every]]
        moments = np.linspace(axis.low, axis.high, 4)[1:-1]
        form = "%Y-%m-%d" if axis.high - axis.low > 2 * 86400 else "%Y-%m-%d %H:%M"
        places = axis.place(moments).tolist()
        times = [datetime.fromtimestamp(float(moment), UTC) for moment in moments]
        return [Tick(round(at, 4), f"{time:{form}}") for at, time in zip(places, times, strict=True)]


@dataclass(slots=True)
class _Trace:
    """A trace that can be drawn, its coordinates as given."""

    name: str
    bars: bool
    flat: bool
    mode: str
    x: Sequence[Any]
    y: Sequence[Any]
    base: Sequence[Any]
    width: Sequence[Any]


def drawing(spec: Mapping[str, Any]) -> tuple[Drawing | None, int]:
    """A plain drawing of a figure.

    Args:
        spec: What `plotly` describes it by: a mapping of `data` and `layout`.

    Returns:
        The drawing, None where nothing of it can be drawn, and how many of its traces are in it.
    """
    layout = spec.get("layout")
    layout = layout if isinstance(layout, Mapping) else {}
    found = [trace for item in traces(spec) if (trace := _trace(item)) is not None]
    if not found:
        return None, 0
    x_scale, y_scale = (_scale([value for t in found for value in getattr(t, side)]) for side in ("x", "y"))
    placed = _placed(found, x_scale, y_scale, str(layout.get("barmode") or "group"))
    xs = [np.concatenate([left, right]) if trace.bars else left for trace, (left, _, right, _) in placed]
    ys = [np.concatenate([low, high]) if trace.bars else low for trace, (_, low, _, high) in placed]
    logs = [_is_log(layout, side, values) for side, values in (("xaxis", xs), ("yaxis", ys))]
    lying, standing = (any(trace.bars and trace.flat == flat for trace in found) for flat in (True, False))
    points = any("markers" in trace.mode for trace in found if not trace.bars)
    x_axis = _axis(xs, log=logs[0], tight=not (lying or points), from_zero=lying)
    y_axis = _axis(ys, log=logs[1], tight=False, from_zero=standing)
    if x_axis is None or y_axis is None:
        return None, 0
    strokes = [
        stroke
        for number, (trace, box) in enumerate(placed)
        for stroke in _strokes(trace, box, x_axis, y_axis, number % COLOURS + 1)
    ]
    strokes.sort(key=lambda stroke: ("bars", "line", "points").index(stroke.look))
    names = [TraceName(trace.name, number % COLOURS + 1) for number, trace in enumerate(found) if trace.name]
    labels = [_label(layout, side) for side in ("xaxis", "yaxis")]
    return Drawing(strokes, names, x_scale.ticks(x_axis), y_scale.ticks(y_axis), *labels), len(found)


def traces(spec: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The traces of a figure."""
    data = spec.get("data")
    return [item for item in data if isinstance(item, Mapping)] if isinstance(data, list) else []


def values_of(value: Any) -> list[Any]:
    """The values of an array as plotly writes it: a list, or bytes in base64 with their type."""
    if isinstance(value, Mapping) and "bdata" in value:
        try:
            raw = np.frombuffer(base64.b64decode(value["bdata"]), np.dtype(str(value.get("dtype"))).newbyteorder("<"))
        except (TypeError, ValueError, binascii.Error):
            return []
        found: list[Any] = raw.tolist()
        return found
    return list(value) if isinstance(value, list | tuple) else []


def _trace(item: Mapping[str, Any]) -> _Trace | None:
    """A trace on the first pair of axes whose kind is drawn here."""
    kind = item.get("type") or "scatter"
    axes = item.get("xaxis") in (None, "x") and item.get("yaxis") in (None, "y")
    if kind not in ("scatter", "scattergl", "bar") or not axes or item.get("visible") in (False, "legendonly"):
        return None
    x, y = values_of(item.get("x")), values_of(item.get("y"))
    flat = item.get("orientation") == "h"
    x, y = x or list(range(len(y))), y or list(range(len(x)))
    count = min(len(x), len(y))
    if not count or isinstance(x[0], list) or isinstance(y[0], list):
        return None
    usual = "lines+markers" if count < 20 else "lines"
    name = str(item.get("name") or "")
    base, width = (_each(item.get(word), count) for word in ("base", "width"))
    return _Trace(name, kind == "bar", flat, str(item.get("mode") or usual), x[:count], y[:count], base, width)


def _each(value: Any, count: int) -> Sequence[Any]:
    """One value per bar, where values are given; else nothing."""
    if isinstance(value, int | float):
        return [value] * count
    found = values_of(value)
    return found if len(found) == count else []


def _scale(values: Sequence[Any]) -> _Scale:
    given = [value for value in values if value is not None]
    if all(isinstance(value, int | float) for value in given):
        return _Scale("number")
    if all(_seconds(value) == _seconds(value) for value in given):
        return _Scale("date")
    return _Scale("category", tuple(dict.fromkeys(map(str, given))))


def _seconds(value: Any) -> float:
    if not isinstance(value, str) or not value[:4].isdigit():
        return float("nan")
    try:
        when = datetime.fromisoformat(value)
    except ValueError:
        return float("nan")
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()


def _float(value: Any) -> float:
    return float(value) if isinstance(value, int | float) and abs(value) < 1e308 else float("nan")


_Box = tuple[Floats, Floats, Floats, Floats]
"""Left, low, right and high of each bar; of points, right is left and high is low."""


def _placed(found: Sequence[_Trace], x: _Scale, y: _Scale, mode: str) -> list[tuple[_Trace, _Box]]:
    """Each trace with its coordinates. Bars of several traces stand side by side, or on each other."""
    bars = [trace for trace in found if trace.bars]
    piled: dict[float, float] = {}
    placed = []
    for trace in found:
        across, along = (
            (y.numbers(trace.y), x.numbers(trace.x)) if trace.flat else (x.numbers(trace.x), y.numbers(trace.y))
        )
        if not trace.bars:
            placed.append((trace, (across, along, across, along)))
            continue
        gaps = np.diff(np.unique(across[np.isfinite(across)]))
        room = 0.8 * (float(gaps.min()) if len(gaps) else 1.0)
        thick = np.array(trace.width, np.float64) if trace.width else np.full(len(across), room)
        offset = 0.0
        if mode == "group" and len(bars) > 1 and not trace.width:
            thick = thick / len(bars)
            offset = (bars.index(trace) - (len(bars) - 1) / 2) * room / len(bars)
        start = np.array(trace.base, np.float64) if trace.base else np.zeros(len(along))
        if mode in ("stack", "relative"):
            start = start + [piled.get(place, 0.0) for place in across.tolist()]
            piled |= dict(zip(across.tolist(), (start + along).tolist(), strict=True))
        box = (across + offset - thick / 2, start, across + offset + thick / 2, start + along)
        placed.append((trace, (box[1], box[0], box[3], box[2]) if trace.flat else box))
    return placed


def _is_log(layout: Mapping[str, Any], side: str, values: Sequence[Floats]) -> bool:
    axis = layout.get(side)
    asked = isinstance(axis, Mapping) and axis.get("type") == "log"
    return asked and all(bool((part[np.isfinite(part)] > 0).all()) for part in values)


def _axis(parts: Sequence[Floats], *, log: bool, tight: bool, from_zero: bool) -> Axis | None:
    """An axis for all values, with room around them unless it is tight; bars stand on its edge. None without values."""
    values = np.concatenate(parts)
    values = values[np.isfinite(values)]
    if not len(values):
        return None
    low, high = float(values.min()), float(values.max())
    if tight and not log:
        return tight_axis(low, high)
    axis = value_axis(low, high, log=log)
    if not from_zero or log or low * high < 0:
        return axis
    return Axis(0.0, axis.high) if high > 0 else Axis(axis.low, 0.0) if low < 0 else axis


def _strokes(trace: _Trace, box: _Box, x_axis: Axis, y_axis: Axis, colour: int) -> list[Stroke]:
    left, low, right, high = (
        axis.place(values) * FRAME for axis, values in zip((x_axis, y_axis, x_axis, y_axis), box, strict=True)
    )
    if trace.bars:
        edges = zip(left.tolist(), (FRAME - low).tolist(), right.tolist(), (FRAME - high).tolist(), strict=True)
        d = "".join(
            f"M{a:.1f} {b:.1f}H{c:.1f}V{e:.1f}H{a:.1f}z" for a, b, c, e in edges if a + b + c + e == a + b + c + e
        )
        return [Stroke("bars", colour, d)]
    chosen = _chosen(left, low)
    x, y = left[chosen], FRAME - low[chosen]
    made = []
    if "lines" in trace.mode:
        made.append(Stroke("line", colour, path(x, y)))
    if "markers" in trace.mode or not made:
        whole = np.isfinite(x) & np.isfinite(y)
        d = "".join(f"M{a:.0f} {b:.0f}h0" for a, b in zip(x[whole].tolist(), y[whole].tolist(), strict=True))
        made.append(Stroke("points", colour, d))
    return made


def _chosen(x: Floats, y: Floats) -> npt.NDArray[np.int64]:
    """Which points are drawn: all of few; of many the extremes of each column, or every n-th where x goes back."""
    if len(x) <= POINTS:
        return np.arange(len(x))
    if np.isfinite(x).all() and bool((np.diff(x) >= 0).all()):
        return sampling.envelope(x, y, POINTS)
    return np.arange(0, len(x), -(-len(x) // POINTS))


def _label(layout: Mapping[str, Any], side: str) -> str:
    axis = layout.get(side)
    title = axis.get("title") if isinstance(axis, Mapping) else None
    text = title.get("text") if isinstance(title, Mapping) else title
    return str(text) if isinstance(text, str) else ""
