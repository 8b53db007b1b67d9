import pytest

from reportgen.errors import InputTypeError, InputValueError, RunDirError
from reportgen.rundir.records.histogram import HistogramRecord

EVEN = {"_type": "histogram", "counts": [3, 0, 1], "start": -1.0, "stop": 2.0}
UNEVEN = {"_type": "histogram", "counts": [0.25, 1.5], "edges": [0, 0.5, 1e300]}


def test_there_and_back() -> None:
    even, uneven = HistogramRecord((3, 0, 1), -1.0, 2.0), HistogramRecord((0.25, 1.5), edges=(0, 0.5, 1e300))
    for record, written in ((even, EVEN), (uneven, UNEVEN)):
        assert record.to_json() == written
        assert HistogramRecord.from_json(written) == record
    odd = HistogramRecord((3, 0, 1), -1.0, 2.0, nan=7, inf=1, minus_inf=2, outside=4)
    assert odd.to_json() == EVEN | {"nan": 7, "inf": 1, "minus_inf": 2, "outside": 4}


def test_edges_of_all_bins() -> None:
    assert HistogramRecord.from_json(EVEN).bins() == [-1, 0, 1, 2]
    assert HistogramRecord.from_json(UNEVEN).bins() == [0, 0.5, 1e300]
    assert HistogramRecord((1, 1), -1.7e308, 1.7e308).bins() == [-1.7e308, 0, 1.7e308]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"counts": []}, "no bins"),
        ({"start": None}, "neither"),
        ({"stop": None}, "neither"),
        ({"edges": [0, 1]}, "3 bins have 2 edges"),
        ({"stop": -1.0}, "do not rise"),
        ({"stop": float("inf")}, "do not rise"),
        ({"stop": float("nan")}, "do not rise"),
        ({"edges": [0, 2, 1, 3]}, "do not rise"),
        ({"nan": 0}, "at least 1"),
    ],
)
def test_what_makes_no_sense(change: dict[str, object], words: str) -> None:
    with pytest.raises(RunDirError, match=f"RG330.*{words}"):
        HistogramRecord.from_json(EVEN | change)


def test_making_one_checks_as_well() -> None:
    with pytest.raises(InputValueError, match=r"RG332.*no bins"):
        HistogramRecord(())
    with pytest.raises(InputTypeError, match=r"RG331.*counts\[1\]"):
        HistogramRecord((1, "2"), 0, 1)  # type: ignore[arg-type]
