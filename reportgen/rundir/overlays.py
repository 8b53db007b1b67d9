"""What lies over pictures, read from a run directory: names of classes, and boxes; masks are PNG files as they are."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import orjson

from reportgen.errors import ReportgenError, RunDirError
from reportgen.rundir import jsonl
from reportgen.rundir.opening import open_inside
from reportgen.rundir.packed import pack, unpack
from reportgen.rundir.records.image import ImageRecord
from reportgen.rundir.records.overlay import BoxColumns, BoxLayer, MaskLayer, check_labels

BOXES_SUFFIX: Final = ".boxes.json.gz"
LABELS_SUFFIX: Final = ".labels.json"

INLINE_BOXES: Final = 4096
"""Bytes of boxes that a record holds itself: a file of its own would cost more than its content."""

INLINE_LABELS: Final = 256
"""Bytes of names of classes that a record holds itself. Longer ones lie in a file that all pictures share."""

MAX_LABELS: Final = 16 * 1024 * 1024
"""Bytes of a file with names of classes that are read: more is no such file."""


class Boxes(NamedTuple):
    """The boxes of a layer, column by column; all columns have one entry per box.

    Attributes:
        box: Left, top, right and bottom edge in pixels of the picture as displayed; `left <= right`, `top <= bottom`.
        class_id: Class numbers, None for a box without a class.
        caption: What stands at each box, None for nothing.
        scores: By name of a score its values, None for a box without it. NaN is possible.
    """

    box: tuple[tuple[float, ...], ...]
    class_id: tuple[int | None, ...]
    caption: tuple[str | None, ...]
    scores: Mapping[str, tuple[float | None, ...]]


def label_of(labels: Mapping[int, str], number: int) -> str:
    """The name of a class: `class_7` for class 7 where it was given none.

    Args:
        labels: What `read_labels` gave.
        number: The class.
    """
    return labels.get(number) or f"class_{number}"


def pack_labels(labels: Mapping[str, str]) -> bytes:
    """Names of classes as a file of their own. The same names give the same bytes, whatever their order.

    Args:
        labels: Names by class number in decimal.
    """
    return orjson.dumps(jsonl.plain({key: labels[key] for key in sorted(labels, key=int)})) + b"\n"


def pack_boxes(line: bytes) -> bytes:
    """Boxes as a file of their own.

    Args:
        line: The JSON of a `BoxColumns`.
    """
    return pack([line])


def read_labels(folder: str | os.PathLike[str], layer: MaskLayer | BoxLayer | ImageRecord) -> dict[int, str]:
    """The names of classes of a layer, or of a picture without layers, by number. Others have none: see `label_of`.

    Args:
        folder: The run directory.
        layer: What the record says of the layer.

    Raises:
        RunDirError: (RG320, RG321, RG322, RG303, RG325) Their file is not there, or not as it was.
    """
    labels: Any = layer.labels or {}
    if layer.labels_file is not None:
        with open_inside(folder, layer.labels_file) as file:
            try:
                data = file.read(MAX_LABELS)
            except OSError as fault:
                raise RunDirError("RG303", f"it cannot be read: {fault.strerror}", where=layer.labels_file) from fault
        labels = _parsed_labels(layer.labels_file, data)
    return {int(key): name for key, name in labels.items()}


def read_boxes(folder: str | os.PathLike[str], layer: BoxLayer) -> Boxes:
    """The boxes of a layer.

    Args:
        folder: The run directory.
        layer: What the record says of the layer.

    Raises:
        RunDirError: (RG320, RG321, RG322, RG303, RG325) Their file is not there, or not as it was.
    """
    columns = layer.values
    if layer.file is not None:
        lines = unpack(folder, layer.file)
        try:
            columns = BoxColumns.from_json(jsonl.decode(orjson.loads(lines[0] if lines else b"")))
        except ReportgenError as fault:
            raise _damaged(layer.file, fault.problem.what) from fault
        except ValueError as fault:
            raise _damaged(layer.file, str(fault)) from fault
        if len(columns.box) != layer.count:
            raise _damaged(layer.file, f"it has {len(columns.box):,} boxes, not {layer.count:,}")
    assert columns is not None  # noqa: S101 - a layer has either
    none = (None,) * layer.count
    return Boxes(columns.box, columns.class_id or none, columns.caption or none, columns.scores or {})


def _parsed_labels(file: str, data: bytes) -> dict[str, str]:
    try:
        labels = orjson.loads(data)
    except ValueError as fault:
        raise _damaged(file, str(fault)) from fault
    if not isinstance(labels, dict):
        raise _damaged(file, "it holds no mapping")
    try:
        check_labels(labels, None, "labels")
    except ReportgenError as fault:
        raise _damaged(file, fault.problem.what) from fault
    return labels


def _damaged(file: str, why: str) -> RunDirError:
    return RunDirError("RG325", f"the file is damaged: {why}", where=file, remedy="Copy the run directory again")
