"""A text, written alone: `"hello"`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from reportgen.rundir.records.record import Record, stated


@dataclass(frozen=True, slots=True)
class TextRecord(Record):
    """One text: a note, a transcript, a generated sample."""

    KIND: ClassVar[str] = "text"
    BARE: ClassVar[bool] = True

    text: str = stated("The text, with its line breaks. It is shown as it is, never as HTML.")
