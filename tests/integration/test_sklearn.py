"""Charts of scikit-learn's models; scikit-learn is the real one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.svm import SVC

import reportgen
from reportgen import Run
from reportgen.errors import UsageError
from reportgen.integration import sklearn

Stored = Callable[[Run], Any]


def points(seed: int = 0, count: int = 60) -> tuple[Any, Any]:
    """Two clouds of points, and which each belongs to."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 2, count)
    return rng.normal(size=(count, 3)) + 2 * labels[:, None], labels


def rows(read: Any, key: str) -> list[tuple[Any, ...]]:
    (record,) = read.history[f"{key}_table"].records
    return list(zip(*record["values"], strict=True))


def test_a_classifier(run: Run, stored: Stored) -> None:
    (X_train, y_train), (X_test, y_test) = points(1), points(2)
    model = RandomForestClassifier(10, random_state=0).fit(X_train, y_train)
    found, scores = model.predict(X_test), model.predict_proba(X_test)
    features = ["height", "weight", "age"]
    reportgen.sklearn.plot_classifier(
        model,
        X_train,
        X_test,
        y_train,
        y_test,
        found,
        scores,
        ["no", "yes"],
        is_binary=True,
        model_name="Forest",
        feature_names=features,
        log_learning_curve=True,
    )
    read = stored(run)
    charts = {key for key in read.history if not key.endswith("_table")}
    assert charts == {
        "feature_importances",
        "learning_curve",
        "confusion_matrix",
        "summary_metrics",
        "class_proportions",
        "calibration_curve",
        "roc",
        "precision_recall",
    }
    assert {f"{chart}_table" for chart in charts} <= set(read.history)
    assert {name for name, _ in rows(read, "feature_importances")} == set(features)
    importances = [value for _, value in rows(read, "feature_importances")]
    assert importances == sorted(importances, reverse=True)
    assert sum(count for *_, count in rows(read, "confusion_matrix")) == 60
    assert {row[0] for row in rows(read, "confusion_matrix")} == {"no", "yes"}
    assert {row[0] for row in rows(read, "roc")} == {"no", "yes"}
    assert {(name, part) for name, part, _ in rows(read, "class_proportions")} == {
        (name, part) for name in ("no", "yes") for part in ("train", "test")
    }
    assert {row[2] for row in rows(read, "summary_metrics")} == {"Forest"}
    assert len(read.history["roc"]) == 1


def test_a_regressor(run: Run, stored: Stored) -> None:
    rng = np.random.default_rng(3)
    X = rng.normal(size=(80, 2))
    y = X @ [2, -1] + rng.normal(size=80) / 10
    model = LinearRegression().fit(X[:60], y[:60])
    sklearn.plot_regressor(model, X[:60], X[60:], y[:60], y[60:])
    read = stored(run)
    assert {key for key in read.history if not key.endswith("_table")} == {
        "summary_metrics",
        "learning_curve",
        "outlier_candidates",
        "residuals",
    }
    assert len(rows(read, "residuals")) == 80
    assert max(abs(row[2]) for row in rows(read, "residuals")) < 0.5
    assert len(rows(read, "outlier_candidates")) == 60
    assert {part for part, *_ in rows(read, "learning_curve")} == {"train", "test"}


def test_a_clusterer(run: Run, stored: Stored) -> None:
    X, _ = points(4)
    model = KMeans(2, n_init=1, random_state=0).fit(X)
    sklearn.plot_clusterer(model, X, model.labels_, labels=None, model_name="KMeans")
    read = stored(run)
    assert [count for count, _ in rows(read, "elbow_curve")] == [1, 3, 5, 7, 9]
    errors = [error for _, error in rows(read, "elbow_curve")]
    assert errors == sorted(errors, reverse=True)
    assert len(rows(read, "silhouette_plot")) == 60


def test_models_that_cannot_tell_what_counts(run: Run, stored: Stored) -> None:
    X, y = points(5)
    sklearn.plot_feature_importances(SVC().fit(X, y))
    sklearn.plot_feature_importances(LogisticRegression().fit(X, y), ["a"])
    assert {name for name, _ in rows(stored(run), "feature_importances")} == {"a", "feature 1", "feature 2"}


def test_classes_that_are_not_numbered_from_zero(run: Run, stored: Stored) -> None:
    sklearn.plot_confusion_matrix([3, 7, 7], [3, 3, 7], labels=["three"])
    found = rows(stored(run), "confusion_matrix")
    assert ("7", "3", 1) in found
    assert ("3", "7", 0) in found


def test_charts_join_the_row_of_now(run: Run, stored: Stored) -> None:
    sklearn.plot_roc([0, 1], np.array([[0.8, 0.2], [0.3, 0.7]]), ["a", "b"])
    sklearn.plot_precision_recall([0, 1], np.array([[0.8, 0.2], [0.3, 0.7]]), labels=["only one"])
    run.log({"loss": 1})
    read = stored(run)
    assert {int(read.history[key].steps[0]) for key in ("roc", "precision_recall", "loss")} == {0}
    assert {name for name, *_ in rows(read, "precision_recall")} == {"0", "1"}


def test_without_a_run() -> None:
    with pytest.raises(UsageError, match=r"RG101: reportgen\.sklearn\.plot_roc was used before init"):
        sklearn.plot_roc([0, 1], np.array([[0.8, 0.2], [0.3, 0.7]]))
