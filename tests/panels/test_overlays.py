"""What lies over pictures: exact classes, names, colours and counts; what is wrong costs one layer."""

import gzip

import numpy as np
import pytest

from reportgen.panels.overlays import INLINE_ALL, STILLS, Overlays, colour
from reportgen.panels.view import Raw, Values
from reportgen.rundir.records.image import ImageRecord
from tests.browser import overlaid

CLASSES = np.array([[0, 1, 1, 2], [0, 1, 9, 2], [0, 0, 0, 255]])
LABELS = {1: "cat", 2: "dog"}


@pytest.fixture
def record(tmp_path):
    """A picture of 4 x 3 pixels with the given layers."""

    def make(masks=(), boxes=(), pixels=None):
        plain = overlaid.image(tmp_path, np.zeros((3, 4)) if pixels is None else pixels)
        layers = {"masks": list(masks), "boxes": list(boxes)}
        return ImageRecord.from_json(plain | {name: found for name, found in layers.items() if found})

    return make


def numbers(raw):
    assert isinstance(raw, Raw)
    return list(gzip.decompress(raw.data))


def test_a_mask_reaches_the_script_as_its_class_numbers(tmp_path, record):
    overlays = Overlays()
    entry = overlays.add(tmp_path, record([overlaid.mask(tmp_path, "pred", CLASSES, LABELS)]), "r, img, step 0")
    (mask,) = entry["masks"]
    assert numbers(mask["data"]) == CLASSES.ravel().tolist()
    assert mask["n"] == [1, 3, 2, 2, 9, 1, 255, 1]
    (layer,) = overlays.data()["layers"]
    assert layer == {
        "name": "pred",
        "kind": "mask",
        "classes": [[1, "cat", 1], [2, "dog", 2], [9, "class_9", 2], [255, "class_255", 3]],
    }
    assert overlays.problems == []


def test_equal_masks_give_equal_bytes(tmp_path, record):
    one, other = (
        Overlays().add(tmp_path, record([overlaid.mask(tmp_path, "m", CLASSES)]), "")["masks"][0] for _ in range(2)
    )
    assert one["data"] == other["data"]


def test_a_large_mask_is_counted_as_a_small_one(tmp_path, record):
    pixels = np.zeros((300, 300), dtype=int)
    pixels[:7, :11] = 200
    layer = overlaid.mask(tmp_path, "m", pixels)
    entry = Overlays().add(tmp_path, record([layer], pixels=np.zeros((300, 300))), "")
    assert entry["masks"][0]["n"] == [200, 77]


@pytest.mark.parametrize(
    ("labels", "listed"),
    [
        (None, []),
        ({1: "cat"}, []),
        ({0: "background"}, [[0, "background", 7, 0]]),
        ({0: "Void "}, [[0, "Void ", 7, 0]]),
        ({0: "sky"}, [[0, "sky", 7]]),
    ],
)
def test_class_0_is_drawn_only_where_it_is_named(tmp_path, record, labels, listed):
    overlays = Overlays()
    overlays.add(tmp_path, record([overlaid.mask(tmp_path, "m", CLASSES, labels)]), "")
    (layer,) = overlays.data()["layers"]
    assert [one for one in layer["classes"] if one[0] == 0] == listed


def test_a_mask_of_zeros_and_ones_has_one_visible_class(tmp_path, record):
    overlays = Overlays()
    overlays.add(tmp_path, record([overlaid.mask(tmp_path, "m", CLASSES == 1)]), "")
    assert overlays.data()["layers"][0]["classes"] == [[1, "class_1", 1]]


def test_a_class_has_its_colour_from_its_number_alone():
    assert [colour(number) for number in (1, 2, 7, 8, 15, 0, -1, None)] == [1, 2, 7, 1, 1, 7, 6, 0]


def test_layers_are_collected_once_for_all_pictures(tmp_path, record):
    overlays = Overlays()
    first = overlays.add(tmp_path, record([overlaid.mask(tmp_path, "pred", CLASSES == 1, LABELS)]), "")
    second = overlays.add(tmp_path, record([overlaid.mask(tmp_path, "pred", CLASSES, LABELS)]), "")
    assert first["masks"][0]["layer"] == second["masks"][0]["layer"] == 0
    (layer,) = overlays.data()["layers"]
    assert [one[0] for one in layer["classes"]] == [1, 2, 9, 255]


def test_a_layer_whose_names_changed_is_told_apart(tmp_path, record):
    overlays = Overlays()
    overlays.add(tmp_path, record([overlaid.mask(tmp_path, "pred", CLASSES, {1: "cat"})]), "")
    entry = overlays.add(tmp_path, record([overlaid.mask(tmp_path, "pred", CLASSES, {1: "dog"})]), "")
    assert entry["masks"][0]["layer"] == 1
    assert [layer["classes"][0] for layer in overlays.data()["layers"]] == [[1, "cat", 1], [1, "dog", 1]]


def test_boxes_reach_the_script_column_by_column(tmp_path, record):
    overlays = Overlays()
    layer = overlaid.boxes(
        "found",
        [[0, 0, 2.005, 3], [-1.5, 1, 4, 2]],
        [3, None],
        {3: "cup"},
        ["mine", None],
        conf=[0.25, None],
        iou=[float(2), -1.0],
    )
    entry = overlays.add(tmp_path, record(boxes=[layer]), "")
    assert entry["boxes"] == [
        {
            "layer": 0,
            "count": 2,
            "n": [3, 1, None, 1],
            "values": {
                "box": [0, 0, 2.0, 3, -1.5, 1, 4, 2],
                "id": [3, None],
                "caption": ["mine", None],
                "scores": {"conf": [0.25, None], "iou": [2.0, -1.0]},
            },
        }
    ]
    (found,) = overlays.data()["layers"]
    assert found["classes"] == [[3, "cup", 3], [None, "", 0]]
    assert found["scores"] == {"conf": [0.25, 0.25], "iou": [-1.0, 2.0]}


def test_a_score_that_is_no_number_is_none_to_the_script(tmp_path, record):
    overlays = Overlays()
    layer = overlaid.boxes("b", [[0, 0, 1, 1]] * 3, [1] * 3, s=[float("nan"), 0.5, float("inf")])
    entry = overlays.add(tmp_path, record(boxes=[layer]), "")
    assert entry["boxes"][0]["values"]["scores"] == {"s": [None, 0.5, None]}
    assert overlays.data()["layers"][0]["scores"] == {"s": [0.5, 0.5]}


def test_many_boxes_are_a_payload_of_their_own_and_few_stand_in_the_page_within_a_budget(tmp_path, record):
    overlays = Overlays()
    many = overlaid.boxes("b", [[i, 0, i + 1, 1] for i in range(500)], [1] * 500)
    entry = overlays.add(tmp_path, record(boxes=[many]), "")
    assert isinstance(entry["boxes"][0]["data"], Values)
    few = record(boxes=[overlaid.boxes("b", [[0, 0, 1, 1]] * 20, [1] * 20)])
    forms = ["values" in overlays.add(tmp_path, few, "")["boxes"][0] for _ in range(INLINE_ALL // 100)]
    assert forms[0]
    assert not forms[-1]


@pytest.mark.parametrize("damage", ["size", "colour", "text", "missing", "labels"])
def test_a_damaged_layer_costs_that_layer_alone(tmp_path, record, damage):
    bad = overlaid.mask(tmp_path, "bad", CLASSES)
    if damage == "size":
        bad = overlaid.mask(tmp_path, "bad", CLASSES[:2])
    elif damage == "colour":
        bad["file"] = overlaid.stored(tmp_path, overlaid.png(np.zeros((3, 4, 3))), "png")
    elif damage == "text":
        bad["file"] = overlaid.stored(tmp_path, b"no picture", "png")
    elif damage == "missing":
        bad["file"] = f"media/ff/{'f' * 64}.png"
    else:
        bad["labels_file"] = overlaid.stored(tmp_path, b"[1]", "labels.json")
    overlays = Overlays()
    good = overlaid.mask(tmp_path, "good", CLASSES)
    entry = overlays.add(tmp_path, record([bad, good]), "r, img, step 7")
    assert [overlays.data()["layers"][mask["layer"]]["name"] for mask in entry["masks"]] == ["good"]
    (problem,) = overlays.problems
    assert problem.code.startswith("RG32")
    assert problem.where == "r, img, step 7, mask 'bad'"
    assert overlays.still(tmp_path, record([bad, good])).words.startswith("Mask good: class_1")
    assert len(overlays.problems) == 1


def test_nothing_over_a_picture_is_none(tmp_path, record):
    overlays = Overlays()
    assert overlays.add(tmp_path, record(), "") is None
    assert overlays.still(tmp_path, record()) is None
    assert overlays.data() == {}


def test_each_layer_of_boxes_has_a_dash_of_its_own(tmp_path, record):
    overlays = Overlays()
    names = ["truth", "found", "third"]
    both = record(boxes=[overlaid.boxes(name, [[1, 0, 3, 2]], [1], {1: "cat"}) for name in names])
    other = record(boxes=[overlaid.boxes("found", [[1, 0, 3, 2]], [1], {1: "another name"})])
    overlays.add(tmp_path, both, "")
    overlays.add(tmp_path, other, "")
    layers = overlays.data()["layers"]
    assert [(layer["name"], layer.get("dash", 1)) for layer in layers] == [
        ("truth", 1),
        ("found", 6),
        ("third", 3),
        ("found", 6),
    ]
    assert [(number, dash) for number, dash, _ in overlays.still(tmp_path, both).boxes] == [(1, 1), (1, 3), (1, 6)]


def test_an_empty_mask_and_no_boxes_are_layers_without_classes(tmp_path, record):
    overlays = Overlays()
    entry = overlays.add(tmp_path, record([overlaid.mask(tmp_path, "m", CLASSES * 0)], [overlaid.boxes("b", [])]), "")
    assert entry["masks"][0]["n"] == []
    assert entry["boxes"][0]["count"] == 0
    assert [layer["classes"] for layer in overlays.data()["layers"]] == [[], []]


def test_the_first_frame_draws_classes_in_the_theme_s_colours_and_boxes_with_labels(tmp_path, record):
    overlays = Overlays()
    layers = {0: "background", 1: "cat"}
    boxes = overlaid.boxes("found", [[1, 0, 3, 2], [0, 0, 4, 3]], [1, 8], {1: "cat", 8: "<b>"}, conf=[0.875, 0.5])
    still = overlays.still(tmp_path, record([overlaid.mask(tmp_path, "m", CLASSES, layers)], [boxes]))
    assert [number for number, _ in still.masks] == [1, 2, 2, 3]
    assert still.masks[0][1] == "M1 0h2v1h-1v1h-1z"
    assert still.boxes == [(1, 1, "M1 0H3V2H1zM0 0H4V3H0z")]
    assert "cat, class_2, class_9, class_255; found: 2 boxes" in still.words
    assert still.labels[0].text == "<b> 0.5"


def test_labels_of_the_first_frame_do_not_cover_each_other(tmp_path, record):
    crowd = overlaid.boxes("b", [[i, 100, i + 40, 140] for i in range(100)], [1] * 100, {1: "thing"})
    plain = record(boxes=[crowd], pixels=np.zeros((300, 400)))
    labels = Overlays().still(tmp_path, plain).labels
    assert 1 <= len(labels) < 8


def test_the_page_holds_the_drawings_of_so_many_pictures(tmp_path, record):
    overlays, one = Overlays(), record([overlaid.mask(tmp_path, "m", CLASSES)])
    drawn = [overlays.still(tmp_path, one) for _ in range(STILLS + 3)]
    assert [still is not None for still in drawn] == [True] * STILLS + [False] * 3
