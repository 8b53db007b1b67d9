"""A histogram: of numbers, which are counted later, or as numpy has counted them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final, NamedTuple

from reportgen.errors import InputTypeError, InputValueError
from reportgen.media import tensors
from reportgen.rundir.records.histogram import HistogramRecord

if TYPE_CHECKING:
    import numpy

    Array = numpy.ndarray[Any, numpy.dtype[Any]]

MOST_BINS: Final = 512


class _Counted(NamedTuple):
    """Counts per bin, edges, and how many values are in no bin."""

    counts: Array
    edges: Array
    nan: int = 0
    inf: int = 0
    minus_inf: int = 0
    outside: int = 0


class Histogram:
    """How numbers are distributed: `run.log({"gradients": Histogram(gradients)})`.

    Numbers are copied here and counted when they are stored, or when `histogram` or `bins` is asked for.
    Not-a-number and infinities are in no bin; how many there were is stored beside the counts.
    """

    KIND: ClassVar[str] = "histogram"
    MAX_LENGTH: ClassVar[int] = MOST_BINS
    """The most bins that a histogram has."""

    def __init__(self, sequence: Any = None, np_histogram: Any = None, num_bins: Any = 64) -> None:
        """Take numbers, or what `numpy.histogram` gave.

        Args:
            sequence: Numbers of any shape: an array or tensor of any package, nested lists, one number. None
                among them counts as not-a-number. Also the pair that `numpy.histogram` returns.
            np_histogram: That pair: (n,) counts or densities, and (n + 1,) rising edges. It is taken where both are
                given.
            num_bins: Bins of one width between the lowest and the highest number, 1 to 512; or their rising edges,
                2 to 513 of them.

        Raises:
            InputTypeError: (RG220) No numbers.
            InputValueError: (RG221) No bins or more than 512, or edges that do not rise. (RG222) A pair that is not
                counts and edges.
        """
        pair = np_histogram if np_histogram is not None else sequence if _is_pair(sequence) else None
        self._edges: Array | int = 0
        self._given: Array | None = None
        self._counted: _Counted | None = None
        if pair is not None:
            self._counted = _taken(pair)
        else:
            self._edges = _bins(num_bins)
            self._given = _numbers(sequence)

    @property
    def histogram(self) -> list[float]:
        """How many values each bin holds."""
        counts: list[float] = self._result().counts.tolist()
        return counts

    @property
    def bins(self) -> list[float]:
        """The edges of the bins, one more than there are bins."""
        edges: list[float] = self._result().edges.tolist()
        return edges

    @property
    def nbytes(self) -> int:
        """Bytes that it takes in memory until it is stored."""
        given = self._given
        return given.nbytes if given is not None else 16 * MOST_BINS

    def encode(self, store: object = None) -> HistogramRecord:
        """Count, and say what a run keeps of the histogram. It needs no file.

        Args:
            store: Not used.
        """
        found = self._result()
        even = _evenly_spaced(found.edges)
        return HistogramRecord(
            counts=tuple(found.counts.tolist()),
            start=float(found.edges[0]) if even else None,
            stop=float(found.edges[-1]) if even else None,
            edges=None if even else tuple(found.edges.astype(float).tolist()),
            nan=found.nan or None,
            inf=found.inf or None,
            minus_inf=found.minus_inf or None,
            outside=found.outside or None,
        )

    def _result(self) -> _Counted:
        # Two threads may both count; none may find the numbers gone before the counts are there.
        given, counted = self._given, self._counted
        if counted is None:
            assert given is not None  # noqa: S101 - one of both is set
            counted = self._counted = _count(given, self._edges)
            self._given = None
        return counted

    def __repr__(self) -> str:
        given = self._given
        if given is not None:
            return f"<reportgen.Histogram of {given.size:,} numbers>"
        return f"<reportgen.Histogram of {len(self._result().counts)} bins>"


def _is_pair(value: Any) -> bool:
    """Whether a value is what `numpy.histogram` returns: a pair of one-dimensional n counts and n + 1 edges."""
    if not isinstance(value, tuple) or len(value) != 2:
        return False
    lengths = [value[i].shape if hasattr(value[i], "shape") else _flat_length(value[i]) for i in (0, 1)]
    return all(len(length) == 1 for length in lengths) and lengths[1][0] == lengths[0][0] + 1


def _flat_length(value: Any) -> tuple[int, ...]:
    """The shape of a list of plain numbers, as a tuple of one; () of anything else."""
    flat = isinstance(value, (list, tuple)) and not any(isinstance(item, (list, tuple)) for item in value)
    return (len(value),) if flat else ()


def _taken(pair: Any) -> _Counted:
    """Counts and edges that somebody else has counted."""
    import numpy

    try:
        counts, edges = pair
    except (TypeError, ValueError):
        raise InputValueError(
            "RG222",
            f"np_histogram is {tensors.named(pair)}, not a pair of counts and edges",
            remedy="Give what numpy.histogram(...) returns",
        ) from None
    counts, edges = _numbers(counts), _numbers(edges)
    if len(edges) != len(counts) + 1:
        raise InputValueError(
            "RG222",
            f"np_histogram has {len(counts):,} counts and {len(edges):,} edges; there is one edge more than counts",
            remedy="Give what numpy.histogram(...) returns",
        )
    if not numpy.isfinite(counts).all():
        raise InputValueError(
            "RG222", "the counts of np_histogram hold NaN or infinities", remedy="Are they densities of no values?"
        )
    return _Counted(counts, _checked_edges(edges, "np_histogram"))


def _bins(num_bins: Any) -> Array | int:
    """A number of bins, or their edges."""
    if isinstance(num_bins, (list, tuple)) or hasattr(num_bins, "shape"):
        edges = _numbers(num_bins)
        if edges.size != 1 or isinstance(num_bins, (list, tuple)):
            return _checked_edges(edges, "num_bins")
        num_bins = edges[0]
    try:
        count = tensors.whole(num_bins)
    except TypeError:
        raise InputTypeError(
            "RG220", f"num_bins is {tensors.named(num_bins)}, not a whole number: {num_bins!r}", remedy="Use int(...)"
        ) from None
    if not 1 <= count <= MOST_BINS:
        raise InputValueError(
            "RG221",
            f"num_bins is {count:,}; a histogram has 1 to {MOST_BINS} bins",
            remedy=f"Use num_bins={min(max(count, 1), MOST_BINS)}",
        )
    return count


def _checked_edges(edges: Array, name: str) -> Array:
    import numpy

    if not 2 <= len(edges) <= MOST_BINS + 1:
        raise InputValueError(
            "RG221",
            f"{name} has {max(0, len(edges) - 1):,} bins; a histogram has 1 to {MOST_BINS}",
            remedy="Count into fewer bins",
        )
    if not numpy.isfinite(edges).all() or (numpy.diff(edges) < 0).any() or not edges[0] < edges[-1]:
        raise InputValueError("RG221", f"the edges of {name} do not rise, or are not finite", remedy="Sort them")
    return edges


def _numbers(given: Any) -> Array:
    """A flat copy of numbers of any shape.

    Raises:
        InputTypeError: (RG220) They are none.
    """
    import numpy

    known = tensors.is_array(given) or hasattr(type(given), "__array__")
    if not known and not isinstance(given, (list, tuple, range, int, float)):
        raise InputTypeError(
            "RG220",
            f"a histogram cannot be made of {tensors.named(given)}",
            remedy="Give an array, a tensor or a list of numbers",
        )
    try:
        array = tensors.to_numpy(given) if known else numpy.asarray(given)
        if array.dtype.kind == "O":
            array = array.astype(numpy.float64)
    except (TypeError, ValueError, RuntimeError) as fault:
        raise InputTypeError(
            "RG220",
            f"a histogram cannot be made of this {type(given).__name__}: {str(fault).rstrip('.')}",
            remedy="Give numbers only",
        ) from fault
    if array.dtype.kind not in "biuf":
        raise InputTypeError("RG220", f"a histogram cannot be made of {array.dtype}", remedy="Give real numbers")
    if array.dtype.kind == "b":
        return array.astype(numpy.uint8).reshape(-1)
    if array.dtype.itemsize == 2 and array.dtype.kind == "f":
        return array.astype(numpy.float32).reshape(-1)  # its own precision is too coarse for edges
    # "K": the order does not matter, and the one in memory is copied fastest
    return array.flatten("K") if known else array.reshape(-1)


def _count(values: Array, bins: Array | int) -> _Counted:
    import numpy

    nan = inf = minus_inf = 0
    if values.dtype.kind == "f":
        finite = numpy.isfinite(values)
        if not finite.all():
            nan = int(numpy.isnan(values).sum())
            inf, minus_inf = int(numpy.isposinf(values).sum()), int(numpy.isneginf(values).sum())
            values = values[finite]
    counts, edges = _counted_between(values, bins)
    return _Counted(counts, edges, nan, inf, minus_inf, int(values.size - counts.sum()))


def _counted_between(values: Array, bins: Array | int) -> tuple[Array, Array]:
    """What `numpy.histogram` gives, also of values that lie too close together or too far apart for it."""
    import numpy

    with numpy.errstate(all="ignore"):
        try:
            counts, edges = numpy.histogram(values, bins)
            if numpy.isfinite(edges).all():
                return counts, edges
        except ValueError:
            pass
        exact = values.astype(numpy.float64)
        low, high = exact.min(), exact.max()
        if not numpy.isfinite(high - low):
            counts, edges = numpy.histogram(exact / 4, bins)
            return counts, edges * 4
        # fewer numbers exist between the lowest and the highest than there are edges: a little room on both sides
        room = numpy.spacing(numpy.abs(exact).max()) * MOST_BINS
        return numpy.histogram(exact, bins, range=(low - room, high + room))


def _evenly_spaced(edges: Array) -> bool:
    import numpy

    with numpy.errstate(all="ignore"):  # what overflows is not equal either
        return numpy.array_equal(edges, numpy.linspace(edges[0], edges[-1], len(edges), dtype=edges.dtype))
