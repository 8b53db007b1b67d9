"""Which classes are taken for which."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn import metrics

from reportgen.errors import InputTypeError, InputValueError
from reportgen.plot import confusion_matrix


def counts(chart: Any) -> dict[tuple[str, str], int]:
    return {(actual, predicted): count for actual, predicted, count in chart.table.data}


def test_the_counts_are_those_of_scikit_learn() -> None:
    rng = np.random.default_rng(5)
    truth, found = rng.integers(0, 4, 500), rng.integers(0, 4, 500)
    names = ["a", "b", "c", "d"]
    chart = confusion_matrix(y_true=truth, preds=found, class_names=names)
    wanted = metrics.confusion_matrix(truth, found)
    assert counts(chart) == {(a, b): wanted[i, j] for i, a in enumerate(names) for j, b in enumerate(names)}
    assert chart.chart == "confusion_matrix"


def test_scores_names_and_positions() -> None:
    wanted = {("cat", "cat"): 1, ("cat", "dog"): 1, ("dog", "cat"): 0, ("dog", "dog"): 1}
    names = ["cat", "dog"]
    scores = np.array([[0.9, 0.1], [0.2, 0.8], [0.3, 0.7]])
    assert counts(confusion_matrix(scores, [0, 0, 1], class_names=names)) == wanted
    assert counts(confusion_matrix([0, 1, 1], [0, 0, 1], names)) == wanted
    assert counts(confusion_matrix(y_true=["cat", "cat", "dog"], preds=["cat", "dog", "dog"])) == wanted
    assert set(counts(confusion_matrix(y_true=[0, 1], preds=[0, 0]))) == {
        (a, b) for a in ("Class_1", "Class_2") for b in ("Class_1", "Class_2")
    }


@pytest.mark.parametrize(
    ("kind", "given", "words"),
    [
        (InputTypeError, {"preds": [0]}, "y_true, and probs or preds, are needed"),
        (InputTypeError, {"y_true": [0]}, "y_true, and probs or preds, are needed"),
        (InputValueError, {"y_true": [0], "preds": [0], "probs": [[0.5, 0.5]]}, "both given"),
        (InputValueError, {"y_true": [0, 1], "preds": [0]}, "1 predictions of 2 samples"),
        (InputValueError, {"y_true": [0, 2], "preds": [0, 1], "class_names": ["a", "b"]}, "from 0 to 2, and 2 names"),
        (InputValueError, {"y_true": [-1], "preds": [0]}, "from -1 to 0"),
        (InputValueError, {"y_true": ["x"], "preds": ["a"], "class_names": ["a", "b"]}, "class_names has no 'x'"),
    ],
)
def test_what_does_not_fit_together(kind: type[Exception], given: dict[str, Any], words: str) -> None:
    with pytest.raises(kind, match=f"RG244.*{words}"):
        confusion_matrix(**given)
