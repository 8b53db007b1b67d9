"""Figures are kept as they were, with all that describes them, whatever is done to them later."""

from __future__ import annotations

import io
import json
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
from PIL import Image as Pillow

mpl.use("Agg")

import matplotlib.pyplot as plt
import plotly.graph_objects as go
from bokeh.document import Document
from bokeh.plotting import figure as bokeh_figure

import reportgen as rg
from reportgen.errors import InputTypeError, InputValueError
from reportgen.media.figure import Bokeh, Figure, Plotly, is_figure, library_of
from reportgen.rundir.packed import unpack
from reportgen.rundir.records.figure import FigureRecord
from reportgen.rundir.writer import RunWriter


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    plt.close("all")


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[RunWriter]:
    opened = RunWriter(tmp_path / "run", new=True)
    yield opened
    opened.close()


def spec_of(record: FigureRecord, writer: RunWriter) -> dict[str, Any]:
    assert record.spec is not None
    (line,) = unpack(writer.folder, record.spec)
    spec: dict[str, Any] = json.loads(line)
    return spec


def picture_of(record: FigureRecord, writer: RunWriter) -> Pillow.Image:
    assert record.picture is not None
    return Pillow.open(io.BytesIO((writer.folder / record.picture).read_bytes()))


# ---- plotly


def test_a_figure_of_plotly(writer: RunWriter) -> None:
    drawn = go.Figure(go.Scatter(x=[1, 2], y=np.array([3.0, np.nan]), name="a"), layout={"title": "</script>"})
    ours = Figure(drawn)
    drawn.data[0].name = "changed"
    drawn.add_bar(x=[1], y=[1])
    record = ours.encode(writer)
    assert (record.library, record.title, record.spec_format) == ("plotly", "</script>", "plotly")
    assert record.picture is None
    spec = spec_of(record, writer)
    assert [trace["name"] for trace in spec["data"]] == ["a"]
    back = go.Figure(spec)
    assert list(back.data[0].x) == [1, 2]


def test_plotly_by_its_name_in_w_b(writer: RunWriter) -> None:
    assert Plotly(go.Figure()).encode(writer).library == "plotly"
    with pytest.raises(InputTypeError, match=r"RG250.*plotly or matplotlib"):
        Plotly(bokeh_figure())


# ---- bokeh


def test_a_figure_of_bokeh(writer: RunWriter) -> None:
    drawn = bokeh_figure(title="waves")
    drawn.line(np.arange(3.0), [1, np.nan, 2])
    record = Bokeh(drawn).encode(writer)
    assert (record.library, record.title, record.spec_format) == ("bokeh", "waves", "bokeh")
    assert spec_of(record, writer)["doc"]["version"] == record.version
    document = Document()
    document.add_root(bokeh_figure())
    assert Figure(document).encode(writer).spec_format == "bokeh"
    with pytest.raises(InputValueError, match=r"RG251.*0 roots"):
        Figure(Document())


# ---- matplotlib


def test_a_figure_of_matplotlib(writer: RunWriter) -> None:
    drawn, axes = plt.subplots(figsize=(4, 3))
    axes.plot([1, 2, 3], [2, 1, 3], label="a")
    axes.set_title("waves")
    ours = Figure(drawn)
    axes.plot([1, 2], [9, 9])
    plt.close(drawn)
    record = ours.encode(writer)
    assert (record.library, record.title, record.width, record.height) == ("matplotlib", "waves", 400, 300)
    picture = picture_of(record, writer)
    assert (picture.size, picture.mode) == ((800, 600), "RGB")
    assert len(set(picture.convert("L").tobytes())) > 10, "something is drawn"
    spec = spec_of(record, writer)
    assert record.spec_format == "plotly"
    assert [trace["name"] for trace in spec["data"]] == ["a"]
    assert go.Figure(spec).layout.title.text == "waves", "plotly takes it"


@pytest.mark.parametrize("size", [(6.4, 4.8), (3.333, 2.777), (1, 7.005), (0.5, 0.5), (60, 1)])
def test_pictures_of_all_sizes(size: tuple[float, float], writer: RunWriter) -> None:
    drawn = plt.figure(figsize=size, dpi=77)
    drawn.add_subplot().plot([1, 2])
    record = Figure(drawn).encode(writer)
    picture = picture_of(record, writer)
    assert record.width == pytest.approx(100 * size[0], abs=1)
    assert picture.height / picture.width == pytest.approx(size[1] / size[0], rel=0.02)
    assert max(picture.size) <= 8192


def test_transparent_figures_stay_so(writer: RunWriter) -> None:
    drawn, axes = plt.subplots(facecolor="none")
    axes.plot([1, 2])
    assert picture_of(Figure(drawn).encode(writer), writer).mode == "RGBA"


def test_settings_that_cut_figures_do_not_matter(writer: RunWriter) -> None:
    with plt.rc_context({"savefig.bbox": "tight", "savefig.dpi": 30}):
        drawn, axes = plt.subplots(figsize=(4, 3))
        axes.plot([1, 2])
        assert picture_of(Figure(drawn).encode(writer), writer).size == (800, 600)


@pytest.mark.parametrize("part", ["figure", "axes", "line", "pyplot"])
def test_parts_of_a_figure_stand_for_it(part: str, writer: RunWriter) -> None:
    drawn, axes = plt.subplots()
    (line,) = axes.plot([1, 2])
    given = {"figure": drawn, "axes": axes, "line": line, "pyplot": plt}[part]
    assert is_figure(given)
    assert Figure(given).encode(writer) == Figure(drawn).encode(writer)


def test_a_figure_of_which_something_would_be_lost_has_a_picture_only(writer: RunWriter) -> None:
    drawn, axes = plt.subplots()
    axes.imshow(np.eye(3))
    record = Figure(drawn).encode(writer)
    assert record.picture is not None
    assert record.spec is None


def test_no_figure_to_draw() -> None:
    with pytest.raises(InputValueError, match=r"RG251.*pyplot has no figure"):
        Figure(plt)
    plt.figure()
    with pytest.raises(InputValueError, match=r"RG251.*pyplot has no figure"):
        Figure(plt)
    line = mpl.lines.Line2D([1], [1])
    with pytest.raises(InputValueError, match=r"RG251.*no figure"):
        Figure(line)


def test_a_figure_that_cannot_be_drawn_says_why() -> None:
    drawn, axes = plt.subplots()
    axes.set_title(r"$\unknown{$")
    with pytest.raises(InputValueError, match=r"RG251.*cannot draw.*ParseException|RG251.*cannot draw.*ValueError"):
        Figure(drawn)


# ---- all


@pytest.mark.parametrize("other", [None, 3, "x", plt.Figure, go, {"data": []}, [1], np.zeros(3)])
def test_what_is_no_figure(other: object) -> None:
    assert not is_figure(other)
    assert library_of(other) == ""
    with pytest.raises(InputTypeError, match="RG250"):
        Figure(other)


def test_it_can_be_looked_at_and_sent(writer: RunWriter) -> None:
    ours = Plotly(go.Figure(layout={"title": "a"}))
    assert repr(ours) == "<reportgen.Plotly of plotly, 'a'>"
    assert (ours.library, ours.title) == ("plotly", "a")
    assert pickle.loads(pickle.dumps(ours)).encode(writer) == ours.encode(writer)  # noqa: S301 (our own)


def test_it_says_how_much_memory_it_takes() -> None:
    drawn = plt.figure(figsize=(1, 1))
    drawn.add_subplot().plot([1, 2])
    assert Figure(drawn).nbytes >= 200 * 200 * 4
    assert Figure(go.Figure(go.Scatter(y=np.zeros(10_000)))).nbytes >= 80_000


def test_pyplot_may_be_cleared_once_it_is_logged(tmp_path: Path) -> None:
    with rg.init(project="p", dir=tmp_path, system_metrics=False) as run:
        plt.plot([1, 2, 3, 4])
        plt.ylabel("some interesting numbers")
        run.log({"chart": plt})
        plt.clf()
        run.log({"again": go.Figure(go.Scatter(y=[1, 2]))})
    history = rg.read_run(run.path).history
    chart = FigureRecord.from_json(history["chart"].records[0])
    assert (chart.library, chart.spec_format) == ("matplotlib", "plotly")
    (line,) = unpack(run.path, str(chart.spec))
    assert json.loads(line)["layout"]["yaxis"]["title"]["text"] == "some interesting numbers"
    assert history["again"].records[0]["library"] == "plotly"
