"""Histograms count as numpy does, tell what is in no bin, and share nothing with the numbers that were given."""

from __future__ import annotations

import collections
import itertools
import pickle
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import reportgen as rg
from reportgen.errors import InputTypeError, InputValueError
from reportgen.media.histogram import Histogram
from reportgen.rundir.records.histogram import HistogramRecord
from tests.media import quacks

NUMBERS = np.random.default_rng(0).normal(size=(37, 20))


@pytest.mark.parametrize(
    "sequence",
    [
        NUMBERS,
        NUMBERS.astype(np.float32),
        np.asfortranarray(NUMBERS)[::2, ::-3],
        NUMBERS.tolist(),
        tuple(NUMBERS[0].tolist()),
        range(100),
        (NUMBERS * 1000).astype(np.int16),
        [1, 2, 2, 3],
        5,
        2.5,
        [],
        [7, 7, 7],
        np.array([[1, 2], [3, 4]], np.uint8),
    ],
    ids=lambda value: f"{type(value).__name__}-{getattr(value, 'dtype', '')}",
)
@pytest.mark.parametrize("bins", [1, 64, 512])
def test_counts_are_those_of_numpy(sequence: object, bins: int) -> None:
    counts, edges = np.histogram(sequence, bins)  # type: ignore[arg-type]
    ours = Histogram(sequence, num_bins=bins)
    assert ours.histogram == counts.tolist()
    assert ours.bins == edges.tolist()
    record = ours.encode()
    assert list(record.counts) == counts.tolist()
    np.testing.assert_allclose(record.bins(), edges, rtol=1e-6, atol=1e-6)
    assert record.edges is None, "evenly spaced bins take two numbers"


def test_there_are_64_bins_if_not_told() -> None:
    assert len(Histogram([1, 2]).histogram) == 64
    assert Histogram.MAX_LENGTH == 512


def test_tensors_of_all_packages() -> None:
    assert Histogram(quacks.tensor(NUMBERS)).histogram == np.histogram(NUMBERS, 64)[0].tolist()


def test_numbers_may_change_after() -> None:
    numbers = NUMBERS.copy()
    ours = Histogram(numbers)
    numbers[:] = 0
    assert ours.histogram == np.histogram(NUMBERS, 64)[0].tolist()


def test_truth_values() -> None:
    assert Histogram([True, False, True], num_bins=2).histogram == [1, 2]


def test_what_is_no_number_is_counted_apart() -> None:
    numbers = np.array([1, 2, np.nan, np.inf, 3, np.nan, -np.inf])
    record = Histogram(numbers, num_bins=2).encode()
    assert record == HistogramRecord((1, 2), 1.0, 3.0, nan=2, inf=1, minus_inf=1)
    assert Histogram([np.nan, None]).encode() == HistogramRecord((0,) * 64, 0.0, 1.0, nan=2)


def test_given_edges_tell_what_lies_outside() -> None:
    record = Histogram([-1, 0, 1, 2, 9, np.nan], num_bins=[0, 0.5, 2]).encode()
    assert record == HistogramRecord((1, 2), edges=(0.0, 0.5, 2.0), nan=1, outside=2)


@pytest.mark.parametrize(
    "numbers",
    [
        [2**60, 2**60 + 1],
        [1e16, 1e16 + 2],
        [1.7e308, 1.7e308],
        [-1.7e308, 1.7e308],
        [5e-324, 1e-323],
        np.float16([1000, 1000.5]),
        np.array([2**64 - 1, 0], np.uint64),
    ],
)
def test_numbers_that_numpy_has_no_bins_for(numbers: list[float]) -> None:
    ours = Histogram(numbers)
    assert sum(ours.histogram) == len(numbers)
    assert all(low < high for low, high in itertools.pairwise(ours.bins))
    HistogramRecord.from_json(ours.encode().to_json())


@given(arrays(np.float64, st.integers(0, 30), elements=st.floats()))
def test_no_number_is_lost(numbers: np.ndarray) -> None:
    record = Histogram(numbers).encode()
    apart = sum(count or 0 for count in (record.nan, record.inf, record.minus_inf, record.outside))
    assert sum(record.counts) + apart == len(numbers)
    assert HistogramRecord.from_json(record.to_json()) == record


# ---- counted elsewhere


Named = collections.namedtuple("Named", "hist bin_edges")  # what torch.histogram returns


@pytest.mark.parametrize(
    "pair",
    [
        np.histogram(NUMBERS, 10),
        tuple(part.tolist() for part in np.histogram(NUMBERS, 10)),
        Named(*np.histogram(NUMBERS, 10)),
    ],
)
def test_a_pair_of_counts_and_edges(pair: tuple[object, object]) -> None:
    counts, edges = np.histogram(NUMBERS, 10)
    for ours in (Histogram(pair), Histogram(np_histogram=pair), Histogram([1, 2], np_histogram=list(pair))):
        assert ours.histogram == counts.tolist()
        assert ours.bins == edges.tolist()


def test_densities_stay_densities() -> None:
    counts, edges = np.histogram(NUMBERS, density=True, range=(0.0, 1.0))
    ours = Histogram((counts, edges))
    assert ours.histogram == counts.tolist()
    assert ours.encode().start == 0.0


def test_a_pair_of_numbers_is_no_pair_of_counts_and_edges() -> None:
    assert sum(Histogram((3, 4)).histogram) == 2
    assert sum(Histogram(([1, 2], [3, 4])).histogram) == 4


# ---- what is refused


@pytest.mark.parametrize("wrong", [None, "12", b"12", {}, {1, 2}, iter([1]), object(), 1j, ["a"], [[1], [2, 3]]])
def test_no_numbers(wrong: object) -> None:
    with pytest.raises(InputTypeError, match="RG220"):
        Histogram(wrong)


def test_times_are_no_numbers() -> None:
    with pytest.raises(InputTypeError, match=r"RG220.*datetime64"):
        Histogram(np.array(["2026-11-21"], "datetime64[D]"))


@pytest.mark.parametrize("wrong", [2.5, True, "64", None])
def test_bins_are_counted_in_whole_numbers(wrong: object) -> None:
    with pytest.raises(InputTypeError, match=r"RG220.*num_bins"):
        Histogram([1], num_bins=wrong)


@pytest.mark.parametrize("wrong", [0, -1, 513, [1], [2, 1], [1, 1], [0, np.nan, 1], list(range(514))])
def test_bins_that_make_no_sense(wrong: object) -> None:
    with pytest.raises(InputValueError, match="RG221"):
        Histogram([1], num_bins=wrong)


@pytest.mark.parametrize(
    "wrong", [5, (), ([1, 2],), ([1, 2], [1, 2]), ([1], [1, 2, 3]), ([1], [1, 2], 3), ([np.nan], [0, 1])]
)
def test_pairs_that_make_no_sense(wrong: object) -> None:
    with pytest.raises(InputValueError, match="RG222"):
        Histogram(np_histogram=wrong)


def test_too_many_bins_of_somebody_else() -> None:
    with pytest.raises(InputValueError, match=r"RG221.*513 bins"):
        Histogram(np.histogram(NUMBERS, 513))


# ---- the object itself


def test_many_threads_may_ask_at_once() -> None:
    for _ in range(20):
        ours, seen = Histogram(NUMBERS), []
        threads = [
            threading.Thread(target=lambda ours=ours, seen=seen: seen.append(sum(ours.histogram))) for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert seen == [NUMBERS.size] * 4


def test_it_can_be_looked_at_and_sent() -> None:
    ours = Histogram(NUMBERS)
    assert repr(ours) == "<reportgen.Histogram of 740 numbers>"
    assert ours.nbytes == NUMBERS.nbytes
    assert pickle.loads(pickle.dumps(ours)).histogram == ours.histogram  # noqa: S301 (our own)
    assert repr(ours) == "<reportgen.Histogram of 64 bins>"


def test_numbers_may_change_once_they_are_logged(tmp_path: Path) -> None:
    numbers = NUMBERS.copy()
    with rg.init(project="p", dir=tmp_path, system_metrics=False) as run:
        for _ in range(3):
            run.log({"h": Histogram(numbers), "many": [Histogram([1, 2]), Histogram([3])]})
            numbers += 1
    history = rg.read_run(run.path).history
    records = [HistogramRecord.from_json(record) for record in history["h"].records]
    assert [list(record.counts) for record in records] == [
        np.histogram(NUMBERS + shift, 64)[0].tolist() for shift in range(3)
    ]
    assert len(history["many"].records[0]) == 2
