"""Columns take what fits, name what does not, and rows become columns in every form that users give them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from reportgen.errors import InputTypeError, InputValueError
from reportgen.media.cells import MIXED, NULL, NUMBER, TEXT
from reportgen.media.columns import Column, checked_names, transposed


def filled(values: list[Any], **more: Any) -> Column:
    column = Column("c", **more)
    column.values, column.type = column.checked(values, 0)
    return column


@pytest.mark.parametrize(
    ("values", "kept", "kind"),
    [
        ([1, 2.5, None], [1, 2.5, None], NUMBER),
        ([None, None], [None, None], NULL),
        ([np.float64(1), 2], [1.0, 2], NUMBER),
        (["a", float("nan"), None], ["a", None, None], TEXT),
        ([float("nan"), "a"], [None, "a"], TEXT),
    ],
)
def test_values_that_fit(values: list[Any], kept: list[Any], kind: Any) -> None:
    column = filled(values)
    assert (column.values, column.type) == (kept, kind)


def test_nan_among_numbers_is_a_number() -> None:
    assert filled([1, float("nan")]).values[1] != 0
    assert filled([float("nan")]).type == NUMBER


def test_a_column_of_nan_alone_may_turn_out_to_be_text() -> None:
    column = filled([float("nan"), None])
    made, kind = column.checked(["a"], 2)
    assert (made, kind, column.values) == (["a"], TEXT, [None, None])
    texts = filled(["a"])
    assert texts.checked([float("nan")], 1) == ([None], TEXT)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([1, "a"], "'c' holds numbers, and row 1 text .'a'."),
        ([1, None, True], "row 2 true and false"),
        (["a", b"b", 3], "holds text, and row 2 numbers .3."),
        ([[1], ["a"]], "lists of numbers, and row 1 lists of text"),
        ([{"a": 1}, {"b": 1}], "the keys a, and row 1 mappings with the keys b"),
        ([np.zeros(2), np.zeros(3)], r"arrays of shape \(2,\), and row 1 arrays of shape \(3,\)"),
    ],
)
def test_values_that_do_not_fit_together(values: list[Any], words: str) -> None:
    with pytest.raises(InputTypeError, match=rf"RG233.*{words}.*allow_mixed_types"):
        filled(values)
    assert filled(values, type=MIXED).type == MIXED


def test_values_that_do_not_fit_into_a_column() -> None:
    with pytest.raises(InputTypeError, match=r"RG233.*holds numbers, and row 7 text"):
        filled([1]).checked([None, "a"], 6)


def test_missing_values_where_none_may_be() -> None:
    with pytest.raises(InputTypeError, match=r"RG233.*no value in row 1"):
        filled([1, None], optional=False)
    with pytest.raises(InputTypeError, match=r"RG233.*no value in row 1"):
        filled([[1], None], optional=False)
    assert filled([[1]], optional=False).values == [[1]]


def test_what_cannot_be_stored_is_named_with_its_place() -> None:
    with pytest.raises(InputTypeError, match=r"RG234.*column 'c', row 1"):
        filled([1, object()])


# ---- rows to columns


ROWS = [[1, "a"], [2, "b"], [3, "c"]]


@pytest.mark.parametrize(
    "rows",
    [
        ROWS,
        [tuple(row) for row in ROWS],
        [ROWS[0], tuple(ROWS[1]), ROWS[2]],
        np.array(ROWS, dtype=object),
        [iter(row) for row in ROWS],
        [np.array(row, dtype=object) for row in ROWS],
    ],
    ids=["lists", "tuples", "both", "array", "iterators", "arrays"],
)
def test_rows_of_every_form(rows: Any) -> None:
    assert transposed(rows, 2) == [[1, 2, 3], ["a", "b", "c"]]


@pytest.mark.parametrize("row", [list, tuple, iter], ids=["lists", "tuples", "iterators"])
def test_many_rows_become_the_same(row: Callable[[list[Any]], Any]) -> None:
    found = transposed([row([i, -i, str(i)]) for i in range(1000)], 3)
    assert found == [list(range(1000)), [-i for i in range(1000)], [str(i) for i in range(1000)]]


def test_rows_that_only_have_the_right_number_of_cells_together() -> None:
    with pytest.raises(InputValueError, match="RG231: row 1 has 3 cells, and the table 2 columns"):
        transposed([[1, 2], [3, 4, 5], [6]], 2)
    with pytest.raises(InputTypeError, match="RG230: row 1 is a str"):
        transposed([[1, 2], "ab", [3, 4]], 2)


def test_arrays_of_numbers_become_numbers() -> None:
    found = transposed(np.array([[1.5, 2], [3, 4]]), 2)
    assert found == [[1.5, 3.0], [2.0, 4.0]]
    assert type(found[0][0]) is float


def test_arrays_of_more_dimensions_have_arrays_as_cells() -> None:
    found = transposed(np.zeros((2, 3, 4)), 3)
    assert [cell.shape for column in found for cell in column] == [(4,)] * 6


def test_no_rows() -> None:
    assert transposed([], 2) == [[], []]
    assert transposed(np.zeros((0, 2)), 2) == [[], []]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([[1, 2], [1]], "row 1 has 1 cells, and the table 2 columns"),
        ([[1, 2, 3], [1]], "row 0 has 3 cells"),
        ([(1, 2), [1, 2, 3]], "row 1 has 3 cells"),
        (np.zeros((2, 3)), "row 0 has 3 cells"),
    ],
    ids=str,
)
def test_rows_of_a_wrong_length(rows: Any, words: str) -> None:
    with pytest.raises(InputValueError, match=f"RG231.*{words}"):
        transposed(rows, 2)


@pytest.mark.parametrize(
    "rows", [[1, 2], ["ab", "cd"], [[1, 2], "cd"], [{"a": 1, "b": 2}], [None], np.zeros(3)], ids=str
)
def test_what_is_no_row(rows: Any) -> None:
    with pytest.raises(InputTypeError, match="RG230"):
        transposed(rows, 2)


# ---- names


def test_names() -> None:
    assert checked_names(None) == ["Input", "Output", "Expected"]
    assert checked_names(["a", 0, np.str_("b")]) == ["a", 0, "b"]


@pytest.mark.parametrize("wrong", ["abc", ("a", "b"), {"a": 1}, [1.5], [("a", "b")], [None], [True], 3])
def test_names_that_are_none(wrong: Any) -> None:
    with pytest.raises(InputTypeError, match="RG230"):
        checked_names(wrong)


@pytest.mark.parametrize("twice", [["a", "a"], ["0", 0]])
def test_names_that_are_there_twice(twice: list[Any]) -> None:
    with pytest.raises(InputValueError, match=r"RG232.*two columns"):
        checked_names(twice)
