"""The overview: facts, the table of runs, charts with the runs overlaid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from reportgen.errors import Problem
from reportgen.panels import sampling
from reportgen.panels.language import language
from reportgen.panels.numerals import NONE, aligned, day, duration, moment, number, plural
from reportgen.panels.scalar import path
from reportgen.panels.series import colour, dash
from reportgen.panels.view import View
from reportgen.site import prose
from reportgen.site.context import Cell, Column, Fact, OverviewPage, RunRow, Section, Series, Spark, Steps
from reportgen.site.options import BuildOptions
from reportgen.site.plan import OVERVIEW, Goals, Part, Plan, PlannedRun, diverged, goals, metric_of, rank
from reportgen.site.run_page import OWN_AXES, TITLES, flat, grouped, plain, summary_values, unique_hardware

SHOWN_COLUMNS = 6
"""Summary columns, and config columns, that are shown when a report opens; the rest is one menu away."""

SPARK_COLUMNS = 40
STATES = {"finished": "Finished", "failed": "Failed", "crashed": "Crashed", "running": "Running"}


@dataclass(frozen=True, slots=True)
class RunTable:
    """The table of runs: columns and rows, the same for every page; `href` of the rows is still "".

    Attributes:
        rows: All runs.
        summary_columns: From the summaries, main metrics first.
        config_columns: From the configs, where they differ.
        spark_keys: The main metrics.
        same: Config values that are the same in all runs.
    """

    rows: Sequence[RunRow]
    summary_columns: Sequence[Column]
    config_columns: Sequence[Column]
    spark_keys: Sequence[str]
    same: Sequence[Fact]


def run_table(plan: Plan) -> RunTable:
    """The table of runs."""
    runs, sparks = plan.runs, plan.main
    configs = [flat(run.stored.config) for run in runs]
    same, differing = _split(configs)
    summaries = [{k: v for k, v in summary_values(run).items() if _fits_a_cell(v)} for run in runs]
    better = goals(runs)
    keys = _summary_order(summaries, sparks, better)
    summary_cells = [_cells(key, summaries, better) for key in keys]
    config_cells = [_cells(key, configs) for key in differing]
    return RunTable(
        rows=[_row(run, summary_cells, config_cells, sparks) for run in runs],
        summary_columns=_columns(keys, summaries, better),
        config_columns=_columns(differing, configs),
        spark_keys=sparks,
        same=[Fact(key, plain(configs[0][key])) for key in same],
    )


def overview(
    plan: Plan,
    table: RunTable,
    rows: Sequence[RunRow],
    views: Mapping[str, View],
    options: BuildOptions,
    problems: Sequence[Problem],
) -> OverviewPage:
    """What the overview's template receives.

    Args:
        plan: The report.
        table: Its table of runs.
        rows: The table's rows with their links.
        views: Drawn panels by id.
        options: For title and description.
        problems: Everything that was wrong with the input.
    """
    tasks = plan.pages[0].parts[0].tasks
    shown = sum(row.shown for row in rows)
    return OverviewPage(
        id=OVERVIEW,
        title=options.title or default_title(plan.runs),
        description=_description(plan.runs),
        lead=prose.render(options.description),
        lead_lang=language(options.description),
        facts=_facts(plan.runs),
        runs=rows,
        summary_columns=table.summary_columns,
        config_columns=table.config_columns,
        spark_keys=table.spark_keys,
        same=table.same,
        charts=Section(
            id="charts",
            title="Charts",
            note=OWN_AXES if any(getattr(views[task.id], "axis", "") for task in tasks) else "By step",
            count=len(tasks),
            groups=grouped([views[t.id] for t in tasks], "metric", "charts"),
            empty="" if tasks else "No metrics: no run here logged a number.",
            example="" if tasks else 'run.log({"train/loss": loss})',
        ),
        compared=[_compared(part, views) for part in plan.pages[0].parts[1:]],
        steps=_steps(plan),
        shown_runs=f"{shown:,} of {plural(len(rows), 'run')} in the charts",
        left_out=_left_out(plan),
        problems=problems,
    )


def _left_out(plan: Plan) -> str:
    """Why runs are not in the charts when the report opens; "" when all are."""
    left = [run for run in plan.runs if not run.shown]
    names = [run.name for run in left if diverged(run, plan.main)]
    words = []
    if len(left) > len(names):
        words.append(f"the first {len(plan.runs) - len(left):,} are at first")
    if len(names) == 1:
        words.append(f"{names[0]} diverged and is not in the charts at first")
    elif names:
        some = f"{', '.join(names[:3])}{' and others' if len(names) > 3 else ''}"
        words.append(f"{plural(len(names), 'run')} diverged and are not in the charts at first: {some}")
    return "; ".join(words)


def _compared(part: Part, views: Mapping[str, View]) -> Section:
    """Media of several runs side by side."""
    title, noun = TITLES[part.name]
    return Section(
        id=part.name,
        title=title,
        note="Runs side by side",
        count=len(part.tasks),
        groups=grouped([views[task.id] for task in part.tasks], noun, part.name),
    )


def _steps(plan: Plan) -> Steps | None:
    """The range of the step cursor of the media that are compared; None when there are none."""
    sources = [source for part in plan.pages[0].parts[1:] for task in part.tasks for source in task.sources]
    if not sources:
        return None
    media = np.unique(np.concatenate([source.history.steps for source in sources])).tolist()
    return Steps(media[0], media[-1], media, "", "")


def default_title(runs: Sequence[PlannedRun]) -> str:
    """The project's name, or how many projects there are."""
    projects = sorted({run.stored.info.project for run in runs if run.stored.info.project})
    if len(projects) == 1:
        return projects[0]
    return " and ".join(projects) if len(projects) == 2 else plural(len(runs), "run") if runs else "No runs"


def _description(runs: Sequence[PlannedRun]) -> str:
    names = ", ".join(run.name for run in runs[:5])
    return f"{plural(len(runs), 'run')}: {names}{' and others' if len(runs) > 5 else ''}." if runs else "No runs."


def _facts(runs: Sequence[PlannedRun]) -> list[Fact]:
    if not runs:
        return []
    counts: dict[str, int] = {}
    for run in runs:
        counts[run.stored.info.state] = counts.get(run.stored.info.state, 0) + 1
    states = ", ".join(f"{n:,} {state}" for state, n in sorted(counts.items(), key=lambda c: list(STATES).index(c[0])))
    facts = [Fact("Runs", f"{len(runs):,}: {states}")]
    seconds = [run.stored.info.duration for run in runs if run.stored.info.duration is not None]
    if seconds:
        facts.append(Fact("Training time", f"{duration(sum(seconds))} in all", f"{sum(seconds):,.3f} s"))
    projects = {run.stored.info.project for run in runs}
    if len(projects) > 1:
        facts.append(Fact("Projects", f"{len(projects):,}"))
    hardware = unique_hardware(runs)
    if hardware:
        facts.append(Fact("Hardware", hardware))
    days = [when for run in runs if (when := moment(run.stored.info.created))]
    if days:
        first, last = day(min(days)), day(max(days))
        facts.append(Fact("Logged", first if first == last else f"{first} to {last}"))
    return facts


def _split(configs: Sequence[Mapping[str, Any]]) -> tuple[list[str], list[str]]:
    """Config keys whose values are the same in all runs, and those that differ."""
    keys = dict.fromkeys(key for config in configs for key in config)
    same = [k for k in keys if len(configs) > 1 and all(k in c and c[k] == configs[0].get(k) for c in configs)]
    return same, [key for key in keys if key not in set(same)]


def _fits_a_cell(value: Any) -> bool:
    return value is None or isinstance(value, bool | int | float | str)


def _summary_order(summaries: Sequence[Mapping[str, Any]], main: Sequence[str], better: Goals) -> list[str]:
    """Main metrics first, then keys that somebody set by hand or that have a better direction, then the rest."""
    keys = list(dict.fromkeys(key for summary in summaries for key in summary))
    place = {key: i for i, key in enumerate(keys)}
    return sorted(keys, key=lambda k: (metric_of(k) not in main, better(k) is None, rank(k), place[k]))


def _columns(
    keys: Sequence[str], values: Sequence[Mapping[str, Any]], better: Goals = lambda key: None
) -> list[Column]:
    words = {"min": "lowest", "max": "highest", None: ""}
    return [
        Column(
            key=key,
            numeric=_numeric(key, values),
            shown=i < SHOWN_COLUMNS,
            goal=words[better(key)] if len(values) > 1 else "",
        )
        for i, key in enumerate(keys)
    ]


def _numeric(key: str, values: Sequence[Mapping[str, Any]]) -> bool:
    present = [v[key] for v in values if v.get(key) is not None]
    return bool(present) and all(isinstance(v, int | float) and not isinstance(v, bool) for v in present)


def _row(
    run: PlannedRun,
    summary: Sequence[Sequence[Cell]],
    config: Sequence[Sequence[Cell]],
    sparks: Sequence[str],
) -> RunRow:
    info = run.stored.info
    return RunRow(
        index=run.index,
        id=info.id,
        name=run.name,
        href="",
        series=Series(colour(run.index), dash(run.index)),
        group=info.group,
        shown=run.shown,
        state=info.state,
        state_text=_state_text(run),
        duration=_duration_cell(run),
        created=_created_cell(run),
        tags=info.tags,
        summary=[cells[run.index] for cells in summary],
        config=[cells[run.index] for cells in config],
        sparks=[_spark(run, key) for key in sparks],
    )


def _cells(key: str, values: Sequence[Mapping[str, Any]], better: Goals | None = None) -> list[Cell]:
    """One column of the table of runs. With `better`, its numbers are aligned, and the best is marked."""
    found = [v.get(key) for v in values]
    if not _numeric(key, values):
        return [Cell(NONE if v is None else plain(v), None if v is None else plain(v), False) for v in found]
    numbers = [float(v) for v in found if v is not None]
    texts = iter(aligned(numbers) if better else [plain(v) for v in found if v is not None])
    goal = better(key) if better and len(numbers) > 1 else None
    finite = [v for v in numbers if np.isfinite(v)]
    top = (min if goal == "min" else max)(finite) if goal and finite else None
    return [Cell(NONE, None, True) if v is None else Cell(next(texts), v, True, float(v) == top) for v in found]


def _state_text(run: PlannedRun) -> str:
    info = run.stored.info
    word = STATES.get(info.state, info.state)
    step, steps = (info.error or {}).get("step"), run.stored.history.steps
    if info.state not in ("failed", "crashed") and step is None:
        return word
    if len(steps) and (not isinstance(step, int) or step > steps[-1]):
        # the next step had begun, but nothing of it is there: a reader would look for it in vain
        return f"{word} {'at' if step is None else 'after'} step {steps[-1]:,}"
    return f"{word} at step {step:,}" if isinstance(step, int) else word


def _duration_cell(run: PlannedRun) -> Cell:
    seconds = run.stored.info.duration
    return Cell(NONE, None, True) if seconds is None else Cell(duration(seconds), seconds, True)


def _created_cell(run: PlannedRun) -> Cell:
    when = moment(run.stored.info.created)
    return Cell(day(when), run.stored.info.created, False) if when else Cell(NONE, None, False)


def _spark(run: PlannedRun, key: str) -> Spark | None:
    history = run.stored.history.get(key)
    if history is None or history.values is None:
        return None
    finite = np.isfinite(history.values)
    if not finite.any():
        return None
    chosen = sampling.envelope(history.steps, history.values, 2 * SPARK_COLUMNS)
    x, y = history.steps[chosen].astype(np.float64), history.values[chosen].copy()
    y[~np.isfinite(y)] = np.nan  # a gap: the line ends where the numbers end
    width, low = float(x[-1] - x[0]), float(np.nanmin(y))
    height = float(np.nanmax(y)) / 2 - low / 2
    across = (x - x[0]) / width * 100 if width else np.full(len(x), 50.0)
    up = 22 - (y / 2 - low / 2) / height * 20 if height else np.where(np.isfinite(y), 12.0, np.nan)
    # a point between two gaps is a dot: a short stroke would look like a dash, which stands for nothing at all
    whole = np.isfinite(np.concatenate([[np.nan], up, [np.nan]]))
    alone = whole[1:-1] & ~whole[:-2] & ~whole[2:]
    d = path(across, np.where(alone, np.nan, up))
    places = zip(np.clip(across[alone], 4, 96), up[alone], strict=True)
    dots = "".join(f"M{at:.0f} {height:.0f}h0" for at, height in places)
    ends = history.values[finite]
    odd = len(history.values) - len(ends)
    label = f"{key}, from {number(float(ends[0]))} to {number(float(ends[-1]))}"
    label += f"; {plural(odd, 'value')} not finite" if odd else ""
    return Spark(key, d, dots, label)
