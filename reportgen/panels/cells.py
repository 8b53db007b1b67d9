"""The cells of a table as a page shows them: text, pictures, links to files."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reportgen.errors import Problem, ReportgenError
from reportgen.panels.image import MIMES
from reportgen.panels.numerals import MINUS, NONE, plural
from reportgen.panels.view import Shown
from reportgen.rundir.reader import media_path

NUMERIC = frozenset({"number", "duration"})
"""Types whose cells stand flush at the end."""

PACKED = "application/gzip"

DIGITS = 6
"""Digits of a number that is not whole."""


@dataclass(frozen=True, slots=True)
class Thumb:
    """A picture in a cell.

    Attributes:
        file: The picture.
        width: Width in pixels as displayed.
        height: Height in pixels as displayed.
    """

    file: Shown
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class TableCell:
    """One cell of a table.

    Attributes:
        text: What stands in it; the caption below pictures, the name of a link.
        thumbs: Pictures in it.
        file: What it links to; None for nothing.
    """

    text: str = ""
    thumbs: Sequence[Thumb] = ()
    file: Shown | None = None


class Cells:
    """Makes the cells of one table, and notes what could not be shown, once per column.

    Args:
        folder: The run directory.
        where: Run, key and step, for messages.
    """

    def __init__(self, folder: Path, where: str) -> None:
        self._folder, self._where = folder, where
        self._faults: dict[str, tuple[Problem, int]] = {}

    @property
    def problems(self) -> list[Problem]:
        """What could not be shown, and how often."""
        return [
            Problem(problem.code, problem.what, f"{problem.where}, {plural(count, 'cell')}", problem.remedy)
            for problem, count in self._faults.values()
        ]

    def column(self, name: str, kind: str, values: Sequence[Any]) -> list[TableCell]:
        """The cells of some values of one column.

        Args:
            name: The column.
            kind: Its type, as `TableColumn.type`.
            values: As `read_table` gives them.
        """
        if kind == "number":
            return [TableCell(text) for text in _aligned(values)]
        if kind == "duration":
            return [TableCell(NONE if value is None else f"{_number(value)}\u202fs") for value in values]
        return [self._cell(name, kind, value) for value in values]

    def _cell(self, name: str, kind: str, value: Any) -> TableCell:
        if value is None:
            return TableCell(NONE)
        if isinstance(value, str):
            return TableCell(value.replace("T", " ", 1) if kind == "time" else value)
        if isinstance(value, bool):
            return TableCell("true" if value else "false")
        if isinstance(value, int | float):
            return TableCell(_number(value))
        records = [] if kind == "map" else list(_records(value))
        if not records:
            return TableCell(json.dumps(_plain(value), ensure_ascii=False))
        try:
            return self._media(records)
        except ReportgenError as fault:
            self._note(name, fault.problem)
            return TableCell(fault.problem.what)

    def _media(self, records: Sequence[Mapping[str, Any]]) -> TableCell:
        thumbs: list[Thumb] = []
        words: list[str] = []
        file = None
        for record in records:
            thumb = self._thumb(record)
            if thumb:
                thumbs.append(thumb)
                words += [str(record[name]) for name in ("caption", "title") if isinstance(record.get(name), str)]
                continue
            words.append(_words(record))
            place = record.get("file", record.get("spec"))
            if isinstance(place, str) and file is None:
                file = Shown(media_path(self._folder, place), _mime(place), f"{record['_type']}.{_ending(place)}")
        return TableCell(", ".join(words), tuple(thumbs), file)

    def _thumb(self, record: Mapping[str, Any]) -> Thumb | None:
        """The picture of an image or of a figure; None of other media."""
        kind = record["_type"]
        name = record.get("file" if kind == "image" else "picture")
        if kind not in ("image", "figure") or not isinstance(name, str):
            return None
        mime = MIMES.get(_ending(name))
        width, height = record.get("width"), record.get("height")
        if mime is None or not isinstance(width, int) or not isinstance(height, int) or min(width, height) < 1:
            return None
        return Thumb(Shown(media_path(self._folder, name), mime), width, height)

    def _note(self, column: str, problem: Problem) -> None:
        known = self._faults.get(column)
        where = f"{self._where}, column {column!r}"
        first = Problem(problem.code, problem.what, where, problem.remedy)
        self._faults[column] = (known[0], known[1] + 1) if known else (first, 1)


def _records(value: Any) -> Iterator[Mapping[str, Any]]:
    """The media of a cell: itself, or all items of a list of them."""
    if isinstance(value, Mapping):
        if isinstance(value.get("_type"), str):
            yield value
    elif isinstance(value, list) and value and all(isinstance(item, Mapping) and "_type" in item for item in value):
        yield from (item for item in value if isinstance(item["_type"], str))


def _words(record: Mapping[str, Any]) -> str:
    """What is said of media that have no picture: "histogram, 64 bins"."""
    kind = str(record["_type"])
    if kind == "histogram" and isinstance(record.get("counts"), list | tuple):
        return f"{kind}, {plural(len(record['counts']), 'bin')}"
    if kind == "table" and isinstance(record.get("rows"), int) and isinstance(record.get("columns"), list | tuple):
        return f"{kind}, {plural(record['rows'], 'row')}, {plural(len(record['columns']), 'column')}"
    named = next((record[name] for name in ("caption", "title") if isinstance(record.get(name), str)), "")
    return f"{kind}: {named}" if named else kind


def _ending(name: str) -> str:
    return name.rpartition("/")[2].partition(".")[2].lower()


def _mime(name: str) -> str:
    ending = _ending(name).rpartition(".")[2]
    return MIMES.get(ending, PACKED if ending == "gz" else "application/octet-stream")


def _aligned(values: Sequence[Any]) -> list[str]:
    """Numbers of one column, with as many decimals each as one of them needs, where that hides no small one."""
    texts = [_number(value) for value in values]
    finite = [abs(value) for value in values if _is_finite(value) and value]
    needed = max((len(text.partition(".")[2]) for text in texts), default=0)
    if not needed or not finite or any("e" in text for text in texts):
        return texts
    decimals = max(0, min(needed, DIGITS - 1 - math.floor(math.log10(max(finite)))))
    if decimals < needed and min(finite) < 10.0 ** (2 - decimals):
        return texts
    fixed = (f"{MINUS if value < 0 else ''}{abs(value):.{decimals}f}" if _is_finite(value) else "" for value in values)
    return [aligned or text for aligned, text in zip(fixed, texts, strict=True)]


def _is_finite(value: Any) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)


def _number(value: Any) -> str:
    """A number with up to six digits; whole ones with all of theirs, without commas: many are names, such as years."""
    if value is None:
        return NONE
    if not isinstance(value, int | float):
        return str(value)
    if value != value:
        return "NaN"
    sign, size = (MINUS if value < 0 else ""), abs(value)
    if size == math.inf:
        return f"{sign}∞"
    if isinstance(value, int) or (size == int(size) and size < 1e15):
        return f"{sign}{int(size)}"
    mantissa, _, power = f"{size:.{DIGITS}g}".partition("e")
    return f"{sign}{mantissa}e{int(power)}" if power else f"{sign}{mantissa}"


def _plain(value: Any) -> Any:
    """A list or mapping as JSON can say it: numbers that it has not become text."""
    if isinstance(value, float) and not math.isfinite(value):
        return _number(value)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return {key: _plain(item) for key, item in value.items()} if isinstance(value, Mapping) else value
