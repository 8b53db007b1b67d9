"""A number, written alone: `0.5`, `3`, `true`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from reportgen.rundir.records.record import Record, stated


@dataclass(frozen=True, slots=True)
class ScalarRecord(Record):
    """One number of a metric. Not-a-number and the infinities are kept, as tagged values."""

    KIND: ClassVar[str] = "scalar"
    BARE: ClassVar[bool] = True

    value: int | float | bool = stated("The number; true counts as 1, false as 0.")
