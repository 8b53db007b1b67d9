"""Which value of a metric of gradient boosting is its best one, for the summary."""

from __future__ import annotations

from typing import Final

import reportgen

_LOWEST: Final = (
    *("rmse", "rmsle", "mae", "mape", "mphe", "mse", "l1", "l2", "quantile", "huber", "fair", "poisson", "gamma"),
    *("logloss", "mlogloss", "binary_logloss", "multi_logloss", "cross_entropy", "error", "merror"),
    *("binary_error", "multi_error", "tweedie", "kullback_leibler"),
)
_HIGHEST: Final = ("map", "auc", "aucpr", "pre", "ndcg", "average_precision", "auc_mu")


def define(key: str, metric: str) -> None:
    """Let the summary hold a metric's best value, if it is known which that is.

    Args:
        key: The key that it is logged under.
        metric: The framework's name of it, such as "rmse" or "ndcg@5".
    """
    name = metric.lower().partition("@")[0]
    if "loss" in name or name in _LOWEST:
        reportgen.define_metric(key, summary="min")
    elif name in _HIGHEST:
        reportgen.define_metric(key, summary="max")
