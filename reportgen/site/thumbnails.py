"""Small pictures for galleries: one picture in, its thumbnail out; a task of its own, so that all cores share them.

A thumbnail is JPEG (quality 82), or WebP where the picture lets the ground through. Measured on photographs of 512 by
512 pixels: JPEG takes 0.2 ms and 22 kB, WebP 4 to 17 ms and 14 kB, while decoding the PNG takes 10 ms; so WebP would
cost up to half of the whole time of a build for 8 kB a picture.
"""

from __future__ import annotations

import hashlib
import io
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PIL import Image, ImageCms, ImageOps

from reportgen.panels.numerals import number, plural
from reportgen.panels.view import Preview

if TYPE_CHECKING:
    from pathlib import Path

HIGH: Final = 320
"""Pixels from top to bottom of a thumbnail: sharp in rows of 160 CSS pixels on screens of double density."""

WIDE: Final = 1280
"""Most pixels from left to right, for panoramas."""

SMALL: Final = 16_384
"""Bytes up to which a file is shown as it is, whatever its size in pixels."""

MOVING: Final = 1_000_000
"""Bytes up to which an animated picture stays animated in the gallery."""

WORTH: Final = 0.7
"""A thumbnail with more than this share of the file's bytes saves nothing: the file itself is shown."""

DEEP: Final = 256
"""Values of a 16-bit picture for each of the 256 that a screen shows."""

TEXT: Final = frozenset({"image/svg+xml"})
"""Pictures that are text: browsers draw them at any size."""

_ORIENTATION: Final = 0x0112
_SIDEWAYS: Final = 5
"""EXIF orientations from here on turn the picture by a quarter."""


@dataclass(frozen=True, slots=True)
class Made:
    """What became of a picture.

    Attributes:
        digest: SHA-256 of the file, in hex; "" when it could not be read.
        small: The thumbnail's bytes; b"" where the file itself is shown.
        small_mime: The thumbnail's media type.
        full: The picture as PNG, for a format that browsers do not show; b"" for all others.
        note: What a reader must know: "first of 24 frames"; "" for nothing.
        fault: Why it cannot be shown; "" when it can.
        size: Bytes of the file.
    """

    digest: str = ""
    small: bytes = b""
    small_mime: str = ""
    full: bytes = b""
    note: str = ""
    fault: str = ""
    size: int = 0


def make(preview: Preview) -> Made:
    """The thumbnail of one picture. A file that cannot be read costs itself only.

    The same file gives the same bytes, on however many processes.

    Args:
        preview: Any file that Pillow opens, of any mode, with 8, 16 or 32 bits; EXIF's rotation is applied to the
            thumbnail, as browsers apply it to the file. Colours are converted to sRGB.
    """
    try:
        digest, size = _digest(preview.source)
    except OSError as fault:
        return Made(fault=f"the file cannot be read: {fault.strerror or type(fault).__name__}")
    if preview.mime in TEXT:
        return Made(digest, size=size)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of Pillow, about large pictures and odd metadata
            return _made(preview, digest, size)
    except Image.DecompressionBombError:
        return Made(digest, fault="it has more pixels than can be shown", size=size)
    except MemoryError:
        return Made(digest, fault="it needs more memory than there is", size=size)
    except Exception as fault:  # decoders raise whatever a damaged file makes them stumble over
        words = " ".join(str(fault).split()) or type(fault).__name__
        named = "" if "cannot identify" in words else f": {words}"
        return Made(digest, fault=f"the file is damaged, or no picture{named}", size=size)


def _digest(path: Path) -> tuple[str, int]:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest(), source.tell()


def _made(preview: Preview, digest: str, size: int) -> Made:
    with Image.open(preview.source) as picture:
        width, height = picture.size
        _checked(width, height)
        animated = bool(getattr(picture, "is_animated", False))
        if not preview.mime:
            return _converted(picture, digest, size)
        if animated and size <= MOVING:
            return Made(digest, size=size)
        if not animated and (size <= SMALL or (height <= HIGH and width <= WIDE)):
            picture.load()  # a damaged file is told now, not by an empty frame on the page
            return Made(digest, size=size)
        note = f"first of {plural(int(getattr(picture, 'n_frames', 1)), 'frame')}" if animated else ""
        small, mime = _encoded(_small(picture)[0])
    if len(small) > WORTH * size and not animated:
        return Made(digest, size=size)
    return Made(digest, small, mime, note=note, size=size)


def _checked(width: int, height: int) -> None:
    """Pillow raises above twice its limit, but opens some formats without a look at it."""
    limit = Image.MAX_IMAGE_PIXELS
    if limit is not None and width * height > 2 * limit:
        raise Image.DecompressionBombError


def _converted(picture: Image.Image, digest: str, size: int) -> Made:
    """A picture in a format that browsers do not show: all of it as PNG, and its thumbnail."""
    frames = int(getattr(picture, "n_frames", 1))
    full, scaled = _plain(picture)
    full = _upright(full, picture)
    notes = [scaled, f"first of {plural(frames, 'frame')}" if frames > 1 else ""]
    whole = io.BytesIO()
    full.save(whole, "PNG", compress_level=3)
    small, mime = b"", ""
    if whole.tell() > SMALL and (full.height > HIGH or full.width > WIDE):
        reduced = full.copy()
        reduced.thumbnail((WIDE, HIGH))
        small, mime = _encoded(reduced)
    return Made(digest, small, mime, whole.getvalue(), ", ".join(filter(None, notes)), size=size)


def _small(picture: Image.Image) -> tuple[Image.Image, str]:
    """A picture at the size of a thumbnail, upright, as grey, RGB or RGBA; and how its values were scaled."""
    box = (HIGH, WIDE) if picture.getexif().get(_ORIENTATION, 1) >= _SIDEWAYS else (WIDE, HIGH)
    if picture.mode in ("L", "RGB", "RGBA", "CMYK", "YCbCr"):
        picture.thumbnail(box)  # JPEG files are decoded at a fraction of their size
        plain, note = _plain(picture)
    else:
        plain, note = _plain(picture)
        plain.thumbnail(box)
    return _upright(plain, picture), note


def _upright(plain: Image.Image, picture: Image.Image) -> Image.Image:
    """The picture turned as the EXIF data of its file ask for."""
    orientation = picture.getexif().get(_ORIENTATION, 1)
    if orientation == 1:
        return plain
    plain.getexif()[_ORIENTATION] = orientation
    turned: Image.Image = ImageOps.exif_transpose(plain)
    return turned


def _plain(picture: Image.Image) -> tuple[Image.Image, str]:
    """The same picture in a mode that screens show, in sRGB; and how its values were scaled, "" where they were not."""
    mode = picture.mode
    if mode.startswith("I;16") or mode in ("I", "F"):
        return _eight_bits(picture)
    if mode in ("L", "1"):
        return picture.convert("L"), ""
    clear = mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in picture.info
    profile = picture.info.get("icc_profile")
    if profile and mode in ("RGB", "RGBA", "CMYK") and b"sRGB" not in profile[:512]:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            target = ImageCms.createProfile("sRGB")
            managed = ImageCms.profileToProfile(picture, source, target, outputMode="RGBA" if clear else "RGB")
            if managed is not None:
                return managed, ""
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # a damaged profile: the plain values are as good as it gets
    return picture.convert("RGBA" if clear else "RGB"), ""


def _eight_bits(picture: Image.Image) -> tuple[Image.Image, str]:
    """A grey picture of 16 or 32 bits: the high byte where it has one, as browsers do; else from lowest to highest."""
    import numpy as np  # most pictures have 8 bits

    values = np.asarray(picture)
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    whole = picture.mode != "F" and low >= 0
    if picture.mode.startswith("I;16") or (whole and DEEP <= high < DEEP * DEEP):
        return Image.fromarray((values.astype(np.uint32) >> 8).astype(np.uint8)), ""
    if whole and high < DEEP:
        return Image.fromarray(values.astype(np.uint8)), ""
    spread = (np.nan_to_num(values.astype(np.float64), nan=low, posinf=high, neginf=low) - low) / ((high - low) or 1.0)
    return Image.fromarray((spread * 255).astype(np.uint8)), f"black is {number(low)}, white is {number(high)}"


def _encoded(picture: Image.Image) -> tuple[bytes, str]:
    """A small picture as bytes, and their media type."""
    target = io.BytesIO()
    plain = picture
    if plain.mode == "RGBA":
        if plain.getchannel("A").getextrema() != (255, 255):
            plain.info.clear()
            plain.save(target, "WEBP", quality=80, method=2)
            return target.getvalue(), "image/webp"
        plain = plain.convert("RGB")
    plain.info.clear()  # neither the comment nor the profile of the file
    plain.save(target, "JPEG", quality=82)
    return target.getvalue(), "image/jpeg"
