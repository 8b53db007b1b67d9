"""Reads a run back: what it says of itself, its config and summary, and what was logged, by key.

Reading never writes anything into a run directory, and opens nothing but regular files inside it. Damage costs
what it damaged and is told in `StoredRun.problems`; only a directory that is no run, or a format newer than this
version, is an error.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from reportgen.errors import Problem, RunDirError
from reportgen.rundir import layout
from reportgen.rundir.columns import Columns
from reportgen.rundir.discover import find_runs
from reportgen.rundir.history import EMPTY, History, KeyHistory, read_history
from reportgen.rundir.info import RunInfo, parse_document, read_document, read_info, restored
from reportgen.rundir.jsonl import DELETED
from reportgen.rundir.opening import media_path, open_inside
from reportgen.rundir.rows import Faults
from reportgen.rundir.upgrade import CURRENT, Change, Upgrades, chain

__all__ = [
    "History",
    "KeyHistory",
    "RunInfo",
    "StoredRun",
    "find_runs",
    "media_path",
    "read_run",
]


@dataclass(frozen=True, slots=True)
class StoredRun:
    """A run as it was found on disk.

    Attributes:
        path: The run directory, absolute.
        info: What it says of itself.
        config: What it was given: nested mappings, NaN and big whole numbers restored.
        summary: What it came to, by key. While a run is running, and after a crash, it is worked out from the rows.
        history: What was logged.
        system: Samples of the machine: their steps count from 0.
        problems: What was wrong with the directory, and what that cost.
    """

    path: Path
    info: RunInfo
    config: Mapping[str, Any]
    summary: Mapping[str, Any]
    history: History
    system: History
    problems: tuple[Problem, ...]

    def media_path(self, name: str) -> Path:
        """The path of a media file that a record of this run names. See `media_path`."""
        return media_path(self.path, name)


def read_run(path: str | os.PathLike[str]) -> StoredRun:
    """Read a run directory.

    Example:
        run = reportgen.read_run("runs/digits/mlp-64")
        loss = run.history["train/loss"]
        loss.steps, loss.values          # numpy arrays

    Args:
        path: The run directory: the folder that holds `run.json`.

    Raises:
        RunDirError: (RG301) It is no run directory. (RG302) Its format is newer than this version reads. (RG303,
            RG322) Its `run.json` cannot be read.
    """
    return read_upgraded(path, CURRENT)


def read_upgraded(path: str | os.PathLike[str], upgrades: Upgrades) -> StoredRun:
    """Read a run directory in the newest of the given formats. `read_run` is this with the formats of this version.

    Raises:
        RunDirError: As for `read_run`.
    """
    folder = Path(os.path.abspath(path))  # noqa: PTH100  # links in the path stay as the user wrote them
    problems: list[Problem] = []
    values = _run_values(folder, problems)
    number = values.get("format")
    known = isinstance(number, int) and not isinstance(number, bool)
    steps = upgrades.path(number, str(folder)) if known and number is not None else ()
    values = _changed(values, chain(steps, "run"))
    info = read_info(values, folder, problems)
    config = _changed(read_document(folder, layout.CONFIG, problems) or {}, chain(steps, "config"))
    history, columns = _read_rows(folder, layout.HISTORY, problems, change=chain(steps, "row"))
    system, samples = _read_rows(folder, layout.SYSTEM, problems, change=chain(steps, "sample"), numbered=True)
    summary = None
    if info.state in (layout.STATE_FINISHED, layout.STATE_FAILED):
        summary = read_document(folder, layout.SUMMARY, problems)
    return StoredRun(
        path=folder,
        info=_timed(info, columns, samples),
        config=restored(config, layout.CONFIG, problems),
        summary=_replayed(columns)
        if summary is None
        else restored(_changed(summary, chain(steps, "summary")), layout.SUMMARY, problems),
        history=history,
        system=system,
        problems=tuple(problems),
    )


def _run_values(folder: Path, problems: list[Problem]) -> dict[str, Any]:
    """What `run.json` holds; {} and a problem when it is damaged."""
    try:
        with open_inside(folder, layout.RUN) as file:
            data = file.read()
    except RunDirError as fault:
        if fault.code == "RG321" or not folder.is_dir():
            raise RunDirError(
                "RG301",
                f"not a run directory: it has no {layout.RUN}",
                where=str(folder),
                remedy="Name the folder that reportgen.init made, or one above it for `build` and `ls`",
            ) from fault
        raise
    return parse_document(data, layout.RUN, problems) or {}


def _changed(values: dict[str, Any], change: Change | None) -> dict[str, Any]:
    return values if change is None else change(values)


def _read_rows(
    folder: Path, name: str, problems: list[Problem], *, change: Change | None, numbered: bool = False
) -> tuple[History, Columns]:
    """One file of rows; an empty history when there is none, or it cannot be read."""
    faults = Faults(name)
    try:
        return read_history(folder, name, faults, numbered=numbered, change=change)
    except RunDirError as fault:
        if fault.code != "RG321":
            problems.append(fault.problem)
        return EMPTY, Columns(faults)
    finally:
        problems.extend(faults.all())


def _timed(info: RunInfo, history: Columns, system: Columns) -> RunInfo:
    """With the runtime of the last row as its duration, where the run did not say how long it took."""
    if info.duration is not None:
        return info
    last = [columns.runtimes[-1] for columns in (history, system) if columns.runtimes]
    return replace(info, duration=max(last, default=None))


def _replayed(columns: Columns) -> dict[str, Any]:
    """The summary that the rows add up to: what was last logged or assigned under each key."""
    summary = {key: value for key, (_, value) in columns.last.items()}
    for key, (row, value) in columns.assigned.items():
        if key in columns.last and columns.last[key][0] >= row:
            continue
        summary[key] = value
    return {key: value for key, value in summary.items() if value != DELETED}
