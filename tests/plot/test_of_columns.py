"""Charts of columns as they are."""

from __future__ import annotations

import pytest

from reportgen import Table, plot
from reportgen.errors import InputValueError

TABLE = Table(columns=["name", "x", "y"], data=[["a", 1, 2], ["b", 3, 4]])


def test_which_columns_each_chart_shows() -> None:
    assert plot.line(TABLE, "x", "y", stroke="name").fields == {"x": "x", "y": "y", "stroke": "name"}
    assert plot.line(TABLE, "x", "y").fields == {"x": "x", "y": "y"}
    assert plot.scatter(TABLE, "x", "y").fields == {"x": "x", "y": "y"}
    assert plot.bar(TABLE, "name", "y").fields == {"label": "name", "value": "y"}
    assert plot.histogram(TABLE, "x", title="X").fields == {"value": "x"}
    assert [
        chart.chart
        for chart in (
            plot.line(TABLE, "x", "y"),
            plot.scatter(TABLE, "x", "y"),
            plot.bar(TABLE, "name", "y", split_table=True),
            plot.histogram(TABLE, "x"),
        )
    ] == ["line", "scatter", "bar", "histogram"]
    assert plot.histogram(TABLE, "x", title="X").strings == {"title": "X"}
    assert plot.bar(TABLE, "name", "y").table is TABLE


@pytest.mark.parametrize("wrong", ["z", "X"])
def test_columns_must_be_there(wrong: str) -> None:
    with pytest.raises(InputValueError, match="RG241"):
        plot.scatter(TABLE, "x", wrong)
    with pytest.raises(InputValueError, match="RG241"):
        plot.bar(TABLE, wrong, "x")
    with pytest.raises(InputValueError, match="RG241"):
        plot.histogram(TABLE, wrong)
