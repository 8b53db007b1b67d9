"""`wandb.gym`: videos that gymnasium's recorders write are logged."""

from __future__ import annotations

from reportgen.log import current
from reportgen.log.hooks.gym import monitor as watching

__all__ = ["monitor"]


def monitor() -> None:
    """Log the videos of gymnasium's recorders to the current run. `init(monitor_gym=True)` does the same.

    Raises:
        UsageError: (RG101) There is no run yet.
    """
    run = current.open_run("gym.monitor")
    if not run.disabled and run not in watching.runs:
        watching.open(run)
        run._at_end.append(lambda: watching.close(run))
