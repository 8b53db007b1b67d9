"""A run's page: what it was given, what it came to, everything it logged."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from reportgen.errors import Problem
from reportgen.panels import sampling
from reportgen.panels.language import language
from reportgen.panels.numerals import day, duration, moment, number, plural, size
from reportgen.panels.sampling import Floats, Indices
from reportgen.panels.scalar import path
from reportgen.panels.view import View
from reportgen.rundir.info import RunInfo
from reportgen.rundir.layout import RUNTIME, STEP, TIMESTAMP, TYPE
from reportgen.site import prose
from reportgen.site.context import Fact, PanelGroup, RunPage, RunRow, Section, Steps, Tree
from reportgen.site.plan import Part, PlannedPage, PlannedRun, last_values, prefix_of, summarised

TITLES = {
    "charts": ("Charts", "metric"),
    "histograms": ("Histograms", "key"),
    "figures": ("Figures", "key"),
    "images": ("Images", "key"),
    "tables": ("Tables", "key"),
    "text": ("Text", "key"),
    "other": ("Other data", "key"),
    "superseded": ("Superseded", "key"),
    "system": ("System", "measure"),
}
EMPTY = {
    "charts": ("No metrics: this run logged no number.", 'run.log({"train/loss": loss})'),
}
MEDIA = ("histograms", "figures", "images", "tables", "text", "other")
"""The sections whose panels the step cursor moves through; the step bar marks their steps."""

OWN_AXES = "By the axes that the runs define"
"""The note of charts of which some follow another metric; `charts.js` has the same words."""

OLD = "Logged before the run went back to an earlier step"

OWN = frozenset({STEP, RUNTIME, TIMESTAMP, "_wandb"})
"""Keys of a summary that no user gave it."""

LONG = 300
"""Characters of a config value that are shown; the rest is stated."""


def run_page(
    page: PlannedPage,
    run: PlannedRun,
    row: RunRow,
    views: Mapping[str, View],
    problems: Sequence[Problem],
    main: Sequence[str],
) -> RunPage:
    """What the template of a run's page receives.

    Args:
        page: The planned page.
        run: Its run.
        row: The run as the overview lists it, with links as seen from this page.
        views: Drawn panels by id.
        problems: What was wrong with this run.
        main: Keys of the main metrics; the first that this run logged is drawn on the step bar.
    """
    info = run.stored.info
    sections = [_section(part, run.index, views) for part in page.parts]
    return RunPage(
        id=page.id,
        title=run.name,
        description=f"Run {run.name} of {info.project or 'an unnamed project'}.",
        run=row,
        facts=_facts(run),
        notes=prose.render(info.notes),
        notes_lang=language(info.notes),
        error=run.error,
        summary=[Fact(key, plain(value), _exact(value)) for key, value in _told(summary_values(run)).items()],
        config=tree(run.stored.config),
        environment=tree(_environment(info.environment)),
        sections=[s for s in sections if s.count or s.empty],
        steps=_steps(page, run, main),
        problems=problems,
    )


def summary_values(run: PlannedRun) -> dict[str, Any]:
    """The summary, but for reportgen's own keys and for what has a panel of its own that shows it better."""
    logged = last_values(run.stored)
    media = {history.key for history in summarised(run.stored)}
    return {
        key: value
        for key, value in flat({k: v for k, v in run.stored.summary.items() if k not in OWN}).items()
        if key not in media and value not in logged.get(key, ())
    }


def _told(summary: Mapping[str, Any]) -> dict[str, Any]:
    """A summary in which arrays are told by their statistics."""
    told: dict[str, Any] = {}
    for key, value in summary.items():
        if isinstance(value, dict) and value.get(TYPE) == "array":
            shape = " × ".join(str(extent) for extent in value.get("shape", ())) or "1"
            told[key] = f"{value.get('dtype', 'array')}, {shape}"
            told |= {f"{key}.{name}": item for name, item in value.items() if name not in _ARRAY}
        else:
            told[key] = value
    return told


_ARRAY = (TYPE, "file", "dtype", "shape", "size")
"""What a record of an array holds besides its statistics."""


def _section(part: Part, index: int, views: Mapping[str, View]) -> Section:
    title, noun = TITLES[part.name]
    empty, example = ("", "") if part.tasks else EMPTY.get(part.name, ("", ""))
    own = any(getattr(views[task.id], "axis", "") for task in part.tasks)
    notes = {"charts": OWN_AXES if own else "By step", "system": "By time", "superseded": OLD}
    section_id = f"r{index}.{part.name}"  # a dot: no panel's anchor has one
    return Section(
        id=section_id,
        title=title,
        note=notes.get(part.name, ""),
        count=len(part.tasks),
        groups=grouped([views[t.id] for t in part.tasks], noun, section_id),
        empty=empty,
        example=example,
    )


def grouped(views: Sequence[View], noun: str, section: str) -> list[PanelGroup]:
    """Views by the prefix of their key, in the order given."""
    groups: dict[str, list[View]] = {}
    for view in views:
        groups.setdefault(prefix_of(view.key), []).append(view)
    return [
        PanelGroup(f"{section}.{i}", prefix, plural(len(members), noun), members)
        for i, (prefix, members) in enumerate(groups.items())
    ]


def _facts(run: PlannedRun) -> list[Fact]:
    info, facts = run.stored.info, []
    when = moment(info.created)
    if when:
        facts.append(Fact("Started", f"{day(when)}, {when:%H:%M} UTC", info.created))
    if info.duration is not None:
        facts.append(Fact("Duration", duration(info.duration), f"{info.duration:,.3f} s"))
    if len(run.stored.history.steps):
        facts.append(Fact("Steps", f"{len(run.stored.history.steps):,}"))
    for label, value in (("Project", info.project), ("Group", info.group), ("Job", info.job_type)):
        if value:
            facts.append(Fact(label, value))
    software = info.environment.get("python")
    if software:
        facts.append(Fact("Python", str(software)))
    hardware = unique_hardware([run])
    if hardware:
        facts.append(Fact("Hardware", hardware))
    if info.ranks > 1:
        facts.append(Fact("Ranks", f"{info.ranks:,}"))
    if len(info.sessions) > 1:
        facts.append(Fact("Sessions", f"{len(info.sessions):,}", "It was resumed"))
    if info.incomplete:
        facts.append(Fact("Incomplete", lacking(info)))
    return facts


def lacking(info: RunInfo) -> str:
    """What an incomplete run lacks, in words; one that was killed could not say all of it."""
    count = info.unwritten
    words = "1 row or media value" if count == 1 else f"{count:,} rows or media" if count else "some rows or media"
    least = "at least " if count and info.state == "crashed" else ""
    return f"{least}{words} could not be written"


def unique_hardware(runs: Sequence[PlannedRun]) -> str:
    """The hardware of the runs in words when it is one and the same, else ""."""
    found = {_hardware(run.stored.info.environment) for run in runs}
    return found.pop() if len(found) == 1 else ""


def _hardware(environment: Mapping[str, Any]) -> str:
    cpu, gpus = environment.get("cpu"), environment.get("gpu")
    parts = []
    if isinstance(cpu, dict) and isinstance(cpu.get("cores"), int):
        parts.append(plural(cpu["cores"], "CPU core"))
    if isinstance(gpus, list) and gpus:
        names = [str(gpu.get("name", "GPU")) if isinstance(gpu, dict) else "GPU" for gpu in gpus]
        parts.append(", ".join(f"{names.count(n)} × {n}" for n in dict.fromkeys(names)))
    elif parts:
        parts.append("no GPU")
    return ", ".join(parts)


def _environment(environment: Mapping[str, Any]) -> Mapping[str, Any]:
    """The environment, sizes in words."""
    shown = dict(environment)
    if isinstance(shown.get("memory"), int):
        shown["memory"] = size(shown["memory"])
    return shown


def _steps(page: PlannedPage, run: PlannedRun, main: Sequence[str]) -> Steps | None:
    steps = run.stored.history.steps
    if not len(steps):
        return None
    logged = [task.sources[0].history.steps for part in page.parts if part.name in MEDIA for task in part.tasks]
    media = np.unique(np.concatenate(logged)).tolist() if logged else []
    first, last = int(steps[0]), int(steps[-1])
    for key in (*main, *run.stored.history):
        history = run.stored.history.get(key)
        if history is not None and history.values is not None and np.isfinite(history.values).any():
            return Steps(first, last, media, _track(history.steps, history.values, first, last), key)
    return Steps(first, last, media, "", "")


def _track(steps: Indices, values: Floats, first: int, last: int) -> str:
    finite = np.isfinite(values)
    x, y = steps[finite], values[finite]
    chosen = sampling.envelope(x, y, 300)
    low, height = float(y.min()), float(y.max()) / 2 - float(y.min()) / 2 or 1.0
    return path((x[chosen] - first) / max(1, last - first) * 1000, 98 - (y[chosen] / 2 - low / 2) / height * 96)


def flat(values: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """A nested mapping with its keys joined by dots."""
    done: dict[str, Any] = {}
    for key, value in values.items():
        if isinstance(value, dict) and value and "_type" not in value:
            done |= flat(value, f"{prefix}{key}.")
        else:
            done[f"{prefix}{key}"] = value
    return done


def tree(values: Mapping[str, Any]) -> list[Tree]:
    """A nested mapping for display."""
    return [
        Tree(str(key), "", tree(value)) if isinstance(value, dict) and value else Tree(str(key), plain(value))
        for key, value in values.items()
    ]


def plain(value: Any) -> str:
    """A config or summary value as text."""
    if value is None:
        return "none"
    if isinstance(value, str):
        return value if len(value) <= LONG else f"{value[:LONG]}… ({len(value):,} characters)"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return number(value)
    if isinstance(value, dict) and "_type" in value:
        return str(value["_type"])
    if value in ([], {}):
        return "none"
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= LONG else f"{text[:LONG]}… ({len(text):,} characters)"


def _exact(value: Any) -> str:
    return repr(value) if isinstance(value, float) else ""
