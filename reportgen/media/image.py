"""A picture: from an array, a tensor, a PIL image, a figure, a file or an open file; and what lies over it."""

from __future__ import annotations

import copy
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from reportgen.errors import InputTypeError, InputValueError
from reportgen.media import figure, given, pixels, tensors
from reportgen.media.boxes import taken as taken_boxes
from reportgen.media.classes import Classes, names_of, whole
from reportgen.media.masks import stored_labels
from reportgen.media.masks import taken as taken_masks
from reportgen.media.pixels import CHANNELS
from reportgen.media.sources import FORMATS, MOST_JPEG, Drawn, File, Numbers, Store, animation, is_picture
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
        classes: Any = None,
        boxes: Any = None,
        masks: Any = None,
        file_type: str | None = None,
        normalize: bool = True,
    ) -> None:
        """Take a picture.

        Args:
            data_or_path: One of these.
                Array (height, width), or (height, width, channels) with 1, 3 or 4 channels, of whole numbers,
                floats or bools; leading axes of length 1 are dropped. Also anything with `__array__`.
                Torch tensor (channels, height, width), or (height, width), on any device.
                PIL image of any mode; never scaled, but for numbers that no file holds. An animated one that
                stands at its first frame is kept as it is, unless `mode` or `file_type` is given.
                Figure, axes or another artist of matplotlib, or `matplotlib.pyplot`: drawn as it is now.
                Path of a file, or a file open for reading bytes, in any format that Pillow opens; kept as it is,
                but stored as PNG if browsers do not show the format.
                Another `Image`, with what lies over it.
            mode: Pillow mode to convert to, such as "L", "RGB" or "RGBA". Not for files.
            caption: What stands below the picture.
            grouping: Pictures of a list that belong together have the same number.
            classes: Names of classes for all masks and boxes: `Classes`, or a list of mappings with `id` and `name`.
            boxes: Layers of boxes by name: mappings with `box_data`, a list of boxes, and perhaps `class_labels`, names
                by class number, which go before `classes`. A box is a mapping of
                `position`: `minX`, `maxX`, `minY` and `maxY`; or `middle` ([x, y]), `width` and `height`. A box may
                reach beyond the picture;
                `domain`: "pixel" for positions in pixels; else they are parts of the picture, 0 to 1;
                `class_id`: a whole number; one without a name is called `class_7`;
                `box_caption`: text that stands at the box;
                `scores`: numbers by name. All but `position` may be left out.
            masks: Masks by name of layer: mappings with `mask_data`, class numbers from 0 to 255 of the shape (height,
                width), as an array, a tensor or a PIL image, of whole numbers, bools or floats; or `path`, a file that
                holds them as shades of grey or with a palette; and perhaps `class_labels`.
                Boxes and masks are in the frame of the picture as displayed, after the rotation of its EXIF data.
            file_type: "png" (default), "jpg", "jpeg", "webp" or "bmp". Not for files. JPEG drops transparency.
            normalize: Arrays and tensors: values that all lie in 0 to 1 are multiplied by 255; else, values in -1 to
                1 are shifted and scaled to 0 to 255; else, they are clipped to 0 to 255. False: clip only.
                Fractions are cut off. NaN becomes 0.

        Raises:
            InputTypeError: (RG201) Something else than the above, or an array of other things than numbers. (RG207) A
                mode that is no text.
            InputValueError: (RG202) A shape that is no picture. (RG203) An empty array or file. (RG205) A file that is
                no picture. (RG206) A picture too large to be shown. (RG207) A mode or file type that does not
                exist, or a mode or size that the format does not hold. (RG208) An address instead of a path.
                (RG251) A figure that cannot be drawn.
            InputTypeError, InputValueError: Boxes and masks: (RG210) Another form than above. (RG211) A mask of another
                size than the picture. (RG212) Values that are no class numbers. (RG213) A position that makes no sense.
                (RG214) Class, caption or score of a wrong type. (RG215) Names of classes that make no sense.
            InputFileError: (RG204) The file does not exist.
        """
        group = None if isinstance(grouping, bool) else whole(grouping)
        if grouping is not None and group is None:
            raise InputTypeError(
                "RG201", f"grouping is {tensors.named(grouping)}, not a whole number", remedy="Use int(grouping)"
            )
        if mode is not None and not isinstance(mode, str):
            raise InputTypeError(
                "RG207", f"mode is {tensors.named(mode)}", remedy='Use a mode of Pillow, such as "L", "RGB" or "RGBA"'
            )
        self.caption = None if caption is None else str(caption)
        self.grouping = group
        names = names_of(classes)
        other = data_or_path if isinstance(data_or_path, Image) else None
        self._source = _source_of(data_or_path, mode, _checked_type(file_type), file_type is not None, normalize)
        self.width, self.height = self._source.size
        self._masks = taken_masks(masks, self._source.size, names, turned=self._source.turned)
        self._boxes = taken_boxes(boxes, self._source.size, names)
        self._names = names
        if other is not None:
            self.caption = self.caption if caption is not None else other.caption
            self.grouping = self.grouping if grouping is not None else other.grouping
            self._masks = self._masks or other._masks
            self._boxes = self._boxes or other._boxes
            self._names = names if names is not None else other._names

    _source: Numbers | Drawn | File

    @property
    def image(self) -> Pillow.Image:
        """The picture as a PIL image, a copy; of an animation, its first frame."""
        return self._source.picture()

    @property
    def scaled_from(self) -> str | None:
        """The rule by which numbers became 0 to 255.

        "0..1" (times 255), "-1..1" (shifted and scaled), "0..65535" (divided by 256) or "clipped". With ", NaN as 0"
        behind it where there was any, and ", infinity clipped"; None for values that are stored as they were.
        """
        return self._source.rule

    @property
    def masks(self) -> dict[str, dict[str, Any]]:
        """The masks by name of layer: `mask_data`, an array (height, width), and `class_labels`."""
        return {
            mask.name: {"mask_data": mask.numbers.copy(), "class_labels": dict(mask.labels)} for mask in self._masks
        }

    @property
    def boxes(self) -> dict[str, dict[str, Any]]:
        """The boxes by name of layer, as the constructor takes them; all positions are edges in pixels."""
        return {layer.name: layer.as_given() for layer in self._boxes}

    @property
    def classes(self) -> Classes | None:
        """The names of classes that were given for all layers, or None."""
        return None if self._names is None else Classes([{"id": n, "name": name} for n, name in self._names.items()])

    @property
    def nbytes(self) -> int:
        """Bytes of memory that the picture takes, with what lies over it."""
        over = sum(mask.numbers.nbytes for mask in self._masks) + sum(layer.nbytes for layer in self._boxes)
        return self._source.nbytes + over

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
        """Store the files, and say what a run keeps of the picture.

        Args:
            store: Takes the files.

        Raises:
            OSError: They could not be stored.
            InputFileError: (RG204) The file has gone since.
        """
        alone = None if self._masks or self._boxes else self._names
        labels, labels_file = stored_labels(alone, store)
        return ImageRecord(
            file=self._source.put(store),
            width=self.width,
            height=self.height,
            format=self._source.extension,
            mode=self._source.mode,
            caption=self.caption,
            grouping=self.grouping,
            scaled_from=self.scaled_from,
            frames=self._source.frames if self._source.frames > 1 else None,
            masks=tuple(mask.encode(store) for mask in self._masks) or None,
            boxes=tuple(layer.encode(store) for layer in self._boxes) or None,
            labels=labels,
            labels_file=labels_file,
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

    @classmethod
    def all_captions(cls, images: Sequence[Image]) -> list[str | None] | bool:
        """The captions of some pictures, None for one without; False where none has one."""
        captions = [image.caption for image in images]
        return captions if any(caption is not None for caption in captions) else False

    @classmethod
    def all_masks(cls, images: Sequence[Image], *ignored: Any) -> list[dict[str, Any] | None] | bool:
        """The masks of some pictures, as `masks` gives them, None for one without; False where none has one.

        Args:
            images: The pictures.
            *ignored: Accepted for scripts written for W&B: run, key and step.
        """
        found = [image.masks or None for image in images]
        return found if any(found) else False

    @classmethod
    def all_boxes(cls, images: Sequence[Image], *ignored: Any) -> list[dict[str, Any] | None] | bool:
        """The boxes of some pictures, as `boxes` gives them, None for one without; False where none has one.

        Args:
            images: The pictures.
            *ignored: As for `all_masks`.
        """
        found = [image.boxes or None for image in images]
        return found if any(found) else False

    def __eq__(self, other: object) -> bool:
        """Whether pixels, caption and names of classes are the same; what lies over the picture does not count."""
        if self is other:
            return True
        if not isinstance(other, Image):
            return NotImplemented
        if (self.width, self.height, self.caption, self._names) != (
            other.width,
            other.height,
            other.caption,
            other._names,
        ):
            return False
        first, second = self.image, other.image
        return first.mode == second.mode and first.tobytes() == second.tobytes()

    def __hash__(self) -> int:
        return hash((self.width, self.height))

    def __repr__(self) -> str:
        caption = f", caption={self.caption!r}" if self.caption is not None else ""
        return f"<reportgen.Image {self.width}x{self.height} {self.format}{caption}>"


def _source_of(data: Any, mode: str | None, format: str, typed: bool, normalize: bool) -> Numbers | Drawn | File:
    """Where a picture's file comes from.

    Args:
        data: What the user gave.
        mode: Pillow mode to convert to, or None.
        format: Pillow's name of the file type.
        typed: Whether the user asked for that file type.
        normalize: As for `Image`.
    """
    if isinstance(data, Image):
        if mode is None and not typed:
            return data._source
        return Drawn.of(data.image, mode, format, data.scaled_from)
    if isinstance(data, (str, os.PathLike)):
        return File.at(Path(given.checked_address(os.fspath(data))))
    if is_picture(data):
        moving = None if mode is not None or typed else animation(data)
        return moving or Drawn.of(data, mode, format)
    if figure.library_of(data) == "matplotlib":
        return Drawn.of(figure.drawn(data), mode, format)
    if callable(getattr(data, "read", None)):
        return File.read(data)
    numbers = Numbers(pixels.taken(data), format, normalize=normalize)
    if mode is None:
        return numbers
    drawn = numbers.drawn()  # whether there is such a mode is said here, in the line of whoever asked for it
    return Drawn.of(drawn.drawn, mode, format, drawn.rule)


def _checked_type(file_type: str | None) -> str:
    """Pillow's name of a file type; PNG by default."""
    given = "png" if file_type is None else str(file_type).lower().lstrip(".")
    if given not in FORMATS:
        raise InputValueError("RG207", f"file_type={file_type!r} is unknown", remedy=f"Use one of {', '.join(FORMATS)}")
    return FORMATS[given]
