"""Values of packages that need not be installed: they are known by their class alone."""

from __future__ import annotations

import datetime
import math
import types
from typing import Any

import numpy as np
import pytest

from reportgen import Run
from reportgen.errors import InputTypeError
from reportgen.log.values import foreign
from tests.log.scripts import rows
from tests.media.quacks import bfloat16, cupy_array, jax_array, tensor, tf_tensor


def of(module: str, name: str, *bases: type, **attributes: Any) -> type:
    """A class that says it comes from a package."""
    return type(name, bases, {"__module__": module, **attributes})


# ---- arrays


@pytest.mark.parametrize("make", [tensor, cupy_array, jax_array, tf_tensor])
def test_arrays_of_other_packages(make: Any, run: Run) -> None:
    run.log({"scalar": make(np.array(0.5)), "one": make(np.array([[3]])), "few": make(np.arange(4).reshape(2, 2))})
    assert dict(run.summary) == {"scalar": 0.5, "one": 3, "few": [[0, 1], [2, 3]]}
    run.log({"many": make(np.arange(40.0))})
    run.flush()
    assert (run.summary["many"]["_type"], sum(run.summary["many"]["counts"])) == ("histogram", 40)


def test_bfloat16(run: Run) -> None:
    run.log({"a": bfloat16(np.array(0.5)), "b": bfloat16(np.array([0.5, 1.5])), "c": bfloat16(np.arange(40.0))})
    run.flush()
    assert (run.summary["a"], run.summary["b"]) == (0.5, [0.5, 1.5])
    assert run.summary["c"]["stop"] == 39


def test_arrays_of_types_that_numpy_does_not_know() -> None:
    class Array:
        dtype = types.SimpleNamespace(kind="V", name="bfloat16")
        shape = (40,)

        def __array__(self, *args: Any) -> Any:
            return np.arange(40.0)

    found = foreign.numbers(Array())
    assert found is not None
    assert found.countable.dtype == np.float32


def test_a_tensor_as_step(run: Run) -> None:
    run.log({"a": 1}, step=tensor(np.array(7)))
    assert run.step == 7


def test_an_array_that_cannot_be_copied_is_refused_by_name(run: Run) -> None:
    class Sparse:
        shape, dtype = (2, 2), np.dtype("f4")

        def tolist(self) -> Any:
            raise RuntimeError("sparse tensors have no list")

    with pytest.raises(InputTypeError, match=r"RG108: tests\.Sparse of shape .*sparse tensors.*\(key 'x'\)"):
        run.log({"x": Sparse(), "a": 1})
    assert rows(run.path)[-1]["a"] == 1


def test_what_is_masked_is_missing(run: Run) -> None:
    many = np.ma.array(np.arange(40), mask=np.arange(40) < 5)
    run.log({"few": np.ma.array([1.0, 2.0], mask=[0, 1]), "one": np.ma.masked, "many": many})
    run.flush()
    row = rows(run.path)[0]
    assert (row["few"], row["one"]) == ([1.0, None], None)
    assert (sum(run.summary["many"]["counts"]), run.summary["many"]["nan"]) == (35, 5)


def test_objects_are_numbers_if_they_can_be(run: Run) -> None:
    run.log({"a": np.arange(40, dtype=object)})
    run.flush()
    assert run.summary["a"]["_type"] == "histogram"
    with pytest.raises(InputTypeError, match="RG109"):
        run.log({"a": np.array(["x"] * 40, dtype=object)})


def test_what_is_no_array() -> None:
    for value in (1, "x", [1], {"shape": 1}, object(), type("Odd", (), {"shape": None, "dtype": 1, "tolist": None})()):
        assert foreign.numbers(value) is None


# ---- columns and tables


class Series:
    """A column of pandas, around a list: missing numbers are NA, and become NaN when asked for."""

    ndim = 1

    def __init__(self, values: list[Any], kind: str = "O") -> None:
        self._values, self.dtype = values, types.SimpleNamespace(kind=kind)

    def __len__(self) -> int:
        return len(self._values)

    def tolist(self) -> list[Any]:
        return list(self._values)

    def to_numpy(self, dtype: str | None = None, na_value: Any = None) -> Any:
        if dtype is None:
            return np.array(self._values)
        return np.array([na_value if value is NA else value for value in self._values], dtype)


Series.__module__ = "pandas.core.series"
NA = of("pandas._libs.missing", "NAType")()
NAT = of("pandas._libs.tslibs.nattype", "NaTType", datetime.datetime, to_numpy=lambda self: None)(1, 1, 1)


class ChunkedArray:
    """A column of pyarrow: some have to be told that they may copy."""

    def __init__(self, values: list[Any]) -> None:
        self._values = values

    def __len__(self) -> int:
        return len(self._values)

    def to_pylist(self) -> list[Any]:
        return list(self._values)

    def to_numpy(self, zero_copy_only: bool = True) -> Any:
        if zero_copy_only:
            raise ValueError("needed to copy")
        return np.array(self._values)


ChunkedArray.__module__ = "pyarrow.lib"


def test_columns_of_tables(run: Run) -> None:
    run.log(
        {
            "numbers": Series([1, NA, 3], "i"),
            "words": Series(["a", math.nan]),
            "times": Series([datetime.datetime(2026, 1, 2), NAT]),
            "arrow": ChunkedArray([1, None]),
        }
    )
    assert dict(run.summary) == {
        "numbers": [1, None, 3],
        "words": ["a", None],
        "times": ["2026-01-02 00:00:00", None],
        "arrow": [1, None],
    }


def test_long_columns_are_counted(run: Run) -> None:
    run.log({"numbers": Series([NA, *range(40)], "i"), "arrow": ChunkedArray([float(n) for n in range(50)])})
    run.flush()
    assert (sum(run.summary["numbers"]["counts"]), run.summary["numbers"]["nan"]) == (40, 1)
    assert sum(run.summary["arrow"]["counts"]) == 50
    with pytest.raises(InputTypeError, match=r"RG109: pandas.Series of length 40 holds no real numbers.*'words'"):
        run.log({"words": Series(["a"] * 40)})


def test_values_that_are_missing_are_none(run: Run) -> None:
    run.log({"na": NA, "nat": NAT, "numpy": np.datetime64("NaT"), "list": [NA, 1]})
    row = rows(run.path)[0]
    assert {key: row[key] for key in ("na", "nat", "numpy", "list")} == {
        "na": None,
        "nat": None,
        "numpy": None,
        "list": [None, 1],
    }


def test_scalars_of_tables(run: Run) -> None:
    scalar = of("pyarrow.lib", "Int64Scalar", as_py=lambda self: 3)()
    period = of("pandas", "Period", __str__=lambda self: "2026-01")()
    run.log({"a": scalar, "list": [scalar], "period": period})
    assert dict(run.summary) == {"a": 3, "list": [3], "period": "2026-01"}


def test_an_array_with_names(run: Run) -> None:
    array = of(
        "xarray.core.dataarray",
        "DataArray",
        ndim=2,
        __len__=lambda self: 2,
        to_numpy=lambda self: np.arange(4).reshape(2, 2),
    )()
    run.log({"a": array})
    assert run.summary["a"] == [[0, 1], [2, 3]]


def test_a_table_is_no_array() -> None:
    frame = of("pandas", "DataFrame", shape=(3, 1), to_numpy=None, __len__=lambda self: 3)()
    assert foreign.numbers(frame) is None


# ---- what it cannot store


def test_advice() -> None:
    assert foreign.advice(of("PIL.Image", "Image")()) == (" as it is", "Wrap it: Image(value)")
    assert "Image(path)" in foreign.advice(of("altair.vegalite", "Chart")())[1]
    assert foreign.advice(object()) == ("", "")


def test_numbers_of_numpy_alone_are_plain() -> None:
    assert foreign.plain_number(np.float32(0.5)) == 0.5
    assert foreign.plain_number(np.bool_(True)) is True
    assert math.isnan(foreign.plain_number(np.float16("nan")) or 0)
    matrix = np.zeros((2, 2)).view(of("numpy", "matrix", np.ndarray))
    for other in (np.zeros(1), matrix, np.str_("a"), np.datetime64("2026-01-02"), np.complex64(1), 1.0, "a"):
        assert foreign.plain_number(other) is None
