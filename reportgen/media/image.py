"""A picture: from an array, a tensor, a PIL image, a file or an open file."""

from __future__ import annotations

import io
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final, Protocol

from reportgen.errors import InputFileError, InputTypeError, InputValueError
from reportgen.media import given, tensors
from reportgen.rundir.records.image import ImageRecord

if TYPE_CHECKING:
    import numpy
    from PIL import Image as Pillow

    Pixels = numpy.ndarray[Any, numpy.dtype[numpy.uint8]]

FORMATS: Final = {"png": "PNG", "jpg": "JPEG", "jpeg": "JPEG", "bmp": "BMP"}
"""What `file_type` takes, and what Pillow calls it."""

SHOWN: Final = {
    "PNG": "png",
    "JPEG": "jpg",
    "MPO": "jpg",
    "GIF": "gif",
    "WEBP": "webp",
    "AVIF": "avif",
    "BMP": "bmp",
    "ICO": "ico",
}
"""Formats that browsers show, by Pillow's name. Files of others are stored as PNG."""

PROGRAMS: Final = frozenset({"EPS", "WMF"})
"""Formats that are programs: to draw them, Pillow starts another one."""

WRITABLE: Final = {
    "PNG": frozenset({"1", "L", "LA", "I;16", "P", "RGB", "RGBA"}),
    "JPEG": frozenset({"L", "RGB"}),
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

CHANNELS: Final = {1: "L", 3: "RGB", 4: "RGBA"}

KEEP: Final = "Keep it until it is logged"


class Store(Protocol):
    """Where a picture's file goes; `RunWriter` is one."""

    def put(self, data: bytes, suffix: str) -> str:
        """Store bytes; their place relative to the run directory."""

    def put_file(self, source: Path, suffix: str) -> str:
        """Store a copy of a file; its place relative to the run directory."""


class Image:
    """A picture to log: `run.log({"sample": Image(array, caption="a seven")})`, or a list of them.

    Pixels are copied here, so an array that changes later changes nothing. A file that is named is copied into the
    run when the picture is logged.

    Attributes:
        caption: What stands below the picture, or None.
        grouping: Pictures of a list that belong together have the same number, or None.
        width: Pixels from left to right, as displayed.
        height: Pixels from top to bottom, as displayed.
        scaled_from: How numbers became 0 to 255: "0..1" (times 255), "-1..1" (shifted and scaled), "clipped", with
            ", NaN as 0" behind it where there was any; None for values that were stored as they were.
        unstored: Arguments that this version does not store, such as "boxes".
    """

    KIND: ClassVar[str] = "image"
    MAX_ITEMS: ClassVar[int] = 108
    """For scripts that read it. All pictures are stored, however many."""
    MAX_DIMENSION: ClassVar[int] = 65500
    """For scripts that read it; JPEG files cannot be wider or higher."""

    def __init__(
        self,
        data_or_path: Any,
        mode: str | None = None,
        caption: str | None = None,
        grouping: int | None = None,
        *,
        file_type: str | None = None,
        normalize: bool = True,
        **overlays: Any,
    ) -> None:
        """Take a picture.

        Args:
            data_or_path: One of these.
                Array (height, width), or (height, width, channels) with 1, 3 or 4 channels, of whole numbers,
                floats or bools; leading axes of length 1 are dropped. Also anything with `__array__`.
                Torch tensor (channels, height, width), or (height, width), on any device.
                PIL image of any mode; never scaled.
                Path of a file, or a file open for reading bytes, in any format that Pillow opens; kept as it is,
                but stored as PNG if browsers do not show the format.
                Another `Image`.
            mode: Pillow mode to convert to, such as "L", "RGB" or "RGBA". Not for files.
            caption: What stands below the picture.
            grouping: Pictures of a list that belong together have the same number.
            file_type: "png" (default), "jpg", "jpeg" or "bmp". Not for files. JPEG drops transparency.
            normalize: Arrays and tensors: values that all lie in 0 to 1 are multiplied by 255; else, values in -1 to
                1 are shifted and scaled to 0 to 255; else, they are clipped to 0 to 255. False: clip only.
                Fractions are cut off. NaN becomes 0.
            **overlays: `boxes`, `masks` and `classes` of W&B: not stored, with one warning when logged (RG209).

        Raises:
            InputTypeError: (RG201) Something else than the above, or an array of other things than numbers.
            InputValueError: (RG202) A shape that is no picture. (RG203) An empty array or file. (RG205) A file that is
                no picture. (RG206) A picture too large to be shown. (RG207) A mode or file type that does not
                exist, or that the format does not hold. (RG208) An address instead of a path.
            InputFileError: (RG204) The file does not exist.
        """
        if grouping is not None and (isinstance(grouping, bool) or not isinstance(grouping, int)):
            raise InputTypeError(
                "RG201", f"grouping is {tensors.named(grouping)}, not a whole number", remedy="Use int(grouping)"
            )
        self.unstored = given.checked_overlays(overlays)
        self.caption = None if caption is None else str(caption)
        self.grouping = grouping
        self.scaled_from: str | None = None
        written = _checked_type(file_type)
        if isinstance(data_or_path, Image):
            other = data_or_path
            self.caption = self.caption if caption is not None else other.caption
            self.grouping = self.grouping if grouping is not None else other.grouping
            self.scaled_from = other.scaled_from
            self._source = (
                other._source if mode is None and file_type is None else _Drawn.of(other.image, mode, written)
            )
        elif isinstance(data_or_path, (str, os.PathLike)):
            self._source = _File.at(Path(given.checked_address(os.fspath(data_or_path))))
        elif _is_picture(data_or_path):
            self._source = _Drawn.of(data_or_path, mode, written)
        elif callable(getattr(data_or_path, "read", None)):
            self._source = _File.read(data_or_path)
        else:
            pixels, self.scaled_from = _pixels(data_or_path, normalize=normalize)
            self._source = _Drawn.of(_from_pixels(pixels), mode, written)
        self.width, self.height = self._source.size

    _source: _Drawn | _File

    @property
    def image(self) -> Pillow.Image:
        """The picture as a PIL image, a copy."""
        return self._source.picture()

    @property
    def format(self) -> str:
        """Extension of the file that is stored: "png", "jpg", "gif"."""
        return self._source.extension

    def encode(self, store: Store) -> ImageRecord:
        """Store the file, and say what a run keeps of the picture.

        Args:
            store: Takes the file.

        Raises:
            OSError: It could not be stored.
            InputFileError: (RG204) The file has gone since.
        """
        return ImageRecord(
            file=self._source.put(store),
            width=self.width,
            height=self.height,
            format=self._source.extension,
            mode=self._source.mode,
            caption=self.caption,
            grouping=self.grouping,
            scaled_from=self.scaled_from,
        )

    def to_data_array(self) -> list[list[Any]]:
        """The pixels as nested lists, row by row: a number, or a list of channels, for each."""
        import numpy

        rows: list[list[Any]] = numpy.asarray(self.image).tolist()
        return rows

    @classmethod
    def guess_mode(cls, data: Any) -> str:
        """The Pillow mode that an array's shape stands for.

        Args:
            data: (height, width), or (height, width, channels) with 1, 3 or 4 channels.

        Returns:
            "L", "RGB" or "RGBA".

        Raises:
            InputValueError: (RG202) No such shape.
        """
        shape = _checked_shape(tuple(data.shape), data)
        return CHANNELS[shape[2] if len(shape) == 3 else 1]

    @classmethod
    def to_uint8(cls, data: Any) -> Pixels:
        """Numbers as bytes from 0 to 255, by the three rules that `normalize` describes.

        Args:
            data: An array of numbers or bools, of any shape.

        Raises:
            InputTypeError: (RG201) It holds other things than numbers.
        """
        return _scaled(_checked_numbers(tensors.to_numpy(data)), normalize=True)[0]

    def __repr__(self) -> str:
        caption = f", caption={self.caption!r}" if self.caption is not None else ""
        return f"<reportgen.Image {self.width}x{self.height} {self.format}{caption}>"


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A picture in memory, in a mode that its format holds."""

    drawn: Pillow.Image
    format: str

    @classmethod
    def of(cls, given: Pillow.Image, mode: str | None, format: str) -> _Drawn:
        """A copy of a PIL image, turned as its EXIF data says, in a mode that can be written."""
        from PIL import Image as Pillow
        from PIL import ImageOps

        try:
            drawn: Pillow.Image = ImageOps.exif_transpose(given.copy())
        except (OSError, Pillow.DecompressionBombError) as fault:
            raise InputValueError("RG205", f"the PIL image cannot be read: {fault}") from fault
        if 0 in drawn.size:
            raise InputValueError("RG203", f"a picture of {drawn.width} by {drawn.height} pixels is empty")
        if mode is not None and mode != drawn.mode:
            try:
                drawn = drawn.convert(mode)
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
        if drawn.mode in ("La", "RGBa"):  # multiplied by their transparency; they convert to nothing else
            drawn = drawn.convert(NEAREST[drawn.mode][0])
        if drawn.mode not in WRITABLE[format]:
            nearest = (mode for mode in NEAREST.get(drawn.mode, ()) if mode in WRITABLE[format])
            drawn = drawn.convert(next(nearest, "RGB"))
        drawn.info = {}  # author, place and camera are nothing that a training logs knowingly
        return cls(drawn, format)

    @property
    def size(self) -> tuple[int, int]:
        return self.drawn.size

    @property
    def mode(self) -> str:
        return self.drawn.mode

    @property
    def extension(self) -> str:
        return SHOWN[self.format]

    def picture(self) -> Pillow.Image:
        return self.drawn.copy()

    def put(self, store: Store) -> str:
        buffer = io.BytesIO()
        try:
            self.drawn.save(buffer, self.format)
        except (OSError, ValueError) as fault:
            raise InputValueError(
                "RG207", f"the picture cannot be written as {self.format}: {fault}", remedy="Use another file_type"
            ) from fault
        return store.put(buffer.getvalue(), f".{self.extension}")


@dataclass(frozen=True, slots=True)
class _File:
    """A picture in a file that is kept as it is. Only its head has been read."""

    data: Path | bytes
    size: tuple[int, int]
    mode: str
    extension: str

    @classmethod
    def at(cls, path: Path) -> _File | _Drawn:
        """The file at a path."""
        if not path.exists():
            raise InputFileError("RG204", "the file does not exist", where=str(path), remedy="Check the path")
        if not path.is_file():
            raise InputValueError("RG205", "this is no file", where=str(path))
        return cls._opened(path.absolute(), str(path))

    @classmethod
    def read(cls, file: Any) -> _File | _Drawn:
        """The bytes of an open file, from its beginning if it can go there."""
        where = str(getattr(file, "name", "open file"))
        if callable(getattr(file, "seekable", None)) and file.seekable():
            file.seek(0)
        data = file.read()
        if not isinstance(data, (bytes, bytearray, memoryview)):
            raise InputTypeError(
                "RG201",
                f"the open file gives {type(data).__name__}, not bytes",
                where=where,
                remedy='Open it with open(path, "rb")',
            )
        return cls._opened(bytes(data), where)

    @classmethod
    def _opened(cls, data: Path | bytes, where: str) -> _File | _Drawn:
        from PIL import Image as Pillow

        if not (data.stat().st_size if isinstance(data, Path) else data):
            raise InputValueError("RG203", "the file is empty", where=where)
        try:
            with Pillow.open(data if isinstance(data, Path) else io.BytesIO(data)) as head:
                format = str(head.format)
                if format in SHOWN:
                    return cls(data, _turned(head), head.mode, SHOWN[format])
                if format not in PROGRAMS:
                    return _Drawn.of(head, None, "PNG")
        except (Pillow.DecompressionBombError, Pillow.DecompressionBombWarning) as fault:
            raise InputValueError(
                "RG206",
                f"the picture is too large to be shown: {fault}",
                where=where,
                remedy="Log a smaller version of it",
            ) from fault
        except PermissionError as fault:
            raise InputValueError("RG205", "the file cannot be read: no permission", where=where) from fault
        except (OSError, ValueError, SyntaxError, EOFError) as fault:
            raise InputValueError(
                "RG205", "the file is no picture that Pillow opens", where=where, remedy="Convert it to PNG"
            ) from fault
        raise InputValueError(
            "RG205", f"{format} files are programs, not pictures", where=where, remedy="Convert it to PNG"
        )

    def picture(self) -> Pillow.Image:
        from PIL import Image as Pillow

        with Pillow.open(self.data if isinstance(self.data, Path) else io.BytesIO(self.data)) as head:
            return head.copy()

    def put(self, store: Store) -> str:
        suffix = f".{self.extension}"
        if not isinstance(self.data, Path):
            return store.put(self.data, suffix)
        if not self.data.is_file():
            raise InputFileError("RG204", "the file does not exist any more", where=str(self.data), remedy=KEEP)
        return store.put_file(self.data, suffix)


def _turned(head: Pillow.Image) -> tuple[int, int]:
    """Width and height as displayed: EXIF orientations 5 to 8 lie on their side."""
    try:
        sideways = head.getexif().get(0x0112) in (5, 6, 7, 8)
    except Exception:  # broken EXIF data does not make a picture unreadable
        sideways = False
    return (head.height, head.width) if sideways else head.size


def _is_picture(data: object) -> bool:
    return any(base.__name__ == "Image" and base.__module__ == "PIL.Image" for base in type(data).__mro__)


def _checked_type(file_type: str | None) -> str:
    """Pillow's name of a file type; PNG by default."""
    given = "png" if file_type is None else str(file_type).lower().lstrip(".")
    if given not in FORMATS:
        raise InputValueError("RG207", f"file_type={file_type!r} is unknown", remedy=f"Use one of {', '.join(FORMATS)}")
    return FORMATS[given]


def _pixels(data: Any, *, normalize: bool) -> tuple[Pixels, str | None]:
    """Bytes (height, width) or (height, width, 3 or 4) of an array or tensor, and how they were scaled."""
    torch = tensors.is_torch(data)
    if not torch and not tensors.is_array(data) and not hasattr(type(data), "__array__"):
        raise InputTypeError("RG201", f"a picture cannot be made of {tensors.named(data)}", remedy=given.remedy(data))
    array = _checked_numbers(tensors.to_numpy(data))
    while array.ndim > 3 and array.shape[0] == 1:
        array = array[0]
    if torch and array.ndim == 3:
        if array.shape[0] not in CHANNELS:
            remedy = "Tensors are (channels, height, width) with 1, 3 or 4 channels"
            remedy += "; use tensor.permute(2, 0, 1)?" if array.shape[2] in CHANNELS else ""
            raise InputValueError("RG202", f"a tensor of shape {tuple(array.shape)} is no picture", remedy=remedy)
        array = array.transpose(1, 2, 0)
    shape = _checked_shape(array.shape, data)
    return _scaled(array.reshape(shape[:2]) if shape[2:] == (1,) else array, normalize=normalize)


def _checked_numbers(array: numpy.ndarray[Any, Any]) -> numpy.ndarray[Any, Any]:
    if array.dtype.kind not in "biuf":
        raise InputTypeError(
            "RG201", f"an array of {array.dtype} is no picture", remedy="Pixels are whole numbers, floats or bools"
        )
    return array


def _checked_shape(shape: tuple[int, ...], data: object) -> tuple[int, ...]:
    while len(shape) > 3 and shape[0] == 1:
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


def _scaled(array: numpy.ndarray[Any, Any], *, normalize: bool) -> tuple[Pixels, str | None]:
    """Bytes of the same shape, and the rule that made them; None where they say the same as the numbers did."""
    import numpy

    if array.dtype == bool:
        return array.astype(numpy.uint8) * numpy.uint8(255 if normalize else 1), "0..1" if normalize else None
    unknown = None
    bounded = array
    if array.dtype.kind == "f":
        array = bounded = array.astype(numpy.float64 if array.dtype.itemsize > 4 else numpy.float32)
        finite = numpy.isfinite(array)
        if not finite.all():
            unknown = numpy.isnan(array)
            bounded = array[finite] if finite.any() else numpy.zeros(1, array.dtype)
            array = numpy.where(unknown, 0, array)
    low, high = bounded.min(), bounded.max()
    if normalize and low >= 0 and high <= 1:
        scaled, rule = array * 255.0, "0..1" if high > 0 else ""
    elif normalize and low >= -1 and high <= 1:
        scaled, rule = 255 * 0.5 * (array + 1.0), "-1..1"
    else:
        scaled, rule = array, "clipped" if low < 0 or high > 255 else ""
    # A copy also where nothing changes: the array stays the user's.
    pixels: Pixels = numpy.clip(scaled, 0, 255).astype(numpy.uint8)
    if unknown is not None and unknown.any():
        pixels[unknown] = 0
        rule += ", NaN as 0"
    return pixels, rule.removeprefix(", ") or None


def _from_pixels(pixels: Pixels) -> Pillow.Image:
    import numpy
    from PIL import Image as Pillow

    return Pillow.fromarray(numpy.ascontiguousarray(pixels))
