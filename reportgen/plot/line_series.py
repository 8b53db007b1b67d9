"""Several lines over one or several horizontal axes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from reportgen.errors import InputValueError
from reportgen.media import tensors
from reportgen.media.table import Table
from reportgen.plot.chart import CustomChart


def line_series(
    xs: Any,
    ys: Sequence[Any],
    keys: Sequence[str] | None = None,
    title: str = "",
    xname: str = "x",
    split_table: bool = False,
) -> CustomChart:
    """Several lines in one chart.

    Args:
        xs: (n,) positions that all lines share, or one sequence of positions per line.
        ys: One sequence of values per line.
        keys: Names of the lines. Default: line_1, line_2 ...
        title: What stands above.
        xname: Name of the horizontal axis.
        split_table: Accepted for scripts written for W&B, and ignored.

    Raises:
        InputValueError: (RG242) Other numbers of positions, lines or names.
    """
    lines = [_plain(values) for values in ys]
    given = _plain(xs)
    nested = bool(given) and isinstance(given[0], list)
    positions = given if nested else [given] * len(lines)
    names = [f"line_{i}" for i in range(1, len(lines) + 1)] if keys is None else [str(key) for key in keys]
    if not lines or len(positions) != len(lines) or len(names) != len(lines):
        raise InputValueError(
            "RG242",
            f"there are {len(lines)} lines, {len(positions)} sequences of positions and {len(names)} names",
            remedy="Give one of each per line",
        )
    rows: list[list[Any]] = []
    for name, x, y in zip(names, positions, lines, strict=True):
        if len(x) != len(y):
            raise InputValueError(
                "RG242", f"the line {name!r} has {len(y)} values at {len(x)} positions", remedy="Give as many of both"
            )
        rows += [[at, name, value] for at, value in zip(x, y, strict=True)]
    table = Table(columns=["step", "lineKey", "lineVal"], data=rows)
    return CustomChart(
        table, "line_series", {"x": "step", "stroke": "lineKey", "y": "lineVal"}, {"title": title, "xname": xname}
    )


def _plain(values: Any) -> list[Any]:
    """Numbers in nested lists, from arrays and tensors too."""
    if tensors.is_array(values):
        copied: list[Any] = tensors.to_numpy(values).tolist()
        return copied
    nested = [tensors.is_array(item) or (isinstance(item, Iterable) and not isinstance(item, str)) for item in values]
    return [_plain(item) if inner else item for item, inner in zip(values, nested, strict=True)]
