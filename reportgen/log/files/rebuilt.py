"""Media values from their records: what `Artifact.get` gives back."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from reportgen.media.boxes import BoxSet
from reportgen.media.image import Image
from reportgen.media.sources import Drawn, File
from reportgen.media.table import Table
from reportgen.rundir.jsonl import Json
from reportgen.rundir.layout import TYPE
from reportgen.rundir.opening import media_path
from reportgen.rundir.overlays import read_boxes, read_labels
from reportgen.rundir.records.histogram import HistogramRecord
from reportgen.rundir.records.image import ImageRecord
from reportgen.rundir.records.overlay import BoxColumns, BoxLayer, MaskLayer
from reportgen.rundir.records.table import TableRecord
from reportgen.rundir.tables import read_table


def rebuilt(record: Json, folder: Path) -> Any:
    """The media value that a record describes; a value of another kind as it is.

    Args:
        record: What `Artifact.add` has stored.
        folder: The run directory that holds its files.

    Raises:
        RunDirError: (RG320 ...) A file of it cannot be read, or (RG330) the record is malformed.
    """
    kind = record.get(TYPE) if isinstance(record, Mapping) else None
    make = _MAKERS.get(kind) if isinstance(kind, str) else None
    return record if make is None else make(record, folder)


def _image(record: Json, folder: Path) -> Image:
    known = ImageRecord.from_json(record)
    image = Image(
        media_path(folder, known.file),
        caption=known.caption,
        grouping=known.grouping,
        classes=[{"id": number, "name": name} for number, name in read_labels(folder, known).items()] or None,
        masks={layer.name: _mask(layer, folder) for layer in known.masks or ()},
        boxes={layer.name: _boxes(layer, folder) for layer in known.boxes or ()},
    )
    source = image._source
    if isinstance(source, (Drawn, File)):
        image._source = dataclasses.replace(source, rule=known.scaled_from)  # so that numbers can be had back
    return image


def _mask(layer: MaskLayer, folder: Path) -> dict[str, Any]:
    return {"path": media_path(folder, layer.file), "class_labels": read_labels(folder, layer)}


def _boxes(layer: BoxLayer, folder: Path) -> dict[str, Any]:
    return BoxSet(layer.name, BoxColumns(*read_boxes(folder, layer)), read_labels(folder, layer)).as_given()


def _histogram(record: Json, folder: Path) -> Any:
    from reportgen.media.histogram import Histogram

    known = HistogramRecord.from_json(record)
    return Histogram(np_histogram=(list(known.counts), known.bins()))


def _table(record: Json, folder: Path) -> Table:
    known = TableRecord.from_json(record)
    columns = [
        [_cell(value, column.type, folder) for value in values]
        for column, values in zip(known.columns, read_table(folder, known), strict=True)
    ]
    mixed = any(column.type == "mixed" for column in known.columns)
    rows = [list(row) for row in zip(*columns, strict=True)]
    return Table(columns=[column.name for column in known.columns], data=rows, allow_mixed_types=mixed)


def _cell(value: Json, kind: str, folder: Path) -> Any:
    if kind == "time" and isinstance(value, str):
        try:
            return datetime.datetime.fromisoformat(value)
        except ValueError:  # a time of day, which has no day
            return value
    if isinstance(value, list):
        return [_cell(item, "", folder) for item in value]
    return rebuilt(value, folder)


_MAKERS: Final[Mapping[str, Callable[[Json, Path], Any]]] = {"image": _image, "histogram": _histogram, "table": _table}
