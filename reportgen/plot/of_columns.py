"""Charts that show columns of a table as they are: lines, points, bars, a histogram."""

from __future__ import annotations

from reportgen.media.table import Table
from reportgen.plot.chart import CustomChart


def line(
    table: Table, x: str, y: str, stroke: str | None = None, title: str = "", split_table: bool = False
) -> CustomChart:
    """A line through the rows of a table.

    Args:
        table: The data.
        x: Column of the horizontal axis.
        y: Column of the vertical axis.
        stroke: Column that tells lines apart.
        title: What stands above.
        split_table: Accepted for scripts written for W&B, and ignored.

    Raises:
        InputTypeError: (RG240) `table` is no table.
        InputValueError: (RG241) The table has no such column.
    """
    fields = {"x": x, "y": y} | ({} if stroke is None else {"stroke": stroke})
    return CustomChart(table, "line", fields, {"title": title})


def scatter(table: Table, x: str, y: str, title: str = "", split_table: bool = False) -> CustomChart:
    """A point for each row of a table. Arguments and errors are those of `line`."""
    return CustomChart(table, "scatter", {"x": x, "y": y}, {"title": title})


def bar(table: Table, label: str, value: str, title: str = "", split_table: bool = False) -> CustomChart:
    """A bar for each row of a table.

    Args:
        table: The data.
        label: Column of the bars' names.
        value: Column of their lengths.
        title: What stands above.
        split_table: Accepted for scripts written for W&B, and ignored.

    Raises:
        InputTypeError: (RG240) `table` is no table.
        InputValueError: (RG241) The table has no such column.
    """
    return CustomChart(table, "bar", {"label": label, "value": value}, {"title": title})


def histogram(table: Table, value: str, title: str = "", split_table: bool = False) -> CustomChart:
    """How the values of a column are distributed.

    Args:
        table: The data.
        value: The column.
        title: What stands above.
        split_table: Accepted for scripts written for W&B, and ignored.

    Raises:
        InputTypeError: (RG240) `table` is no table.
        InputValueError: (RG241) The table has no such column.
    """
    return CustomChart(table, "histogram", {"value": value}, {"title": title})
