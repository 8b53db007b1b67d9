"""Pages, sections and anchors: stable, distinct, safe in every file system and URL."""

import re
import time

import pytest

import reportgen as rg
from reportgen.rundir.reader import read_run
from reportgen.site.options import BuildOptions
from reportgen.site.plan import goals, plan, prefix_of

HOSTILE = [
    "a/b",
    "a.b",
    "A/B",
    "../../etc",
    "</script>",
    "損失",
    "🚀",
    "x" * 300,
    "con",
    ".",
    "/",
    "Loss",
    "loss",
    "runs",
    "charts",
]


@pytest.fixture
def planned(runs_root, log_run):
    def make(**arguments):
        return plan([read_run(log_run(**arguments))], BuildOptions())

    return make


def test_every_key_has_its_own_safe_anchor_in_the_whole_report(planned):
    made = planned(extra=[dict.fromkeys(HOSTILE, 1.0)])
    ids = [task.id for page in made.pages for task in page.tasks]
    assert len(set(ids)) == len(ids) == 2 * (len(HOSTILE) + 2)
    assert all(re.fullmatch(r"(m|r0)-[a-z0-9-]+", i) for i in ids)


def test_a_run_page_has_its_sections_in_order(planned, pictures):
    row = {"img": pictures, "note": "hi", "list": [1, 2], "t": rg.Table(["a"], [[1]]), "h": rg.Histogram([1])}
    made = planned(extra=[row])
    run_page = made.pages[1]
    names = ["charts", "histograms", "figures", "images", "tables", "text", "other", "system"]
    assert [part.name for part in run_page.parts] == names
    assert [len(part.tasks) for part in run_page.parts] == [2, 1, 0, 1, 1, 1, 1, 0]
    assert run_page.id == "run/0"


def test_media_that_stand_in_the_summary_alone_have_a_panel(planned):
    row, summary = {"seen": rg.Histogram([1])}, {"seen": rg.Histogram([2]), "final": rg.Histogram([1, 2]), "best": 3}
    page = planned(rows=5, extra=[row], summary=summary).pages[1]
    (histograms,) = (part for part in page.parts if part.name == "histograms")
    assert [(task.key, task.sources[0].label) for task in histograms.tasks] == [
        ("final", "summary"),
        ("seen", ""),
        ("seen", "summary"),
    ]
    (source,) = histograms.tasks[0].sources
    assert (source.history.kind, source.history.steps.tolist()) == ("histogram", [5])
    assert source.history.records[0]["counts"][0] == 1


def test_what_was_logged_last_needs_no_second_panel(planned, pictures):
    page = planned(rows=5, extra=[{"img": pictures, "one": rg.Histogram([1])}]).pages[1]
    assert [len(part.tasks) for part in page.parts if part.name in ("histograms", "images")] == [1, 1]


def test_a_run_keeps_its_colour_when_later_runs_join(runs_root, log_run):
    first, second = log_run(name="zebra"), log_run(name="ape")
    alone = plan([read_run(first)], BuildOptions())
    both = plan([read_run(second), read_run(first)], BuildOptions())
    assert both.runs[0].stored.info.id == alone.runs[0].stored.info.id
    assert [run.name for run in both.runs] == ["zebra", "ape"]


def test_main_metrics_come_first_and_digits_sort_by_value(planned):
    made = planned(rows=1, extra=[{f"layer/{i}": 1.0 for i in (10, 9, 1)}])
    keys = [task.key for task in made.pages[0].tasks]
    assert keys == ["train/loss", "val/acc", "layer/1", "layer/9", "layer/10"]


def test_runs_whose_ids_look_alike_have_pages_of_their_own(runs_root, log_run):
    stored = [read_run(log_run(id=i)) for i in ("a b", "a-b", "A_B")]
    assert sorted(run.slug for run in plan(stored, BuildOptions()).runs) == ["a-b", "a-b-2", "a-b-3"]


@pytest.mark.parametrize(
    ("key", "prefix"),
    [
        ("train/loss", "train/"),
        ("loss", ""),
        ("a/b/c", "a/"),
        ("/x", ""),
        ("x/", ""),
        ("/", ""),
        ("/a/b", "/a/"),
        ("</b>", ""),
        ("a </b>/c", "a </b>/"),
        ("a//b", "a//"),
    ],
)
def test_groups_are_the_part_before_the_first_slash(key, prefix):
    assert prefix_of(key) == prefix


def described(run):
    """What a run says of its metrics, and values for it."""
    run.define_metric("epoch", hidden=True)
    run.define_metric("val/*", step_metric="epoch", goal="maximize")
    for epoch in range(3):
        run.log({"epoch": epoch, "val/cost": epoch, "secret": epoch})


@pytest.fixture
def defined(runs_root):
    with rg.init(project="demo", name="defined", dir=runs_root, system_metrics=False) as run:
        described(run)
        run.define_metric("secret", hidden=True)
    return read_run(run.path)


def test_hidden_metrics_have_no_chart(defined):
    made = plan([defined], BuildOptions())
    assert [[task.key for task in page.tasks] for page in made.pages] == [["val/cost"], ["val/cost"]]


def test_what_one_run_hides_another_may_show(defined, runs_root):
    with rg.init(project="demo", name="plain", dir=runs_root, system_metrics=False) as run:
        run.log({"secret": 1})
    made = plan([defined, read_run(run.path)], BuildOptions())
    tasks = {task.key: task for task in made.pages[0].tasks}
    assert [source.name for source in tasks["secret"].sources] == ["plain"]


def test_defined_axes_and_goals_reach_the_panels(defined):
    for page in plan([defined], BuildOptions()).pages:
        (task,) = page.tasks
        assert task.sources[0].axis.key == "epoch"
        assert task.goal == "max"  # its name would say otherwise


def test_a_measure_of_the_machine_has_no_axis_of_a_metric(runs_root):
    with rg.init(project="demo", dir=runs_root, system_metrics=0.05) as run:
        run.define_metric("*", step_metric="epoch", hidden=True)
        run.log({"epoch": 1})
        time.sleep(0.6)
    (page,) = (page for page in plan([read_run(run.path)], BuildOptions()).pages if page.run)
    system = [task for task in page.tasks if task.section == "system"]
    assert system
    assert all(task.sources[0].axis is None for task in system)


def test_goals_of_statistics(defined):
    better = goals(plan([defined], BuildOptions()).runs)
    assert [better(key) for key in ("val/cost", "val/cost.best", "loss", "loss.min", "other")] == [
        *("max", "max", "min", "min", None)
    ]


def test_pictures_that_several_runs_logged_are_compared_on_the_overview(runs_root, log_run, pictures):
    a = log_run(name="a", extra=[{"val/img": pictures, "mine": pictures, "note": "hi"}])
    b = log_run(name="b", extra=[{"val/img": pictures[:1], "note": "ho"}], summary={"last": pictures[0]})
    c = log_run(name="c", extra=[{"loss": 1}], summary={"last": pictures[0]})
    made = plan([read_run(path) for path in (a, b, c)], BuildOptions())
    charts, *compared = made.pages[0].parts
    assert charts.name == "charts"
    assert [(part.name, [task.key for task in part.tasks]) for part in compared] == [("images", ["val/img", "last"])]
    names = [[source.name for source in task.sources] for task in compared[0].tasks]
    assert names == [["a", "b"], ["b", "c"]]
    ids = [task.id for page in made.pages for task in page.tasks]
    assert len(set(ids)) == len(ids)
    assert compared[0].tasks[0].id == "m-val-img"


def test_one_run_is_compared_with_nothing(planned, pictures):
    made = planned(extra=[{"img": pictures}])
    assert [part.name for part in made.pages[0].parts] == ["charts"]
