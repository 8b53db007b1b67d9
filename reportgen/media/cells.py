"""The cells of a table: any value that users put into one, as a plain value with a type; which types fit together."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import decimal
import enum
import numbers
import os
from collections.abc import Iterable, Mapping, Set
from typing import Any, Final, NamedTuple

from reportgen.errors import InputTypeError, InputValueError
from reportgen.media import tensors
from reportgen.rundir import tables
from reportgen.rundir.jsonl import Json

MAX_DEPTH: Final = 60
"""Levels of lists and mappings inside one cell."""

SMALL: Final = 8
"""Pixels that an array must be wide and high to be taken for a picture."""


class Type(NamedTuple):
    """What the values of a column are.

    Attributes:
        word: As in a record: "number", "text", "image".
        detail: What else must be alike: the type of the items of a list, the keys of a mapping, the shape of an
            array. None stands for any.
    """

    word: str
    detail: Any = None


NULL: Final = Type("null")
NUMBER: Final = Type(tables.NUMBER)
TEXT: Final = Type(tables.TEXT)
BOOL: Final = Type(tables.BOOL)
TIME: Final = Type("time")
DURATION: Final = Type("duration")
LIST: Final = Type("list")
MAP: Final = Type("map")
MIXED: Final = Type("mixed")

PLAIN: Final = frozenset({NULL, NUMBER, TEXT, BOOL})
"""Types whose values are stored as they are."""

EXACT: Final[Mapping[type, Type]] = {type(None): NULL, int: NUMBER, float: NUMBER, str: TEXT, bool: BOOL}
"""Classes whose values are kept as they are."""

_DECLARED: Final[Mapping[Any, Type]] = {
    int: NUMBER,
    float: NUMBER,
    str: TEXT,
    bool: BOOL,
    list: LIST,
    tuple: LIST,
    dict: MAP,
    object: MIXED,
    Any: MIXED,
    datetime.datetime: TIME,
    datetime.date: TIME,
    datetime.timedelta: DURATION,
}
_BY_DTYPE: Final[Mapping[str, Type]] = {
    **dict.fromkeys("iuf", NUMBER),
    **dict.fromkeys("US", TEXT),
    "b": BOOL,
    "M": TIME,
    "m": DURATION,
    "O": MIXED,
}
_MISSING: Final = frozenset({"NAType", "NaTType"})
"""Classes of pandas' missing values."""

_SEQUENCES: Final = (list, tuple, Set, range)


def kind_of(media: Any) -> str:
    """The kind that a class, or a value of one, says that it is; "" for what is no media."""
    kind = getattr(media if isinstance(media, type) else type(media), "KIND", None)
    return kind if isinstance(kind, str) else ""


def is_media(value: object) -> bool:
    """Whether a value says its kind and encodes itself, as media of all kinds do."""
    return bool(kind_of(value)) and callable(getattr(type(value), "encode", None))


# ---- one cell


def normal(value: Any, depth: int = MAX_DEPTH) -> tuple[Any, Type]:
    """A value as a table keeps it, and its type. The result shares nothing with it that may change.

    Args:
        value: What the user put into the cell.
        depth: Levels that it may be nested.

    Raises:
        InputTypeError: (RG234) A value that cannot be stored.
        InputValueError: (RG237) It is nested too deeply, or holds itself.
    """
    known = EXACT.get(type(value))
    if known is not None:
        return value, known
    if is_media(value):
        return value, Type(kind_of(value))
    if depth == 0:
        raise InputValueError(
            "RG237", f"a cell is nested deeper than {MAX_DEPTH} levels, or holds itself", remedy="Flatten it"
        )
    if isinstance(value, enum.Enum):
        return normal(value.value, depth - 1)
    if type(value).__name__ in _MISSING:
        return None, NULL
    if isinstance(value, str):
        return str.__str__(value), TEXT
    for kind in (int, float):
        if isinstance(value, kind):
            return kind(value), NUMBER
    if tensors.is_array(value):
        return _array(value, depth - 1)
    if isinstance(value, _SEQUENCES) or type(value).__name__ == "deque":
        return _list(value, depth - 1)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        cells = {str(key): normal(item, depth - 1)[0] for key, item in list(value.items())}
        return cells, Type("map", frozenset(cells))
    return _described(value)


def _list(items: Iterable[Any], depth: int) -> tuple[Any, Type]:
    given = sorted(items, key=repr) if isinstance(items, Set) else list(items)
    cells = [normal(item, depth) for item in given]
    inner = NULL
    for _, kind in cells:
        inner = joined(inner, kind) or MIXED
    return [cell for cell, _ in cells], Type("list", inner)


def _array(array: Any, depth: int) -> tuple[Any, Type]:
    """An array of any package: a scalar, a picture, or nested lists."""
    shape = tuple(int(n) for n in array.shape)
    found = tensors.to_numpy(array)
    if found.dtype.kind in "mM":
        return _time(found) if not shape else _list(list(found), depth)
    if not shape:
        return normal(found.item(), depth)
    if found.dtype.kind in "biuf" and _looks_like_a_picture(shape, tensors.is_torch(array)):
        from reportgen.media.image import Image

        return Image(array), Type(Image.KIND)
    cells, kind = _list(found.tolist(), depth)
    return cells, Type("list", shape) if kind.detail != MIXED else kind


def _looks_like_a_picture(shape: tuple[int, ...], torch: bool) -> bool:
    """Whether an array is (height, width, 1, 3 or 4), a tensor of torch (1, 3 or 4, height, width), not too small."""
    if len(shape) != 3:
        return False
    channels, sides = (shape[0], shape[1:]) if torch else (shape[2], shape[:2])
    return channels in (1, 3, 4) and min(sides) >= SMALL


def _time(value: Any) -> tuple[Any, Type]:
    """A datetime64 or timedelta64 of numpy."""
    import numpy

    if numpy.isnat(value):
        return None, NULL
    if value.dtype.kind == "m":
        return float(value / numpy.timedelta64(1, "s")), DURATION
    return str(numpy.datetime_as_string(value)), TIME


def _described(value: Any) -> tuple[Any, Type]:
    """Values that have a number, a time or a text, and pictures and figures of other packages."""
    if isinstance(value, (datetime.datetime, datetime.date)):
        return value, TIME
    if isinstance(value, datetime.timedelta):
        return value.total_seconds(), DURATION
    if isinstance(value, (decimal.Decimal, numbers.Real)):
        return float("nan") if value != value else float(value), NUMBER
    if isinstance(value, (bytes, bytearray)):
        return bytes(value).decode("utf-8", "replace"), TEXT
    if isinstance(value, (os.PathLike, datetime.time, complex)):
        return os.fspath(value) if isinstance(value, os.PathLike) else str(value), TEXT
    if any(base.__name__ == "Image" and base.__module__ == "PIL.Image" for base in type(value).__mro__):
        from reportgen.media.image import Image

        return Image(value), Type(Image.KIND)
    from reportgen.media import figure

    if figure.is_figure(value):
        return figure.Figure(value), Type(figure.Figure.KIND)
    raise InputTypeError(
        "RG234",
        f"a cell cannot hold {tensors.named(value)}",
        remedy="Use numbers, text, dates, None, lists and dicts of them, or media such as Image; or str(value)",
    )


# ---- types


def joined(first: Type, second: Type) -> Type | None:
    """The type of a column that holds values of two types; None when they do not fit together."""
    if first == second or second == NULL:
        return first
    if first == NULL:
        return second
    if MIXED in (first, second):
        return MIXED
    if first.word != second.word or first.word not in ("list", "map"):
        return None
    if first.detail is None or second.detail is None:
        return Type(first.word)
    if isinstance(first.detail, Type) and isinstance(second.detail, Type):
        inner = joined(first.detail, second.detail)
        return None if inner is None else Type(first.word, inner)
    return None


def declared(given: Any) -> Type:
    """The type that `dtype` asks for.

    Args:
        given: A class of Python (`int`, `str`, `list`, `datetime`, `object` for anything), a class or an object of
            media, or a dtype or scalar class of numpy.

    Raises:
        InputTypeError: (RG230) Nothing of this.
    """
    if kind_of(given):
        return Type(kind_of(given))
    try:
        known = _DECLARED.get(given)
    except TypeError:  # it cannot be a key
        known = None
    dtype = getattr(given, "kind", "")
    if known is None and isinstance(given, type) and given.__module__.partition(".")[0] == "numpy":
        import numpy

        dtype = numpy.dtype(given).kind
    known = known or _BY_DTYPE.get(dtype if isinstance(dtype, str) else "")
    if known is None:
        raise InputTypeError(
            "RG230", f"dtype {given!r} is unknown", remedy="Use int, float, str, bool, list, dict, datetime or Image"
        )
    return known


def named(kind: Type) -> str:
    """A type in words, for messages: "numbers", "images", "lists of numbers"."""
    words = {"null": "nothing", "text": "text", "bool": "true and false", "mixed": "mixed values"}
    plain = words.get(kind.word, f"{kind.word}s")
    if kind.word == "map" and kind.detail is not None:
        return f"mappings with the keys {', '.join(sorted(kind.detail)) or 'none'}"
    if kind.word == "list" and isinstance(kind.detail, Type) and kind.detail not in (NULL, MIXED):
        return f"lists of {named(kind.detail)}"
    if kind.word == "list" and isinstance(kind.detail, tuple) and not isinstance(kind.detail, Type):
        return f"arrays of shape {kind.detail}"
    return plain


def alike(values: list[Any]) -> Type | None:
    """The type of many values that need no change; None when they have to be looked at one by one.

    It takes about as long as writing them as JSON: `join` refuses what is no text sooner than each value tells its
    class.
    """
    if values and type(values[0]) is str:
        with contextlib.suppress(TypeError):
            "".join(values)
            return TEXT
    return _ALIKE.get(frozenset(tensors.classes(values) - {type(None)}))


_ALIKE: Final[Mapping[frozenset[type], Type]] = {
    frozenset(): NULL,
    frozenset({int}): NUMBER,
    frozenset({float}): NUMBER,
    frozenset({int, float}): NUMBER,
    frozenset({str}): TEXT,
    frozenset({bool}): BOOL,
}


# ---- to the disk


def plain(cell: Any, store: Any) -> Json:
    """A cell as a table's file holds it. Media are stored, and their records stand in their place."""
    if type(cell) in EXACT:
        return cell
    if is_media(cell):
        return cell.encode(store).to_json()
    if isinstance(cell, list):
        return [plain(item, store) for item in cell]
    if isinstance(cell, dict):
        return {key: plain(item, store) for key, item in cell.items()}
    return cell.isoformat()


def kept(cell: Any, store: Any) -> Any:
    """A cell whose media name no file of the user's any more, and are what they are now."""
    if is_media(cell):
        taken = cell.snapshot() if hasattr(cell, "snapshot") else cell
        return taken.keep(store) if hasattr(taken, "keep") else taken
    if isinstance(cell, list):
        return [kept(item, store) for item in cell]
    if isinstance(cell, dict):
        return {key: kept(item, store) for key, item in cell.items()}
    return cell


def size(cell: Any) -> int:
    """About how many bytes of memory a cell takes."""
    if is_media(cell):
        found = getattr(cell, "nbytes", 0)
        return found if isinstance(found, int) else 0
    if isinstance(cell, (list, dict)):
        items = cell.values() if isinstance(cell, dict) else cell
        return 64 + sum(map(size, items))
    return len(cell) + 64 if isinstance(cell, str) else 64
