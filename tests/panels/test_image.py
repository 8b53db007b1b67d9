"""Image panels: every picture of every step, of one run or several, and a reason for each that cannot be shown."""

import pytest
from PIL import Image

from reportgen.panels.image import FIRST, INLINE, view
from reportgen.panels.view import Listing, Originals, Preview
from tests.panels.conftest import history

DIGEST = "ab" * 32


@pytest.fixture
def stored(tmp_path):
    """A record of a picture that lies in the run directory."""

    def store(name=f"media/ab/{DIGEST}.png", **fields):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("L", (6, 4)).save(path)
        return {"_type": "image", "file": name, "width": 6, "height": 4, "format": "png"} | fields

    return store


def images(shown, run=0, frame=-1):
    """The pictures of one frame of one run as scripts receive them."""
    _, _, count, part, at = shown.data["runs"][run]["frames"][frame]
    listed = shown.data["parts"][part]["images"]
    found = (listed.value if isinstance(listed, Listing) else listed)[at]
    assert len(found) == count
    return found


def test_the_last_step_is_shown_first_and_all_steps_are_carried(task, stored):
    one = stored(caption="<b>cat</b>")
    shown = view(
        task(history("val/img", records=[one, [one, stored(scaled_from="-1..1")]], kind="image", steps=[3, 9]))
    )
    assert (shown.step, shown.steps, len(shown.pictures), shown.count) == (9, 2, 2, 2)
    assert [frame["step"] for frame in shown.data["frames"]] == [3, 9]
    assert shown.pictures[0].caption == "<b>cat</b>"
    assert shown.pictures[1].note == "values scaled from −1..1"
    assert (shown.pictures[0].width, shown.pictures[0].height) == (6, 4)
    assert shown.notes == ["3 images at 2 steps"]
    assert [len(images(shown, frame=k)) for k in (0, 1)] == [1, 2]
    assert isinstance(images(shown)[0]["show"], Preview)


def test_a_missing_file_costs_one_picture_and_its_place_says_why(task, stored):
    gone = stored() | {"file": f"media/cd/{'cd' * 32}.png"}
    shown = view(task(history("img", records=[[gone, stored(caption="second")]], kind="image")))
    assert [bool(picture.show) for picture in shown.pictures] == [False, True]
    assert "missing" in shown.pictures[0].lost
    assert "missing" in images(shown)[0]["show"]["lost"]
    assert images(shown)[1]["caption"] == "second"
    (problem,) = shown.problems
    assert problem.code.startswith("RG3")
    assert "run-0, img, step 0" in problem.where
    assert shown.notes[-1] == "1 record could not be shown: see Problems"


@pytest.mark.parametrize(
    "damage", [{"file": "../../etc/passwd"}, {"file": "/etc/passwd"}, {"file": 7}, {"width": "six"}, {"width": -1}]
)
def test_a_bad_record_is_a_problem_and_nothing_outside_is_shown(task, stored, damage):
    shown = view(task(history("img", records=[stored() | damage], kind="image")))
    assert shown.pictures == []
    assert len(shown.problems) == 1
    assert shown.data["frames"] == []


def test_a_format_that_no_browser_shows_is_left_to_the_build(task, stored):
    shown = view(task(history("img", records=[stored(format="tiff"), stored(format="jpg")], kind="image")))
    assert [images(shown, frame=k)[0]["show"].mime for k in (0, 1)] == ["", "image/jpeg"]


def test_a_key_of_many_pictures_has_no_silent_cap(task, stored):
    count = 1_200
    shown = view(task(history("img", records=[[stored()] * count], kind="image")))
    assert len(images(shown)) == shown.count == count
    assert len(shown.pictures) == FIRST
    (part,) = shown.data["parts"]
    assert isinstance(part["images"], Listing)
    assert isinstance(part["pixels"], Originals)
    assert len(part["pixels"].previews) == count
    assert shown.notes == ["1,200 images at 1 step"]


def test_few_pictures_stand_in_the_page_many_in_lists_of_about_a_thousand(task, stored):
    few = view(task(history("img", records=[stored()] * INLINE, kind="image")))
    assert [type(part["images"]) for part in few.data["parts"]] == [list]
    many = view(task(history("img", records=[[stored()] * 400] * 5, kind="image")))
    assert [type(part["images"]) for part in many.data["parts"]] == [Listing] * 3
    assert [frame[3:] for frame in many.data["runs"][0]["frames"]] == [[0, 0], [0, 1], [1, 0], [1, 1], [2, 0]]


def test_pictures_of_a_group_stand_together(task, stored):
    records = [stored(caption=c, grouping=g) for c, g in (("a", 1), ("b", 2), ("c", 1), ("d", None), ("e", 2))]
    records[3].pop("grouping")
    shown = view(task(history("img", records=[records], kind="image")))
    assert "".join(picture.caption for picture in shown.pictures) == "acbed"
    assert [entry.get("group") for entry in images(shown)] == [1, 1, 2, 2, None]


def test_runs_side_by_side(task, stored):
    shown = view(
        task(
            history("img", records=[[stored(caption="a0"), stored(caption="a1")]], kind="image", steps=[5]),
            history("img", records=[stored(caption="old"), [stored(caption="b0")]], kind="image", steps=[2, 7]),
        )
    )
    assert [(p.caption, p.run, p.colour) for p in shown.pictures] == [
        ("a0", "run-0", 1),
        ("b0", "run-1", 2),
        ("a1", "run-0", 1),
    ]
    assert [frame["step"] for frame in shown.data["frames"]] == [2, 5, 7]
    assert [run["run"] for run in shown.data["runs"]] == [0, 1]
    assert images(shown, run=1, frame=0)[0]["caption"] == "old"
    assert (shown.runs, shown.count, shown.step) == (2, 3, 7)
    assert shown.notes == ["4 images at 3 steps", "from 2 runs"]


def test_one_run_has_no_name_beside_its_pictures(task, stored):
    shown = view(task(history("img", records=[stored()], kind="image")))
    assert shown.pictures[0].run == ""


@pytest.mark.parametrize(("mode", "told"), [("L", "L"), ("I;16", "I;16"), ("RGB", None), (None, None)])
def test_grey_pictures_say_so_for_their_values(task, stored, mode, told):
    shown = view(task(history("img", records=[stored(mode=mode) if mode else stored()], kind="image")))
    assert images(shown)[0].get("mode") == told


def test_the_rule_of_scaling_keeps_what_it_says_of_nan(task, stored):
    several = view(task(history("img", records=[stored(scaled_from="0..1", frames=3)], kind="image")))
    assert several.pictures[0].note == "one of 3 frames, values scaled from 0..1"
    shown = view(task(history("img", records=[stored(scaled_from="0..1, NaN as 0")], kind="image")))
    assert shown.pictures[0].note == "values scaled from 0..1, NaN as 0"
