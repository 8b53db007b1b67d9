"""True classes and the scores that a classifier gave, as the curves of classification need them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from reportgen.errors import InputValueError
from reportgen.media import tensors

if TYPE_CHECKING:
    import numpy

    Numbers = numpy.ndarray[Any, Any]


class OneClass(NamedTuple):
    """One class against all others.

    Attributes:
        name: The class.
        hits: How many samples of the class score at least as high as each threshold, from the highest on.
        misses: The same for samples of other classes.
    """

    name: str
    hits: Numbers
    misses: Numbers


def classes(
    y_true: Any, y_probas: Any, labels: Sequence[str] | None, classes_to_plot: Sequence[Any] | None
) -> Iterator[OneClass]:
    """Each class against all others.

    Args:
        y_true: (n,) the true class of each sample: numbers from 0, or values whose sorted order is that of the columns.
        y_probas: (n, k) a score per class, or (n,) scores of the second of two classes.
        labels: Names of the classes, in the order of the columns.
        classes_to_plot: Only these, by their value in `y_true`.

    Raises:
        InputValueError: (RG243) The shapes do not fit together.
    """
    import numpy

    truth = tensors.to_numpy(y_true) if tensors.is_array(y_true) else numpy.asarray(y_true)
    scores = tensors.to_numpy(y_probas) if tensors.is_array(y_probas) else numpy.asarray(y_probas)
    if scores.ndim == 1 and scores.dtype.kind in "fiu":
        scores = numpy.stack([1 - scores, scores], axis=1)
    if truth.ndim != 1 or scores.ndim != 2 or len(truth) != len(scores) or not len(truth):
        raise InputValueError(
            "RG243",
            f"y_true has the shape {truth.shape}, y_probas {scores.shape}",
            remedy="Give (n,) true classes and (n, classes) scores",
        )
    values = numpy.unique(truth)
    whole = truth.dtype.kind in "iub" and values.min() >= 0 and values.max() < scores.shape[1]
    known = list(range(scores.shape[1])) if whole else values.tolist()
    if len(known) != scores.shape[1]:
        raise InputValueError(
            "RG243",
            f"y_true holds {len(known)} classes, y_probas {scores.shape[1]} columns",
            remedy="Give one column of scores per class",
        )
    for place, value in enumerate(known):
        if classes_to_plot is None or value in list(classes_to_plot):
            name = str(labels[place]) if labels is not None and place < len(labels) else str(value)
            yield _counted(name, truth == value, scores[:, place])


def _counted(name: str, own: Numbers, scores: Numbers) -> OneClass:
    import numpy

    order = numpy.argsort(-scores, kind="stable")
    last = numpy.flatnonzero(numpy.diff(scores[order], append=-numpy.inf))  # the last sample of each threshold
    hits = numpy.cumsum(own[order])[last]
    return OneClass(name, hits, 1 + last - hits)
