"""A chart of a table: which columns it shows, and how."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reportgen.errors import InputTypeError, InputValueError
from reportgen.media import tensors
from reportgen.media.table import Table
from reportgen.rundir.jsonl import Tagged
from reportgen.rundir.layout import TYPE


class CustomChart:
    """A chart to log: `run.log({"loss curve": plot.line(table, "step", "loss")})`.

    Logged under a key, it stores its table under the key with `_table` behind it, and under the key itself what the
    chart is to show.

    Attributes:
        table: The data.
        chart: The kind of chart: "line", "confusion_matrix", or the name of somebody's preset.
        fields: What each column is for: `{"x": "step"}`.
        strings: Texts of the chart: `{"title": "Loss"}`.
    """

    def __init__(
        self, table: Table, chart: str, fields: Mapping[str, str], strings: Mapping[str, str] | None = None
    ) -> None:
        """Make a chart.

        Args:
            table: The data.
            chart: The kind of chart.
            fields: What each column is for.
            strings: Texts of the chart.

        Raises:
            InputTypeError: (RG240) `table` is no table.
            InputValueError: (RG241) The table has no such column.
        """
        if not isinstance(table, Table):
            raise InputTypeError(
                "RG240",
                f"a chart is made of a Table, not of {tensors.named(table)}",
                remedy="Wrap the data: Table(columns=[...], data=rows)",
            )
        known = [str(name) for name in table.columns]
        for part, name in fields.items():
            if str(name) not in known:
                raise InputValueError(
                    "RG241",
                    f"the table has no column {name!r} for {part}",
                    remedy=f"Its columns are {', '.join(known[:8])}",
                )
        self.table = table
        self.chart = chart
        self.fields = {part: str(name) for part, name in fields.items()}
        self.strings = {name: str(text) for name, text in (strings or {}).items() if text not in (None, "")}

    def logged_parts(self, key: str) -> dict[str, Any]:
        """What `log` stores of it.

        Args:
            key: The key that it is logged under.
        """
        record = {TYPE: "chart", "chart": self.chart, "table": f"{key}_table", "fields": self.fields}
        return {f"{key}_table": self.table, key: Tagged({**record, "strings": self.strings})}

    def __repr__(self) -> str:
        return f"<reportgen.plot.CustomChart {self.chart} of {self.table!r}>"


def plot_table(
    vega_spec_name: str,
    data_table: Table,
    fields: Mapping[str, str],
    string_fields: Mapping[str, str] | None = None,
    split_table: bool = False,
) -> CustomChart:
    """A chart by the name of somebody's preset.

    Args:
        vega_spec_name: The name of the preset.
        data_table: The data.
        fields: What each column is for.
        string_fields: Texts of the chart.
        split_table: Accepted for scripts written for W&B, and ignored.

    Raises:
        InputTypeError: (RG240) `data_table` is no table.
        InputValueError: (RG241) The table has no such column.
    """
    return CustomChart(data_table, vega_spec_name, fields, string_fields)
