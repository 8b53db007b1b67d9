"""Arrays of any package become numpy arrays on the CPU."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from reportgen.media import tensors
from tests.media.quacks import Tensor, bfloat16, cupy_array, jax_array, tensor, tf_tensor


@pytest.mark.parametrize("make", [lambda a: a, tensor, Tensor, bfloat16, cupy_array, jax_array, tf_tensor])
def test_to_numpy(make: Any) -> None:
    array = np.arange(6, dtype=np.float32).reshape(2, 3)
    given = make(array)
    assert tensors.is_array(given)
    found = tensors.to_numpy(given)
    assert isinstance(found, np.ndarray)
    assert np.array_equal(found, array)


def test_torch_is_known_by_its_class() -> None:
    assert tensors.is_torch(tensor(np.zeros(1)))
    assert tensors.is_torch(type("Mine", (Tensor,), {"__module__": "__main__"})(np.zeros(1)))
    assert not tensors.is_torch(np.zeros(1))
    assert not tensors.is_torch(type("Tensor", (), {"__module__": "torchlike"})())


def test_root() -> None:
    assert tensors.root(np.zeros(1)) == "numpy"
    assert tensors.root(1) == "builtins"


def test_classes() -> None:
    assert tensors.classes([]) == set()
    assert tensors.classes([1, 2]) == {int}
    assert tensors.classes([True, 2, 3, None]) == {bool, int, type(None)}
    assert tensors.classes((np.float64(1), 2.0)) == {np.float64, float}


def test_what_is_no_array() -> None:
    for value in (1, "x", [1, 2], None, {"a": 1}, object()):
        assert not tensors.is_array(value)


def test_whole_numbers_of_any_package() -> None:
    assert [tensors.whole(value) for value in (3, np.int64(-2), np.uint8(7))] == [3, -2, 7]
    for value in (True, 1.0, "1", None):
        with pytest.raises(TypeError):
            tensors.whole(value)
