"""Line panels: everything logged is drawn, marked or counted."""

from dataclasses import replace

import numpy as np
import pytest

from reportgen.panels.scalar import path, view
from reportgen.panels.view import Limits
from tests.panels.conftest import history


def test_two_runs_share_axes_and_keep_their_looks(task):
    shown = view(task(history("val/loss", [3, 2, 1]), history("val/loss", [5, 4], steps=[0, 10])))
    assert (shown.prefix, shown.name) == ("val/", "loss")
    assert [(line.run, line.colour, line.dash) for line in shown.lines] == [(0, 1, 1), (1, 2, 2)]
    assert [tick.text for tick in shown.x_ticks][-1] == "10"
    assert (shown.value_label, shown.value) == ("lowest", "1")
    assert shown.notes == ["5 points"]
    assert shown.table[1] == ["run-1", "2", "5", "4", "5", "4"]


def test_a_long_history_says_what_it_shows_and_carries_the_rest_in_parts(task):
    y = np.cos(np.arange(600_000) / 9_000)
    y[123_457] = 99.0
    shown = view(task(history("train/acc", y), limits=Limits(max_points=1000)))
    (series,) = shown.data["series"]
    columns = shown.data["columns"].arrays
    assert series["n"] == 600_000
    assert series["shown"] == len(columns["y0"]) <= 1002
    assert 99.0 in columns["y0"]
    assert shown.notes[0] == f"{series['shown']:,} of 600,000 points"
    assert "zoom for all" in shown.notes[1]
    parts = [part["columns"].arrays["y"] for part in series["parts"]]
    assert np.array_equal(np.concatenate(parts), y)
    assert [(p["from"], p["to"]) for p in series["parts"]] == [(0, 199_999), (200_000, 399_999), (400_000, 599_999)]
    assert shown.value == "99"


def test_a_spike_is_in_the_first_frame_too(task):
    y = np.zeros(100_000)
    y[77_777] = 10.0
    line = view(task(history("grad", y))).lines[0]
    heights = np.cumsum([int(v) for v in line.d.replace("-", " -").split("l")[1].split()[1::2]])
    assert heights.min() < -800  # one stroke reaches the top


def test_nan_and_infinities_are_marked_and_counted(task):
    shown = view(task(history("loss", [1.0, np.nan, 2.0, np.inf, -np.inf, np.nan])))
    marks = [(m.sign, m.at, m.to) for m in shown.lines[0].marks]
    assert marks == [("nan", 0.2, 0.2), ("nan", 1.0, 1.0), ("inf", 0.6, 0.6), ("-inf", 0.8, 0.8)]
    assert shown.notes == ["6 points", "2 × NaN", "1 × ∞", "1 × −∞"]
    assert shown.lines[0].d.count("M") == 2
    assert np.isnan(shown.data["columns"].arrays["y0"]).sum() == 2
    assert shown.data["series"][0]["odd"] == [2, 1, 1]


@pytest.mark.parametrize("points", [2000, 100])
def test_many_values_that_are_no_numbers_are_marked_from_the_first_to_the_last(task, points):
    values = np.ones(5000)
    values[1000:3001] = np.nan
    values[4999] = np.nan
    shown = view(task(history("loss", values), limits=Limits(max_points=points)))
    first, last = shown.lines[0].marks
    assert (first.sign, first.at, first.to) == ("nan", pytest.approx(0.2, abs=0.01), pytest.approx(0.6, abs=0.02))
    assert (last.at, last.to) == (1.0, 1.0)
    assert "2,002 × NaN" in shown.notes


def test_nothing_finite_gives_a_panel_that_says_so_and_invents_no_axis(task):
    shown = view(task(history("loss", [np.nan] * 40)))
    assert (shown.value, shown.lines[0].d) == ("", "")
    assert shown.table[0][3] == "–"
    assert shown.nothing == "No finite value: 40 NaN"
    assert list(shown.y_ticks) == []
    assert [tick.text for tick in shown.x_ticks] == ["0", "10", "20", "30"]  # the steps are known


@pytest.mark.parametrize(
    ("values", "words"),
    [([np.inf, -np.inf, np.nan, np.inf], "No finite value: 1 NaN, 2 ∞, 1 −∞"), ([], "No value"), ([np.nan, 1.0], "")],
)
def test_what_there_is_instead_of_numbers(task, values, words):
    shown = view(task(history("loss", values)))
    assert shown.nothing == words
    assert bool(shown.x_ticks) == bool(values)


def test_whole_numbers_have_whole_ticks_and_the_script_is_told(task):
    shown = view(task(history("threads", [3.0, 4.0, np.nan]), history("threads", [3.0, 3.5], steps=[0, 1])))
    assert [series.get("whole") for series in shown.data["series"]] == [True, None]
    assert "3.5" in [tick.text for tick in shown.y_ticks]
    alone = view(task(history("threads", [3.0, 4.0, np.nan])))
    assert [tick.text for tick in alone.y_ticks] == ["3", "4"]
    assert [tick.text for tick in alone.x_ticks] == ["0", "1", "2"]


@pytest.mark.parametrize(
    ("values", "log"),
    [
        ([2.3, 0.2, 0.1, 0.05], True),
        ([2.3, 1.2, 0.1, 0.05], False),
        ([0.1, 0.99], False),
        ([0.0, 5.0], False),
        ([-1.0, 100.0], False),
        (list(range(1, 35)), False),
        ([1, 1, 1, 1, 1000], False),
        ([1e-300, 1e-300, 1e300], True),
    ],
)
def test_the_scale_is_chosen_by_the_data_and_said(task, values, log):
    shown = view(task(history("x", values)))
    assert shown.log is log
    assert ("log scale" in shown.notes) is log


def test_system_measures_stay_linear_and_show_their_last_value(task):
    shown = view(task(history("memory", [1.0, 1000.0]), section="system"))
    assert (shown.log, shown.x_label, shown.value_label, shown.value) == (False, "time", "last", "1,000")


@pytest.mark.parametrize("values", [[5.0], [2.0, 2.0, 2.0], [1e308, -1e308], [5e-324, 1e-323], [0.0]])
def test_odd_ranges_draw_inside_the_frame(task, values):
    shown = view(task(history("x", values)))
    assert shown.lines[0].d.startswith("M")
    assert all(0 <= tick.at <= 1 for tick in (*shown.x_ticks, *shown.y_ticks))


def test_replaced_values_are_stated(task):
    assert view(task(history("x", [1.0, 2.0], replaced=3))).notes[-1].startswith("3 values replaced")


def test_path_breaks_at_nan_and_shows_lone_points():
    x = np.array([0.0, 10, 20, 30, 40])
    assert path(x, np.array([1.0, 2, np.nan, 4, np.nan])) == "M0 1l10 1M26 4h8"
    assert path(np.empty(0), np.empty(0)) == ""
    assert path(np.array([3.0, 3.0]), np.array([7.0, 7.0])) == "M3 7l8 0"


def test_a_score_starts_linear_however_low_it_began(task):
    assert view(task(history("val/acc", [0.01, 1.0]))).log is False


def test_system_measures_stand_on_an_axis_of_time(task):
    shown = view(task(history("cpu/percent", np.ones(121)), section="system"))
    assert [tick.text for tick in shown.x_ticks] == ["0\u202fs", "15\u202fs", "30\u202fs", "45\u202fs", "1\u202fmin"]


def test_the_first_frame_speaks_of_the_chosen_runs_only(task):
    made = task(history("loss", [1.0, 2.0]), history("loss", [1e30, np.inf]))
    sources = (made.sources[0], replace(made.sources[1], shown=False))
    shown = view(replace(made, sources=sources))
    assert shown.notes == ["2 points"]
    assert shown.log is False
    assert [series["n"] for series in shown.data["series"]] == [2, 2]


def test_a_metric_stands_along_the_axis_that_its_run_has_defined(task):
    epochs = history("epoch", [1, 2, 3], steps=[2, 4, 8])
    given = task(history("loss", [9, 8, 7, 6], steps=[0, 2, 5, 8]))
    given = replace(given, sources=(replace(given.sources[0], axis=epochs),))
    shown = view(given)
    assert (shown.axis, shown.x_label, shown.data["axis"]) == ("epoch", "epoch", "epoch")
    columns = shown.data["columns"].arrays
    assert np.array_equal(columns["p0"], [np.nan, 1, 2, 3], equal_nan=True)
    assert shown.data["series"][0]["wholeAxis"] is True
    assert [tick.text for tick in shown.x_ticks] == ["1", "2", "3"]
    assert shown.notes == ["3 of 4 points", "by epoch", "1 point without a place on this axis"]
    assert shown.lines[0].d == "M0 346l500 308 500 309"  # three points: the first has no place


def test_an_axis_that_turns_back_is_sorted(task):
    axis = history("lr", [3, 2, 1], steps=[0, 1, 2])
    given = task(history("loss", [30, 20, 10]))
    shown = view(replace(given, sources=(replace(given.sources[0], axis=axis),)))
    assert "sorted by lr, not by step" in shown.notes
    assert next(tick.text for tick in shown.x_ticks) == "1"
    assert shown.lines[0].d.startswith("M0 963l500-")  # the lowest value is at the left, from there it rises


def test_runs_share_an_axis_only_when_all_have_it(task):
    axis = history("epoch", [1], steps=[0])
    given = task(history("loss", [1, 2]), history("loss", [1, 2]))
    one = view(replace(given, sources=(replace(given.sources[0], axis=axis), given.sources[1])))
    assert (one.axis, one.x_label) == ("", "step")
    assert "p0" not in one.data["columns"].arrays
    both = view(replace(given, sources=tuple(replace(source, axis=axis) for source in given.sources)))
    assert both.axis == "epoch"
    nowhere = replace(given.sources[0], axis=history("epoch", [1], steps=[9]))
    assert view(replace(given, sources=(nowhere,))).axis == ""


def test_parts_of_a_long_line_have_their_places(task):
    axis = history("epoch", np.arange(3000) // 10)
    given = task(history("loss", np.arange(3000.0)), limits=Limits(max_points=100))
    shown = view(replace(given, sources=(replace(given.sources[0], axis=axis),)))
    (part,) = shown.data["series"][0]["parts"]
    assert np.array_equal(part["columns"].arrays["p"], np.arange(3000) // 10)


def test_a_run_says_which_values_are_better(task):
    given = task(history("loss", [1, 3, 2]))
    assert (view(given).value_label, view(given).value) == ("lowest", "1")
    said = view(replace(given, goal="max"))
    assert (said.value_label, said.value) == ("highest", "3")
