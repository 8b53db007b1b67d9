"""Plain drawings of plotly's figures: every point where it belongs, and how much of the figure is drawn."""

import base64
import re

import numpy as np
import plotly.graph_objects as go
import pytest

from reportgen.panels.traces import POINTS, drawing, traces, values_of


def drawn(*given, **layout):
    """The plain drawing of a figure of plotly, as it is stored."""
    made, count = drawing(go.Figure(list(given), layout=layout).to_dict())
    assert made is not None
    return made, count


def ends(d):
    """The points of a path of lines: absolute ones from moves."""
    points, x, y = [], 0, 0
    for letter, text in re.findall(r"([MmlLhvHV])([^A-Za-z]*)", d):
        values = [float(v) for v in re.findall(r"-?[\d.]+", text)]
        for a, b in zip(values[::2], values[1::2], strict=False):
            x, y = (a, b) if letter in "ML" else (x + a, y + b)
            points.append((x, y))
    return points


def test_lines_and_points():
    made, count = drawn(
        go.Scatter(x=[0, 1, 2], y=np.array([0.0, 2, 1]), name="</script>", mode="lines"),
        go.Scatter(x=[0, 2], y=[1, 0], mode="markers"),
        xaxis_title="t",
        yaxis_title="value",
    )
    assert count == 2
    line, points = made.strokes
    assert (line.look, line.colour) == ("line", 1)
    assert [(one.name, one.colour) for one in made.names] == [("</script>", 1)]
    assert (points.look, points.colour) == ("points", 2)
    assert points.d.count("h0") == 2
    assert (made.x_label, made.y_label) == ("t", "value")
    assert [tick.text for tick in made.x_ticks] == ["0", "1", "2"]
    assert all(0 <= tick.at <= 1 for tick in (*made.x_ticks, *made.y_ticks))


def test_a_few_points_without_a_mode_are_lines_with_points():
    made, _ = drawn(go.Scatter(y=[1, 2, 3]))
    assert [stroke.look for stroke in made.strokes] == ["line", "points"]
    made, _ = drawn(go.Scatter(y=list(range(100))))
    assert [stroke.look for stroke in made.strokes] == ["line"]


def test_bars_stand_on_zero_and_side_by_side():
    made, _ = drawn(go.Bar(x=["cat", "dog"], y=[1, 3]), go.Bar(x=["cat", "dog"], y=[2, 2]))
    boxes = [
        [tuple(map(float, box)) for box in re.findall(r"M([\d.]+) ([\d.]+)H([\d.]+)V([\d.]+)H", stroke.d)]
        for stroke in made.strokes
    ]
    (a, b), (c, _) = boxes
    assert a[1] == b[1] == 1000, "bars stand on the edge"
    assert a[2] == pytest.approx(c[0], abs=0.2), "the second begins where the first ends"
    assert (1000 - b[3]) / (1000 - a[3]) == pytest.approx(3, rel=0.01)
    assert [tick.text for tick in made.x_ticks] == ["cat", "dog"]


def test_bars_on_each_other():
    made, _ = drawn(go.Bar(x=[1, 2], y=[1, 3]), go.Bar(x=[1, 2], y=[2, 2]), barmode="stack")
    lower, upper = (re.findall(r"M[\d.]+ ([\d.]+)H[\d.]+V([\d.]+)", stroke.d) for stroke in made.strokes)
    assert [top for _, top in lower] == [bottom for bottom, _ in upper]


def test_bars_that_lie():
    made, _ = drawn(go.Bar(x=[1, 3], y=["a", "b"], orientation="h"))
    assert [tick.text for tick in made.y_ticks] == ["a", "b"]
    assert re.match(r"M0\.0 ", made.strokes[0].d)


def test_dates_and_logarithms():
    made, _ = drawn(go.Scatter(x=["2026-01-01", "2026-01-31"], y=[1, 1000], mode="lines"), yaxis_type="log")
    assert [tick.text for tick in made.x_ticks] == ["2026-01-11", "2026-01-21"]
    assert [tick.text for tick in made.y_ticks] == ["1", "10", "100", "1,000"]


def test_missing_values_break_a_line():
    made, _ = drawn(go.Scatter(x=[0, 1, 2, 3, 4], y=[0, 1, None, 3, np.nan], mode="lines"))
    assert made.strokes[0].d.upper().count("M") == 2


def test_long_lines_keep_their_spikes():
    y = np.zeros(100_000)
    y[54_321] = 9
    made, _ = drawn(go.Scatter(y=y, mode="lines"))
    assert len(made.strokes[0].d) < 12 * POINTS
    assert min(height for _, height in ends(made.strokes[0].d)) < 100, "the spike is drawn"


@pytest.mark.parametrize(
    "trace",
    [
        go.Pie(values=[1, 2]),
        go.Heatmap(z=[[1, 2]]),
        go.Scatter3d(x=[1], y=[1], z=[1]),
        go.Scatter(x=[], y=[]),
        go.Scatter(x=[1], y=[1], xaxis="x2", yaxis="y2"),
        go.Scatter(x=[1], y=[1], visible="legendonly"),
        go.Scatter(x=[1], y=[None]),
    ],
    ids=["pie", "heat map", "3d", "empty", "second axes", "hidden", "no value"],
)
def test_what_is_not_drawn(trace):
    assert drawing(go.Figure(trace).to_dict()) == (None, 0)
    made, count = drawn(trace, go.Scatter(x=[1, 2], y=[1, 2]))
    assert made.strokes
    assert count in (1, 2)


@pytest.mark.parametrize(
    "spec",
    [
        {},
        {"data": 3},
        {"data": [3, None, {}]},
        {"data": [{"y": "abc"}]},
        {"data": [{"y": {"bdata": "???", "dtype": "f8"}}]},
        {"data": [{"y": {"bdata": "AAAA", "dtype": "nonsense"}}]},
        {"data": [{"y": [1, 2], "x": [{}, {}]}], "layout": 5},
        {"data": [{"y": [1, 2], "type": ["x"]}]},
        {"data": [{"type": "bar", "x": ["a"], "y": ["b"], "width": "c", "base": {}}]},
        {"data": [{"y": [1e308, -1e308], "x": [5e-324, 0]}]},
        {"data": [{"y": [True, False]}], "layout": {"xaxis": {"type": "log"}}},
    ],
)
def test_damaged_descriptions_raise_nothing(spec):
    made, count = drawing(spec)
    assert count == 0 or made is not None
    assert isinstance(traces(spec), list)


def test_arrays_in_both_forms():
    packed = base64.b64encode(np.array([1, 2], "<i2").tobytes()).decode()
    assert values_of({"dtype": "i2", "bdata": packed}) == [1, 2]
    assert values_of([1, "a"]) == [1, "a"]
    assert values_of(None) == []
