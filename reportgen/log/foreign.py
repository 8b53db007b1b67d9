"""Takes values of other packages apart, such as numpy scalars and torch tensors, without importing any."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from reportgen.media import tensors

_NO_NUMBERS: Final = frozenset({"ndarray", "datetime64", "timedelta64"})


class Numbers(NamedTuple):
    """What an array holds.

    Attributes:
        kind: Its class and shape in words, for messages: "numpy.ndarray of shape (64, 64)".
        size: Number of elements.
        values: Function that copies them out: one value of a single element, else nested lists.
    """

    kind: str
    size: int
    values: Any


def plain_number(value: Any) -> bool | int | float | None:
    """The number in one of numpy's scalars; None for every other value. Training loops log many of them."""
    kind = type(value)
    if kind.__module__ != "numpy" or kind.__name__ in _NO_NUMBERS or not hasattr(kind, "item"):
        return None
    number = value.item()
    return number if type(number) in (float, int, bool) else None


def numbers(value: Any) -> Numbers | None:
    """What an array, tensor or scalar of another package holds; None when it is none.

    Scalars, and arrays of one element in whatever shape, give one value.
    """
    if not tensors.is_array(value):
        return None
    try:
        shape: Sequence[int] = tuple(int(n) for n in value.shape)
    except (TypeError, ValueError):
        return None
    size = math.prod(shape)
    name = f"{tensors.root(value)}.{type(value).__name__}"
    return Numbers(f"{name} of shape {tuple(shape)}", size, lambda: _copied(value, size))


def _copied(value: Any, size: int) -> Any:
    if tensors.is_torch(value):
        value = value.detach()
        return _item(value.item()) if size == 1 else value.tolist()
    kind = getattr(value.dtype, "kind", "")
    if kind in ("m", "M"):  # numpy would give nanoseconds as bare integers
        value = tensors.to_numpy(value).astype(str)
    elif not hasattr(value, "tolist"):
        value = tensors.to_numpy(value)
    if size == 1 and hasattr(value, "item"):
        return _item(value.item())
    copied = value.tolist()
    while size == 1 and isinstance(copied, list):
        (copied,) = copied
    return copied


def _item(value: Any) -> Any:
    """Numbers of more bits than Python's own come back as themselves; they become Python's."""
    if type(value).__module__ == "builtins":
        return value
    return float(value) if hasattr(type(value), "__float__") else value


def wanted_later(value: object) -> str:
    """What kind of data a value of a known package is, for the message that refuses it; "" when unknown."""
    name = type(value).__name__
    package = tensors.root(value)
    if package in tensors.TABLES:
        return "a table"
    if package in ("matplotlib", "plotly", "bokeh", "altair") or name in ("Figure", "Axes"):
        return "a figure"
    if package == "PIL":
        return "a picture"
    return ""
