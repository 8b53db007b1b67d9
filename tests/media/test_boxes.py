"""Boxes: both forms of positions, in pixels and parts of the picture, come to the same pixels; nonsense is named."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest

from reportgen import Image
from reportgen.errors import InputTypeError, InputValueError
from reportgen.rundir.overlays import read_boxes, read_labels
from reportgen.rundir.records.overlay import BoxLayer
from reportgen.rundir.writer import RunWriter
from tests.media.quacks import tensor

PICTURE = np.zeros((100, 200), np.uint8)


@pytest.fixture
def store(tmp_path: Path) -> Any:
    made = RunWriter(tmp_path / "run", new=True)
    yield made
    made.close()


def boxed(*boxes: Any, **layer: Any) -> Image:
    return Image(PICTURE, boxes={"found": {"box_data": list(boxes), **layer}})


def positions(picture: Image) -> list[list[float]]:
    return [list(box["position"].values()) for box in picture.boxes["found"]["box_data"]]


def edges(left: Any, top: Any, right: Any, bottom: Any) -> dict[str, Any]:
    return {"minX": left, "minY": top, "maxX": right, "maxY": bottom}


def encoded(picture: Image, store: RunWriter) -> BoxLayer:
    record = picture.encode(store)
    assert record.boxes is not None
    return record.boxes[0]


@pytest.mark.parametrize(
    "box",
    [
        {"position": edges(0.1, 0.2, 0.3, 0.6)},
        {"position": edges(20, 20, 60, 60), "domain": "pixel"},
        {"position": {"middle": [0.2, 0.4], "width": 0.2, "height": 0.4}},
        {"position": {"middle": (40, 40), "width": 40, "height": 40}, "domain": "pixel"},
        {"position": {"middle": np.array([40, 40]), "width": np.float32(40), "height": 40}, "domain": "PIXELS"},
        {"position": {"middle": tensor(np.array([40.0, 40.0])), "width": 40, "height": 40}, "domain": "pixel"},
        {"position": edges(*map(np.int64, (20, 20, 60, 60))), "domain": "pixel"},
        {"position": edges(*(tensor(np.array(n)) for n in (20, 20, 60, 60))), "domain": "pixel"},
        {"position": edges(0.1, 0.2, 0.3, 0.6), "domain": "percentile"},
        {"position": edges(0.1, 0.2, 0.3, 0.6), "domain": "whatever"},
    ],
)
def test_all_forms_of_one_box(box: dict[str, Any]) -> None:
    assert positions(boxed(box)) == [[20, 20, 60, 60]]


def test_forms_and_domains_mixed_in_one_list(store: RunWriter) -> None:
    labels = {2: "road", 3: "building"}
    picture = boxed(
        {
            "position": {"minX": 0.1, "maxX": 0.2, "minY": 0.3, "maxY": 0.4},
            "class_id": 2,
            "box_caption": "</script>",
            "scores": {"acc": 0.1, "loss": np.float32(1.5)},
        },
        {
            "position": {"middle": [150, 20], "width": 68, "height": 112},
            "domain": "pixel",
            "class_id": np.int64(3),
            "scores": {"acc": 1.0},
        },
        {"position": edges(0, 0, 1, 1)},
        class_labels=labels,
    )
    layer = encoded(picture, store)
    assert layer.to_json() == {
        "name": "found",
        "count": 3,
        "values": {
            "box": [[20, 30, 40, 40], [116, -36, 184, 76], [0, 0, 200, 100]],
            "class_id": [2, 3, None],
            "caption": ["</script>", None, None],
            "scores": {"acc": [0.1, 1, None], "loss": [1.5, None, None]},
        },
        "labels": {"2": "road", "3": "building"},
    }
    assert BoxLayer.from_json(layer.to_json()) == layer
    assert Image(PICTURE, boxes=picture.boxes).boxes == picture.boxes


def test_what_no_box_has_takes_no_room(store: RunWriter) -> None:
    layer = encoded(boxed({"position": edges(0, 0, 0.5, 0.333333333)}), store)
    assert layer.to_json()["values"] == {"box": [[0, 0, 100, 33.333]]}
    assert encoded(boxed(), store).to_json() == {"name": "found", "count": 0, "values": {"box": []}}


def test_many_boxes_have_a_file(store: RunWriter) -> None:
    boxes = [
        {"position": edges(n, n, n + 1.25, n + 2), "domain": "pixel", "class_id": n % 80, "scores": {"p": n / 1000}}
        for n in range(1000)
    ]
    labels = {number: f"class {number}" for number in range(80)}
    layer = encoded(boxed(*boxes, class_labels=labels), store)
    assert layer.values is layer.labels is None
    assert layer.file is not None
    assert layer.file.endswith(".boxes.json.gz")
    found = read_boxes(store.folder, layer)
    assert (len(found.box), found.box[7], found.class_id[81], found.scores["p"][9]) == (1000, (7, 7, 8.25, 9), 1, 0.009)
    assert read_labels(store.folder, layer) == labels
    assert encoded(boxed(*boxes, class_labels=labels), store) == layer


def test_boxes_that_change_later_change_nothing() -> None:
    box = {"position": edges(0.1, 0.2, 0.3, 0.6), "scores": {"p": 0.5}}
    data = [box]
    picture = Image(PICTURE, boxes={"found": {"box_data": data}})
    box["position"]["minX"] = 0
    box["scores"]["p"] = 0
    data.append(box)
    assert positions(picture) == [[20, 20, 60, 60]]
    assert picture.boxes["found"]["box_data"][0]["scores"] == {"p": 0.5}


def test_scores_need_not_be_finite(store: RunWriter) -> None:
    """A score is told, not drawn; a model that diverges gives such."""
    layer = encoded(boxed({"position": edges(0, 0, 1, 1), "scores": {"p": math.nan, "q": math.inf}}), store)
    assert layer.values is not None
    assert layer.values.scores is not None
    assert math.isnan(layer.values.scores["p"][0] or 0)


def test_boxes_may_reach_beyond_the_picture() -> None:
    assert positions(boxed({"position": edges(-0.5, -0.1, 1.5, 1)})) == [[-100, -10, 300, 100]]


def test_boxes_lie_in_the_picture_as_it_is_displayed(tmp_path: Path) -> None:
    exif = PIL.Image.Exif()
    exif[0x0112] = 6  # a quarter turn: 100 wide, 200 high
    PIL.Image.fromarray(PICTURE).save(tmp_path / "x.jpg", exif=exif)
    picture = Image(tmp_path / "x.jpg", boxes={"found": {"box_data": [{"position": edges(0, 0, 0.5, 0.5)}]}})
    assert positions(picture) == [[0, 0, 50, 100]]


# ---- what is no box


def test_forms_that_are_none() -> None:
    for boxes, words in (
        ([{"position": edges(0, 0, 1, 1)}], "boxes is a list, not a mapping of layers"),
        ({"a": [{"position": edges(0, 0, 1, 1)}]}, "a layer is a list, not a mapping"),
        ({"a": {"box_data": {}}}, "box_data is a dict, not a list of boxes"),
        ({"a": {"box_data": "x"}}, "box_data is a str"),
        ({"a": {"box_data": [3]}}, "a box is an int"),
    ):
        with pytest.raises(InputTypeError, match=f"RG210: {words}"):
            Image(PICTURE, boxes=boxes)
    with pytest.raises(InputValueError, match=r"RG210: a layer of boxes has 'box_data' \(boxes 'a'\)"):
        Image(PICTURE, boxes={"a": {"class_labels": {}}})
    assert Image(PICTURE, boxes={}).boxes == Image(PICTURE, boxes=None).boxes == Image(PICTURE, boxes=[]).boxes == {}


@pytest.mark.parametrize(
    ("box", "error", "words"),
    [
        ({}, InputTypeError, "a box has no 'position'"),
        ({"position": [0, 0, 1, 1]}, InputTypeError, "position is a list"),
        ({"position": {"minX": 0, "maxX": 1, "minY": 0}}, InputTypeError, "the position has no 'maxY'"),
        ({"position": {"middle": [0, 0], "width": 1}}, InputTypeError, "the position has no 'minX'"),
        ({"position": {"middle": 3, "width": 1, "height": 1}}, InputTypeError, "middle is no pair"),
        ({"position": {"middle": [1], "width": 1, "height": 1}}, InputTypeError, "middle is no pair"),
        ({"position": edges("0", 0, 1, 1)}, InputTypeError, "minX is a str, not a number"),
        ({"position": edges(None, 0, 1, 1)}, InputTypeError, "minX is a NoneType"),
        ({"position": edges(0, np.array([0]), 1, 1)}, InputTypeError, "minY is an ndarray"),
        ({"position": edges(0, 0, 1j, 1)}, InputTypeError, "maxX is a complex"),
        ({"position": edges(0.5, 0, 0.1, 1)}, InputValueError, r"minX is 0\.5, more than maxX, 0\.1"),
        ({"position": edges(0, 1, 1, 0.5)}, InputValueError, r"minY is 1, more than maxY, 0\.5"),
        ({"position": edges(0, math.nan, 1, 1)}, InputValueError, "minY is nan"),
        ({"position": edges(0, 0, math.inf, 1)}, InputValueError, "maxX is inf"),
        ({"position": edges(0, 0, 10**400, 1)}, InputValueError, "maxX is inf"),
        ({"position": {"middle": [0, 0], "width": -1, "height": 1}}, InputValueError, "a box -1 wide and 1 high"),
        ({"position": edges(0, 0, 1, 1), "domain": 3}, InputTypeError, "domain is an int"),
        ({"position": edges(10, 10, 30, 30), "domain": "pixl"}, InputValueError, "the domain 'pixl' is unknown"),
        ({"position": edges(100, 50, 200, 90)}, InputValueError, "without a domain, positions are parts.*200 lies far"),
        ({"position": edges(0, 0, 3, 2)}, InputValueError, r"without a domain.*3 lies far.*'?\"domain\": \"pixel\""),
        (
            {"position": {"middle": [-40.5, 3.2], "width": 7, "height": 2}},
            InputValueError,
            "without a domain.* -44 lies",
        ),
    ],
)
def test_positions_that_make_no_sense(box: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=f"RG213: {words}") as caught:
        boxed({"position": edges(0, 0, 1, 1)}, box)
    assert caught.value.problem.where == "boxes 'found', box 1"  # type: ignore[attr-defined]


def test_what_a_model_says_before_it_has_learnt_is_taken() -> None:
    boxed(
        {"position": edges(-0.2, 0, 1.3, 1)},
        {"position": edges(2.7, -1.5, 3.2, 4.4)},
        {"position": edges(-1, 0, 2, 2)},
        {"position": edges(40, 0, 50, 2), "domain": "fraction"},
    )


def test_a_misspelt_name_is_told() -> None:
    where = "boxes 'found', box 0"
    for wrong, near in (("captoin", "box_caption"), ("score", "scores"), ("class", "class_id")):
        with pytest.raises(InputValueError, match=rf"RG210: a box has no '{wrong}' \({where}\).*Did you mean '{near}'"):
            boxed({"position": edges(0, 0, 1, 1), wrong: 1})
    boxed({"position": edges(0, 0, 1, 1), "class_id": 1, "class_name": "cat", "track": 7})
    with pytest.raises(InputValueError, match=r"a layer of boxes has no 'clas_labels'.*'class_labels'"):
        Image(PICTURE, boxes={"a": {"box_data": [], "clas_labels": {}}})


def test_class_numbers_have_64_bits() -> None:
    with pytest.raises(InputValueError, match=r"RG214: class_id is 1e\+20 .*64 bits"):
        boxed({"position": edges(0, 0, 1, 1), "class_id": 10**20})


@pytest.mark.parametrize(
    ("box", "words"),
    [
        ({"class_id": "cat"}, "class_id is a str, not a whole number"),
        ({"class_id": 1.5}, "class_id is a float"),
        ({"class_id": [1]}, "class_id is a list"),
        ({"box_caption": 7}, "box_caption is an int"),
        ({"scores": 0.5}, "scores is a float, not a mapping"),
        ({"scores": {"acc": "high"}}, "the score 'acc' is a str, not a number"),
        ({"scores": {"acc": None}}, "the score 'acc' is a NoneType"),
        ({"scores": {3: 0.5}}, "the name of a score is an int"),
    ],
)
def test_parts_of_wrong_types(box: dict[str, Any], words: str) -> None:
    with pytest.raises(InputTypeError, match=rf"RG214: {words}.*\(boxes 'found', box 0\)"):
        boxed({"position": edges(0, 0, 1, 1), **box})
