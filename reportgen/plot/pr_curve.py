"""Precision against recall."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reportgen.media.table import Table
from reportgen.plot.chart import CustomChart
from reportgen.plot.scored import classes


def pr_curve(
    y_true: Any = None,
    y_probas: Any = None,
    labels: Sequence[str] | None = None,
    classes_to_plot: Sequence[Any] | None = None,
    interp_size: int = 21,
    title: str = "Precision-Recall Curve",
    split_table: bool = False,
) -> CustomChart:
    """The precision-recall curve of each class against all others.

    Args:
        y_true: (n,) true classes.
        y_probas: (n, classes) scores; higher means more likely.
        labels: Names of the classes, in the order of the columns.
        classes_to_plot: Only these, by their value in `y_true`.
        interp_size: Recalls at which the precision is given, evenly spaced from 0 to 1: the highest precision of any
            threshold that reaches this recall.
        title: What stands above.
        split_table: Accepted for scripts written for W&B, and ignored.

    Raises:
        InputValueError: (RG243) The shapes do not fit together.
    """
    import numpy

    rows: list[list[Any]] = []
    for one in classes(y_true, y_probas, labels, classes_to_plot):
        positives = int(one.hits[-1])
        if not positives:  # else there is no recall
            continue
        recall, precision = one.hits / positives, one.hits / (one.hits + one.misses)
        best = numpy.maximum.accumulate(precision[::-1])[::-1]  # of this threshold and all lower ones
        for wanted in numpy.linspace(0, 1, max(2, int(interp_size))):
            place = min(int(numpy.searchsorted(recall, wanted)), len(recall) - 1)
            rows.append([one.name, float(best[place]), float(wanted)])
    table = Table(columns=["class", "precision", "recall"], data=rows)
    return CustomChart(table, "pr_curve", {"x": "recall", "y": "precision", "class": "class"}, {"title": title})
