"""One panel, start to end, anywhere: a task in, a view and its encoded chunks out."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from reportgen import kinds
from reportgen.errors import Problem, ReportgenError
from reportgen.panels.view import Columns, Listing, PanelTask, Raw, Values, View
from reportgen.site import payload

UNKNOWN = "reportgen.panels.unknown:view"


@dataclass(frozen=True, slots=True)
class Chunk:
    """Encoded columns, values or bytes, in the place in `View.data` where they stood."""

    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemView(View):
    """A panel that could not be drawn: the error card stands where the panel would be.

    Attributes:
        problem: What went wrong.
    """

    problem: Problem


def draw(task: PanelTask) -> View:
    """Run the panel function of the task's kind and encode the numbers that its script will read.

    A failure costs this panel only: an error card comes back in its place.
    """
    row = kinds.table().get(task.kind)
    try:
        view: View = kinds.load(row.panel if row else UNKNOWN)(task)
        return replace(view, data=_encoded(view.data), label=_label(task))
    except ReportgenError as fault:
        problem = replace(fault.problem, where=fault.problem.where or _where(task))
    except Exception as fault:
        last = traceback.extract_tb(fault.__traceback__)[-1]
        problem = Problem(
            "RG410",
            f"the panel could not be drawn: {type(fault).__name__}: {fault}",
            f"{_where(task)}; {last.name}, line {last.lineno}",
            "The rest of the report is complete. Please report this with the run's data",
        )
    return ProblemView(kind="problem", id=task.id, key=task.key, problems=[problem], problem=problem)


def _label(task: PanelTask) -> str:
    """What tells a panel from others of the same key; a chart names its lines itself."""
    return "" if task.kind == "scalar" else task.sources[0].label


def _where(task: PanelTask) -> str:
    return f"{', '.join(s.name for s in task.sources[:3])}, {task.key}"


def _encoded(value: Any) -> Any:
    if isinstance(value, Columns):
        return Chunk(payload.encode(value.arrays))
    if isinstance(value, Values | Raw):
        return Chunk(value.data)
    if isinstance(value, Listing):
        return Listing(_encoded(value.value))
    if isinstance(value, Mapping):
        return {key: _encoded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_encoded(item) for item in value]
    return value
