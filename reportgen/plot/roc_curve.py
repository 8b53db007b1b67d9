"""The receiver operating characteristic: how many are found at the price of how many false alarms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reportgen.media.table import Table
from reportgen.plot.chart import CustomChart
from reportgen.plot.scored import classes


def roc_curve(
    y_true: Any = None,
    y_probas: Any = None,
    labels: Sequence[str] | None = None,
    classes_to_plot: Sequence[Any] | None = None,
    title: str = "ROC Curve",
    split_table: bool = False,
) -> CustomChart:
    """The ROC curve of each class against all others.

    Args:
        y_true: (n,) true classes.
        y_probas: (n, classes) scores; higher means more likely.
        labels: Names of the classes, in the order of the columns.
        classes_to_plot: Only these, by their value in `y_true`.
        title: What stands above.
        split_table: Accepted for scripts written for W&B, and ignored.

    Raises:
        InputValueError: (RG243) The shapes do not fit together.
    """
    rows: list[list[Any]] = []
    for one in classes(y_true, y_probas, labels, classes_to_plot):
        positives, negatives = int(one.hits[-1]), int(one.misses[-1])
        if positives and negatives:  # else there is no curve
            rows.append([one.name, 0.0, 0.0])
            pairs = zip(one.misses / negatives, one.hits / positives, strict=True)
            rows += [[one.name, float(false), float(true)] for false, true in pairs]
    table = Table(columns=["class", "fpr", "tpr"], data=rows)
    return CustomChart(table, "roc_curve", {"x": "fpr", "y": "tpr", "class": "class"}, {"title": title})
