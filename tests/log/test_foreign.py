"""Values of packages that need not be installed: they are known by their class alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from reportgen import Run
from reportgen.errors import InputTypeError
from reportgen.log import foreign
from tests.media.quacks import bfloat16, cupy_array, jax_array, tensor, tf_tensor


@pytest.mark.parametrize("make", [tensor, cupy_array, jax_array, tf_tensor])
def test_arrays_of_other_packages(make: Any, run: Run) -> None:
    run.log({"scalar": make(np.array(0.5)), "one": make(np.array([[3]])), "few": make(np.arange(4).reshape(2, 2))})
    assert dict(run.summary) == {"scalar": 0.5, "one": 3, "few": [[0, 1], [2, 3]]}
    with pytest.raises(InputTypeError, match=r"RG109: \w+\.\w+ of shape \(40,\) has 40 elements.*key 'many'"):
        run.log({"many": make(np.zeros(40))})


def test_bfloat16(run: Run) -> None:
    run.log({"a": bfloat16(np.array(0.5)), "b": bfloat16(np.array([0.5, 1.5]))})
    assert dict(run.summary) == {"a": 0.5, "b": [0.5, 1.5]}


def test_a_tensor_as_step(run: Run) -> None:
    run.log({"a": 1}, step=tensor(np.array(7)))
    assert run.step == 7


def test_what_is_no_array() -> None:
    for value in (1, "x", [1], {"shape": 1}, object(), type("Odd", (), {"shape": None, "dtype": 1, "tolist": None})()):
        assert foreign.numbers(value) is None


def test_what_comes_later() -> None:
    for package, name, word in (
        ("pandas.core.frame", "DataFrame", "a table"),
        ("polars", "Series", "a table"),
        ("plotly.graph_objs", "Figure", "a figure"),
        ("PIL.Image", "Image", "a picture"),
        ("mine", "Thing", ""),
    ):
        assert foreign.wanted_later(type(name, (), {"__module__": package})()) == word


def test_a_table_is_no_array() -> None:
    column = type("Series", (), {"__module__": "pandas", "shape": (3,), "dtype": "f8", "__array__": None})()
    assert foreign.numbers(column) is None
