"""Pictures with masks and boxes in a run directory, written by hand, so that each pixel and each box is known."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image


def stored(folder: Path, data: bytes, suffix: str) -> str:
    """A media file of a run; gives its name."""
    digest = hashlib.sha256(data).hexdigest()
    path = folder / "media" / digest[:2] / f"{digest}.{suffix}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path.relative_to(folder).as_posix()


def png(pixels: npt.NDArray[np.uint8]) -> bytes:
    """Pixels as a PNG file: grey for (h, w), colour for (h, w, 3)."""
    data = io.BytesIO()
    Image.fromarray(np.asarray(pixels, dtype=np.uint8)).save(data, "PNG")
    return data.getvalue()


def mask(
    folder: Path, name: str, pixels: npt.NDArray[Any], labels: Mapping[int, str] | None = None, **more: Any
) -> dict[str, Any]:
    """A layer of an image record: the class of each pixel."""
    layer: dict[str, Any] = {"name": name, "file": stored(folder, png(pixels.astype(np.uint8)), "png")}
    if labels is not None:
        layer["labels"] = {str(number): word for number, word in labels.items()}
    return layer | more


def boxes(
    name: str,
    edges: Sequence[Sequence[float]],
    ids: Sequence[int | None] | None = None,
    labels: Mapping[int, str] | None = None,
    captions: Sequence[str | None] | None = None,
    **scores: Sequence[float | None],
) -> dict[str, Any]:
    """A layer of an image record: boxes as left, top, right, bottom."""
    values: dict[str, Any] = {"box": [list(box) for box in edges]}
    if ids is not None:
        values["class_id"] = list(ids)
    if captions is not None:
        values["caption"] = list(captions)
    if scores:
        values["scores"] = {key: list(value) for key, value in scores.items()}
    layer: dict[str, Any] = {"name": name, "count": len(edges), "values": values}
    if labels is not None:
        layer["labels"] = {str(number): word for number, word in labels.items()}
    return layer


def image(folder: Path, pixels: npt.NDArray[Any], **more: Any) -> dict[str, Any]:
    """An image record with its file; `masks` and `boxes` are lists of layers."""
    height, width = pixels.shape[:2]
    name = stored(folder, png(pixels.astype(np.uint8)), "png")
    return {"_type": "image", "file": name, "width": width, "height": height, "format": "png", **more}
