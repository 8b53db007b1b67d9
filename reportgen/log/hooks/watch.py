"""Histograms of a torch model's gradients and parameters, taken by hooks while it trains."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, ClassVar, Final

from reportgen.errors import InputTypeError, InputValueError
from reportgen.log.notice import warn_safely
from reportgen.media import tensors
from reportgen.rundir.records.histogram import HistogramRecord

BINS: Final = 64

WHAT: Final = ("gradients", "parameters", "all", None)

Log = Callable[[Mapping[str, Any]], None]


class Watch:
    """The models of one run that are watched.

    Args:
        log: Stores values in the current row, and leaves it open.
    """

    def __init__(self, log: Log) -> None:
        self._log = log
        self._hooks: dict[int, tuple[Any, list[Any]]] = {}  # by the id of a model that is kept, so nobody else's
        self._told = False

    def add(self, models: Any, what: str | None, every: int, first: int | None, *, graph: bool) -> None:
        """Watch models. See `Run.watch`."""
        given = list(models) if isinstance(models, (list, tuple)) else [models]
        for model in given:
            _check_model(model)
            if id(model) in self._hooks:
                raise InputValueError(
                    "RG164",
                    f"the model {type(model).__name__} is watched already",
                    remedy="Call unwatch(model) first",
                )
        if what not in WHAT:
            words = ", ".join(repr(word) for word in WHAT)
            raise InputValueError("RG164", f"log={what!r} is unknown", remedy=f"Use one of {words}")
        if isinstance(every, bool) or not isinstance(every, int) or every < 1:
            raise InputValueError("RG164", f"log_freq={every!r} is no whole number from 1", remedy="Use log_freq=100")
        start = len(self._hooks) if first is None else first
        for number, model in enumerate(given, start):
            prefix = f"graph_{number}." if number else ""
            self._hooks[id(model)] = model, list(self._hooked(model, what, every, prefix))
            if graph:
                self._log({f"graph_{number}": f"{model}\n\n{_counted(model)}"})

    def remove(self, models: Any = None) -> None:
        """Stop watching models; all of them when none is named."""
        given = list(models) if isinstance(models, (list, tuple)) else [models]
        for key in list(self._hooks) if models is None else [id(model) for model in given]:
            _, hooks = self._hooks.pop(key, (None, []))
            for hook in hooks:
                with contextlib.suppress(Exception):  # a model that was taken apart meanwhile
                    hook.remove()

    def _hooked(self, model: Any, what: str | None, every: int, prefix: str) -> Iterator[Any]:
        if what in ("gradients", "all"):
            for name, parameter in model.named_parameters():
                if parameter.requires_grad:
                    yield parameter.register_hook(self._gradient(f"gradients/{prefix}{name}", every))
        if what in ("parameters", "all"):
            yield model.register_forward_hook(self._parameters(prefix, every))

    def _gradient(self, key: str, every: int) -> Callable[[Any], None]:
        due = _every(every)

        def hook(gradient: Any) -> None:
            if due():
                self._take([(key, gradient)])

        return hook

    def _parameters(self, prefix: str, every: int) -> Callable[..., None]:
        due = _every(every)

        def hook(model: Any, given: Any, returned: Any) -> None:
            if due():
                self._take((f"parameters/{prefix}{name}", parameter) for name, parameter in model.named_parameters())

        return hook

    def _take(self, named: Iterable[tuple[str, Any]]) -> None:
        """Store histograms. Whatever goes wrong, the training goes on."""
        try:
            for key, tensor in named:
                histogram = summarised(tensor)
                if histogram is not None:
                    self._log({key: histogram})
        except Exception as fault:
            if not self._told:
                self._told = True
                warn_safely("RG165", f"watch: a histogram could not be taken: {type(fault).__name__}: {fault}")


class Counted:
    """A histogram that was counted where the tensor lies."""

    KIND: ClassVar[str] = "histogram"

    def __init__(self, counts: tuple[int, ...], start: float, stop: float, nan: int, inf: int, minus_inf: int) -> None:
        """Take counts.

        Args:
            counts: How many values each of the evenly spaced bins holds.
            start: Lower edge of the first bin.
            stop: Upper edge of the last one.
            nan: How many values were not-a-number.
            inf: How many were infinite.
            minus_inf: How many were minus infinity.
        """
        self._given = counts, start, stop, nan, inf, minus_inf
        self.nbytes = 8 * len(counts)

    def encode(self, store: object) -> HistogramRecord:
        """What a run keeps of it.

        Args:
            store: Not used.
        """
        counts, start, stop, nan, inf, minus_inf = self._given
        return HistogramRecord(
            counts=counts, start=start, stop=stop, nan=nan or None, inf=inf or None, minus_inf=minus_inf or None
        )


def summarised(tensor: Any) -> Counted | None:
    """The histogram of a torch tensor in `BINS` bins; None when it has no values.

    The bins are counted where the tensor lies; only the counts leave the device.

    Args:
        tensor: Of any shape, on any device.
    """
    flat = tensor.detach()
    if flat.is_sparse:
        flat = flat.coalesce().values()
    flat = flat.reshape(-1)
    if not str(flat.dtype).endswith("float64"):  # short floats cannot be counted on every device
        flat = flat.float()
    if not flat.numel():
        return None
    kept = flat[flat.isfinite()]
    nan = inf = minus_inf = 0
    if kept.numel() < flat.numel():
        nan = int(flat.isnan().sum().item())
        inf = int((flat == math.inf).sum().item())
        minus_inf = flat.numel() - kept.numel() - nan - inf
    if not kept.numel():
        return Counted((0,) * BINS, 0.0, 1.0, nan, inf, minus_inf)
    low, high = float(kept.min().item()), float(kept.max().item())
    room = 0.0 if high > low else max(0.5, abs(low) * 1e-6)
    counts = kept.histc(bins=BINS, min=low - room, max=high + room).tolist()
    return Counted(tuple(int(count) for count in counts), low - room, high + room, nan, inf, minus_inf)


def _every(count: int) -> Callable[[], bool]:
    """A function that says True at every `count`-th call."""
    calls = 0

    def due() -> bool:
        nonlocal calls
        calls = (calls + 1) % count
        return calls == 0

    return due


def _check_model(model: Any) -> None:
    if not any(base.__name__ == "Module" and base.__module__.startswith("torch.nn.") for base in type(model).__mro__):
        raise InputTypeError(
            "RG164",
            f"watch takes a torch.nn.Module, or a list of them, not {tensors.named(model)}",
            remedy="For other frameworks log histograms yourself: log({'weights': Histogram(array)})",
        )


def _counted(model: Any) -> str:
    sizes = [(parameter.numel(), parameter.requires_grad) for parameter in model.parameters()]
    trained = sum(size for size, trains in sizes if trains)
    return f"{sum(size for size, _ in sizes):,} parameters, {trained:,} of them trained"
