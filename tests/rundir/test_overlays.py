"""Names of classes and boxes come back as they were stored, or it is said what is wrong with them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from reportgen.errors import RunDirError
from reportgen.rundir.overlays import Boxes, label_of, pack_boxes, pack_labels, read_boxes, read_labels
from reportgen.rundir.packed import pack
from reportgen.rundir.records.image import ImageRecord
from reportgen.rundir.records.overlay import BoxColumns, BoxLayer, MaskLayer

NAME = f"media/ab/ab{'0' * 62}.json"
COLUMNS = {
    "box": [[0, 0, 1.5, 1], [-3, 0.25, 2, 20]],
    "class_id": [1, None],
    "caption": [None, "</script>"],
    "scores": {"acc": [0.1, None], "loss": [{"_type": "float", "value": "NaN"}, 2]},
}


def stored(folder: Path, data: bytes) -> str:
    path = folder / NAME
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return NAME


def test_boxes_in_a_file_and_in_the_record(tmp_path: Path) -> None:
    name = stored(tmp_path, pack_boxes(orjson.dumps(COLUMNS)))
    found = read_boxes(tmp_path, BoxLayer("a", 2, file=name))
    assert found.box == ((0, 0, 1.5, 1), (-3, 0.25, 2, 20))
    assert found.class_id == (1, None)
    assert found.caption == (None, "</script>")
    assert found.scores["acc"] == (0.1, None)
    assert str(found.scores["loss"]) == "(nan, 2)"
    inline = read_boxes(tmp_path, BoxLayer("a", 1, BoxColumns(((1, 2, 3, 4),))))
    assert inline == Boxes(((1, 2, 3, 4),), (None,), (None,), {}), "what no box has is None for all"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "RG325"),
        (pack([b"{"]), "RG325"),
        (pack([b""]), "RG325"),
        (pack([orjson.dumps({"box": []})]), "0 boxes, not 2"),
        (pack([orjson.dumps({**COLUMNS, "class_id": ["x", "y"]})]), "class_id"),
        (pack([orjson.dumps({**COLUMNS, "box": [[5, 0, 1, 1], [0, 0, 1, 1]]})]), "no box"),
    ],
)
def test_damaged_boxes(tmp_path: Path, data: bytes, words: str) -> None:
    with pytest.raises(RunDirError, match=words):
        read_boxes(tmp_path, BoxLayer("a", 2, file=stored(tmp_path, data)))


def test_names_of_classes(tmp_path: Path) -> None:
    names = {"10": "tree", "2": "損失", "-1": "none"}
    packed = pack_labels(names)
    assert packed == pack_labels(dict(reversed(names.items()))), "the same names give the same bytes"
    layer = MaskLayer("a", NAME, labels_file=stored(tmp_path, packed))
    labels = read_labels(tmp_path, layer)
    assert labels == {-1: "none", 2: "損失", 10: "tree"}
    assert read_labels(tmp_path, BoxLayer("a", 0, BoxColumns(()), labels={"3": "x"})) == {3: "x"}
    assert read_labels(tmp_path, MaskLayer("a", NAME)) == {}
    assert read_labels(tmp_path, ImageRecord(NAME, 1, 1, "png", labels={"3": "x"})) == {3: "x"}
    assert (label_of(labels, 2), label_of(labels, 7)) == ("損失", "class_7")


@pytest.mark.parametrize("data", [b"", b"[]", b'{"x":"y"}', b'{"1":2}', b"\xff"])
def test_damaged_names(tmp_path: Path, data: Any) -> None:
    with pytest.raises(RunDirError, match="RG325"):
        read_labels(tmp_path, MaskLayer("a", NAME, labels_file=stored(tmp_path, data)))


def test_files_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(RunDirError, match="RG321"):
        read_labels(tmp_path, MaskLayer("a", NAME, labels_file=NAME))
    with pytest.raises(RunDirError, match="RG321"):
        read_boxes(tmp_path, BoxLayer("a", 2, file=NAME))
