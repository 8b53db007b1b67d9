"""How far a long wait is: a bar on the terminal, and nothing anywhere else."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Any, Final

from reportgen import optional

PATIENCE: Final = 1.0
"""Seconds until a wait counts as long."""


class Progress:
    """The bar of one wait, for a `with` block. It appears when the wait gets long, and goes when it ends.

    Args:
        what: What is being done.
        total: How many things there are.
    """

    def __init__(self, what: str, total: int) -> None:
        self._what = what
        self._total = total
        self._began = time.monotonic()
        self._bar: Any = None

    def show(self, done: int) -> None:
        """Say how many things are done.

        Args:
            done: 0 to the total.
        """
        if self._bar is None:
            if time.monotonic() - self._began < PATIENCE or not _terminal():
                return
            tqdm = optional.load("tqdm", needed_by="a progress bar").tqdm
            quiet = type("Bar", (tqdm,), {"monitor_interval": 0})  # no thread of its own
            self._bar = quiet(
                desc=f"reportgen: {self._what}",
                total=self._total,
                initial=done,
                file=sys.stderr,
                leave=False,
                unit="file",
            )
        self._bar.update(max(0, min(done, self._total) - self._bar.n))

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.close()


def _terminal() -> bool:
    try:
        return sys.stderr.isatty()
    except (AttributeError, ValueError):  # none, or a closed one
        return False
