"""Data of a kind that this version has no panel for: shown as it is, never dropped."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reportgen.errors import Problem, ReportgenError
from reportgen.panels.numerals import plural, size
from reportgen.panels.view import PanelTask, Shown, Source, View
from reportgen.rundir.reader import media_path
from reportgen.rundir.records.record import MEDIA_FILE

SHOWN_CHARACTERS = 20_000
"""Longer values are cut on the page, and the cut is stated; the run directory keeps all of them."""


SHOWN_FILES = 100
"""Files of records that are offered, the latest ones; the rest is counted."""


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file that a record names.

    Attributes:
        step: The step that it was logged at.
        file: The file, with a name to save it by.
        size: Its size: "4.2 MB".
    """

    step: int
    file: Shown
    size: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownView(View):
    """What a panel of unknown or plain data shows.

    Attributes:
        word: The kind as the run calls it; "json" for plain lists and values.
        step: The step shown: the last one.
        text: Its value as indented JSON.
        steps: How many steps hold data.
        files: Files that its records name, the latest first.
    """

    word: str = ""
    step: int = 0
    text: str = ""
    steps: int = 0
    files: Sequence[NamedFile] = ()


def view(task: PanelTask) -> UnknownView:
    """A panel that shows records as JSON.

    Args:
        task: Its one source holds values of any shape.
    """
    history = task.sources[0].history
    steps = history.steps.tolist()
    text = json.dumps(history.records[-1], indent=2, ensure_ascii=False) if history.records else ""
    notes = [f"{plural(len(steps), 'value')}, the last is shown"]
    if history.kind != "json":
        notes.append(f"this version has no panel for “{history.kind}”")
    if len(text) > SHOWN_CHARACTERS:
        notes.append(f"first {SHOWN_CHARACTERS:,} of {len(text):,} characters")
    problems: list[Problem] = []
    files = list(_files(task, problems))
    large = sum(item is None for item in files)
    if large:
        notes.append(f"{plural(large, 'file')} above {size(task.limits.max_file)} not carried")
    offered = [item for item in files if item is not None]
    if len(offered) > SHOWN_FILES:
        notes.append(f"the last {SHOWN_FILES} of {len(offered):,} files are offered")
    return UnknownView(
        kind="unknown",
        id=task.id,
        key=task.key,
        notes=notes,
        word=history.kind,
        step=int(steps[-1]) if steps else 0,
        text=text[:SHOWN_CHARACTERS],
        steps=len(steps),
        files=offered[:SHOWN_FILES],
        problems=problems,
    )


def _files(task: PanelTask, problems: list[Problem]) -> Iterator[NamedFile | None]:
    """The files that the records name, the latest first; None for one that is too large to be carried."""
    source = task.sources[0]
    steps = source.history.steps.tolist()
    for step, record in zip(reversed(steps), reversed(source.history.records), strict=True):
        for number, name in enumerate(dict.fromkeys(_named(record))):
            try:
                path = media_path(source.folder, name)
                count = path.stat().st_size
            except (ReportgenError, OSError) as fault:
                problems.append(_unreadable(fault, source, step))
                continue
            label = f"{Path(task.key).name}-{step}{f'-{number}' if number else ''}{''.join(path.suffixes)}"
            shown = Shown(path, "application/octet-stream", label)
            yield NamedFile(step, shown, size(count)) if count <= task.limits.max_file else None


def _unreadable(fault: ReportgenError | OSError, source: Source, step: int) -> Problem:
    where = f"{source.name}, {source.history.key}, step {step}"
    if isinstance(fault, ReportgenError):
        return Problem(fault.problem.code, fault.problem.what, where, fault.problem.remedy)
    return Problem("RG413", f"a file of the panel cannot be read: {fault.strerror}", where)


def _named(record: Any) -> Iterator[str]:
    """The media files that a record names, at any depth."""
    if isinstance(record, str):
        if re.fullmatch(MEDIA_FILE, record):
            yield record
    elif isinstance(record, Mapping):
        for value in record.values():
            yield from _named(value)
    elif isinstance(record, list):
        for value in record:
            yield from _named(value)
