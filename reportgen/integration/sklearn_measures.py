"""Numbers that tell how good a model of scikit-learn is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reportgen import optional

if TYPE_CHECKING:
    import numpy

    Numbers = numpy.ndarray[Any, Any]

_FOR = "wandb.sklearn"


def importances(model: Any) -> Numbers | None:
    """How much each feature counts: (features,) numbers; None when the model cannot tell."""
    import numpy

    for owner in (model, getattr(model, "best_estimator_", None)):
        found, weights = getattr(owner, "feature_importances_", None), getattr(owner, "coef_", None)
        if found is not None:
            return numpy.asarray(found, numpy.float64)
        if weights is not None:
            each: Numbers = numpy.abs(numpy.asarray(weights, numpy.float64))
            return numpy.asarray(each.reshape(-1, each.shape[-1]).mean(axis=0))
    return None


def scores(model: Any, X: Any, y: Any) -> dict[str, float]:
    """Scores by name on held-out samples: of a classifier weighted by the number of samples of each class.

    Args:
        model: A fitted classifier or regressor.
        X: (n, features) samples.
        y: (n,) true classes or values.
    """
    metrics = optional.load("sklearn.metrics", needed_by=_FOR)
    found = model.predict(X)
    if optional.load("sklearn.base", needed_by=_FOR).is_classifier(model):
        weighted = {"average": "weighted", "zero_division": 0}
        return {
            "accuracy_score": float(metrics.accuracy_score(y, found)),
            "precision": float(metrics.precision_score(y, found, **weighted)),
            "recall": float(metrics.recall_score(y, found, **weighted)),
            "f1_score": float(metrics.f1_score(y, found, **weighted)),
        }
    return {
        "mae": float(metrics.mean_absolute_error(y, found)),
        "mse": float(metrics.mean_squared_error(y, found)),
        "r2_score": float(metrics.r2_score(y, found)),
    }


def calibration(model: Any, X: Any, y: Any) -> list[tuple[float, float]]:
    """Mean predicted probability of the second class, and how often it was true, in ten steps of the probability."""
    curve = optional.load("sklearn.calibration", needed_by=_FOR).calibration_curve
    true, predicted = curve(y, model.predict_proba(X)[:, 1], n_bins=10)
    return list(zip(predicted.tolist(), true.tolist(), strict=True))


def trained_on_more(
    model: Any, X: Any, y: Any, *, cv: Any = None, sizes: Any = None, n_jobs: int = 1, scoring: Any = None
) -> list[list[Any]]:
    """Mean scores of the model trained on growing parts of the data: rows of "train" or "test", score, and size."""
    import numpy

    curve = optional.load("sklearn.model_selection", needed_by=_FOR).learning_curve
    given = numpy.linspace(0.1, 1.0, 5) if sizes is None else sizes
    counts, train, test = curve(model, X, y, cv=cv, n_jobs=n_jobs, train_sizes=given, scoring=scoring)
    return [
        [part, float(numpy.mean(values)), int(count)]
        for part, found in (("train", train), ("test", test))
        for count, values in zip(counts, found, strict=True)
    ]


def cooks_distances(model: Any, X: Any, y: Any) -> list[float]:
    """How much each sample sways a linear regression (Cook 1977), a copy of the model fitted to all of them.

    Args:
        model: A regressor.
        X: (n, features) samples.
        y: (n,) true values.
    """
    import numpy

    samples, truth = numpy.asarray(X, float), numpy.asarray(y, float).reshape(-1)
    fitted = optional.load("sklearn.base", needed_by=_FOR).clone(model).fit(samples, truth)
    errors = truth - numpy.asarray(fitted.predict(samples), float).reshape(-1)
    leverage = (samples * numpy.linalg.pinv(samples).T).sum(axis=1)
    count = samples.shape[1]
    with numpy.errstate(all="ignore"):
        mean = float((errors**2).mean()) or 1.0
        distances = errors**2 / (count * mean) * leverage / (1 - leverage) ** 2
    found: list[float] = distances.tolist()
    return found


def silhouettes(X: Any, clusters: Any) -> list[list[Any]]:
    """Rows of number, cluster and silhouette of each sample, by cluster and falling silhouette."""
    import numpy

    clusters = numpy.asarray(clusters)
    values = optional.load("sklearn.metrics", needed_by=_FOR).silhouette_samples(X, clusters)
    order = numpy.lexsort((-values, clusters))
    return [[place, str(clusters[i]), float(values[i])] for place, i in enumerate(order)]
