"""A picture: a file in `media/`, what was known of it when it was logged, and what lies over it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from reportgen.errors import InputValueError
from reportgen.rundir.records.overlay import BoxLayer, MaskLayer, check_labels
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
        "The rule by which numbers became 0 to 255: `0..1` (times 255), `-1..1` (shifted and scaled), `0..65535` "
        "(divided by 256) or `clipped`; behind it `, NaN as 0` and `, infinity clipped` where there were any. Absent "
        "when the values were stored as they were.",
        default=None,
    )
    frames: int | None = stated(
        "How many frames or pages the file had of which this is one; absent when all are stored.", low=2, default=None
    )
    masks: tuple[MaskLayer, ...] | None = stated("Masks that lie over it; Overlays says more.", default=None)
    boxes: tuple[BoxLayer, ...] | None = stated("Layers of boxes that lie over it.", default=None)
    labels: Mapping[str, str] | None = stated(
        "Names of classes by number, of a picture without masks and boxes; else they stand in the layers.", default=None
    )
    labels_file: str | None = stated("In place of `labels`, as for a mask.", pattern=MEDIA_FILE, default=None)

    def __post_init__(self) -> None:
        Record.__post_init__(self)
        check_labels(self.labels, self.labels_file, "ImageRecord")
        for layers in (self.masks, self.boxes):
            if len({layer.name for layer in layers or ()}) < len(layers or ()):
                raise InputValueError("RG332", "two layers share a name", where="ImageRecord")
