"""Alerts: notices of a training that its report shows on top."""

from __future__ import annotations

import datetime
import enum
import time
from typing import Any, Final

from reportgen.errors import InputTypeError, InputValueError
from reportgen.media import tensors
from reportgen.rundir.events import LEVELS

WAIT: Final = 60.0
"""Seconds in which an alert of the same title is not repeated, unless the caller says otherwise."""


class AlertLevel(enum.Enum):
    """How serious an alert is. Its name as text serves as well: `level="WARN"`."""

    INFO = "INFO"
    WARN = "WARN"
    ERROR = "ERROR"


class Alerts:
    """Which alerts a run has given, so that one that comes again and again is stored once in a while."""

    def __init__(self) -> None:
        self._last: dict[str, float] = {}

    def is_due(self, title: str, seconds: float) -> bool:
        """Whether an alert is to be stored; if so, the time until the next of its title begins.

        Args:
            title: Its title.
            seconds: How long alerts of this title are kept back after one was stored.
        """
        now = time.monotonic()
        if title in self._last and now - self._last[title] < seconds:
            return False
        self._last[title] = now
        return True


def checked_level(level: object) -> str:
    """One of "INFO", "WARN", "ERROR".

    Raises:
        InputValueError: (RG150) It is something else.
    """
    name = level.value if isinstance(level, enum.Enum) else level
    if isinstance(name, str) and name.upper() in LEVELS:
        return name.upper()
    raise InputValueError("RG150", f"level={level!r} is unknown", remedy=f"Use one of {', '.join(LEVELS)}")


def checked_wait(wait: Any) -> float:
    """Seconds, from a number or a `datetime.timedelta`; None stands for `WAIT`.

    Raises:
        InputTypeError: (RG150) It is something else.
    """
    if wait is None:
        return WAIT
    if isinstance(wait, datetime.timedelta):
        return wait.total_seconds()
    if isinstance(wait, (int, float)) and not isinstance(wait, bool):
        return float(wait)
    raise InputTypeError(
        "RG150",
        f"wait_duration is {tensors.named(wait)}, neither seconds nor a timedelta",
        remedy="Write wait_duration=300",
    )
