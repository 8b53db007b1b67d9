"""A large array that is assigned to the summary: what its numbers come to, and all of them in a file."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, ClassVar, Final, NamedTuple

from reportgen.errors import InputTypeError
from reportgen.media import tensors
from reportgen.rundir.jsonl import Tagged
from reportgen.rundir.layout import TYPE

if TYPE_CHECKING:
    from reportgen.log.storing import Store

PERCENTILES: Final = (10, 25, 50, 75, 90, 95)


class Record(NamedTuple):
    """What the summary holds of an array. FORMAT.md specifies it."""

    values: dict[str, Any]

    def to_json(self) -> Tagged:
        """As a tagged value."""
        return Tagged({TYPE: Array.KIND, **self.values})


class Array:
    """An array of any package, and of any shape. NaN is counted and left out of all else.

    Args:
        given: Real numbers.

    Raises:
        InputTypeError: (RG109) It holds something else.
    """

    KIND: ClassVar[str] = "array"

    def __init__(self, given: Any) -> None:
        self._given = given
        self._array = tensors.to_numpy(given)
        if self._array.dtype.kind == "O":
            try:
                self._array = self._array.astype("float64")
            except (TypeError, ValueError) as fault:
                raise InputTypeError(
                    "RG109",
                    f"an array of {self._array.size:,} elements holds something else than numbers",
                    remedy="Assign a list with .tolist(), or a Table",
                ) from fault

    def encode(self, store: Store | None = None) -> Record:
        """Store the file.

        Args:
            store: Takes it; None stores nothing.

        Raises:
            OSError: It could not be stored.
        """
        values: dict[str, Any] = {} if store is None else {"file": store.put(_as_file(self._array), ".npy")}
        name = getattr(self._given.dtype, "name", None) or str(self._given.dtype).rpartition(".")[2]
        values |= {"dtype": str(name), "shape": list(self._array.shape), "size": int(self._array.size)}
        return Record(values | statistics(self._array))


def _as_file(array: Any) -> bytes:
    import numpy

    file = io.BytesIO()
    numpy.save(file, array, allow_pickle=False)
    return file.getvalue()


def statistics(array: Any) -> dict[str, Any]:
    """Lowest, highest, mean, population variance and percentiles of an array; `nan` says how many it leaves out.

    Percentiles are interpolated between neighbours, as numpy does by default.
    """
    import numpy

    numbers = array.reshape(-1).astype(numpy.float64)
    real = numbers[~numpy.isnan(numbers)]
    found: dict[str, Any] = {"nan": len(numbers) - len(real)} if len(real) < len(numbers) else {}
    if len(real):
        with numpy.errstate(all="ignore"):  # infinities make the mean infinite, and the variance NaN
            places = numpy.percentile(real, PERCENTILES)
            found |= {"min": float(real.min()), "max": float(real.max())}
            found |= {"mean": float(real.mean()), "var": float(real.var())}
        found |= {f"{percent}%": float(place) for percent, place in zip(PERCENTILES, places, strict=True)}
    return found
