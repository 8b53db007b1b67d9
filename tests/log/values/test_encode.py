"""Every value that can be logged, and a clear word about every other."""

from __future__ import annotations

import collections
import dataclasses
import datetime
import decimal
import enum
import fractions
import io
import math
import uuid
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

import numpy as np
import PIL.Image
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen import Histogram, Image
from reportgen.errors import InputTypeError, InputValueError, ReportgenError
from reportgen.log.values.encode import BINS, MAX_DEPTH, counted, row, value
from reportgen.rundir.jsonl import encode


class Store:
    """Stores media at once, and keeps the files in memory."""

    def __init__(self) -> None:
        self.files: list[bytes] = []

    def take(self, media: Any) -> Any:
        return media.encode(self).to_json()

    def large(self, array: Any) -> Any:
        return counted(array)

    def put(self, data: bytes, suffix: str) -> str:
        self.files.append(data)
        return f"media/{len(self.files):02x}/{len(self.files):064x}{suffix}"

    def put_file(self, source: Path, suffix: str) -> str:
        return self.put(source.read_bytes(), suffix)


def encoded(data: dict[Any, Any]) -> dict[str, Any]:
    values, faults = row(data, Store())
    assert faults == []
    encode(values)  # a line takes all of it
    return values


class Number(enum.IntEnum):
    ONE = 1


class Word(enum.Enum):
    A = "a"
    NESTED = Number.ONE


class Pair(NamedTuple):
    x: int
    y: int


@dataclasses.dataclass
class Metrics:
    acc: float
    inner: dict[str, int]


class MyFloat(float):
    pass


class MyText(str):
    __slots__ = ()


class Measured:
    """Knows how to become an array, and nothing else of arrays."""

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray[Any, Any]:
        return np.array([1, 2], dtype)

    def __repr__(self) -> str:
        return "Measured()"


PLAIN = [
    (Measured(), [1, 2]),
    (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
    (1, 1),
    (True, True),
    (0.5, 0.5),
    ("text", "text"),
    (None, None),
    (10**30, 10**30),
    (MyFloat(0.5), 0.5),
    (MyText("t"), "t"),
    (Number.ONE, 1),
    (Word.A, "a"),
    (Word.NESTED, 1),
    (np.float64(0.5), 0.5),
    (np.float32(0.5), 0.5),
    (np.float16(0.5), 0.5),
    (np.longdouble(0.5), 0.5),
    (np.int64(3), 3),
    (np.uint8(3), 3),
    (np.bool_(True), True),
    (np.str_("s"), "s"),
    (np.complex64(1 + 2j), "(1+2j)"),
    (np.array(0.5), 0.5),
    (np.array([[0.5]]), 0.5),
    (np.array(0.5, ">f4"), 0.5),
    (np.arange(4).reshape(2, 2), [[0, 1], [2, 3]]),
    (np.zeros(0), []),
    (np.arange(32), list(range(32))),
    (np.array(["a", "b"]), ["a", "b"]),
    (np.array([True, False]), [True, False]),
    (np.datetime64("2026-01-02T03:04"), "2026-01-02T03:04"),
    (np.datetime64("NaT"), None),
    (np.array(["2026-01-02", "NaT"], "M8[D]"), ["2026-01-02", None]),
    (
        np.array(["2026-01-02", "2026-01-03"], "M8[ns]"),
        ["2026-01-02T00:00:00.000000000", "2026-01-03T00:00:00.000000000"],
    ),
    ([1, 2.5, "x", None], [1, 2.5, "x", None]),
    ((1, (2, 3)), [1, [2, 3]]),
    (Pair(1, 2), [1, 2]),
    ({3, 1, 2}, [1, 2, 3]),
    (frozenset({"b", 1}), ["b", 1]),
    (range(3), [0, 1, 2]),
    (collections.deque([1, 2]), [1, 2]),
    ({"a": 1}.keys(), ["a"]),
    ([np.float32(1), np.arange(2)], [1.0, [0, 1]]),
    ([{"a": 1, 2: (3,)}], [{"a": 1, "2": [3]}]),
    ([{"_type": "image"}], [{"_type": "image"}]),
    (datetime.date(2026, 1, 2), "2026-01-02"),
    (datetime.datetime(2026, 1, 2, 3, 4), "2026-01-02 03:04:00"),
    (datetime.timedelta(seconds=5), "0:00:05"),
    (decimal.Decimal("1.10"), 1.1),
    (decimal.Decimal("Infinity"), float("inf")),
    (fractions.Fraction(1, 4), 0.25),
    (PurePosixPath("a/b"), "a/b"),
    (b"bytes\xff", "bytes\ufffd"),
    pytest.param(memoryview(b"bytes"), "bytes", id="memoryview"),
    (collections.UserList([1, [2]]), [1, [2]]),
    (1 + 2j, "(1+2j)"),
    (math.sqrt, "math.sqrt"),
    (Metrics, f"{__name__}.Metrics"),
]


@pytest.mark.parametrize(
    ("item", "expected"), PLAIN, ids=lambda item: "" if isinstance(item, frozenset) else repr(item)[:40]
)
def test_values(item: object, expected: object) -> None:
    found = encoded({"k": item})["k"]
    assert found == expected
    assert type(found) in (bool, int, float, str, list, dict, type(None))
    if isinstance(expected, (bool, int, float, str)):
        assert type(found) is type(expected)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf"), np.float32("nan")])
def test_numbers_that_are_none(number: float) -> None:
    found = encoded({"k": number, "list": [number], "array": np.array([number, 1])})
    for item in (found["k"], found["list"][0], found["array"][0]):
        assert type(item) is float
        assert item == number or (math.isnan(item) and math.isnan(number))


def test_nested_mappings_are_flattened() -> None:
    data = {"val": {"acc": 1, "deep": {"x": [2]}, 3: 4, "empty": {}}, "m": Metrics(0.5, {"n": 1}), "a.b": 5, "e": {}}
    assert encoded(data) == {
        "val.acc": 1,
        "val.deep.x": [2],
        "val.3": 4,
        "val.empty": {},
        "m.acc": 0.5,
        "m.inner.n": 1,
        "a.b": 5,
        "e": {},
    }


@pytest.mark.parametrize(
    ("item", "word"),
    [
        (object(), "object"),
        ((n for n in range(3)), "generator"),
        (io.StringIO("x"), "_io.StringIO"),
        (pytest, "module"),
        (type("Chart", (), {"__module__": "altair.vegalite"})(), "figures of matplotlib, plotly and bokeh are stored"),
        (PIL.Image.new("L", (2, 2)), "cannot be logged as it is (key 'bad/key'). Wrap it: Image(value)"),
    ],
)
def test_other_types_are_refused(item: object, word: str) -> None:
    values, faults = row({"a": 1, "bad/key": item, "b": 2}, Store())
    assert values == {"a": 1, "b": 2}
    (fault,) = faults
    assert isinstance(fault, InputTypeError)
    assert fault.code == "RG108"
    assert word in str(fault)
    assert "(key 'bad/key')" in str(fault)


@pytest.mark.parametrize(
    "array", [np.arange(33), np.arange(64.0).reshape(8, 8), np.arange(33, dtype=object), np.arange(40) > 20]
)
def test_large_arrays_become_histograms(array: np.ndarray[Any, Any]) -> None:
    found = encoded({"one": array, "several": [array, array], "nested": {"x": array}})
    for record in (found["one"], *found["several"], found["nested.x"]):
        assert record["_type"] == "histogram"
        assert len(record["counts"]) == BINS == 32
        assert sum(record["counts"]) == array.size


def test_numbers_of_large_arrays_that_are_none_are_counted() -> None:
    found = encoded({"k": np.array([np.nan, np.inf, *range(40)])})["k"]
    assert (sum(found["counts"]), found["nan"], found["inf"]) == (40, 1, 1)


@pytest.mark.parametrize(
    "array",
    [
        np.array(["a"] * 33),
        np.zeros(33, complex),
        np.zeros(33, "M8[s]"),
        np.array([object()] * 33),
        np.array(["1"] * 33),
    ],
    ids=lambda array: str(array.dtype),
)
def test_large_arrays_of_other_things_are_refused(array: np.ndarray[Any, Any]) -> None:
    for data in ({"k": array}, {"k": [array]}):
        (fault,) = row(data, Store())[1]
        assert isinstance(fault, InputTypeError)
        assert fault.code in ("RG109", "RG220")
        assert "key 'k'" in str(fault)


def test_long_lists_are_stored() -> None:
    assert encoded({"k": list(range(1000))})["k"] == list(range(1000))


def test_pictures() -> None:
    picture, other = Image(np.zeros((2, 3)), caption="one"), Image(np.ones((3, 2, 3)))
    store = Store()
    values, faults = row({"one": picture, "list": [picture, other], "tuple": (picture,), "val": {"x": picture}}, store)
    assert faults == []
    assert values["one"]["_type"] == "image"
    assert values["one"]["caption"] == "one"
    assert [record["width"] for record in values["list"]] == [3, 2]
    assert len(values["tuple"]) == 1
    assert values["val.x"]["height"] == 2
    assert len(store.files) == 5


def test_a_list_may_mix_kinds_of_media() -> None:
    values, faults = row({"k": [Image(np.zeros((2, 3))), Histogram([1])]}, Store())
    assert faults == []
    assert [record["_type"] for record in values["k"]] == ["image", "histogram"]


@pytest.mark.parametrize("other", [None, 1, "x", np.zeros((2, 3))])
def test_lists_do_not_mix_pictures_with_others(other: object) -> None:
    values, (fault,) = row({"k": [Image(np.zeros((2, 3))), other]}, Store())
    assert values == {}
    assert isinstance(fault, InputTypeError)
    assert str(fault).startswith(f"RG117: a list mixes Image with {type(other).__name__} (key 'k')")


def test_depth() -> None:
    cycle: list[Any] = []
    cycle.append(cycle)
    loop: dict[str, Any] = {}
    loop["x"] = loop
    deep: Any = 1
    for _ in range(10_000):
        deep = [deep]
    values, faults = row({"cycle": cycle, "loop": loop, "deep": deep, "fine": 1}, Store())
    assert values == {"fine": 1}
    assert [type(fault) for fault in faults] == [InputValueError] * 3
    assert all("RG110" in str(fault) for fault in faults)


def test_what_cannot_be_stored_is_told_apart_from_what_cannot_be_logged() -> None:
    class Full(Store):
        def take(self, media: Any) -> Any:
            raise OSError(28, "No space left on device")

    values, faults = row({"a": 1, "picture": Image(np.zeros((2, 3)))}, Full())
    assert values == {"a": 1}
    assert [type(fault) for fault in faults] == [OSError]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text() | st.integers(), inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(st.text(min_size=1), JSON, max_size=5))
def test_any_plain_data_makes_a_line(data: dict[str, Any]) -> None:
    values, faults = row(data, Store())
    assert faults == []
    assert encode(values).endswith(b"\n")


def test_a_value_alone() -> None:
    assert value([np.float32(1)], "k", Store()) == [1.0]
    with pytest.raises(InputValueError, match="RG110"):
        value([[1]], "k", Store(), depth=1)
    assert MAX_DEPTH < 100
    assert issubclass(InputValueError, ReportgenError)
