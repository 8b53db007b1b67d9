"""Names of classes: in every form that scripts have them, and a clear word about what is none."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import reportgen
from reportgen.errors import InputTypeError, InputValueError
from reportgen.media.classes import Classes, labels_of, names_of, whole
from tests.media.quacks import tensor

SET = [{"id": 1, "name": "cat"}, {"id": np.int64(0), "name": "sky"}]


def test_both_forms_of_names() -> None:
    assert names_of(SET) == names_of(Classes(SET)) == names_of(tuple(SET)) == {1: "cat", 0: "sky"}
    assert names_of(None) is None
    assert names_of([]) == {}
    assert reportgen.Classes is Classes
    assert Classes(SET).class_set == [{"id": 1, "name": "cat"}, {"id": 0, "name": "sky"}]
    assert Classes(SET) == Classes(list(reversed(SET)))
    assert len({Classes(SET), Classes(SET), Classes([])}) == 2
    assert repr(Classes(SET)) == "<reportgen.Classes {1: 'cat', 0: 'sky'}>"


def test_labels_of_a_layer() -> None:
    assert labels_of({np.uint8(1): "cat", 2.0: "dog", -1: "none"}, "") == {1: "cat", 2: "dog", -1: "none"}
    assert labels_of(None, "") == labels_of({}, "") == {}


@pytest.mark.parametrize(
    ("classes", "words"),
    [
        ({1: "cat"}, "classes is a dict, not a list of mappings"),
        ("cat", "classes is a str"),
        (3, "classes is an int"),
        (["cat"], "entry 0 of classes is a str"),
        ([{"id": "1", "name": "cat"}], "the class '1' is a str, not a whole number"),
        ([{"id": 1, "name": 2}], "the name of class 1 is an int"),
    ],
)
def test_names_of_wrong_types(classes: Any, words: str) -> None:
    with pytest.raises(InputTypeError, match=f"RG215: {words}"):
        Classes(classes)


@pytest.mark.parametrize(
    ("classes", "words"),
    [
        ([{"id": 1}], "entry 0 of classes has no 'name'"),
        ([{"name": "cat"}], "entry 0 of classes has no 'id'"),
        ([{"id": 1, "name": "cat"}, {"id": 1, "name": "dog"}], "class 1 has two names"),
    ],
)
def test_names_that_make_no_sense(classes: Any, words: str) -> None:
    with pytest.raises(InputValueError, match=f"RG215: {words}"):
        Classes(classes)


def test_labels_of_wrong_types() -> None:
    with pytest.raises(InputTypeError, match=r"RG215.*\(mask 'a'\).*dict\(enumerate\(names\)\)"):
        labels_of(["sky", "cat"], "mask 'a'")
    with pytest.raises(InputTypeError, match=r"RG215: the class 1\.5 is a float"):
        labels_of({1.5: "cat"}, "")
    with pytest.raises(InputTypeError, match="RG215: the name of class 1 is a NoneType"):
        labels_of({1: None}, "")


@pytest.mark.parametrize("value", [7, np.int8(7), np.array(7), np.float32(7), 7.0, tensor(np.array(7))])
def test_class_numbers(value: Any) -> None:
    found = whole(value)
    assert (found, type(found)) == (7, int)


@pytest.mark.parametrize("value", ["7", None, 7.5, float("nan"), float("inf"), [7], np.array([7, 8]), 2**70])
def test_what_is_no_class_number(value: Any) -> None:
    assert whole(value) is None
