from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest

from reportgen.errors import InputTypeError, InputValueError, RunDirError
from reportgen.rundir.jsonl import Tagged
from reportgen.rundir.records.record import Record, Rule, facts, range_text, stated, type_name


@dataclass(frozen=True, slots=True)
class Needle(Record):
    """A part: written without a kind."""

    at: float = stated("Where it points, in percent.", low=0, high=100)
    colour: str | None = stated("Its colour.", default=None)


@dataclass(frozen=True, slots=True)
class Gauge(Record):
    """A dial."""

    KIND: ClassVar[str] = "gauge"

    needles: tuple[Needle, ...] = stated("Its needles.")
    marks: tuple[int, ...] = stated("Its marks.", low=0)
    lit: bool = stated("Whether it is lit.")
    names: Mapping[str, str] | None = stated("What marks are called.", default=None)
    more: Any = stated("Anything else.", default=None)
    main: Needle | None = stated("The long one.", default=None)


@dataclass(frozen=True, slots=True)
class Rope(Record):
    """Optional lists, and values of any sort."""

    KIND: ClassVar[str] = "rope"

    lengths: tuple[float, ...] | None = stated("How long each piece is.", default=None)
    knots: tuple[Any, ...] | None = stated("What is tied in.", default=None)


GAUGE = Gauge((Needle(1.5), Needle(2, "red")), (0, 50), True, {"0": "low"}, more=[1], main=Needle(3))
WRITTEN = {
    "_type": "gauge",
    "needles": [{"at": 1.5}, {"at": 2, "colour": "red"}],
    "marks": [0, 50],
    "lit": True,
    "names": {"0": "low"},
    "more": [1],
    "main": {"at": 3},
}


def test_there_and_back() -> None:
    assert GAUGE.to_json() == WRITTEN
    assert isinstance(GAUGE.to_json(), Tagged)
    assert Gauge.from_json(WRITTEN) == GAUGE
    assert Gauge.from_json(Gauge((), (), lit=False).to_json()) == Gauge((), (), lit=False)


def test_unknown_fields_are_passed_over() -> None:
    assert Gauge.from_json({**WRITTEN, "of a later version": 1}) == GAUGE


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"needles": 3}, "needles"),
        ({"needles": [3]}, "mapping"),
        ({"needles": [{"at": "x"}]}, "Needle.at"),
        ({"needles": [{}]}, "'at' is missing"),
        ({"needles": [{"at": 101}]}, "0 to 100"),
        ({"needles": [{"at": float("nan")}]}, "0 to 100"),
        ({"marks": [1, -1]}, r"marks\[1\]"),
        ({"marks": [1, "x"]}, r"marks\[1\]"),
        ({"names": [1]}, "names"),
        ({"names": {1: "x"}}, "names"),
        ({"lit": 1}, "lit"),
        ({"main": 3}, "mapping"),
        ({"_type": "image"}, "_type"),
    ],
)
def test_what_is_wrong_is_named(change: dict, named: str) -> None:
    with pytest.raises(RunDirError, match=f"RG330.*gauge.*{named}"):
        Gauge.from_json({**WRITTEN, **change})


def test_items_of_an_optional_list_are_checked() -> None:
    assert Rope.from_json({"_type": "rope", "lengths": [1, 2.5, float("nan")]}).lengths[:2] == (1, 2.5)
    assert Rope.from_json({"_type": "rope", "lengths": None}) == Rope()
    for wrong in ("1", True, [1]):
        with pytest.raises(RunDirError, match=r"RG330.*lengths\[1\]"):
            Rope.from_json({"_type": "rope", "lengths": [1, wrong]})


def test_records_inside_of_a_value_stay_records() -> None:
    plain = Rope(knots=(Tagged({"_type": "image", "file": "x"}), {"_type": "mine"})).to_json()
    assert [type(knot) for knot in plain["knots"]] == [Tagged, dict]


def test_a_missing_field() -> None:
    with pytest.raises(RunDirError, match="'lit' is missing"):
        Gauge.from_json({key: value for key, value in WRITTEN.items() if key != "lit"})
    with pytest.raises(RunDirError, match="expected a mapping, not 'x'"):
        Gauge.from_json("x")


def test_making_one_checks_as_well() -> None:
    with pytest.raises(InputTypeError, match="RG331"):
        Gauge((), "12", lit=True)  # type: ignore[arg-type]
    with pytest.raises(InputValueError, match="RG332"):
        Needle(-1)


def test_names_of_types() -> None:
    named = {name: type_name(hint) for name, hint, _ in facts(Gauge)}
    assert named == {
        "needles": "list of mapping (Needle)",
        "marks": "list of integer",
        "lit": "true or false",
        "names": "mapping of string to string or null",
        "more": "any",
        "main": "mapping (Needle) or null",
    }


def test_ranges_in_words() -> None:
    words = [range_text(Rule("", low, high)) for low, high in ((1, 2), (0.5, None), (None, 9), (None, None))]
    assert words == ["1 to 2", "at least 0.5", "at most 9", ""]
