"""Several lines in one chart."""

from __future__ import annotations

import numpy as np
import pytest

from reportgen.errors import InputValueError
from reportgen.plot import line_series


def test_lines_over_one_axis() -> None:
    chart = line_series([0, 1, 2], [[1, 2, 3], np.array([4.0, 5.0, 6.0])], keys=["a", "b"], title="T", xname="epoch")
    assert chart.table.data == [[0, "a", 1], [1, "a", 2], [2, "a", 3], [0, "b", 4.0], [1, "b", 5.0], [2, "b", 6.0]]
    assert chart.fields == {"x": "step", "stroke": "lineKey", "y": "lineVal"}
    assert chart.strings == {"title": "T", "xname": "epoch"}


def test_each_line_over_its_own_axis() -> None:
    chart = line_series(np.array([[0, 1], [5, 6]]), [range(2), (7, 8)])
    assert chart.table.data == [[0, "line_1", 0], [1, "line_1", 1], [5, "line_2", 7], [6, "line_2", 8]]


@pytest.mark.parametrize(
    ("xs", "ys", "keys", "words"),
    [
        ([0, 1], [[1, 2, 3]], None, "'line_1' has 3 values at 2 positions"),
        ([0, 1], [[1, 2]], ["a", "b"], "1 lines, 1 sequences of positions and 2 names"),
        ([[0, 1], [0, 1]], [[1, 2]], None, "1 lines, 2 sequences"),
        ([0, 1], [], None, "0 lines"),
    ],
)
def test_what_does_not_fit_together(xs: list[object], ys: list[object], keys: list[str] | None, words: str) -> None:
    with pytest.raises(InputValueError, match=f"RG242.*{words}"):
        line_series(xs, ys, keys)
