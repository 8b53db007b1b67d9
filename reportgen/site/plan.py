"""Runs to pages to panels. Pure: it opens no file and draws nothing."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeAlias

import numpy as np

from reportgen import kinds
from reportgen.errors import Problem
from reportgen.panels.goal import Goal, goal_of
from reportgen.panels.language import language
from reportgen.panels.names import visible
from reportgen.panels.view import Limits, PanelTask, Source
from reportgen.rundir.jsonl import Json
from reportgen.rundir.layout import TYPE
from reportgen.rundir.metrics import STATISTICS, Definitions
from reportgen.rundir.reader import KeyHistory, StoredRun
from reportgen.site.lines import Owner, all_of, first, name_of, old_of, scalars
from reportgen.site.options import BuildOptions
from reportgen.site.public import folders, public

Goals: TypeAlias = Callable[[str], Goal | None]
"""Which values of a metric are better."""

OVERVIEW = "overview"

LOOKED_AT = 2_000
"""Characters of each run's settings that tell its language."""

SHOWN_RUNS = 16
"""Runs that are in the charts when a report opens; the rest is one check box away, and the page says so."""


@dataclass(frozen=True, slots=True)
class PlannedRun:
    """A run with its place in the report.

    Attributes:
        index: Chooses its colour.
        slug: Names its page: made from its id.
        stored: What was logged, without what is private.
        shown: Whether it is in the charts when the report opens.
        metrics: What it has said of its metrics.
        name: The name that readers see, of no other run in the report.
    """

    index: int
    slug: str
    stored: StoredRun
    shown: bool = True
    metrics: Definitions = field(default_factory=Definitions)
    name: str = ""

    @property
    def page(self) -> str:
        """The id of its page."""
        return f"run/{self.index}"

    @property
    def address(self) -> str:
        """Where its page is in a single file: it stays when other runs join the report."""
        return f"run/{self.slug}"

    @property
    def problems(self) -> list[Problem]:
        """What was wrong with the run, as pages may say it."""
        return [portable(located(problem, self.stored.path), [self.stored.path]) for problem in self.stored.problems]

    @property
    def error(self) -> str:
        """Why it failed, in the words of the exception; "" when it did not."""
        error = self.stored.info.error or {}
        return ": ".join(str(error[part]) for part in ("type", "message") if error.get(part))


@dataclass(frozen=True, slots=True)
class Part:
    """One section of a page: its name, and the tasks whose panels it holds, in order."""

    name: str
    tasks: tuple[PanelTask, ...]


@dataclass(frozen=True, slots=True)
class PlannedPage:
    """One page: "overview", or "run/3" of one run."""

    id: str
    parts: tuple[Part, ...]
    run: PlannedRun | None = None

    @property
    def tasks(self) -> Iterable[PanelTask]:
        """All tasks of the page, in the order of the page."""
        return (task for part in self.parts for task in part.tasks)


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole report before anything is drawn.

    Attributes:
        runs: All runs, in their order.
        pages: The overview, then a page per run in the same order.
        main: The one or two metrics that stand for a run.
        cjk: Which of Japanese, Korean and Chinese the runs speak: "ja", "ko", "zh", or "" for none of them.
    """

    runs: tuple[PlannedRun, ...]
    pages: tuple[PlannedPage, ...]
    main: tuple[str, ...]
    cjk: str


def plan(stored: Sequence[StoredRun], options: BuildOptions) -> Plan:
    """Decide on pages and panels.

    Runs are ordered by their start, then id and path, so that a run keeps its colour when later ones join.
    """
    given = sorted(stored, key=lambda run: (run.info.created, run.info.id, run.path.as_posix()))
    ordered = [public(run) for run in given]
    slugs = _distinct(_slug(run.info.id) or "run" for run in ordered)
    all_runs = [
        PlannedRun(i, slug, run, metrics=Definitions(run.info.metrics), name=name)
        for i, (slug, name, run) in enumerate(
            zip(slugs, _names(ordered, [folders(run) for run in given]), ordered, strict=True)
        )
    ]
    main = _main_metrics(all_runs)
    shown = _shown_at_first(all_runs, main)
    runs = tuple(replace(run, shown=run.index in shown) for run in all_runs)
    limits = Limits(max_points=options.max_points, max_rows=options.max_rows, max_file=options.max_file)
    pages = (_overview(runs, main, limits), *(_run_page(run, main, limits) for run in runs))
    return Plan(runs, pages, tuple(main), language(" ".join(_words(runs, options))))


def _names(runs: Sequence[StoredRun], places: Sequence[tuple[str, ...]]) -> list[str]:
    """What runs are called: their names, and where several have the same, that of their folders too."""
    plain = [visible(run.info.name or run.info.id) for run in runs]
    names = list(plain)
    for count in (1, 2):
        often = Counter(names)
        longer = [f"{name} ({visible('/'.join(at[-count:]))})" for name, at in zip(plain, places, strict=True)]
        names = [long if often[name] > 1 else name for name, long in zip(names, longer, strict=True)]
    used: dict[str, int] = {}
    return [_unique(name, used) for name in names]


def _words(runs: Sequence[PlannedRun], options: BuildOptions) -> Iterable[str]:
    """What people wrote: title, names, notes, tags, keys, settings."""
    yield from (options.title, options.description)
    for run in runs:
        info = run.stored.info
        yield from (info.name, info.project, info.group, info.notes, *info.tags, *run.stored.history)
        yield str(run.stored.config)[:LOOKED_AT]


def _overview(runs: Sequence[PlannedRun], main: Sequence[str], limits: Limits) -> PlannedPage:
    by_key: dict[str, list[Source]] = {}
    for run in runs:
        logged = scalars(run.stored.history)
        for key, histories in logged.items():
            source = first(_owner(run), histories, _axes(run, key, logged)) if _charted(run, histories[0]) else None
            if source is not None:
                by_key.setdefault(key, []).append(source)
    keys = _ordered(by_key, main)
    ids = _distinct(f"m-{_slug(key) or 'metric'}" for key in keys)  # "m-": apart from the page's own anchors
    better = goals(runs)
    tasks = [
        PanelTask("scalar", panel_id, key, tuple(by_key[key]), limits, goal=better(key))
        for panel_id, key in zip(ids, keys, strict=True)
    ]
    return PlannedPage(OVERVIEW, (Part("charts", tuple(tasks)), *_compared(runs, main, limits, set(ids))))


def _compared(runs: Sequence[PlannedRun], main: Sequence[str], limits: Limits, used: set[str]) -> list[Part]:
    """The overview's panels of media that two or more runs logged under one key, for kinds that compare runs."""
    found: dict[str, dict[str, list[Source]]] = {}
    able = {name for name, kind in kinds.table().items() if kind.compares}
    for run in runs:
        once: set[tuple[str, str]] = set()
        for history in (*run.stored.history.all, *summarised(run.stored)):
            if history.kind in able and len(history) and (history.kind, history.key) not in once:
                once.add((history.kind, history.key))  # of several processes the first one stands for the run
                found.setdefault(history.kind, {}).setdefault(history.key, []).append(_owner(run).source(history))
    taken = dict.fromkeys(used, 1)
    parts = []
    for kind, name in PARTS.items():
        by_key = {key: sources for key, sources in found.get(kind, {}).items() if len(sources) > 1}
        tasks = [
            PanelTask(kind, _unique(f"m-{_slug(key) or kind}", taken), key, tuple(by_key[key]), limits)
            for key in _ordered(by_key, main)
        ]
        parts += [Part(name, tuple(tasks))] if tasks else []
    return parts


def located(problem: Problem, folder: Path) -> Problem:
    """A problem of a run that says which run: readers name the file and line only."""
    if str(folder) in problem.where:
        return problem
    return replace(problem, where=f"{folder}: {problem.where}" if problem.where else str(folder))


def portable(problem: Problem, folders: Iterable[Path]) -> Problem:
    """A problem without the place of its run on this machine: that is private, and changes when the run moves."""
    found = problem
    for folder in folders:
        for place in {str(folder), str(folder.absolute())}:
            if place in found.what + found.where:
                what, where = (text.replace(place, folder.name) for text in (found.what, found.where))
                found = replace(found, what=what, where=where)
    return found


SUMMARY = "summary"
"""Labels what stands in the summary of a run, where panels of the same key show what was logged."""

PARTS = {
    "scalar": "charts",
    "histogram": "histograms",
    "figure": "figures",
    "image": "images",
    "table": "tables",
    "text": "text",
}
"""The section of a run page for each kind; other kinds go to "other"."""


Planned: TypeAlias = tuple[KeyHistory, str, tuple[Source, ...]]
"""What a panel of a run's page shows: its history, or the first of them, its section, and its lines."""


def _run_page(run: PlannedRun, main: Sequence[str], limits: Limits) -> PlannedPage:
    used: dict[str, int] = {}
    better = goals([run])
    done = []
    for name, members in _members(run).items():
        ranks = {key: i for i, key in enumerate(_ordered({h.key for h, _, _ in members}, main))}
        members.sort(key=lambda m: (ranks[m[0].key], m[0].kind))
        tasks = tuple(
            PanelTask(
                h.kind,
                f"r{run.index}-{_unique(_slug(h.key) or 'panel', used)}",
                h.key,
                sources,
                limits,
                section,
                whole=name != "charts",
                goal=better(h.key) if section == "history" else None,
            )
            for h, section, sources in members
        )
        done.append(Part(name, tasks))
    return PlannedPage(run.page, tuple(done), run)


def _members(run: PlannedRun) -> dict[str, list[Planned]]:
    """The panels of a run's page by its sections."""
    parts: dict[str, list[Planned]] = {name: [] for name in (*PARTS.values(), "other", "system")}
    owner, logged = _owner(run), scalars(run.stored.history)
    for key, histories in logged.items():
        if _charted(run, histories[0]):
            parts["charts"].append((histories[0], "history", all_of(owner, histories, _axes(run, key, logged))))
    writers: dict[str, list[str]] = {}
    for history in run.stored.history.all:
        writers.setdefault(history.key, []).append(history.writer)
    old: list[Planned] = []
    assigned = [(history, SUMMARY) for history in summarised(run.stored)]
    logs = [(history, name_of(history.writer, writers.get(history.key, ()))) for history in run.stored.history.all]
    for history, name in (*logs, *assigned):
        label = name if history.kind != "scalar" else ""
        if history.kind != "scalar" and len(history):
            part = parts[PARTS.get(history.kind, "other")]
            part.append((history, "history", (owner.source(history, label=label),)))
        for branch, words in old_of(history, label) if history.kind != "scalar" else ():
            old.append((branch, "history", (owner.source(branch, label=words, old=True),)))
    if old:
        del parts["system"]
        parts |= {"superseded": old, "system": []}
    for histories in scalars(run.stored.system).values():
        parts["system"].append((histories[0], "system", all_of(owner, histories)))
    return parts


def summarised(stored: StoredRun) -> list[KeyHistory]:
    """Media that stand in the summary alone, such as a histogram of final values, as if they were logged at the end."""
    logged = last_values(stored)
    steps = stored.history.steps[-1:] if len(stored.history.steps) else np.zeros(1, np.int64)
    runtimes = np.array([stored.info.duration or 0.0])
    found = []
    for key, value in stored.summary.items():
        first = value[0] if isinstance(value, list) and value else value
        kind = first.get(TYPE) if isinstance(first, Mapping) else None
        if isinstance(kind, str) and kind in kinds.table() and value not in logged.get(key, ()):
            found.append(KeyHistory(key, kind, steps, runtimes, None, (value,)))
    return found


def last_values(stored: StoredRun) -> dict[str, list[Json]]:
    """What each writer logged last under a key that holds no numbers: the summary may hold something else."""
    last: dict[str, list[Json]] = {}
    for history in stored.history.all:
        if history.kind != "scalar" and len(history):
            last.setdefault(history.key, []).append(history.records[-1])
    return last


def _charted(run: PlannedRun, history: KeyHistory) -> bool:
    """Whether a key has a panel: a metric has none when its run hides it."""
    return history.kind != "scalar" or not run.metrics.of(history.key).hidden


def _owner(run: PlannedRun) -> Owner:
    return Owner(run.index, run.name, run.stored.path, run.shown)


def _axes(run: PlannedRun, key: str, logged: Mapping[str, list[KeyHistory]]) -> Sequence[KeyHistory]:
    """The histories of the metric that a run has defined as the axis of another; () for the steps."""
    name = run.metrics.of(key).step_metric
    return logged.get(name, ()) if name else ()


def metric_of(key: str) -> str:
    """The metric of a summary value: `acc` of `acc.best`, else the key itself."""
    base, _, word = key.rpartition(".")
    return base if base and word in STATISTICS else key


def goals(runs: Sequence[PlannedRun]) -> Goals:
    """Which values of a metric, or of one of its statistics such as `acc.best`, are better: as a run says, or its name.

    Args:
        runs: The first that says something of a metric decides.
    """
    known = [run.metrics for run in runs if run.metrics]

    def better(key: str) -> Goal | None:
        for name in dict.fromkeys((key, metric_of(key))):
            for metrics in known:
                said = metrics.of(name).goal
                if said is not None:
                    return "min" if said == "minimize" else "max"
        return goal_of(key)

    return better


def _shown_at_first(runs: Sequence[PlannedRun], main: Sequence[str]) -> set[int]:
    """The runs in the charts when a report opens: the first ones, but none that failed because it diverged.

    Its values, many powers of ten away, would flatten all other lines. Its row says why, and its box brings it back.
    """
    sound = [run.index for run in runs if not diverged(run, main)]
    return set((sound or [run.index for run in runs])[:SHOWN_RUNS])


def diverged(run: PlannedRun, main: Sequence[str]) -> bool:
    """Whether a run failed after one of the main metrics had left all bounds."""
    if run.stored.info.state != "failed":
        return False
    histories = (run.stored.history.get(key) for key in main)
    return any(h is not None and h.values is not None and not np.isfinite(h.values).all() for h in histories)


def _main_metrics(runs: Sequence[PlannedRun]) -> list[str]:
    """The one or two metrics that stand for a run: a loss and a score that most runs have, of held-out data."""
    runs_of = Counter(key for run in runs for key in scalars(run.stored.history))
    place = {key: i for i, key in enumerate(runs_of)}
    most = max(runs_of.values(), default=0)
    usual = [key for key in place if runs_of[key] * 2 >= most]
    chosen: list[str] = []
    better = goals(runs)
    for goal in ("min", "max"):
        fitting = [key for key in usual if better(key) == goal]
        if fitting:
            chosen.append(min(fitting, key=lambda k: (rank(k), -runs_of[k], place[k])))
    return chosen or sorted(usual, key=lambda k: (-runs_of[k], place[k]))[:1]


def rank(key: str) -> int:
    """How near a metric is to what counts in the end: 0 for held-out data, 1 for other groups, 2 without a group."""
    words = key.lower()
    held_out = any(word in words for word in ("val", "eval", "test", "dev"))
    return 0 if held_out else 1 if "/" in key else 2


def prefix_of(key: str) -> str:
    """The group of a key: what stands before its first slash, with the slash; "" without one.

    A slash at either end parts nothing, and `</` is the beginning of a tag.
    """
    found = re.search(r"(?<=[^/<])/+(?=[^/])", key)
    return key[: found.end()] if found else ""


def _ordered(keys: Iterable[str], main: Sequence[str]) -> list[str]:
    """Keys as pages list them: groups with a main metric first, keys without a group last, digits by their value."""
    leading = {prefix_of(key) for key in main}

    def place(key: str) -> tuple[object, ...]:
        prefix = prefix_of(key)
        return (prefix not in leading, not prefix, _natural(prefix), _natural(key), key)

    return sorted(keys, key=place)


def _natural(text: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (-1, part.lower()) for part in re.findall(r"\d{1,18}|\D+", text)]


def _slug(text: str) -> str:
    """Lower-case ASCII letters, digits and hyphens: safe in a file name on every disk, and in a URL."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-")


def _distinct(slugs: Iterable[str]) -> list[str]:
    used: dict[str, int] = {}
    return [_unique(slug, used) for slug in slugs]


def _unique(slug: str, used: dict[str, int]) -> str:
    """`slug`, or with a number behind it when it is taken."""
    found = slug
    while found in used:
        used[slug] += 1
        found = f"{slug}-{used[slug]}"
    used[found] = 1
    return found
