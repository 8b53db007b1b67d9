"""Histograms: the bars of one step at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from reportgen.errors import Problem, ReportgenError
from reportgen.panels.axis import Axis
from reportgen.panels.numerals import number, plural
from reportgen.panels.scalar import Tick
from reportgen.panels.series import colour
from reportgen.panels.view import Columns, PanelTask, Source, View, by_step
from reportgen.rundir.records.histogram import HistogramRecord

FRAME = 1000
"""The drawing's width and height in its own units."""

TABLE_ROWS = 16
"""Rows of the table that stands for the drawing without script; each takes several bins together."""

ROOM = 1.06
"""How much higher than the highest bar the drawing is."""

APART = (("nan", "NaN"), ("inf", "∞"), ("minus_inf", "−∞"), ("outside", "outside of the edges"))
"""Values that are in no bin, and the words for them."""


@dataclass(frozen=True, slots=True)
class Bars:
    """One histogram as drawn.

    Attributes:
        d: SVG path data of all bars in a viewBox of 1000 by 1000, y downwards.
        base: Where zero is, 0 at the top to 1000 at the bottom.
        x_ticks: Ticks of the axis of values.
        y_ticks: Ticks of the axis of counts.
        about: What it holds: "64 bins, 100,000 values, 3 × NaN".
        table: The same in words: from, to, count; some bins together.
    """

    d: str
    base: int
    x_ticks: Sequence[Tick]
    y_ticks: Sequence[Tick]
    about: str
    table: Sequence[tuple[str, str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class HistogramView(View):
    """What a histogram panel shows before any script runs.

    Attributes:
        step: The step that is shown first: the last one.
        items: Its histograms, one as a rule.
        colour: 1 to 8: the colour of the run.
        steps: How many steps hold histograms.
    """

    step: int = 0
    items: Sequence[Bars] = ()
    colour: int = 1
    steps: int = 0


def view(task: PanelTask) -> HistogramView:
    """A histogram panel from the history of one key of one run.

    A record that makes no sense costs itself: it becomes a problem, the others stay.

    Args:
        task: Its one source holds histogram records, or lists of them.
    """
    (source,) = task.sources
    problems: list[Problem] = []
    frames: list[dict[str, Any]] = []
    records: list[HistogramRecord] = []
    last: list[HistogramRecord] = []
    for step, runtime, given in by_step(source.history):
        found = [record for item in given if (record := _record(source, step, item, problems))]
        if found:
            frames.append({"step": step, "t": runtime} | ({"items": len(found)} if len(found) > 1 else {}))
            records += found
            last = found
    notes = [f"histogram at {plural(len(frames), 'step')}"] if frames else []
    if problems:
        notes.append(f"{len(problems):,} could not be shown: see Problems")
    return HistogramView(
        kind=task.kind,
        id=task.id,
        key=task.key,
        notes=notes,
        data={"frames": frames, "columns": _columns(records), "colour": colour(source.run)},
        problems=problems,
        step=frames[-1]["step"] if frames else 0,
        items=[_bars(record) for record in last],
        colour=colour(source.run),
        steps=len(frames),
    )


def _record(source: Source, step: int, item: object, problems: list[Problem]) -> HistogramRecord | None:
    try:
        return HistogramRecord.from_json(item)
    except ReportgenError as fault:
        found = fault.problem
        where = f"{source.name}, {source.history.key}, step {step}"
        problems.append(Problem(found.code, found.what, where, found.remedy))
        return None


def _columns(records: Sequence[HistogramRecord]) -> Columns:
    """All histograms one after the other: `bins` says how many counts each has, `uneven` whether it has edges."""
    counts = [np.asarray(record.counts) for record in records]
    uneven = [record for record in records if record.edges is not None]
    arrays: dict[str, npt.NDArray[Any]] = {
        "bins": np.array([len(record.counts) for record in records], np.int64),
        "uneven": np.array([record.edges is not None for record in records], np.int64),
        "low": np.array([record.bins()[0] for record in records], np.float64),
        "high": np.array([record.bins()[-1] for record in records], np.float64),
        "counts": np.concatenate(counts) if counts else np.zeros(0),
        "edges": np.array([edge for record in uneven for edge in record.bins()], np.float64),
    }
    arrays |= {name: np.array([getattr(record, name) or 0 for record in records], np.int64) for name, _ in APART}
    return Columns(arrays)


def _bars(record: HistogramRecord) -> Bars:
    edges, counts = np.asarray(record.bins(), np.float64), np.asarray(record.counts, np.float64)
    whole = bool((counts == np.rint(counts)).all())
    x_axis = Axis(float(edges[0]), float(edges[-1]))
    low, high = min(0.0, float(counts.min()) * ROOM), float(counts.max()) * ROOM
    y_axis = Axis(low, high if high > low else 1.0, whole=whole)
    x = x_axis.place(edges) * FRAME
    heights = FRAME - y_axis.place(counts) * FRAME
    base = FRAME - y_axis.place(np.zeros(1))[0] * FRAME
    return Bars(
        d=_outline(x, heights, base),
        base=round(base),
        x_ticks=[Tick(at, text) for at, text in x_axis.ticks(5)],
        y_ticks=[Tick(at, text) for at, text in y_axis.ticks()],
        about=_about(record, whole=whole),
        table=_table(edges, record.counts),
    )


def _outline(x: npt.NDArray[np.float64], heights: npt.NDArray[np.float64], base: float) -> str:
    """The outline of neighbouring bars in one stroke; bins that hold nothing break it."""
    parts: list[str] = []
    inside = False
    for left, right, height in zip(x, x[1:], heights, strict=False):
        empty = height == base
        if empty and inside:
            parts.append(f"V{base:.5g}z")
        elif not empty:
            parts.append(("" if inside else f"M{left:.5g} {base:.5g}") + f"V{height:.5g}H{right:.5g}")
        inside = not empty
    return "".join(parts) + (f"V{base:.5g}z" if inside else "")


def _about(record: HistogramRecord, *, whole: bool) -> str:
    words = [plural(len(record.counts), "bin")]
    if whole:
        words.append(plural(int(sum(record.counts)), "value"))
    for name, word in APART:
        count = getattr(record, name)
        if count:
            words.append(f"{count:,} {word}" if name == "outside" else f"{count:,} × {word}")
    if record.edges is not None:
        words.append("bins of different width")
    return ", ".join(words)


def _table(edges: npt.NDArray[np.float64], counts: Sequence[float]) -> list[tuple[str, str, str]]:
    size = -(-len(counts) // TABLE_ROWS)
    bounds = [*range(0, len(counts), size), len(counts)]
    return [
        (number(float(edges[first])), number(float(edges[end])), number(sum(counts[first:end])))
        for first, end in pairwise(bounds)
    ]
