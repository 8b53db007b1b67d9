"""What was logged, by key: columns in the order of the steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from reportgen.rundir import increments
from reportgen.rundir.columns import NULL, SCALAR, Columns, Rows, Track
from reportgen.rundir.jsonl import Json
from reportgen.rundir.layout import MAIN, WRITER, rank_of
from reportgen.rundir.lines import BATCH, batches
from reportgen.rundir.losses import unstored
from reportgen.rundir.opening import open_inside
from reportgen.rundir.rows import Faults, Row, parser
from reportgen.rundir.sessions import Dead, Rewinds, bounds, cuts, rewinds
from reportgen.rundir.stream import Stream

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_NONE: Final = np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True)
class KeyHistory:
    """What one writer logged under one key as one kind.

    Where several rows have the same step, the value of the last of them counts; but increments of a table that follow
    each other are a list. None is left out.

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
        writer: Which of the run's processes logged it: "" for the one that began the run (rank 0), "3" for rank 3,
            "w2" for the second worker process.
        superseded: What a resume from an earlier step took the place of: one history per session that logged it, in
            their order. It is in none of the other attributes, so those may be empty beside it.
        session: The number of the session that logged it, from 0, where this is a superseded one; else None.
    """

    key: str
    kind: str
    steps: Ints
    runtimes: Floats
    values: Floats | None
    records: tuple[Json, ...]
    replaced: int = 0
    writer: str = MAIN
    superseded: tuple[KeyHistory, ...] = ()
    session: int | None = None

    def __len__(self) -> int:
        return len(self.steps)

    @property
    def rank(self) -> int | None:
        """The rank of the process that logged it; None for a worker process."""
        return rank_of(self.writer)


class History(Mapping[str, KeyHistory]):
    """All that a run logged, by key, in the order in which keys were first logged.

    A key that several processes of a run logged, or that was logged as several kinds, has one `KeyHistory` for each in
    `all`. As an item it is that of the first process, rank 0 before all others, and of its kinds the one with most
    values.

    Attributes:
        all: The histories of all keys, kinds and writers: those of the first writer first.
        steps: All distinct steps, ascending, int64, read-only, but for those that only superseded rows have.
        lines: How many lines the files have, damaged ones included.
        writers: What each process of the run logged, by writer (see `KeyHistory.writer`), the main one first.
    """

    def __init__(
        self,
        histories: tuple[KeyHistory, ...],
        steps: Ints,
        lines: int,
        stream: Stream | None,
        writers: Mapping[str, History] | None = None,
    ) -> None:
        self.all = histories
        self.steps = steps
        self.lines = lines
        self.writers: Mapping[str, History] = {MAIN: self} if writers is None else writers
        self._stream = stream
        self._items: dict[str, KeyHistory] = {}
        for history in histories:
            known = self._items.get(history.key)
            if known is None or (known.writer == history.writer and len(history) > len(known)):
                self._items[history.key] = history

    def __getitem__(self, key: str) -> KeyHistory:
        return self._items[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __repr__(self) -> str:
        return f"<History: {len(self):,} keys, {len(self.steps):,} steps>"

    def rows(self, *, superseded: bool = False) -> Iterator[dict[str, Any]]:
        """The rows in the order of their steps, those of one step merged, read again from disk.

        Each has `_step`, `_runtime` and what was logged, None included. Rows of other processes than the main one
        follow, writer by writer, and have `_writer` besides. Takes no more memory than one row needs, unless steps are
        out of order: then one number per row.

        Args:
            superseded: Give those rows instead that a resume from an earlier step took the place of: one after the
                other as they were logged, not merged.

        Raises:
            RunDirError: (RG321, RG322, RG303) A file cannot be read any more.
        """
        if self._stream is not None:
            yield from self._stream.rows(superseded=superseded)
        for writer, history in self.writers.items():
            if history is not self:
                for row in history.rows(superseded=superseded):
                    yield {**row, WRITER: writer} if writer else row


def together(parts: Mapping[str, History]) -> History:
    """The histories of all processes of a run as one.

    Args:
        parts: What each of them logged, by writer, the main one first.
    """
    if len(parts) == 1:
        return next(iter(parts.values()))
    return History(
        tuple(history for part in parts.values() for history in part.all),
        _frozen(np.unique(np.concatenate([part.steps for part in parts.values()]))),
        sum(part.lines for part in parts.values()),
        None,
        parts,
    )


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
    writer: str = MAIN,
    others: Rewinds | None = None,
) -> tuple[History, Columns, Rewinds]:
    """Read a file of rows.

    Args:
        folder: The run directory.
        name: The file in it.
        faults: Takes what is wrong with its lines.
        numbered: Rows have no step of their own: they are counted from 0.
        change: What brings a row of an older format up to date; None when nothing does.
        batch: Bytes that are parsed at once.
        writer: Who wrote it.
        others: Where sessions took the main writer's file back to; they take this one back too.

    Returns:
        The history; the columns that it came from, which know what was logged last; and where sessions took the file
        back to.

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
    found = {} if numbered else rewinds(columns, steps)
    cut = {} if numbered else cuts(found, others or {}, [number for number, _, _ in bounds(columns, len(steps))])
    columns.unstored = {} if numbered else unstored(columns, steps)
    dead = Dead.of(columns, steps, cut)
    if dead is not None:
        _look_back(columns, dead)
    kept = steps if dead is None else steps[~dead.rows]
    ordered = bool((kept[1:] >= kept[:-1]).all())
    stream = Stream(folder, name, end, ordered, numbered, change, cut)
    histories = _histories(columns, steps, dead, writer)
    return History(histories, _distinct(kept, ordered=ordered), count, stream), columns, found


def _look_back(columns: Columns, dead: Dead) -> None:
    """Where what was logged last under a key was taken back, what was logged last before it, if anything, is that."""
    for key, (row, value) in list(columns.last.items()):
        if not dead.rows[row]:
            continue
        del columns.last[key]
        for kind, track in columns.tracks.get(key, {}).items():
            rows = _numbers(track.rows)
            alive = np.flatnonzero(~dead.rows[rows])
            if kind == NULL or not len(alive):
                continue
            place = int(alive[np.argmax(rows[alive])])
            found = int(rows[place])
            if key not in columns.last or columns.last[key][0] < found:
                number = kind == SCALAR
                last = _as(value, track.numbers[place]) if number else track.records[place]
                columns.last[key] = found, last


def _as(model: object, number: float) -> bool | int | float:
    """A number as the type of another one of its key, where it can be: columns hold floats alone."""
    if isinstance(model, bool) and number in (0.0, 1.0):
        return bool(number)
    return int(number) if isinstance(model, int) and number.is_integer() else number


def _distinct(steps: Ints, *, ordered: bool) -> Ints:
    if _rises(steps):
        return _frozen(steps)
    return _frozen(steps[np.append(True, steps[1:] > steps[:-1])] if ordered else np.unique(steps))


def _histories(columns: Columns, steps: Ints, dead: Dead | None, writer: str) -> tuple[KeyHistory, ...]:
    """The histories of all keys. Tracks are let go of on the way, so that no value is held twice for long."""
    choice = _Choice(steps, _frozen(np.frombuffer(columns.runtimes, np.float64)), dead)
    histories: list[KeyHistory] = []
    for key, kinds in columns.tracks.items():
        chosen = [choice.alone(*kinds.values())] if len(kinds) == 1 else choice.between(list(kinds.values()))
        for (kind, track), one in zip(kinds.items(), chosen, strict=True):
            if kind != NULL and (len(one.steps) or one.branches):
                branches = tuple(
                    _key_history(key, kind, track, steps, branch, writer, session=number)
                    for number, branch in one.branches
                )
                histories.append(_key_history(key, kind, track, steps, one, writer, branches))
        kinds.clear()
    return tuple(histories)


def _key_history(
    key: str,
    kind: str,
    track: Track,
    steps: Ints,
    chosen: _Chosen,
    writer: str,
    branches: tuple[KeyHistory, ...] = (),
    session: int | None = None,
) -> KeyHistory:
    kept = chosen.kept
    values, records = None, track.records
    if kind == SCALAR:
        numbers = np.frombuffer(track.numbers, np.float64)
        values = _frozen(numbers if kept is None else numbers[kept])
    elif kept is not None and chosen.replaced and kind == increments.KIND:
        records = increments.chained(track.records, steps[_numbers(track.rows)].tolist(), kept.tolist())
    elif kept is not None:
        records = [track.records[place] for place in kept.tolist()]
    return KeyHistory(
        key,
        kind,
        chosen.steps,
        chosen.runtimes,
        values,
        tuple(records),
        chosen.replaced,
        writer,
        branches,
        session,
    )


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The values of a track that count: `kept` are their places in it by step, None for all of them in order.

    `branches` are those that a later session took back, by the number of the session that logged them.
    """

    steps: Ints
    runtimes: Floats
    kept: Ints | None
    replaced: int
    branches: tuple[tuple[int, _Chosen], ...] = ()


class _Choice:
    """Chooses which value counts at each step. Keys with the same rows share the arrays of steps and times."""

    def __init__(self, steps: Ints, runtimes: Floats, dead: Dead | None) -> None:
        self._steps = steps
        self._runtimes = runtimes
        self._dead = dead
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
        chosen = self._shared(parts, rows, None if self._dead is None else np.flatnonzero(~self._dead.rows[rows]))
        if self._dead is None:
            return chosen
        branches: list[list[tuple[int, _Chosen]]] = [[] for _ in tracks]
        for number, places in self._dead.parts(rows):
            for mine, one in zip(branches, self._shared(parts, rows, places), strict=True):
                if len(one.steps):
                    mine.append((number, one))
        return [replace(one, branches=tuple(mine)) for one, mine in zip(chosen, branches, strict=True)]

    def _shared(self, parts: list[Ints], rows: Ints, among: Ints | None) -> list[_Chosen]:
        """Who of several kinds has the last value at each step, among some places of `rows`; None for all of them."""
        winners = np.zeros(len(rows), np.bool_)
        winners[self._winners(rows) if among is None else among[self._winners(rows[among])]] = True
        possible = np.ones(len(rows), np.bool_) if among is None else np.zeros(len(rows), np.bool_)
        if among is not None:
            possible[among] = True
        chosen: list[_Chosen] = []
        start = 0
        for part in parts:
            mine = np.flatnonzero(winners[start : start + len(part)])
            total = int(np.count_nonzero(possible[start : start + len(part)]))
            chosen.append(self._at(part, mine[np.argsort(self._steps[part[mine]])], total))
            start += len(part)
        return chosen

    def _of(self, track: Track) -> _Chosen:
        if self._dead is None and track.rows == [range(len(self._steps))] and _rises(self._steps):
            return _Chosen(self._steps, self._runtimes, None, 0)
        rows = _numbers(track.rows)
        if self._dead is not None:
            return self._alive(rows, self._dead)
        steps = self._steps[rows]
        if _rises(steps):
            return _Chosen(_frozen(steps), _frozen(self._runtimes[rows]), None, 0)
        return self._at(rows, self._winners(rows), len(rows))

    def _alive(self, rows: Ints, dead: Dead) -> _Chosen:
        """The same where rows were taken back: those of each session are chosen from for themselves."""
        places = np.flatnonzero(~dead.rows[rows])
        branches = tuple(
            (number, self._at(rows, part[self._winners(rows[part])], len(part))) for number, part in dead.parts(rows)
        )
        return replace(self._at(rows, places[self._winners(rows[places])], len(places)), branches=branches)

    def _winners(self, rows: Ints) -> Ints:
        """Places of the last row of each step, in the order of the steps."""
        steps = self._steps[rows]
        if (steps[1:] >= steps[:-1]).all() and _rises(rows):
            return np.flatnonzero(np.append(steps[1:] > steps[:-1], True)) if len(rows) else _NONE
        order = np.lexsort((rows, steps))
        ends = np.append(steps[order][1:] != steps[order][:-1], True)
        kept: Ints = order[ends]
        return kept

    def _at(self, rows: Ints, kept: Ints, total: int) -> _Chosen:
        where = rows[kept]
        return _Chosen(_frozen(self._steps[where]), _frozen(self._runtimes[where]), kept, total - len(kept))


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
