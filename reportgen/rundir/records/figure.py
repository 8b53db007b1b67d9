"""A figure of a plotting package: its picture, its description, or both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from reportgen.errors import InputValueError
from reportgen.rundir.records.record import MEDIA_FILE, Record, stated


@dataclass(frozen=True, slots=True)
class FigureRecord(Record):
    """A figure: a picture of it, a description that a program can draw it from, or both. Figures says more."""

    KIND: ClassVar[str] = "figure"

    library: str = stated("What made it: `matplotlib`, `plotly`, `bokeh`.", pattern=r"^[a-z0-9_.-]+$")
    version: str | None = stated("The version of that package.", default=None)
    title: str | None = stated("Its title.", default=None)
    picture: str | None = stated("A picture of it, a PNG file.", pattern=MEDIA_FILE, default=None)
    width: int | None = stated(
        "Pixels from left to right at which the picture is meant to be shown; it may hold more of them.",
        low=1,
        default=None,
    )
    height: int | None = stated("Pixels from top to bottom, likewise.", low=1, default=None)
    spec: str | None = stated(
        "The file that describes it: one line of JSON, packed with gzip. It holds all that the figure shows.",
        pattern=MEDIA_FILE,
        default=None,
    )
    spec_format: str | None = stated(
        "How it does: `plotly` (a mapping of `data` and `layout`) or `bokeh` (a JSON item).",
        pattern=r"^[a-z0-9_.-]+$",
        default=None,
    )

    def __post_init__(self) -> None:
        Record.__post_init__(self)
        if self.picture is None and self.spec is None:
            raise InputValueError("RG332", "it has neither 'picture' nor 'spec'", where="FigureRecord")
        if (self.spec is None) != (self.spec_format is None):
            raise InputValueError("RG332", "'spec' and 'spec_format' go together", where="FigureRecord")
        if self.picture is not None and (self.width is None or self.height is None):
            raise InputValueError("RG332", "the picture has no 'width' and 'height'", where="FigureRecord")
