"""Any value that users log to what a line can hold: plain JSON and records.

The result shares nothing with what was given, so a value that changes later changes nothing in the run.
"""

from __future__ import annotations

import dataclasses
import datetime
import enum
import os
from collections.abc import Mapping, Sequence, Set
from typing import Any, Final, Protocol

from reportgen import kinds
from reportgen.errors import InputTypeError, InputValueError, ReportgenError
from reportgen.log.values import foreign
from reportgen.media import tensors
from reportgen.rundir.jsonl import Json, Tagged

MAX_DEPTH: Final = 64
"""Levels of mappings and lists inside one value."""

SMALL: Final = 32
"""Arrays of up to so many elements are stored as lists."""

BINS: Final = 32
"""Bins of the histogram that stands for a larger array."""

PLAIN: Final = frozenset({bool, int, float, str, type(None)})
"""Types whose values are stored as they are. Values of derived types take the longer way."""

_AS_TEXT: Final = (
    datetime.date,
    datetime.time,
    datetime.timedelta,
    os.PathLike,
    complex,
)
_ACCEPTED: Final = "Log numbers, text, None, media, or lists and mappings of them; str(value) stores its text"


class Store(Protocol):
    """Takes the media values of a call."""

    def take(self, media: Any) -> Json:
        """What stands for a media value: its record, or something that is replaced by it when it is stored."""

    def large(self, array: Any) -> Any:
        """The media value that stands for an array of more than `SMALL` numbers.

        Raises:
            ReportgenError: It holds no real numbers.
        """


def counted(array: Any) -> Any:
    """The histogram of an array: what `Store.large` gives for values of `log`."""
    return kinds.load("reportgen.media.histogram:Histogram")(array, num_bins=BINS)


def row(data: Mapping[Any, Any], store: Store) -> tuple[dict[str, Json], list[Exception]]:
    """The values of one call of `log`, nested mappings flattened with dots.

    One bad value does not cost the others: what is wrong is returned beside what is right.

    Args:
        data: What the user gave. Its top-level keys are strings.
        store: Takes media values.

    Returns:
        Values by key, and an error for each key that is missing from them: a `ReportgenError` that names the key,
        or the `OSError` of a media file that could not be stored.
    """
    values: dict[str, Json] = {}
    faults: list[Exception] = []
    _flatten(data, "", MAX_DEPTH, values, faults, store)
    return values, faults


def _flatten(
    data: Mapping[Any, Any],
    prefix: str,
    depth: int,
    values: dict[str, Json],
    faults: list[Exception],
    store: Store,
) -> None:
    for key, item in list(data.items()):
        try:
            name = prefix + _key(key, nested=bool(prefix))
            number = item if type(item) in PLAIN else foreign.plain_number(item)
            if number is not None or item is None:
                values[name] = number
                continue
            if hasattr(type(item), "logged_parts"):  # one value that stands for several: a chart and its table
                _flatten(item.logged_parts(name), "", depth, values, faults, store)
                continue
            inner = _fields(item)
            if inner is None:
                values[name] = value(item, name, store)
            elif not inner:
                values[name] = {}  # what is logged is kept, also where there is nothing in it
            elif depth == 0:
                raise _too_deep(name)
            else:
                _flatten(inner, name + ".", depth - 1, values, faults, store)
        except (ReportgenError, OSError) as fault:
            faults.append(fault)


def _key(key: object, *, nested: bool) -> str:
    if isinstance(key, str):
        if key or nested:
            return str.__str__(key)
        raise InputValueError("RG105", 'the key "" is empty', remedy="Give the value a name")
    if nested:
        return str(key)
    raise InputTypeError(
        "RG104",
        f"the key {key!r} is {tensors.named(key)}; keys are strings",
        remedy=f"Use {str(key)!r}",
    )


def _fields(item: Any) -> Mapping[Any, Any] | None:
    """The entries of a mapping or of a dataclass; None of everything else."""
    if isinstance(item, Mapping):
        return None if isinstance(item, Tagged) else item
    if hasattr(item, "__dataclass_fields__") and not isinstance(item, type) and not _is_media(item):
        return {field.name: getattr(item, field.name) for field in dataclasses.fields(item)}
    return None


def value(item: Any, key: str, store: Store, depth: int = MAX_DEPTH) -> Json:
    """One value as a line holds it.

    Args:
        item: Anything but a mapping or a dataclass at the top.
        key: Its name, for messages.
        store: Takes media values.
        depth: Levels that it may still be nested.

    Raises:
        InputTypeError: (RG108) A type that cannot be logged. (RG109) An array of more than `SMALL` elements that are
            no numbers. (RG117) A list that mixes media with other values.
        ReportgenError: A table or figure that cannot be stored.
        InputValueError: (RG110) It is nested too deeply, or holds itself.
        OSError: A media file could not be stored.
    """
    if type(item) in PLAIN:
        return item
    number = foreign.plain_number(item)
    if number is not None:
        return number
    if isinstance(item, Tagged):
        return item
    item = _as_media(item, key, store)
    if _is_media(item):
        return store.take(item.at_key(key) if hasattr(type(item), "at_key") else item)
    if depth == 0:
        raise _too_deep(key)
    if foreign.is_missing(item):
        return None
    item = foreign.python_value(item)
    if type(item) in PLAIN:
        return item
    if isinstance(item, enum.Enum):
        return value(item.value, key, store, depth - 1)
    for kind in (int, float, str):
        if isinstance(item, kind):
            return kind.__str__(item) if kind is str else kind(item)
    if isinstance(item, (list, tuple, Set, range)) or type(item).__name__ in _LIST_LIKE:
        return _list(item, key, store, depth - 1)
    if (inner := _fields(item)) is not None:
        return {_key(k, nested=True): value(v, key, store, depth - 1) for k, v in list(inner.items())}
    array = foreign.numbers(item)
    if array is not None:
        return _array(array, key, store, depth - 1)
    if isinstance(item, Sequence) and not isinstance(item, (bytes, bytearray, memoryview)):
        return _list(item, key, store, depth - 1)  # such as the lists of OmegaConf
    return _described(item, key, store)


_LIST_LIKE: Final = frozenset({"deque", "dict_keys", "dict_values", "array"})


def _is_media(item: object) -> bool:
    """Media objects say their kind and encode themselves; that is all that this file knows of them."""
    kind = type(item)
    return isinstance(getattr(kind, "KIND", None), str) and callable(getattr(kind, "encode", None))


def _as_media(item: Any, key: str, store: Store) -> Any:
    """The media value that a table, a figure or a large array becomes; any other value as it is."""
    if (type(item).__module__ == "builtins" and type(item).__name__ != "module") or _is_media(item):
        return item
    try:
        media = foreign.media(item)
        if media is not None:
            return media
        array = foreign.numbers(item)
        return store.large(array.countable) if array and array.size > SMALL and array.countable is not None else item
    except ReportgenError as fault:
        raise at_key(fault, key) from None


def at_key(fault: ReportgenError, key: str) -> ReportgenError:
    """An error that names the key it is about."""
    problem = fault.problem
    return type(fault)(problem.code, problem.what, where=f"key {key!r}", remedy=problem.remedy)


def _list(items: Any, key: str, store: Store, depth: int) -> Json:
    given = [_as_media(item, key, store) for item in items]
    if isinstance(items, Set):
        try:
            given.sort()  # the order of a set differs between processes
        except TypeError:
            given.sort(key=repr)
    media = [item for item in given if _is_media(item)]
    if media and len(media) < len(given):
        other = next(type(item).__name__ for item in given if not _is_media(item))
        raise InputTypeError(
            "RG117",
            f"a list mixes {type(media[0]).__name__} with {other}",
            where=f"key {key!r}",
            remedy="Log media and other values under keys of their own",
        )
    return [value(item, key, store, depth) for item in given]


def _array(array: foreign.Numbers, key: str, store: Store, depth: int) -> Json:
    if array.size > SMALL:
        raise InputTypeError(
            "RG109",
            f"{array.kind} holds no real numbers; of other values, up to {SMALL} are stored",
            where=f"key {key!r}",
            remedy="Log a list with .tolist(), or a Table",
        )
    try:
        copied = array.values()
    except Exception as fault:  # whatever another package raises, such as torch of sparse tensors
        raise InputTypeError(
            "RG108", f"{array.kind} cannot be copied: {fault}", where=f"key {key!r}", remedy=_ACCEPTED
        ) from fault
    return value(copied, key, store, depth)


def _described(item: object, key: str, store: Store) -> Json:
    """Values that have a text or a number, but are no plain JSON."""
    if isinstance(item, memoryview):
        item = bytes(item)
    if isinstance(item, _AS_TEXT):
        return os.fspath(item) if isinstance(item, os.PathLike) else str(item)
    if isinstance(item, (bytes, bytearray)):
        return bytes(item).decode("utf-8", "replace")
    import decimal  # these two take 1 ms of `init`, and nearly nobody logs such values
    import numbers

    if isinstance(item, decimal.Decimal):
        return float("nan") if item.is_nan() else float(item)
    if isinstance(item, numbers.Real):
        return float(item)
    if callable(item) and hasattr(item, "__qualname__"):
        return f"{item.__module__}.{item.__qualname__}"
    if hasattr(type(item), "__array__"):  # a class of the user's own that gives an array
        return value(tensors.to_numpy(item), key, store)
    if type(item).__module__ == "uuid":
        return str(item)
    name = f"{type(item).__module__}.{type(item).__qualname__}".removeprefix("builtins.")
    why, remedy = foreign.advice(item)
    raise InputTypeError(
        "RG108", f"a value of type {name} cannot be logged{why}", where=f"key {key!r}", remedy=remedy or _ACCEPTED
    )


def _too_deep(key: str) -> InputValueError:
    return InputValueError(
        "RG110",
        f"a value is nested deeper than {MAX_DEPTH} levels, or holds itself",
        where=f"key {key!r}",
        remedy="Flatten it, or log it as text",
    )
