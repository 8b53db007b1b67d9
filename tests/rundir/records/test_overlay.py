from typing import Any

import pytest

from reportgen.errors import InputValueError, RunDirError
from reportgen.rundir.records.image import ImageRecord
from reportgen.rundir.records.overlay import BoxColumns, BoxLayer, MaskLayer
from tests.rundir.directories import IMAGE, PIXEL

MASK = {"name": "truth", "file": PIXEL, "classes": [0, 255], "labels": {"0": "sky", "255": "</script>"}}
BOXES = {
    "name": "found",
    "count": 2,
    "values": {
        "box": [[0, 0, 1.5, 1], [-3, 0.25, 2, 20]],
        "class_id": [1, None],
        "caption": [None, "a cat"],
        "scores": {"acc": [0.1, None]},
    },
    "labels_file": PIXEL,
}


def test_there_and_back() -> None:
    written = {**IMAGE, "masks": [MASK], "boxes": [BOXES, {"name": "many", "count": 9, "file": PIXEL}]}
    record = ImageRecord.from_json(written)
    assert record.to_json() == written
    assert record.masks
    assert record.boxes
    assert record.boxes[0].values
    assert record.masks[0] == MaskLayer("truth", PIXEL, (0, 255), {"0": "sky", "255": "</script>"})
    assert record.boxes[0].values.box[1] == (-3, 0.25, 2, 20)
    assert ImageRecord.from_json({**IMAGE, "labels": {"-1": "none"}}).labels == {"-1": "none"}


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("file", "../x.png", "does not match"),
        ("name", None, "expected string"),
        ("classes", [256], "0 to 255"),
        ("classes", [1.5], "expected integer"),
        ("labels", {"1.5": "cat"}, "no whole number"),
        ("labels", {"cat": "1"}, "no whole number"),
        ("labels", {"1": 5}, "is no string"),
        ("labels_file", PIXEL, "both 'labels' and 'labels_file'"),
    ],
)
def test_masks_that_make_no_sense(field: str, value: object, words: str) -> None:
    with pytest.raises(RunDirError, match=f"RG330.*{words}"):
        ImageRecord.from_json({**IMAGE, "masks": [{**MASK, field: value}]})


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"values": None}, "neither 'file' nor 'values'"),
        ({"file": PIXEL}, "or both"),
        ({"count": 3}, "2 boxes, not 3"),
        ({"count": -1}, "at least 0"),
        ({"values": [1]}, "a mapping of columns"),
        ({"values": {}}, "expected a list"),
        ({"values": {"box": [1, 2]}}, "expected a list"),
    ],
)
def test_boxes_that_make_no_sense(changed: dict[str, Any], words: str) -> None:
    with pytest.raises(RunDirError, match=f"RG330.*{words}"):
        ImageRecord.from_json({**IMAGE, "boxes": [{**BOXES, **changed}]})


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"box": [[0, 0, 1]]}, "four numbers"),
        ({"box": [[0, 0, 1, "1"]]}, "four numbers"),
        ({"box": [[0, 0, 1, True]]}, "four numbers"),
        ({"box": [[2, 0, 1, 1]]}, "no box"),
        ({"box": [[0, 2, 1, 1]]}, "no box"),
        ({"box": [[0, 0, 1, float("inf")]]}, "no box"),
        ({"box": [[0, float("nan"), 1, 1]]}, "no box"),
        ({"class_id": ["cat"]}, "class_id"),
        ({"class_id": [1, 2]}, "2 entries for 1 boxes"),
        ({"caption": [7]}, "caption"),
        ({"scores": {"acc": ["high"]}}, "scores"),
        ({"scores": [0.5]}, "mapping of lists"),
    ],
)
def test_columns_that_make_no_sense(columns: dict[str, Any], words: str) -> None:
    with pytest.raises(RunDirError, match=f"RG330.*{words}"):
        BoxColumns.from_json({"box": [[0, 0, 1, 1]], **columns})


def test_layers_of_one_name() -> None:
    boxes = BoxLayer("a", 0, BoxColumns(()))
    ImageRecord(PIXEL, 1, 1, "png", masks=(MaskLayer("a", PIXEL),), boxes=(boxes,))
    with pytest.raises(InputValueError, match="two layers share a name"):
        ImageRecord(PIXEL, 1, 1, "png", boxes=(boxes, boxes))
