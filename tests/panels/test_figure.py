"""Figure panels: pictures as they are, plain drawings where there are none, and the file to take along."""

import gzip
import json

import plotly.graph_objects as go
import pytest

from reportgen.panels.figure import view
from reportgen.rundir.packed import pack
from tests.panels.conftest import history

PNG = f"media/ab/{'ab' * 32}.png"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "media/ab").mkdir(parents=True)
    (tmp_path / PNG).write_bytes(b"x")
    return tmp_path


@pytest.fixture
def described(folder):
    """A record of a figure that plotly describes."""

    def make(figure, **more):
        spec = figure if isinstance(figure, bytes) else json.dumps(figure.to_dict()).encode()
        name = f"media/cd/{len(list(folder.rglob('*.gz'))):064x}.plotly.json.gz"
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(pack([spec]))
        return {"_type": "figure", "library": "plotly", "spec": name, "spec_format": "plotly"} | more

    return make


PICTURE = {"_type": "figure", "library": "matplotlib", "picture": PNG, "width": 640, "height": 480, "title": "waves"}


def test_the_last_step_is_shown_first_and_all_steps_are_carried(task, folder):
    shown = view(task(history("f", records=[PICTURE, [PICTURE, PICTURE]], kind="figure", steps=[2, 7])))
    assert (shown.step, shown.steps, shown.notes) == (7, 2, ["figure at 2 steps"])
    figure = shown.figures[0]
    assert (figure.title, figure.width, figure.height) == ("waves", 640, 480)
    assert figure.picture.source == folder / PNG
    assert [len(frame["figures"]) for frame in shown.data["frames"]] == [1, 2]
    assert shown.data["frames"][0]["figures"][0]["picture"].mime == "image/png"


def test_a_figure_of_plotly_is_drawn_plainly(task, described):
    made = go.Figure([go.Scatter(y=[1, 2], name="<b>"), go.Pie(values=[1, 2, 3])])
    shown = view(task(history("f", records=[described(made, title="both")], kind="figure")))
    (figure,) = shown.figures
    assert figure.picture is None
    assert figure.drawing is not None
    assert [(row.name, row.kind, row.points) for row in figure.traces] == [
        ("<b>", "scatter", "2"),
        ("trace 1", "pie", "3"),
    ]
    assert figure.note == "1 of 2 traces drawn, plainly; the file holds the whole figure"
    assert (figure.offer, figure.file.mime) == ("Figure as plotly JSON", "application/gzip")
    (entry,) = shown.data["frames"][0]["figures"]
    values = json.loads(gzip.decompress(entry["values"].data))
    assert values["strokes"][0][:2] == ["line", 1]
    assert values["names"] == [["<b>", 1]]
    assert values["traces"][1] == ["trace 1", "pie", "3"]


def test_a_figure_that_cannot_be_drawn_says_so(task, described):
    shown = view(task(history("f", records=[described(go.Figure(go.Pie(values=[1])))], kind="figure")))
    (figure,) = shown.figures
    assert figure.drawing is None
    assert figure.note == "No drawing of this kind of figure; the file holds the whole of it"
    assert len(figure.traces) == 1


def test_figures_of_other_packages_are_offered(task, described):
    record = described(go.Figure(), library="bokeh", version="3.9.2", spec_format="bokeh", title="b")
    (figure,) = view(task(history("f", records=[record], kind="figure"))).figures
    assert figure.note == "A figure of bokeh 3.9.2: no drawing of it, the file holds it"
    assert (figure.title, figure.offer) == ("b", "The figure as JSON")


def test_a_picture_with_its_data(task, described):
    (figure,) = view(task(history("f", records=[described(go.Figure(), **PICTURE)], kind="figure"))).figures
    assert figure.picture is not None
    assert (figure.drawing, figure.offer) == (None, "Data of the figure")


def test_many_traces_are_listed_in_part(task, described):
    made = go.Figure([go.Scatter(y=[1, 2]) for _ in range(60)])
    (figure,) = view(task(history("f", records=[described(made)], kind="figure"))).figures
    assert len(figure.traces) == 50
    assert figure.note.endswith("the first 50 are listed")


@pytest.mark.parametrize("spec", [b"3", b"nonsense", b"null", b"{}", b""])
def test_damaged_descriptions_are_offered_nevertheless(task, described, spec):
    (figure,) = view(task(history("f", records=[described(spec)], kind="figure"))).figures
    assert figure.drawing is None
    assert figure.file is not None


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        ({"picture": f"media/ef/{'ef' * 32}.png"}, "RG321"),
        ({"picture": "../../etc/passwd"}, "RG330"),
        ({"width": 0}, "RG330"),
    ],
)
def test_a_bad_record_costs_itself(task, folder, damage, code):
    shown = view(task(history("f", records=[PICTURE, PICTURE | damage], kind="figure")))
    assert [frame["step"] for frame in shown.data["frames"]] == [0]
    (problem,) = shown.problems
    assert problem.code == code
    assert "run-0, f, step 1" in problem.where
