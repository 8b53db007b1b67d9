"""What all records have in common: checked fields, one way to JSON and one way back.

A record is the shape of one value of a kind on disk: a frozen dataclass whose fields say what they mean, with
unit and range. The section of `FORMAT.md` and the JSON Schema of a kind are made from its fields
(`specification.py`), so they cannot drift apart from what is written.
"""

from __future__ import annotations

import math
import re
import types
from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from functools import cache
from typing import Any, ClassVar, Final, Self, Union, cast, get_args, get_origin, get_type_hints

from reportgen.errors import InputTypeError, InputValueError, ReportgenError, RunDirError
from reportgen.rundir.jsonl import Json, Tagged
from reportgen.rundir.layout import TYPE

MEDIA_FILE: Final = r"^media/[0-9a-f]{2}/[0-9a-f]{64}(\.[0-9a-z]+)*$"
"""The names of media files, as `layout.media_name` makes them."""


Hint = Any
"""The type of a field, as its annotation says it. Known: int, float, str, bool, Any, `X | None`,
`tuple[X, ...]`, `Mapping[str, X]`, and parts (records without a kind)."""

NAMES: Final[Mapping[Hint, str]] = {
    int: "integer",
    float: "number",
    str: "string",
    bool: "true or false",
    type(None): "null",
    Any: "any",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """What a field means and which values it takes.

    Attributes:
        help: Its meaning, with unit, as a sentence.
        low: Least number; None for no bound.
        high: Greatest number; None for no bound.
        pattern: Regular expression that a whole string matches; "" for any.
    """

    help: str
    low: float | None = None
    high: float | None = None
    pattern: str = ""


def stated(
    help: str,  # the same word as in the metadata of every other table of fields of this project
    *,
    low: float | None = None,
    high: float | None = None,
    pattern: str = "",
    default: object = MISSING,
) -> Json:
    """A field of a record. Only fields whose default is None may be absent on disk.

    Args:
        help: What it means, unit first: "Pixels, as displayed."
        low: Least number that it takes.
        high: Greatest number that it takes.
        pattern: Regular expression that the whole of it matches, with `^` and `$`.
        default: Its value when it is left out.
    """
    return field(default=default, metadata={"rule": Rule(help, low, high, pattern)})


class Record:
    """Base of all records and of their parts. Derived classes are frozen dataclasses with `stated` fields.

    Attributes:
        KIND: The word in `"_type"`; "" for a part of a record, which is written without it.
        BARE: The record has one field and is written as that value alone, without `"_type"`.
    """

    __slots__ = ()
    KIND: ClassVar[str] = ""
    BARE: ClassVar[bool] = False

    def __post_init__(self) -> None:
        for name, hint, rule in facts(type(self)):
            _check(getattr(self, name), hint, rule, f"{type(self).__name__}.{name}")

    def to_json(self) -> Json:
        """The record as it stands on disk: a tagged mapping, or the value alone of a bare kind."""
        given = ((name, getattr(self, name)) for name, _, _ in facts(type(self)))
        values = {name: _plain(value) for name, value in given if value is not None}
        if self.BARE:
            (value,) = values.values()
            return value
        return Tagged({TYPE: self.KIND, **values}) if self.KIND else values

    @classmethod
    def from_json(cls, value: object) -> Self:
        """The record that a parsed JSON value holds. Fields that this version does not know are ignored.

        Raises:
            RunDirError: (RG330) It is no such record; the message names the field.
        """
        try:
            return cls._read(value)
        except ReportgenError as fault:
            raise RunDirError(
                "RG330",
                f"a malformed {cls.KIND or cls.__name__} record: {fault.problem.what}",
                where=fault.problem.where,
                remedy="Log it again; the rest of the run is not affected",
            ) from fault

    @classmethod
    def _read(cls, value: object) -> Self:
        table = facts(cls)
        if cls.BARE:
            return cls(**{table[0][0]: value})
        if not isinstance(value, Mapping):
            raise InputTypeError("RG331", f"expected a mapping, not {_shown(value)}")
        if cls.KIND and value.get(TYPE) != cls.KIND:
            raise InputValueError("RG332", f'its "_type" is {_shown(value.get(TYPE))}, not {cls.KIND!r}')
        given = {name: _parsed(value[name], hint) for name, hint, _ in table if name in value}
        missing = [f.name for f in _fields(cls) if f.default is MISSING and f.name not in given]
        if missing:
            raise InputValueError("RG332", f"the field {missing[0]!r} is missing")
        return cls(**given)


def facts(cls: type[Record]) -> tuple[tuple[str, Hint, Rule], ...]:
    """Name, type and rule of each field of a record, in order."""
    known = _FACTS.get(cls)
    if known is None:
        hints = get_type_hints(cls)
        known = _FACTS[cls] = tuple((f.name, hints[f.name], f.metadata["rule"]) for f in _fields(cls))
    return known


_FACTS: Final[dict[type[Record], tuple[tuple[str, Hint, Rule], ...]]] = {}
"""Reading annotations is slow, and every record made asks for them."""


def _fields(cls: type[Record]) -> tuple[Field[Any], ...]:
    return fields(cls)  # type: ignore[arg-type]  # the base is no dataclass, all that derive from it are


@cache
def parts(hint: Hint) -> tuple[Hint, tuple[Hint, ...]]:
    """The outer part of a generic type, None for a plain one, and what stands in its brackets."""
    return get_origin(hint), get_args(hint)


def _plain(value: Json) -> Json:
    if isinstance(value, Record):
        return value.to_json()
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        plain = {key: _plain(item) for key, item in value.items()}
        return Tagged(plain) if isinstance(value, Tagged) else plain
    return value


def _parsed(value: Json, hint: Hint) -> Json:
    """A JSON value in the form that the field's type asks for: tuples for lists, parts for mappings."""
    if isinstance(hint, type) and issubclass(hint, Record):
        return hint._read(value)
    origin, arguments = parts(hint)
    if origin in (Union, types.UnionType):
        inner = [a for a in arguments if a is not type(None)]
        return None if value is None else _parsed(value, inner[0]) if len(inner) == 1 else value
    if origin is tuple and isinstance(value, (list, tuple)):
        return tuple(_parsed(item, arguments[0]) for item in value)
    if origin is Mapping and isinstance(value, Mapping):
        return {key: _parsed(item, arguments[1]) for key, item in value.items()}
    return value


def _check(value: object, hint: Hint, rule: Rule, where: str) -> None:
    """Raise unless a value has a field's type (RG331) and keeps its rule (RG332)."""
    origin, arguments = parts(hint)
    if origin in (Union, types.UnionType):
        fitting = next((option for option in arguments if _fits(value, option)), None)
        if fitting is None:
            raise InputTypeError("RG331", f"expected {type_name(hint)}, not {_shown(value)}", where=where)
        origin, arguments = parts(fitting)
    elif not _fits(value, hint):
        raise InputTypeError("RG331", f"expected {type_name(hint)}, not {_shown(value)}", where=where)
    if origin is tuple:
        items = cast("tuple[object, ...]", value)
        if not _surely_fit(items, arguments[0], rule):
            for index, item in enumerate(items):
                _check(item, arguments[0], rule, f"{where}[{index}]")
        return
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        low, high = rule.low, rule.high
        if (low is not None and not value >= low) or (high is not None and not value <= high):
            raise InputValueError("RG332", f"{value!r} is out of range: {range_text(rule)}", where=where)
    if rule.pattern and isinstance(value, str) and not re.fullmatch(rule.pattern, value):
        raise InputValueError("RG332", f"{_shown(value)} does not match {rule.pattern}", where=where)


_SURE: Final[Mapping[Hint, frozenset[type]]] = {
    int: frozenset({int}),
    float: frozenset({int, float}),
    str: frozenset({str}),
}


def _surely_fit(items: tuple[object, ...], hint: Hint, rule: Rule) -> bool:
    """Whether many items fit by their types alone: histograms have hundreds each, and pages thousands of them."""
    bare = rule.low is None and rule.high is None and not rule.pattern
    return hint is Any or (bare and hint in _SURE and set(map(type, items)) <= _SURE[hint])


def _fits(value: object, hint: Hint) -> bool:
    origin, _ = parts(hint)
    if hint is Any:
        return True
    if hint is None or hint is type(None):
        return value is None
    if hint is float:
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if hint is int:
        return isinstance(value, int) and not isinstance(value, bool)
    if origin is Mapping:
        return isinstance(value, Mapping) and all(isinstance(key, str) for key in value)
    return isinstance(value, origin or hint)


def type_name(hint: Hint) -> str:
    """A field's type in the words of JSON: "integer", "string or null", "list of number"."""
    if hint in NAMES:
        return NAMES[hint]
    origin, arguments = parts(hint)
    if origin in (Union, types.UnionType):
        return " or ".join(type_name(a) for a in arguments)
    if origin is tuple:
        return f"list of {type_name(arguments[0])}"
    if origin is Mapping:
        return f"mapping of string to {type_name(arguments[1])}"
    return f"mapping ({hint.__name__})"


def range_text(rule: Rule) -> str:
    """The numbers that a field takes: "1 to 65500", "at least 0"; "" for all."""
    if rule.low is not None and rule.high is not None:
        return f"{_bound(rule.low)} to {_bound(rule.high)}"
    if rule.low is not None:
        return f"at least {_bound(rule.low)}"
    return f"at most {_bound(rule.high)}" if rule.high is not None else ""


def _bound(value: float) -> str:
    return str(int(value)) if math.isfinite(value) and value == int(value) else str(value)


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "…"
