"""Data frames of pandas, polars, pyarrow and others as columns of plain values. None of them is imported for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reportgen import optional
from reportgen.errors import InputTypeError
from reportgen.media import tensors


def is_frame(value: object) -> bool:
    """Whether a value is a table of a package: it has named columns, and is no single one of them."""
    return any(
        base.__module__.partition(".")[0] in tensors.TABLES and base.__name__ in ("DataFrame", "LazyFrame", "Table")
        for base in type(value).__mro__
    )


def names_of(value: Any) -> list[Any]:
    """The names of the columns of a data frame, as they are.

    Raises:
        InputTypeError: (RG230) No data frame, or one that has not been computed yet.
    """
    lazy = type(value).__name__ == "LazyFrame"
    if not is_frame(value) or lazy:
        raise InputTypeError(
            "RG230",
            f"{tensors.named(value)} is no data frame",
            remedy="Use value.collect()" if lazy else "Give a DataFrame, or data=rows",
        )
    return list(getattr(value, "column_names", None) or value.columns)


def values_of(value: Any) -> list[list[Any]]:
    """The values of each column of a data frame. An index of pandas is no column, and is left out.

    Args:
        value: A data frame whose columns have different names.

    Raises:
        MissingPackage: (RG501) narwhals is not installed.
    """
    narwhals = optional.load("narwhals.stable.v1", needed_by="a table from a data frame")
    frame = narwhals.from_native(value, eager_only=True)
    return [_listed(frame[:, place].to_list()) for place in range(frame.shape[1])]


def nested(values: Sequence[Any]) -> type | None:
    """What the cells of a column are that may differ in length or keys: `list` or `dict`; None for all others.

    Such a column is of one type in its data frame; rows that are given one by one have to be alike.

    Args:
        values: What `values_of` gave for the column.
    """
    classes = tensors.classes(values) - {type(None)}
    for kind in (list, dict):
        if classes and all(issubclass(found, kind) for found in classes):
            return kind
    return None


def _listed(values: list[Any]) -> list[Any]:
    """Cells in which a list is a list: pandas has arrays in their place."""
    found = any((kind.__module__, kind.__name__) == ("numpy", "ndarray") for kind in tensors.classes(values))
    return [_list(value) for value in values] if found else values


def _list(value: Any) -> Any:
    if tensors.is_array(value) and len(value.shape) == 1 and tensors.root(value) == "numpy":
        return [_list(item) for item in value.tolist()]
    return value
