"""The overview: facts, columns, best values, main metrics."""

import pytest

import reportgen as rg
from reportgen.panels.view import View
from reportgen.rundir.reader import read_run
from reportgen.site.build import build
from reportgen.site.options import BuildOptions
from reportgen.site.overview import default_title, overview, run_table
from reportgen.site.plan import plan
from tests.browser.logged import rows
from tests.rundir.directories import write_run


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


def test_the_page_says_which_runs_are_not_in_the_charts_and_why(runs, runs_root):
    bad = rg.init(project="demo", name="lr-30", dir=runs_root, system_metrics=False)
    bad.log({"train/loss": float("nan")})
    bad.finish(exit_code=1)
    assert left_out(runs) == ""
    assert left_out([*runs, bad.path]) == "lr-30 diverged and is not in the charts at first"


def test_runs_beyond_the_first_are_counted(log_run):
    paths = [log_run(name=f"n{i}", rows=1) for i in range(18)]
    assert left_out(paths) == "the first 16 are at first"


def left_out(paths):
    planned = plan([read_run(p) for p in paths], BuildOptions())
    table = run_table(planned)
    views = {task.id: View(kind="scalar", id=task.id, key=task.key) for task in planned.pages[0].tasks}
    return overview(planned, table, table.rows, views, BuildOptions(), ()).left_out


def test_a_run_that_broke_between_two_steps_names_the_last_one_that_is_there(runs_root):
    run = rg.init(dir=runs_root, system_metrics=False)
    with pytest.raises(ValueError, match="boom"):
        broken(run)
    assert table_of([run.path]).rows[0].state_text == "Failed after step 4"


def broken(run):
    with run:
        for step in range(5):
            run.log({"loss": step})
        raise ValueError("boom")


def test_a_small_line_of_one_point_is_a_dot_inside_its_column(runs_root):
    run = rg.init(project="demo", dir=runs_root, system_metrics=False)
    run.log({"loss": 3.0})
    run.finish()
    spark = table_of([run.path]).rows[0].sparks[0]
    assert (spark.d, spark.dots) == ("", "M50 12h0")


def test_points_between_gaps_are_dots(runs_root):
    run = rg.init(project="demo", dir=runs_root, system_metrics=False)
    for value in (3.0, float("nan"), 2.0, 1.0, float("nan"), 1.0):
        run.log({"loss": value})
    run.finish()
    spark = table_of([run.path]).rows[0].sparks[0]
    assert spark.d == "M40 12l20 10"
    assert spark.dots == "M4 2h0M96 22h0"


def test_runs_of_one_name_are_told_apart_by_their_folders(tmp_path):
    for place in ("one/a", "one/b", "two/a", "one/c"):
        write_run(tmp_path / place, rows({"loss": [1.0]}), run={"id": "x", "name": "other" if "c" in place else "same"})
    paths = sorted(p.parent for p in tmp_path.rglob("run.json"))
    names = [row.name for row in table_of(paths).rows]
    assert names == ["same (one/a)", "same (b)", "other", "same (two/a)"]


def test_a_key_with_underscores_has_its_value_in_the_table(tmp_path):
    write_run(tmp_path, rows({"__proto__": [1.0, 2.0], "_mine": [3.0, 4.0]}))
    table = table_of([tmp_path])
    assert {c.key for c in table.summary_columns} == {"__proto__", "_mine"}


def test_media_of_several_runs_stand_side_by_side_with_a_step_cursor(log_run, pictures, tmp_path):
    paths = [log_run(name=name, extra=[{"img": pictures}, {"img": pictures}]) for name in ("a", "b")]
    build(paths, BuildOptions(output=str(tmp_path / "site")))
    text = (tmp_path / "site" / "index.html").read_text(encoding="utf-8")
    section = text.split('<section class="section" id="images"')[1].split("</section>")[0]
    assert section.count('class="of-run"') == 4
    assert "8 images at 2 steps" in section
    assert "from 2 runs" in section
    assert "data-step-bar" in text
