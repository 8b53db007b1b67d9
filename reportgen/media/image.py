"""A picture: from an array, a tensor, a PIL image, a file or an open file."""

from __future__ import annotations

import copy
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from reportgen.errors import InputTypeError, InputValueError
from reportgen.media import given, pixels, tensors
from reportgen.media.pixels import CHANNELS
from reportgen.media.sources import FORMATS, MOST_JPEG, Drawn, File, Numbers, Store
from reportgen.rundir.records.image import ImageRecord

if TYPE_CHECKING:
    from PIL import Image as Pillow

    from reportgen.media.pixels import Pixels


class Image:
    """A picture to log: `run.log({"sample": Image(array, caption="a seven")})`, or a list of them.

    Pixels are copied here, so an array that changes later changes nothing. A file that is named is copied when the
    picture is logged. Scaling and encoding are left to the threads that store the picture.

    Attributes:
        caption: What stands below the picture, or None.
        grouping: Pictures of a list that belong together have the same number, or None.
        width: Pixels from left to right, as displayed.
        height: Pixels from top to bottom, as displayed.
        unstored: Arguments that this version does not store, such as "boxes".
    """

    KIND: ClassVar[str] = "image"
    MAX_ITEMS: ClassVar[int] = 108
    """For scripts that read it. All pictures are stored, however many."""
    MAX_DIMENSION: ClassVar[int] = MOST_JPEG
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
                exist, or a mode or size that the format does not hold. (RG208) An address instead of a path.
            InputFileError: (RG204) The file does not exist.
        """
        if grouping is not None and (isinstance(grouping, bool) or not isinstance(grouping, int)):
            raise InputTypeError(
                "RG201", f"grouping is {tensors.named(grouping)}, not a whole number", remedy="Use int(grouping)"
            )
        self.unstored = given.checked_overlays(overlays)
        self.caption = None if caption is None else str(caption)
        self.grouping = grouping
        written = _checked_type(file_type)
        if isinstance(data_or_path, Image):
            other = data_or_path
            self.caption = self.caption if caption is not None else other.caption
            self.grouping = self.grouping if grouping is not None else other.grouping
            self._source = other._source
            if mode is not None or file_type is not None:
                self._source = Drawn.of(other.image, mode, written, other.scaled_from)
        elif isinstance(data_or_path, (str, os.PathLike)):
            self._source = File.at(Path(given.checked_address(os.fspath(data_or_path))))
        elif _is_picture(data_or_path):
            self._source = Drawn.of(data_or_path, mode, written)
        elif callable(getattr(data_or_path, "read", None)):
            self._source = File.read(data_or_path)
        else:
            self._source = Numbers(pixels.taken(data_or_path), written, normalize=normalize)
            if mode is not None:  # whether there is such a mode is said here, in the line of whoever asked for it
                drawn = self._source.drawn()
                self._source = Drawn.of(drawn.drawn, mode, written, drawn.rule)
        self.width, self.height = self._source.size

    _source: Numbers | Drawn | File

    @property
    def image(self) -> Pillow.Image:
        """The picture as a PIL image, a copy."""
        return self._source.picture()

    @property
    def scaled_from(self) -> str | None:
        """How numbers became 0 to 255: "0..1" (times 255), "-1..1" (shifted and scaled) or "clipped".

        With ", NaN as 0" behind it where there was any; None for values that are stored as they were.
        """
        return self._source.rule

    @property
    def nbytes(self) -> int:
        """Bytes of memory that the picture takes."""
        return self._source.nbytes

    @property
    def format(self) -> str:
        """Extension of the file that is stored: "png", "jpg", "gif"."""
        return self._source.extension

    def snapshot(self) -> Image:
        """The picture as it is now: a caption that is changed later changes nothing."""
        return copy.copy(self)

    def keep(self, store: Store) -> Image:
        """The same picture, with its file in the run's keeping if it has one.

        Args:
            store: Takes a copy of the file.

        Raises:
            InputFileError: (RG204) The file has gone since.
            InputValueError: (RG205) It cannot be read.
            OSError: The copy could not be written.
        """
        self._source = self._source.kept(store)
        return self

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
        shape = pixels.checked_shape(tuple(data.shape), data)
        return CHANNELS[shape[2] if len(shape) == 3 else 1]

    @classmethod
    def to_uint8(cls, data: Any) -> Pixels:
        """Numbers as bytes from 0 to 255, by the three rules that `normalize` describes.

        Args:
            data: An array of numbers or bools, of any shape.

        Raises:
            InputTypeError: (RG201) It holds other things than numbers.
        """
        return pixels.scaled(pixels.checked_numbers(tensors.to_numpy(data)), normalize=True)[0]

    def __repr__(self) -> str:
        caption = f", caption={self.caption!r}" if self.caption is not None else ""
        return f"<reportgen.Image {self.width}x{self.height} {self.format}{caption}>"


def _is_picture(data: object) -> bool:
    return any(base.__name__ == "Image" and base.__module__ == "PIL.Image" for base in type(data).__mro__)


def _checked_type(file_type: str | None) -> str:
    """Pillow's name of a file type; PNG by default."""
    given = "png" if file_type is None else str(file_type).lower().lstrip(".")
    if given not in FORMATS:
        raise InputValueError("RG207", f"file_type={file_type!r} is unknown", remedy=f"Use one of {', '.join(FORMATS)}")
    return FORMATS[given]
