"""Pictures from everything that holds one; the three rules; and a clear word about what is none."""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib import pyplot

import reportgen
from reportgen import Image
from reportgen.errors import InputFileError, InputTypeError, InputValueError
from reportgen.rundir.records.image import ImageRecord
from reportgen.rundir.writer import RunWriter
from tests.media.quacks import Tensor, bfloat16, cupy_array, jax_array, tensor, tf_tensor

Array = np.ndarray[Any, Any]


@pytest.fixture
def store(tmp_path: Path) -> Any:
    writer = RunWriter(tmp_path / "run", new=True)
    yield writer
    writer.close()


def pixels(picture: Image) -> list[Any]:
    return np.asarray(picture.image).tolist()


GREY = np.array([[0, 10, 20], [30, 40, 255]], np.uint8)  # 2 high, 3 wide
COLOUR = np.stack([GREY, GREY // 2, GREY // 3], axis=2)


def as_file(array: Array, format: str = "PNG", **options: Any) -> io.BytesIO:
    buffer = io.BytesIO()
    PIL.Image.fromarray(array).save(buffer, format, **options)
    return buffer


# ---- every form gives the same picture

GREY_FORMS: dict[str, Callable[[Path], Any]] = {
    "array": lambda _: GREY,
    "one channel": lambda _: GREY[:, :, None],
    "leading ones": lambda _: GREY[None, None, :, :, None],
    "int64": lambda _: GREY.astype(np.int64),
    "float32": lambda _: GREY.astype(np.float32),
    "float16": lambda _: GREY.astype(np.float16),
    "big-endian": lambda _: GREY.astype(">f8"),
    "long double": lambda _: GREY.astype(np.longdouble),
    "fortran order": lambda _: np.asfortranarray(GREY),
    "strided": lambda _: np.repeat(np.repeat(GREY, 2, 0), 2, 1)[::2, ::2],
    "read-only": lambda _: np.frombuffer(GREY.tobytes(), np.uint8).reshape(2, 3),
    "tensor": lambda _: tensor(GREY[None]),
    "flat tensor": lambda _: tensor(GREY),
    "batch of one tensor": lambda _: Tensor(GREY[None, None]),
    "bfloat16": lambda _: bfloat16(GREY[None].astype(np.float32)),
    "jax": lambda _: jax_array(GREY),
    "cupy": lambda _: cupy_array(GREY),
    "tensorflow": lambda _: tf_tensor(GREY),
    "only __array__": lambda _: type("Odd", (), {"__array__": lambda self, *a, **k: GREY})(),
    "PIL": lambda _: PIL.Image.fromarray(GREY),
    "open file": lambda _: as_file(GREY),
    "path": lambda folder: written(folder / "x.png", as_file(GREY)),
    "text path": lambda folder: str(written(folder / "x.png", as_file(GREY))),
    "wrong extension": lambda folder: written(folder / "x.jpg", as_file(GREY)),
    "file handle": lambda folder: open(written(folder / "x.png", as_file(GREY)), "rb"),  # noqa: SIM115
    "picture": lambda _: Image(GREY),
    "tiff": lambda folder: written(folder / "x.tiff", as_file(GREY, "TIFF")),
    "bmp": lambda folder: written(folder / "x.bmp", as_file(GREY, "BMP")),
}


def written(path: Path, buffer: io.BytesIO) -> Path:
    path.write_bytes(buffer.getvalue())
    return path


@pytest.mark.parametrize("form", GREY_FORMS)
def test_every_form_gives_the_same(form: str, tmp_path: Path, store: RunWriter) -> None:
    given = GREY_FORMS[form](tmp_path)
    picture = Image(given, caption="c", grouping=2)
    if hasattr(given, "close"):
        given.close()
    assert (picture.width, picture.height) == (3, 2)
    assert pixels(picture) == GREY.tolist()
    record = picture.encode(store)
    assert isinstance(record, ImageRecord)
    assert (record.width, record.height, record.mode) == (3, 2, "L")
    assert (record.caption, record.grouping, record.scaled_from) == ("c", 2, None)
    with PIL.Image.open(store.folder / record.file) as stored:
        assert np.asarray(stored).tolist() == GREY.tolist()
        assert str(stored.format).lower() == record.format
    assert ImageRecord.from_json(record.to_json()) == record


@pytest.mark.parametrize(
    ("given", "mode"),
    [
        (COLOUR, "RGB"),
        (COLOUR[None], "RGB"),
        (tensor(COLOUR.transpose(2, 0, 1)), "RGB"),
        (np.concatenate([COLOUR, COLOUR[:, :, :1]], 2), "RGBA"),
        (np.zeros((1, 1, 3)), "RGB"),
        (np.zeros((5, 1, 3)), "RGB"),
        (np.zeros((1, 1)), "L"),
        (np.zeros((3, 5, 4)), "RGBA"),
    ],
)
def test_channels(given: Any, mode: str) -> None:
    picture = Image(given)
    assert picture.image.mode == mode
    shape = given.shape[-3:] if not isinstance(given, Tensor) else (2, 3)
    assert (picture.height, picture.width) == tuple(shape[:2])


def test_tensors_are_channels_height_width() -> None:
    assert pixels(Image(tensor(COLOUR.transpose(2, 0, 1)))) == COLOUR.tolist() == pixels(Image(COLOUR))


# ---- the three rules


def scaled(values: Any, **options: Any) -> tuple[list[int], str | None]:
    picture = Image(np.array([values]), **options)
    return pixels(picture)[0], picture.scaled_from


def test_zero_to_one() -> None:
    assert scaled([0.0, 0.25, 0.999, 1.0]) == ([0, 63, 254, 255], "0..1")  # cut off, not rounded
    assert scaled([0, 1]) == ([0, 255], "0..1")
    assert scaled(np.array([0, 1], np.uint8)) == ([0, 255], "0..1")
    assert scaled([False, True]) == ([0, 255], "0..1")


def test_minus_one_to_one() -> None:
    assert scaled([-1.0, 0.0, 0.5, 1.0]) == ([0, 127, 191, 255], "-1..1")
    assert scaled([-0.01, 0.0]) == ([126, 127], "-1..1")
    assert scaled(np.array([-1, 1], np.int8)) == ([0, 255], "-1..1")


def test_everything_else_is_clipped() -> None:
    assert scaled([0.0, 1.01, 254.9]) == ([0, 1, 254], None)
    assert scaled([-5.0, 3.0, 300.0]) == ([0, 3, 255], "clipped")
    assert scaled(np.array([0, 300, 65535], np.uint16)) == ([0, 255, 255], "clipped")
    assert scaled(np.array([2, 200], np.uint8)) == ([2, 200], None)
    assert scaled(np.array([-(2**60), 2**60])) == ([0, 255], "clipped")


def test_without_normalising() -> None:
    assert scaled([0.0, 0.5, 1.0], normalize=False) == ([0, 0, 1], None)
    assert scaled([-1.0, 300.0], normalize=False) == ([0, 255], "clipped")
    assert scaled([False, True], normalize=False) == ([0, 1], None)


def test_one_page_of_several_is_told(tmp_path: Path, store: RunWriter) -> None:
    pages = [PIL.Image.new("L", (4, 3), shade) for shade in (10, 20, 30)]
    pages[0].save(tmp_path / "pages.tiff", save_all=True, append_images=pages[1:])
    assert Image(tmp_path / "pages.tiff").encode(store).frames == 3
    with PIL.Image.open(tmp_path / "pages.tiff") as picture:
        assert Image(picture).encode(store).frames == 3
    pages[0].save(tmp_path / "pages.gif", save_all=True, append_images=pages[1:])
    assert Image(tmp_path / "pages.gif").encode(store).frames is None, "the file has them all"
    with PIL.Image.open(tmp_path / "pages.gif") as picture:
        assert Image(picture, mode="RGB").encode(store).frames == 3
    assert Image(GREY).encode(store).frames is None


def test_a_mode_that_is_no_text() -> None:
    with pytest.raises(InputTypeError, match=r'RG207: mode is an int.*such as "L"'):
        Image(GREY, mode=3)  # type: ignore[arg-type]


def test_black_says_nothing_of_its_scale() -> None:
    assert scaled([0.0, 0.0]) == ([0, 0], None)
    assert scaled([False, False]) == ([0, 0], "0..1")


def test_nan_becomes_black_and_infinity_is_clipped_and_both_are_said() -> None:
    nan, inf = float("nan"), float("inf")
    assert scaled([0.0, nan, 1.0]) == ([0, 0, 255], "0..1, NaN as 0")
    assert scaled([-1.0, nan, 1.0]) == ([0, 0, 255], "-1..1, NaN as 0")
    assert scaled([nan, nan]) == ([0, 0], "NaN as 0")
    assert scaled([5.0, nan, 200.0]) == ([5, 0, 200], "NaN as 0")
    assert scaled([0.0, 0.5, inf, -inf]) == ([0, 127, 255, 0], "0..1, infinity clipped")
    assert scaled([0.0, nan, -inf, 1.0]) == ([0, 0, 0, 255], "0..1, NaN as 0, infinity clipped")
    assert scaled([inf]) == ([255], "infinity clipped")


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True, width=32), min_size=1, max_size=12))
def test_any_numbers_make_a_picture(values: list[float]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        picture = Image(np.array([values], np.float32))
    assert (picture.width, picture.height) == (len(values), 1)


def test_pil_images_are_not_scaled() -> None:
    assert pixels(Image(PIL.Image.fromarray(np.array([[0, 1]], np.uint8)))) == [[0, 1]]


def test_class_methods() -> None:
    assert Image.guess_mode(COLOUR) == "RGB"
    assert Image(GREY).guess_mode(GREY) == "L"
    assert Image.guess_mode(np.zeros((1, 2, 3, 4))) == "RGBA"
    with pytest.raises(InputValueError, match="RG202"):
        Image.guess_mode(np.zeros((2, 3, 5)))
    assert Image.to_uint8(np.array([0.0, 0.5, 1.0])).tolist() == [0, 127, 255]
    with pytest.raises(InputTypeError, match="RG201"):
        Image.to_uint8(np.array(["x"]))
    assert (Image.MAX_ITEMS, Image.MAX_DIMENSION) == (108, 65500)


# ---- snapshots


def test_the_input_is_neither_changed_nor_kept(store: RunWriter) -> None:
    array = GREY.copy()
    pil = PIL.Image.fromarray(GREY.copy())
    first, second, third = Image(array), Image(pil), Image(Image(array))
    array[:] = 99
    pil.putpixel((0, 0), 99)
    first.image.putpixel((0, 0), 99)
    for picture in (first, second, third):
        assert pixels(picture) == GREY.tolist()
    assert first.encode(store) == first.encode(store)


def test_files_are_kept_as_they_are(tmp_path: Path, store: RunWriter) -> None:
    for name, format in (("a.jpg", "JPEG"), ("b.gif", "GIF"), ("c.webp", "WEBP"), ("d.png", "PNG")):
        path = written(tmp_path / name, as_file(COLOUR, format))
        record = Image(path).encode(store)
        assert (store.folder / record.file).read_bytes() == path.read_bytes()
        assert record.format == name[-4:].lstrip(".").replace("c.", "")
        assert record.file.endswith(f".{record.format}")


def test_files_that_browsers_do_not_show_become_png(tmp_path: Path, store: RunWriter) -> None:
    record = Image(written(tmp_path / "x.tiff", as_file(COLOUR, "TIFF"))).encode(store)
    assert (record.format, record.mode) == ("png", "RGB")


def test_a_file_is_copied_when_it_is_logged(tmp_path: Path, store: RunWriter) -> None:
    path = written(tmp_path / "x.png", as_file(GREY))
    picture = Image(path)
    path.unlink()
    with pytest.raises(InputFileError, match="RG204: the file does not exist any more"):
        picture.encode(store)


def test_an_open_file_is_read_from_its_beginning() -> None:
    buffer = as_file(GREY)  # stands at its end
    assert pixels(Image(buffer)) == GREY.tolist()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_turns_a_picture(orientation: int, tmp_path: Path, store: RunWriter) -> None:
    exif = PIL.Image.Exif()
    exif[0x0112] = orientation
    path = written(tmp_path / "x.jpg", as_file(COLOUR, "JPEG", exif=exif))
    expected = (2, 3) if orientation >= 5 else (3, 2)
    record = Image(path).encode(store)
    assert (record.width, record.height) == expected
    with PIL.Image.open(path) as opened:
        drawn = Image(opened)
    assert (drawn.width, drawn.height) == expected == drawn.image.size


# ---- formats and modes


@pytest.mark.parametrize(
    "mode",
    ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr", "HSV", "LAB", "I", "F", "I;16", "PA", "La", "RGBa", "RGBX"],
)
@pytest.mark.parametrize("file_type", ["png", "jpg", "webp", "bmp"])
def test_every_pil_mode_in_every_format(mode: str, file_type: str, store: RunWriter) -> None:
    given = PIL.Image.new(mode, (3, 2))
    record = Image(given, file_type=file_type).encode(store)
    with PIL.Image.open(store.folder / record.file) as stored:
        assert stored.size == (3, 2)
    assert record.format == file_type


@pytest.mark.parametrize("file_type", ["png", "jpg", "jpeg", "webp", "bmp", "PNG", ".jpg"])
def test_file_type(file_type: str, store: RunWriter) -> None:
    record = Image(COLOUR, file_type=file_type).encode(store)
    assert record.format == {"jpeg": "jpg"}.get(file_type.lower().lstrip("."), file_type.lower().lstrip("."))


def test_jpeg_drops_transparency(store: RunWriter) -> None:
    record = Image(np.full((2, 3, 4), 200), file_type="jpg").encode(store)
    assert record.mode == "RGB"


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "1", "P", "LA"])
def test_mode(mode: str, store: RunWriter) -> None:
    assert Image(COLOUR, mode=mode).encode(store).mode == mode


@pytest.mark.parametrize(("mode", "file_type"), [("XYZ", None), ("CMYK", None), ("RGBA", "jpg"), ("F", None)])
def test_modes_that_do_not_fit(mode: str, file_type: str | None) -> None:
    with pytest.raises(InputValueError, match="RG207"):
        Image(COLOUR, mode=mode, file_type=file_type)


@pytest.mark.parametrize("file_type", ["tiff", "", "svg"])
def test_unknown_file_type(file_type: str) -> None:
    with pytest.raises(
        InputValueError, match=r"RG207: file_type='.*' is unknown\. Use one of png, jpg, jpeg, webp, bmp"
    ):
        Image(GREY, file_type=file_type)


def test_as_lists() -> None:
    assert Image(GREY).to_data_array() == GREY.tolist()
    assert Image(COLOUR).to_data_array() == COLOUR.tolist()


def test_caption_and_grouping() -> None:
    first = Image(GREY, caption=3, grouping=0)  # type: ignore[arg-type]
    assert (first.caption, first.grouping) == ("3", 0)
    assert (Image(first).caption, Image(first, caption="x", mode="RGB").caption) == ("3", "x")
    assert Image(first).grouping == 0
    assert Image(GREY).caption is None
    assert (Image(GREY, grouping=np.int64(3)).grouping, Image(GREY).grouping) == (3, None)  # type: ignore[arg-type]
    with pytest.raises(InputTypeError, match="RG201: grouping is a str"):
        Image(GREY, grouping="a")  # type: ignore[arg-type]
    assert repr(Image(GREY, caption="<b>")) == "<reportgen.Image 3x2 png, caption='<b>'>"


# ---- what is no picture


@pytest.mark.parametrize(
    ("shape", "code", "remedy"),
    [
        ((3,), "RG202", "Arrays are (height, width)"),
        ((), "RG202", "Arrays are"),
        ((2, 3, 5), "RG202", "Arrays are"),
        ((2, 3, 2), "RG202", "Arrays are"),
        ((3, 5, 7), "RG202", "use array.transpose(1, 2, 0)?"),
        ((2, 5, 7, 3), "RG202", "log [Image(x) for x in batch]"),
        ((2, 2, 2, 2, 2), "RG202", "Arrays are"),
        ((0, 3), "RG203", ""),
        ((3, 0, 3), "RG203", ""),
    ],
)
def test_shapes_that_are_no_picture(shape: tuple[int, ...], code: str, remedy: str) -> None:
    with pytest.raises(InputValueError) as caught:
        Image(np.zeros(shape))
    assert caught.value.code == code
    assert str(shape) in str(caught.value)
    assert remedy in caught.value.problem.remedy


def test_tensors_that_are_no_picture() -> None:
    with pytest.raises(InputValueError, match=r"RG202: a tensor of shape \(5, 7, 3\).*permute\(2, 0, 1\)"):
        Image(tensor(np.zeros((5, 7, 3))))
    with pytest.raises(InputValueError, match="RG202"):
        Image(tensor(np.zeros((2, 3, 5, 7))))


@pytest.mark.parametrize(
    ("given", "remedy"),
    [
        (None, "Give an array"),
        (3, "Give an array"),
        ({"a": 1}, "Give an array"),
        ([[1, 2]], "Use numpy.array"),
        (b"bytes", "Wrap the bytes of a file: io.BytesIO(data)"),
        (np.array([["a"]]), "Pixels are whole numbers"),
        (np.array([[1 + 2j]]), "Pixels are whole numbers"),
        (np.array([[object()]]), "Pixels are whole numbers"),
        (type("Figure", (), {"savefig": None})(), "Save the figure"),
        (io.StringIO("text"), 'Open it with open(path, "rb")'),
    ],
)
def test_types_that_are_no_picture(given: Any, remedy: str) -> None:
    with pytest.raises(InputTypeError, match="RG201") as caught:
        Image(given)
    assert remedy in caught.value.problem.remedy


def test_files_that_are_no_picture(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"RG204: the file does not exist \(missing.png\)"):
        Image("missing.png")
    with pytest.raises(InputValueError, match="RG205: this is no file"):
        Image(tmp_path)
    (tmp_path / "empty.png").write_bytes(b"")
    with pytest.raises(InputValueError, match="RG203: the file is empty"):
        Image(tmp_path / "empty.png")
    (tmp_path / "text.png").write_text("hello")
    with pytest.raises(InputValueError, match="RG205: the file is no picture that Pillow opens"):
        Image(tmp_path / "text.png")
    with pytest.raises(InputValueError, match="RG203"):
        Image(io.BytesIO())
    (tmp_path / "x.eps").write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n%%EndComments\n")
    with pytest.raises(InputValueError, match="RG205: EPS files are programs"):
        Image(tmp_path / "x.eps")


@pytest.mark.parametrize("format", ["PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF"])
def test_a_file_that_was_cut_off(format: str, tmp_path: Path) -> None:
    data = as_file(np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8), format).getvalue()
    path = tmp_path / "x"
    path.write_bytes(data[: len(data) // 2])
    for cut in (path, io.BytesIO(data[: len(data) // 2])):
        with pytest.raises(InputValueError, match="RG205"):
            Image(cut)
    path.write_bytes(data)
    assert Image(path).width == 64


def test_a_file_with_a_wrong_byte(tmp_path: Path) -> None:
    data = bytearray(as_file(COLOUR).getvalue())
    data[data.index(b"IDAT") + 6] ^= 0xFF
    with pytest.raises(InputValueError, match="RG205: the file is damaged"):
        Image(io.BytesIO(data))


@pytest.mark.parametrize("address", ["https://example.org/x.png", "s3://bucket/x.png", "gs://b/x"])
def test_addresses(address: str) -> None:
    with pytest.raises(InputValueError, match="RG208: a picture at an address cannot be logged"):
        Image(address)


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is enormous."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def test_bombs_are_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "bomb.png"
    path.write_bytes(bomb(60_000, 60_000))
    with pytest.raises(InputValueError, match="RG206: the picture is too large to be shown"):
        Image(path)
    with pytest.raises(InputValueError, match="RG206"):
        Image(io.BytesIO(bomb(60_000, 60_000)))


# ---- in a run


def test_logged_pictures_can_be_read_back(tmp_path: Path) -> None:
    with reportgen.init(dir=tmp_path, system_metrics=False) as run:
        run.log({"one": Image(GREY, caption="<b>&\"'</script>"), "loss": 1})
        run.log({"many": [Image(GREY / 255.0), Image(COLOUR)], "nested": {"x": Image(GREY)}})
    stored = reportgen.read_run(run.path)
    assert stored.problems == ()
    assert [stored.history[key].kind for key in ("one", "many", "nested.x")] == ["image"] * 3
    record = ImageRecord.from_json(stored.history["one"].records[0])
    assert record.caption == "<b>&\"'</script>"
    assert stored.media_path(record.file).read_bytes()[:4] == b"\x89PNG"
    assert [r.get("scaled_from") for r in stored.history["many"].records[0]] == [
        "0..1",
        None,
    ]
    files = [path for path in (run.path / "media").rglob("*") if path.is_file()]
    assert len(files) == 2  # three of the four are the same picture


def test_arguments_in_the_order_of_wandb() -> None:
    names = [{"id": 0, "name": "sky"}]
    boxes = {"b": {"box_data": []}}
    masks = {"m": {"mask_data": np.zeros((2, 3), int)}}
    picture = Image(GREY / 255.0, "RGB", "c", 3, names, boxes, masks, "jpg", False)
    assert (picture.caption, picture.grouping, picture.format, picture.image.mode) == ("c", 3, "jpg", "RGB")
    assert (list(picture.boxes), list(picture.masks)) == (["b"], ["m"])
    assert picture.masks["m"]["class_labels"] == {0: "sky"}
    assert picture.classes == reportgen.Classes(names)
    with pytest.raises(TypeError, match="captoin"):
        Image(GREY, captoin="x")  # type: ignore[call-arg]


MASKS = {"m": {"mask_data": [[0, 1, 2], [3, 4, 5]], "class_labels": {1: "cat"}}}
BOXES = {"b": {"box_data": [{"position": {"minX": 0, "minY": 0, "maxX": 1, "maxY": 1}, "class_id": 7}]}}


def test_an_image_of_an_image_keeps_what_lies_over_it() -> None:
    names = [{"id": 1, "name": "dog"}]
    first = Image(GREY, masks=MASKS, boxes=BOXES, classes=names)
    for again in (Image(first), Image(first, mode="RGB"), Image(first, file_type="jpg")):
        assert again.boxes == first.boxes
        assert again.masks["m"]["mask_data"].tolist() == MASKS["m"]["mask_data"]
        assert again.classes == first.classes
    other = Image(first, boxes={"other": {"box_data": []}})
    assert (list(other.boxes), list(other.masks)) == (["other"], ["m"])


def test_memory_of_what_lies_over_a_picture() -> None:
    over = Image(np.zeros((100, 100), np.uint8), masks={"m": {"mask_data": np.zeros((100, 100), int)}})
    assert over.nbytes == 20_000
    assert Image(GREY, boxes=BOXES).nbytes > Image(GREY).nbytes


def test_names_of_classes_without_layers(store: RunWriter) -> None:
    names = [{"id": 1, "name": "dog"}]
    assert Image(GREY, classes=names).encode(store).labels == {"1": "dog"}
    assert Image(GREY, classes=names, masks=MASKS).encode(store).labels is None
    assert Image(GREY).classes is None


def test_equality() -> None:
    assert Image(GREY) == Image(GREY) == Image(as_file(GREY))
    assert Image(GREY, masks=MASKS) == Image(GREY, boxes=BOXES), "pixels, caption and names of classes count"
    assert Image(GREY) != Image(GREY, caption="x")
    assert Image(GREY) != Image(GREY, classes=[])
    assert Image(GREY) != Image(GREY[::-1])
    assert Image(GREY) != Image(GREY[:, :2])
    assert Image(GREY) != GREY.tolist()
    assert len({Image(GREY): 1, Image(GREY.copy()): 2}) == 1


def test_what_all_of_a_list_have() -> None:
    plain, full = Image(GREY), Image(GREY, caption="x", masks=MASKS, boxes=BOXES)
    assert Image.all_captions([plain, full]) == [None, "x"]
    assert Image.all_boxes([plain, full], None, "key", 3) == [None, full.boxes]
    found = Image.all_masks([plain, full], None, "key", 3)
    assert isinstance(found, list)
    assert found[0] is None
    assert list(found[1] or ()) == ["m"]
    assert Image.all_captions([plain]) is Image.all_boxes([plain]) is Image.all_masks([plain]) is False


def test_everything_in_one_record(tmp_path: Path) -> None:
    with reportgen.init(dir=tmp_path, system_metrics=False) as run:
        run.log({"scene": Image(GREY, masks=MASKS, boxes=BOXES)})
        run.log({"table": reportgen.Table(columns=["a"], data=[[Image(GREY, masks=MASKS, boxes=BOXES)], [None]])})
    stored = reportgen.read_run(run.path)
    assert stored.problems == ()
    record = ImageRecord.from_json(stored.history["scene"].records[0])
    assert record.masks
    assert record.boxes
    assert record.boxes[0].values
    assert (record.masks[0].name, record.masks[0].labels) == ("m", {"1": "cat"})
    assert record.boxes[0].values.box == ((0, 0, 3, 2),)
    with PIL.Image.open(stored.media_path(record.masks[0].file)) as mask:
        assert np.asarray(mask).tolist() == MASKS["m"]["mask_data"]
    cell = stored.history["table"].records[0]["values"][0][0]
    assert ImageRecord.from_json(cell) == record, "in a cell it is the same"


def test_figures_of_matplotlib(store: RunWriter) -> None:
    figure, axes = pyplot.subplots(figsize=(2, 1))
    axes.plot([1, 2])
    try:
        pictures = [Image(figure), Image(axes), Image(pyplot)]
        axes.plot([2, 1])
        assert Image(figure) != pictures[0], "drawing more changes nothing of what was taken"
    finally:
        pyplot.close(figure)
    assert pictures[0] == pictures[1] == pictures[2]
    record = Image(pictures[0], file_type="webp").encode(store)
    assert (record.width, record.height, record.format) == (400, 200, "webp")
    with pytest.raises(InputValueError, match="RG251"):
        Image(pyplot)


def test_remedies_that_help() -> None:
    with pytest.raises(InputValueError, match="RG202: an ndarray of shape") as caught:
        Image(np.zeros((3, 3, 2)))
    assert "transpose" not in str(caught.value)
    with pytest.raises(InputValueError, match="RG202") as caught:
        Image(tensor(np.zeros((5, 7, 9))))
    assert "permute" not in str(caught.value)
    with pytest.raises(FileNotFoundError, match="Check the path"):
        Image("missing.png")
    with pytest.raises(InputTypeError, match="cannot be made of an int"):
        Image(3)
