"""Masks over a picture: one class number per pixel, from arrays, tensors, pictures and files."""

from __future__ import annotations

import io
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from reportgen.errors import InputTypeError, InputValueError
from reportgen.media import classes, given, sources, tensors
from reportgen.rundir.overlays import INLINE_LABELS, LABELS_SUFFIX, pack_labels
from reportgen.rundir.records.overlay import CLASSES, MaskLayer

if TYPE_CHECKING:
    import numpy
    from PIL import Image as Pillow

    from reportgen.media.pixels import Pixels

LAYER: Final = ("mask_data", "path", "class_labels")
"""What a layer has."""

EXAMPLE: Final = 'Give masks={"prediction": {"mask_data": array, "class_labels": {1: "cat"}}}'


class Store(Protocol):
    """Where files go; `RunWriter` is one."""

    def put(self, data: bytes, suffix: str) -> str:
        """Store bytes; their place relative to the run directory."""


@dataclass(frozen=True, slots=True, eq=False)
class Mask:
    """One mask.

    Attributes:
        name: Name of the layer.
        numbers: (height, width) class numbers, 0 to 255; nobody changes them.
        labels: Names of classes by number.
    """

    name: str
    numbers: Pixels
    labels: Mapping[int, str]

    def encode(self, store: Store) -> MaskLayer:
        """Store the file, and say what a run keeps of the mask.

        Args:
            store: Takes the file.

        Raises:
            OSError: It could not be stored.
        """
        import numpy
        from PIL import Image as Pillow

        file = io.BytesIO()
        # With zlib's usual settings: masks have long runs and repeated rows, which these find in no time.
        Pillow.fromarray(self.numbers).save(file, "PNG")
        present = numpy.flatnonzero(numpy.bincount(self.numbers.ravel(), minlength=CLASSES)).tolist()
        labels, labels_file = stored_labels(self.labels, store)
        return MaskLayer(
            self.name, store.put(file.getvalue(), ".png"), tuple(present), labels=labels, labels_file=labels_file
        )


def stored_labels(labels: Mapping[int, str] | None, store: Store) -> tuple[dict[str, str] | None, str | None]:
    """Names of classes as a record holds them: themselves or their file, which all that have the same names share.

    Args:
        labels: The names by number, or None.
        store: Takes the file.
    """
    if not labels:
        return None, None
    named = {str(number): labels[number] for number in sorted(labels)}
    packed = pack_labels(named)
    return (named, None) if len(packed) <= INLINE_LABELS else (None, store.put(packed, LABELS_SUFFIX))


def taken(masks: Any, size: tuple[int, int], names: Mapping[int, str] | None, *, turned: bool) -> tuple[Mask, ...]:
    """The masks that a picture was given, as they are now.

    Args:
        masks: A mapping of names of layers to mappings with `mask_data` or `path`, and perhaps `class_labels`.
        size: Width and height of the picture as displayed.
        names: Names of classes for all layers.
        turned: The picture lies on its side in its file.

    Raises:
        InputTypeError: (RG210) Something else, or (RG211) a mask of other things than numbers.
        InputValueError: (RG210) A layer without a mask, or a name that is nearly one of those.
            (RG211) It is not (height, width). (RG212) It holds other
            values than whole numbers from 0 to 255. (RG203, RG205, RG206, RG208) Its file is no picture that can be
            read.
        InputFileError: (RG204) Its file does not exist.
    """
    found = []
    for name, layer in given.layers(masks, "masks", EXAMPLE):
        where = f"mask {name!r}"
        given.check_names(layer, LAYER, "a mask", where)
        data = layer.get("mask_data")
        if data is None and layer.get("path") is None:
            raise InputValueError("RG210", "a mask has 'mask_data' or 'path'", where=where, remedy=EXAMPLE)
        array = _from_path(layer["path"], where) if data is None else _from_data(data, where)
        numbers = _checked_size(_checked_values(array, where), size, where, turned=turned)
        labels = {**(names or {}), **classes.labels_of(layer.get("class_labels"), where)}
        found.append(Mask(name, numbers, labels))
    return tuple(found)


def _from_data(data: Any, where: str) -> numpy.ndarray[Any, Any]:
    """The array of a mask, (height, width) but for axes of length 1 around it."""
    import numpy

    if isinstance(data, (str, os.PathLike)):
        raise InputTypeError(
            "RG211", f"mask_data is {tensors.named(data)}", where=where, remedy='Give the file as {"path": ...}'
        )
    if sources.is_picture(data):
        return _from_picture(data, where)
    if isinstance(data, (list, tuple)):
        try:
            array = numpy.array(data)
        except ValueError as fault:
            raise InputValueError("RG211", "its rows have different lengths", where=where) from fault
    elif tensors.is_array(data) or hasattr(type(data), "__array__"):
        array = tensors.to_numpy(data)
    else:
        raise InputTypeError(
            "RG211", f"mask_data is {tensors.named(data)}", where=where, remedy="Give an array (height, width)"
        )
    if array.dtype.kind not in "biuf":
        raise InputTypeError(
            "RG211", f"an array of {array.dtype} is no mask", where=where, remedy="Class numbers are whole numbers"
        )
    return array


def _from_path(path: Any, where: str) -> numpy.ndarray[Any, Any]:
    """The class numbers in a file. It is read now: a mask that cannot be read is said in the line that names it."""
    if not isinstance(path, (str, bytes, os.PathLike)):
        raise InputTypeError("RG210", f"path is {tensors.named(path)}", where=where, remedy="Give the path of a file")
    source = sources.File.at(Path(given.checked_address(os.fspath(path))))
    return _from_picture(source.picture(), where)


def _from_picture(picture: Pillow.Image, where: str) -> numpy.ndarray[Any, Any]:
    """The class numbers that a PIL image holds: palette indices, or shades of grey. Turned as EXIF data says."""
    import numpy

    picture = sources.upright(picture)
    array = numpy.asarray(picture)
    if picture.mode in ("1", "L", "P", "I", "I;16", "I;16B", "I;16L", "I;16N", "F"):
        return array
    if picture.mode in ("LA", "PA", "RGB", "RGBA"):
        shades = array[..., :3] if picture.mode.startswith("RGB") else array[..., :1]
        if (shades == shades[..., :1]).all():
            return numpy.asarray(shades[..., 0])
    raise InputValueError(
        "RG211",
        f"a coloured picture ({picture.mode}) is no mask",
        where=where,
        remedy="Give class numbers: map each colour to one, or save the mask with a palette",
    )


def _checked_values(array: numpy.ndarray[Any, Any], where: str) -> Pixels:
    """A copy as bytes of an array that holds whole numbers from 0 to 255."""
    import numpy

    if not array.size:
        raise InputValueError("RG203", f"an array of shape {array.shape} is empty", where=where)
    low, high = array.min(), array.max()  # NaN where there is one
    if not (low >= 0 and high < CLASSES):
        wrong = "NaN" if low != low else f"{low:g}" if low < 0 else f"{high:g}"
        raise InputValueError(
            "RG212", f"it holds {wrong}; class numbers are 0 to 255", where=where, remedy=_range_remedy(low, high)
        )
    numbers: Pixels = array.astype(numpy.uint8)  # a copy in any case: the array stays whoever's it is
    if array.dtype.kind == "f" and not (numbers == array).all():
        value = array[numbers != array].flat[0]
        raise InputValueError(
            "RG212",
            f"it holds {value:g}; class numbers are whole numbers",
            where=where,
            remedy="Use mask > 0.5 for a binary mask, or scores.argmax(axis) for one score per class",
        )
    return numbers


def _range_remedy(low: Any, high: Any) -> str:
    if low != low:
        return "Use numpy.nan_to_num(mask, nan=0)"
    if -1 <= low < 0:
        return "Give pixels that have no class one of their own: numpy.where(mask < 0, 255, mask)"
    return "Number the classes anew: numpy.unique(mask, return_inverse=True)[1].reshape(mask.shape)"


def _checked_size(numbers: Pixels, size: tuple[int, int], where: str, *, turned: bool) -> Pixels:
    """The mask without axes of length 1 around it, once it is known to be as large as the picture."""
    import numpy

    shape = numbers.shape
    while numbers.ndim > 2 and numbers.shape[0] == 1:
        numbers = numbers[0]
    if numbers.ndim == 3 and numbers.shape[2] == 1:
        numbers = numbers[:, :, 0]
    width, height = size
    if numbers.shape == (height, width):
        return numpy.ascontiguousarray(numbers)
    if numbers.ndim != 2:
        remedy = "Give one class number per pixel"
        remedy += ", such as scores.argmax(axis)" if numbers.ndim == 3 else ""
        raise InputValueError(
            "RG211", f"an array of shape {shape} is no mask (height, width)", where=where, remedy=remedy
        )
    what = f"it is {numbers.shape[1]} wide and {numbers.shape[0]} high, and the picture {width} and {height}"
    remedy = "Resize it without mixing classes: PIL.Image.fromarray(mask).resize(size, PIL.Image.NEAREST)"
    if numbers.shape == (width, height):
        remedy = "Use mask.T"
        if turned:
            remedy = "EXIF data turns the picture: turn the mask in the same way, such as with numpy.rot90"
    raise InputValueError("RG211", what, where=where, remedy=remedy)
