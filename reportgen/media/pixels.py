"""Numbers to pixels: which arrays are a picture, and the three rules by which their values become 0 to 255."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from reportgen.errors import InputTypeError, InputValueError
from reportgen.media import given, tensors

if TYPE_CHECKING:
    import numpy

    Pixels = numpy.ndarray[Any, numpy.dtype[numpy.uint8]]

CHANNELS: Final = {1: "L", 3: "RGB", 4: "RGBA"}
"""Pillow's name of the colours, by number of channels."""


def taken(data: Any) -> numpy.ndarray[Any, Any]:
    """A copy of the numbers of a picture: (height, width) or (height, width, 3 or 4), in the order of memory it had.

    Args:
        data: An array (height, width) or (height, width, channels), or a torch tensor (channels, height, width).

    Raises:
        InputTypeError: (RG201) It is neither, or holds other things than numbers.
        InputValueError: (RG202) It has another shape. (RG203) It is empty.
    """
    import numpy

    torch = tensors.is_torch(data)
    if not torch and not tensors.is_array(data) and not hasattr(type(data), "__array__"):
        raise InputTypeError("RG201", f"a picture cannot be made of {tensors.named(data)}", remedy=given.remedy(data))
    array = checked_numbers(tensors.to_numpy(data))
    while array.ndim > 3 and array.shape[0] == 1:
        array = array[0]
    if torch and array.ndim == 3:
        if array.shape[0] not in CHANNELS:
            remedy = "Tensors are (channels, height, width) with 1, 3 or 4 channels"
            remedy += "; use tensor.permute(2, 0, 1)?" if array.shape[2] in CHANNELS else ""
            raise InputValueError("RG202", f"a tensor of shape {tuple(array.shape)} is no picture", remedy=remedy)
        array = array.transpose(1, 2, 0)
    shape = checked_shape(array.shape, data)
    return numpy.array(array.reshape(shape[:2] if shape[2:] == (1,) else shape))


def checked_numbers(array: numpy.ndarray[Any, Any]) -> numpy.ndarray[Any, Any]:
    """An array of whole numbers, floats or bools.

    Raises:
        InputTypeError: (RG201) It holds something else.
    """
    if array.dtype.kind not in "biuf":
        raise InputTypeError(
            "RG201", f"an array of {array.dtype} is no picture", remedy="Pixels are whole numbers, floats or bools"
        )
    return array


def checked_shape(shape: tuple[int, ...], data: object) -> tuple[int, ...]:
    """The shape of an array that is a picture, without leading axes of length 1.

    Args:
        shape: Its shape.
        data: The array, for messages.

    Raises:
        InputValueError: (RG202) It is none. (RG203) It is empty.
    """
    while shape[:1] == (1,) and (len(shape) > 3 or (len(shape) == 3 and shape[2] not in CHANNELS)):
        shape = shape[1:]
    if 0 in shape:
        raise InputValueError("RG203", f"an array of shape {tuple(shape)} is empty")
    if len(shape) == 2 or (len(shape) == 3 and shape[2] in CHANNELS):
        return shape
    remedy = "Arrays are (height, width) or (height, width, channels) with 1, 3 or 4 channels"
    if len(shape) == 3 and shape[0] in CHANNELS and shape[0] < min(shape[1:]):
        remedy += "; use array.transpose(1, 2, 0)?"
    elif len(shape) == 4:
        remedy += "; for a batch, log [Image(x) for x in batch]"
    raise InputValueError("RG202", f"{tensors.named(data)} of shape {tuple(shape)} is no picture", remedy=remedy)


def scaled(array: numpy.ndarray[Any, Any], *, normalize: bool) -> tuple[Pixels, str | None]:
    """Bytes of the same shape, and the rule that made them; None where they say the same as the numbers did.

    Args:
        array: Whole numbers, floats or bools, of any shape.
        normalize: Values that all lie in 0 to 1 are multiplied by 255; else, values in -1 to 1 are shifted and scaled;
            else, they are clipped to 0 to 255. False: clip only.
    """
    import numpy

    if array.dtype == bool:
        return array.astype(numpy.uint8) * numpy.uint8(255 if normalize else 1), "0..1" if normalize else None
    unknown = None
    bounded = array
    if array.dtype.kind == "f":
        array = bounded = array.astype(numpy.float64 if array.dtype.itemsize > 4 else numpy.float32, copy=False)
        finite = numpy.isfinite(array)
        if not finite.all():
            unknown = numpy.isnan(array)
            bounded = array[finite] if finite.any() else numpy.zeros(1, array.dtype)
            array = numpy.where(unknown, 0, array)
    low, high = bounded.min(), bounded.max()
    # Few new arrays: at their size, memory from the system costs more than the arithmetic.
    if normalize and low >= 0 and high <= 1:
        values, rule = array * 255.0, "0..1" if high > 0 else ""
        numpy.clip(values, 0, 255, out=values)  # of infinities
    elif normalize and low >= -1 and high <= 1:
        values, rule = array + 1.0, "-1..1"
        values *= 127.5
        numpy.clip(values, 0, 255, out=values)
    elif low < 0 or high > 255 or array.dtype.kind == "f":
        values, rule = numpy.clip(array, 0, 255), "clipped" if low < 0 or high > 255 else ""
    else:
        values, rule = array, ""
    pixels: Pixels = values.astype(numpy.uint8)  # a copy in any case: the array stays whoever's it is
    if unknown is not None and unknown.any():
        pixels[unknown] = 0
        rule += ", NaN as 0"
    if unknown is not None and unknown.sum() < (~finite).sum():
        rule += ", infinity clipped"
    return pixels, rule.removeprefix(", ") or None


def unscaled(pixels: numpy.ndarray[Any, Any], rule: str | None) -> numpy.ndarray[Any, Any]:
    """The numbers that pixels were made of, as exactly as 256 shades can tell; whole numbers stay what they are.

    Args:
        pixels: Bytes from 0 to 255.
        rule: What `scaled` gave beside them.
    """
    import numpy

    if rule is not None and rule.startswith("0..1"):
        return pixels.astype(numpy.float32) / numpy.float32(255)
    if rule is not None and rule.startswith("-1..1"):
        return pixels.astype(numpy.float32) / numpy.float32(127.5) - numpy.float32(1)
    return pixels
