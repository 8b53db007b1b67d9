"""Rows to columns: collects what was logged under each key while the rows stream by.

Most rows hold numbers only and share their keys with their neighbours. Such batches go from parsed rows to arrays
without a Python statement per value: `struct` packs a batch's values, and refuses anything that is not a
number, which makes it the type check as well. Everything else takes the path by cell.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from operator import itemgetter
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from reportgen.errors import InputValueError
from reportgen.rundir.jsonl import MAX_DEPTH, NONFINITE, OWN_TAGS, Json, decode
from reportgen.rundir.layout import PENDING, RUNTIME, STEP, SUMMARY_ROW, TIMESTAMP, TYPE
from reportgen.rundir.rows import Faults, Row, session_of, step_of

SCALAR: Final = "scalar"
TEXT: Final = "text"
JSON: Final = "json"
NULL: Final = ""
"""The kind of None, which is kept only to know which other values it replaced."""

RESERVED: Final = frozenset({STEP, RUNTIME, TIMESTAMP, SUMMARY_ROW, PENDING})
PLAIN_KINDS: Final = frozenset({SCALAR, TEXT, JSON}) | OWN_TAGS
"""Words that a record cannot have as its kind: such a mapping is plain JSON."""

_NUMERIC: Final = frozenset({float, int, bool, dict})

EXACT: Final = 2.0**53
"""Whole numbers below it are exact as floats."""

MANY_SHAPES: Final = 32
"""When a batch has more sets of keys, cells are gathered by key instead of by set of keys."""

Rows: TypeAlias = "range | array[int]"
"""Numbers of rows, from 0: consecutive ones as a range, which takes no memory."""


@dataclass(slots=True)
class Track:
    """What was logged under one key as one kind, in the order of the lines.

    Attributes:
        rows: The numbers of its rows, in pieces. Keys that always appear together share these objects.
        numbers: The values, when they are numbers.
        records: The values, when they are not.
    """

    rows: list[Rows] = field(default_factory=list)
    numbers: array[float] = field(default_factory=lambda: array("d"))
    records: list[Json] = field(default_factory=list)

    def extend(self, rows: Rows) -> None:
        """Add row numbers, joined to the last piece where they continue it."""
        last = self.rows[-1] if self.rows else None
        if isinstance(rows, range) and isinstance(last, range) and last.stop == rows.start:
            self.rows[-1] = range(last.start, rows.stop)
        else:
            self.rows.append(rows)


@dataclass(slots=True)
class Columns:
    """All that was logged into one file, by key.

    Attributes:
        faults: Takes what is wrong with rows.
        numbered: Rows have no step of their own: they are counted from 0.
        steps: The step of each row.
        runtimes: The runtime of each row in seconds.
        tracks: What was logged, by key and kind, first seen first.
        last: Number of the row and value that was logged last under each key, None apart.
        assigned: Number of the next row and value of each explicit summary assignment, the last one per key.
        moments: The runtime of each of these assignments.
        sessions: Where sessions after the first begin: number of the next row, and number of the session.
        pending: Rows that announce values of later lines: number of the row, and their keys.
        unstored: What never came of these, once all rows were read: by session and key, the steps.
    """

    faults: Faults
    numbered: bool = False
    steps: array[int] = field(default_factory=lambda: array("q"))
    runtimes: array[float] = field(default_factory=lambda: array("d"))
    tracks: dict[str, dict[str, Track]] = field(default_factory=dict)
    last: dict[str, tuple[int, Json]] = field(default_factory=dict)
    assigned: dict[str, tuple[int, Json]] = field(default_factory=dict)
    moments: dict[str, float] = field(default_factory=dict)
    sessions: list[tuple[int, int]] = field(default_factory=list)
    pending: list[tuple[int, list[str]]] = field(default_factory=list)
    unstored: Mapping[int, Mapping[str, Sequence[int]]] = field(default_factory=dict)

    def add(self, rows: list[Row], numbers: Sequence[int]) -> None:
        """Add the rows of a batch.

        Args:
            rows: The parsed rows, in the order of the file.
            numbers: Their line numbers, for what is wrong with them.
        """
        if not rows or self._add_alike(rows):
            return
        if not self._add_sound(rows):
            rows, numbers = self._add_rows(rows, numbers)
        start = len(self.steps) - len(rows)
        for keys, places in _shapes(rows):
            group = rows if len(places) == len(rows) else [rows[place] for place in places]
            where: Rows = range(start, start + len(rows))
            if len(places) != len(rows):
                where = array("q", (np.array(places) + start).tobytes())
            if PENDING in keys:
                self._add_pending(group, where)
            table = _table(group, keys)
            if table is not None:
                self._add_table(keys, where, table, group[-1])
                continue
            lines = [numbers[place] for place in places]
            for key in keys:
                if key not in RESERVED:
                    self._add_column(key, where, list(map(itemgetter(key), group)), lines)

    def _add_alike(self, rows: list[Row]) -> bool:
        """Add rows that have the same keys and numbers only; False when they are not like that."""
        keys = tuple(rows[0])
        if RUNTIME not in keys or SUMMARY_ROW in keys:
            return False
        table = _table(rows, keys)
        if table is None or not (self.numbered or self._add_steps(table, keys)):
            return False
        if self.numbered:
            self.steps.extend(range(len(self.steps), len(self.steps) + len(rows)))
        self.runtimes.frombytes(table[:, keys.index(RUNTIME)].tobytes())
        total = len(self.steps)
        self._add_table(keys, range(total - len(rows), total), table, rows[-1])
        return True

    def _add_table(self, keys: Sequence[str], where: Rows, table: npt.NDArray[np.float64], last: Row) -> None:
        """Add numbers, one column per key. `last` is the last of the rows, which knows whole numbers from others."""
        for index, key in enumerate(keys):
            if key not in RESERVED:
                track = self._track(key, SCALAR)
                track.extend(where)
                track.numbers.frombytes(table[:, index].tobytes())
                self._note_last(key, where[-1], last[key])

    def _add_pending(self, rows: list[Row], where: Rows) -> None:
        for row, number in zip(rows, where, strict=True):
            if isinstance(keys := row[PENDING], list) and all(isinstance(key, str) for key in keys):
                self.pending.append((number, keys))

    def _add_steps(self, table: npt.NDArray[np.float64], keys: Sequence[str]) -> bool:
        if STEP not in keys:
            return False
        floats = table[:, keys.index(STEP)]
        if floats.min() < 0 or floats.max() >= EXACT:
            return False
        whole = floats.astype(np.int64)
        if not np.array_equal(whole, floats):
            return False
        self.steps.frombytes(whole.tobytes())
        return True

    def _add_sound(self, rows: list[Row]) -> bool:
        """Note step and runtime of some rows at once; False when one of them needs a closer look."""
        if self.numbered or any(SUMMARY_ROW in row for row in rows):
            return False
        try:
            steps = struct.pack(f"{len(rows)}q", *map(itemgetter(STEP), rows))
            runtimes = struct.pack(f"{len(rows)}d", *map(itemgetter(RUNTIME), rows))
        except (KeyError, struct.error):
            return False
        if np.frombuffer(steps, np.int64).min() < 0:
            return False
        self.steps.frombytes(steps)
        self.runtimes.frombytes(runtimes)
        return True

    def _add_rows(self, rows: list[Row], numbers: Sequence[int]) -> tuple[list[Row], list[int]]:
        """Note step and runtime of each row; rows without a step are left out, summary rows are carried out."""
        good: list[Row] = []
        places: list[int] = []
        for row, number in zip(rows, numbers, strict=True):
            if not self.numbered and SUMMARY_ROW in row:
                self._assign(row[SUMMARY_ROW], number, row.get(RUNTIME))
                if (session := session_of(row)) is not None:
                    before = self.sessions[-1][1] if self.sessions else 0
                    self.sessions.append((len(self.steps), max(session, before)))
                continue
            step = len(self.steps) if self.numbered else step_of(row)
            if step is None:
                self.faults.line("RG313", f"the row has no step that makes sense: {_short(row.get(STEP))}", number)
                continue
            self.steps.append(step)
            self.runtimes.append(self._runtime(row, number))
            good.append(row)
            places.append(number)
        return good, places

    def _runtime(self, row: Row, number: int) -> float:
        runtime = row.get(RUNTIME)
        if isinstance(runtime, (int, float)):
            return float(runtime)
        self.faults.line(
            "RG314",
            f"the row has no runtime that makes sense: {_short(runtime)}",
            number,
            "It is shown at the time of the row before",
        )
        return self.runtimes[-1] if self.runtimes else 0.0

    def _assign(self, values: Json, number: int, runtime: Json) -> None:
        if not isinstance(values, dict):
            self.faults.line("RG317", f"the summary row holds {_short(values)}, not a mapping", number)
            return
        for key, value in values.items():
            try:
                self.assigned[key] = len(self.steps), decode(value)
                self.moments[key] = float(runtime) if isinstance(runtime, (int, float)) else 0.0
            except InputValueError:
                self._too_deep(key, number)

    def _add_column(self, key: str, where: Rows, column: list[Json], lines: Sequence[int]) -> None:
        """Add the values of one key in some rows: at once when all are numbers or texts, else one by one."""
        kinds = set(map(type, column))
        numbers = _numbers(column, kinds)
        if numbers is not None:
            track = self._track(key, SCALAR)
            track.numbers.frombytes(numbers)
            self._note_last(key, where[-1], _kind(column[-1])[1])
        elif kinds == {str}:
            track = self._track(key, TEXT)
            track.records.extend(column)
            self._note_last(key, where[-1], column[-1])
        else:
            self._add_cells(key, where, column, lines)
            return
        track.extend(where)

    def _add_cells(self, key: str, where: Rows, column: list[Json], lines: Sequence[int]) -> None:
        """Add values of several kinds, one by one."""
        kinds: dict[str, tuple[list[int], list[Json]]] = {}
        for row, value, line in zip(where, column, lines, strict=True):
            try:
                kind, plain = _kind(value)
            except InputValueError:
                self._too_deep(key, line)
                continue
            places, values = kinds.setdefault(kind, ([], []))
            places.append(row)
            values.append(plain)
            if kind != NULL:
                self._note_last(key, row, plain)
        for kind, (places, values) in kinds.items():
            track = self._track(key, kind)
            track.extend(where if len(places) == len(where) else array("q", places))
            if kind == SCALAR:
                track.numbers.extend(map(_float, values))
            elif kind != NULL:
                track.records.extend(values)

    def _note_last(self, key: str, row: int, value: Json) -> None:
        """Note what was logged; rows of a batch come by their sets of keys, so not always in order."""
        known = self.last.get(key)
        if known is None or known[0] < row:
            self.last[key] = row, value

    def _track(self, key: str, kind: str) -> Track:
        kinds = self.tracks.get(key)
        if kinds is None:
            kinds = self.tracks[key] = {}
        track = kinds.get(kind)
        if track is None:
            track = kinds[kind] = Track()
        return track

    def _too_deep(self, key: str, number: int) -> None:
        what = f"the value of {key[:80]!r} is nested deeper than {MAX_DEPTH} levels and was left out"
        self.faults.line("RG318", what, number, "The other values of the line are not affected")


def _table(rows: list[Row], keys: Sequence[str]) -> npt.NDArray[np.float64] | None:
    """The numbers of some rows, shape (rows, keys); None unless all have these keys and hold nothing else."""
    width = len(keys)
    if width < 2 or set(map(len, rows)) != {width}:
        return None
    try:
        values = chain.from_iterable(map(itemgetter(*keys), rows))
        packed = struct.pack(f"{len(rows) * width}d", *values)
    except (KeyError, struct.error, OverflowError):
        return None
    return np.frombuffer(packed, np.float64).reshape(len(rows), width)


def _numbers(column: list[Json], kinds: set[type]) -> bytes | None:
    """A column of numbers, NaN and infinities among them, as packed floats; None when it holds anything else."""
    if not kinds <= _NUMERIC:
        return None
    try:
        if dict in kinds:
            column = [_nonfinite(value) if type(value) is dict else value for value in column]
        return struct.pack(f"{len(column)}d", *column)
    except (KeyError, TypeError):
        return None


def _nonfinite(value: Row) -> float:
    if value[TYPE] != "float":
        raise KeyError(TYPE)
    return NONFINITE[value["value"]]


def _shapes(rows: list[Row]) -> Iterator[tuple[tuple[str, ...], list[int]]]:
    """The sets of keys in some rows, each with the places of the rows that have it.

    When there are many, each key comes alone, with all rows that have it.
    """
    shapes = list(map(tuple, rows))
    distinct = {keys: code for code, keys in enumerate(dict.fromkeys(shapes))}
    if len(distinct) == 1:
        yield shapes[0], list(range(len(rows)))
    elif len(distinct) <= MANY_SHAPES:
        codes = np.array(list(map(distinct.__getitem__, shapes)))
        for keys, code in distinct.items():
            yield keys, np.flatnonzero(codes == code).tolist()
    else:
        places: dict[str, list[int]] = {}
        for place, row in enumerate(rows):
            for key in row:
                places.setdefault(key, []).append(place)
        for key, found in places.items():
            yield (key,), found


def _kind(value: Json) -> tuple[str, Any]:
    """The kind of a parsed value, and the value with its tagged parts restored."""
    if isinstance(value, str):
        return TEXT, value
    if value is None:
        return NULL, None
    plain = decode(value)
    if isinstance(plain, (int, float)):
        return SCALAR, plain
    if isinstance(plain, list):
        tags = {_tag(item) for item in value}
        return (tags.pop() if len(tags) == 1 else "") or JSON, plain
    return _tag(value) or JSON, plain


def _tag(value: Json) -> str:
    """The kind that a record names; "" for a value that is no record."""
    tag = value.get(TYPE) if isinstance(value, dict) else None
    return tag if isinstance(tag, str) and tag not in PLAIN_KINDS else ""


def _float(value: float) -> float:
    try:
        return float(value)
    except OverflowError:  # a whole number beyond 1.8e308
        return float("inf") if value > 0 else float("-inf")


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:59] + "…"
