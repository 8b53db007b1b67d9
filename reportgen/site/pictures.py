"""What became of the pictures of a report: where each lies, large and small, and which could not be shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from reportgen.errors import Problem
from reportgen.panels.view import Listing, Originals, Preview, Shown, View
from reportgen.site.deliver import Delivery
from reportgen.site.thumbnails import SMALL, TEXT, Made

CARRIED: Final = 4_000_000
"""Bytes of small pictures in one chunk for scripts that read pixels."""

LARGEST: Final = 16_000_000
"""Bytes of a picture whose pixels scripts read; a larger one would take long, and leave little to the others."""

NOT_CARRIED: Final = -1
"""Stands in place of the bytes of a picture that found no room."""

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
        room: Bytes of pictures, but small ones, that a folder carries once more for scripts that read pixels.
    """

    def __init__(self, delivery: Delivery, room: int = 0) -> None:
        self._delivery = delivery
        self._room = room
        self._known: dict[Preview, Picture] = {}
        self._chosen: frozenset[Preview] = frozenset()
        self._chunks: dict[Preview, str] = {}

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

    def share(self, views: Iterable[View]) -> None:
        """Choose whose bytes scripts get, while there is room: the last picture of each list, then the last but one.

        So every panel has its share, and the step that a page opens with comes first.

        Args:
            views: All views, in the order of the report; their pictures are taken.
        """
        if self._delivery.single:
            return
        wishes = [wish for view in views for wish in _wishes(view.data)]
        ranked = [(len(wish.previews) - i, p) for wish in wishes for i, p in enumerate(wish.previews) if p]
        room, chosen = self._room, set()
        for _, preview in sorted(ranked, key=lambda pair: pair[0]):
            found = self.of(preview)
            if preview in chosen or not self._readable(preview, found) or found.size <= SMALL or found.size > room:
                continue
            chosen.add(preview)
            room -= found.size
        self._chosen = frozenset(chosen)

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
        """The bytes of pictures for scripts that read pixels, small ones as one chunk, others as one each: `Originals`.

        Raises:
            OSError: A file cannot be read any more.
        """
        if self._delivery.single:
            return None
        places: dict[Preview, Any] = {}
        parts: list[bytes] = []
        total = 0
        for preview in dict.fromkeys(filter(None, wish.previews)):
            found = self.of(preview)
            if found.lost or not preview.mime:
                continue
            if found.size > SMALL or total + found.size > CARRIED:
                places[preview] = self._alone(preview)
                continue
            data = preview.source.read_bytes()
            places[preview] = [total, len(data)]
            parts.append(data)
            total += len(data)
        if not places:
            return None
        at = [places.get(preview, 0) if preview else 0 for preview in wish.previews]
        return ({"data": self._delivery.chunk(b"".join(parts))} if parts else {}) | {"at": at}

    def _alone(self, preview: Preview) -> str | int:
        """The chunk of a picture's bytes, or that there is none."""
        if preview not in self._chosen:
            return NOT_CARRIED
        if preview not in self._chunks:
            self._chunks[preview] = self._delivery.chunk(preview.source.read_bytes())
        return self._chunks[preview]

    @staticmethod
    def _readable(preview: Preview, found: Picture) -> bool:
        """Whether a browser reads pixels of a picture's file."""
        return bool(preview.mime) and preview.mime not in TEXT and not found.lost and found.size <= LARGEST


def _wishes(value: Any) -> Iterator[Originals]:
    """All wishes for bytes in a view's data."""
    if isinstance(value, Originals):
        yield value
    elif isinstance(value, Listing):
        yield from _wishes(value.value)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _wishes(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _wishes(item)
