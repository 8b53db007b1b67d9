"""Masks: every form of class numbers is stored exactly, and what is no mask is said in the line that made it."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen import Image
from reportgen.errors import InputFileError, InputTypeError, InputValueError
from reportgen.media.masks import taken
from reportgen.rundir.overlays import read_labels
from reportgen.rundir.writer import RunWriter
from tests.media.quacks import bfloat16, cupy_array, jax_array, tensor, tf_tensor

NUMBERS = np.array([[0, 1, 2], [255, 2, 1]], np.uint8)
PICTURE = np.zeros((2, 3), np.uint8)


@pytest.fixture
def store(tmp_path: Path) -> Any:
    made = RunWriter(tmp_path / "run", new=True)
    yield made
    made.close()


def saved(folder: Path, picture: PIL.Image.Image, name: str = "mask.png", **options: Any) -> Path:
    picture.save(folder / name, **options)
    return folder / name


def palette(array: Any) -> PIL.Image.Image:
    picture = PIL.Image.frombytes("P", array.shape[::-1], array.tobytes())
    picture.putpalette([value for number in range(256) for value in (255 - number, number // 2, 7)])
    return picture


def grey_in_colour(array: Any, mode: str) -> PIL.Image.Image:
    return PIL.Image.fromarray(array).convert(mode)


FORMS: dict[str, Callable[[Path], Any]] = {
    "array": lambda _: {"mask_data": NUMBERS},
    "int64": lambda _: {"mask_data": NUMBERS.astype(np.int64)},
    "float": lambda _: {"mask_data": NUMBERS.astype(np.float16)},
    "big-endian": lambda _: {"mask_data": NUMBERS.astype(">i4")},
    "fortran order": lambda _: {"mask_data": np.asfortranarray(NUMBERS)},
    "one channel": lambda _: {"mask_data": NUMBERS[:, :, None]},
    "batch of one": lambda _: {"mask_data": NUMBERS[None]},
    "lists": lambda _: {"mask_data": NUMBERS.tolist()},
    "tensor": lambda _: {"mask_data": tensor(NUMBERS)},
    "tensor with a channel": lambda _: {"mask_data": tensor(NUMBERS[None])},
    "bfloat16": lambda _: {"mask_data": bfloat16(NUMBERS.astype(np.float32))},
    "jax": lambda _: {"mask_data": jax_array(NUMBERS)},
    "cupy": lambda _: {"mask_data": cupy_array(NUMBERS)},
    "tensorflow": lambda _: {"mask_data": tf_tensor(NUMBERS)},
    "only __array__": lambda _: {"mask_data": type("Odd", (), {"__array__": lambda self, *a, **k: NUMBERS})()},
    "PIL": lambda _: {"mask_data": PIL.Image.fromarray(NUMBERS)},
    "PIL palette": lambda _: {"mask_data": palette(NUMBERS)},
    "path": lambda folder: {"path": saved(folder, PIL.Image.fromarray(NUMBERS))},
    "text path": lambda folder: {"path": str(saved(folder, PIL.Image.fromarray(NUMBERS)))},
    "palette file": lambda folder: {"path": saved(folder, palette(NUMBERS))},
    "grey in RGB": lambda folder: {"path": saved(folder, grey_in_colour(NUMBERS, "RGB"))},
    "grey in RGBA": lambda folder: {"path": saved(folder, grey_in_colour(NUMBERS, "RGBA"))},
    "grey in LA": lambda folder: {"path": saved(folder, grey_in_colour(NUMBERS, "LA"))},
    "16 bits": lambda folder: {"path": saved(folder, PIL.Image.fromarray(NUMBERS.astype(np.uint16)))},
    "tiff": lambda folder: {"path": saved(folder, PIL.Image.fromarray(NUMBERS), "mask.tif")},
    "webp": lambda folder: {"path": saved(folder, PIL.Image.fromarray(NUMBERS), "mask.webp", lossless=True)},
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_stored_exactly(form: str, tmp_path: Path, store: RunWriter) -> None:
    layer = {**FORMS[form](tmp_path), "class_labels": {1: "cat"}}
    record = Image(PICTURE, masks={"truth": layer}).encode(store)
    assert record.masks is not None
    (mask,) = record.masks
    assert (mask.name, mask.classes, mask.labels) == ("truth", (0, 1, 2, 255), {"1": "cat"})
    with PIL.Image.open(store.folder / mask.file) as stored:
        assert (stored.format, stored.mode, stored.size) == ("PNG", "L", (3, 2))
        assert np.asarray(stored).tolist() == NUMBERS.tolist()


def test_binary_masks(tmp_path: Path) -> None:
    binary = NUMBERS > 1
    for data in (binary, binary.tolist(), PIL.Image.fromarray(binary)):
        (mask,) = taken({"a": {"mask_data": data}}, (3, 2), None, turned=False)
        assert mask.numbers.tolist() == binary.astype(int).tolist()


@given(st.lists(st.integers(0, 255), min_size=1, max_size=20), st.sampled_from(["u1", "i2", "i8", "f4", "f8"]))
def test_any_class_numbers(values: list[int], dtype: str) -> None:
    (mask,) = taken({"a": {"mask_data": np.array([values], dtype)}}, (len(values), 1), None, turned=False)
    assert mask.numbers.tolist() == [values]


def test_a_mask_that_changes_later_changes_nothing(tmp_path: Path) -> None:
    array, path = NUMBERS.copy(), saved(tmp_path, PIL.Image.fromarray(NUMBERS))
    labels = {1: "cat"}
    picture = Image(PICTURE, masks={"a": {"mask_data": array, "class_labels": labels}, "b": {"path": path}})
    array[:] = 9
    path.unlink()
    labels[1] = "dog"
    picture.masks["a"]["mask_data"][:] = 9
    assert picture.masks["a"]["mask_data"].tolist() == picture.masks["b"]["mask_data"].tolist() == NUMBERS.tolist()
    assert picture.masks["a"]["class_labels"] == {1: "cat"}


def test_names_of_classes_for_all_layers(store: RunWriter) -> None:
    names = [{"id": 1, "name": "cat"}, {"id": 2, "name": "dog"}]
    masks = {"a": {"mask_data": NUMBERS, "class_labels": {2: "Hund"}}, "b": {"mask_data": NUMBERS}}
    record = Image(PICTURE, classes=names, masks=masks).encode(store)
    assert record.masks is not None
    assert [mask.labels for mask in record.masks] == [{"1": "cat", "2": "Hund"}, {"1": "cat", "2": "dog"}]
    assert record.masks[0].file == record.masks[1].file, "the same mask is stored once"


def test_many_names_are_stored_once(store: RunWriter) -> None:
    labels = {number: f"a class with the number {number}" for number in range(200)}
    masks = {name: {"mask_data": NUMBERS, "class_labels": labels} for name in "ab"}
    record = Image(PICTURE, masks=masks).encode(store)
    assert record.masks is not None
    assert record.masks[0].labels is None
    assert record.masks[0].labels_file == record.masks[1].labels_file
    assert read_labels(store.folder, record.masks[0]) == labels


def test_real_masks_are_small(store: RunWriter) -> None:
    """Class numbers of regions take far less than a byte for each pixel."""
    y, x = np.mgrid[:512, :512]
    (mask,) = taken({"a": {"mask_data": (x // 97 + y // 61) % 20}}, (512, 512), None, turned=False)
    assert (store.folder / mask.encode(store).file).stat().st_size < 512 * 512 / 50


# ---- what is no mask


@pytest.mark.parametrize(
    ("masks", "words"),
    [
        ([{"mask_data": NUMBERS}], "masks is a list, not a mapping of layers"),
        (NUMBERS, "masks is an ndarray"),
        ({"a": NUMBERS}, "a layer is an ndarray, not a mapping"),
        ({"a": None}, "a layer is a NoneType"),
        ({None: {}}, "the name of a layer in masks is a NoneType"),
        ({"a": {"path": 3}}, "path is an int"),
        ({"a": {"path": io.BytesIO()}}, "path is a BytesIO"),
    ],
)
def test_forms_that_are_none(masks: Any, words: str) -> None:
    with pytest.raises(InputTypeError, match=f"RG210: {words}"):
        Image(PICTURE, masks=masks)


def test_a_layer_without_a_mask() -> None:
    with pytest.raises(InputValueError, match=r"RG210: a mask has no 'maskdata' \(mask 'a'\).*'mask_data'"):
        Image(PICTURE, masks={"a": {"maskdata": NUMBERS}})
    with pytest.raises(InputValueError, match=r"RG210: a mask has 'mask_data' or 'path' \(mask 'a'\)"):
        Image(PICTURE, masks={"a": {"class_labels": {}}})
    assert Image(PICTURE, masks={}).masks == Image(PICTURE, masks=None).masks == Image(PICTURE, masks=[]).masks == {}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("mask.png", 'mask_data is a str.*Give the file as {"path": ...}'),
        (object(), "mask_data is an object"),
        (3, "mask_data is an int"),
        (np.array([["a"]]), "an array of <U1 is no mask"),
        (NUMBERS * 1j, "an array of complex128 is no mask"),
    ],
)
def test_masks_of_wrong_types(data: Any, words: str) -> None:
    with pytest.raises(InputTypeError, match=rf"RG211: {words}"):
        Image(PICTURE, masks={"a": {"mask_data": data}})


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (-1, r"it holds -1; class numbers are 0 to 255.*numpy\.where"),
        (-100, "it holds -100"),
        (256, r"it holds 256; class numbers are 0 to 255.*return_inverse"),
        (70000, "it holds 70000"),
        (0.5, r"it holds 0\.5; class numbers are whole numbers.*mask > 0\.5"),
        (float("nan"), "it holds NaN.*nan_to_num"),
        (float("inf"), "it holds inf"),
        (float("-inf"), "it holds -inf"),
    ],
)
def test_values_that_are_no_class_numbers(value: float, words: str) -> None:
    data = np.array([[0, 1, 2], [2, 1, value]])
    with pytest.raises(InputValueError, match=rf"RG212: {words}") as caught:
        Image(PICTURE, masks={"truth": {"mask_data": data}})
    assert caught.value.problem.where == "mask 'truth'"


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        ((2, 2), "it is 2 wide and 2 high, and the picture 3 and 2.*NEAREST"),
        ((3, 2), r"it is 2 wide and 3 high.*Use mask\.T"),
        ((4, 6), "it is 6 wide and 4 high"),
        ((6,), "an array of shape"),
        ((), "an array of shape"),
        ((5, 2, 3), r"an array of shape \(5, 2, 3\) is no mask.*argmax"),
    ],
)
def test_masks_of_another_size(shape: tuple[int, ...], words: str) -> None:
    with pytest.raises(InputValueError, match=f"RG211: {words}"):
        Image(PICTURE, masks={"a": {"mask_data": np.zeros(shape, int)}})


def test_empty_and_ragged_masks() -> None:
    with pytest.raises(InputValueError, match="RG203"):
        Image(PICTURE, masks={"a": {"mask_data": np.zeros((0, 3))}})
    with pytest.raises(InputValueError, match="RG211: its rows have different lengths"):
        Image(PICTURE, masks={"a": {"mask_data": [[1], [1, 2]]}})


def test_files_that_are_no_mask(tmp_path: Path) -> None:
    with pytest.raises(InputFileError, match="RG204"):
        Image(PICTURE, masks={"a": {"path": tmp_path / "none.png"}})
    (tmp_path / "text.png").write_text("hello")
    with pytest.raises(InputValueError, match="RG205"):
        Image(PICTURE, masks={"a": {"path": tmp_path / "text.png"}})
    coloured = PIL.Image.fromarray(np.array([[[1, 2, 3]] * 3] * 2, np.uint8))
    with pytest.raises(InputValueError, match=r"RG211: a coloured picture \(RGB\) is no mask"):
        Image(PICTURE, masks={"a": {"path": saved(tmp_path, coloured)}})
    large = PIL.Image.fromarray(np.full((2, 3), 1000, np.uint16))
    with pytest.raises(InputValueError, match="RG212: it holds 1000"):
        Image(PICTURE, masks={"a": {"path": saved(tmp_path, large)}})
    with pytest.raises(InputValueError, match="RG208"):
        Image(PICTURE, masks={"a": {"path": "https://host/mask.png"}})


def test_masks_of_pictures_that_are_turned(tmp_path: Path) -> None:
    exif = PIL.Image.Exif()
    exif[0x0112] = 6  # a quarter turn
    path = saved(tmp_path, PIL.Image.fromarray(PICTURE), "x.jpg", exif=exif)
    for picture in (path, PIL.Image.open(path)):
        assert Image(picture, masks={"a": {"mask_data": NUMBERS.T}}).masks["a"]["mask_data"].shape == (3, 2)
        with pytest.raises(InputValueError, match=r"RG211.*EXIF data turns the picture: turn the mask"):
            Image(picture, masks={"a": {"mask_data": NUMBERS}})
    turned = saved(tmp_path, PIL.Image.fromarray(NUMBERS), "mask.png", exif=exif)
    stored = Image(path, masks={"a": {"path": turned}}).masks["a"]["mask_data"]
    assert stored.tolist() == np.rot90(NUMBERS, -1).tolist(), "a mask's own EXIF data turns it too"
