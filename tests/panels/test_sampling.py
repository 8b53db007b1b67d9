"""Fewer points, same picture: a spike survives, nothing odd disappears, the choice is always the same."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from reportgen.panels.sampling import columns, envelope


def test_a_spike_of_one_point_among_a_million_survives():
    y = np.sin(np.arange(1_000_000) / 5_000)
    y[734_561] = 50.0
    y[12_345] = -40.0
    kept = envelope(np.arange(len(y)), y, 2_000)
    assert {734_561, 12_345, 0, len(y) - 1} <= set(kept.tolist())
    assert len(kept) <= 2_002


def test_each_pixel_column_keeps_its_lowest_and_highest_value():
    rng = np.random.default_rng(3)
    x = np.cumsum(rng.integers(1, 50, 30_000))
    y = rng.normal(size=len(x))
    kept = envelope(x, y, 1_000)
    column = columns(x, 500)
    for c in np.unique(column):
        here, left = y[column == c], y[kept][column[kept] == c]
        assert (left.min(), left.max()) == (here.min(), here.max())


def test_a_coarser_screen_loses_no_extreme_either():
    rng = np.random.default_rng(4)
    x, y = np.arange(100_000), rng.standard_cauchy(100_000)
    kept = envelope(x, y, 1_000)
    for c in range(100):  # 500 columns fit five to a pixel of a screen of 100
        here = columns(x, 100) == c
        left = columns(x, 100)[kept] == c
        assert y[kept][left].max() == y[here].max()
        assert y[kept][left].min() == y[here].min()


def test_short_histories_are_kept_whole():
    for n in (0, 1, 2, 3, 100):
        assert envelope(np.arange(n), np.ones(n), 100).tolist() == list(range(n))


def test_nan_and_infinities_keep_a_place_in_their_column():
    y = np.zeros(10_000)
    y[5_000], y[7_000], y[9_000] = np.nan, np.inf, -np.inf
    kept = envelope(np.arange(10_000), y, 100)
    assert {5_000, 7_000, 9_000} <= set(kept.tolist())


def test_a_run_of_nothing_but_nan_stays_visible():
    kept = envelope(np.arange(10_000), np.full(10_000, np.nan), 100)
    assert 2 <= len(kept) <= 52


def test_all_points_at_one_place_keep_both_extremes():
    y = np.arange(500.0)
    assert set(envelope(np.zeros(500), y, 10).tolist()) == {0, 499}


@settings(max_examples=150, deadline=None)
@given(
    hnp.arrays(
        np.float64,
        st.integers(0, 400),
        elements=st.one_of(st.floats(), st.sampled_from([np.nan, np.inf, -np.inf, 0.0, 1e300])),
    ),
    st.integers(4, 100),
)
def test_any_values_give_ascending_indices_with_both_extremes(y, points):
    x = np.arange(len(y)) ** 2
    kept = envelope(x, y, points)
    assert (np.diff(kept) > 0).all()
    finite = y[np.isfinite(y)]
    if len(finite):
        left = y[kept][np.isfinite(y[kept])]
        assert (left.min(), left.max()) == (finite.min(), finite.max())
    for odd in (np.isnan, np.isposinf, np.isneginf):
        assert odd(y).any() == odd(y[kept]).any()
