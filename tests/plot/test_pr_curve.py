"""The precision-recall curve, beside scikit-learn's."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics

from reportgen.plot import pr_curve


def test_the_precision_is_the_highest_that_reaches_the_recall() -> None:
    rng = np.random.default_rng(4)
    truth = rng.integers(0, 2, 300)
    scores = np.round(np.clip(truth * 0.3 + rng.random(300) * 0.7, 0, 1), 2)
    chart = pr_curve(truth, scores, interp_size=11)
    rows = [row for row in chart.table.data if row[0] == "1"]
    precision, recall, _ = metrics.precision_recall_curve(truth, scores)
    assert [row[2] for row in rows] == pytest.approx(np.linspace(0, 1, 11))
    for _, value, wanted in rows:
        assert value == pytest.approx(precision[:-1][recall[:-1] >= wanted - 1e-12].max())
    assert chart.fields == {"x": "recall", "y": "precision", "class": "class"}


def test_a_class_that_never_occurs_has_no_curve() -> None:
    chart = pr_curve([0, 0], [[0.8, 0.2], [0.6, 0.4]])
    assert {row[0] for row in chart.table.data} == {"0"}
    assert len(chart.table.data) == 21
