"""A chart is logged as its table and what it shows of it; nothing of the data is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

import reportgen
from reportgen import Table, plot
from reportgen.errors import InputTypeError, InputValueError


def table() -> Table:
    return Table(columns=["step", "loss"], data=[[0, 0.5], [1, 0.25]])


def test_a_chart_is_stored_as_a_table_and_what_it_shows(tmp_path: Path) -> None:
    with reportgen.init(project="p", dir=tmp_path, system_metrics=False) as run:
        run.log({"curve": plot.line(table(), "step", "loss", title="Loss"), "acc": 1})
        run.log({"deep": {"curve": plot.scatter(table(), "step", "loss")}})
    stored = reportgen.read_run(run.path)
    assert stored.problems == ()
    assert set(stored.history.keys()) == {"curve", "curve_table", "acc", "deep.curve", "deep.curve_table"}
    (record,) = stored.history["curve"].records
    assert record == {
        "_type": "chart",
        "chart": "line",
        "table": "curve_table",
        "fields": {"x": "step", "y": "loss"},
        "strings": {"title": "Loss"},
    }
    assert stored.history["deep.curve"].records[0]["table"] == "deep.curve_table"
    (kept,) = stored.history["curve_table"].records
    assert [column["name"] for column in kept["columns"]] == ["step", "loss"]
    assert kept["values"] == [[0, 1], [0.5, 0.25]]


def test_a_preset_of_somebody_else(tmp_path: Path) -> None:
    chart = plot.plot_table("me/my-preset", table(), {"x": "step"}, {"title": "Steps", "note": ""})
    assert (chart.chart, chart.fields, chart.strings) == ("me/my-preset", {"x": "step"}, {"title": "Steps"})
    assert repr(chart).startswith("<reportgen.plot.CustomChart me/my-preset of ")


def test_what_is_no_table_and_columns_that_are_not_there() -> None:
    with pytest.raises(InputTypeError, match=r"RG240: a chart is made of a Table, not of a list"):
        plot.line([[1, 2]], "x", "y")  # type: ignore[arg-type]
    with pytest.raises(
        InputValueError, match=r"RG241: the table has no column 'acc' for y. Its columns are step, loss"
    ):
        plot.line(table(), "step", "acc")


def test_names_of_older_scripts() -> None:
    assert plot.ROC is plot.roc_curve
    assert plot.precision_recall is plot.pr_curve
    assert reportgen.plots is plot
    assert reportgen.plot is plot
