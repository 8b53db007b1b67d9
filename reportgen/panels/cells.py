"""The cells of a table as a page shows them: text, pictures, links to files."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from reportgen.errors import Problem, ReportgenError
from reportgen.panels.image import MIMES, said_of
from reportgen.panels.numerals import MINUS, plural
from reportgen.panels.view import Preview, Shown
from reportgen.rundir.reader import media_path

NUMERIC = frozenset({"number", "duration"})
"""Types whose cells stand flush at the end."""

PACKED = "application/gzip"

DIGITS = 6
"""Digits of a number that is not whole."""

WHOLE = 1e15
"""From here on a number with a fraction is not told from its neighbours by the digits before its point."""

BARS = 48
"""Most bars of a histogram in a cell."""

OverlayOf: TypeAlias = Callable[[str, Mapping[str, Any]], int]
"""The number of what lies over a picture of a column, or -1."""

Word: TypeAlias = "str | int | float | TableCell | Json | None"
"""What a cell that is no number of a number column holds."""


class Json(str):
    """A list or a mapping, as JSON."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Thumb:
    """A picture in a cell.

    Attributes:
        file: The picture.
        width: Width in pixels as displayed.
        height: Height in pixels as displayed.
        overlay: Its number among the overlays of its column; -1 for a picture without.
        note: What a reader must know of the pixels: "values scaled from −1..1"; "" for nothing.
        mode: The colour mode of the file where it is grey, such as "L"; "" else.
    """

    file: Preview
    width: int
    height: int
    overlay: int = -1
    note: str = ""
    mode: str = ""


@dataclass(frozen=True, slots=True)
class TableCell:
    """One cell of a table.

    Attributes:
        text: What stands in it; the caption below pictures, the name of a link.
        thumbs: Pictures in it.
        file: What it links to; None for nothing.
        bars: Heights of the bins of a histogram, 0 to 1.
    """

    text: str = ""
    thumbs: Sequence[Thumb] = ()
    file: Shown | None = None
    bars: Sequence[float] = ()


class Cells:
    """Makes the media cells of one table, and notes what could not be shown, once per column.

    Args:
        folder: The run directory.
        where: Run, key and step, for messages.
        overlay: Gives the number of what lies over a picture: called with the column and the record; -1 for nothing.
    """

    def __init__(self, folder: Path, where: str, overlay: OverlayOf | None = None) -> None:
        self._folder, self._where, self._overlay = folder, where, overlay
        self._faults: dict[str, tuple[Problem, int]] = {}

    @property
    def problems(self) -> list[Problem]:
        """What could not be shown, and how often."""
        return [
            Problem(problem.code, problem.what, f"{problem.where}, {plural(count, 'cell')}", problem.remedy)
            for problem, count in self._faults.values()
        ]

    def word(self, name: str, value: Any) -> Word:
        """A value of a column that is neither number nor text: itself, `Json` for lists and mappings, a cell for media.

        Args:
            name: The column.
            value: As `read_table` gives it.
        """
        if value is None or isinstance(value, str | bool | int | float):
            return value
        records = list(_records(value))
        if not records:
            return Json(json.dumps(_plain(value), ensure_ascii=False))
        try:
            return self._media(name, records)
        except ReportgenError as fault:
            self._note(name, fault.problem)
            return TableCell(fault.problem.what)

    def _media(self, name: str, records: Sequence[Mapping[str, Any]]) -> TableCell:
        thumbs: list[Thumb] = []
        words: list[str] = []
        file = None
        bars: Sequence[float] = ()
        for record in records:
            thumb = self._thumb(name, record)
            if thumb:
                thumbs.append(thumb)
                words += [str(record[key]) for key in ("caption", "title") if isinstance(record.get(key), str)]
                continue
            words.append(_words(record))
            bars = bars or _bars(record)
            place = record.get("file", record.get("spec"))
            if isinstance(place, str) and file is None:
                file = Shown(media_path(self._folder, place), _mime(place), f"{record['_type']}.{_ending(place)}")
        return TableCell(", ".join(words), tuple(thumbs), file, bars)

    def _thumb(self, column: str, record: Mapping[str, Any]) -> Thumb | None:
        """The picture of an image or of a figure; None of other media."""
        kind = record["_type"]
        name = record.get("file" if kind == "image" else "picture")
        if kind not in ("image", "figure") or not isinstance(name, str):
            return None
        width, height = record.get("width"), record.get("height")
        if not isinstance(width, int) or not isinstance(height, int) or min(width, height) < 1:
            return None
        file = Preview(media_path(self._folder, name), MIMES.get(_ending(name), ""))
        overlay = self._overlay(column, record) if self._overlay and kind == "image" else -1
        said = said_of(*(record.get(name) for name in ("scaled_from", "mode", "frames")))
        return Thumb(file, width, height, overlay, *said)

    def _note(self, column: str, problem: Problem) -> None:
        known = self._faults.get(column)
        where = f"{self._where}, column {column!r}"
        first = Problem(problem.code, problem.what, where, problem.remedy)
        self._faults[column] = (known[0], known[1] + 1) if known else (first, 1)


def decimals_of(values: npt.NDArray[np.float64]) -> int | None:
    """How many decimals all numbers of a column have, where that hides no small one.

    Args:
        values: (n,) numbers of a column that has a fraction somewhere.

    Returns:
        None where each number is written by itself.
    """
    size = np.abs(values[np.isfinite(values)])
    broken = size[(size != np.floor(size)) | (size >= WHOLE)]
    finite = size[size > 0]
    if not len(broken):
        return None
    power = np.floor(np.log10(broken))
    if power.min() < -4 or power.max() >= DIGITS:
        return None
    places = (DIGITS - 1 - power).astype(np.int64)
    digits = np.rint(broken * 10.0**places).astype(np.int64)
    for _ in range(DIGITS):
        round_ = (digits % 10 == 0) & (places > 0)
        digits, places = np.where(round_, digits // 10, digits), places - round_
    needed = int(places.max())
    decimals = max(0, min(needed, DIGITS - 1 - math.floor(math.log10(finite.max()))))
    return None if decimals < needed and finite.min() < 10.0 ** (2 - decimals) else decimals


def number_text(value: float, decimals: int | None = None) -> str:
    """A number with `decimals`, or with up to six digits.

    Whole ones have all of theirs, without commas: many are names, such as years. Halves are rounded away from zero, as
    in `scripts/grid/data.js`, which follows the same rules.

    Args:
        value: Any number.
        decimals: As `decimals_of` gives them for its column.
    """
    if value != value:
        return "NaN"
    sign, size = (MINUS if value < 0 else ""), abs(value)
    if size == math.inf:
        return f"{sign}∞"
    if (isinstance(value, int) and not decimals) or (decimals is None and size == int(size) and size < WHOLE):
        return f"{sign}{int(size)}"
    above = math.nextafter(size, math.inf)
    if decimals is not None:
        return f"{sign}{above:.{decimals}f}"
    mantissa, _, power = f"{above:.{DIGITS}g}".partition("e")
    return f"{sign}{mantissa}e{int(power)}" if power else f"{sign}{mantissa}"


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


def _bars(record: Mapping[str, Any]) -> tuple[float, ...]:
    """The bins of a histogram as heights, at most `BARS` of them; neighbours stand together where there are more."""
    counts = record.get("counts")
    if record["_type"] != "histogram" or not isinstance(counts, list | tuple):
        return ()
    sizes = [float(count) for count in counts if isinstance(count, int | float) and math.isfinite(count)]
    stride = max(1, math.ceil(len(sizes) / BARS))
    joined = [sum(sizes[at : at + stride]) for at in range(0, len(sizes), stride)]
    highest = max(joined, default=0.0)
    return tuple(round(max(0.0, size) / highest, 3) for size in joined) if highest > 0 else ()


def _plain(value: Any) -> Any:
    """A list or mapping as JSON can say it: numbers that it has not become text."""
    if isinstance(value, float) and not math.isfinite(value):
        return number_text(value)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return {key: _plain(item) for key, item in value.items()} if isinstance(value, Mapping) else value
