"""Values to strict JSON lines and back: what plain JSON cannot hold is written as a tagged value.

A tagged value is a mapping with the key `"_type"`. This file defines five of them, all others are records
(`records/`):

    {"_type":"float","value":"NaN"}          also "Infinity" and "-Infinity"
    {"_type":"int","value":"92233720368..."} whole numbers outside of -2^63 to 2^63-1
    {"_type":"object","value":{...}}         a user's own mapping that holds the key "_type"
    {"_type":"deleted"}                      a summary value that was removed

`FORMAT.md` specifies them for readers in other languages.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

import orjson

from reportgen.errors import InputTypeError, InputValueError
from reportgen.rundir.layout import TYPE

Json = Any
"""A JSON value: None, bool, int, float, str, a list of them or a mapping of str to them."""

MAX_DEPTH: Final = 100
"""Levels of lists and mappings inside one value. Readers may refuse more."""

MAX_LINE: Final = 128 * 1024 * 1024
"""Bytes of one line, its newline included. Readers skip longer ones; big data belongs in media files."""

MAX_DOCUMENT: Final = 128 * 1024 * 1024
"""Bytes of `run.json`, `config.json` and `summary.json`, each. Readers refuse larger ones."""

PLAIN_INT: Final = 2**63
"""Whole numbers from `-PLAIN_INT` to `PLAIN_INT - 1` are written as they are."""

MAX_DIGITS: Final = 4000
"""Longer whole numbers are written in hexadecimal, because Python refuses to parse long decimal ones."""

REPLACEMENT: Final = "\ufffd"
"""Stands for half a surrogate pair, which UTF-8 cannot hold."""


class Tagged(dict[str, Any]):
    """A mapping whose `"_type"` is a tag of this format, not a key that a user happened to choose.

    `encode` writes it as it is, and wraps every other mapping that holds `"_type"`. Records make one with
    `to_json`, and `decode` returns one for each record, so what was read can be written again.
    """

    __slots__ = ()


DELETED: Final = Tagged({TYPE: "deleted"})
"""In a `_summary` row: the key was removed from the summary."""

OWN_TAGS: Final = frozenset({"float", "int", "object", "deleted"})
"""The tags that are not records."""

NONFINITE: Final[Mapping[str, float]] = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}

# Strict integers (53 bits) send every larger one to the slow path, which knows what fits; dataclasses would
# otherwise be written without their tag, dates in a form that nobody chose.
_OPTIONS: Final = (
    orjson.OPT_APPEND_NEWLINE
    | orjson.OPT_STRICT_INTEGER
    | orjson.OPT_PASSTHROUGH_DATACLASS
    | orjson.OPT_PASSTHROUGH_DATETIME
)
_DOCUMENT: Final = orjson.OPT_APPEND_NEWLINE | orjson.OPT_INDENT_2


def encode(row: Mapping[str, Any]) -> bytes:
    """One row as one line of strict JSON, newline included.

    Strings that hold half a surrogate pair are written with U+FFFD in its place; tuples become lists.

    Args:
        row: Plain Python values by name: None, bool, int, float, str, lists and mappings of them, records and
            `Tagged` mappings.

    Raises:
        InputTypeError: (RG341) It holds a value of another type, or a key that is no string.
        InputValueError: (RG342) A value is nested deeper than `MAX_DEPTH`, or holds itself. (RG343) The line
            is longer than `MAX_LINE`.
    """
    try:
        line: bytes = orjson.dumps(row, None, _OPTIONS)
    except TypeError:
        return _checked(orjson.dumps(_plain_row(row), None, orjson.OPT_APPEND_NEWLINE))
    # orjson writes NaN as null without a word. A finite sum proves that all values are finite numbers, at a
    # quarter of the price of looking for "null" in the line; anything else is looked at again.
    try:
        if math.isfinite(sum(row.values())):
            return line
    except (TypeError, OverflowError):
        if not _needs_care(line):
            return _checked(line)
    return _checked(orjson.dumps(_plain_row(row), None, orjson.OPT_APPEND_NEWLINE))


def encode_numbers(row: Mapping[str, Any]) -> bytes | None:
    """The line of a row that holds nothing but finite numbers of at most 53 bits; None for every other row.

    `encode` gives the same line. This is the short way that nearly every row takes, and it tells the caller what
    the row holds.

    Args:
        row: Values by key. None is returned, and nothing raised, whatever they are.
    """
    try:
        line: bytes = orjson.dumps(row, None, _OPTIONS)
        # A finite sum proves that all values are finite numbers; orjson writes NaN as null without a word.
        return line if math.isfinite(sum(row.values())) else None
    except (TypeError, OverflowError):
        return None


def encode_document(mapping: Mapping[str, Any]) -> bytes:
    """A whole JSON file, indented for people: `run.json`, `config.json`, `summary.json`.

    Args:
        mapping: The same values as for `encode`.

    Raises:
        InputTypeError: (RG341) As for `encode`.
        InputValueError: (RG342) As for `encode`. (RG344) The file would be larger than `MAX_DOCUMENT`.
    """
    row = _plain_row(mapping)
    data: bytes = orjson.dumps(row, None, _DOCUMENT)
    if len(data) > MAX_DOCUMENT:
        key = max(row, key=lambda name: len(orjson.dumps(row[name])))
        raise InputValueError(
            "RG344",
            f"the file would hold {len(data):,} bytes, readers take at most {MAX_DOCUMENT:,}",
            where=f"key {key!r}",
            remedy="Store large data as a file: run.save(path), or as an artifact",
        )
    return data


def plain(value: Any) -> Json:
    """One value as plain JSON holds it, tagged where it must be. It shares nothing with what was given.

    Raises:
        InputTypeError: (RG341) As for `encode`.
        InputValueError: (RG342) As for `encode`.
    """
    return _plain(value, MAX_DEPTH)


def decode(value: Json) -> Json:
    """A parsed JSON value with its tagged values restored, at every depth.

    Records stay what they are, as `Tagged` mappings, and so does a tagged value that is malformed.

    Args:
        value: What a JSON parser returned for one value of a row.

    Raises:
        InputValueError: (RG342) It is nested deeper than `MAX_DEPTH`.
    """
    return _restore(value, MAX_DEPTH)


def decode_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """A parsed row or file with its tagged values restored. The row itself is never a tagged value.

    Raises:
        InputValueError: (RG342) A value is nested deeper than `MAX_DEPTH`.
    """
    return {key: _restore(value, MAX_DEPTH) for key, value in row.items()}


def _checked(line: bytes) -> bytes:
    if len(line) > MAX_LINE:
        raise InputValueError(
            "RG343",
            f"one row takes {len(line):,} bytes, more than the {MAX_LINE:,} that a line may have",
            remedy="Log large data as media (an image, a table, a file)",
        )
    return line


def _needs_care(line: bytes) -> bool:
    """Whether a line may hold what orjson wrote wrongly: NaN, a user's `"_type"`, too many levels."""
    return b"null" in line or b'"_type"' in line or line.count(b"[") + line.count(b"{") > MAX_DEPTH


def _plain_row(row: Mapping[str, Any]) -> dict[str, Any]:
    return _plain_items(row, MAX_DEPTH)


def _plain_items(mapping: Mapping[Any, Any], depth: int) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    for key, value in mapping.items():
        if not isinstance(key, str):
            raise InputTypeError("RG341", f"the key {key!r} is a {type(key).__name__}; keys are strings")
        name = _text(key)
        while name in plain:  # two keys that differ by half a surrogate pair only: neither is lost
            name += REPLACEMENT
        plain[name] = _plain(value, depth)
    return plain


def _plain(value: object, depth: int) -> Json:
    """A value as plain JSON holds it, tagged where it must be."""
    if value is None or value is True or value is False:
        return value
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else {TYPE: "float", "value": _nonfinite_name(value)}
    if isinstance(value, int):
        return int(value) if -PLAIN_INT <= value < PLAIN_INT else {TYPE: "int", "value": _digits(int(value))}
    if depth == 0:
        raise InputValueError(
            "RG342",
            f"a value is nested deeper than {MAX_DEPTH} levels, or holds itself",
            remedy="Flatten it, or log it as text",
        )
    if isinstance(value, (list, tuple)):
        return [_plain(item, depth - 1) for item in value]
    if not isinstance(value, Mapping):
        return _plain(_record_value(value), depth)
    if TYPE in value and not isinstance(value, Tagged):
        return {TYPE: "object", "value": _plain_items(value, depth - 1)}
    return _plain_items(value, depth - 1)


def _record_value(value: object) -> Tagged | str | float:
    """What a record says it is. Records are known by their method, so that this file needs none of them."""
    to_json = getattr(type(value), "to_json", None)
    plain = to_json(value) if to_json else None
    if not isinstance(plain, (Tagged, str, int, float)):
        raise InputTypeError(
            "RG341",
            f"a value of type {type(value).__name__} cannot be stored",
            remedy="Log numbers, strings, None, lists and mappings of them, or media objects",
        )
    return plain


def _text(text: str) -> str:
    if text.isascii():
        return str.__str__(text)
    try:
        text.encode()
    except UnicodeEncodeError:
        # By way of UTF-16, two halves that belong together become the one character that they stand for.
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return str.__str__(text)


def _nonfinite_name(value: float) -> str:
    return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"


def _digits(value: int) -> str:
    return str(value) if value.bit_length() < MAX_DIGITS * 3 else hex(value)


def _restore(value: Json, depth: int) -> Json:
    if not isinstance(value, (dict, list)):
        return value
    if depth == 0:
        raise InputValueError("RG342", f"a value is nested deeper than {MAX_DEPTH} levels")
    if isinstance(value, list):
        return [_restore(item, depth - 1) for item in value]
    tag = value.get(TYPE)
    if not isinstance(tag, str):
        return {key: _restore(item, depth - 1) for key, item in value.items()}
    if tag in OWN_TAGS and "value" in value:
        inner = value["value"]
        if tag == "float" and isinstance(inner, str) and inner in NONFINITE:
            return NONFINITE[inner]
        if tag == "int" and isinstance(inner, str) and (number := _whole_number(inner)) is not None:
            return number
        if tag == "object" and isinstance(inner, dict):
            return {key: _restore(item, depth - 1) for key, item in inner.items()}
    return Tagged({key: _restore(item, depth - 1) for key, item in value.items()})


def _whole_number(digits: str) -> int | None:
    body = digits.removeprefix("-")
    if not body.isascii():
        return None
    try:
        if body.startswith("0x"):
            return int(digits, 16)
        return int(digits) if body.isdigit() and len(body) <= MAX_DIGITS else None
    except ValueError:
        return None
