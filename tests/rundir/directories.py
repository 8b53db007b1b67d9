"""Run directories written byte by byte, and a reader so simple that one can see that it is right."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

RUN = {
    "format": 1,
    "writer": "by hand",
    "id": "r1",
    "name": "first",
    "project": "p",
    "created": "2026-11-21T09:11:00.5Z",
    "state": "finished",
    "duration": 12.5,
    "sessions": [{"started": 1795252260.5, "runtime": 0}],
}
PIXEL = f"media/ab/ab{'0' * 62}.png"
IMAGE = {"_type": "image", "file": PIXEL, "width": 3, "height": 2, "format": "png"}


def write_run(
    folder: Path,
    history: bytes | Sequence[Mapping[str, Any]] = b"",
    *,
    run: Mapping[str, Any] | bytes | None = None,
    **files: bytes,
) -> Path:
    """A run directory. `history` is bytes or rows; `files` are more of its files, by name without suffix."""
    folder.mkdir(parents=True, exist_ok=True)
    text = run if isinstance(run, bytes) else json.dumps({**RUN, **(run or {})}).encode()
    (folder / "run.json").write_bytes(text)
    if not isinstance(history, bytes):
        history = b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in history)
    (folder / "history.jsonl").write_bytes(history)
    for name, data in files.items():
        (folder / f"{name}.{'jsonl' if name == 'system' else 'json'}").write_bytes(data)
    return folder


Cells = dict[tuple[str, str], list[tuple[int, float, Any]]]


def simple_reading(data: bytes) -> tuple[Cells, list[int], list[dict[str, Any]]]:
    """Cells by key and kind, distinct steps, and merged rows, of a history: line by line, cell by cell."""
    rows: list[tuple[int, float, dict[str, Any]]] = []
    before = 0.0
    for line in data.split(b"\n"):
        try:
            row = orjson.loads(line)
        except orjson.JSONDecodeError:
            continue
        if not isinstance(row, dict) or "_summary" in row:
            continue
        step = row.get("_step")
        if not isinstance(step, (int, float)) or step != int(step) or not 0 <= step < 2**63:
            continue
        runtime = row.get("_runtime")
        before = float(runtime) if isinstance(runtime, (int, float)) else before
        rows.append((int(step), before, row))
    rows.sort(key=lambda entry: entry[0])
    latest: dict[tuple[str, int], tuple[float, Any]] = {}
    merged: dict[int, dict[str, Any]] = {}
    for step, runtime, row in rows:
        for key, value in row.items():
            merged.setdefault(step, {})[key] = restored(value)
            if key not in ("_step", "_runtime", "_timestamp"):
                latest[key, step] = runtime, value
    cells: Cells = {}
    for (key, step), (runtime, value) in latest.items():
        if value is not None:
            plain = restored(value)
            plain = float(plain) if isinstance(plain, (int, float)) else plain
            cells.setdefault((key, kind_of(value)), []).append((step, runtime, plain))
    for values in cells.values():
        values.sort(key=lambda cell: cell[0])
    return cells, sorted(merged), [merged[step] for step in sorted(merged)]


def restored(value: Any) -> Any:
    if isinstance(value, list):
        return [restored(item) for item in value]
    if not isinstance(value, dict):
        return value
    numbers = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
    if value.get("_type") == "float" and isinstance(value.get("value"), str) and value["value"] in numbers:
        return numbers[value["value"]]
    return {key: restored(item) for key, item in value.items()}


def kind_of(value: Any) -> str:
    if isinstance(restored(value), (int, float)):
        return "scalar"
    if isinstance(value, str):
        return "text"
    if isinstance(value, list):
        kinds = {kind_of(item) if isinstance(item, dict) else "json" for item in value}
        return kinds.pop() if len(kinds) == 1 and kinds != {"scalar"} else "json"
    tag = value.get("_type")
    reserved = ("scalar", "text", "json", "float", "int", "object", "deleted", "")
    return tag if isinstance(tag, str) and tag not in reserved else "json"


def simple_summary(data: bytes) -> dict[str, Any]:
    """What the rows of a history add up to, line by line."""
    summary: dict[str, Any] = {}
    for line in data.split(b"\n"):
        try:
            row = orjson.loads(line)
        except orjson.JSONDecodeError:
            continue
        if not isinstance(row, dict):
            continue
        if "_summary" in row:
            assigned = row["_summary"] if isinstance(row["_summary"], dict) else {}
            for key, value in assigned.items():
                if value == {"_type": "deleted"}:
                    summary.pop(key, None)
                else:
                    summary[key] = restored(value)
            continue
        step = row.get("_step")
        if not isinstance(step, (int, float)) or step != int(step) or not 0 <= step < 2**63:
            continue
        for key, value in row.items():
            reserved = key in ("_step", "_runtime", "_timestamp")
            if not reserved and value is not None:
                summary[key] = restored(value)
    return summary
