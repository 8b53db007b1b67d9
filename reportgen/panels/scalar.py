"""Numbers over time: one line per run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from reportgen.panels import sampling
from reportgen.panels.axis import Axis, apart, tight_axis, value_axis, wants_log
from reportgen.panels.goal import Goal, goal_of
from reportgen.panels.numerals import NONE, exact, number, plural
from reportgen.panels.series import GREY, colour, dash
from reportgen.panels.view import Columns, PanelTask, Source, View

Floats = npt.NDArray[np.float64]

PART_POINTS = 250_000
"""Points per part of a long line; a part is what zooming fetches, and its file stays far below any host's limit."""

FRAME = 1000
"""Width and height of the viewBox of the first frame."""

MARKS = 50
"""Places along the width for marks of values that are no finite numbers."""

DRAWN_COLUMNS = 160
"""Pixel columns of the first frame's lines; they are shared between runs when there are many."""

SIGNS = (("nan", np.isnan), ("inf", np.isposinf), ("-inf", np.isneginf))
WORDS = {"nan": "NaN", "inf": "∞", "-inf": "−∞"}


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis: `at` is 0 to 1 from the left or from the bottom, `text` its label."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Mark:
    """Where values were not finite numbers.

    Attributes:
        at: 0 to 1 from the left.
        sign: "nan", "inf" or "-inf".
        to: Where the last of them is, when they follow one another closely; `at` for a single place.
    """

    at: float
    sign: str
    to: float


@dataclass(frozen=True, slots=True)
class Line:
    """One run's line: `d` is SVG path data in a viewBox of 1000 by 1000, y downwards.

    Attributes:
        run: Number of the run in the report.
        name: Its name.
        colour: 1 to 8, for `--series-N`; 0 for grey.
        dash: 1 to 8, for `--dash-N`.
        d: Path data.
        marks: Where its values were no finite numbers.
        label: What tells it from other lines of the same run: "rank 1", "superseded"; "" where it is the only one.
        old: Whether a resume from an earlier step has taken its place.
    """

    run: int
    name: str
    colour: int
    dash: int
    d: str
    marks: Sequence[Mark] = ()
    label: str = ""
    old: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ScalarView(View):
    """What a line panel shows before any script runs.

    Attributes:
        lines: One per run that logged the key.
        x_ticks: Ticks of the step axis.
        y_ticks: Ticks of the value axis; none when no finite value was logged.
        nothing: Why no line can be drawn: "No finite value: 40 NaN"; "" when there is one.
        log: Whether the value axis is logarithmic at first.
        x_label: What the x axis counts: "step", "time" since the run began, or the key of another metric.
        axis: That other metric, where the runs have defined one; else "".
        value_label: What `value` is: "lowest", "highest" or "last".
        value: That value, ready to read; "" when no finite value was logged.
        value_exact: That value with all its digits.
        table: The first frame as numbers, per run: name, count, first, lowest, highest, last.
    """

    lines: Sequence[Line] = ()
    x_ticks: Sequence[Tick] = ()
    y_ticks: Sequence[Tick] = ()
    nothing: str = ""
    log: bool = False
    x_label: str = "step"
    axis: str = ""
    value_label: str = ""
    value: str = ""
    value_exact: str = ""
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
    current = [c for c in seen if not c.source.old] or seen
    low, high = _range(current)
    whole = all(c.whole for c in seen)
    log = task.section == "history" and _goal(task) != "max" and wants_log([c.finite for c in current], whole=whole)
    timed = task.section == "system"
    own = _own_axis(curves)
    x_axis = _x_axis([_places(c, timed=timed, own=own) for c in seen], whole=not timed and all(map(_whole_axis, seen)))
    y_axis = value_axis(low, high, log=log, whole=whole)
    nothing = _nothing(seen)
    label, value = _headline(task, [c for c in seen if not (c.source.line or c.source.old)])
    return ScalarView(
        kind=task.kind,
        id=task.id,
        key=task.key,
        notes=_notes(seen, [k for _, k in first], log=log, own=own),
        data=_data(task, curves, kept, log=log, own=own),
        lines=[
            _line(c, _places(c, timed=timed, own=own), k, x_axis, y_axis, _drawn_columns(len(curves))) for c, k in pairs
        ],
        x_ticks=[Tick(at, text) for at, text in _x_ticks(x_axis, seen, timed=timed)],
        y_ticks=[Tick(at, text) for at, text in ([] if nothing else y_axis.ticks())],
        nothing=nothing,
        log=log,
        x_label="time" if timed else own or "step",
        axis=own,
        value_label=label,
        value=number(value) if label else "",
        value_exact=exact(value) if label else "",
        table=[_row(c) for c in curves],
    )


@dataclass(frozen=True, slots=True)
class _Curve:
    """One run's numbers, ready to draw: `steps` ascending, `runtimes` in seconds, `values` as logged.

    `finite` are the finite ones among them, `whole` says whether these are whole numbers. `along` is where they stand
    on the axis that their run has defined: the last value that it had by then, NaN before its first; None without one.
    """

    source: Source
    steps: npt.NDArray[np.int64]
    runtimes: Floats
    values: Floats
    finite: Floats
    whole: bool
    along: Floats | None

    @classmethod
    def of(cls, source: Source) -> _Curve:
        history = source.history
        values = history.values if history.values is not None else np.empty(0)
        drawable = np.isfinite(values)
        finite = values if drawable.all() else values[drawable]
        whole = bool((finite == np.rint(finite)).all())
        return cls(source, history.steps, history.runtimes, values, finite, whole, _along(source))


def _along(source: Source) -> Floats | None:
    axis = source.axis
    if axis is None or axis.values is None:
        return None
    at = np.searchsorted(axis.steps, source.history.steps, "right") - 1
    return np.where(at < 0, np.nan, np.append(axis.values, np.nan)[at])


def _own_axis(curves: Sequence[_Curve]) -> str:
    """The metric that all runs of a chart have defined as its axis, and have values of; "" when there is none."""
    names = {c.source.axis.key if c.source.axis is not None else "" for c in curves}
    placed = all(c.along is not None and np.isfinite(c.along).any() for c in curves)
    return names.pop() if len(names) == 1 and placed else ""


def _places(curve: _Curve, *, timed: bool, own: str) -> npt.NDArray[Any]:
    """Where the points of a curve stand along x."""
    if timed:
        return curve.runtimes
    return curve.along if own and curve.along is not None else curve.steps


def _whole_axis(curve: _Curve) -> bool:
    """Whether the axis that a run has defined, if any, holds whole numbers only."""
    if curve.along is None:
        return True
    finite = curve.along[np.isfinite(curve.along)]
    return bool((finite == np.rint(finite)).all())


def _range(curves: Sequence[_Curve]) -> tuple[float, float]:
    """Lowest and highest finite value of all curves; 0 and 1 when there is none."""
    parts = [c.finite for c in curves if len(c.finite)]
    if not parts:
        return 0.0, 1.0
    return min(float(p.min()) for p in parts), max(float(p.max()) for p in parts)


def _finite(places: npt.NDArray[Any]) -> npt.NDArray[Any]:
    finite: npt.NDArray[Any] = places[np.isfinite(places)]
    return finite


def _goal(task: PanelTask) -> Goal | None:
    """Which values are better: as a run says, else as the name tells."""
    return task.goal or goal_of(task.key)


def _x_axis(places: Sequence[npt.NDArray[Any]], *, whole: bool) -> Axis:
    ends = [(float(x.min()), float(x.max())) for x in map(_finite, places) if len(x)]
    low, high = min((e[0] for e in ends), default=0.0), max((e[1] for e in ends), default=1.0)
    return tight_axis(low, high, whole=whole)


def _x_ticks(axis: Axis, curves: Sequence[_Curve], *, timed: bool) -> list[tuple[float, str]]:
    if not any(len(c.steps) for c in curves):
        return []
    return axis.durations() if timed else apart(axis.ticks())


def _nothing(curves: Sequence[_Curve]) -> str:
    """Why these curves draw no line; "" when they do."""
    if any(len(c.finite) for c in curves):
        return ""
    counts = ", ".join(f"{count:,} {WORDS[sign]}" for sign, count in _odd(curves))
    return f"No finite value: {counts}" if counts else "No value"


def _odd(curves: Sequence[_Curve]) -> list[tuple[str, int]]:
    """How many values are no finite numbers, by sign; only signs that occur."""
    counts = [(sign, sum(int(np.count_nonzero(odd(c.values))) for c in curves)) for sign, odd in SIGNS]
    return [(sign, count) for sign, count in counts if count]


def _headline(task: PanelTask, curves: Sequence[_Curve]) -> tuple[str, float]:
    """The number in the panel's title line, and the word that says which it is."""
    parts = [c.finite for c in curves if len(c.finite)]
    goal = _goal(task) if task.section == "history" else None
    if parts and goal:
        pick = min if goal == "min" else max
        word = "lowest" if goal == "min" else "highest"
        return word, pick(float(p.min() if goal == "min" else p.max()) for p in parts)
    if len(parts) == 1 and len(curves) == 1:
        return "last", float(parts[0][-1])
    return "", 0.0


def _notes(curves: Sequence[_Curve], kept: Sequence[npt.NDArray[np.int64]], *, log: bool, own: str) -> list[str]:
    total = sum(len(c.values) for c in curves)
    shown = sum(len(k) if not own else _placed(c, k) for c, k in zip(curves, kept, strict=True))
    notes = [f"{shown:,} of {plural(total, 'point')}" if shown < total else plural(total, "point")]
    if sum(map(len, kept)) < total:
        notes.append("lowest and highest of each pixel; zoom for all")
    if log:
        notes.append("log scale")
    notes += [f"{count:,} × {WORDS[sign]}" for sign, count in _odd(curves)]
    if own:
        notes += _axis_notes(curves, own)
    replaced = sum(c.source.history.replaced for c in curves)
    if replaced:
        notes.append(f"{plural(replaced, 'value')} replaced by a later one of the same step")
    old = sum(len(c.values) for c in curves if c.source.old)
    if old:
        notes.append(f"{old:,} of them superseded: the run went back to an earlier step")
    more = sum(c.source.more for c in curves)
    if more:
        notes.append(f"{plural(more, 'more line')} of other processes not drawn here")
    return notes


def _placed(curve: _Curve, kept: npt.NDArray[np.int64]) -> int:
    """How many of some points have a place on the axis that the run has defined."""
    return 0 if curve.along is None else int(np.count_nonzero(np.isfinite(curve.along[kept])))


def _axis_notes(curves: Sequence[_Curve], own: str) -> list[str]:
    """How the points stand along the axis that the runs have defined, and how many have no place there."""
    places = [c.along for c in curves if c.along is not None]
    back = any((np.diff(_finite(x)) < 0).any() for x in places)
    unplaced = sum(int((~np.isfinite(x)).sum()) for x in places)
    notes = [f"sorted by {own}, not by step" if back else f"by {own}"]
    return [*notes, f"{plural(unplaced, 'point')} without a place on this axis"] if unplaced else notes


def with_parts(view: View, parts: Mapping[int, Sequence[Any]]) -> View:
    """A view whose task was not asked for all points, with the parts that another view of the same lines brought.

    Args:
        view: The view.
        parts: The parts by run, as they stand in the other view's data.
    """
    series = [
        entry | {"parts": parts[entry["run"]]} if "parts" in entry and not entry["parts"] else entry
        for entry in view.data["series"]
    ]
    return replace(view, data={**view.data, "series": series})


def _data(
    task: PanelTask, curves: Sequence[_Curve], kept: Sequence[npt.NDArray[np.int64]], *, log: bool, own: str
) -> Mapping[str, Any]:
    arrays: dict[str, npt.NDArray[Any]] = {}
    series: list[dict[str, Any]] = []
    for i, (curve, chosen) in enumerate(zip(curves, kept, strict=True)):
        arrays[f"x{i}"] = curve.steps[chosen]
        arrays[f"t{i}"] = curve.runtimes[chosen]
        arrays[f"y{i}"] = curve.values[chosen]
        entry: dict[str, Any] = {"run": curve.source.run, "n": len(curve.values), "shown": len(chosen)}
        if own and curve.along is not None:
            arrays[f"p{i}"] = curve.along[chosen]
            entry |= {"wholeAxis": True} if _whole_axis(curve) else {}
        if curve.whole:
            entry["whole"] = True  # of all values: those that travel are but a choice of them
        if len(curve.finite) < len(curve.values):
            entry["odd"] = [int(np.count_nonzero(odd(curve.values))) for _, odd in SIGNS]
        if len(chosen) < len(curve.values):
            entry["parts"] = _parts(curve) if task.whole or curve.source.line or curve.source.old else []
        if curve.source.label:
            entry |= {"label": curve.source.label, "colour": _colour(curve.source), "dash": _dash(curve.source)}
        if curve.source.old:
            entry["old"] = True
        series.append(entry)
    data = {"section": task.section, "log": log, "columns": Columns(arrays), "series": series}
    return data | {"axis": own} if own else data


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
            "columns": Columns(
                {"x": curve.steps[a:b], "t": curve.runtimes[a:b], "y": curve.values[a:b]}
                | ({"p": curve.along[a:b]} if curve.along is not None else {})
            ),
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
    if places is curve.along:  # an axis of the run's own may lack places, or turn back
        chosen = chosen[np.isfinite(places[chosen])]
        chosen = chosen[np.argsort(places[chosen], kind="stable")]
    x = x_axis.place(places[chosen].astype(np.float64))
    y = curve.values[chosen]
    with np.errstate(invalid="ignore"):
        drawable = np.isfinite(y) if not y_axis.log else np.isfinite(y) & (y > 0)
    heights = np.where(drawable, 1 - y_axis.place(np.where(drawable, y, y_axis.low)), np.nan)
    heights = np.clip(heights, -FRAME, FRAME)  # a line outside of the axes, of a run that is not chosen yet
    source = curve.source
    d = path(x * FRAME, heights * FRAME)
    marks = _marks(x_axis.place(places[kept].astype(np.float64)), curve.values[kept])
    return Line(source.run, source.name, _colour(source), _dash(source), d, marks, source.label, source.old)


def _marks(places: Floats, values: Floats) -> list[Mark]:
    """Where values are no finite numbers: a mark per 2 % of the width, and one for all that follow one another there.

    `numbers.js` follows the same rules.
    """
    marks = []
    for sign, odd in SIGNS:
        at = np.sort(places[odd(values)])
        at = at[(at >= 0) & (at <= 1)]
        slots = np.floor(at * MARKS + 0.5)
        for group in np.split(at, np.flatnonzero(np.diff(slots) > 1) + 1) if len(at) else ():
            filled = np.floor(group * MARKS + 0.5)
            firsts = group[np.flatnonzero(np.diff(filled, prepend=-1))]
            ends = [(group[0], group[-1])] if len(firsts) > 2 else [(one, one) for one in firsts]
            marks += [Mark(round(float(a), 4), sign, round(float(b), 4)) for a, b in ends]
    return marks


def _colour(source: Source) -> int:
    """The colour of a line: the run's own for its first, others for those of its other processes."""
    return GREY if source.old else colour(source.run + source.line)


def _dash(source: Source) -> int:
    return 1 if source.old else dash(source.run + source.line)


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
    name = curve.source.label or curve.source.name
    if not len(values):
        return [name, "0", NONE, NONE, NONE, NONE]
    low, high = (number(float(finite.min())), number(float(finite.max()))) if len(finite) else (NONE, NONE)
    return [
        name,
        f"{len(values):,}",
        number(float(values[0])),
        low,
        high,
        number(float(values[-1])),
    ]
