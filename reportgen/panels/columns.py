"""The columns of a table as a page carries them: numbers, or numbers of words; and what their heads tell of all rows.

A column of words, be they texts, truths or media, is the list of its distinct words in their order, and for each row
the place of its word in that list. So a browser sorts, groups and filters by numbers and never compares two texts.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from reportgen.panels.cells import NUMERIC, Json, TableCell, Word, decimals_of, number_text
from reportgen.panels.numerals import NONE, number, plural

EXACT = 2**53
"""Larger whole numbers are words, in their order: a browser's numbers would change their last digits."""

BINS = 20
"""Bars in the head of a column of numbers."""

COMMON = 12
"""Words that the head of a column counts."""

TELLING = 3
"""It shows them where they are at least one in so many of the values."""

NARROW, WIDE = 6, 40
"""Fewest and most characters that a column is wide before a reader changes it."""

CHARACTER, SMALL, ROOM = 7.2, 6.2, 26
"""Pixels of a character, of one beside a picture, and around the content of a cell."""

HEAD, BARS_WIDE = 112, 80
"""Pixels of a head with bars, at least, and of the bars in a cell."""

NOTED = 180
"""Most pixels that a column is wide for the note under its bars alone."""

ISO = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?")
"""A date or time as tables store them."""

PICTURE = 48
"""Height of a picture in a cell, in pixels."""


@dataclass(frozen=True, slots=True)
class Head:
    """What stands over a column.

    Attributes:
        bars: Heights of its bars, 0 to 1: how often numbers lie in each of the bins from `low` to `high`, or how often
            each of the commonest words occurs.
        note: What they are, in words: "0.1 to 0.99", "3 values; 2 missing".
        data: The same for scripts.
    """

    bars: Sequence[float]
    note: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Attributes:
        name: Its name.
        type: As `TableColumn.type`.
        numbers: (n,) values of a column of numbers, seconds of durations and of times since 1970; None of others.
        missing: (n,) whether there is no value.
        codes: (n,) places in `words`, -1 for no value; None where the numbers are all there is.
        words: The distinct words, in their order.
        decimals: How many decimals all its numbers have; None where each is written by itself.
        head: What stands over it.
        width: Pixels.
    """

    name: str
    type: str
    numbers: npt.NDArray[Any] | None
    missing: npt.NDArray[np.bool_]
    codes: npt.NDArray[np.int32] | None
    words: Sequence[Word]
    decimals: int | None
    head: Head
    width: int

    @property
    def numeric(self) -> bool:
        """Whether its cells stand flush at the end."""
        return self.type in NUMERIC

    def cell(self, row: int) -> TableCell:
        """The cell of a row, as a page shows it."""
        if self.missing[row]:
            return TableCell(NONE)
        if self.codes is not None:
            return _cell(self.words[self.codes[row]])
        text = number_text(self.numbers[row].item(), self.decimals) if self.numbers is not None else NONE
        return TableCell(f"{text}\u202fs" if self.type == "duration" else text)


def column(name: str, kind: str, values: Sequence[Any], others: Sequence[Any] = ()) -> Column:
    """One column of a table.

    Args:
        name: Its name.
        kind: Its type, as `TableColumn.type`. A mixed one whose values are all numbers, truths, dates or texts has
            that type.
        values: One per row that the page carries, as `read_table` gives them; media as `Cells.word` gives them.
        others: Those of further rows, which the head counts too.
    """
    every = [*values, *others] if len(others) else values
    kind = _single(every) if kind == "mixed" else kind
    missing = np.fromiter((value is None for value in every), np.bool_, len(every))
    numbers = None
    if kind in NUMERIC:
        numbers = _numbers(every, missing)
    elif kind == "time":
        numbers = _times(every, missing)
    codes: npt.NDArray[np.int32] | None = None
    words: Sequence[Word] = ()
    if numbers is None or kind == "time" or (numbers.dtype.kind == "f" and _beyond(every)):
        codes, words = _coded(every, kind, numbers)
    decimals = 0 if numbers is None or numbers.dtype.kind == "i" else decimals_of(numbers[~missing])
    head = Head((), "", {})
    if numbers is not None:
        head = _number_head(numbers, missing, kind)
    elif codes is not None:
        head = _word_head(codes, words, missing)
    made = Column(name, kind, numbers, missing, codes, words, decimals, head, 0)
    made = replace(made, width=_width(made))
    return made if not len(others) else _cut(made, len(values))


def _single(values: Sequence[Any]) -> str:
    """The type that all values have, or "mixed"."""
    kinds = set(map(type, values)) - {type(None)}
    if kinds and kinds <= {int, float}:
        return "number"
    if kinds == {bool}:
        return "bool"
    if kinds != {str}:
        return "mixed"
    dates = all(value is None or ISO.fullmatch(value) for value in values)
    return "time" if dates and _times(values, np.array([value is None for value in values])) is not None else "text"


def _cut(made: Column, rows: int) -> Column:
    numbers = None if made.numbers is None else made.numbers[:rows]
    codes, words = made.codes, made.words
    if codes is not None:  # words that only other rows have are not carried
        used, places = np.unique(codes[:rows], return_inverse=True)
        shift = 1 if len(used) and used[0] < 0 else 0
        words = [words[place] for place in used[shift:].tolist()]
        codes = (places - shift).astype(np.int32)
    head = replace(made.head, data=_recoded(made, words))
    return replace(made, numbers=numbers, missing=made.missing[:rows], codes=codes, words=words, head=head)


def _recoded(made: Column, words: Sequence[Word]) -> Mapping[str, Any]:
    """The head's data, its common words by their places among fewer words; those that are not carried have none."""
    top = made.head.data.get("top")
    if top is None:
        return made.head.data
    places = {_identity(word): place for place, word in enumerate(words)}
    return dict(made.head.data) | {"top": [[places.get(_identity(made.words[code]), -1), count] for code, count in top]}


# ---- numbers


def _numbers(values: Sequence[Any], missing: npt.NDArray[np.bool_]) -> npt.NDArray[Any]:
    """Whole numbers where all are, 0 for a missing one; else floats."""
    try:
        found = np.array(values, dtype=np.float64) if len(values) else np.zeros(0)
    except OverflowError:
        found = np.array([_nearest(value) for value in values], dtype=np.float64)
    found[missing] = 0
    whole = bool((np.abs(found) < EXACT).all()) and bool((found == np.floor(found)).all())
    return found.astype(np.int64) if whole and not any(isinstance(value, float) for value in values) else found


def _nearest(value: Any) -> float:
    try:
        return math.nan if value is None else float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _beyond(values: Sequence[Any]) -> bool:
    return any(isinstance(value, int) and abs(value) > EXACT for value in values)


def _times(values: Sequence[Any], missing: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64] | None:
    """Seconds since 1970, times without a zone as those of UTC; None unless all can be read."""
    found = np.zeros(len(values))
    for row, value in enumerate(values):
        if missing[row]:
            continue
        try:
            moment = datetime.fromisoformat(value)
            found[row] = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
        except (TypeError, ValueError, OverflowError):
            return None
    return found


# ---- words


def _identity(word: Word) -> Any:
    """What tells a word from others: 1 and true, and a text and a list that reads the same, are two."""
    return (type(word), repr(word)) if isinstance(word, float) else (type(word), word)


def _coded(
    values: Sequence[Any], kind: str, numbers: npt.NDArray[Any] | None
) -> tuple[npt.NDArray[np.int32], Sequence[Word]]:
    """For each value the place of its word, and the words in their order."""
    count = len(values)
    if kind == "text" and all(type(value) is str or value is None for value in values):
        texts = sorted({value for value in values if value is not None}, key=natural)
        places: dict[Any, int] = {text: place for place, text in enumerate(texts)}
        places[None] = -1
        return np.fromiter((places[value] for value in values), np.int32, count), texts
    if numbers is not None:  # times, and whole numbers beyond those of a browser
        exact: dict[Any, Any] = {value: row for row, value in enumerate(values) if value is not None}
        time = kind == "time"
        order = sorted(exact, key=lambda value: (numbers[exact[value]] if time else value, str(value)))
        words: list[Word] = [value.replace("T", " ", 1) if time else number_text(value) for value in order]
        places = {value: place for place, value in enumerate(order)} | {None: -1}
        return np.fromiter((places[value] for value in values), np.int32, count), words
    known: dict[Any, Word] = {_identity(value): value for value in values if value is not None}
    found = sorted(known.values(), key=_order)
    places = {_identity(word): place for place, word in enumerate(found)}
    codes = (-1 if value is None else places[_identity(value)] for value in values)
    return np.fromiter(codes, np.int32, count), found


def natural(text: str) -> tuple[str, str]:
    """A text as it is ordered: without regard to case and accents, digits by the number that they make.

    `scripts/grid/compare.js` puts the texts of several tables in the same order.

    Args:
        text: Any text.
    """
    folded = text.lower() if text.isascii() else _folded(text)
    return (re.sub(r"\d+", _counted, folded) if any(map(str.isdecimal, folded)) else folded), text


def _folded(text: str) -> str:
    """A text without accents and the like, in small letters."""
    parts = unicodedata.normalize("NFKD", text)
    return "".join(char for char in parts if not unicodedata.category(char).startswith("M")).lower()


def _counted(digits: re.Match[str]) -> str:
    found = digits[0].lstrip("0")
    return f"{len(found):03}{found}"


def _order(word: Word) -> tuple[int, float, tuple[str, str]]:
    """Numbers come first, not-a-number at their end, then truths, then texts and all else."""
    if isinstance(word, bool):
        return (2, word, ("", ""))
    if isinstance(word, int | float):
        nearest = _nearest(word)
        return (0, nearest, ("", str(word))) if nearest == nearest else (1, 0, ("", ""))
    return (3, 0, natural(_cell(word).text))


def _cell(word: Word) -> TableCell:
    if isinstance(word, TableCell):
        return word
    if isinstance(word, bool):
        return TableCell("true" if word else "false")
    return TableCell(str(word) if isinstance(word, str) else number_text(word) if word is not None else NONE)


def plain(word: Word, place: Callable[[Any], int]) -> Any:
    """A word as JSON: texts, truths and numbers as they are, others as what they hold.

    A number that a browser's JSON does not have, or not with all digits, is `{"number": its digits, "text": …}`.

    Args:
        word: The word.
        place: Gives the number by which a script knows a file, or the picture of a `Thumb`.
    """
    if isinstance(word, Json):
        return {"json": str(word)}
    if isinstance(word, float) and not math.isfinite(word):
        digits = "NaN" if word != word else "Infinity" if word > 0 else "-Infinity"
        return {"number": digits, "text": number_text(word)}
    if isinstance(word, int) and not isinstance(word, bool) and abs(word) > EXACT:
        return {"number": str(word), "text": number_text(word)}
    if not isinstance(word, TableCell):
        return word
    made: dict[str, Any] = {"text": word.text}
    if word.thumbs:
        made["thumbs"] = [
            [place(thumb), thumb.width, thumb.height] + ([thumb.overlay] if thumb.overlay >= 0 else [])
            for thumb in word.thumbs
        ]
    if word.file is not None:
        made["file"] = place(word.file)
    return made | ({"bars": list(word.bars)} if word.bars else {})


# ---- heads


def _number_head(numbers: npt.NDArray[Any], missing: npt.NDArray[np.bool_], kind: str) -> Head:
    given = numbers[~missing]
    finite = given[np.isfinite(given)]
    nan = int(np.isnan(given).sum()) if given.dtype.kind == "f" else 0
    data: dict[str, Any] = {"missing": int(missing.sum()), "nan": nan, "inf": len(given) - len(finite) - nan}
    bars: Sequence[float] = ()
    notes = []
    if len(finite):
        low, high = finite.min().item(), finite.max().item()
        counts = _binned(finite, low, high)
        data |= {"low": low, "high": high, "bins": counts}
        bars = [count / max(counts) for count in counts]
        notes.append(_between(low, high, kind))
    notes += [f"{data['nan']:,} NaN"] if data["nan"] else []
    notes += [f"{data['inf']:,} infinite"] if data["inf"] else []
    notes += [f"{data['missing']:,} missing"] if data["missing"] else []
    return Head(bars, "; ".join(notes), data)


def _binned(finite: npt.NDArray[Any], low: float, high: float) -> list[int]:
    """How many numbers lie in each bin; few whole numbers have a bin each."""
    span = high - low
    if not span or not math.isfinite(span):
        return [len(finite)]
    whole = isinstance(low, int) and span < BINS
    bins = int(span) + 1 if whole else BINS
    places = (finite - low).astype(np.int64) if whole else np.minimum((finite - low) / span * BINS, BINS - 1)
    return [int(count) for count in np.bincount(places.astype(np.int64), minlength=bins)]


def _between(low: float, high: float, kind: str) -> str:
    if kind == "time":
        (day, clock), (last_day, last_clock) = _moment(low).split(), _moment(high).split()
        if day != last_day:
            return f"{day} to {last_day}"
        return f"{day} {clock}" + (f" to {last_clock}" if clock != last_clock else "")
    unit = "\u202fs" if kind == "duration" else ""
    first, last = _ranged(low), _ranged(high)
    return f"{first}{unit}" if low == high else f"{first} to {last}{unit}"


def _ranged(value: float) -> str:
    """Whole numbers as cells have them, since years have no commas; three digits of others, in a narrow column."""
    if isinstance(value, int):
        return number_text(value) if abs(value) < 10_000 else number(value)
    return number(float(f"{value:.3g}") if abs(value) < 1000 else value)


def _moment(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M}"


def _word_head(codes: npt.NDArray[np.int32], words: Sequence[Word], missing: npt.NDArray[np.bool_]) -> Head:
    counts = np.bincount(codes[codes >= 0], minlength=len(words))
    media = any(isinstance(word, TableCell) and (word.thumbs or word.bars or word.file) for word in words)
    top: list[list[int]] = []
    order = np.argsort(-counts, kind="stable")[:COMMON]
    if len(words) and not media and counts[order[0]] > 1 and counts[order].sum() * TELLING >= counts.sum():
        top = [[int(place), int(counts[place])] for place in order]
    data = {"missing": int(missing.sum()), "distinct": len(words), "top": top}
    notes = [] if not len(words) or media else [plural(len(words), "value")]
    notes += [f"{data['missing']:,} missing"] if data["missing"] else []
    return Head([count / top[0][1] for _, count in top], "; ".join(notes), data)


# ---- widths


def _width(made: Column) -> int:
    """Pixels that the first cells need."""
    rows = range(min(100, len(made.missing)))
    cells = [made.cell(row) for row in rows]
    characters = max((_characters(cell.text) for cell in cells), default=0)
    longest = min(WIDE, max(NARROW, characters, 0 if made.numeric else min(16, _characters(made.name) + 2)))
    pictures = max((sum(_beside(thumb.width, thumb.height) for thumb in cell.thumbs) for cell in cells), default=0)
    drawn = max(min(pictures, 240), BARS_WIDE if any(cell.bars for cell in cells) else 0)
    beside = drawn + 8 + min(characters, 18) * SMALL if characters else drawn
    bars = HEAD if made.head.bars else 0
    named = min(196, _characters(made.name) * CHARACTER + 76)
    noted = min(NOTED, len(made.head.note) * SMALL + ROOM)
    return round(max(beside + ROOM if drawn else longest * CHARACTER + ROOM, bars, named, noted))


def _beside(width: int, height: int) -> float:
    return PICTURE * min(3.0, max(0.5, width / height)) + 8


def _characters(text: str) -> int:
    """How wide a text is, in Latin characters."""
    line = text[: WIDE * 2].partition("\n")[0]
    if line.isascii():
        return len(line)
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in line)
