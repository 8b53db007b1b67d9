"""What `Image` says about arguments that it cannot take."""

from __future__ import annotations

import numpy as np
import pytest

from reportgen.errors import InputTypeError, InputValueError
from reportgen.media import given


def test_layers() -> None:
    assert list(given.layers({"a": {}, 3: {"x": 1}}, "masks", "")) == [("a", {}), ("3", {"x": 1})]
    assert list(given.layers(None, "masks", "")) == list(given.layers([], "masks", "")) == []
    for wrong, words in (
        ([{}], "masks is a list, not a mapping of layers"),
        ("a", "masks is a str"),
        ({"a": []}, r"a layer is a list, not a mapping \(masks\['a'\]\)"),
        ({(1, 2): {}}, "the name of a layer in masks is a tuple"),
    ):
        with pytest.raises(InputTypeError, match=f"RG210: {words}"):
            list(given.layers(wrong, "masks", ""))


def test_names_that_are_nearly_known() -> None:
    known = ("mask_data", "path", "class_labels")
    with pytest.raises(
        InputValueError, match=r"RG210: a mask has no 'class_label' \(here\).*Did you mean 'class_labels'"
    ):
        given.check_names({"path": "x", "class_label": {}}, known, "a mask", "here")
    given.check_names({"class_label": {}, "class_labels": {}, "colour": 1, 3: 4}, known, "a mask", "here")


def test_addresses() -> None:
    assert given.checked_address("a/b.png") == "a/b.png"
    assert given.checked_address(b"a.png") == "a.png"
    with pytest.raises(InputValueError, match="RG208"):
        given.checked_address("HTTPS://host/x.png")


def test_remedies() -> None:
    assert "io.BytesIO(data)" in given.remedy(b"x")
    assert "numpy.array" in given.remedy([1])
    assert "Give an array" in given.remedy(np.float64)
