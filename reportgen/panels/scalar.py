"""Numbers over time: one line per run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from reportgen.panels import sampling
from reportgen.panels.axis import Axis, value_axis, wants_log
from reportgen.panels.goal import goal_of
from reportgen.panels.numerals import NONE, number
from reportgen.panels.series import colour, dash
from reportgen.panels.view import Columns, PanelTask, Source, View

Floats = npt.NDArray[np.float64]

PART_POINTS = 250_000
"""Points per part of a long line; a part is what zooming fetches, and its file stays far below any host's limit."""

FRAME = 1000
"""Width and height of the viewBox of the first frame."""

DRAWN_COLUMNS = 160
"""Pixel columns of the first frame's lines; they are shared between runs when there are many."""

SIGNS = (("nan", np.isnan), ("inf", np.isposinf), ("-inf", np.isneginf))


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis: `at` is 0 to 1 from the left or from the bottom, `text` its label."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a value was not a finite number: `at` 0 to 1 from the left, `sign` "nan", "inf" or "-inf"."""

    at: float
    sign: str


@dataclass(frozen=True, slots=True)
class Line:
    """One run's line: `d` is SVG path data in a viewBox of 1000 by 1000, y downwards."""

    run: int
    name: str
    colour: int
    dash: int
    d: str
    marks: Sequence[Mark] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ScalarView(View):
    """What a line panel shows before any script runs.

    Attributes:
        lines: One per run that logged the key.
        x_ticks: Ticks of the step axis.
        y_ticks: Ticks of the value axis.
        log: Whether the value axis is logarithmic at first.
        x_label: What the x axis counts: "step", or "time" since the run began.
        value_label: What `value` is: "lowest", "highest" or "last".
        value: That value, ready to read; "" when no finite value was logged.
        table: The first frame as numbers, per run: name, count, first, lowest, highest, last.
    """

    lines: Sequence[Line] = ()
    x_ticks: Sequence[Tick] = ()
    y_ticks: Sequence[Tick] = ()
    log: bool = False
    x_label: str = "step"
    value_label: str = ""
    value: str = ""
    table: Sequence[Sequence[str]] = ()


def view(task: PanelTask) -> ScalarView:
    """A line panel from the histories of one metric.

    Sampling keeps the lowest and highest value of every pixel column (see `sampling.envelope`); where it left
    points out, all of them follow in parts that a reader's zoom fetches.

    Args:
        task: Its sources hold numbers.
    """
    curves = [_Curve.of(source) for source in task.sources]
    kept = [sampling.envelope(c.steps, c.values, task.limits.max_points) for c in curves]
    # the first frame shows the runs that are chosen when the report opens: its axes and words are theirs
    pairs = list(zip(curves, kept, strict=True))
    first = [(c, k) for c, k in pairs if c.source.shown] or pairs
    seen = [c for c, _ in first]
    low, high = _range(seen)
    log = task.section == "history" and goal_of(task.key) != "max" and wants_log(low, high)
    timed = task.section == "system"
    x_axis = _x_axis([c.runtimes if timed else c.steps for c in seen])
    y_axis = value_axis(low, high, log=log)
    label, value = _headline(task, seen)
    return ScalarView(
        kind=task.kind,
        id=task.id,
        key=task.key,
        notes=_notes(seen, [k for _, k in first], log=log),
        data=_data(task, curves, kept, log=log),
        lines=[
            _line(c, c.runtimes if timed else c.steps, k, x_axis, y_axis, _drawn_columns(len(curves))) for c, k in pairs
        ],
        x_ticks=[Tick(at, text) for at, text in (x_axis.durations() if timed else x_axis.ticks())],
        y_ticks=[Tick(at, text) for at, text in y_axis.ticks()],
        log=log,
        x_label="time" if timed else "step",
        value_label=label,
        value=value,
        table=[_row(c) for c in curves],
    )


@dataclass(frozen=True, slots=True)
class _Curve:
    """One run's numbers, ready to draw: `steps` ascending, `runtimes` in seconds, `values` as logged."""

    source: Source
    steps: npt.NDArray[np.int64]
    runtimes: Floats
    values: Floats
    finite: Floats

    @classmethod
    def of(cls, source: Source) -> _Curve:
        history = source.history
        values = history.values if history.values is not None else np.empty(0)
        whole = np.isfinite(values)
        return cls(source, history.steps, history.runtimes, values, values if whole.all() else values[whole])


def _range(curves: Sequence[_Curve]) -> tuple[float, float]:
    """Lowest and highest finite value of all curves; 0 and 1 when there is none."""
    parts = [c.finite for c in curves if len(c.finite)]
    if not parts:
        return 0.0, 1.0
    return min(float(p.min()) for p in parts), max(float(p.max()) for p in parts)


def _x_axis(places: Sequence[npt.NDArray[Any]]) -> Axis:
    ends = [(float(x[0]), float(x[-1])) for x in places if len(x)]
    low, high = min((e[0] for e in ends), default=0.0), max((e[1] for e in ends), default=1.0)
    return Axis(low, high) if high > low else Axis(low - 0.5, low + 0.5)


def _headline(task: PanelTask, curves: Sequence[_Curve]) -> tuple[str, str]:
    """The number in the panel's title line, and the word that says which it is."""
    parts = [c.finite for c in curves if len(c.finite)]
    goal = goal_of(task.key) if task.section == "history" else None
    if parts and goal:
        pick = min if goal == "min" else max
        word = "lowest" if goal == "min" else "highest"
        return word, number(pick(float(p.min() if goal == "min" else p.max()) for p in parts))
    if len(parts) == 1 and len(curves) == 1:
        return "last", number(float(parts[0][-1]))
    return "", ""


def _notes(curves: Sequence[_Curve], kept: Sequence[npt.NDArray[np.int64]], *, log: bool) -> list[str]:
    total = sum(len(c.values) for c in curves)
    shown = sum(len(k) for k in kept)
    notes = [f"{shown:,} of {total:,} points" if shown < total else f"{total:,} point{'' if total == 1 else 's'}"]
    if shown < total:
        notes.append("lowest and highest of each pixel; zoom for all")
    if log:
        notes.append("log scale")
    for word, odd in (("NaN", np.isnan), ("∞", np.isposinf), ("−∞", np.isneginf)):
        count = sum(int(np.count_nonzero(odd(c.values))) for c in curves)
        if count:
            notes.append(f"{count:,} × {word}")
    replaced = sum(c.source.history.replaced for c in curves)
    if replaced:
        notes.append(f"{replaced:,} values replaced by a later one of the same step")
    return notes


def with_parts(view: View, parts: Mapping[int, Sequence[Any]]) -> View:
    """A view whose task was not asked for all points, with the parts that another view of the same lines brought.

    Args:
        view: The view.
        parts: The parts by run, as they stand in the other view's data.
    """
    series = [entry | {"parts": parts[entry["run"]]} if "parts" in entry else entry for entry in view.data["series"]]
    return replace(view, data={**view.data, "series": series})


def _data(
    task: PanelTask, curves: Sequence[_Curve], kept: Sequence[npt.NDArray[np.int64]], *, log: bool
) -> Mapping[str, Any]:
    arrays: dict[str, npt.NDArray[Any]] = {}
    series: list[dict[str, Any]] = []
    for i, (curve, chosen) in enumerate(zip(curves, kept, strict=True)):
        arrays[f"x{i}"] = curve.steps[chosen]
        arrays[f"t{i}"] = curve.runtimes[chosen]
        arrays[f"y{i}"] = curve.values[chosen]
        entry: dict[str, Any] = {"run": curve.source.run, "n": len(curve.values), "shown": len(chosen)}
        if len(curve.finite) < len(curve.values):
            entry["odd"] = [int(np.count_nonzero(odd(curve.values))) for _, odd in SIGNS]
        if len(chosen) < len(curve.values):
            entry["parts"] = _parts(curve) if task.whole else []
        series.append(entry)
    return {"section": task.section, "log": log, "columns": Columns(arrays), "series": series}


def _parts(curve: _Curve) -> list[dict[str, Any]]:
    """All points of a curve, cut into pieces of even length."""
    n = len(curve.values)
    pieces = -(-n // PART_POINTS)
    bounds = [n * i // pieces for i in range(pieces + 1)]
    return [
        {
            "from": int(curve.steps[a]),
            "to": int(curve.steps[b - 1]),
            "n": b - a,
            "columns": Columns({"x": curve.steps[a:b], "t": curve.runtimes[a:b], "y": curve.values[a:b]}),
        }
        for a, b in pairwise(bounds)
    ]


def _drawn_columns(lines: int) -> int:
    return max(40, DRAWN_COLUMNS if lines <= 3 else DRAWN_COLUMNS * 4 // (lines + 1))


def _line(
    curve: _Curve, places: npt.NDArray[Any], kept: npt.NDArray[np.int64], x_axis: Axis, y_axis: Axis, columns: int
) -> Line:
    # sampled from the points kept for the script: their extremes are the extremes of all
    chosen = kept[sampling.envelope(curve.steps[kept], curve.values[kept], 2 * columns)]
    x = x_axis.place(places[chosen].astype(np.float64))
    y = curve.values[chosen]
    with np.errstate(invalid="ignore"):
        drawable = np.isfinite(y) if not y_axis.log else np.isfinite(y) & (y > 0)
    heights = np.where(drawable, 1 - y_axis.place(np.where(drawable, y, y_axis.low)), np.nan)
    heights = np.clip(heights, -FRAME, FRAME)  # a line outside of the axes, of a run that is not chosen yet
    run = curve.source.run
    marks = [Mark(round(float(at), 4), sign) for sign, odd in SIGNS for at in np.unique(np.round(x[odd(y)], 2))]
    return Line(run, curve.source.name, colour(run), dash(run), path(x * FRAME, heights * FRAME), marks)


def path(x: Floats, y: Floats) -> str:
    """SVG path data through (x, y), in whole units and relative moves, broken where y is NaN.

    A point between two breaks becomes a short stroke, so that it is seen.
    """
    whole = np.isfinite(y)
    pieces: list[str] = []
    edges = np.flatnonzero(np.diff(whole.astype(np.int8), prepend=0, append=0))
    for a, b in zip(edges[::2], edges[1::2], strict=True):
        px, py = np.rint(x[a:b]).astype(np.int64), np.rint(y[a:b]).astype(np.int64)
        if b - a == 1:
            pieces.append(f"M{px[0] - 4} {py[0]}h8")
            continue
        moves = zip(np.diff(px).tolist(), np.diff(py).tolist(), strict=True)
        steps = " ".join(f"{dx} {dy}" for dx, dy in moves if dx or dy).replace(" -", "-")
        pieces.append(f"M{px[0]} {py[0]}l{steps or '8 0'}")
    return "".join(pieces)


def _row(curve: _Curve) -> list[str]:
    values, finite = curve.values, curve.finite
    if not len(values):
        return [curve.source.name, "0", NONE, NONE, NONE, NONE]
    low, high = (number(float(finite.min())), number(float(finite.max()))) if len(finite) else (NONE, NONE)
    return [
        curve.source.name,
        f"{len(values):,}",
        number(float(values[0])),
        low,
        high,
        number(float(values[-1])),
    ]
