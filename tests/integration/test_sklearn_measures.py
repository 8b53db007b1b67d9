"""Numbers that tell how good a model is, beside scikit-learn's own."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from sklearn import metrics
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression

from reportgen.integration.sklearn_measures import (
    calibration,
    cooks_distances,
    importances,
    scores,
    silhouettes,
    trained_on_more,
)

X = np.random.default_rng(0).normal(size=(50, 2))
LABELS = (X[:, 0] + X[:, 1] > 0).astype(int)


def test_importances() -> None:
    assert importances(SimpleNamespace(feature_importances_=[1, 2])).tolist() == [1, 2]  # type: ignore[union-attr]
    assert importances(SimpleNamespace(coef_=[[1, -2], [3, 2]])).tolist() == [2, 2]  # type: ignore[union-attr]
    assert importances(SimpleNamespace(coef_=np.array([-1.0, 2]))).tolist() == [1, 2]  # type: ignore[union-attr]
    searched = SimpleNamespace(best_estimator_=SimpleNamespace(coef_=[-3.0]))
    assert importances(searched).tolist() == [3]  # type: ignore[union-attr]
    assert importances(SimpleNamespace()) is None


def test_scores_of_a_classifier() -> None:
    model = LogisticRegression().fit(X[:30], LABELS[:30])
    found = scores(model, X[30:], LABELS[30:])
    assert found["accuracy_score"] == metrics.accuracy_score(LABELS[30:], model.predict(X[30:]))
    assert set(found) == {"accuracy_score", "precision", "recall", "f1_score"}
    constant = DummyClassifier(strategy="constant", constant=0).fit(X, LABELS)
    assert scores(constant, X, LABELS)["precision"] < 0.5  # a class that is never predicted is no error


def test_scores_of_a_regressor() -> None:
    y = X @ [1.0, 2.0]
    found = scores(LinearRegression().fit(X, y), X, y)
    assert found["r2_score"] == pytest.approx(1)
    assert found["mae"] == pytest.approx(0, abs=1e-9)


def test_calibration() -> None:
    pairs = calibration(LogisticRegression().fit(X, LABELS), X, LABELS)
    assert all(0 <= part <= 1 for pair in pairs for part in pair)
    assert [predicted for predicted, _ in pairs] == sorted(predicted for predicted, _ in pairs)


def test_training_on_more() -> None:
    rows = trained_on_more(LogisticRegression(), X, LABELS, cv=2, sizes=[0.5, 1.0])
    assert [(part, size) for part, _, size in rows] == [("train", 12), ("train", 25), ("test", 12), ("test", 25)]


def test_the_sample_that_sways_a_regression() -> None:
    y = X @ [1.0, 2.0]
    y[7] += 10
    distances = cooks_distances(LinearRegression(), X, y)
    assert int(np.argmax(distances)) == 7
    assert len(distances) == 50


def test_silhouettes() -> None:
    clusters = (X[:, 0] > 0).astype(int)
    rows = silhouettes(X, clusters)
    assert [row[0] for row in rows] == list(range(50))
    assert np.mean([row[2] for row in rows]) == pytest.approx(metrics.silhouette_score(X, clusters))
    for name in ("0", "1"):
        own = [row[2] for row in rows if row[1] == name]
        assert own == sorted(own, reverse=True)
