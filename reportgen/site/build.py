"""The whole build on one screen: runs, plan, panels, pages, delivery."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from reportgen.errors import BuildError, Problem, ReportgenError
from reportgen.panels import scalar
from reportgen.panels.view import View
from reportgen.rundir.reader import StoredRun, find_runs, read_run
from reportgen.site import theme, work
from reportgen.site.deliver import Delivery, DirectorySite, SingleFile
from reportgen.site.draw import draw
from reportgen.site.kept import Kept
from reportgen.site.options import BuildOptions, over_budget
from reportgen.site.plan import Plan, located, plan, portable
from reportgen.site.render import Renderer
from reportgen.site.thumbnails import make

Bar = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What a build made.

    Attributes:
        path: What to open: `index.html`, or the single file.
        pages: Number of pages.
        panels: Number of panels.
        files: Number of files written.
        bytes: Their size in all.
        seconds: How long it took.
        largest: The largest items, as (bytes, name).
        problems: What was wrong with the input; the pages show them too.
    """

    path: Path
    pages: int
    panels: int
    files: int
    bytes: int
    seconds: float
    largest: Sequence[tuple[int, str]]
    problems: Sequence[Problem]


def build(paths: Iterable[str | Path], options: BuildOptions, *, bar: Bar | None = None) -> BuildResult:
    """Read runs and write a report.

    Args:
        paths: Run directories, or folders that hold them at any depth. Nothing in them is touched.
        options: How; `options.output` names the folder or file.
        bar: What shows progress: tqdm or the like; None for silence.

    Raises:
        BuildError: The output cannot be used (RG401 to RG406), or the theme is broken (RG420 to RG422).
        RunDirError: (RG301 ...) A path is no run and holds none, and no other path gave any run.
    """
    started = time.perf_counter()
    chosen = theme.load(options.theme)
    roots = list(paths)
    folders, problems = find_runs(roots)
    if not folders and problems:
        raise _nothing(problems)
    _keep_out(options, folders)
    with work.pool(options.jobs) as executor:
        workers = options.jobs or 1
        read = work.results(_read, folders, executor, workers=workers)
        stored = _readable(work.watched(read, len(folders), "runs", bar), problems)
        if not stored and problems:
            raise _nothing(problems)
        report = plan(stored, options)
        delivery = _delivery(options)
        tasks = [task for page in report.pages for task in page.tasks]
        drawn = work.results(draw, tasks, executor, workers=workers)
        kept = Kept(report, options)
        renderer = Renderer(chosen, delivery, report, options, kept)
        settled = [renderer.settle(view) for view in work.watched(drawn, len(tasks), "panels", bar)]
        previews = list(dict.fromkeys(p for view in settled for p in renderer.pictures.wanted(view.data)))
        made = work.results(make, previews, executor, workers=workers)
        for preview, picture in zip(previews, work.watched(made, len(previews), "pictures", bar), strict=True):
            renderer.pictures.take(preview, picture)
        renderer.pictures.share(settled)
    views = {view.id: renderer.finish(view) for view in settled}
    drawing = dict.fromkeys(p for view in views.values() for p in view.problems)  # one picture may be in two panels
    problems += _of_runs(report) + kept.problems + list(drawing)
    places = [
        *folders,
        *(Path(p.where) for p in problems if p.where.startswith(os.sep)),
        *(Path(r).absolute() for r in roots),
    ]
    renderer.pages(_joined(report, views), [portable(p, places) for p in problems])
    path = delivery.finish()
    problems += _budget(delivery, options)
    return BuildResult(
        path=path,
        pages=len(report.pages),
        panels=len(tasks),
        files=delivery.tally.files,
        bytes=delivery.tally.total,
        seconds=time.perf_counter() - started,
        largest=delivery.tally.largest(),
        problems=problems,
    )


def _nothing(problems: Sequence[Problem]) -> BuildError:
    """The error of a build that has no run to show: the first thing that was wrong, and how many more there are."""
    first = problems[0]
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return BuildError(first.code, first.what + more, where=first.where, remedy=first.remedy)


def _keep_out(options: BuildOptions, folders: Sequence[Path]) -> None:
    """Refuse an output inside a run: nothing in a run directory is touched."""
    target = Path(options.output or ".").absolute()
    for folder in folders:
        if folder in (target, *target.parents):
            raise BuildError(
                "RG407",
                "the output lies inside a run directory",
                where=str(folder),
                remedy="Name a place outside of it",
            )


def _delivery(options: BuildOptions) -> Delivery:
    if options.single_file:
        return SingleFile(Path(options.output or "report.html"))
    return DirectorySite(Path(options.output or "site"))


def _joined(report: Plan, views: Mapping[str, View]) -> Mapping[str, View]:
    """The views, those of runs' pages with the parts of long lines that the overview's panels brought."""
    parts: dict[str, dict[int, Sequence[Any]]] = {}
    for task in report.pages[0].parts[0].tasks:
        series = views[task.id].data.get("series", ())
        parts[task.key] = {entry["run"]: entry.get("parts", ()) for entry in series}
    joined = dict(views)
    for page in report.pages[1:]:
        for task in page.tasks:
            if not task.whole and "series" in views[task.id].data:
                joined[task.id] = scalar.with_parts(views[task.id], parts[task.key])
    return joined


def _read(folder: Path) -> StoredRun | Problem:
    try:
        return read_run(folder)
    except ReportgenError as fault:
        return fault.problem if fault.problem.where else replace(fault.problem, where=str(folder))


def _readable(found: Iterable[StoredRun | Problem], problems: list[Problem]) -> list[StoredRun]:
    """The runs that could be read; what could not joins the problems."""
    runs: list[StoredRun] = []
    for item in found:
        if isinstance(item, Problem):
            problems.append(item)
        else:
            runs.append(item)
    return runs


def _of_runs(report: Plan) -> list[Problem]:
    """What was wrong with the runs themselves, and ids that are not unique."""
    return [*twins(report), *(located(p, run.stored.path) for run in report.runs for p in run.stored.problems)]


def twins(report: Plan) -> Iterator[Problem]:
    """Runs that share an id."""
    ids = Counter(run.stored.info.id for run in report.runs)
    for run_id, count in ids.items():
        if count > 1:
            yield Problem(
                "RG411",
                f"{count} runs have the id {run_id!r}",
                ", ".join(r.stored.path.name for r in report.runs if r.stored.info.id == run_id),
                "All are shown; if one is a copy, leave it out",
                "warning",
            )


def _budget(delivery: Delivery, options: BuildOptions) -> list[Problem]:
    total = delivery.tally.total
    if total <= options.max_bytes:
        return []
    items = "; ".join(f"{name} {size:,} bytes" for size, name in delivery.tally.largest(3))
    remedy = "Log fewer or smaller media, or raise --max-bytes"
    if options.single_file:
        remedy += "; a folder (without --single-file) loads its parts when they are needed"
    return [Problem("RG430", over_budget(total, options.max_bytes), items, remedy, "warning")]
