"""The ROC curve, beside scikit-learn's."""

from __future__ import annotations

import numpy as np
from sklearn import metrics

from reportgen.plot import roc_curve


def test_the_points_are_those_of_scikit_learn() -> None:
    rng = np.random.default_rng(3)
    truth = rng.integers(0, 3, 200)
    scores = np.round(rng.dirichlet([1, 1, 1], 200), 2)
    chart = roc_curve(truth, scores, labels=["a", "b", "c"])
    for number, name in enumerate("abc"):
        rows = np.array([row[1:] for row in chart.table.data if row[0] == name])
        false, true, _ = metrics.roc_curve(truth == number, scores[:, number], drop_intermediate=False)
        assert np.allclose(rows, np.stack([false, true], axis=1))
    assert chart.fields == {"x": "fpr", "y": "tpr", "class": "class"}
    assert chart.strings == {"title": "ROC Curve"}


def test_a_class_that_never_occurs_has_no_curve() -> None:
    chart = roc_curve([0, 0, 1], [[0.8, 0.1, 0.1], [0.6, 0.3, 0.1], [0.2, 0.7, 0.1]])
    assert {row[0] for row in chart.table.data} == {"0", "1"}
    assert {row[0] for row in roc_curve([0, 1], [0.2, 0.8], classes_to_plot=[1]).table.data} == {"1"}
