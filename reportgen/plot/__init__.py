"""Charts by name: `wandb.plot.line(table, "step", "loss")`. They hold data and intent, not a drawing.

This version stores the data of a chart as a table, and beside it what the chart is to show.
"""

from reportgen.plot.chart import CustomChart, plot_table
from reportgen.plot.confusion_matrix import confusion_matrix
from reportgen.plot.line_series import line_series
from reportgen.plot.of_columns import bar, histogram, line, scatter
from reportgen.plot.pr_curve import pr_curve
from reportgen.plot.roc_curve import roc_curve

ROC, precision_recall = roc_curve, pr_curve
"""Names that scripts written for older versions of W&B use."""

__all__ = [
    "ROC",
    "CustomChart",
    "bar",
    "confusion_matrix",
    "histogram",
    "line",
    "line_series",
    "plot_table",
    "pr_curve",
    "precision_recall",
    "roc_curve",
    "scatter",
]
