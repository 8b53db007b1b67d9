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
    assert [(m.sign, m.at) for m in shown.lines[0].marks] == [("nan", 0.2), ("nan", 1.0), ("inf", 0.6), ("-inf", 0.8)]
    assert shown.notes == ["6 points", "2 × NaN", "1 × ∞", "1 × −∞"]
    assert shown.lines[0].d.count("M") == 2
    assert np.isnan(shown.data["columns"].arrays["y0"]).sum() == 2
    assert shown.data["series"][0]["odd"] == [2, 1, 1]


def test_nothing_finite_still_gives_a_panel(task):
    shown = view(task(history("loss", [np.nan, np.nan])))
    assert (shown.value, shown.lines[0].d) == ("", "")
    assert shown.table[0][3] == "–"


@pytest.mark.parametrize(
    ("values", "log"),
    [([0.05, 2.3], True), ([0.1, 0.99], False), ([0.0, 5.0], False), ([-1.0, 100.0], False), ([1e-300, 1e300], True)],
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
