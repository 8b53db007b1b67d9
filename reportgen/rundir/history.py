"""What was logged, by key: columns in the order of the steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from reportgen.rundir.columns import NULL, SCALAR, Columns, Rows, Track
from reportgen.rundir.jsonl import Json
from reportgen.rundir.lines import BATCH, batches
from reportgen.rundir.opening import open_inside
from reportgen.rundir.rows import Faults, Row, parser
from reportgen.rundir.stream import Stream

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class KeyHistory:
    """What was logged under one key as one kind.

    Where several rows have the same step, the value of the last of them counts. None is left out.

    Attributes:
        key: The key.
        kind: `"scalar"`, `"text"`, the name of a record's kind such as `"image"`, or `"json"` for other lists and
            mappings.
        steps: The steps, strictly increasing, shape (n,), read-only; in system metrics the number of the sample,
            from 0.
        runtimes: Seconds since the run began, shape (n,), read-only.
        values: The numbers of a scalar, shape (n,), read-only, with NaN and infinities; true is 1, false is 0. None
            for other kinds.
        records: The values of other kinds, n of them: strings, mappings, lists. () for scalars.
        replaced: How many values a later one of the same step replaced.
    """

    key: str
    kind: str
    steps: Ints
    runtimes: Floats
    values: Floats | None
    records: tuple[Json, ...]
    replaced: int = 0

    def __len__(self) -> int:
        return len(self.steps)


class History(Mapping[str, KeyHistory]):
    """All that a run logged, by key, in the order in which keys were first logged.

    A key that was logged as several kinds has one `KeyHistory` for each in `all`; as an item it is the one with most
    values.

    Attributes:
        all: The histories of all keys and kinds.
        steps: All distinct steps, ascending, int64, read-only.
        lines: How many lines the file has, damaged ones included.
    """

    def __init__(self, histories: tuple[KeyHistory, ...], steps: Ints, lines: int, stream: Stream | None) -> None:
        self.all = histories
        self.steps = steps
        self.lines = lines
        self._stream = stream
        self._items: dict[str, KeyHistory] = {}
        for history in histories:
            known = self._items.get(history.key)
            if known is None or len(history) > len(known):
                self._items[history.key] = history

    def __getitem__(self, key: str) -> KeyHistory:
        return self._items[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __repr__(self) -> str:
        return f"<History: {len(self):,} keys, {len(self.steps):,} steps>"

    def rows(self) -> Iterator[dict[str, Any]]:
        """The rows in the order of their steps, those of one step merged, read again from disk.

        Each has `_step`, `_runtime` and what was logged, None included. Takes no more memory than one row needs,
        unless steps are out of order: then one number per row.

        Raises:
            RunDirError: (RG321, RG322, RG303) The file cannot be read any more.
        """
        if self._stream is not None:
            yield from self._stream.rows()


EMPTY: Final = History((), np.zeros(0, np.int64), 0, None)
"""The history of a run that logged nothing."""


def read_history(
    folder: Path,
    name: str,
    faults: Faults,
    *,
    numbered: bool = False,
    change: Callable[[Row], Row] | None = None,
    batch: int = BATCH,
) -> tuple[History, Columns]:
    """Read a file of rows.

    Args:
        folder: The run directory.
        name: The file in it.
        faults: Takes what is wrong with its lines.
        numbered: Rows have no step of their own: they are counted from 0.
        change: What brings a row of an older format up to date; None when nothing does.
        batch: Bytes that are parsed at once.

    Returns:
        The history, and the columns that it came from: they know what was logged last.

    Raises:
        RunDirError: (RG321) There is no such file. (RG322) It is no regular file. (RG303) It cannot be read.
    """
    columns = Columns(faults, numbered)
    parse = parser(change, faults)
    count = end = 0
    with open_inside(folder, name) as file:
        for lines in batches(file, batch=batch):
            columns.add(*parse(lines))
            count, end = lines.last, lines.end
    steps = _frozen(np.frombuffer(columns.steps, np.int64))
    ordered = bool((steps[1:] >= steps[:-1]).all())
    stream = Stream(folder, name, end, ordered, numbered, change)
    return History(_histories(columns, steps), _distinct(steps, ordered=ordered), count, stream), columns


def _distinct(steps: Ints, *, ordered: bool) -> Ints:
    if _rises(steps):
        return steps
    return _frozen(steps[np.append(True, steps[1:] > steps[:-1])] if ordered else np.unique(steps))


def _histories(columns: Columns, steps: Ints) -> tuple[KeyHistory, ...]:
    """The histories of all keys. Tracks are let go of on the way, so that no value is held twice for long."""
    choice = _Choice(steps, _frozen(np.frombuffer(columns.runtimes, np.float64)))
    histories: list[KeyHistory] = []
    for key, kinds in columns.tracks.items():
        chosen = [choice.alone(*kinds.values())] if len(kinds) == 1 else choice.between(list(kinds.values()))
        for (kind, track), one in zip(kinds.items(), chosen, strict=True):
            if kind != NULL and len(one.steps):
                histories.append(_key_history(key, kind, track, one))
        kinds.clear()
    return tuple(histories)


def _key_history(key: str, kind: str, track: Track, chosen: _Chosen) -> KeyHistory:
    kept = chosen.kept
    if kind != SCALAR:
        records = track.records if kept is None else [track.records[place] for place in kept.tolist()]
        return KeyHistory(key, kind, chosen.steps, chosen.runtimes, None, tuple(records), chosen.replaced)
    values = np.frombuffer(track.numbers, np.float64)
    values = _frozen(values if kept is None else values[kept])
    return KeyHistory(key, kind, chosen.steps, chosen.runtimes, values, (), chosen.replaced)


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The values of a track that count: `kept` are their places in it by step, None for all of them in order."""

    steps: Ints
    runtimes: Floats
    kept: Ints | None
    replaced: int


class _Choice:
    """Chooses which value counts at each step. Keys with the same rows share the arrays of steps and times."""

    def __init__(self, steps: Ints, runtimes: Floats) -> None:
        self._steps = steps
        self._runtimes = runtimes
        self._known: dict[tuple[range | int, ...], _Chosen] = {}

    def alone(self, track: Track) -> _Chosen:
        """For a key that was logged as one kind."""
        mark = tuple(piece if isinstance(piece, range) else id(piece) for piece in track.rows)
        known = self._known.get(mark)
        if known is None:
            known = self._known[mark] = self._of(track)
        return known

    def between(self, tracks: list[Track]) -> list[_Chosen]:
        """For a key that was logged as several kinds, None among them: the last value of a step counts."""
        parts = [_numbers(track.rows) for track in tracks]
        rows = np.concatenate(parts)
        winners = np.zeros(len(rows), np.bool_)
        winners[self._winners(rows)] = True
        chosen: list[_Chosen] = []
        start = 0
        for part in parts:
            mine = np.flatnonzero(winners[start : start + len(part)])
            chosen.append(self._at(part, mine[np.argsort(self._steps[part[mine]])]))
            start += len(part)
        return chosen

    def _of(self, track: Track) -> _Chosen:
        if track.rows == [range(len(self._steps))] and _rises(self._steps):
            return _Chosen(self._steps, self._runtimes, None, 0)
        rows = _numbers(track.rows)
        steps = self._steps[rows]
        if _rises(steps):
            return _Chosen(_frozen(steps), _frozen(self._runtimes[rows]), None, 0)
        return self._at(rows, self._winners(rows))

    def _winners(self, rows: Ints) -> Ints:
        """Places of the last row of each step, in the order of the steps."""
        steps = self._steps[rows]
        if (steps[1:] >= steps[:-1]).all() and _rises(rows):
            return np.flatnonzero(np.append(steps[1:] > steps[:-1], True))
        order = np.lexsort((rows, steps))
        ends = np.append(steps[order][1:] != steps[order][:-1], True)
        kept: Ints = order[ends]
        return kept

    def _at(self, rows: Ints, kept: Ints) -> _Chosen:
        where = rows[kept]
        return _Chosen(_frozen(self._steps[where]), _frozen(self._runtimes[where]), kept, len(rows) - len(kept))


def _numbers(rows: list[Rows]) -> Ints:
    """Row numbers as one array."""
    pieces = [
        np.arange(piece.start, piece.stop, dtype=np.int64)
        if isinstance(piece, range)
        else np.frombuffer(piece, np.int64)
        for piece in rows
    ]
    return np.concatenate(pieces)


def _rises(steps: Ints) -> bool:
    """Whether steps, or numbers of rows, increase strictly."""
    return bool((steps[1:] > steps[:-1]).all())


def _frozen(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    values.flags.writeable = False
    return values
