"""`wandb.tensorboard`: what TensorBoard's writers of this process write is logged too."""

from __future__ import annotations

from typing import Any

from reportgen.log.hooks.tensorboard import tap

__all__ = ["log", "patch", "unpatch"]


def patch(
    save: bool = True, tensorboard_x: bool | None = None, pytorch: bool | None = None, root_logdir: str = ""
) -> None:
    """Log what a `SummaryWriter` of torch or tensorboardX writes to the run that is opened next.

    `init(sync_tensorboard=True)` does the same for its own run.

    Args:
        save: Accepted for scripts written for W&B, and ignored: TensorBoard keeps its own files.
        tensorboard_x: As `save`; both kinds of writers are known.
        pytorch: As `tensorboard_x`.
        root_logdir: As `save`; the folder of the first writer is the root.
    """
    tap.patch()


def unpatch() -> None:
    """Take `patch` back, if no run was opened since."""
    tap.waiting = False


def log(summary: Any, step: int | None = None, **others: Any) -> None:
    """Log a TensorBoard summary to the current run.

    Args:
        summary: A `Summary` message, or its bytes if TensorBoard's classes are loaded.
        step: The step.
        **others: Accepted for scripts written for W&B, and ignored.
    """
    tap.log(summary, step)
