"""Runs to pages to panels. Pure: it opens no file and draws nothing."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from reportgen.errors import Problem
from reportgen.panels.goal import goal_of
from reportgen.panels.view import Limits, PanelTask, Source
from reportgen.rundir.reader import KeyHistory, StoredRun
from reportgen.site.options import BuildOptions

T = TypeVar("T")

OVERVIEW = "overview"

SHOWN_RUNS = 10
"""Runs that are in the charts when a report opens; the rest is one check box away, and the page says so."""


@dataclass(frozen=True, slots=True)
class PlannedRun:
    """A run with its place in the report.

    Attributes:
        index: Chooses its colour.
        slug: Names its page.
        stored: What was logged.
        shown: Whether it is in the charts when the report opens.
    """

    index: int
    slug: str
    stored: StoredRun
    shown: bool = True

    @property
    def name(self) -> str:
        """The name that readers see."""
        return self.stored.info.name or self.stored.info.id

    @property
    def page(self) -> str:
        """The id of its page."""
        return f"run/{self.index}"

    @property
    def config(self) -> Mapping[str, Any]:
        """What the run was given, places in somebody's home or working folder shortened: a report names nobody."""
        return self._public(self.stored.config)

    @property
    def problems(self) -> list[Problem]:
        """What was wrong with the run, as pages may say it."""
        return [portable(located(problem, self.stored.path), [self.stored.path]) for problem in self.stored.problems]

    @property
    def summary(self) -> Mapping[str, Any]:
        """What the run came to, shortened like `config`."""
        return self._public(self.stored.summary)

    @property
    def error(self) -> str:
        """Why it failed, in the words of the exception; "" when it did not."""
        error = self.stored.info.error or {}
        words = ": ".join(str(error[part]) for part in ("type", "message") if error.get(part))
        return self._public(words)

    def _public(self, value: T) -> T:
        """A value without places that tell who ran it and where."""
        shortened: T = _shortened(value, _private_places(self.stored.info.private))
        return shortened


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
    """The whole report before anything is drawn."""

    runs: tuple[PlannedRun, ...]
    pages: tuple[PlannedPage, ...]


def plan(stored: Sequence[StoredRun], options: BuildOptions) -> Plan:
    """Decide on pages and panels.

    Runs are ordered by their start, then id and path, so that a run keeps its colour when later ones join.
    """
    ordered = sorted(stored, key=lambda run: (run.info.created, run.info.id, run.path.as_posix()))
    slugs = _distinct(_slug(run.info.id) or "run" for run in ordered)
    all_runs = [PlannedRun(i, slug, run) for i, (slug, run) in enumerate(zip(slugs, ordered, strict=True))]
    main = main_metrics(all_runs)
    shown = _shown_at_first(all_runs, main)
    runs = tuple(replace(run, shown=run.index in shown) for run in all_runs)
    limits = Limits(max_points=options.max_points, max_rows=options.max_rows)
    return Plan(runs, (_overview(runs, main, limits), *(_run_page(run, main, limits) for run in runs)))


def _overview(runs: Sequence[PlannedRun], main: Sequence[str], limits: Limits) -> PlannedPage:
    by_key: dict[str, list[Source]] = {}
    for run in runs:
        for history in run.stored.history.all:
            if history.kind == "scalar":
                by_key.setdefault(history.key, []).append(_source(run, history))
    keys = _ordered(by_key, main)
    ids = _distinct(f"m-{_slug(key) or 'metric'}" for key in keys)  # "m-": apart from the page's own anchors
    tasks = [
        PanelTask("scalar", panel_id, key, tuple(by_key[key]), limits) for panel_id, key in zip(ids, keys, strict=True)
    ]
    return PlannedPage(OVERVIEW, (Part("charts", tuple(tasks)),))


def _private_places(private: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Folders that tell who ran it and where, with what stands for each, the longest first."""
    user, cwd = private.get("user"), private.get("cwd")
    places = [(f"{root}/{user}", "~") for root in ("/home", "/Users", "C:\\Users") if user]
    places += [("/root", "~")] if user == "root" else []
    places += [(cwd, ".")] if isinstance(cwd, str) and len(cwd) > 1 else []
    return sorted(places, key=lambda place: -len(place[0]))


def _shortened(value: Any, places: Sequence[tuple[str, str]]) -> Any:
    if isinstance(value, str):
        for place, sign in places:
            value = re.sub(re.escape(place) + r"(?![\w-])", sign, value)
        return value
    if isinstance(value, dict):
        return {_shortened(key, places): _shortened(item, places) for key, item in value.items()}
    return [_shortened(item, places) for item in value] if isinstance(value, list) else value


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


PARTS = {"scalar": "charts", "image": "images", "text": "text"}
"""The section of a run page for each kind; other kinds go to "other"."""


def _run_page(run: PlannedRun, main: Sequence[str], limits: Limits) -> PlannedPage:
    parts: dict[str, list[tuple[KeyHistory, str]]] = {name: [] for name in (*PARTS.values(), "other", "system")}
    for history in run.stored.history.all:
        parts[PARTS.get(history.kind, "other")].append((history, "history"))
    parts["system"] = [(history, "system") for history in run.stored.system.all if history.kind == "scalar"]
    used: dict[str, int] = {}
    done = []
    for name, members in parts.items():
        ranks = {key: i for i, key in enumerate(_ordered({h.key for h, _ in members}, main))}
        members.sort(key=lambda m: (ranks[m[0].key], m[0].kind))
        tasks = tuple(
            PanelTask(
                h.kind,
                f"r{run.index}-{_unique(_slug(h.key) or 'panel', used)}",
                h.key,
                (_source(run, h),),
                limits,
                s,
                whole=name != "charts",
            )
            for h, s in members
        )
        done.append(Part(name, tasks))
    return PlannedPage(run.page, tuple(done), run)


def _source(run: PlannedRun, history: KeyHistory) -> Source:
    return Source(run.index, run.name, run.stored.path, history, run.shown)


def _shown_at_first(runs: Sequence[PlannedRun], main: Sequence[str]) -> set[int]:
    """The runs in the charts when a report opens: the first ones, but none that failed because it diverged.

    Its values, many powers of ten away, would flatten all other lines. Its row says why, and its box brings it back.
    """
    sound = [run.index for run in runs if not (run.stored.info.state == "failed" and _diverged(run, main))]
    return set((sound or [run.index for run in runs])[:SHOWN_RUNS])


def _diverged(run: PlannedRun, main: Sequence[str]) -> bool:
    histories = (run.stored.history.get(key) for key in main)
    return any(h is not None and h.values is not None and not np.isfinite(h.values).all() for h in histories)


def main_metrics(runs: Sequence[PlannedRun]) -> list[str]:
    """The one or two metrics that stand for a run: a loss and a score that most runs have, of held-out data."""
    runs_of = Counter(h.key for run in runs for h in run.stored.history.all if h.kind == "scalar")
    place = {key: i for i, key in enumerate(runs_of)}
    most = max(runs_of.values(), default=0)
    usual = [key for key in place if runs_of[key] * 2 >= most]
    chosen: list[str] = []
    for goal in ("min", "max"):
        fitting = [key for key in usual if goal_of(key) == goal]
        if fitting:
            chosen.append(min(fitting, key=lambda k: (rank(k), -runs_of[k], place[k])))
    return chosen or sorted(usual, key=lambda k: (-runs_of[k], place[k]))[:1]


def rank(key: str) -> int:
    """How near a metric is to what counts in the end: 0 for held-out data, 1 for other groups, 2 without a group."""
    words = key.lower()
    held_out = any(word in words for word in ("val", "eval", "test", "dev"))
    return 0 if held_out else 1 if "/" in key else 2


def prefix_of(key: str) -> str:
    """The group of a key: what stands before its first slash, with the slash; "" without one."""
    return key[: key.index("/") + 1] if "/" in key.strip("/") else ""


def _ordered(keys: Iterable[str], main: Sequence[str]) -> list[str]:
    """Keys as pages list them: groups with a main metric first, keys without a group last, digits by their value."""
    leading = {prefix_of(key) for key in main}

    def place(key: str) -> tuple[object, ...]:
        prefix = prefix_of(key)
        return (prefix not in leading, not prefix, prefix.lower(), _natural(key), key)

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
