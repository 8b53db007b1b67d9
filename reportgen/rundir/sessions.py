"""Which rows a resumed run took back: a session that begins at an earlier step takes the place of what followed there.

A run that is resumed from a checkpoint logs steps again that an earlier session had logged already. Those older rows
stay in the file, and readers keep them apart as *superseded*.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from reportgen.rundir.columns import Columns, Track

Ints: TypeAlias = npt.NDArray[np.int64]

Rewinds: TypeAlias = Mapping[int, int]
"""Number of a session to the step that it took the run back to."""


def rewinds(columns: Columns, steps: Ints) -> dict[int, int]:
    """The sessions of a file that took the run back, and where to: the step of their first row.

    A session does so when earlier ones have rows at that step or later, and it logs one of their keys again. One that
    logs other keys only, such as the scores of a test after training, adds to the run. Rows of one session never take
    each other back, whatever their steps.

    Args:
        columns: What the file holds.
        steps: The step of each of its rows.
    """
    found: dict[int, int] = {}
    if not columns.sessions:
        return found
    alive = np.ones(len(steps), np.bool_)
    parts = bounds(columns, len(steps))
    for place, (number, start, end) in enumerate(parts):
        earlier = max((stop for other, _, stop in parts[:place] if other < number), default=0)  # numbers never fall
        if start == end or not earlier or number in found:
            continue
        first = int(steps[start])
        back = np.flatnonzero(alive[:earlier] & (steps[:earlier] >= first))
        if len(back) and _logs_again(columns, back, start, end):
            alive[back] = False
            found[number] = first
    return found


def cuts(found: Rewinds, others: Rewinds, numbers: Iterable[int]) -> dict[int, int]:
    """The lowest step that a later session took back, by the number of the earlier session.

    Args:
        found: Rewinds of the file.
        others: Rewinds of the run's main writer, which hold for all its files.
        numbers: Numbers of the file's sessions.
    """
    all_of_them = [*found.items(), *others.items()]
    lowest = {number: [step for later, step in all_of_them if later > number] for number in numbers}
    return {number: min(steps) for number, steps in lowest.items() if steps}


def bounds(columns: Columns, rows: int) -> list[tuple[int, int, int]]:
    """The parts of a file by session: number, first row, and the row after the last."""
    starts = [(0, 0), *columns.sessions]
    ends = [row for row, _ in columns.sessions] + [rows]
    return [(number, row, end) for (row, number), end in zip(starts, ends, strict=True)]


@dataclass(frozen=True, slots=True)
class Dead:
    """The rows of a file that later sessions took back.

    Attributes:
        rows: Whether each row is one, shape (rows,).
        sessions: The number of the session that wrote each row, shape (rows,).
    """

    rows: npt.NDArray[np.bool_]
    sessions: npt.NDArray[np.int32]

    @classmethod
    def of(cls, columns: Columns, steps: Ints, cut: Mapping[int, int]) -> Dead | None:
        """The superseded rows of a file; None when there are none.

        Args:
            columns: What the file holds.
            steps: The step of each of its rows.
            cut: From `cuts`.
        """
        if not cut:
            return None
        dead = np.zeros(len(steps), np.bool_)
        sessions = np.zeros(len(steps), np.int32)
        for number, start, end in bounds(columns, len(steps)):
            sessions[start:end] = number
            if number in cut:
                dead[start:end] = steps[start:end] >= cut[number]
        return cls(dead, sessions) if dead.any() else None

    def parts(self, rows: Ints) -> Iterator[tuple[int, Ints]]:
        """Which of some rows are superseded: number of a session and places in `rows`, session by session.

        Args:
            rows: Numbers of rows.
        """
        places = np.flatnonzero(self.rows[rows])
        numbers = self.sessions[rows[places]]
        for number in np.unique(numbers).tolist():
            yield number, places[numbers == number]


def _logs_again(columns: Columns, back: Ints, start: int, end: int) -> bool:
    """Whether rows `start` to `end` hold a key that one of the rows `back` holds too."""
    return any(
        any(_holds(track, start, end) for track in kinds.values())
        and any(_meets(track, back) for track in kinds.values())
        for kinds in columns.tracks.values()
    )


def _holds(track: Track, start: int, end: int) -> bool:
    for piece in track.rows:
        if isinstance(piece, range):
            if piece.start < end and piece.stop > start:
                return True
        else:
            rows = np.frombuffer(piece, np.int64)
            if bool(((rows >= start) & (rows < end)).any()):
                return True
    return False


def _meets(track: Track, back: Ints) -> bool:
    for piece in track.rows:
        if isinstance(piece, range):
            if bool(((back >= piece.start) & (back < piece.stop)).any()):
                return True
        elif bool(np.isin(np.frombuffer(piece, np.int64), back, assume_unique=True).any()):
            return True
    return False
