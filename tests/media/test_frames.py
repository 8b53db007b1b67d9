"""Data frames of all packages give the same columns, and none of them is imported for that."""

from __future__ import annotations

import datetime
import subprocess
import sys
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from reportgen.errors import InputTypeError
from reportgen.media.frames import is_frame, names_of, nested, values_of

DAY = datetime.datetime(2026, 11, 21)
DATA: dict[str, list[Any]] = {"n": [1, 2], "x": [0.5, -1.0], "t": ["a", "損"], "b": [True, False], "d": [DAY, DAY]}


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame, pa.table], ids=["pandas", "polars", "pyarrow"])
def test_frames_of_all_packages(make: Any) -> None:
    frame = make(DATA)
    assert is_frame(frame)
    assert names_of(frame) == list(DATA)
    assert values_of(frame) == list(DATA.values())


@pytest.mark.parametrize("make", [pl.DataFrame, pa.table], ids=["polars", "pyarrow"])
def test_missing_values(make: Any) -> None:
    assert values_of(make({"n": [1, None], "t": [None, "a"]})) == [[1, None], [None, "a"]]


def test_the_index_of_pandas_is_left_out() -> None:
    frame = pd.DataFrame({"a": [1, 2]}, index=["x", "y"])
    assert (names_of(frame), values_of(frame)) == (["a"], [[1, 2]])


def test_columns_without_names_have_numbers() -> None:
    frame = pd.DataFrame(np.eye(2))
    assert (names_of(frame), values_of(frame)) == ([0, 1], [[1.0, 0.0], [0.0, 1.0]])


def test_empty_frames() -> None:
    assert values_of(pd.DataFrame()) == []
    assert values_of(pd.DataFrame(columns=["a"])) == [[]]
    assert values_of(pl.DataFrame({"a": []})) == [[]]


@pytest.mark.parametrize("other", [pd.Series([1]), pl.Series([1]), pa.array([1]), [1], np.zeros(3), None, "DataFrame"])
def test_what_is_no_frame(other: Any) -> None:
    assert not is_frame(other)
    with pytest.raises(InputTypeError, match=r"RG230.*no data frame"):
        names_of(other)


def test_frames_that_are_not_computed_yet() -> None:
    with pytest.raises(InputTypeError, match=r"RG230.*collect\(\)"):
        names_of(pl.LazyFrame({"a": [1]}))


def test_nothing_is_imported_that_was_not() -> None:
    code = (
        "import sys\nfrom reportgen.media.table import Table\n"
        "Table(columns=['a'], data=[[1]])\n"
        "print(sorted({'pandas', 'polars', 'pyarrow', 'narwhals', 'numpy', 'matplotlib', 'plotly'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_what_may_differ_in_length_or_keys() -> None:
    assert nested([[1], None, []]) is list
    assert nested([{"a": 1}, {}]) is dict
    assert nested([[1], {}]) is nested([None]) is nested([]) is nested([1, 2]) is None
