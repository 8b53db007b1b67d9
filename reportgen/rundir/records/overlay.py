"""What lies over a picture: masks with a class number per pixel, and boxes, each layer under a name."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

from reportgen.errors import InputTypeError, InputValueError
from reportgen.rundir.jsonl import Json
from reportgen.rundir.records.record import MEDIA_FILE, Record, stated

CLASSES: Final = 256
"""Class numbers that a mask can hold, from 0."""

_WHOLE: Final = re.compile(r"0|-?[1-9][0-9]{0,18}")
_NUMBERS: Final = frozenset({int, float})


@dataclass(frozen=True, slots=True)
class MaskLayer(Record):
    """A mask: the class of each pixel."""

    name: str = stated("The name of the layer, unique among the masks of the picture.")
    file: str = stated(
        "A grey PNG file of 8 bits: the class number of each pixel, 0 to 255. It is as wide and high as the picture is "
        "displayed.",
        pattern=MEDIA_FILE,
    )
    classes: tuple[int, ...] | None = stated(
        "The class numbers that occur in it, rising.", low=0, high=CLASSES - 1, default=None
    )
    labels: Mapping[str, str] | None = stated(
        "Names of classes by their number in decimal. A class without one is called `class_` and its number.",
        default=None,
    )
    labels_file: str | None = stated(
        "In place of `labels`: the JSON file that holds this mapping. Many pictures share it.",
        pattern=MEDIA_FILE,
        default=None,
    )

    def __post_init__(self) -> None:
        Record.__post_init__(self)
        check_labels(self.labels, self.labels_file, "MaskLayer")


@dataclass(frozen=True, slots=True)
class BoxColumns(Record):
    """Boxes, column by column: all lists have one entry per box."""

    box: tuple[tuple[float, ...], ...] = stated(
        "Left, top, right and bottom edge, in pixels from the left and upper edge of the picture as displayed, to a "
        "thousandth. Boxes may reach beyond the picture."
    )
    class_id: tuple[int | None, ...] | None = stated("Class numbers, null for a box without a class.", default=None)
    caption: tuple[str | None, ...] | None = stated("What stands at each box, null for nothing.", default=None)
    scores: Mapping[str, tuple[float | None, ...]] | None = stated(
        "By name of a score, the list of its values, null where a box has no such score.", default=None
    )

    def __post_init__(self) -> None:
        # A page may show a million boxes: the types of a whole column are compared at once, not one by one.
        count = len(self.box)
        if set(map(len, self.box)) - {4} or set().union(*(map(type, edges) for edges in self.box)) - _NUMBERS:
            raise InputTypeError("RG331", "a box is not a list of four numbers", where="BoxColumns.box")
        for left, top, right, bottom in self.box:
            if not (left <= right and top <= bottom and math.isfinite(left + top + right + bottom)):
                shown = [left, top, right, bottom]
                raise InputValueError("RG332", f"{shown} is no box: edges fall or are no numbers", where="BoxColumns")
        _check_column(self.class_id, {int}, count, "class_id")
        _check_column(self.caption, {str}, count, "caption")
        for values in (self.scores or {}).values():
            _check_column(values, _NUMBERS, count, "scores")

    @classmethod
    def _read(cls, value: object) -> Self:
        if not isinstance(value, Mapping):
            raise InputTypeError("RG331", "expected a mapping of columns", where="BoxColumns")
        scores = value.get("scores")
        if scores is not None and not isinstance(scores, Mapping):
            raise InputTypeError("RG331", "expected a mapping of lists", where="BoxColumns.scores")
        return cls(
            box=tuple(_listed(edges, "box") for edges in _listed(value.get("box"), "box")),
            class_id=_column(value, "class_id"),
            caption=_column(value, "caption"),
            scores=None if scores is None else {str(name): _listed(scores[name], "scores") for name in scores},
        )


@dataclass(frozen=True, slots=True)
class BoxLayer(Record):
    """A layer of boxes."""

    name: str = stated("The name of the layer, unique among the layers of boxes of the picture.")
    count: int = stated("How many boxes it has.", low=0)
    values: BoxColumns | None = stated("The boxes.", default=None)
    file: str | None = stated(
        "In place of `values`, where there are many: the file that holds them as one line of JSON, packed with gzip.",
        pattern=MEDIA_FILE,
        default=None,
    )
    labels: Mapping[str, str] | None = stated("Names of classes, as for a mask.", default=None)
    labels_file: str | None = stated("In place of `labels`, as for a mask.", pattern=MEDIA_FILE, default=None)

    def __post_init__(self) -> None:
        Record.__post_init__(self)
        check_labels(self.labels, self.labels_file, "BoxLayer")
        if (self.file is None) == (self.values is None):
            raise InputValueError("RG332", "it has neither 'file' nor 'values', or both", where="BoxLayer")
        if self.values is not None and len(self.values.box) != self.count:
            raise InputValueError(
                "RG332", f"it has {len(self.values.box):,} boxes, not {self.count:,}", where="BoxLayer"
            )


def check_labels(labels: Json, file: str | None, where: str) -> None:
    """Raise unless names of classes make sense.

    Args:
        labels: The names by class number in decimal, or None.
        file: The file that holds them instead, or None.
        where: For messages.

    Raises:
        InputTypeError: (RG331) A name that is no text.
        InputValueError: (RG332) A key that is no whole number, or both `labels` and a file.
    """
    if labels is not None and file is not None:
        raise InputValueError("RG332", "it has both 'labels' and 'labels_file'", where=where)
    for key, name in (labels or {}).items():
        if not _WHOLE.fullmatch(key):
            raise InputValueError("RG332", f"the class {key[:40]!r} is no whole number", where=f"{where}.labels")
        if not isinstance(name, str):
            raise InputTypeError("RG331", f"the name of class {key} is no string", where=f"{where}.labels")


def _check_column(values: Sequence[Any] | None, types: frozenset[type] | set[type], count: int, name: str) -> None:
    if values is None:
        return
    if len(values) != count:
        raise InputValueError("RG332", f"{len(values):,} entries for {count:,} boxes", where=f"BoxColumns.{name}")
    if set(map(type, values)) - types - {type(None)}:
        raise InputTypeError("RG331", f"an entry of {name} has a wrong type", where=f"BoxColumns.{name}")


def _column(value: Mapping[str, Any], name: str) -> tuple[Any, ...] | None:
    return None if value.get(name) is None else _listed(value[name], name)


def _listed(value: object, name: str) -> tuple[Any, ...]:
    if not isinstance(value, (list, tuple)):
        raise InputTypeError("RG331", "expected a list", where=f"BoxColumns.{name}")
    return tuple(value)
