"""Values to bytes and text that scripts on a page read: columns of numbers, and JSON that is safe inside `<script>`.

A chunk is gzip of: the length of its header (uint32, little-endian), the header (JSON), zeros up to a multiple of 8,
then the blocks. The header names each column, how many values it has, and how its block holds them:

- `planes`: all first bytes, then all second bytes ..., little-endian. Bytes of one significance resemble each other,
  so gzip packs them better (the shuffle filter of HDF5 and Blosc).
- `range`: evenly spaced integers, `start + step * i`, without any block.
- `delta`: `start`, then the differences as planes of small integers; multiplied by `scale` at the end.

`scripts/runtime.js` is the reader.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

MILLISECONDS = 0.001
"""Runtimes are carried in whole milliseconds: fine enough for a chart, and half the bytes."""

SAMPLE = 1 << 16
"""Bytes of a block that are packed on trial: numbers that are noise to the last bit are stored as they are."""

_UNSAFE = {
    ord("<"): "\\u003c",
    ord(">"): "\\u003e",
    ord("&"): "\\u0026",
    0x2028: "\\u2028",
    0x2029: "\\u2029",
}


def script_json(value: Any) -> str:
    """JSON that no HTML parser can leave: `<`, `>`, `&` and the line separators are escaped.

    Args:
        value: A tree of plain values; floats are finite.
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.translate(_UNSAFE)


def encode(arrays: Mapping[str, npt.NDArray[Any]]) -> bytes:
    """A chunk of columns; the module's text tells its format.

    Args:
        arrays: Name to (n,) integers or floats. Names that begin with "t" are times in seconds, carried in
            milliseconds; all other floats keep every bit.
    """
    header: list[dict[str, Any]] = []
    blocks: list[bytes] = []
    at = 0
    for name, array in arrays.items():
        entry, block = _column(name, array)
        if block:
            entry["at"] = at
            blocks.append(block)
            at += len(block)
        header.append(entry)
    head = json.dumps({"columns": header}, separators=(",", ":")).encode()
    room = -(4 + len(head)) % 8
    return _gzip([len(head).to_bytes(4, "little"), head, bytes(room), *blocks])


def _column(name: str, array: npt.NDArray[Any]) -> tuple[dict[str, Any], bytes]:
    entry: dict[str, Any] = {"name": name, "n": len(array)}
    if name.startswith("t"):
        whole = np.rint(array / MILLISECONDS)
        if np.isfinite(whole).all() and np.abs(whole).max(initial=0) < 2**53:
            entry["scale"] = MILLISECONDS
            return _integers(entry, whole.astype(np.int64))
    elif array.dtype.kind in "iu":
        return _integers(entry, array.astype(np.int64))
    return _floats(entry, array.astype(np.float64))


def _floats(entry: dict[str, Any], array: npt.NDArray[np.float64]) -> tuple[dict[str, Any], bytes]:
    with np.errstate(over="ignore", invalid="ignore"):
        half = array.astype(np.float32)
    exact = np.array_equal(half.astype(np.float64), array, equal_nan=True)
    entry |= {"type": "f32" if exact else "f64", "code": "planes"}
    return entry, _planes(half if exact else array)


def _integers(entry: dict[str, Any], array: npt.NDArray[np.int64]) -> tuple[dict[str, Any], bytes]:
    if not len(array):
        return entry | {"type": "i8", "code": "planes"}, b""
    gaps = np.diff(array)
    entry["start"] = int(array[0])
    if len(gaps) == 0 or (gaps == gaps[0]).all():
        return entry | {"type": "i32", "code": "range", "step": int(gaps[0]) if len(gaps) else 0}, b""
    low, high = int(gaps.min()), int(gaps.max())
    for word, kind in (("i8", np.int8), ("i16", np.int16), ("i32", np.int32)):
        limits = np.iinfo(kind)
        if limits.min <= low and high <= limits.max:
            return entry | {"type": word, "code": "delta"}, _planes(gaps.astype(kind))
    del entry["start"]  # differences beyond 32 bits: the numbers themselves, whole up to 2^53
    scale = float(entry.pop("scale", 1))
    return entry | {"type": "f64", "code": "planes"}, _planes(array.astype(np.float64) * scale)


def _planes(array: npt.NDArray[Any]) -> bytes:
    little = np.ascontiguousarray(array.astype(array.dtype.newbyteorder("<"), copy=False))
    return little.view(np.uint8).reshape(len(array), array.dtype.itemsize).T.tobytes()


def _gzip(parts: list[bytes]) -> bytes:
    """One gzip stream without a time in it; parts that do not shrink are stored."""
    longest = max(parts, key=len)
    middle = longest[len(longest) // 4 :][:SAMPLE]
    shrinks = len(longest) < SAMPLE or len(zlib.compress(middle, 1)) < 0.95 * len(middle)
    packer = zlib.compressobj(6 if len(longest) < SAMPLE else 1 if shrinks else 0, zlib.DEFLATED, 31)
    return b"".join([packer.compress(p) for p in parts] + [packer.flush()])
