"""Which numbers are a picture; the rules of scaling are tested with `Image`, where users meet them."""

from __future__ import annotations

import numpy as np
import pytest

from reportgen.errors import InputTypeError, InputValueError
from reportgen.media import pixels
from tests.media.quacks import tensor

GREY = np.array([[0, 10, 20], [30, 40, 255]], np.uint8)
COLOUR = np.stack([GREY, GREY // 2, GREY // 3], axis=2)


def test_numbers_are_copied_as_they_are() -> None:
    for given in (GREY, COLOUR, GREY / 255.0, GREY.astype(">f8"), np.asfortranarray(COLOUR)):
        copy = pixels.taken(given)
        assert (copy.dtype, copy.shape) == (given.dtype, given.shape)
        assert np.array_equal(copy, given)
        assert not np.shares_memory(copy, given)
        assert copy.nbytes == given.nbytes


def test_axes() -> None:
    assert pixels.taken(GREY[None, :, :, None]).shape == (2, 3)
    assert pixels.taken(COLOUR[None, None]).shape == (2, 3, 3)
    assert pixels.taken(np.zeros((1, 5, 7))).shape == (5, 7)  # what a batch of torch's has, copied to numpy
    assert np.array_equal(pixels.taken(tensor(COLOUR.transpose(2, 0, 1))), COLOUR)


def test_what_is_no_picture() -> None:
    with pytest.raises(InputTypeError, match="RG201"):
        pixels.taken("text")
    with pytest.raises(InputTypeError, match="RG201: an array of complex128 is no picture"):
        pixels.checked_numbers(np.zeros(3, complex))
    with pytest.raises(InputValueError, match="RG202"):
        pixels.checked_shape((2, 3, 5), GREY)
    with pytest.raises(InputValueError, match="RG203"):
        pixels.checked_shape((0, 3), GREY)
    assert pixels.checked_shape((1, 1, 2, 3, 4), GREY) == (2, 3, 4)


def test_scaling_leaves_the_numbers_alone() -> None:
    for given in (GREY, GREY / 255.0, GREY / 127.5 - 1, GREY > 9, np.array([[np.nan, 1.0]])):
        before = given.copy()
        scaled, _ = pixels.scaled(given, normalize=True)
        assert np.array_equal(given, before, equal_nan=True)
        assert scaled.dtype == np.uint8
        assert scaled.shape == given.shape
        assert not np.shares_memory(scaled, given)


@pytest.mark.parametrize(("low", "high"), [(0, 1), (-1, 1), (0, 255)])
def test_numbers_can_be_had_back_as_exactly_as_pixels_tell(low: int, high: int) -> None:
    numbers = np.linspace(low, high, 512).astype(np.float32 if high == 1 else np.uint8)
    drawn, rule = pixels.scaled(numbers, normalize=True)
    assert np.allclose(pixels.unscaled(drawn, rule), numbers, atol=(high - low) / 254)
