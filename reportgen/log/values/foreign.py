"""Takes values of other packages apart, such as numpy scalars and torch tensors, without importing any."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from reportgen import kinds
from reportgen.media import frames, tensors

_NO_NUMBERS: Final = frozenset({"ndarray", "datetime64", "timedelta64"})
_FIGURES: Final = frozenset({"matplotlib", "plotly", "bokeh"})
_MISSING: Final = frozenset({"NAType", "NaTType"})
_REAL: Final = ("float", "int", "uint", "bool", "bfloat", "object")
"""What the names of the types begin with whose arrays can be counted; of objects, it is tried."""


class Numbers(NamedTuple):
    """What an array holds.

    Attributes:
        kind: Its class and shape in words, for messages: "numpy.ndarray of shape (64, 64)".
        size: Number of elements.
        values: Function that copies them out: one value of a single element, else nested lists.
        countable: The array, if it may hold real numbers; else None.
    """

    kind: str
    size: int
    values: Callable[[], Any]
    countable: Any


def plain_number(value: Any) -> bool | int | float | None:
    """The number in one of numpy's scalars; None for every other value. Training loops log many of them."""
    kind = type(value)
    if kind.__module__ != "numpy" or kind.__name__ in _NO_NUMBERS or getattr(value, "shape", None) != ():
        return None
    number = value.item()
    return number if type(number) in (float, int, bool) else None


def numbers(value: Any) -> Numbers | None:
    """What an array, tensor or scalar of another package holds, or a column of a table; None when it is none.

    Scalars, and arrays of one element in whatever shape, give one value.
    """
    if tensors.root(value) in tensors.TABLES:
        return _column(value)
    if not tensors.is_array(value):
        return None
    try:
        shape: Sequence[int] = tuple(int(n) for n in value.shape)
    except (TypeError, ValueError):
        return None
    size = math.prod(shape)
    name = f"{tensors.root(value)}.{type(value).__name__}"
    return Numbers(f"{name} of shape {tuple(shape)}", size, lambda: _copied(value, size), _countable(value))


def _column(value: Any) -> Numbers | None:
    """A column of pandas, polars or pyarrow, or an array of xarray."""
    if not hasattr(value, "to_numpy") or not hasattr(type(value), "__len__") or frames.is_frame(value):
        return None
    if getattr(value, "ndim", 1) != 1:
        return numbers(value.to_numpy())
    name = f"{tensors.root(value)}.{type(value).__name__}"
    array = _as_numpy(value)
    return Numbers(f"{name} of length {len(value):,}", len(value), lambda: _listed(value, array), _countable(array))


def _listed(column: Any, array: Any) -> list[Any]:
    """The values of a column; what is missing among texts is None, which pandas has as NaN."""
    ways = (getattr(column, way) for way in ("to_pylist", "to_list", "tolist") if hasattr(column, way))
    values: list[Any] = next(ways, array.tolist)()
    return [None if value != value else value for value in values] if array.dtype.kind in "OUST" else values


def _as_numpy(column: Any) -> Any:
    """A column as a numpy array, missing numbers as NaN."""
    try:
        array = column.to_numpy()
    except Exception:  # pyarrow wants to be told that it may copy
        array = column.to_numpy(zero_copy_only=False)
    if array.dtype.kind == "O" and getattr(getattr(column, "dtype", None), "kind", "") in ("b", "i", "u", "f"):
        array = column.to_numpy(dtype="float64", na_value=math.nan)  # of pandas' own numbers, some are missing
    return array


def _countable(array: Any) -> Any:
    """An array that may hold real numbers, in types that numpy knows; None of any other."""
    name = str(getattr(array.dtype, "name", None) or str(array.dtype).rpartition(".")[2])
    if not name.startswith(_REAL):
        return None
    if hasattr(array, "filled"):  # what is masked is missing
        return array.astype("float64").filled(math.nan)
    if name == "object":
        try:
            return array.astype("float64")
        except (TypeError, ValueError):
            return None
    foreign_type = getattr(array.dtype, "kind", "") == "V"  # such as the bfloat16 of JAX
    return tensors.to_numpy(array).astype("float32") if foreign_type else array


def _copied(value: Any, size: int) -> Any:
    if tensors.is_torch(value):
        value = value.detach()
        return _item(value.item()) if size == 1 else value.tolist()
    kind = getattr(value.dtype, "kind", "")
    if kind in ("m", "M"):  # numpy would give nanoseconds as bare integers
        value = tensors.to_numpy(value).astype(str).astype(object)
        value[value == "NaT"] = None
        return value.item() if size == 1 else value.tolist()
    if not hasattr(value, "tolist"):
        value = tensors.to_numpy(value)
    if size == 1 and hasattr(value, "item") and not hasattr(value, "mask"):
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


def is_missing(value: object) -> bool:
    """Whether a value stands for one that is not there: pandas' NA and NaT, and NaT of numpy."""
    if type(value).__name__ in _MISSING and tensors.root(value) == "pandas":
        return True
    return type(value).__name__ in ("datetime64", "timedelta64") and str(value) == "NaT"


def python_value(value: Any) -> Any:
    """What a scalar of pyarrow stands for, the text of a period or interval of pandas; every other value as it is."""
    package = tensors.root(value)
    if package == "pyarrow" and hasattr(value, "as_py"):
        return value.as_py()
    return str(value) if package == "pandas" and type(value).__name__ in ("Period", "Interval") else value


def media(value: Any) -> Any:
    """The table or figure that a value of another package becomes; None when it is neither.

    Raises:
        ReportgenError: It is one that cannot be stored.
    """
    if frames.is_frame(value):
        return kinds.load("reportgen.media.table:Table")(dataframe=value)
    if tensors.root(value) == "seaborn":  # its grids hold a figure
        value = getattr(value, "figure", value)
    drawn = type(value).__name__ == "module" or any(_package(base) in _FIGURES for base in type(value).__mro__)
    if drawn and kinds.load("reportgen.media.figure:is_figure")(value):
        return kinds.load("reportgen.media.figure:Figure")(value)
    return None


def _package(kind: type) -> str:
    return kind.__module__.partition(".")[0]


def advice(value: object) -> tuple[str, str]:
    """Why a value cannot be logged, after "cannot be logged", and what to do instead; "" for each that is not known."""
    package = tensors.root(value)
    if package == "PIL":
        return " as it is", "Wrap it: Image(value)"
    if package in ("altair", "pyecharts", "holoviews", "plotnine"):
        return ": figures of matplotlib, plotly and bokeh are stored", "Save it as a picture and log Image(path)"
    return "", ""
