"""Which way a metric is better, as its name tells."""

import pytest

from reportgen.panels.goal import goal_of


@pytest.mark.parametrize(
    ("key", "goal"),
    [
        ("train/loss", "min"),
        ("val_loss", "min"),
        ("valLoss", "min"),
        ("test/RMSE", "min"),
        ("val/acc", "max"),
        ("top1_acc", "max"),
        ("meanIoU", "max"),
        ("episode/reward", "max"),
        ("loss/weights_norm", None),
        ("lr", None),
        ("epoch", None),
        ("glossary", None),
        ("", None),
        ("損失", None),
    ],
)
def test_goal(key, goal):
    assert goal_of(key) == goal
