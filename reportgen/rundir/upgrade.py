"""Runs of older formats, brought up to date in memory: one step from each format to the next.

The files of a user are never changed. To raise the format: raise `layout.FORMAT`, add a `Step` to `STEPS`, describe
the change in `FORMAT.md`, and put a run directory of the old format into `tests/formats/`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from reportgen.errors import RunDirError
from reportgen.rundir import layout

Change = Callable[[dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Step:
    """What changed from one format to the next. Each function takes parsed JSON and may change it in place.

    Attributes:
        run: Changes `run.json`; None for no change, and so for all of them.
        config: Changes `config.json`.
        summary: Changes `summary.json`.
        row: Changes a row of `history.jsonl`, summary rows included.
        sample: Changes a row of `system.jsonl`.
    """

    run: Change | None = None
    config: Change | None = None
    summary: Change | None = None
    row: Change | None = None
    sample: Change | None = None


STEPS: Final[Mapping[int, Step]] = {}
"""By the format that a step starts from. Empty while there is one format only."""


@dataclass(frozen=True, slots=True)
class Upgrades:
    """The formats that can be read.

    Attributes:
        newest: The format that readers work with.
        steps: The way there, by the format that each step starts from.
    """

    newest: int
    steps: Mapping[int, Step]

    def path(self, found: int, where: str = "") -> tuple[Step, ...]:
        """The steps from a format to the newest one.

        Args:
            found: The format of a run.
            where: The run directory, for the message.

        Raises:
            RunDirError: (RG302) The format is newer than this version, or older than any that was ever written.
        """
        if found > self.newest:
            raise RunDirError(
                "RG302",
                f"the run has format {found}, this version of reportgen reads formats up to {self.newest}",
                where=where,
                remedy='Upgrade: pip install --upgrade "reportgen-ml"',
            )
        numbers = range(found, self.newest)
        if found < 1 or any(number not in self.steps for number in numbers):
            raise RunDirError(
                "RG302",
                f"the run has format {found}, which was never in use; the newest is {self.newest}",
                where=where,
                remedy='Check "format" in run.json',
            )
        return tuple(self.steps[number] for number in numbers)


CURRENT: Final = Upgrades(layout.FORMAT, STEPS)
"""What this version reads."""


def chain(steps: tuple[Step, ...], part: str) -> Change | None:
    """All changes to one part of a run as one function; None when nothing changes.

    Args:
        steps: From `Upgrades.path`.
        part: The name of a field of `Step`, such as `"row"`.
    """
    changes: list[Change] = [getattr(step, part) for step in steps if getattr(step, part) is not None]

    def change(value: dict[str, Any]) -> dict[str, Any]:
        for one in changes:
            value = one(value)
        return value

    return change if changes else None
