"""Figures: the picture that was stored, or a plain drawing of what describes them, with the file to take along."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reportgen.errors import Problem, ReportgenError
from reportgen.panels.cells import PACKED
from reportgen.panels.numerals import plural
from reportgen.panels.traces import Drawing, drawing, traces, values_of
from reportgen.panels.view import PanelTask, Shown, Source, Values, View, by_step
from reportgen.rundir.packed import unpack
from reportgen.rundir.reader import media_path
from reportgen.rundir.records.figure import FigureRecord

TRACES = 50
"""Traces that are listed."""


@dataclass(frozen=True, slots=True)
class TraceRow:
    """One trace of a figure in words.

    Attributes:
        name: Its name, or its number.
        kind: What it is: "scatter", "pie".
        points: How many values it has; "" when that is not known.
    """

    name: str
    kind: str
    points: str


@dataclass(frozen=True, slots=True)
class FigureShown:
    """One figure as shown.

    Attributes:
        title: Its title; "" for none.
        picture: Its picture; None when none was stored.
        width: Pixels from left to right at which the picture is meant to be shown.
        height: Pixels from top to bottom, likewise.
        drawing: A plain drawing of its data, where there is no picture; None when it cannot be drawn.
        traces: What it shows, in words, where there is no picture.
        file: What describes it, to download; None when nothing does.
        offer: What that file is.
        note: What a reader must know: "2 of 3 traces drawn, plainly".
    """

    title: str
    picture: Shown | None = None
    width: int = 0
    height: int = 0
    drawing: Drawing | None = None
    traces: Sequence[TraceRow] = ()
    file: Shown | None = None
    offer: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureView(View):
    """What a figure panel shows before any script runs.

    Attributes:
        step: The step that is shown first: the last one.
        figures: Its figures, one as a rule.
        steps: How many steps hold figures.
    """

    step: int = 0
    figures: Sequence[FigureShown] = ()
    steps: int = 0


def view(task: PanelTask) -> FigureView:
    """A figure panel from the history of one key of one run.

    A record or file that cannot be read costs its own figure: it becomes a problem, the others stay.

    Args:
        task: Its one source holds figure records, or lists of them.
    """
    (source,) = task.sources
    problems: list[Problem] = []
    frames: list[dict[str, Any]] = []
    last: list[FigureShown] = []
    for step, runtime, given in by_step(source.history):
        found = [figure for item in given if (figure := _figure(source, step, item, problems))]
        if found:
            frames.append({"step": step, "t": runtime, "figures": [_entry(figure) for figure in found]})
            last = found
    notes = [f"figure at {plural(len(frames), 'step')}"] if frames else []
    if problems:
        notes.append(f"{len(problems):,} could not be shown: see Problems")
    return FigureView(
        kind=task.kind,
        id=task.id,
        key=task.key,
        notes=notes,
        data={"frames": frames},
        problems=problems,
        step=frames[-1]["step"] if frames else 0,
        figures=last,
        steps=len(frames),
    )


def _figure(source: Source, step: int, item: object, problems: list[Problem]) -> FigureShown | None:
    try:
        record = FigureRecord.from_json(item)
        saved = f"{source.history.key.rpartition('/')[2] or 'figure'}.{record.spec_format}.json.gz"
        file = Shown(media_path(source.folder, record.spec), PACKED, saved) if record.spec else None
        title = record.title or ""
        offer = {"plotly": "Data of the figure", "bokeh": "The figure as JSON"}.get(
            record.spec_format or "", "The figure"
        )
        if record.picture is not None:
            picture = Shown(media_path(source.folder, record.picture), "image/png")
            return FigureShown(title, picture, record.width or 1, record.height or 1, file=file, offer=offer)
        if record.spec_format != "plotly":
            made = f"{record.library} {record.version}" if record.version else record.library
            return FigureShown(
                title, file=file, offer=offer, note=f"A figure of {made}: no drawing of it, the file holds it"
            )
        return _drawn(record, _spec(source, record), file)
    except ReportgenError as fault:
        found = fault.problem
        where = f"{source.name}, {source.history.key}, step {step}"
        problems.append(Problem(found.code, found.what, where, found.remedy))
        return None


def _spec(source: Source, record: FigureRecord) -> Mapping[str, Any]:
    """What describes a figure; nothing when it is no mapping."""
    (line, *_) = unpack(source.folder, record.spec or "") or [b"{}"]
    try:
        spec = json.loads(line)
    except ValueError:
        return {}
    return spec if isinstance(spec, Mapping) else {}


def _drawn(record: FigureRecord, spec: Mapping[str, Any], file: Shown | None) -> FigureShown:
    """A plain drawing of what plotly would draw, and what it shows in words."""
    found = traces(spec)
    made, count = drawing(spec)
    note = f"{count:,} of {plural(len(found), 'trace')} drawn, plainly; the file holds the whole figure"
    if made is None:
        note = "No drawing of this kind of figure; the file holds the whole of it"
    if len(found) > TRACES:
        note += f"; the first {TRACES} are listed"
    return FigureShown(
        record.title or "",
        drawing=made,
        traces=[_row(trace, number) for number, trace in enumerate(found[:TRACES])],
        file=file,
        offer="Figure as plotly JSON",
        note=note,
    )


def _row(trace: Mapping[str, Any], number: int) -> TraceRow:
    lengths = [len(values_of(trace.get(name))) for name in ("x", "y", "z", "values", "r", "lat", "labels")]
    points = max(lengths)
    return TraceRow(
        str(trace.get("name") or f"trace {number}"),
        str(trace.get("type") or "scatter"),
        f"{points:,}" if points else "",
    )


def _entry(figure: FigureShown) -> dict[str, Any]:
    """What the script needs to show a figure in another one's place."""
    plain: dict[str, Any] = {"title": figure.title, "note": figure.note}
    if figure.file is not None:
        plain |= {"file": figure.file, "name": figure.file.name, "offer": figure.offer}
    if figure.picture is not None:
        return plain | {"picture": figure.picture, "width": figure.width, "height": figure.height}
    drawn = figure.drawing
    values: dict[str, Any] = {"traces": [[row.name, row.kind, row.points] for row in figure.traces]}
    if drawn is not None:
        values |= {
            "strokes": [[stroke.look, stroke.colour, stroke.d] for stroke in drawn.strokes],
            "names": [[one.name, one.colour] for one in drawn.names],
            "x": [[tick.at, tick.text] for tick in drawn.x_ticks],
            "y": [[tick.at, tick.text] for tick in drawn.y_ticks],
            "labels": [drawn.x_label, drawn.y_label],
        }
    return plain | {"values": Values.of(values)}
