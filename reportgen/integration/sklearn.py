"""`wandb.sklearn`: what scikit-learn's models can tell of themselves, as tables and charts of the current run.

Each function logs one chart under a key of its own name; `plot_classifier`, `plot_regressor` and `plot_clusterer` log
those that fit the model.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import reportgen
from reportgen import optional, plot
from reportgen.integration.sklearn_measures import (
    calibration,
    cooks_distances,
    importances,
    scores,
    silhouettes,
    trained_on_more,
)
from reportgen.log import current
from reportgen.plot import CustomChart

__all__ = [
    "plot_calibration_curve",
    "plot_class_proportions",
    "plot_classifier",
    "plot_clusterer",
    "plot_confusion_matrix",
    "plot_elbow_curve",
    "plot_feature_importances",
    "plot_learning_curve",
    "plot_outlier_candidates",
    "plot_precision_recall",
    "plot_regressor",
    "plot_residuals",
    "plot_roc",
    "plot_silhouette",
    "plot_summary_metrics",
]


def plot_classifier(
    model: Any,
    X_train: Any,
    X_test: Any,
    y_train: Any,
    y_test: Any,
    y_pred: Any,
    y_probas: Any,
    labels: Sequence[str],
    is_binary: bool = False,
    model_name: str = "Classifier",
    feature_names: Sequence[str] | None = None,
    log_learning_curve: bool = False,
) -> None:
    """Log all charts of a classifier.

    Args:
        model: A fitted classifier.
        X_train: (n, features) samples that it was trained with.
        X_test: (m, features) samples to test it with.
        y_train: (n,) true classes.
        y_test: (m,) true classes.
        y_pred: (m,) predicted classes.
        y_probas: (m, classes) scores.
        labels: Names of the classes, in their sorted order.
        is_binary: There are two classes: log the calibration curve, too.
        model_name: Name of the model.
        feature_names: Names of the features.
        log_learning_curve: Train the model on growing parts of the data, too, which takes long.

    Raises:
        UsageError: (RG101) There is no run yet.
    """
    plot_feature_importances(model, feature_names)
    if log_learning_curve:
        plot_learning_curve(model, X_train, y_train)
    plot_confusion_matrix(y_test, y_pred, labels)
    plot_summary_metrics(model, X_train, y_train, X_test, y_test, model_name)
    plot_class_proportions(y_train, y_test, labels)
    if is_binary:
        plot_calibration_curve(model, X_train, y_train, model_name)
    plot_roc(y_test, y_probas, labels)
    plot_precision_recall(y_test, y_probas, labels)


def plot_regressor(
    model: Any, X_train: Any, X_test: Any, y_train: Any, y_test: Any, model_name: str = "Regressor"
) -> None:
    """Log all charts of a regressor. Arguments are those of `plot_classifier`."""
    plot_summary_metrics(model, X_train, y_train, X_test, y_test, model_name)
    plot_learning_curve(model, X_train, y_train)
    plot_outlier_candidates(model, X_train, y_train)
    plot_residuals(model, X_train, y_train, X_test, y_test)


def plot_clusterer(
    model: Any, X_train: Any, cluster_labels: Any, labels: Any = None, model_name: str = "Clusterer"
) -> None:
    """Log all charts of a clusterer.

    Args:
        model: A fitted clusterer.
        X_train: (n, features) samples.
        cluster_labels: (n,) the cluster of each.
        labels: Accepted for scripts written for W&B, and ignored.
        model_name: As `labels`.
    """
    if hasattr(model, "n_clusters") and hasattr(model, "score"):
        plot_elbow_curve(model, X_train)
    plot_silhouette(model, X_train, cluster_labels)


def plot_roc(
    y_true: Any = None,
    y_probas: Any = None,
    labels: Sequence[str] | None = None,
    plot_micro: bool = True,
    plot_macro: bool = True,
    classes_to_plot: Sequence[Any] | None = None,
) -> None:
    """Log the ROC curve as `roc`. See `plot.roc_curve`."""
    _log("roc", plot.roc_curve(y_true, y_probas, _named(labels, y_probas), classes_to_plot))


def plot_precision_recall(
    y_true: Any = None,
    y_probas: Any = None,
    labels: Sequence[str] | None = None,
    plot_micro: bool = True,
    classes_to_plot: Sequence[Any] | None = None,
) -> None:
    """Log the precision-recall curve as `precision_recall`. See `plot.pr_curve`."""
    _log("precision_recall", plot.pr_curve(y_true, y_probas, _named(labels, y_probas), classes_to_plot))


def plot_confusion_matrix(
    y_true: Any = None,
    y_pred: Any = None,
    labels: Sequence[str] | None = None,
    true_labels: Any = None,
    pred_labels: Any = None,
    normalize: bool = False,
) -> None:
    """Log which classes are taken for which as `confusion_matrix`. `labels` are names in the classes' sorted order."""
    import numpy

    truth, found = numpy.asarray(y_true), numpy.asarray(y_pred)
    classes = numpy.unique(numpy.concatenate([truth, found]))
    count = len(classes)
    names = [str(name) for name in labels] if labels is not None and len(labels) == count else [str(c) for c in classes]
    numbers = numpy.searchsorted(classes, truth), numpy.searchsorted(classes, found)
    _log("confusion_matrix", plot.confusion_matrix(y_true=numbers[0], preds=numbers[1], class_names=names))


def plot_feature_importances(
    model: Any = None,
    feature_names: Sequence[str] | None = None,
    title: str = "Feature Importance",
    max_num_features: int = 50,
) -> None:
    """Log how much each feature counts as `feature_importances`, if the model can tell."""
    found = importances(model)
    if found is None:
        return
    given = [str(name) for name in feature_names] if feature_names is not None else []
    names = [given[i] if i < len(given) else f"feature {i}" for i in range(len(found))]
    order = (-found).argsort(kind="stable")[:max_num_features]
    rows = [[names[i], float(found[i])] for i in order]
    table = reportgen.Table(columns=["feature_names", "importances"], data=rows)
    _log("feature_importances", plot.bar(table, "feature_names", "importances", title))


def plot_summary_metrics(
    model: Any = None,
    X: Any = None,
    y: Any = None,
    X_test: Any = None,
    y_test: Any = None,
    model_name: str = "model",
) -> None:
    """Log accuracy, precision, recall and F1, or for a regressor errors and R2, as `summary_metrics`."""
    rows = [[name, value, model_name] for name, value in scores(model, X_test, y_test).items()]
    table = reportgen.Table(columns=["metric_name", "metric_value", "model_name"], data=rows)
    _log("summary_metrics", plot.bar(table, "metric_name", "metric_value", "Summary metrics"))


def plot_class_proportions(y_train: Any = None, y_test: Any = None, labels: Sequence[str] | None = None) -> None:
    """Log how many samples each class has as `class_proportions`."""
    import numpy

    train, test = numpy.asarray(y_train), numpy.asarray(y_test)
    classes = numpy.unique(numpy.concatenate([train, test]))
    names = labels if labels is not None and len(labels) == len(classes) else classes
    rows = [
        [str(name), part, int((values == one).sum())]
        for part, values in (("train", train), ("test", test))
        for one, name in zip(classes, names, strict=True)
    ]
    table = reportgen.Table(columns=["class", "dataset", "count"], data=rows)
    _log("class_proportions", plot.bar(table, "class", "count", "Class proportions"))


def plot_calibration_curve(clf: Any = None, X: Any = None, y: Any = None, clf_name: str = "Classifier") -> None:
    """Log how often the second class is true for each predicted probability as `calibration_curve`."""
    rows = [[clf_name, predicted, true] for predicted, true in calibration(clf, X, y)]
    table = reportgen.Table(columns=["model", "mean_predicted_value", "fraction_of_positives"], data=rows)
    _log("calibration_curve", plot.line(table, "mean_predicted_value", "fraction_of_positives", "model", "Calibration"))


def plot_learning_curve(
    model: Any = None,
    X: Any = None,
    y: Any = None,
    cv: Any = None,
    shuffle: bool = False,
    random_state: int | None = None,
    train_sizes: Any = None,
    n_jobs: int = 1,
    scoring: Any = None,
) -> None:
    """Log scores of the model trained on growing parts of the data as `learning_curve`."""
    rows = trained_on_more(model, X, y, cv=cv, sizes=train_sizes, n_jobs=n_jobs, scoring=scoring)
    table = reportgen.Table(columns=["dataset", "score", "train_size"], data=rows)
    _log("learning_curve", plot.line(table, "train_size", "score", "dataset", "Learning curve"))


def plot_outlier_candidates(regressor: Any = None, X: Any = None, y: Any = None) -> None:
    """Log how much each sample sways a regression, by Cook's distance, as `outlier_candidates`."""
    rows = [[number, distance] for number, distance in enumerate(cooks_distances(regressor, X, y))]
    table = reportgen.Table(columns=["instance", "distance"], data=rows)
    _log("outlier_candidates", plot.scatter(table, "instance", "distance", "Cook's distance"))


def plot_residuals(regressor: Any = None, X: Any = None, y: Any = None, X_test: Any = None, y_test: Any = None) -> None:
    """Log predictions and their errors as `residuals`."""
    import numpy

    rows = []
    for part, samples, truth in (("train", X, y), ("test", X_test, y_test)):
        if samples is not None:
            found = numpy.asarray(regressor.predict(samples), float).reshape(-1)
            errors = found - numpy.asarray(truth, float).reshape(-1)
            rows += [[part, float(a), float(b)] for a, b in zip(found, errors, strict=True)]
    table = reportgen.Table(columns=["dataset", "y_pred", "residuals"], data=rows)
    _log("residuals", plot.scatter(table, "y_pred", "residuals", "Residuals"))


def plot_elbow_curve(
    clusterer: Any = None, X: Any = None, cluster_ranges: Any = None, n_jobs: int = 1, show_cluster_time: bool = True
) -> None:
    """Log the sum of squared errors for several numbers of clusters as `elbow_curve`."""
    base = optional.load("sklearn.base", needed_by="wandb.sklearn")
    rows = []
    for count in cluster_ranges if cluster_ranges is not None else range(1, 11, 2):
        if 0 < count <= len(X):
            fitted = base.clone(clusterer).set_params(n_clusters=count).fit(X)
            rows.append([int(count), float(abs(fitted.score(X)))])
    table = reportgen.Table(columns=["cluster_ranges", "errors"], data=rows)
    _log("elbow_curve", plot.line(table, "cluster_ranges", "errors", title="Elbow curve"))


def plot_silhouette(
    clusterer: Any = None, X: Any = None, cluster_labels: Any = None, labels: Any = None, **others: Any
) -> None:
    """Log how well each sample lies in its cluster as `silhouette_plot`."""
    found = clusterer.labels_ if cluster_labels is None else cluster_labels
    table = reportgen.Table(columns=["sample", "cluster", "silhouette"], data=silhouettes(X, found))
    _log("silhouette_plot", plot.scatter(table, "sample", "silhouette", "Silhouette"))


def _log(key: str, chart: CustomChart) -> None:
    current.open_run(f"sklearn.plot_{key}").log({key: chart}, commit=False)


def _named(labels: Sequence[str] | None, y_probas: Any) -> Sequence[str] | None:
    """Names of the classes, if there is one per column of scores."""
    columns = getattr(y_probas, "shape", (0, 0))[-1]
    return labels if labels is not None and len(labels) >= columns else None
