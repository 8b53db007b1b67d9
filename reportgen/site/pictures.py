"""What became of the pictures of a report: where each lies, large and small, and which could not be shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from reportgen.errors import Problem
from reportgen.panels.view import Listing, Originals, Preview, Shown, View
from reportgen.site.deliver import Delivery
from reportgen.site.thumbnails import SMALL, Made

CARRIED: Final = 4_000_000
"""Bytes of small pictures in one chunk for scripts that read pixels; the rest stays files that are only shown."""

REMEDY: Final = "The other pictures are shown. If the run was copied, copy it again"


@dataclass(frozen=True, slots=True)
class Picture:
    """Where a picture lies in the report.

    Attributes:
        file: The reference of the whole picture; "" when it could not be read.
        thumb: The reference of its thumbnail; "" where the file itself is shown small.
        note: What a reader must know: "first of 24 frames"; "" for nothing.
        lost: Why it could not be read; "" when it could.
        size: Bytes of the file.
    """

    file: str = ""
    thumb: str = ""
    note: str = ""
    lost: str = ""
    size: int = 0

    @property
    def shown(self) -> str:
        """The reference of what galleries show."""
        return self.thumb or self.file


class Pictures:
    """The pictures of one report.

    Args:
        delivery: Where their files go.
    """

    def __init__(self, delivery: Delivery) -> None:
        self._delivery = delivery
        self._known: dict[Preview, Picture] = {}

    def wanted(self, value: Any) -> Iterator[Preview]:
        """All pictures that need a thumbnail, in a view's data."""
        if isinstance(value, Preview):
            yield value
        elif isinstance(value, Originals):
            yield from filter(None, value.previews)
        elif isinstance(value, Listing):
            yield from self.wanted(value.value)
        elif isinstance(value, Mapping):
            for item in value.values():
                yield from self.wanted(item)
        elif isinstance(value, list | tuple):
            for item in value:
                yield from self.wanted(item)

    def take(self, preview: Preview, made: Made) -> None:
        """Hand a picture and its thumbnail to the delivery."""
        if made.fault:
            self._known[preview] = Picture(lost=made.fault)
            return
        try:
            if made.full:
                file = self._delivery.picture(made.full, "image/png")
            else:
                file = self._delivery.file(Shown(preview.source, preview.mime), made.digest)
        except OSError as fault:
            self._known[preview] = Picture(lost=f"the file cannot be read: {fault.strerror}")
            return
        thumb = self._delivery.picture(made.small, made.small_mime) if made.small else ""
        self._known[preview] = Picture(file, thumb, made.note, size=made.size)

    def of(self, preview: Preview) -> Picture:
        """What became of a picture that was taken."""
        return self._known[preview]

    def plain(self, preview: Preview) -> Mapping[str, str]:
        """The same for scripts: `{"file": …, "thumb": …, "note": …}`, or `{"lost": reason}`."""
        found = self.of(preview)
        fields = {"file": found.file, "thumb": found.thumb, "note": found.note, "lost": found.lost}
        return {name: text for name, text in fields.items() if text}

    def problems(self, view: View) -> Sequence[Problem]:
        """The problems of a view's pictures: one for each file that could not be read."""
        lost = dict.fromkeys(p for p in self.wanted(view.data) if self.of(p).lost)
        name = f"a picture of {view.key!r} cannot be shown"
        return [Problem("RG414", f"{name}: {self.of(p).lost}", "/".join(p.source.parts[-4:]), REMEDY) for p in lost]

    def originals(self, wish: Originals) -> Mapping[str, Any] | None:
        """The bytes of small pictures as one chunk; see `Originals`."""
        if self._delivery.single:
            return None
        places: dict[Preview, Any] = {}
        parts: list[bytes] = []
        total = 0
        for preview in dict.fromkeys(filter(None, wish.previews)):
            found = self.of(preview)
            if found.lost or not preview.mime or found.size > SMALL or total + found.size > CARRIED:
                continue
            data = preview.source.read_bytes()
            places[preview] = [total, len(data)]
            parts.append(data)
            total += len(data)
        if not parts:
            return None
        at = [places.get(preview, 0) if preview else 0 for preview in wish.previews]
        return {"data": self._delivery.chunk(b"".join(parts)), "at": at}
