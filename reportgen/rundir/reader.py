"""Reads a run back: what it says of itself, its config and summary, and what was logged, by key.

Reading never writes anything into a run directory, and opens nothing but regular files inside it. Damage costs
what it damaged and is told in `StoredRun.problems`; only a directory that is no run, or a format newer than this
version, is an error.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, NamedTuple

from reportgen.errors import Problem, RunDirError
from reportgen.rundir import layout
from reportgen.rundir.columns import Columns
from reportgen.rundir.discover import find_runs
from reportgen.rundir.events import Events, read_events
from reportgen.rundir.files import SavedFile, saved_files, saved_path
from reportgen.rundir.history import EMPTY, History, KeyHistory, read_history, together
from reportgen.rundir.info import RunInfo, parse_document, read_document, read_info, restored
from reportgen.rundir.jsonl import DELETED
from reportgen.rundir.losses import told
from reportgen.rundir.metrics import Assigned, Definitions, Statistics, summarised
from reportgen.rundir.opening import media_path, open_inside
from reportgen.rundir.rows import TORN, Faults
from reportgen.rundir.sessions import Rewinds
from reportgen.rundir.upgrade import CURRENT, Change, Upgrades, chain

INCOMPLETE: Final = "The run is marked incomplete: rows that could not be written are lost"

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
            Keys that only other processes than the main one logged have the last value of the first of them.
        borrowed: Those keys.
        history: What was logged, by all its processes.
        system: Samples of the machine, or of several: their steps count from 0.
        problems: What was wrong with the directory, and what that cost.
        events: Alerts, and what was done with artifacts.
        files: The files that the user saved.
    """

    path: Path
    info: RunInfo
    config: Mapping[str, Any]
    summary: Mapping[str, Any]
    borrowed: frozenset[str]
    history: History
    system: History
    problems: tuple[Problem, ...]
    events: Events = Events()
    files: tuple[SavedFile, ...] = ()

    def saved_path(self, name: str) -> Path:
        """The path of a file that the user saved. See `saved_path`."""
        return saved_path(self.path, name)

    def media_path(self, name: str) -> Path:
        """The path of a media file that a record of this run names. See `media_path`."""
        return media_path(self.path, name)

    def table(self, record: Mapping[str, Any]) -> dict[str, list[Any]]:
        """The values of a table by column: `run.table(run.history["predictions"].records[-1])`.

        Args:
            record: What was logged, as a history holds it. An increment of a table has the rows of that log only.

        Raises:
            RunDirError: (RG330) It is no table. (RG321, RG322, RG303, RG325) Its file cannot be read.
        """
        from reportgen.rundir.records.table import TableRecord  # few readers of runs need it
        from reportgen.rundir.tables import read_table

        table = TableRecord.from_json(record)
        names = [column.name for column in table.columns]
        return dict(zip(names, read_table(self.path, table), strict=True))


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
    found = _written(folder, info, chain(steps, "row"), problems)
    info = told(folder, info, {writer: part.columns.unstored for writer, part in found.items()}, problems)
    samples = _sampled(folder, list(found), chain(steps, "sample"), problems)
    events, files = read_events(folder, problems, found), saved_files(folder, problems)
    summary = None
    if info.state in (layout.STATE_FINISHED, layout.STATE_FAILED):
        summary = read_document(folder, layout.SUMMARY, problems)
    definitions = Definitions(info.metrics)
    read = (
        _summarised(found[layout.MAIN], definitions)
        if summary is None
        else restored(_changed(summary, chain(steps, "summary")), layout.SUMMARY, problems)
    )
    summary = _completed(read, list(found.values()), definitions)
    return StoredRun(
        path=folder,
        info=_timed(info, [part.columns for part in (*found.values(), *samples.values())]),
        config=restored(config, layout.CONFIG, problems),
        summary=summary,
        borrowed=frozenset(summary.keys() - read.keys()),
        history=together({writer: part.history for writer, part in found.items()}),
        system=together({writer: part.history for writer, part in samples.items()}),
        problems=tuple(_by_a_full_disk(problems) if info.incomplete else problems),
        events=events,
        files=files,
    )


def _by_a_full_disk(problems: Sequence[Problem]) -> list[Problem]:
    """With other words for a torn last line: of an incomplete run, a disk that took no more may have torn it."""
    return [
        replace(problem, what=f"{TORN}, as happens when the disk is full, or a process is killed", remedy=INCOMPLETE)
        if problem.code == "RG310"
        else problem
        for problem in problems
    ]


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


class _Part(NamedTuple):
    """What one process of a run wrote into one file; the columns know what was logged last."""

    history: History
    columns: Columns
    rewinds: Rewinds


def _written(folder: Path, info: RunInfo, change: Change | None, problems: list[Problem]) -> dict[str, _Part]:
    """The rows of all processes of a run, the main one first."""
    main = _read_rows(folder, layout.MAIN, problems, change)
    found = {layout.MAIN: main}
    others = layout.writers(_names(folder))
    for writer in others:
        found[writer] = _read_rows(folder, writer, problems, change, others=main.rewinds)
    missing = [rank for rank in range(1, info.ranks) if str(rank) not in others]
    if missing and info.state != layout.STATE_RUNNING:
        which = f"rank {missing[0]}" if len(missing) == 1 else f"{len(missing)} ranks, from rank {missing[0]} on,"
        problems.append(
            Problem(
                "RG323",
                f"{which} of {info.ranks} left no rows",
                layout.history_of(str(missing[0])),
                "Copy the whole run directory, if that was written elsewhere",
                "warning",
            )
        )
    return found


def _sampled(folder: Path, writers: Sequence[str], change: Change | None, problems: list[Problem]) -> dict[str, _Part]:
    """The samples of all machines of a run, that of the main process first."""
    found = {writer: _read_rows(folder, writer, problems, change, samples=True) for writer in writers}
    return {writer: part for writer, part in found.items() if not writer or part.history.lines}


def _names(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)  # noqa: PTH208  # names are wanted, not paths
    except OSError:  # its files can be opened nevertheless
        return []


def _read_rows(
    folder: Path,
    writer: str,
    problems: list[Problem],
    change: Change | None,
    *,
    samples: bool = False,
    others: Rewinds | None = None,
) -> _Part:
    """One file of rows; an empty history when there is none, or it cannot be read."""
    name = layout.system_of(writer) if samples else layout.history_of(writer)
    faults = Faults(name)
    try:
        return _Part(*read_history(folder, name, faults, numbered=samples, change=change, writer=writer, others=others))
    except RunDirError as fault:
        if fault.code != "RG321":
            problems.append(fault.problem)
        return _Part(EMPTY, Columns(faults), {})
    finally:
        problems.extend(faults.all())


def _timed(info: RunInfo, parts: Iterable[Columns]) -> RunInfo:
    """With the runtime of the last row as its duration, where the run did not say how long it took."""
    if info.duration is not None:
        return info
    last = [columns.runtimes[-1] for columns in parts if columns.runtimes]
    return replace(info, duration=max(last, default=None))


def _replayed(columns: Columns) -> dict[str, Any]:
    """The summary that the rows add up to: what was last logged or assigned under each key."""
    summary = {key: value for key, (_, value) in columns.last.items()}
    for key, (row, value) in columns.assigned.items():
        if key in columns.last and columns.last[key][0] >= row:
            continue
        summary[key] = value
    return {key: value for key, value in summary.items() if value != DELETED}


def _summarised(part: _Part, definitions: Definitions, known: Iterable[str] = ()) -> dict[str, Any]:
    """The summary that the rows of a process add up to, but for keys that are known, as the definitions want it."""
    found = _replayed(part.columns)
    for key in known:
        found.pop(key, None)
    histories = _by_key(part.history)
    return summarised(found, _assigned(part.columns), definitions, lambda key: Statistics.of(histories.get(key, ())))


def _by_key(history: History) -> dict[str, list[KeyHistory]]:
    found: dict[str, list[KeyHistory]] = {}
    for one in history.all:
        found.setdefault(one.key, []).append(one)
    return found


def _completed(summary: dict[str, Any], parts: Sequence[_Part], definitions: Definitions) -> dict[str, Any]:
    """A summary with the values of those keys that only other processes than the main one logged, the first of them."""
    main, *others = parts
    known = {*summary, *main.columns.last, *main.columns.assigned}
    for part in others:
        summary = {**_summarised(part, definitions, known), **summary}
        known |= {*summary, *part.columns.last, *part.columns.assigned}
    return summary


class Logged(NamedTuple):
    """What the rows of one process add up to, for a run that goes on.

    Attributes:
        latest: What was last logged or assigned under each key.
        assigned: What was last assigned to the summary by hand, with the runtimes.
        histories: What was logged under each key.
    """

    latest: Mapping[str, Any]
    assigned: Assigned
    histories: Mapping[str, Sequence[KeyHistory]]


def read_back(folder: Path, writer: str = layout.MAIN) -> Logged:
    """What a process of a run has logged so far.

    Args:
        folder: The run directory.
        writer: Which process; see `KeyHistory.writer`.
    """
    part = _read_rows(folder, writer, [], None)
    return Logged(_replayed(part.columns), _assigned(part.columns), _by_key(part.history))


def _assigned(columns: Columns) -> Assigned:
    """What was last assigned to the summary by hand, with the runtimes."""
    return {key: (columns.moments[key], value) for key, (_, value) in columns.assigned.items()}
