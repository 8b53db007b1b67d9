"""Large arrays in the summary: their statistics at once, all of their numbers in a file."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np
import pytest

import reportgen
from reportgen import Run
from reportgen.errors import InputTypeError
from reportgen.log.values.arrays import Array, statistics
from tests.media.quacks import bfloat16, tensor


def test_an_array_in_the_summary(run: Run) -> None:
    array = np.arange(1000, dtype=np.float32).reshape(10, 100)
    run.summary["logits"] = array
    found = run.summary["logits"]
    expected = {"min": 0, "max": 999, "mean": 499.5, "var": array.var(dtype=float), "size": 1000}
    assert {key: found[key] for key in expected} == expected
    for percent in (10, 25, 50, 75, 90, 95):
        assert found[f"{percent}%"] == pytest.approx(np.percentile(array, percent))
    assert (found["_type"], found["dtype"], found["shape"]) == ("array", "float32", [10, 100])
    array[:] = 0  # what the summary holds is what was assigned
    run.finish()
    stored = reportgen.read_run(run.path)
    assert stored.summary["logits"] == found
    loaded = np.load(stored.media_path(stored.summary["logits"]["file"]), allow_pickle=False)
    assert np.array_equal(loaded, np.arange(1000).reshape(10, 100))
    assert loaded.dtype == np.float32


def test_small_arrays_are_lists_and_logged_ones_histograms(run: Run) -> None:
    run.summary["few"] = np.arange(32)
    run.log({"many": np.arange(33)})
    run.flush()
    assert run.summary["few"] == list(range(32))
    assert run.summary["many"]["_type"] == "histogram"


def test_tensors(run: Run) -> None:
    run.summary.update({"torch": tensor(np.arange(100.0)), "half": bfloat16(np.arange(100.0)), "n": {"x": np.ones(50)}})
    assert (run.summary["torch"]["max"], run.summary["half"]["mean"], run.summary["n"]["x"]["var"]) == (99, 49.5, 0)
    assert run.summary["half"]["dtype"] == "bfloat16"


@pytest.mark.parametrize(
    ("array", "expected"),
    [
        (np.array([np.nan, 1.0, 3.0]), {"nan": 1, "min": 1, "max": 3, "mean": 2, "var": 1, "50%": 2}),
        (np.array([np.nan] * 3), {"nan": 3}),
        (np.zeros(0), {}),
        (np.array([True, False]), {"min": 0, "max": 1, "mean": 0.5}),
        (np.array([np.inf, 1.0]), {"min": 1, "max": np.inf, "mean": np.inf}),
        (np.array([2**62, 0]), {"max": 2.0**62}),
    ],
)
def test_statistics(array: Any, expected: dict[str, float]) -> None:
    found = statistics(array)
    assert {key: found[key] for key in expected} == expected
    assert set(found) <= {"nan", "min", "max", "mean", "var", "10%", "25%", "50%", "75%", "90%", "95%"}
    assert bool(found) == bool(expected)


def test_objects_are_numbers_if_they_can_be() -> None:
    record = Array(np.arange(40, dtype=object)).encode().to_json()
    assert (record["max"], record["dtype"]) == (39, "object")
    assert "file" not in record
    with pytest.raises(InputTypeError, match="RG109: an array of 40 elements holds something else"):
        Array(np.array([object()] * 40))


def test_words_are_refused_by_name(run: Run) -> None:
    with pytest.raises(InputTypeError, match=r"RG109: numpy.ndarray of shape \(40,\).*\(key 'words'\)"):
        run.summary["words"] = np.array(["a"] * 40)


def test_the_record_is_strict_json(run: Run) -> None:
    run.summary["a"] = np.array([np.nan, np.inf, *range(40)])
    run.finish()

    def refuse(token: str) -> None:
        raise AssertionError(token)

    json.loads((run.path / "summary.json").read_text(), parse_constant=refuse)
    assert reportgen.read_run(run.path).summary["a"]["max"] == np.inf


def test_a_run_that_stores_nothing_has_the_statistics() -> None:
    run = reportgen.init(project="p", mode="disabled")
    run.summary["a"] = np.arange(100)
    assert run.summary["a"]["mean"] == 49.5
    run.finish()


def test_the_file_is_a_plain_npy() -> None:
    files: list[bytes] = []

    class Store:
        def put(self, data: bytes, suffix: str) -> str:
            assert suffix == ".npy"
            files.append(data)
            return "media/00/0.npy"

    record = Array(np.arange(40)).encode(Store()).to_json()  # type: ignore[arg-type]
    assert record["file"] == "media/00/0.npy"
    assert np.array_equal(np.load(io.BytesIO(files[0]), allow_pickle=False), np.arange(40))
