"""Cells: what every kind of value becomes in a table, and which values may share a column."""

from __future__ import annotations

import collections
import dataclasses
import datetime
import decimal
import enum
import fractions
import math
import pathlib
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Pillow

from reportgen.errors import InputTypeError, InputValueError
from reportgen.media import cells
from reportgen.media.cells import BOOL, DURATION, LIST, MIXED, NULL, NUMBER, TEXT, TIME, Type
from reportgen.media.image import Image
from tests.media import quacks


class Colour(enum.Enum):
    RED = "red"


class Level(enum.IntEnum):
    HIGH = 3


@dataclasses.dataclass
class Point:
    x: int
    y: float


DAY = datetime.date(2026, 11, 21)
MOMENT = datetime.datetime(2026, 11, 21, 9, 11, 0, 123456, datetime.UTC)


@pytest.mark.parametrize(
    ("value", "cell", "kind"),
    [
        (None, None, NULL),
        (3, 3, NUMBER),
        (2.5, 2.5, NUMBER),
        (2**80, 2**80, NUMBER),
        (True, True, BOOL),
        ("x", "x", TEXT),
        (np.float32(0.5), 0.5, NUMBER),
        (np.int64(3), 3, NUMBER),
        (np.bool_(True), True, BOOL),
        (np.str_("x"), "x", TEXT),
        (np.array(7), 7, NUMBER),
        (decimal.Decimal("1.5"), 1.5, NUMBER),
        (fractions.Fraction(1, 4), 0.25, NUMBER),
        (Colour.RED, "red", TEXT),
        (Level.HIGH, 3, NUMBER),
        (b"caf\xc3\xa9", "café", TEXT),
        (pathlib.PurePosixPath("a/b"), "a/b", TEXT),
        (1 + 2j, "(1+2j)", TEXT),
        (datetime.time(9, 11), "09:11:00", TEXT),
        (DAY, DAY, TIME),
        (MOMENT, MOMENT, TIME),
        (pd.Timestamp("2026-11-21"), pd.Timestamp("2026-11-21"), TIME),
        (np.datetime64("2026-11-21T09:11"), "2026-11-21T09:11", TIME),
        (np.datetime64("NaT"), None, NULL),
        (pd.NaT, None, NULL),
        (pd.NA, None, NULL),
        (datetime.timedelta(minutes=2), 120.0, DURATION),
        (np.timedelta64(1500, "ms"), 1.5, DURATION),
        ([1, 2.5], [1, 2.5], Type("list", NUMBER)),
        ((1, "a"), [1, "a"], Type("list", MIXED)),
        ([], [], Type("list", NULL)),
        ({3, 1}, [1, 3], Type("list", NUMBER)),
        (range(3), [0, 1, 2], Type("list", NUMBER)),
        (collections.deque([1]), [1], Type("list", NUMBER)),
        ([[1], [2]], [[1], [2]], Type("list", Type("list", NUMBER))),
        ({"a": 1, 2: None}, {"a": 1, "2": None}, Type("map", frozenset({"a", "2"}))),
        (Point(1, 0.5), {"x": 1, "y": 0.5}, Type("map", frozenset({"x", "y"}))),
        (np.array([[1, 2], [3, 4]]), [[1, 2], [3, 4]], Type("list", (2, 2))),
        (np.array(["2026-11-21", "NaT"], "datetime64[D]"), ["2026-11-21", None], Type("list", TIME)),
        (np.zeros((2, 3, 3)), np.zeros((2, 3, 3)).tolist(), Type("list", (2, 3, 3))),
    ],
    ids=lambda value: type(value).__name__,
)
def test_values_of_all_types(value: Any, cell: Any, kind: Type) -> None:
    assert cells.normal(value) == (cell, kind)


def test_not_a_number_stays_one() -> None:
    cell, kind = cells.normal(float("nan"))
    assert math.isnan(cell)
    assert kind == NUMBER


@pytest.mark.parametrize(
    ("picture", "size"),
    [
        (np.zeros((20, 30, 3), np.uint8), (30, 20)),
        (np.zeros((20, 30, 1)), (30, 20)),
        (quacks.tensor(np.zeros((3, 20, 30), np.float32)), (30, 20)),
        (Pillow.new("RGB", (30, 20)), (30, 20)),
    ],
    ids=["array", "grey", "tensor", "PIL"],
)
def test_raw_pictures_become_images(picture: Any, size: tuple[int, int]) -> None:
    cell, kind = cells.normal(picture)
    assert kind == Type("image")
    assert isinstance(cell, Image)
    assert (cell.width, cell.height) == size


def test_matrices_stay_numbers() -> None:
    """A guess would be wrong here: a confusion matrix is no picture."""
    assert cells.normal(np.eye(20))[1] == Type("list", (20, 20))


def test_media_stay_what_they_are() -> None:
    image = Image(np.zeros((4, 5), np.uint8))
    assert cells.normal(image) == (image, Type("image"))
    assert cells.normal([image, image])[1] == Type("list", Type("image"))


def test_nothing_is_shared_that_may_change() -> None:
    inner, array = [1], np.array([1, 2])
    given_list, given_map = [inner], {"a": inner}
    kept = [cells.normal(value)[0] for value in (given_list, given_map, array)]
    inner.append(2)
    array[0] = 9
    assert kept == [[[1]], {"a": [1]}, [1, 2]]


@pytest.mark.parametrize(
    "wrong", [object(), lambda: 1, iter([1]), [object()], {"a": object()}, pd.DataFrame({"a": [1]})]
)
def test_what_no_table_can_hold(wrong: object) -> None:
    with pytest.raises(InputTypeError, match="RG234"):
        cells.normal(wrong)


def test_what_holds_itself() -> None:
    ring: list[Any] = []
    ring.append(ring)
    with pytest.raises(InputValueError, match="RG237"):
        cells.normal(ring)


# ---- types


@pytest.mark.parametrize(
    ("first", "second", "both"),
    [
        (NULL, TEXT, TEXT),
        (TEXT, NULL, TEXT),
        (NUMBER, NUMBER, NUMBER),
        (NUMBER, BOOL, None),
        (NUMBER, TEXT, None),
        (MIXED, TEXT, MIXED),
        (Type("image"), TEXT, None),
        (Type("image"), NULL, Type("image")),
        (LIST, Type("list", NUMBER), LIST),
        (Type("list", NULL), Type("list", TEXT), Type("list", TEXT)),
        (Type("list", NUMBER), Type("list", TEXT), None),
        (Type("list", (2, 3)), Type("list", (3, 2)), None),
        (Type("list", (2,)), Type("list", NUMBER), None),
        (Type("map", frozenset("a")), Type("map", frozenset("b")), None),
        (Type("map"), Type("map", frozenset("b")), Type("map")),
    ],
)
def test_types_together(first: Type, second: Type, both: Type | None) -> None:
    assert cells.joined(first, second) == both


@pytest.mark.parametrize(
    ("given_type", "kind"),
    [
        (int, NUMBER),
        (float, NUMBER),
        (str, TEXT),
        (bool, BOOL),
        (list, LIST),
        (dict, Type("map")),
        (object, MIXED),
        (datetime.datetime, TIME),
        (np.float32, NUMBER),
        (np.dtype("int8"), NUMBER),
        (np.dtype("U5"), TEXT),
        (np.bool_, BOOL),
        (np.datetime64, TIME),
        (Image, Type("image")),
        (Image(np.zeros((2, 2), np.uint8)), Type("image")),
    ],
    ids=str,
)
def test_types_that_are_asked_for(given_type: Any, kind: Type) -> None:
    assert cells.declared(given_type) == kind


@pytest.mark.parametrize("wrong", ["number", 3, type, complex, [int]])
def test_types_that_nobody_knows(wrong: Any) -> None:
    with pytest.raises(InputTypeError, match="RG230"):
        cells.declared(wrong)


VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3)


@given(st.lists(VALUES, max_size=6) | st.lists(st.integers(-(2**31), 2**31 - 1)) | st.lists(st.floats()))
def test_looking_at_all_at_once_tells_what_looking_at_each_does(values: list[Any]) -> None:
    found = cells.alike(values)
    kinds = {cells.normal(value)[1] for value in values} - {NULL}
    assert found == (None if len(kinds) > 1 else next(iter(kinds), NULL))


@pytest.mark.parametrize(
    "values", [[1.0, True], [1, True], [True, 1], [1, 2**40], [1.0, 2], ["a", None], [1.0, object()]]
)
def test_numbers_are_not_mistaken(values: list[Any]) -> None:
    expected = {2**40: NUMBER, 2: NUMBER, None: TEXT}.get(values[1]) if type(values[1]) is not bool else None
    assert cells.alike(values) == expected


def test_types_in_words() -> None:
    words = [
        cells.named(kind)
        for kind in (
            NUMBER,
            TEXT,
            Type("image"),
            LIST,
            Type("list", NUMBER),
            Type("list", (2, 3)),
            Type("map", frozenset({"b", "a"})),
            NULL,
        )
    ]
    assert words == [
        "numbers",
        "text",
        "images",
        "lists",
        "lists of numbers",
        "arrays of shape (2, 3)",
        "mappings with the keys a, b",
        "nothing",
    ]


# ---- to the disk


class Shelf:
    """Takes files, and keeps none of the user's."""

    def __init__(self) -> None:
        self.files: list[bytes] = []

    def put(self, data: bytes, suffix: str) -> str:
        self.files.append(data)
        return f"media/ab/{len(self.files):064x}{suffix}"


def test_cells_as_they_are_written() -> None:
    shelf = Shelf()
    image = Image(np.zeros((4, 5), np.uint8))
    written = cells.plain([1, "a", None, DAY, MOMENT, {"deep": [image]}], shelf)
    assert written[:5] == [1, "a", None, "2026-11-21", "2026-11-21T09:11:00.123456+00:00"]
    assert written[5]["deep"][0]["_type"] == "image"
    assert len(shelf.files) == 1


def test_sizes_in_memory() -> None:
    image = Image(np.zeros((100, 100), np.uint8))
    assert cells.size(image) >= 10_000
    assert cells.size([image, "x" * 1000]) >= 11_000
    assert cells.size(1) < 1000
