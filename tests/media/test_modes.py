"""Colour modes: what a format holds stays as it is, and what it does not comes as near as it can."""

from __future__ import annotations

import io

import numpy as np
import PIL.Image
import pytest

from reportgen.errors import InputValueError
from reportgen.media.modes import NEAREST, WRITABLE, converted, fitted, from_pixels, kept_info


@pytest.mark.parametrize("format", WRITABLE)
def test_formats_hold_what_is_said(format: str) -> None:
    for mode in WRITABLE[format]:
        PIL.Image.new(mode, (2, 2)).save(io.BytesIO(), format)


@pytest.mark.parametrize("format", WRITABLE)
@pytest.mark.parametrize("mode", sorted({*NEAREST, "CMYK", "YCbCr", "HSV", "LAB"} - {"La", "RGBa"}))
def test_other_modes_become_one_that_it_holds(mode: str, format: str) -> None:
    picture, _ = fitted(PIL.Image.new(mode, (3, 2)), format)
    assert picture.mode in WRITABLE[format]
    assert picture.size == (3, 2)


def test_depth() -> None:
    deep = PIL.Image.fromarray(np.array([[0, 256, 65535]], np.uint16))
    assert np.asarray(fitted(deep, "BMP")[0]).tolist() == [[0, 1, 255]]
    assert fitted(deep, "JPEG")[1] == "0..65535"
    whole = PIL.Image.fromarray(np.array([[0, 256, 65535]], np.int32))
    assert fitted(whole, "PNG")[0].mode == "I;16"
    signed = PIL.Image.fromarray(np.array([[-1, 0, 1]], np.int32))
    assert (np.asarray(fitted(signed, "PNG")[0]).tolist(), fitted(signed, "PNG")[1]) == ([[0, 127, 255]], "-1..1")
    assert fitted(PIL.Image.fromarray(np.array([[0.5]], np.float32)), "WEBP")[1] == "0..1"


def test_a_mode_that_is_asked_for() -> None:
    picture = PIL.Image.new("RGB", (3, 2))
    assert converted(picture, "L", "PNG").mode == "L"
    with pytest.raises(InputValueError, match="RG207: a RGB picture cannot become mode 'X'"):
        converted(picture, "X", "PNG")
    with pytest.raises(InputValueError, match=r"RG207: a JPEG file cannot hold mode 'RGBA'\. Use one of L, RGB"):
        converted(picture, "RGBA", "JPEG")


def test_a_colour_profile_stays_with_its_colours() -> None:
    picture = PIL.Image.new("RGB", (3, 2))
    picture.info = {"icc_profile": b"profile", "Author": "somebody"}
    assert kept_info("RGBA", picture) == {"icc_profile": b"profile"}
    assert kept_info("CMYK", picture) == kept_info("L", picture) == {}
    assert kept_info("RGB", PIL.Image.new("RGB", (3, 2))) == {}


def test_arrays() -> None:
    array = np.arange(24, dtype=np.uint8).reshape(2, 4, 3)[:, ::2]
    assert np.asarray(from_pixels(array)).tolist() == array.tolist()
