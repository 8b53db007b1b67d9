"""Knows the arrays of torch, TensorFlow, JAX and others without importing any of them.

A value can only be a tensor of a package that its process has imported already, so its class says enough.
"""

from __future__ import annotations

import operator
from collections.abc import Collection
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import numpy

TABLES: Final = frozenset({"pandas", "polars", "xarray", "pyarrow", "modin", "cudf"})
"""Packages whose columns look like arrays, but are tables with names and missing values."""


def root(value: object) -> str:
    """The package that a value's class comes from: "numpy", "torch"; of a derived class, its own."""
    return str(type(value).__module__).partition(".")[0]


def named(value: object) -> str:
    """The class of a value with its article, for messages: "an int", "a str"."""
    name = type(value).__name__
    return f"{'an' if name[:1] in 'aeioAEIO' or name == 'ndarray' else 'a'} {name}"


def classes(values: Collection[Any]) -> set[type]:
    """The classes of many values, which are mostly of one: to count it takes half as long as to make a set of all."""
    found = list(map(type, values))
    return set(found[:1]) if found and found.count(found[0]) == len(found) else set(found)


def whole(value: Any) -> int:
    """A whole number of any package as Python's own; true and false are none.

    Raises:
        TypeError: It is something else.
    """
    if isinstance(value, bool):
        raise TypeError
    return operator.index(value)


def is_torch(value: object) -> bool:
    """Whether a value is a torch tensor, also a parameter or of a class derived from `Tensor`."""
    return any(
        base.__name__ == "Tensor" and base.__module__.partition(".")[0] == "torch" for base in type(value).__mro__
    )


def is_array(value: object) -> bool:
    """Whether a value is an array or tensor of any package: it has a shape, a dtype and can be copied out."""
    if is_torch(value):
        return True
    if root(value) in TABLES or not (hasattr(value, "shape") and hasattr(value, "dtype")):
        return False
    return any(hasattr(type(value), name) for name in ("__array__", "tolist", "numpy", "__cuda_array_interface__"))


def to_numpy(value: Any) -> numpy.ndarray[Any, Any]:
    """A copy-free view where possible, else a copy, of any array as a numpy array on the CPU.

    Args:
        value: A value of which `is_array` holds, or one with `__array__`.
    """
    import numpy

    if is_torch(value):
        value = value.detach().cpu()
        if str(value.dtype).rpartition(".")[2] in ("bfloat16", "float8_e4m3fn", "float8_e5m2"):
            value = value.float()  # numpy has no such numbers
        return numpy.asarray(value.numpy())
    if hasattr(type(value), "__cuda_array_interface__") and hasattr(value, "get"):
        return numpy.asarray(value.get())  # CuPy refuses to leave the device unasked
    if hasattr(type(value), "__array__"):
        return numpy.asarray(value)
    return numpy.asarray(value.numpy() if hasattr(value, "numpy") else value.tolist())
