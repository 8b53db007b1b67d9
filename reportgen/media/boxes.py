"""Boxes over a picture: positions in two forms, in pixels or parts of the picture; class, caption and scores."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import orjson

from reportgen.errors import InputTypeError, InputValueError
from reportgen.media import classes, given, tensors
from reportgen.media.masks import stored_labels
from reportgen.rundir import jsonl
from reportgen.rundir.overlays import BOXES_SUFFIX, INLINE_BOXES, pack_boxes
from reportgen.rundir.records.overlay import BoxColumns, BoxLayer

EXAMPLE: Final = 'Give boxes={"prediction": {"box_data": [{"position": {...}, "class_id": 1}]}}'
POSITION: Final = 'Give {"minX", "maxX", "minY", "maxY"}, or {"middle": [x, y], "width", "height"}'
EDGES: Final = ("minX", "minY", "maxX", "maxY")

LAYER: Final = ("box_data", "class_labels")
BOX: Final = ("position", "domain", "class_id", "box_caption", "scores")
"""What a layer and a box have."""

PIXEL: Final = frozenset({"pixel", "pixels"})
FRACTION: Final = frozenset({"fraction", "fractional", "relative", "normalized", "percentile"})

FAR: Final = 2.0
"""Parts of a picture that a box with an unknown domain may lie outside of it; one that lies farther is in pixels."""

FARTHEST: Final = 10.0
"""The same for boxes without a domain: a model that is still learning may well say 3.2, but whole numbers beyond `FAR`,
and all beyond this, are pixels."""

EXACT: Final = 2.0**53
"""Whole numbers below it are exact as floats."""

DECIMALS: Final = 3
"""Digits of a position in pixels."""


class Store(Protocol):
    """Where files go; `RunWriter` is one."""

    def put(self, data: bytes, suffix: str) -> str:
        """Store bytes; their place relative to the run directory."""


@dataclass(frozen=True, slots=True, eq=False)
class BoxSet:
    """One layer of boxes.

    Attributes:
        name: Name of the layer.
        columns: The boxes, in pixels of the picture as displayed.
        labels: Names of classes by number.
    """

    name: str
    columns: BoxColumns
    labels: Mapping[int, str]

    @property
    def nbytes(self) -> int:
        """About how many bytes of memory it takes."""
        return 300 * len(self.columns.box)

    def encode(self, store: Store) -> BoxLayer:
        """Store what needs a file, and say what a run keeps of the boxes.

        Args:
            store: Takes the file.

        Raises:
            OSError: It could not be stored.
        """
        line = orjson.dumps(jsonl.plain(self.columns.to_json()))
        small = len(line) <= INLINE_BOXES
        labels, labels_file = stored_labels(self.labels, store)
        return BoxLayer(
            self.name,
            len(self.columns.box),
            values=self.columns if small else None,
            file=None if small else store.put(pack_boxes(line), BOXES_SUFFIX),
            labels=labels,
            labels_file=labels_file,
        )

    def as_given(self) -> dict[str, Any]:
        """The layer in the form that `Image` takes: `box_data`, in pixels, and `class_labels`."""
        columns = self.columns
        boxes: list[dict[str, Any]] = []
        for place, edges in enumerate(columns.box):
            box: dict[str, Any] = {"position": dict(zip(EDGES, edges, strict=True)), "domain": "pixel"}
            if columns.class_id is not None and columns.class_id[place] is not None:
                box["class_id"] = columns.class_id[place]
            if columns.caption is not None and columns.caption[place] is not None:
                box["box_caption"] = columns.caption[place]
            scores = {name: column[place] for name, column in (columns.scores or {}).items()}
            if any(score is not None for score in scores.values()):
                box["scores"] = {name: score for name, score in scores.items() if score is not None}
            boxes.append(box)
        return {"box_data": boxes, "class_labels": dict(self.labels)}


def taken(boxes: Any, size: tuple[int, int], names: Mapping[int, str] | None) -> tuple[BoxSet, ...]:
    """The layers of boxes that a picture was given, as they are now.

    Args:
        boxes: A mapping of names of layers to mappings with `box_data`, a list of boxes, and perhaps `class_labels`.
        size: Width and height of the picture as displayed, in pixels.
        names: Names of classes for all layers.

    Raises:
        InputTypeError: (RG210) Something else, or a layer of it. (RG213) A position that is none. (RG214) A class,
            a caption or a score of a wrong type.
        InputValueError: (RG210) A layer without `box_data`, or a name that is nearly one of those. (RG213) A position
            that makes no sense. (RG214) A class number beyond 64 bits.
    """
    found = []
    for name, layer in given.layers(boxes, "boxes", EXAMPLE):
        where = f"boxes {name!r}"
        given.check_names(layer, LAYER, "a layer of boxes", where)
        if "box_data" not in layer:
            raise InputValueError("RG210", "a layer of boxes has 'box_data'", where=where, remedy=EXAMPLE)
        data = layer["box_data"]
        if isinstance(data, (str, bytes, Mapping)) or not isinstance(data, Sequence):
            raise InputTypeError(
                "RG210", f"box_data is {tensors.named(data)}, not a list of boxes", where=where, remedy=EXAMPLE
            )
        labels = {**(names or {}), **classes.labels_of(layer.get("class_labels"), where)}
        found.append(BoxSet(name, _columns(data, size, where), labels))
    return tuple(found)


def _columns(boxes: Sequence[Any], size: tuple[int, int], where: str) -> BoxColumns:
    """Boxes column by column; a column that no box has anything in is left out."""
    positions, numbers, captions = [], [], []
    scores: dict[str, list[float | None]] = {}
    for place, box in enumerate(boxes):
        at = f"{where}, box {place}"
        if not isinstance(box, Mapping):
            raise InputTypeError("RG210", f"a box is {tensors.named(box)}", where=at, remedy=EXAMPLE)
        given.check_names(box, BOX, "a box", at)
        positions.append(_position(box, size, at))
        numbers.append(_class_id(box.get("class_id"), at))
        caption = box.get("box_caption")
        if caption is not None and not isinstance(caption, str):
            raise InputTypeError(
                "RG214", f"box_caption is {tensors.named(caption)}", where=at, remedy="Use str(caption)"
            )
        captions.append(caption)
        _add_scores(scores, box.get("scores"), place, at)
    for column in scores.values():
        column.extend([None] * (len(positions) - len(column)))
    return BoxColumns(
        tuple(positions),
        tuple(numbers) if any(number is not None for number in numbers) else None,
        tuple(captions) if any(caption is not None for caption in captions) else None,
        {name: tuple(column) for name, column in scores.items()} or None,
    )


def _position(box: Mapping[str, Any], size: tuple[int, int], at: str) -> tuple[float, ...]:
    """Left, top, right and bottom edge of a box in pixels."""
    position = box.get("position")
    if not isinstance(position, Mapping):
        what = "a box has no 'position'" if position is None else f"position is {tensors.named(position)}"
        raise InputTypeError("RG213", what, where=at, remedy=POSITION)
    if all(name in position for name in EDGES):
        left, top, right, bottom = (_number(position[name], name, at) for name in EDGES)
        for low, high, axis in ((left, right, "X"), (top, bottom, "Y")):
            if low > high:
                raise InputValueError(
                    "RG213", f"min{axis} is {low:g}, more than max{axis}, {high:g}", where=at, remedy="Exchange them"
                )
    elif all(name in position for name in ("middle", "width", "height")):
        left, top, right, bottom = _around(position, at)
    else:
        missing = next(name for name in EDGES if name not in position)
        raise InputTypeError("RG213", f"the position has no {missing!r}", where=at, remedy=POSITION)
    if not _in_pixels(box.get("domain"), (left, top, right, bottom), at):
        width, height = size
        left, top, right, bottom = left * width, top * height, right * width, bottom * height
    return _rounded(left), _rounded(top), _rounded(right), _rounded(bottom)


def _around(position: Mapping[str, Any], at: str) -> tuple[float, float, float, float]:
    """The edges of a box that is given by its middle, its width and its height."""
    middle = position["middle"]
    middle = tensors.to_numpy(middle).tolist() if tensors.is_array(middle) else middle
    if not isinstance(middle, (list, tuple)) or len(middle) != 2:
        raise InputTypeError("RG213", "middle is no pair of numbers", where=at, remedy="Give [x, y]")
    x, y = _number(middle[0], "middle", at), _number(middle[1], "middle", at)
    width, height = _number(position["width"], "width", at), _number(position["height"], "height", at)
    if width < 0 or height < 0:
        raise InputValueError(
            "RG213", f"a box {width:g} wide and {height:g} high", where=at, remedy="Give sizes of 0 or more"
        )
    return x - width / 2, y - height / 2, x + width / 2, y + height / 2


def _in_pixels(domain: Any, edges: tuple[float, ...], at: str) -> bool:
    """Whether a position is in pixels, and not in parts of the picture, as it is without a domain.

    Raises:
        InputTypeError: (RG213) The domain is no text.
        InputValueError: (RG213) It is unknown, or there is none, and the position can only be in pixels.
    """
    if domain is None:
        far = max(map(abs, edges))
        if far > FARTHEST or (far > FAR and all(edge == int(edge) for edge in edges)):
            what = f"without a domain, positions are parts of the picture, and {max(edges, key=abs):g} lies far outside"
            remedy = 'Add "domain": "pixel" to the box if it is in pixels, or divide by width and height'
            raise InputValueError("RG213", what, where=at, remedy=remedy)
        return False
    if not isinstance(domain, str):
        raise InputTypeError(
            "RG213", f"domain is {tensors.named(domain)}", where=at, remedy='Use "pixel", or leave it out'
        )
    word = domain.lower()
    # W&B takes any other word for parts of the picture. Where that makes no sense, it was misspelt.
    if word not in PIXEL | FRACTION and max(map(abs, edges)) > FAR:
        raise InputValueError(
            "RG213", f"the domain {domain[:40]!r} is unknown", where=at, remedy='Use "pixel", or leave it out'
        )
    return word in PIXEL


def _number(value: Any, name: str, at: str) -> float:
    found = _plain(value)
    if found is None:
        raise InputTypeError("RG213", f"{name} is {tensors.named(value)}, not a number", where=at, remedy=POSITION)
    if not math.isfinite(found):
        raise InputValueError("RG213", f"{name} is {found}", where=at, remedy="Leave such boxes out")
    return found


def _plain(value: Any) -> float | None:
    """A number of Python, numpy or torch as a float; None for what is none."""
    if isinstance(value, (str, bytes)) or getattr(value, "shape", ()) != ():
        return None
    try:
        return float(value.item() if hasattr(value, "item") else value)
    except (TypeError, ValueError):
        return None
    except OverflowError:
        return math.inf


def _rounded(pixels: float) -> float:
    """Pixels to a thousandth; whole ones are written without a fraction."""
    return _short(round(pixels, DECIMALS))


def _short(number: float) -> float:
    """The same number, a whole one as an int: so it is written without a fraction."""
    return int(number) if abs(number) < EXACT and number == int(number) else number


def _class_id(value: Any, at: str) -> int | None:
    if value is None:
        return None
    number = classes.whole(value)
    if number is None and type(value) is int:
        raise InputValueError("RG214", f"class_id is {value:.3g}", where=at, remedy=classes.SMALLER)
    if number is None:
        raise InputTypeError(
            "RG214", f"class_id is {tensors.named(value)}, not a whole number", where=at, remedy="Use int(class_id)"
        )
    return number


def _add_scores(columns: dict[str, list[float | None]], scores: Any, place: int, at: str) -> None:
    """Add the scores of one box to the columns; what boxes before it lack is None."""
    if scores is None:
        return
    if not isinstance(scores, Mapping):
        raise InputTypeError(
            "RG214", f"scores is {tensors.named(scores)}, not a mapping", where=at, remedy='Give {"confidence": 0.9}'
        )
    for name, value in scores.items():
        number = _plain(value)
        if not isinstance(name, str) or number is None:
            what = f"the score {str(name)[:40]!r} is {tensors.named(value)}, not a number"
            if not isinstance(name, str):
                what = f"the name of a score is {tensors.named(name)}"
            raise InputTypeError("RG214", what, where=at, remedy='Give {"confidence": 0.9}')
        column = columns.setdefault(name, [])
        column.extend([None] * (place - len(column)))
        column.append(_short(number))
