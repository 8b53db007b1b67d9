"""Colour modes of PIL images: which of them each format holds, and what becomes of the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from reportgen.errors import InputValueError
from reportgen.media import pixels

if TYPE_CHECKING:
    import numpy
    from PIL import Image as Pillow

WRITABLE: Final = {
    "PNG": frozenset({"1", "L", "LA", "I;16", "P", "RGB", "RGBA"}),
    "JPEG": frozenset({"L", "RGB"}),
    "WEBP": frozenset({"RGB", "RGBA"}),
    "BMP": frozenset({"1", "L", "P", "RGB", "RGBA"}),
}
"""Colour modes that each format holds."""

NEAREST: Final = {
    "La": ("LA",),
    "RGBa": ("RGBA",),
    "I": ("I;16", "L"),
    "I;16": ("L",),
    "F": ("L",),
    "1": ("L",),
    "LA": ("RGBA", "L"),
    "PA": ("RGBA",),
}
"""What other modes become, the best first, where the format holds it; the rest becomes RGB."""

SPACES: Final = {"L": "grey", "LA": "grey", "RGB": "RGB", "RGBA": "RGB", "P": "RGB"}
"""The colour space of modes in which a colour profile stays true."""


def converted(drawn: Pillow.Image, mode: str, format: str) -> Pillow.Image:
    """A picture in the mode that a user asks for.

    Args:
        drawn: The picture.
        mode: The mode.
        format: Pillow's name of the file type.

    Raises:
        InputValueError: (RG207) There is no such mode, or the format does not hold it.
    """
    try:
        converted = drawn.convert(mode)
    except (ValueError, KeyError) as fault:
        raise InputValueError(
            "RG207",
            f"a {drawn.mode} picture cannot become mode {mode!r}",
            remedy='Use a mode of Pillow, such as "L", "RGB" or "RGBA"',
        ) from fault
    if mode not in WRITABLE[format]:
        raise InputValueError(
            "RG207",
            f"a {format} file cannot hold mode {mode!r}",
            remedy=f"Use one of {', '.join(sorted(WRITABLE[format]))}",
        )
    return converted


def fitted(drawn: Pillow.Image, format: str) -> tuple[Pillow.Image, str | None]:
    """A picture in the nearest mode that its format holds, and the rule if its numbers were scaled for that.

    Args:
        drawn: The picture, in another mode.
        format: Pillow's name of the file type.
    """
    import numpy

    if drawn.mode == "F" or (drawn.mode == "I" and not _fits_16_bits(drawn)):
        shades, rule = pixels.scaled(numpy.asarray(drawn), normalize=True)
        drawn = from_pixels(shades)
        return (drawn if "L" in WRITABLE[format] else drawn.convert("RGB")), rule
    if drawn.mode.startswith("I;16"):
        if "I;16" in WRITABLE[format]:  # it has another order of bytes
            return from_pixels(numpy.asarray(drawn).astype(numpy.uint16)), None
        drawn = from_pixels((numpy.asarray(drawn) >> 8).astype(numpy.uint8))
        return (drawn if "L" in WRITABLE[format] else drawn.convert("RGB")), "0..65535"
    nearest = (mode for mode in NEAREST.get(drawn.mode, ()) if mode in WRITABLE[format])
    return drawn.convert(next(nearest, "RGB")), None


def _fits_16_bits(drawn: Pillow.Image) -> bool:
    low, high = drawn.getextrema()
    return isinstance(low, (int, float)) and isinstance(high, (int, float)) and low >= 0 and high < 65536


def kept_info(mode: str, drawn: Pillow.Image) -> dict[str | tuple[int, int], Any]:
    """What a file keeps besides pixels: their colour space, without which they look wrong.

    Author, place and camera are nothing that a training logs knowingly.

    Args:
        mode: The mode that the picture was given in.
        drawn: The picture in the mode that it is stored in.
    """
    profile = drawn.info.get("icc_profile")
    same = SPACES.get(mode, "") == SPACES.get(drawn.mode)
    return {"icc_profile": profile} if profile and same else {}


def from_pixels(array: numpy.ndarray[Any, Any]) -> Pillow.Image:
    """A PIL image of bytes or 16-bit numbers, (height, width) or (height, width, channels)."""
    import numpy
    from PIL import Image as Pillow

    return Pillow.fromarray(numpy.ascontiguousarray(array))
