"""Where a picture's file comes from: numbers, a picture in memory, or a file that is kept as it is."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from reportgen.errors import InputFileError, InputTypeError, InputValueError
from reportgen.media import pixels
from reportgen.media.modes import NEAREST, WRITABLE, converted, fitted, from_pixels, kept_info
from reportgen.media.pixels import CHANNELS

if TYPE_CHECKING:
    import numpy
    from PIL import Image as Pillow


FORMATS: Final = {"png": "PNG", "jpg": "JPEG", "jpeg": "JPEG", "webp": "WEBP", "bmp": "BMP"}
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

UNTURNED: Final = frozenset({"WEBP"})
"""Formats whose EXIF data Chromium does not follow: a picture that lies in its file is stored upright, as PNG."""

PROGRAMS: Final = frozenset({"EPS", "WMF"})
"""Formats that are programs: to draw them, Pillow starts another one."""

SAVED: Final[dict[str, dict[str, Any]]] = {"PNG": {"compress_type": 3}}
"""How Pillow compresses: PNG by runs of equal bytes (zlib's Z_RLE). On photographs and noise that takes a third to
two thirds of the time of the default, and as many bytes; screenshots and colour maps get up to a fifth larger."""

MOST_JPEG: Final = 65500
"""Pixels that a JPEG file may be wide or high."""

MOST: Final = {"JPEG": MOST_JPEG, "WEBP": 16383}
"""Pixels that files of some formats may be wide or high."""

TAIL: Final = 64 * 1024
"""Bytes at the end of a JPEG file in which its end is looked for."""

KEEP: Final = "Keep it until it is logged"


class Store(Protocol):
    """Where a picture's file goes; `RunWriter` is one."""

    def put(self, data: bytes, suffix: str) -> str:
        """Store bytes; their place relative to the run directory."""

    def put_file(self, source: Path, suffix: str) -> str:
        """Store a copy of a file; its place relative to the run directory."""

    def keep(self, source: Path) -> bytes | Path:
        """What a file holds now, or the path of a copy."""

    def adopt(self, copy: Path, suffix: str) -> str:
        """Store a copy that `keep` made; its place relative to the run directory."""


class Numbers:
    """Numbers that become a picture when it is needed: that takes longer than copying them, and no caller waits.

    Args:
        array: Whole numbers, floats or bools, (height, width) or (height, width, 3 or 4); nobody else changes it.
        format: Pillow's name of the file type.
        normalize: As for `pixels.scaled`.
    """

    def __init__(self, array: numpy.ndarray[Any, Any], format: str, *, normalize: bool) -> None:
        self.size = _checked_size((array.shape[1], array.shape[0]), format)
        mode = CHANNELS[array.shape[2] if array.ndim == 3 else 1]
        self.mode = mode if mode in WRITABLE[format] else "RGB"
        self.extension = SHOWN[format]
        self.turned = False
        self.frames = 1
        self._array: numpy.ndarray[Any, Any] | None = array
        self._format = format
        self._normalize = normalize
        self._drawn: Drawn | None = None

    def drawn(self) -> Drawn:
        """The picture. Two threads may both make it; none finds the numbers gone before it is there."""
        array, drawn = self._array, self._drawn
        if drawn is None and array is not None:
            scaled, rule = pixels.scaled(array, normalize=self._normalize)
            drawn = self._drawn = Drawn.of(from_pixels(scaled), None, self._format, rule)
            self._array = None
        assert drawn is not None  # noqa: S101 - one of both is set
        return drawn

    @property
    def rule(self) -> str | None:
        """How numbers became 0 to 255, or None."""
        return self.drawn().rule

    @property
    def nbytes(self) -> int:
        """Bytes of memory that it takes."""
        array = self._array
        return int(array.nbytes) if array is not None else self.drawn().nbytes

    def kept(self, store: Store) -> Numbers:
        """Itself: it names no file."""
        return self

    def picture(self) -> Pillow.Image:
        """A copy of the picture."""
        return self.drawn().picture()

    def put(self, store: Store) -> str:
        """Store the picture's file; its place relative to the run directory."""
        return self.drawn().put(store)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture in memory, in a mode that its format holds."""

    drawn: Pillow.Image
    format: str
    rule: str | None
    turned: bool = False
    """It lay on its side before its EXIF data was followed."""
    frames: int = 1
    """Frames or pages of the file from which it was taken."""

    @classmethod
    def of(cls, given: Pillow.Image, mode: str | None, format: str, rule: str | None = None) -> Drawn:
        """A copy of a PIL image, turned as its EXIF data says, in a mode that can be written."""
        from PIL import Image as Pillow

        turned = _turned(given) != given.size
        try:
            drawn = upright(given)
        except (OSError, Pillow.DecompressionBombError) as fault:
            raise InputValueError("RG205", f"the PIL image cannot be read: {fault}") from fault
        if 0 in drawn.size:
            raise InputValueError("RG203", f"a picture of {drawn.width} by {drawn.height} pixels is empty")
        if mode is not None and mode != drawn.mode:
            drawn = converted(drawn, mode, format)
        if drawn.mode in ("La", "RGBa"):  # multiplied by their transparency; they convert to nothing else
            drawn = drawn.convert(NEAREST[drawn.mode][0])
        if "transparency" in drawn.info and drawn.mode in ("1", "L", "P", "RGB"):
            drawn = drawn.convert("RGBA")  # one of its colours is transparent
        if drawn.mode not in WRITABLE[format]:
            drawn, scaled = fitted(drawn, format)
            rule = scaled or rule
        drawn.info = kept_info(given.mode, drawn)
        _checked_size(drawn.size, format)
        return cls(drawn, format, rule, turned, _frames(given))

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return self.drawn.size

    @property
    def mode(self) -> str:
        """Pillow's name of the colours."""
        return self.drawn.mode

    @property
    def extension(self) -> str:
        """Extension of the file that is stored, without its dot."""
        return SHOWN[self.format]

    @property
    def nbytes(self) -> int:
        """Bytes of memory that it takes."""
        width = {"I": 4, "F": 4, "I;16": 2}.get(self.drawn.mode) or len(self.drawn.getbands())
        return self.drawn.width * self.drawn.height * width

    def kept(self, store: Store) -> Drawn:
        """Itself: it names no file."""
        return self

    def picture(self) -> Pillow.Image:
        """A copy of the picture."""
        return self.drawn.copy()

    def put(self, store: Store) -> str:
        """Store the picture's file; its place relative to the run directory."""
        buffer = io.BytesIO()
        try:
            self.drawn.save(buffer, self.format, **SAVED.get(self.format, {}))
        except (OSError, ValueError) as fault:
            raise InputValueError(
                "RG207", f"the picture cannot be written as {self.format}: {fault}", remedy="Use another file_type"
            ) from fault
        return store.put(buffer.getvalue(), f".{self.extension}")


@dataclass(frozen=True, slots=True)
class File:
    """A picture in a file that is kept as it is. Only its head has been read."""

    data: Path | bytes
    size: tuple[int, int]
    mode: str
    extension: str
    turned: bool = False
    """It lies on its side in the file; EXIF data says so."""
    own: bool = False
    """The file is a copy in the run's keeping."""
    rule: str | None = None
    """How numbers once became its pixels, where that is known."""
    frames: int = 1
    """It has all of them."""

    @classmethod
    def at(cls, path: Path) -> File | Drawn:
        """The file at a path."""
        if not path.exists():
            raise InputFileError("RG204", "the file does not exist", where=str(path), remedy="Check the path")
        if not path.is_file():
            raise InputValueError("RG205", "this is no file", where=str(path))
        return cls._opened(path.absolute(), str(path))

    @classmethod
    def read(cls, file: Any) -> File | Drawn:
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
    def _opened(cls, data: Path | bytes, where: str) -> File | Drawn:
        from PIL import Image as Pillow
        from PIL import UnidentifiedImageError

        if not (data.stat().st_size if isinstance(data, Path) else data):
            raise InputValueError("RG203", "the file is empty", where=where)
        try:
            with Pillow.open(data if isinstance(data, Path) else io.BytesIO(data)) as head:
                format = str(head.format)
                lies = format in UNTURNED and _orientation(head) > 1 and not getattr(head, "is_animated", False)
                if format in SHOWN and not lies:
                    size = _turned(head)
                    found = cls(data, size, head.mode, SHOWN[format], turned=size != head.size)
                    if not _is_whole(head, data):
                        found.picture()
                    return found
                if format not in PROGRAMS:
                    return Drawn.of(head, None, "PNG")
        except (Pillow.DecompressionBombError, Pillow.DecompressionBombWarning) as fault:
            raise InputValueError(
                "RG206",
                f"the picture is too large to be shown: {fault}",
                where=where,
                remedy="Log a smaller version of it",
            ) from fault
        except PermissionError as fault:
            raise InputValueError("RG205", "the file cannot be read: no permission", where=where) from fault
        except InputValueError as fault:
            raise InputValueError(
                "RG205", f"the file is damaged: {fault.problem.what}", where=where, remedy="Write it again"
            ) from fault
        except UnidentifiedImageError as fault:
            raise InputValueError(
                "RG205", "the file is no picture that Pillow opens", where=where, remedy="Convert it to PNG"
            ) from fault
        except (OSError, ValueError, SyntaxError, EOFError) as fault:
            raise InputValueError(
                "RG205", f"the file is damaged: {fault}", where=where, remedy="Write it again, or convert it to PNG"
            ) from fault
        raise InputValueError(
            "RG205", f"{format} files are programs, not pictures", where=where, remedy="Convert it to PNG"
        )

    def picture(self) -> Pillow.Image:
        """A copy of the picture, turned as its EXIF data says; of an animation, its first frame."""
        from PIL import Image as Pillow

        try:
            with Pillow.open(self.data if isinstance(self.data, Path) else io.BytesIO(self.data)) as head:
                return upright(head)
        except (OSError, ValueError, SyntaxError, EOFError) as fault:
            where = str(self.data) if isinstance(self.data, Path) else ""
            raise InputValueError("RG205", f"the picture cannot be read: {fault}", where=where) from fault

    @property
    def nbytes(self) -> int:
        """Bytes of memory that it takes."""
        return 0 if isinstance(self.data, Path) else len(self.data)

    def kept(self, store: Store) -> File:
        """The same file as it is now, in the keeping of the store."""
        if not isinstance(self.data, Path) or self.own:
            return self
        self._check()
        data = store.keep(self.data)
        return replace(self, data=data, own=isinstance(data, Path))

    def put(self, store: Store) -> str:
        """Store the picture's file; its place relative to the run directory."""
        suffix = f".{self.extension}"
        if not isinstance(self.data, Path):
            return store.put(self.data, suffix)
        if self.own:
            return store.adopt(self.data, suffix)
        self._check()
        return store.put_file(self.data, suffix)

    def _check(self) -> None:
        """Raise when the file cannot be read: that is no fault of the disk that the run is on."""
        try:
            with open(self.data, "rb"):
                return
        except FileNotFoundError:
            raise InputFileError(
                "RG204", "the file does not exist any more", where=str(self.data), remedy=KEEP
            ) from None
        except OSError as fault:
            raise InputValueError(
                "RG205", f"the file cannot be read: {fault.strerror}", where=str(self.data), remedy=KEEP
            ) from fault


def _turned(head: Pillow.Image) -> tuple[int, int]:
    """Width and height as displayed: EXIF orientations 5 to 8 lie on their side."""
    return (head.height, head.width) if _orientation(head) in (5, 6, 7, 8) else head.size


def _orientation(head: Pillow.Image) -> int:
    """How a picture lies in its file, 1 to 8 as EXIF counts it; 1 is upright."""
    try:
        found = head.getexif().get(0x0112)
    except Exception:  # broken EXIF data does not make a picture unreadable
        return 1
    return found if isinstance(found, int) and 1 <= found <= 8 else 1


def _frames(picture: Pillow.Image) -> int:
    """How many frames or pages a picture's file has; 1 where that cannot be told."""
    try:
        return int(getattr(picture, "n_frames", 1))
    except Exception:  # Pillow counts by reading to the end, and stumbles over what is damaged there
        return 1


def is_picture(data: object) -> bool:
    """Whether a value is a PIL image; Pillow is not imported to know it."""
    return any(base.__name__ == "Image" and base.__module__ == "PIL.Image" for base in type(data).__mro__)


def upright(picture: Pillow.Image) -> Pillow.Image:
    """A copy of a PIL image, turned as its EXIF data says.

    Raises:
        OSError: Its file cannot be read.
    """
    from PIL import ImageOps

    picture.load()
    try:
        return ImageOps.exif_transpose(picture)
    except Exception:  # broken EXIF data does not make a picture unreadable
        return picture.copy()


def animation(picture: Any) -> File | None:
    """The file of an animated PIL image that stands at its first frame; None for one that does not move.

    Args:
        picture: The PIL image.
    """
    format = str(getattr(picture, "format", ""))
    if format not in SHOWN or not getattr(picture, "is_animated", False) or picture.tell():
        return None
    from PIL import Image as Pillow

    data = b""
    try:  # the bytes that it was opened from, where it still has them
        place = picture.fp.tell()
        picture.fp.seek(0)
        data = picture.fp.read()
        picture.fp.seek(place)
        with Pillow.open(io.BytesIO(data)) as again:
            whole = again.format == format and getattr(again, "n_frames", 1) == picture.n_frames
    except (OSError, ValueError, AttributeError):
        whole = False
    if not whole:
        buffer = io.BytesIO()
        picture.save(buffer, format, save_all=True, **({"lossless": True} if format == "WEBP" else {}))
        picture.seek(0)
        data = buffer.getvalue()
    return File(data, _turned(picture), picture.mode, SHOWN[format])


def _is_whole(head: Pillow.Image, data: Path | bytes) -> bool:
    """Whether a file has its end, as far as that can be told without decoding it; its head has been read."""
    size = data.stat().st_size if isinstance(data, Path) else len(data)
    if head.format == "PNG":
        try:
            head.verify()  # the checksums of all its parts
        except Exception:  # Pillow raises many kinds
            return False
        return True
    if head.format in ("JPEG", "MPO"):
        return b"\xff\xd9" in _piece(data, max(0, size - TAIL), TAIL)
    if head.format == "GIF":
        return _piece(data, size - 1, 1) == b";"
    if head.format == "WEBP":
        return int.from_bytes(_piece(data, 4, 4), "little") + 8 <= size
    return False


def _piece(data: Path | bytes, start: int, length: int) -> bytes:
    if not isinstance(data, Path):
        return data[start : start + length]
    with open(data, "rb") as file:
        file.seek(start)
        return file.read(length)


def _checked_size(size: tuple[int, int], format: str) -> tuple[int, int]:
    most = MOST.get(format)
    if most is not None and max(size) > most:
        raise InputValueError(
            "RG207",
            f"a {format} file holds up to {most:,} pixels in a row or column, not {max(size):,}",
            remedy='Use file_type="png"',
        )
    return size
