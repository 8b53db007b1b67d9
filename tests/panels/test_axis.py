"""Ticks are round, inside the drawing, and there for every range."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.panels.axis import Axis, value_axis, wants_log

finite = st.floats(allow_nan=False, allow_infinity=False)


def test_a_step_axis_has_round_steps():
    assert Axis(0, 600).ticks() == [(0.0, "0"), (0.3333, "200"), (0.6667, "400"), (1.0, "600")]


def test_a_loss_over_three_decades_has_a_tick_per_decade():
    assert [text for _, text in value_axis(0.003, 2.0, log=True).ticks()] == ["0.01", "0.1", "1"]


def test_one_decade_has_ones_twos_and_fives():
    assert [text for _, text in value_axis(0.05, 0.9, log=True).ticks()] == ["0.05", "0.1", "0.2", "0.5", "1"]


@pytest.mark.parametrize(("low", "high", "log"), [(0.05, 2.3, True), (0.1, 0.99, False), (-1, 2, False), (0, 5, False)])
def test_which_metrics_start_logarithmic(low, high, log):
    assert wants_log(low, high) is log


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


def test_large_values_have_short_labels_and_close_ones_differ():
    assert [text for _, text in Axis(0, 3e9).ticks()] == ["0", "1e9", "2e9", "3e9"]
    labels = [text for _, text in Axis(1_000_000, 1_000_001).ticks()]
    assert labels[1] == "1,000,000.25"
    assert len(set(labels)) == len(labels)
