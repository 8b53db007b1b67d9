"""Thumbnails: right for every mode and format, the same bytes every time; what cannot be read costs itself."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageOps

from reportgen.panels.view import Preview
from reportgen.site.thumbnails import HIGH, MOVING, SMALL, WIDE, make

DICE = np.random.default_rng(0)


def photo(width=800, height=600, channels=3):
    """A picture that packs about as a photograph does."""
    x, y = np.meshgrid(np.linspace(0, 9, width), np.linspace(0, 9, height))
    waves = np.stack([np.sin(x * (c + 1)) + np.cos(y * 2) for c in range(channels)], -1) * 60 + 128
    pixels = (waves + DICE.normal(0, 8, (height, width, 1))).clip(0, 255).astype(np.uint8)
    return Image.fromarray(pixels[..., 0] if channels == 1 else pixels)


@pytest.fixture
def saved(tmp_path):
    """Save a picture and give its preview."""

    def save(picture, name="p.png", mime="image/png", **options):
        path = tmp_path / name
        picture.save(path, **options)
        return Preview(path, mime)

    return save


def opened(data):
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture


def test_a_large_picture_has_a_small_one_of_far_fewer_bytes(saved):
    preview = saved(photo())
    made = make(preview)
    assert (made.small_mime, made.fault, made.full) == ("image/jpeg", "", b"")
    assert opened(made.small).size == (round(800 * HIGH / 600), HIGH)
    assert len(made.small) * 4 < preview.source.stat().st_size == made.size
    assert make(preview) == made


@pytest.mark.parametrize(("size", "mode"), [((8, 8), "L"), ((320, 320), "RGB"), ((1, 1), "RGB"), ((1200, 40), "L")])
def test_a_small_picture_is_shown_as_it_is(saved, size, mode):
    made = make(saved(photo(*size).convert(mode)))
    assert (made.small, made.fault) == (b"", "")
    assert len(made.digest) == 64


def test_a_large_picture_of_few_bytes_is_shown_as_it_is(saved):
    preview = saved(Image.new("L", (2000, 2000), 7))
    assert preview.source.stat().st_size < SMALL
    assert make(preview).small == b""


@pytest.mark.parametrize(("size", "fitted"), [((6000, 300), (WIDE, 64)), ((300, 6000), (16, HIGH))])
def test_long_pictures_keep_their_shape(saved, size, fitted):
    assert opened(make(saved(photo(*size))).small).size == fitted


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_thumbnail_stands_as_the_browser_turns_the_file(saved, orientation):
    picture = photo(900, 600)
    picture.paste((255, 0, 0), (0, 0, 300, 300))
    exif = Image.Exif()
    exif[0x0112] = orientation
    preview = saved(picture, "p.jpg", "image/jpeg", exif=exif, quality=95)
    with Image.open(preview.source) as file:
        upright = ImageOps.exif_transpose(file).convert("RGB")
    small = opened(make(preview).small)
    assert small.size[0] / small.size[1] == pytest.approx(upright.size[0] / upright.size[1], rel=0.01)
    shrunk = np.asarray(upright.resize(small.size), dtype=float)
    assert np.abs(shrunk - np.asarray(small, dtype=float)).mean() < 12


def test_transparency_stays(saved):
    picture = photo().convert("RGBA")
    picture.putalpha(Image.fromarray(np.tile(np.linspace(0, 255, 800).astype(np.uint8), (600, 1))))
    made = make(saved(picture))
    alpha = np.asarray(opened(made.small).getchannel("A"))
    assert made.small_mime == "image/webp"
    assert alpha[:, 2].max() < 10 < 245 < alpha[:, -3].min()
    picture.putalpha(255)
    assert make(saved(picture)).small_mime == "image/jpeg"


def test_a_palette_with_a_clear_colour_stays_clear(saved):
    picture = photo().quantize(256)
    made = make(saved(picture, transparency=int(np.asarray(picture)[0, 0])))
    assert opened(made.small).mode == "RGBA"


@pytest.mark.parametrize("mode", ["P", "1", "L", "LA", "RGB", "I;16"])
def test_modes_of_png(saved, mode):
    grey = photo(1600, 1200, 1)
    if mode == "I;16":
        picture = Image.fromarray(np.asarray(grey).astype(np.uint16) * 257)
    else:
        picture = (grey.convert("RGB") if mode in ("P", "RGB") else grey).convert(mode)
    made = make(saved(picture))
    small = np.asarray(opened(made.small).convert("L"), dtype=float)
    assert np.abs(small - np.asarray(grey.resize(small.shape[::-1]), dtype=float)).mean() < 12


def test_colours_come_in_srgb(saved, tmp_path):
    cmyk = make(saved(photo().convert("CMYK"), "p.jpg", "image/jpeg", quality=95))
    assert opened(cmyk.small).mode == "RGB"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    odd = make(saved(photo(), icc_profile=profile))  # it does not fit the picture: the plain values are shown
    assert opened(odd.small).mode == "RGB"
    assert "icc_profile" not in opened(odd.small).info


def frames(count, side):
    return [photo(side, side) for _ in range(count)]


def test_a_short_animation_goes_on_moving(saved):
    first, *rest = frames(3, 400)
    preview = saved(first, "p.gif", "image/gif", save_all=True, append_images=rest)
    assert preview.source.stat().st_size < MOVING
    assert (make(preview).small, make(preview).note) == (b"", "")


def test_a_long_animation_shows_its_first_frame_and_says_so(saved):
    first, *rest = frames(14, 500)
    preview = saved(first, "p.webp", "image/webp", save_all=True, append_images=rest, lossless=True)
    assert preview.source.stat().st_size > MOVING
    made = make(preview)
    assert made.note == "first of 14 frames"
    assert opened(made.small).size == (HIGH, HIGH)


def test_formats_that_no_browser_shows_become_png(saved):
    made = make(saved(photo(), "p.tif", ""))
    assert opened(made.full).format == "PNG"
    assert opened(made.full).size == (800, 600)
    assert opened(made.small).size[1] == HIGH
    small = make(saved(photo(40, 30), "q.tif", ""))
    assert opened(small.full).size == (40, 30)
    assert small.small == b""


def test_pages_of_a_document_are_counted(saved):
    first, second = frames(2, 64)
    assert make(saved(first, "p.tif", "", save_all=True, append_images=[second])).note == "first of 2 frames"


def test_values_beyond_a_byte_are_said_to_be_scaled(saved):
    values = np.linspace(-2, 3, 64 * 64, dtype=np.float32).reshape(64, 64)
    values[0, 5] = np.nan
    made = make(saved(Image.fromarray(values), "p.tif", ""))
    assert made.note == "black is −2, white is 3"
    assert np.asarray(opened(made.full))[-1, -1] == 255
    deep = make(saved(Image.fromarray((values > 0).astype(np.int32) * 60_000), "q.tif", ""))
    assert (deep.note, int(np.asarray(opened(deep.full)).max())) == ("", 60_000 >> 8)


def png(width, height):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(99))) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (png(60_000, 60_000), "more pixels than can be shown"),
        (png(600, 600), "damaged"),
        (b"no picture", "damaged, or no picture"),
        (b"", "damaged, or no picture"),
    ],
)
def test_what_cannot_be_read_says_why(tmp_path, data, words):
    path = tmp_path / "p.png"
    path.write_bytes(data)
    assert words in make(Preview(path, "image/png")).fault


def test_a_picture_that_was_cut_is_damaged(tmp_path, saved):
    preview = saved(photo())
    whole = preview.source.read_bytes()
    preview.source.write_bytes(whole[: len(whole) // 2])
    assert "damaged" in make(preview).fault


def test_a_file_that_is_gone_says_so(tmp_path):
    assert "No such file" in make(Preview(tmp_path / "gone.png", "image/png")).fault


def test_drawings_are_text_and_stay_as_they_are(tmp_path):
    path = tmp_path / "p.svg"
    path.write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    made = make(Preview(path, "image/svg+xml"))
    assert (made.small, made.fault) == (b"", "")
