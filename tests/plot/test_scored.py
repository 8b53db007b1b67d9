"""True classes and scores, as the curves of classification need them."""

from __future__ import annotations

import numpy as np
import pytest

from reportgen.errors import InputValueError
from reportgen.plot.scored import classes


def found(*given: object, labels: list[str] | None = None, only: list[object] | None = None) -> list[object]:
    return [(one.name, one.hits.tolist(), one.misses.tolist()) for one in classes(*given, labels, only)]


def test_each_class_against_all_others() -> None:
    scores = [[0.9, 0.1], [0.4, 0.6], [0.3, 0.7]]
    assert found([0, 1, 1], scores) == [("0", [1, 1, 1], [0, 1, 2]), ("1", [1, 2, 2], [0, 0, 1])]


def test_equal_scores_are_one_threshold() -> None:
    assert found([0, 1, 1], [[0.5, 0.5], [0.5, 0.5], [0.2, 0.8]])[1] == ("1", [1, 2], [0, 1])


def test_scores_of_the_second_of_two_classes() -> None:
    assert found([0, 1], np.array([0.25, 0.75])) == found([0, 1], [[0.75, 0.25], [0.25, 0.75]])


def test_classes_by_name_and_their_labels() -> None:
    scores = [[0.9, 0.1], [0.4, 0.6]]
    assert [name for name, *_ in found(["cat", "dog"], scores)] == ["cat", "dog"]
    assert [name for name, *_ in found([0, 1], scores, labels=["cat", "dog"])] == ["cat", "dog"]
    assert [name for name, *_ in found(["cat", "dog"], scores, only=["dog"])] == ["dog"]
    assert [name for name, *_ in found([5, 7], scores)] == ["5", "7"]  # sorted values stand for the columns


@pytest.mark.parametrize(
    ("truth", "scores", "words"),
    [
        ([0, 1], [[0.5, 0.5]], r"y_true has the shape \(2,\), y_probas \(1, 2\)"),
        ([], np.zeros((0, 2)), r"\(0,\)"),
        ([[0, 1]], [[0.5, 0.5]], r"\(1, 2\)"),
        (["a", "b", "c"], [[0.5, 0.5]] * 3, "y_true holds 3 classes, y_probas 2 columns"),
    ],
)
def test_shapes_that_do_not_fit(truth: object, scores: object, words: str) -> None:
    with pytest.raises(InputValueError, match=f"RG243.*{words}"):
        found(truth, scores)
