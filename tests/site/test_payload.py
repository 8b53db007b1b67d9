"""Chunks come back as the numbers that went in; JSON in a page cannot leave its element."""

import gzip
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from reportgen.site.payload import encode, script_json

KINDS = {"f64": "<f8", "f32": "<f4", "i32": "<i4", "i16": "<i2", "i8": "<i1"}


def decode(data):
    """A second reader, written from the format's description alone."""
    raw = gzip.decompress(data)
    length = int.from_bytes(raw[:4], "little")
    header = json.loads(raw[4 : 4 + length])
    base = -(-(4 + length) // 8) * 8
    columns = {}
    for c in header["columns"]:
        n, scale = c["n"], c.get("scale", 1)
        if c["code"] == "range":
            columns[c["name"]] = (c["start"] + c["step"] * np.arange(n)) * scale
            continue
        stored = n - 1 if c["code"] == "delta" else n
        kind = np.dtype(KINDS[c["type"]])
        at = base + c.get("at", 0)
        planes = np.frombuffer(raw[at : at + stored * kind.itemsize], np.uint8).reshape(kind.itemsize, stored)
        values = np.ascontiguousarray(planes.T).view(kind).ravel().astype(np.float64)
        if c["code"] == "delta":
            values = np.concatenate([[c["start"]], c["start"] + np.cumsum(values)])
        columns[c["name"]] = values * scale
    return columns


@settings(max_examples=200, deadline=None)
@given(hnp.arrays(np.float64, st.integers(0, 300), elements=st.floats()))
def test_values_keep_every_bit(values):
    back = decode(encode({"y": values}))["y"]
    assert np.array_equal(back, values, equal_nan=True)
    assert np.array_equal(np.signbit(back), np.signbit(values)) or np.isnan(values).any()


@settings(max_examples=200, deadline=None)
@given(hnp.arrays(np.int64, st.integers(0, 300), elements=st.integers(-(2**52), 2**52)))
def test_steps_come_back_exactly(steps):
    assert np.array_equal(decode(encode({"x": steps}))["x"], steps)


@settings(max_examples=100, deadline=None)
@given(hnp.arrays(np.float64, st.integers(0, 300), elements=st.floats(0, 1e8)))
def test_times_come_back_to_the_millisecond(times):
    assert np.allclose(decode(encode({"t0": times}))["t0"], times, atol=0.0006, rtol=0)


def test_several_columns_of_different_length_and_kind():
    arrays = {
        "x0": np.arange(0, 5000, 5),
        "t0": np.linspace(0, 7, 1000),
        "y0": np.sin(np.arange(1000)),
        "x1": np.array([3, 4, 900_000]),
        "y1": np.array([0.5, 0.25, np.nan]),
        "e": np.empty(0),
    }
    back = decode(encode(arrays))
    assert list(back) == list(arrays)
    for name in ("x0", "y0", "x1", "y1", "e"):
        assert np.array_equal(back[name], arrays[name], equal_nan=True)


def test_regular_steps_cost_nothing_and_noise_is_not_packed_in_vain():
    steps = encode({"x": np.arange(1_000_000)})
    assert len(steps) < 200
    noise = np.random.default_rng(0).integers(0, 2**63, 100_000).view(np.float64)
    assert len(encode({"y": noise})) < noise.nbytes * 1.001


def test_the_same_columns_give_the_same_bytes():
    arrays = {"x": np.arange(1000), "y": np.random.default_rng(1).normal(size=1000)}
    assert encode(arrays) == encode(dict(arrays))


@pytest.mark.parametrize("text", ["</script>", "<!--<script>", "]]>", "&lt;", "\u2028\u2029", "損失 🚀", '"\\'])
def test_json_in_a_page_cannot_end_its_element(text):
    safe = script_json({text: [text]})
    assert not set("<>&\u2028\u2029") & set(safe)
    assert json.loads(safe) == {text: [text]}


def test_json_in_a_page_is_strict():
    with pytest.raises(ValueError, match="not JSON compliant"):
        script_json({"loss": float("nan")})
