"""A picture: a file in `media/`, and what was known of it when it was logged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from reportgen.rundir.records.record import MEDIA_FILE, Record, stated


@dataclass(frozen=True, slots=True)
class ImageRecord(Record):
    """One picture."""

    KIND: ClassVar[str] = "image"

    file: str = stated("Where the picture lies, relative to the run directory.", pattern=MEDIA_FILE)
    width: int = stated("Pixels from left to right, as displayed: after the rotation that EXIF asks for.", low=1)
    height: int = stated("Pixels from top to bottom, as displayed.", low=1)
    format: str = stated("Format of the file, as its extension says it: `png`, `jpg`, `gif`.", pattern=r"^[0-9a-z]+$")
    mode: str | None = stated("Colour mode of the pixels: `L` (grey), `RGB`, `RGBA` and so on.", default=None)
    caption: str | None = stated("What stands below the picture.", default=None)
    grouping: int | None = stated("Pictures of a list that belong together have the same number.", default=None)
    scaled_from: str | None = stated(
        "The rule by which numbers became 0 to 255: `0..1` (times 255), `-1..1` (shifted and scaled) or "
        "`clipped`. Absent when the values were stored as they were.",
        default=None,
    )
