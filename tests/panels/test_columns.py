"""Columns of a table: numbers and words in their order, and what stands over them."""

import math

import numpy as np
import pytest

from reportgen.panels.cells import Json, TableCell
from reportgen.panels.columns import BINS, column, natural, plain
from reportgen.panels.view import Shown


def texts(made):
    return [made.cell(row).text for row in range(len(made.missing))]


def words(made):
    return [None if code < 0 else made.words[code] for code in made.codes.tolist()]


def test_numbers_are_numbers():
    made = column("n", "number", [3, None, -1])
    assert made.numbers.dtype == np.int64
    assert made.numbers.tolist() == [3, 0, -1]
    assert made.missing.tolist() == [False, True, False]
    assert (made.codes, made.decimals, made.numeric) == (None, 0, True)
    assert texts(made) == ["3", "–", "−1"]


def test_numbers_with_fractions_keep_every_bit():
    values = [0.1 + 0.2, math.nan, -math.inf, 1]
    made = column("n", "number", values)
    assert np.array_equal(made.numbers, np.array(values), equal_nan=True)
    assert texts(made) == ["0.3", "NaN", "−∞", "1.0"]
    assert not made.missing.any()


def test_whole_numbers_that_a_browser_cannot_hold_are_words_in_their_order():
    values = [2**60 + 1, 2**60, None, -(2**70), 7, 2**60 + 1]
    made = column("n", "number", values)
    assert words(made) == [str(2**60 + 1), str(2**60), None, f"−{2**70}", "7", str(2**60 + 1)]
    assert made.codes.tolist() == [3, 2, -1, 0, 1, 3]
    assert made.numbers[1] == float(2**60)
    assert column("n", "number", [10**400, 1]).numbers.tolist() == [math.inf, 1]


def test_texts_are_places_in_a_list_that_is_in_order():
    made = column("t", "text", ["row 10", None, "Row 9", "row 9", "", "ä", "row 10"])
    assert list(made.words) == ["", "ä", "Row 9", "row 9", "row 10"]
    assert made.codes.tolist() == [4, -1, 2, 3, 0, 1, 4]
    assert made.head.note == "5 values; 1 missing"


def test_the_natural_order():
    texts_in_order = ["1", "2", "10", "a", "A1", "a2", "a10", "b"]
    assert sorted(set(texts_in_order), key=natural) == texts_in_order
    assert natural("x" + "9" * 5000) > natural("x1")
    accented = ["Ärger", "banana", "eclair", "éclair", "Éclair 9", "éclair 10", "ﬁn", "zoo", "Привет"]
    assert sorted(set(accented), key=natural) == accented


def test_truths_dates_and_spans():
    truths = column("b", "bool", [True, None, False])
    assert (list(truths.words), texts(truths)) == ([False, True], ["true", "–", "false"])
    times = column("w", "time", ["2026-11-21T09:11:00+02:00", "2026-11-21", None, "2026-11-21T07:00:00"])
    assert texts(times) == ["2026-11-21 09:11:00+02:00", "2026-11-21", "–", "2026-11-21 07:00:00"]
    assert times.codes.tolist() == [2, 0, -1, 1]
    assert times.numbers[0] - times.numbers[3] == 11 * 60
    assert times.head.note == "2026-11-21 00:00 to 07:11; 1 missing"
    assert texts(column("d", "duration", [1.5, 20.0])) == ["1.5\u202fs", "20.0\u202fs"]


def test_dates_that_cannot_be_read_are_texts():
    made = column("w", "time", ["yesterday", "2026-11-21"])
    assert (made.numbers, list(made.words)) == (None, ["2026-11-21", "yesterday"])


def test_mixed_values_stay_what_they_are():
    values = ["1", 1, True, 1.0, Json("[1]"), "[1]", math.nan, None, TableCell("cat")]
    made = column("m", "mixed", values)
    assert len(made.words) == 8
    told = [plain(word, lambda file: 0) for word in made.words]
    assert [(type(value), value) for value in told[:2]] == [(int, 1), (float, 1.0)]
    assert told[2] == {"number": "NaN", "text": "NaN"}
    assert told[3] is True
    assert told[4:] == ["1", {"json": "[1]"}, "[1]", {"text": "cat"}]
    assert plain(-math.inf, lambda file: 0) == {"number": "-Infinity", "text": "−∞"}


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([1.5, None, math.nan, math.inf], "number"),
        ([True, None], "bool"),
        (["2024-01-01T12:00:00", None, "2024-01-02T00:00:00.5+02:00"], "time"),
        (["2024-01-01", "2024-02-30"], "text"),
        (["2024-01-01", "soon"], "text"),
        ([1, True], "mixed"),
        ([1, "1"], "mixed"),
        ([None], "mixed"),
    ],
)
def test_mixed_values_that_are_of_one_type_are_of_that_type(values, kind):
    assert column("m", "mixed", values).type == kind
    assert column("m", "mixed", values[:1], values[1:]).type == kind


def test_files_in_words_are_numbers(tmp_path):
    file = Shown(tmp_path / "a.bin", "x/y", "a.bin")
    assert plain(TableCell("tape", file=file, bars=(1.0, 0.5)), lambda found: 7) == {
        "text": "tape",
        "file": 7,
        "bars": [1.0, 0.5],
    }
    assert plain(2**70, lambda found: 0) == {"number": str(2**70), "text": str(2**70)}


@pytest.mark.parametrize(
    ("kind", "values", "note", "bars"),
    [
        ("number", [1, 2, 2, 5], "1 to 5", [0.5, 1, 0, 0, 0.5]),
        ("number", [2020], "2020", [1]),
        ("number", [0.25, 0.25], "0.25", [1]),
        ("number", [None, math.nan, math.inf], "1 NaN; 1 infinite; 1 missing", []),
        ("number", [], "", []),
        ("duration", [0.5, 1.0], "0.5 to 1\u202fs", [1, *[0] * (BINS - 2), 1]),
        ("time", ["2026-01-01", "2026-02-01"], "2026-01-01 to 2026-02-01", [1, *[0] * (BINS - 2), 1]),
        ("text", ["b", "a", "b"], "2 values", [1, 0.5]),
        ("text", [f"w{i}" for i in range(99)], "99 values", []),
        ("text", [f"w{i // 2}" for i in range(99)], "50 values", []),
        ("bool", [None], "1 missing", []),
    ],
)
def test_what_stands_over_a_column(kind, values, note, bars):
    head = column("c", kind, values).head
    assert (head.note, list(head.bars)) == (note, bars)


def test_a_huge_range_has_one_bin():
    head = column("c", "number", [-1.7e308, 1.7e308]).head
    assert (list(head.bars), head.data["bins"]) == ([1], [2])


def test_a_head_counts_rows_that_are_not_carried():
    made = column("c", "text", ["b", None], ["a", "b", "c", "c", "c"])
    assert (list(made.words), made.codes.tolist()) == (["b"], [0, -1])
    assert made.head.note == "3 values; 1 missing"
    assert made.head.data["top"] == [[-1, 3], [0, 2], [-1, 1]]
    numbers = column("n", "number", [1], [9])
    assert (numbers.numbers.tolist(), numbers.head.note) == ([1], "1 to 9")


def test_widths_follow_what_is_shown():
    narrow, wide, cjk = (column("c", "text", [text]).width for text in ("a", "a" * 30, "漢" * 15))
    assert narrow < wide == cjk
    assert column("c", "text", ["a" * 10_000]).width < 330
    years = ["2026-01-01", "2026-12-31"]
    assert column("c", "time", years).width >= 24 * 6.2 + 26  # "2026-01-01 to 2026-12-31" under the bars
