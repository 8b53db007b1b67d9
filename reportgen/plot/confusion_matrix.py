"""Which classes a classifier takes for which."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reportgen.errors import InputTypeError, InputValueError
from reportgen.media import tensors
from reportgen.media.table import Table
from reportgen.plot.chart import CustomChart


def confusion_matrix(
    probs: Any = None,
    y_true: Any = None,
    preds: Any = None,
    class_names: Sequence[str] | None = None,
    title: str = "Confusion Matrix Curve",
    split_table: bool = False,
) -> CustomChart:
    """How often each class was predicted for each true class.

    `confusion_matrix(predictions, truth, names)` is understood too: a first argument of one dimension is predictions,
    and a third one of text the names.

    Args:
        probs: (n, classes) scores; the highest is the prediction. In place of `preds`.
        y_true: (n,) true classes: whole numbers from 0, or names.
        preds: (n,) predicted classes, of the same kind.
        class_names: Names of the classes, in the order of their numbers. Default: Class_1, Class_2 ...
        title: What stands above.
        split_table: Accepted for scripts written for W&B, and ignored.

    Raises:
        InputTypeError: (RG244) No true classes, or neither `probs` nor `preds`.
        InputValueError: (RG244) Both `probs` and `preds`, other numbers of them, or a class without a name.
    """
    import numpy

    if class_names is None and preds is not None and probs is not None and _is_text(preds):
        preds, class_names = None, list(preds)
    if probs is not None and _array(probs).ndim == 1:
        probs, preds = None, probs if preds is None else preds
    if y_true is None or (probs is None and preds is None):
        raise InputTypeError("RG244", "y_true, and probs or preds, are needed", remedy="Give preds=... and y_true=...")
    if probs is not None and preds is not None:
        raise InputValueError("RG244", "probs and preds are both given", remedy="Give one of them")
    truth = _array(y_true).reshape(-1)
    found = _array(probs).argmax(axis=1) if probs is not None else _array(preds).reshape(-1)
    if len(truth) != len(found):
        raise InputValueError("RG244", f"there are {len(found)} predictions of {len(truth)} samples")
    names, truth, found = _named(truth, found, class_names)
    counts = numpy.zeros((len(names), len(names)), numpy.int64)
    numpy.add.at(counts, (truth, found), 1)
    rows = [[names[i], names[j], int(counts[i, j])] for i in range(len(names)) for j in range(len(names))]
    table = Table(columns=["Actual", "Predicted", "nPredictions"], data=rows)
    return CustomChart(
        table,
        "confusion_matrix",
        {"Actual": "Actual", "Predicted": "Predicted", "nPredictions": "nPredictions"},
        {"title": title},
    )


def _named(truth: Any, found: Any, class_names: Sequence[str] | None) -> tuple[list[str], Any, Any]:
    """Names of the classes, and both lists as numbers of them."""
    import numpy

    if truth.dtype.kind in "USO" or found.dtype.kind in "USO":
        known = [str(name) for name in class_names] if class_names is not None else []
        given = [str(value) for value in numpy.concatenate([truth.astype(str), found.astype(str)])]
        names = known or sorted(set(given))
        places = {name: i for i, name in enumerate(names)}
        unknown = next((name for name in given if name not in places), None)
        if unknown is not None:
            raise InputValueError("RG244", f"class_names has no {unknown!r}", remedy="Name all classes")
        numbers = numpy.array([places[name] for name in given])
        return names, numbers[: len(truth)], numbers[len(truth) :]
    truth, found = truth.astype(numpy.int64), found.astype(numpy.int64)
    highest, lowest = max(truth.max(initial=0), found.max(initial=0)), min(truth.min(initial=0), found.min(initial=0))
    count = len(class_names) if class_names is not None else int(highest) + 1
    if lowest < 0 or highest >= count:
        raise InputValueError(
            "RG244", f"there are classes from {lowest} to {highest}, and {count} names", remedy="Name all classes"
        )
    return [str(n) for n in class_names or [f"Class_{i}" for i in range(1, count + 1)]], truth, found


def _array(values: Any) -> Any:
    import numpy

    return tensors.to_numpy(values) if tensors.is_array(values) else numpy.asarray(values)


def _is_text(values: Any) -> bool:
    return isinstance(values, (list, tuple)) and bool(values) and all(isinstance(value, str) for value in values)
