"""Where a picture's file comes from: numbers, a picture in memory, or a file that is kept as it is."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from reportgen.errors import InputFileError, InputTypeError, InputValueError
from reportgen.media import pixels
from reportgen.media.pixels import CHANNELS

if TYPE_CHECKING:
    import numpy
    from PIL import Image as Pillow

    from reportgen.media.pixels import Pixels

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

SAVED: Final[dict[str, dict[str, Any]]] = {"PNG": {"compress_type": 3}}
"""How Pillow compresses: PNG by runs of equal bytes (zlib's Z_RLE). On photographs and noise that takes a third to
two thirds of the time of the default, and as many bytes; screenshots and colour maps get up to a fifth larger."""

MOST_JPEG: Final = 65500
"""Pixels that a JPEG file may be wide or high."""

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
        self._array: numpy.ndarray[Any, Any] | None = array
        self._format = format
        self._normalize = normalize
        self._drawn: Drawn | None = None

    def drawn(self) -> Drawn:
        """The picture. Two threads may both make it; none finds the numbers gone before it is there."""
        array, drawn = self._array, self._drawn
        if drawn is None and array is not None:
            scaled, rule = pixels.scaled(array, normalize=self._normalize)
            drawn = self._drawn = Drawn.of(_from_pixels(scaled), None, self._format, rule)
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

    @classmethod
    def of(cls, given: Pillow.Image, mode: str | None, format: str, rule: str | None = None) -> Drawn:
        """A copy of a PIL image, turned as its EXIF data says, in a mode that can be written."""
        from PIL import Image as Pillow
        from PIL import ImageOps

        try:
            drawn: Pillow.Image = given.copy()
            ImageOps.exif_transpose(drawn, in_place=True)
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
        _checked_size(drawn.size, format)
        return cls(drawn, format, rule)

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
    own: bool = False
    """The file is a copy in the run's keeping."""
    rule: str | None = None
    """How numbers once became its pixels, where that is known."""

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

        if not (data.stat().st_size if isinstance(data, Path) else data):
            raise InputValueError("RG203", "the file is empty", where=where)
        try:
            with Pillow.open(data if isinstance(data, Path) else io.BytesIO(data)) as head:
                format = str(head.format)
                if format in SHOWN:
                    return cls(data, _turned(head), head.mode, SHOWN[format])
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
        except (OSError, ValueError, SyntaxError, EOFError) as fault:
            raise InputValueError(
                "RG205", "the file is no picture that Pillow opens", where=where, remedy="Convert it to PNG"
            ) from fault
        raise InputValueError(
            "RG205", f"{format} files are programs, not pictures", where=where, remedy="Convert it to PNG"
        )

    def picture(self) -> Pillow.Image:
        """A copy of the picture."""
        from PIL import Image as Pillow

        with Pillow.open(self.data if isinstance(self.data, Path) else io.BytesIO(self.data)) as head:
            return head.copy()

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
    try:
        sideways = head.getexif().get(0x0112) in (5, 6, 7, 8)
    except Exception:  # broken EXIF data does not make a picture unreadable
        sideways = False
    return (head.height, head.width) if sideways else head.size


def _checked_size(size: tuple[int, int], format: str) -> tuple[int, int]:
    if format == "JPEG" and max(size) > MOST_JPEG:
        raise InputValueError(
            "RG207",
            f"a JPEG file holds up to {MOST_JPEG:,} pixels in a row or column, not {max(size):,}",
            remedy='Use file_type="png"',
        )
    return size


def _from_pixels(array: Pixels) -> Pillow.Image:
    import numpy
    from PIL import Image as Pillow

    return Pillow.fromarray(numpy.ascontiguousarray(array))
