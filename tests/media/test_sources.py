"""Where a picture's file comes from: nothing is worked out before it is needed, and nothing is left lying about."""

from __future__ import annotations

import io
import threading
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest

from reportgen import Image
from reportgen.errors import InputFileError, InputValueError
from reportgen.media import pixels
from reportgen.media.sources import Drawn, File, Numbers
from reportgen.rundir import writer
from reportgen.rundir.writer import RunWriter

NOISE = np.random.default_rng(0).integers(0, 256, (40, 30, 3), np.uint8)


@pytest.fixture
def store(tmp_path: Path) -> Any:
    made = RunWriter(tmp_path / "run", new=True)
    yield made
    made.close()


def numbers(array: Any, format: str = "PNG") -> Numbers:
    return Numbers(pixels.taken(array), format, normalize=True)


# ---- numbers


def test_numbers_are_scaled_once_and_then_forgotten() -> None:
    source = numbers(NOISE / 255.0)
    assert (source.size, source.mode, source.extension) == ((30, 40), "RGB", "png")
    assert source.nbytes == NOISE.size * 8
    drawn = source.drawn()
    assert source.drawn() is drawn
    assert source.nbytes == NOISE.size
    assert (source.rule, source.size, source.mode) == ("0..1", (30, 40), "RGB")
    assert source.picture() is not source.picture()


def test_two_threads_may_ask_at_once() -> None:
    def draw(source: Numbers) -> None:
        found.append(np.asarray(source.picture()).tobytes())

    found: list[bytes] = []
    for _ in range(50):
        threads = [threading.Thread(target=draw, args=(source,)) for source in [numbers(NOISE)] * 2]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert found == [NOISE.tobytes()] * 100


def test_transparency_has_no_place_in_every_format() -> None:
    source = numbers(np.full((2, 3, 4), 200), "JPEG")
    assert source.mode == "RGB" == source.picture().mode


@pytest.mark.parametrize("given", [np.zeros((1, 65501), np.uint8), PIL.Image.new("L", (1, 65501))])
def test_what_a_jpeg_file_cannot_hold_is_said_at_once(given: Any) -> None:
    with pytest.raises(InputValueError, match=r'RG207: a JPEG file holds up to 65,500 pixels.*file_type="png"'):
        Image(given, file_type="jpg")
    assert Image(given).format == "png"


# ---- pictures in memory


@pytest.mark.parametrize(("mode", "width"), [("L", 1), ("RGB", 3), ("RGBA", 4), ("I;16", 2), ("1", 1)])
def test_size_in_memory(mode: str, width: int) -> None:
    assert Drawn.of(PIL.Image.new(mode, (3, 2)), None, "PNG").nbytes == 6 * width


def test_png_files_are_made_quickly(store: RunWriter) -> None:
    """Runs of equal bytes only: as small as with zlib's defaults on photographs and noise."""
    name = numbers(NOISE).put(store)
    stored = (store.folder / name).read_bytes()
    defaults = io.BytesIO()
    PIL.Image.fromarray(NOISE).save(defaults, "PNG")
    assert len(stored) <= 1.05 * len(defaults.getvalue())
    with PIL.Image.open(store.folder / name) as opened:
        assert np.asarray(opened).tobytes() == NOISE.tobytes()
    assert zlib.crc32(stored) == zlib.crc32((store.folder / numbers(NOISE).put(store)).read_bytes())


# ---- files


def saved(path: Path) -> Path:
    PIL.Image.fromarray(NOISE).save(path)
    return path


@pytest.mark.parametrize("small", [0, 10**9])
def test_a_file_in_keeping(small: int, tmp_path: Path, store: RunWriter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "SMALL", small)
    path = saved(tmp_path / "x.png")
    source = File.at(path)
    assert isinstance(source, File)
    assert source.nbytes == 0
    before = path.read_bytes()
    kept = source.kept(store)
    assert kept.kept(store) is kept
    assert kept.nbytes == (len(before) if small else 0)
    path.write_bytes(b"changed")
    assert np.asarray(kept.picture()).tobytes() == NOISE.tobytes()
    name = kept.put(store)
    assert (store.folder / name).read_bytes() == before
    assert list(store.folder.rglob("*.part")) == []
    assert path.read_bytes() == b"changed"  # the user's own is left alone


def test_files_that_cannot_be_read(tmp_path: Path, store: RunWriter) -> None:
    path = saved(tmp_path / "x.png")
    source = File.at(path)
    path.unlink()
    with pytest.raises(InputFileError, match="RG204: the file does not exist any more"):
        source.kept(store)  # type: ignore[union-attr]
    path.mkdir()
    with pytest.raises(InputValueError, match="RG205: the file cannot be read: Is a directory"):
        source.kept(store)  # type: ignore[union-attr]


# ---- PIL images of every kind


def stored(picture: Image, store: RunWriter) -> PIL.Image.Image:
    record = picture.encode(store)
    with PIL.Image.open(store.folder / record.file) as opened:
        assert opened.size == (record.width, record.height)
        opened.load()
        return opened


def test_sixteen_bits_stay(store: RunWriter) -> None:
    deep = np.array([[0, 255, 256, 65535]], np.uint16)
    for picture in (PIL.Image.fromarray(deep), PIL.Image.frombytes("I;16B", (4, 1), deep.astype(">u2").tobytes())):
        assert np.asarray(stored(Image(picture), store)).tolist() == deep.tolist()
    assert np.asarray(stored(Image(PIL.Image.fromarray(deep.astype(np.int32))), store)).tolist() == deep.tolist()
    coarse = Image(PIL.Image.fromarray(deep), file_type="bmp")
    assert coarse.scaled_from == "0..65535"
    assert np.asarray(stored(coarse, store)).tolist() == [[0, 0, 1, 255]]
    assert Image(PIL.Image.fromarray(deep), file_type="jpg").format == "jpg"


def test_numbers_in_a_pil_image_follow_the_rules(store: RunWriter) -> None:
    fractions = Image(PIL.Image.fromarray(np.array([[0.0, 0.5, 1.0]], np.float32)))
    assert fractions.scaled_from == "0..1"
    assert np.asarray(stored(fractions, store)).tolist() == [[0, 127, 255]]
    large = Image(PIL.Image.fromarray(np.array([[-5, 7, 10**6]], np.int32)), file_type="webp")
    assert large.scaled_from == "clipped"


@pytest.mark.parametrize("mode", ["P", "L", "RGB", "1"])
def test_a_transparent_colour_stays_transparent(mode: str, store: RunWriter) -> None:
    buffer = io.BytesIO()
    PIL.Image.new(mode, (3, 2)).save(buffer, "PNG", transparency=(0, 0, 0) if mode == "RGB" else 0)
    opened = stored(Image(PIL.Image.open(buffer)), store)
    assert np.asarray(opened.convert("RGBA"))[0, 0].tolist() == [0, 0, 0, 0]


def test_the_colour_space_stays_and_nothing_else(store: RunWriter) -> None:
    from PIL import ImageCms

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    given = PIL.Image.new("RGB", (3, 2))
    given.info = {"icc_profile": profile, "Author": "somebody", "exif": b"Exif"}
    opened = stored(Image(given), store)
    assert opened.info.get("icc_profile") == profile
    assert set(opened.info) == {"icc_profile"}
    assert "icc_profile" not in stored(Image(given.convert("CMYK")), store).info


def moving(format: str, frames: int = 3) -> io.BytesIO:
    buffer = io.BytesIO()
    first, *others = (PIL.Image.new("RGB", (4, 3), (80 * n, 0, 255)) for n in range(frames))
    first.save(buffer, format, save_all=True, append_images=others, duration=100, lossless=True)
    return buffer


@pytest.mark.parametrize("format", ["GIF", "WEBP", "PNG"])
def test_animations_are_kept(format: str, store: RunWriter) -> None:
    for loaded in (False, True):
        picture = PIL.Image.open(moving(format))
        if loaded:
            picture.load()
        taken = Image(picture)
        with PIL.Image.open(store.folder / taken.encode(store).file) as opened:
            assert (opened.format, getattr(opened, "n_frames", 1)) == (format, 3)
        assert picture.tell() == 0
        assert np.asarray(picture.convert("RGB"))[0, 0].tolist() == [0, 0, 255], "it can be used as before"
    assert getattr(stored(Image(picture, file_type="png"), store), "n_frames", 1) == 1
    picture.seek(2)
    still = stored(Image(picture), store)
    assert (getattr(still, "n_frames", 1), np.asarray(still.convert("RGB"))[0, 0, 0] // 10) == (1, 16)


def test_what_a_webp_file_cannot_hold() -> None:
    with pytest.raises(InputValueError, match=r"RG207: a WEBP file holds up to 16,383 pixels"):
        Image(np.zeros((1, 16384), np.uint8), file_type="webp")


def test_a_picture_is_turned_as_it_is_displayed(tmp_path: Path) -> None:
    exif = PIL.Image.Exif()
    exif[0x0112] = 6
    PIL.Image.fromarray(NOISE).save(tmp_path / "x.png", exif=exif)
    image = Image(tmp_path / "x.png")
    assert (image.width, image.height) == image.image.size == (40, 30)
    assert np.asarray(image.image).tolist() == np.rot90(NOISE, -1).tolist()


def test_a_webp_file_that_lies_is_stored_upright(tmp_path: Path, store: RunWriter) -> None:
    """Chromium shows it as it lies; what lies over it would not fit."""
    exif = PIL.Image.Exif()
    for orientation in (1, 3, 6):
        exif[0x0112] = orientation
        PIL.Image.fromarray(NOISE).save(tmp_path / "x.webp", exif=exif, lossless=True)
        record = Image(tmp_path / "x.webp").encode(store)
        assert record.format == ("webp" if orientation == 1 else "png")
        turns = {1: 0, 3: 2, 6: -1}[orientation]
        assert np.asarray(stored(Image(tmp_path / "x.webp"), store)).tolist() == np.rot90(NOISE, turns).tolist()
