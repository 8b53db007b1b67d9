"""A model that looks like torch's, around numpy arrays: what `watch` may rely on, and nothing more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np


class Hook:
    """What registering a hook returns."""

    def __init__(self, hooks: list[Any], hook: Any) -> None:
        self._hooks, self._hook = hooks, hook
        hooks.append(hook)

    def remove(self) -> None:
        self._hooks.remove(self._hook)


class Tensor:
    """A tensor that must be detached before it is looked at."""

    is_sparse = False

    def __init__(self, array: Any, dtype: str = "float32", *, grad: bool = False) -> None:
        self._array = np.asarray(array)
        self.dtype = f"torch.{dtype}"
        self.requires_grad = grad

    def detach(self) -> Tensor:
        return Tensor(self._array, self.dtype[6:])

    def reshape(self, *shape: int) -> Tensor:
        return self._same(self._plain().reshape(shape))

    def float(self) -> Tensor:
        return Tensor(self._plain().astype(np.float32))

    def numel(self) -> int:
        return int(self._array.size)

    def isfinite(self) -> Tensor:
        return Tensor(np.isfinite(self._plain()), "bool")

    def isnan(self) -> Tensor:
        return Tensor(np.isnan(self._plain()), "bool")

    def __getitem__(self, mask: Tensor) -> Tensor:
        return self._same(self._plain()[mask._array])

    def __eq__(self, other: object) -> Any:
        return Tensor(self._plain() == other, "bool")

    __hash__ = None  # type: ignore[assignment]

    def sum(self) -> Tensor:
        return Tensor(self._plain().sum(), "int64")

    def min(self) -> Tensor:
        return self._same(self._plain().min())

    def max(self) -> Tensor:
        return self._same(self._plain().max())

    def item(self) -> Any:
        return self._plain().item()

    def histc(self, *, bins: int, min: float, max: float) -> Tensor:
        if self.dtype == "torch.bfloat16":
            raise RuntimeError("\"histogram_cpu\" not implemented for 'BFloat16'")
        return Tensor(np.histogram(self._plain().astype(float), bins, (min, max))[0].astype(float))

    def tolist(self) -> Any:
        return self._plain().tolist()

    def _plain(self) -> Any:
        if self.requires_grad:
            raise RuntimeError("Can't call numpy() on Tensor that requires grad.")
        return self._array

    def _same(self, array: Any) -> Tensor:
        return Tensor(array, self.dtype[6:])


class SparseTensor(Tensor):
    """Of embeddings: only some values are there."""

    is_sparse = True

    def detach(self) -> Tensor:
        return SparseTensor(self._array, self.dtype[6:])

    def coalesce(self) -> SparseTensor:
        return self

    def values(self) -> Tensor:
        return Tensor(self._array)

    def reshape(self, *shape: int) -> Tensor:
        raise RuntimeError("reshape is not implemented for sparse tensors")


class Parameter(Tensor):
    """A tensor of a model, with hooks on its gradient."""

    def __init__(self, array: Any, dtype: str = "float32", *, trains: bool = True) -> None:
        super().__init__(array, dtype, grad=trains)
        self.hooks: list[Callable[[Tensor], None]] = []

    def register_hook(self, hook: Callable[[Tensor], None]) -> Hook:
        if not self.requires_grad:
            raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
        return Hook(self.hooks, hook)


class Module:
    """A model."""

    def __init__(self, **parameters: Parameter) -> None:
        self._parameters = parameters
        self.hooks: list[Any] = []

    def named_parameters(self) -> Iterator[tuple[str, Parameter]]:
        return iter(self._parameters.items())

    def parameters(self) -> Iterator[Parameter]:
        return iter(self._parameters.values())

    def register_forward_hook(self, hook: Any) -> Hook:
        return Hook(self.hooks, hook)

    def forward(self) -> None:
        """What a call of a model does to its hooks."""
        for hook in list(self.hooks):
            hook(self, None, None)

    def backward(self, **gradients: Tensor) -> None:
        """What a backward pass does to the hooks of its parameters."""
        for name, gradient in gradients.items():
            for hook in list(self._parameters[name].hooks):
                assert hook(gradient) is None

    def __repr__(self) -> str:
        return f"Net({', '.join(self._parameters)})"


Module.__module__ = "torch.nn.modules.module"


class Net(Module):
    """A model of the user's."""
