"""What `Image` says about arguments that it cannot take."""

from __future__ import annotations

import numpy as np
import pytest

from reportgen.errors import InputTypeError, InputValueError
from reportgen.media import given


def test_overlays() -> None:
    assert given.checked_overlays({}) == ()
    assert given.checked_overlays({"boxes": None, "masks": {"x": 1}}) == ("masks",)
    with pytest.raises(InputTypeError, match="RG201: Image takes no argument 'size'"):
        given.checked_overlays({"masks": None, "size": None})


def test_addresses() -> None:
    assert given.checked_address("a/b.png") == "a/b.png"
    assert given.checked_address(b"a.png") == "a.png"
    with pytest.raises(InputValueError, match="RG208"):
        given.checked_address("HTTPS://host/x.png")


def test_remedies() -> None:
    assert "io.BytesIO(data)" in given.remedy(b"x")
    assert "numpy.array" in given.remedy([1])
    assert "Give an array" in given.remedy(np.float64)
