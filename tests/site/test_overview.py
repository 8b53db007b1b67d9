"""The overview: facts, columns, best values, main metrics."""

import pytest

import reportgen as rg
from reportgen.rundir.reader import read_run
from reportgen.site.options import BuildOptions
from reportgen.site.overview import default_title, run_table
from reportgen.site.plan import plan


@pytest.fixture
def runs(log_run):
    return [
        log_run(name="a", rows=3, config={"lr": 0.1, "net": {"depth": 2}}, summary={"best_acc": 0.5}),
        log_run(name="b", rows=3, config={"lr": 0.01, "net": {"depth": 2}}, summary={"best_acc": 0.75}, tags=["good"]),
    ]


def table_of(paths):
    return run_table(plan([read_run(p) for p in paths], BuildOptions()))


def test_config_that_differs_has_columns_and_the_rest_one_line(runs):
    table = table_of(runs)
    assert [c.key for c in table.config_columns] == ["lr"]
    assert [(f.label, f.text) for f in table.same] == [("net.depth", "2")]
    assert [row.config[0].text for row in table.rows] == ["0.1", "0.01"]


def test_the_best_value_of_a_column_is_marked_and_its_direction_said(runs):
    table = table_of(runs)
    column = [c.key for c in table.summary_columns].index("best_acc")
    assert table.summary_columns[column].goal == "highest"
    assert [row.summary[column].best for row in table.rows] == [False, True]
    assert [row.summary[column].text for row in table.rows] == ["0.5000", "0.7500"]


def test_one_run_has_no_best(runs):
    assert not any(cell.best for cell in table_of(runs[:1]).rows[0].summary)


def test_main_metrics_are_a_loss_and_a_score_and_drawn_small(runs):
    planned = plan([read_run(p) for p in runs], BuildOptions())
    assert planned.main == ("train/loss", "val/acc")
    spark = run_table(planned).rows[0].sparks[0]
    assert spark.label == "train/loss, from 2 to 0.6667"
    assert spark.d.startswith("M0 2")


def test_a_run_without_a_value_has_a_dash_that_sorts_last(runs, log_run):
    table = table_of([*runs, log_run(name="c", rows=0)])
    cell = table.rows[2].summary[0]
    assert (cell.text, cell.value) == ("–", None)
    assert table.rows[2].sparks == [None, None]


def test_a_failed_run_says_at_which_step(runs_root):
    run = rg.init(project="demo", dir=runs_root, system_metrics=False)
    run.log({"loss": 1.0}, step=30)
    run.finish(exit_code=1)
    row = table_of([run.path]).rows[0]
    assert (row.state, row.state_text) == ("failed", "Failed at step 30")


def test_the_title_is_the_project(runs, log_run):
    planned = plan([read_run(p) for p in runs], BuildOptions())
    assert default_title(planned.runs) == "demo"
    other = plan([read_run(runs[0]), read_run(log_run(project="x"))], BuildOptions())
    assert default_title(other.runs) == "demo and x"
    assert default_title(()) == "No runs"


def test_a_run_that_failed_because_it_diverged_is_out_of_the_charts_at_first(runs, runs_root):
    bad = rg.init(project="demo", dir=runs_root, system_metrics=False)
    bad.log({"train/loss": float("nan")})
    bad.finish(exit_code=1)
    assert [row.shown for row in table_of([*runs, bad.path]).rows] == [True, True, False]
    assert [row.shown for row in table_of([bad.path]).rows] == [True]


def test_main_metrics_are_those_that_most_runs_have(runs, log_run):
    odd = log_run(name="odd", rows=1, extra=[{"val/loss": 1.0}])
    planned = plan([read_run(p) for p in [*runs, odd]], BuildOptions())
    assert planned.main == ("train/loss", "val/acc")


def test_a_small_line_stops_where_the_numbers_stop(runs_root):
    run = rg.init(project="demo", dir=runs_root, system_metrics=False)
    for value in (3.0, 2.0, float("nan")):
        run.log({"loss": value})
    run.finish()
    spark = table_of([run.path]).rows[0].sparks[0]
    assert spark.d == "M0 2l50 20"
    assert spark.label == "loss, from 3 to 2; 1 value not finite"


def test_statistics_stand_with_their_metric_and_runs_say_which_are_better(runs_root):
    paths = []
    for name, values in (("a", (1, 3)), ("b", (2, 5))):
        with rg.init(project="demo", name=name, dir=runs_root, system_metrics=False) as run:
            run.define_metric("val/loss", summary="min,max,best", goal="maximize")
            for value in values:
                run.log({"other": value, "val/loss": value})
        paths.append(run.path)
    table = table_of(paths)
    assert [c.key for c in table.summary_columns] == ["val/loss.min", "val/loss.max", "val/loss.best", "other"]
    assert [c.goal for c in table.summary_columns] == ["highest", "highest", "highest", ""]
    assert [row.summary[2].best for row in table.rows] == [False, True]
