"""Matplotlib's figures are described as plotly draws them, or not at all: nothing of one is left out."""

from __future__ import annotations

import base64
import datetime
from collections.abc import Callable, Iterator
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest

mpl.use("Agg")

import matplotlib.pyplot as plt
import plotly.graph_objects as go
from matplotlib.axes import Axes

from reportgen.media.artists import description

X = np.linspace(0, 6, 50)


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    plt.close("all")


def described(draw: Callable[[Axes], Any], **figure: Any) -> dict[str, Any] | None:
    """What a figure with one pair of axes is described as, once it has been drawn; plotly accepts it."""
    drawn = plt.figure(**figure)
    draw(drawn.add_subplot())
    return of_figure(drawn)


def of_figure(drawn: Any) -> dict[str, Any] | None:
    drawn.canvas.draw()
    found = description(drawn)
    if found is not None:
        go.Figure(found)
    return found


def numbers(array: Any) -> list[float]:
    assert array["dtype"] == "f8"
    values: list[float] = np.frombuffer(base64.b64decode(array["bdata"]), "<f8").tolist()
    return values


def test_lines() -> None:
    def draw(axes: Axes) -> None:
        axes.plot([1, 2, 3], [4, np.nan, 6], "--", color="red", linewidth=3, label="a")
        axes.plot(X, X**2, "o", label="_hidden")
        axes.step(X, X, where="post")
        axes.set_xlabel("time")
        axes.set_xlim(0, 9)
        axes.legend()

    found = described(draw)
    assert found is not None
    first, second, third = found["data"]
    assert numbers(first["x"]) == [1, 2, 3]
    assert str(numbers(first["y"])) == "[4.0, nan, 6.0]"
    assert (first["mode"], first["name"], first["showlegend"]) == ("lines", "a", True)
    assert first["line"] == {
        "color": "#ff0000ff",
        "width": pytest.approx(3 * 100 / 72),
        "dash": "15.4px,6.67px",
        "shape": "linear",
    }
    assert (second["mode"], second["name"], second["marker"]["symbol"]) == ("markers", "", "circle")
    assert third["line"]["shape"] == "hv"
    layout = found["layout"]
    assert (layout["xaxis"]["title"]["text"], layout["xaxis"]["range"], layout["showlegend"]) == ("time", [0, 9], True)


def test_points() -> None:
    found = described(lambda axes: axes.scatter(X, -X, c=X, s=X + 1, label="p"))
    assert found is not None
    (trace,) = found["data"]
    assert (trace["mode"], trace["name"]) == ("markers", "p")
    assert numbers(trace["y"]) == (-X).tolist()
    assert len(trace["marker"]["color"]) == len(trace["marker"]["size"]) == 50
    one = described(lambda axes: axes.scatter(X, X))
    assert one is not None
    assert isinstance(one["data"][0]["marker"]["color"], str)


def test_bars() -> None:
    found = described(lambda axes: axes.bar(["a", "b"], [3, -1], width=0.5))
    assert found is not None
    (trace,) = found["data"]
    assert (numbers(trace["x"]), numbers(trace["y"])) == ([0, 1], [3, -1])
    assert (numbers(trace["width"]), numbers(trace["base"])) == ([0.5, 0.5], [0, 0])
    assert found["layout"]["xaxis"]["ticktext"] == ["a", "b"]
    lying = described(lambda axes: axes.barh([1, 2], [3, 4], left=[1, 1]))
    assert lying is not None
    (trace,) = lying["data"]
    assert (trace["orientation"], numbers(trace["x"]), numbers(trace["base"])) == ("h", [3, 4], [1, 1])
    counted = described(lambda axes: axes.hist(X, bins=5))
    assert counted is not None
    assert sum(numbers(counted["data"][0]["y"])) == 50


def test_axes() -> None:
    def draw(axes: Axes) -> None:
        axes.plot([1, 10], [1, 1000])
        axes.set_yscale("log")
        axes.invert_xaxis()
        axes.grid(visible=True)

    found = described(draw)
    assert found is not None
    x, y = found["layout"]["xaxis"], found["layout"]["yaxis"]
    assert x["range"][0] > x["range"][1]
    assert y["type"] == "log"
    assert y["range"] == [pytest.approx(-0.15), pytest.approx(3.15)]
    assert (x["showgrid"], y["showgrid"]) == (True, True)


def test_dates() -> None:
    days = [datetime.datetime(2026, 1, 1), datetime.datetime(2026, 2, 1, 12)]
    found = described(lambda axes: axes.plot(days, [1, 2]))
    assert found is not None
    assert found["data"][0]["x"] == ["2026-01-01T00:00:00.000000", "2026-02-01T12:00:00.000000"]
    assert found["layout"]["xaxis"]["type"] == "date"
    assert found["layout"]["xaxis"]["range"][0].startswith("2025-12-30")


def test_several_axes_have_places_and_titles() -> None:
    drawn, (left, right) = plt.subplots(1, 2)
    left.plot(X, X)
    right.plot(X, -X)
    right.set_title("</script>")
    drawn.suptitle("both")
    found = of_figure(drawn)
    assert found is not None
    assert [trace["xaxis"] for trace in found["data"]] == ["x", "x2"]
    assert found["layout"]["xaxis"]["domain"][1] < found["layout"]["xaxis2"]["domain"][0]
    assert found["layout"]["title"]["text"] == "both"
    assert [text["text"] for text in found["layout"]["annotations"]] == ["</script>"]


def test_markers_that_are_not_filled_have_the_colour_of_their_edge() -> None:
    found = described(lambda axes: axes.plot(X, X, "o", markerfacecolor="none", markeredgecolor="blue"))
    assert found is not None
    assert found["data"][0]["marker"]["symbol"] == "circle-open"
    assert found["data"][0]["marker"]["color"] == "#0000ffff"


@pytest.mark.parametrize(
    "draw",
    [
        lambda axes: axes.imshow(np.eye(3)),
        lambda axes: axes.contourf(np.outer(X, X)),
        lambda axes: axes.pie([1, 2]),
        lambda axes: axes.fill_between(X, X),
        lambda axes: axes.errorbar(X, X, yerr=0.3),
        lambda axes: axes.bar([1], [2], yerr=[0.5]),
        lambda axes: axes.bar([1], [2], hatch="/"),
        lambda axes: (axes.plot(X, X), axes.text(1, 1, "here")),
        lambda axes: (axes.plot(X, X), axes.annotate("here", (1, 1))),
        lambda axes: (axes.plot(X, X), axes.axvline(2)),
        lambda axes: (axes.plot(X, X), axes.axhspan(0, 1)),
        lambda axes: (axes.plot(X, X), axes.twinx().plot(X, -X)),
        lambda axes: (axes.plot(X, X), axes.figure.text(0.5, 0.5, "over all")),
        lambda axes: (axes.plot(X, X), axes.set_title("aside", loc="left")),
        lambda axes: (axes.plot(X, X), axes.set_xscale("symlog")),
        lambda axes: axes.figure.colorbar(axes.scatter(X, X, c=X)),
        lambda axes: axes.plot(X, X, marker="$a$"),
        lambda axes: axes.violinplot([[1, 2, 3]]),
        lambda axes: axes.quiver([0], [0], [1], [1]),
        lambda axes: None,
    ],
)
def test_figures_that_would_lose_something(draw: Callable[[Axes], Any]) -> None:
    assert described(draw) is None


@pytest.mark.parametrize("projection", ["polar", "3d"])
def test_axes_that_are_not_flat(projection: str) -> None:
    drawn = plt.figure()
    axes = drawn.add_subplot(projection=projection)
    axes.plot(X, X, *([X] if projection == "3d" else []))
    assert of_figure(drawn) is None
