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
