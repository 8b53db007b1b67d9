"""What a run lost, as far as its files tell: values that were still being stored, and what could not be written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from reportgen.errors import Problem
from reportgen.rundir import layout
from reportgen.rundir.columns import Columns
from reportgen.rundir.info import RunInfo, read_document
from reportgen.rundir.sessions import bounds

LISTED: Final = 20
"""Keys that are named one by one."""

Unstored = Mapping[int, Mapping[str, Sequence[int]]]
"""Number of a session, and key, to the steps whose values were announced and never came."""


def unstored(columns: Columns, steps: npt.NDArray[np.int64]) -> Unstored:
    """Values that the rows of a file announce (`_pending`), and that no line after them holds.

    Args:
        columns: What the file holds.
        steps: The step of each of its rows.
    """
    if not columns.pending:
        return {}
    runtimes = np.frombuffer(columns.runtimes, np.float64)
    there: dict[str, set[tuple[int, float]]] = {}
    for key in {key for _, keys in columns.pending for key in keys}:
        tracks = columns.tracks.get(key, {}).values()
        pieces = [np.asarray(piece, np.int64) for track in tracks for piece in track.rows]
        rows = np.concatenate(pieces) if pieces else np.zeros(0, np.int64)
        there[key] = set(zip(steps[rows].tolist(), runtimes[rows].tolist(), strict=True))
    found: dict[int, dict[str, list[int]]] = {}
    sessions = bounds(columns, len(steps))
    place = 0
    for row, keys in columns.pending:
        while place + 1 < len(sessions) and row >= sessions[place][2]:
            place += 1
        call = int(steps[row]), float(runtimes[row])
        for key in keys:
            if call not in there[key]:
                found.setdefault(sessions[place][0], {}).setdefault(key, []).append(call[0])
    return found


def marks(folder: Path, writers: Iterable[str], problems: list[Problem]) -> list[int]:
    """How much each process other than the main one says that it could not write; 0 where it does not know.

    Args:
        folder: The run directory.
        writers: Those processes.
        problems: Takes what is wrong with the files.
    """
    found: list[int] = []
    for writer in writers:
        name = layout.losses_of(writer)
        if (folder / name).is_file():
            # A disk without any room holds the name alone.
            said = read_document(folder, name, problems) if (folder / name).stat().st_size else None
            number = (said or {}).get(layout.UNWRITTEN)
            found.append(number if isinstance(number, int) and number > 0 else 0)
    return found


def told(folder: Path, info: RunInfo, parts: Mapping[str, Unstored], problems: list[Problem]) -> RunInfo:
    """A run that says what it lost, and a problem for each key that lost values.

    Values that the present session of a running process is still storing are not lost.

    Args:
        folder: The run directory.
        info: What the run says of itself.
        parts: From `unstored`, by writer, the main one first.
        problems: Takes what is wrong.
    """
    marked = marks(folder, [writer for writer in parts if writer], problems)
    incomplete = info.incomplete or bool(marked)
    latest = len(info.sessions) - 1
    lost: dict[tuple[str, bool, str], list[int]] = {}
    for writer, sessions in parts.items():
        for session, keys in sessions.items():
            if session >= latest and (info.state == layout.STATE_RUNNING or _is_cut(writer, info, incomplete)):
                continue
            ended = not writer and session >= latest and info.state != layout.STATE_CRASHED
            for key, steps in keys.items():
                lost.setdefault((writer, ended, key), []).extend(steps)
    problems += _problems(lost)
    unwritten = info.unwritten + sum(marked)
    return replace(info, incomplete=incomplete or bool(lost), unwritten=unwritten)


def _is_cut(writer: str, info: RunInfo, incomplete: bool) -> bool:
    """Whether what the last session announced was never taken: a signal handler has ended the run in that call."""
    return not writer and not incomplete and info.state != layout.STATE_CRASHED


def _problems(lost: Mapping[tuple[str, bool, str], Sequence[int]]) -> list[Problem]:
    named, more = list(lost.items())[:LISTED], list(lost.items())[LISTED:]
    found = [
        _problem(len(steps), f"{key!r}, {_at(steps)},", writer, ended=ended) for (writer, ended, key), steps in named
    ]
    if more:
        number = sum(len(steps) for _, steps in more)
        found.append(_problem(number, f"{len(more):,} other keys", more[0][0][0], ended=more[0][0][1]))
    return found


def _problem(number: int, what: str, writer: str, *, ended: bool) -> Problem:
    """What a reader is told of some values.

    Args:
        number: How many.
        what: Their key or keys, in words.
        writer: Which process logged them.
        ended: Whether that process came to its end, so that they were tried.
    """
    words = ("1 value", "was") if number == 1 else (f"{number:,} values", "were")
    why = "could not be stored" if ended else f"{words[1]} still being stored when the process ended"
    return Problem(
        "RG329",
        f"{words[0]} of {what} {why}",
        layout.history_of(writer),
        "Lost; the numbers of the same calls are there" + ("" if ended else ". run.flush() waits until all is stored"),
        "warning",
    )


def _at(steps: Sequence[int]) -> str:
    low, high = min(steps), max(steps)
    return f"at step {low:,}" if low == high else f"at steps {low:,} to {high:,}"
