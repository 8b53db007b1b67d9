"""How numbers, spans of time and sizes are written."""

import math

import pytest

from reportgen.panels.numerals import aligned, day, duration, exact, moment, number, plural, size


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.024761, "0.02476"),
        (5048, "5,048"),
        (0, "0"),
        (0.0, "0"),
        (-3, "−3"),
        (1234.6, "1,235"),
        (0.00012, "1.2e-4"),
        (1e-300, "1e-300"),
        (1e300, "1e300"),
        (2**70, "1.181e21"),
        (float("nan"), "NaN"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
        (True, "true"),
        (1.0, "1"),
        (999.99, "1000"),
        (0.5, "0.5"),
    ],
)
def test_number(value, text):
    assert number(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1_000_000.25, "1,000,000.25"),
        (-0.1, "−0.1"),
        (0.0, "0"),
        (20.0, "20"),
        (1.0000001e300, "1.0000001e300"),
        (1e15, "1e15"),
        (2.0**53 - 1, "9.007199254740991e15"),
        (0.0001, "1e-4"),
        (123456.7890123, "123,456.7890123"),
    ],
)
def test_exact(value, text):
    assert exact(value) == text


def test_a_column_shares_its_decimals():
    assert aligned([0.8911, 0.9, 0.25]) == ["0.8911", "0.9000", "0.2500"]


def test_a_column_never_rounds_a_small_value_to_zero():
    assert aligned([0.5, 0.00002]) == ["0.5", "2e-5"]


def test_a_column_of_whole_numbers_has_no_decimals():
    assert aligned([1.0, 2000.0, float("nan")]) == ["1", "2,000", "NaN"]
    assert aligned([]) == []


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0.0\u202fs"),
        (0.0349, "35\u202fms"),
        (4.17, "4.2\u202fs"),
        (59.96, "1\u202fmin"),
        (192, "3\u202fmin 12\u202fs"),
        (7500, "2\u202fh 5\u202fmin"),
        (273_600, "3\u202fd 4\u202fh"),
        (3600, "1\u202fh"),
    ],
)
def test_duration(seconds, text):
    assert duration(seconds) == text


def test_dates_have_their_month_in_letters_and_odd_ones_are_left_out():
    assert day(moment("2026-11-21T23:30:00-05:00")) == "22 November 2026"
    assert day(moment("2026-11-21T09:11:00.123456Z")) == "21 November 2026"
    assert moment("yesterday") is None


def test_sizes_and_counts():
    assert [size(n) for n in (812, 14_200, 3_600_000, 999_600)] == [
        "812\u202fB",
        "14.2\u202fkB",
        "3.6\u202fMB",
        "1\u202fMB",
    ]
    assert (plural(1, "metric"), plural(3_000, "metric")) == ("1 metric", "3,000 metrics")
