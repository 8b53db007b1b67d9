"""Which way a metric is better: a guess from its name, shown as the word it leads to ("lowest", "highest")."""

from __future__ import annotations

import re
from typing import Literal

Goal = Literal["min", "max"]

_LOWER = frozenset(
    [
        *("loss", "losses", "error", "err", "mae", "mse", "rmse", "mape", "nll", "bpb", "bpc", "ppl", "perplexity"),
        *("wer", "cer", "fid", "kl", "regret", "cost", "divergence"),
    ]
)
_HIGHER = frozenset(
    [
        *("acc", "accuracy", "f1", "auc", "auroc", "auprc", "ap", "map", "iou", "miou", "dice", "precision", "recall"),
        *("r2", "bleu", "rouge", "psnr", "ssim", "reward", "return", "score"),
    ]
)


def goal_of(key: str) -> Goal | None:
    """The better direction of a metric named `key`, or None when its name does not tell.

    The last part of the key counts most; words are split at case changes, digits stay: `val/meanIoU`, `top1_acc`.
    """
    name = key.rsplit("/", 1)[-1]
    words = re.findall(r"[a-z]+\d*", re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name).lower())
    words.append("".join(words))
    if any(word in _LOWER for word in words):
        return "min"
    if any(word in _HIGHER for word in words) or name.lower().endswith(("iou", "accuracy")):
        return "max"
    return None
