"""Ticks are round, inside the drawing, and there for every range."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.panels.axis import Axis, apart, tight_axis, value_axis, wants_log

finite = st.floats(allow_nan=False, allow_infinity=False)


def test_a_step_axis_has_round_steps():
    assert Axis(0, 600).ticks() == [(0.0, "0"), (0.3333, "200"), (0.6667, "400"), (1.0, "600")]


def test_a_loss_over_three_decades_has_a_tick_per_decade():
    assert [text for _, text in value_axis(0.003, 2.0, log=True).ticks()] == ["0.01", "0.1", "1"]


def test_one_decade_has_ones_twos_and_fives():
    assert [text for _, text in value_axis(0.05, 0.9, log=True).ticks()] == ["0.05", "0.1", "0.2", "0.5", "1"]


@pytest.mark.parametrize(
    ("values", "log"),
    [
        (2.3 * 0.9 ** np.arange(100), True),  # a loss that falls fast, then by small steps
        (np.linspace(2.3, 0.05, 100), False),  # half of it is high
        (np.append(np.random.default_rng(1).random(99), 1e-6), False),  # noise, one value of it near 0
        (0.1 + 0.9 * 0.5 ** np.arange(50.0), False),  # too small a ratio
        (np.append(0.9 ** np.arange(100), 0.0), False),
        (np.append(0.9 ** np.arange(100), -1.0), False),
        (1e-300 + 1e300 * 0.01 ** np.arange(50), True),
        (np.empty(0), False),
    ],
)
def test_which_metrics_start_logarithmic(values, log):
    assert wants_log([values], whole=False) is log
    assert wants_log([values[::2], np.empty(0), values[1::2]], whole=False) is log


def test_whole_numbers_never_start_logarithmic():
    assert wants_log([2.0 ** np.arange(1, 50)], whole=True) is False


@given(finite, finite)
def test_every_range_of_values_gives_an_axis_with_its_values_inside(a, b):
    low, high = min(a, b), max(a, b)
    axis = value_axis(low, high, log=False)
    with np.errstate(over="ignore"):
        places = axis.place(np.array([low, high]))
    assert axis.low < axis.high
    assert (places >= -1e-9).all()
    assert (places <= 1 + 1e-9).all()
    assert len(axis.ticks()) <= 12


@given(st.floats(1e-300, 1e300), st.floats(1, 1e200))
def test_every_logarithmic_range_has_its_values_inside(low, ratio):
    high = min(low * ratio, 1e307)
    axis = value_axis(low, high, log=True)
    places = axis.place(np.array([low, high]))
    assert (places >= -1e-9).all()
    assert (places <= 1 + 1e-9).all()
    assert all(0 <= at <= 1 for at, _ in axis.ticks())


WHOLE = [(0, 0), (4, 4), (-7, -7), (100, 100), (3, 4), (0, 1), (0, 3), (0, 8), (0, 100), (-5, 12), (0, 1_000_000)]


@pytest.mark.parametrize(("low", "high"), WHOLE)
def test_whole_numbers_have_whole_ticks(low, high):
    texts = [text for _, text in value_axis(low, high, log=False, whole=True).ticks()]
    assert 2 <= len(texts) <= 6
    assert all("." not in text for text in texts)


@pytest.mark.parametrize(
    ("low", "high", "texts"),
    [
        (0, 0, ["−1", "0", "1"]),
        (4, 4, ["3", "4", "5"]),
        (3, 4, ["3", "4"]),
        (0, 8, ["0", "2", "4", "6", "8"]),
        (0, 100, ["0", "50", "100"]),
        (1000, 1000, ["900", "950", "1,000", "1,050", "1,100"]),
    ],
)
def test_a_calm_range_around_few_whole_numbers(low, high, texts):
    assert [text for _, text in value_axis(low, high, log=False, whole=True).ticks()] == texts


@pytest.mark.parametrize(
    ("low", "high", "texts"),
    [
        (0.001, 0.001, ["0.0009", "0.00095", "0.001", "0.00105", "0.0011"]),
        (-3e-4, 1e-3, ["0", "0.0005", "0.001"]),
        (0, 1.6e6, ["0", "5e5", "1e6", "1.5e6"]),
        (1e-5, 9e-5, ["2.5e-5", "5e-5", "7.5e-5"]),
        (200, 900, ["200", "400", "600", "800"]),
    ],
)
def test_the_ticks_of_a_linear_axis_are_written_alike(low, high, texts):
    assert [text for _, text in value_axis(low, high, log=False).ticks()] == texts


def test_whole_numbers_on_a_logarithmic_axis():
    assert [text for _, text in value_axis(1, 1, log=True, whole=True).ticks()] == ["1", "2"]
    assert [text for _, text in value_axis(1, 900, log=True, whole=True).ticks()] == ["1", "10", "100", "1,000"]


@pytest.mark.parametrize(("low", "high"), [(0, 3), (7, 8), (0, 1), (5, 11)])
def test_an_axis_of_steps_has_no_half_steps(low, high):
    texts = [text for _, text in tight_axis(low, high, whole=True).ticks()]
    assert all("." not in text for text in texts)
    assert len(texts) >= 2


def test_a_single_step_stands_in_the_middle():
    assert tight_axis(7, 7, whole=True).ticks() == [(0.5, "7")]
    assert tight_axis(2**53, 2**53, whole=True).low < 2**53


def test_spans_of_time_between_seconds_are_told_apart():
    labels = [text for _, text in Axis(100, 102).durations()]
    assert labels == ["100\u202fs", "100.5\u202fs", "101\u202fs", "101.5\u202fs", "102\u202fs"]


def test_large_values_have_short_labels_and_close_ones_differ():
    assert [text for _, text in Axis(0, 3e9).ticks()] == ["0", "1e9", "2e9", "3e9"]
    labels = [text for _, text in Axis(1_000_000, 1_000_001).ticks()]
    assert labels[1] == "1,000,000.25"
    assert len(set(labels)) == len(labels)


def test_long_labels_leave_each_other_room():
    assert len(apart(tight_axis(2.0**62 - 3000, 2.0**62, whole=True).ticks())) == 2
    assert apart([(0.0, "0"), (0.5, "50"), (1.0, "100")]) == [(0.0, "0"), (0.5, "50"), (1.0, "100")]
    assert len(apart([(i / 4, "1,000,000,000") for i in range(5)])) == 2
    assert apart([]) == []
