"""Arrays that look like those of packages which are not installed here, around a numpy array.

Each has what its original has, and refuses what that refuses; that is all that the code under test may rely on.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


class _Dtype:
    """Prints as torch's do."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __str__(self) -> str:
        return f"torch.{self.name}"


class Tensor:
    """A torch tensor that may be on a device and need gradients: then it has to be detached and copied first."""

    def __init__(self, array: Array, *, grad: bool = True, device: str = "cuda:0", dtype: str = "") -> None:
        self._array, self._grad, self._device = array, grad, device
        self._name = dtype or array.dtype.name

    @property
    def shape(self) -> tuple[int, ...]:
        return self._array.shape

    @property
    def dtype(self) -> _Dtype:
        return _Dtype(self._name)

    def detach(self) -> Tensor:
        return Tensor(self._array, grad=False, device=self._device, dtype=self._name)

    def cpu(self) -> Tensor:
        return Tensor(self._array, grad=self._grad, device="cpu", dtype=self._name)

    def float(self) -> Tensor:
        return Tensor(self._array.astype(np.float32), grad=self._grad, device=self._device)

    def numpy(self) -> Array:
        if self._grad:
            raise RuntimeError("Can't call numpy() on Tensor that requires grad.")
        if self._device != "cpu":
            raise TypeError("can't convert cuda:0 device type tensor to numpy.")
        if self._name == "bfloat16":
            raise TypeError("Got unsupported ScalarType BFloat16")
        return self._array

    def __array__(self, *args: Any) -> Array:
        return self.numpy()

    def tolist(self) -> Any:
        return self._array.tolist()

    def item(self) -> Any:
        return self._array.item()

    def __index__(self) -> int:
        return int(self._array)


Tensor.__module__ = "torch"


class Parameter(Tensor):
    """Of a class derived from a tensor's."""


Parameter.__module__ = "torch.nn.parameter"


class CupyArray:
    """Refuses to leave its device unasked."""

    __cuda_array_interface__ = None

    def __init__(self, array: Array) -> None:
        self._array = array
        self.shape, self.dtype = array.shape, array.dtype

    def get(self) -> Array:
        return self._array

    def tolist(self) -> Any:
        return self._array.tolist()

    def __array__(self, *args: Any) -> Array:
        raise TypeError("Implicit conversion to a NumPy array is not allowed.")


CupyArray.__module__ = "cupy"


class JaxArray:
    def __init__(self, array: Array) -> None:
        self._array = array
        self.shape, self.dtype = array.shape, array.dtype

    def __array__(self, *args: Any) -> Array:
        return self._array


JaxArray.__module__ = "jaxlib.xla_extension"


class EagerTensor:
    def __init__(self, array: Array) -> None:
        self._array = array
        self.shape, self.dtype = array.shape, array.dtype

    def numpy(self) -> Array:
        return self._array


EagerTensor.__module__ = "tensorflow.python.framework.ops"


def tensor(array: Array) -> Any:
    """A torch parameter on a GPU."""
    return Parameter(array)


def bfloat16(array: Array) -> Any:
    """A torch tensor of numbers that numpy does not know."""
    return Tensor(array, dtype="bfloat16")


def cupy_array(array: Array) -> Any:
    """An array of CuPy."""
    return CupyArray(array)


def jax_array(array: Array) -> Any:
    """An array of JAX."""
    return JaxArray(array)


def tf_tensor(array: Array) -> Any:
    """An eager tensor of TensorFlow."""
    return EagerTensor(array)
