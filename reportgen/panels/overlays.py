"""What lies over pictures, for the page: masks and boxes of each, and once per panel their layers, classes and scores.

A mask reaches scripts as its class numbers, row by row, packed with gzip: never as a picture, since what a browser
reads back from a picture has gone through its colour management. Measured in Chromium with masks of 1024 x 1024, this
is a third of the time of the PNG file they are stored in, and not more bytes.

A class has its colour from its number alone, so it is the same in all steps, layers and runs: 1 to 7 are the first
seven series colours, and it goes on from the first one again.
"""

from __future__ import annotations

import gzip
import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar

import numpy as np
import numpy.typing as npt
from PIL import Image

from reportgen.errors import Problem, ReportgenError, RunDirError
from reportgen.panels.contours import outlines, sampled
from reportgen.panels.numerals import number
from reportgen.panels.view import Raw, Values
from reportgen.rundir.opening import open_inside
from reportgen.rundir.overlays import label_of, read_boxes, read_labels
from reportgen.rundir.records.image import ImageRecord
from reportgen.rundir.records.overlay import BoxLayer, MaskLayer

COLOURS: Final = 7
"""Colours of classes; the eighth series colour is too dark for a picture."""

NO_CLASS: Final = 0
"""The colour index of boxes without a class: the ink of labels."""

DASHES: Final = (1, 6, 3, 4)
"""The dashes of layers of boxes, in the order in which they come, as the theme's `--dash-N`: the first is solid."""

GROUNDS: Final = frozenset(
    {"background", "_background_", "bg", "void", "none", "ignore", "ignored", "unlabeled", "unlabelled", "unknown"}
    | {"nothing", "empty", "class_0"}
)
"""Names of class 0 that say it is no object: its toggle is off at first."""

INLINE: Final = 600
"""Bytes of boxes that stand in the panel's data; more are a payload of their own."""

INLINE_ALL: Final = 150_000
"""Bytes of boxes that stand in the data of one panel in all."""

STILLS: Final = 24
"""Pictures of a panel whose overlays the page holds without script."""

STILL_BYTES: Final = 200_000
"""Bytes of those drawings in one panel."""

LABELLED: Final = 24
"""Boxes of a picture that have a label in those drawings."""

_L = TypeVar("_L", MaskLayer, BoxLayer)


@dataclass(frozen=True, slots=True)
class BoxLabel:
    """The label of a box in a page's first frame.

    Attributes:
        text: Class, caption and score.
        colour: 0 to 7.
        left: Left edge, in percent of the picture's width.
        top: The box's upper edge, in percent of its height.
        inside: Whether it stands below that edge, since there is no room above.
        end: Whether it ends at the box's right edge (`left` is then that edge's distance from the right).
    """

    text: str
    colour: int
    left: float
    top: float
    inside: bool
    end: bool


@dataclass(frozen=True, slots=True)
class OverlayStill:
    """The overlays of one picture in a page's first frame, before any script runs.

    Attributes:
        grid: Width and height of the grid in which masks are drawn.
        masks: Colour index and path of every class, lowest first.
        size: Width and height of the picture in pixels.
        boxes: Colour index, dash (1 to 8) and path of the boxes of every colour of every layer.
        labels: Labels of boxes, those that do not cover each other.
        words: What lies over the picture, in words.
    """

    grid: tuple[int, int]
    masks: Sequence[tuple[int, str]]
    size: tuple[int, int]
    boxes: Sequence[tuple[int, int, str]]
    labels: Sequence[BoxLabel]
    words: str


@dataclass(slots=True)
class _Layer:
    """One layer as it is collected. A picture whose names differ from those before it has another one of that name."""

    name: str
    kind: str
    dash: int = 1
    names: dict[int | None, str] = field(default_factory=dict)
    scores: dict[str, list[float]] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        def order(number: int | None) -> tuple[bool, int]:
            return number is None, number or 0

        classes = [
            [
                number,
                self.names[number],
                colour(number),
                *([0] if _ground(number, self.names[number], self.kind) else []),
            ]
            for number in sorted(self.names, key=order)
        ]
        plain = {"name": self.name, "kind": self.kind, "classes": classes}
        more = {"dash": self.dash if self.dash > 1 else None, "scores": self.scores}
        return plain | {key: value for key, value in more.items() if value}


def colour(number: int | None) -> int:
    """1 to 7: the `--series-N` of a class; 0 for boxes without one.

    Args:
        number: The class number.
    """
    return NO_CLASS if number is None else (number - 1) % COLOURS + 1


def _ground(number: int | None, name: str, kind: str) -> bool:
    return kind == "mask" and number == 0 and name.strip().casefold() in GROUNDS


class Overlays:
    """Collects the overlays of all pictures of a panel, or of a column of a table.

    What is wrong with a layer costs that layer: it becomes a problem, the picture and its other layers stay.

    Attributes:
        problems: What could not be shown, and why.
    """

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._layers: list[_Layer] = []
        self._inline = 0
        self._stills = 0
        self._drawn = 0
        self._names: dict[tuple[str, str], dict[int, str]] = {}

    def add(self, folder: Path, record: ImageRecord, where: str) -> dict[str, Any] | None:
        """What the script needs for one picture, beside its address and size; None when nothing lies over it.

        Args:
            folder: The run directory.
            record: The picture.
            where: Run, key and step, for messages.

        Returns:
            `masks`, a list of `{"layer": index, "data": Raw, "n": [class, pixels, ...]}`, and `boxes`, a list of
            `{"layer": index, "count": boxes, "data": Values, "n": [class or null, boxes, ...]}`; few boxes stand in
            `"values"` in place of `"data"`. A key without layers is absent.
        """
        found: dict[str, Any] = {}
        masks = self._each(record.masks or (), where, lambda layer: self._mask(folder, record, layer))
        boxes = self._each(record.boxes or (), where, lambda layer: self._boxes(folder, layer))
        if masks:
            found["masks"] = masks
        if boxes:
            found["boxes"] = boxes
        return found or None

    def data(self) -> dict[str, Any]:
        """`{"layers": [...]}` for the panel's data, once all pictures are added; {} when nothing lies over any.

        A layer is `{"name", "kind": "mask" or "boxes", "classes": [[number, name, colour, 0 if off at first]],
        "dash": 2 to 8 where a layer of boxes is not solid, "scores": {name: [lowest, highest]}}`. Of two layers of one
        name, the second has other names for its classes.
        """
        return {"layers": [layer.plain() for layer in self._layers]} if self._layers else {}

    def still(self, folder: Path, record: ImageRecord) -> OverlayStill | None:
        """The overlays of a picture that the HTML itself holds, drawn so that they follow the theme and print.

        None when nothing lies over it, and for pictures beyond `STILLS` or beyond `STILL_BYTES` of drawings.

        Args:
            folder: The run directory.
            record: The picture; `add` has had it.
        """
        if not (record.masks or record.boxes) or self._stills >= STILLS or self._drawn >= STILL_BYTES:
            return None
        words: list[str] = []
        masks: list[tuple[int, str]] = []
        boxes: dict[tuple[int, int], list[str]] = {}
        labels: list[BoxLabel] = []
        grid, known = (1, 1), len(self.problems)
        for mask in record.masks or ():
            try:
                pixels = self._pixels(folder, record, mask)
                names = self._labels(folder, mask)
            except ReportgenError:
                continue  # `add` has said it
            small = sampled(pixels)
            grid = (small.shape[1], small.shape[0])
            shown = [int(c) for c in np.unique(pixels) if c or (0 in names and not _ground(0, names[0], "mask"))]
            masks += [(colour(c), path) for c in shown if (path := outlines(small == c))]
            words.append(f"Mask {mask.name}: {', '.join(label_of(names, c) for c in shown) or 'empty'}")
        for layer in record.boxes or ():
            try:
                columns = read_boxes(folder, layer)
                names = self._labels(folder, layer)
            except ReportgenError:
                continue
            for box, one in zip(columns.box, columns.class_id, strict=True):
                left, top, right, bottom = (_short(edge) for edge in box)
                boxes.setdefault((self._dash(layer.name), colour(one)), []).append(
                    f"M{left} {top}H{right}V{bottom}H{left}z"
                )
            labels += _placed(record, columns.box, _texts(columns, names), [colour(c) for c in columns.class_id])
            words.append(f"{layer.name}: {len(columns.box):,} box{'es' if len(columns.box) != 1 else ''}")
        del self.problems[known:]
        paths = [(number, dash, "".join(parts)) for (dash, number), parts in sorted(boxes.items())]
        self._stills += 1
        self._drawn += sum(len(path) for _, path in masks) + 2 * sum(len(path) for *_, path in paths)
        return OverlayStill(grid, masks, (record.width, record.height), paths, labels[:LABELLED], "; ".join(words))

    # ---- one layer

    def _each(self, layers: Iterable[_L], where: str, read: Callable[[_L], dict[str, Any]]) -> list[dict[str, Any]]:
        found = []
        for layer in layers:
            try:
                found.append(read(layer))
            except ReportgenError as fault:
                cause = fault.problem
                word = "mask" if isinstance(layer, MaskLayer) else "boxes"
                self.problems.append(Problem(cause.code, cause.what, f"{where}, {word} {layer.name!r}", cause.remedy))
        return found

    def _mask(self, folder: Path, record: ImageRecord, layer: MaskLayer) -> dict[str, Any]:
        pixels = self._pixels(folder, record, layer)
        names = self._labels(folder, layer)
        counts = np.bincount(pixels.ravel()) if pixels.size < 1 << 16 else _counted(pixels)
        present = {int(c): int(counts[c]) for c in np.flatnonzero(counts) if c or 0 in names}
        index = self._layer("mask", layer.name, {c: label_of(names, c) for c in present})
        packed = gzip.compress(pixels.tobytes(), 6, mtime=0)
        return {"layer": index, "data": Raw(packed), "n": [part for pair in present.items() for part in pair]}

    def _boxes(self, folder: Path, layer: BoxLayer) -> dict[str, Any]:
        columns = read_boxes(folder, layer)
        names = self._labels(folder, layer)
        counts: dict[int | None, int] = {}
        for number_of in columns.class_id:
            counts[number_of] = counts.get(number_of, 0) + 1
        index = self._layer("boxes", layer.name, {c: "" if c is None else label_of(names, c) for c in counts})
        for name, values in columns.scores.items():
            finite = [value for value in values if value is not None and math.isfinite(value)]
            if finite:
                bounds = self._layers[index].scores.setdefault(name, [min(finite), max(finite)])
                bounds[:] = min(bounds[0], *finite), max(bounds[1], *finite)
        plain: dict[str, Any] = {"box": [_rounded(edge) for box in columns.box for edge in box]}
        if set(columns.class_id) != {None}:
            plain["id"] = list(columns.class_id)
        if any(columns.caption):
            plain["caption"] = list(columns.caption)
        if columns.scores:
            plain["scores"] = {name: [_finite(v) for v in values] for name, values in columns.scores.items()}
        size = len(json.dumps(plain, ensure_ascii=False, separators=(",", ":")))
        entry: dict[str, Any] = {"layer": index, "count": len(columns.box), "n": [p for c in counts.items() for p in c]}
        if size > INLINE or self._inline + size > INLINE_ALL:
            return entry | {"data": Values.of(plain)}
        self._inline += size
        return entry | {"values": plain}

    def _layer(self, kind: str, name: str, names: Mapping[int | None, str]) -> int:
        """The index of the layer of that name whose classes have the same names; they are added to it."""
        for index, layer in enumerate(self._layers):
            if (layer.kind, layer.name) == (kind, name) and all(layer.names.get(c, n) == n for c, n in names.items()):
                layer.names.update(names)
                return index
        self._layers.append(_Layer(name, kind, self._dash(name) if kind == "boxes" else 1, dict(names)))
        return len(self._layers) - 1

    def _dash(self, name: str) -> int:
        """The dash of the boxes of a layer: by its place among the names of such layers."""
        known = list(dict.fromkeys([layer.name for layer in self._layers if layer.kind == "boxes"] + [name]))
        return DASHES[known.index(name) % len(DASHES)]

    def _labels(self, folder: Path, layer: MaskLayer | BoxLayer) -> dict[int, str]:
        """The names of a layer's classes; a file of them is read once."""
        if layer.labels_file is None:
            return read_labels(folder, layer)
        key = (str(folder), layer.labels_file)
        if key not in self._names:
            self._names[key] = read_labels(folder, layer)
        return self._names[key]

    def _pixels(self, folder: Path, record: ImageRecord, layer: MaskLayer) -> npt.NDArray[np.uint8]:
        """(height, width) class numbers of a mask.

        Raises:
            RunDirError: (RG325) It is no grey picture of 8 bits with the size of the image, or too large. (RG303,
                RG320, RG321, RG322) It cannot be opened.
        """
        with open_inside(folder, layer.file) as file:
            try:
                with Image.open(file, formats=("PNG",)) as picture:
                    if picture.size != (record.width, record.height) or picture.mode not in ("L", "P", "1"):
                        what = f"the mask is {picture.width} x {picture.height} pixels of mode {picture.mode!r}"
                        raise _damaged(f"{what}, the image {record.width} x {record.height}", layer.file)
                    return np.asarray(picture, dtype=np.uint8)
            except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as fault:
                raise _damaged(f"the mask cannot be read: {fault}", layer.file) from fault


def _damaged(what: str, file: str) -> RunDirError:
    return RunDirError("RG325", what, where=file, remedy="Log it again; the picture itself is shown")


def _counted(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.int64]:
    """How often each class occurs; ten times as fast as numpy's count, which turns every pixel into 8 bytes."""
    return np.asarray(Image.fromarray(pixels).histogram(), dtype=np.int64)


def _rounded(edge: float) -> float | int:
    short = round(edge, 2)
    return int(short) if short == int(short) else short


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _short(edge: float) -> str:
    return f"{edge:.2f}".rstrip("0").rstrip(".")


# ---- labels of boxes without script


def _texts(columns: Any, names: Mapping[int, str]) -> list[str]:
    """What stands at each box: class, caption, and the first score."""
    first = next(iter(columns.scores.values()), (None,) * len(columns.box))
    texts = []
    for one, caption, score in zip(columns.class_id, columns.caption, first, strict=True):
        parts = [caption or ("" if one is None else label_of(names, one))]
        parts += [number(round(score, 2)) if abs(score) < 1 else number(score)] if _finite(score) is not None else []
        texts.append(" ".join(part for part in parts if part))
    return texts


TALL: Final = 20.0
LETTER: Final = 7.0
"""Pixels: the height of a label, the width of a letter."""

SHOWN: Final = 180.0, 120.0, 400.0
"""Pixels: the height at which a picture is drawn as a rule; its least and its greatest width."""


def _placed(
    record: ImageRecord, boxes: Sequence[Sequence[float]], texts: Sequence[str], colours: Sequence[int]
) -> list[BoxLabel]:
    """The labels that do not cover each other, those of the largest boxes first."""
    height, least, most = SHOWN
    width = min(most, max(least, height * record.width / record.height))
    scale = width / record.width
    order = sorted(range(len(boxes)), key=lambda i: -(boxes[i][2] - boxes[i][0]) * (boxes[i][3] - boxes[i][1]))
    taken: list[tuple[float, float, float, float]] = []
    found: list[BoxLabel] = []
    for i in order:
        left, top, right, _ = boxes[i]
        if not texts[i] or right <= 0 or left >= record.width or top >= record.height or len(found) == LABELLED:
            continue
        inside, room = top * scale < TALL, len(texts[i]) * LETTER + 10
        end = left * scale + room > width
        start = right * scale - room if end else max(0.0, left * scale)
        place = (start, max(0.0, top * scale) if inside else top * scale - TALL)
        area = (place[0], place[1], place[0] + room, place[1] + TALL)
        if any(area[0] < t[2] and t[0] < area[2] and area[1] < t[3] and t[1] < area[3] for t in taken):
            continue
        taken.append(area)
        across = max(0.0, record.width - right) if end else max(0.0, left)
        found.append(
            BoxLabel(
                texts[i],
                colours[i],
                round(100 * across / record.width, 2),
                round(100 * max(0.0, top) / record.height, 2),
                inside,
                end,
            )
        )
    return found
