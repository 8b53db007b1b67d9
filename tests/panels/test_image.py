"""Image panels: every picture of every step, and a reason for each that cannot be shown."""

import pytest
from PIL import Image

from reportgen.panels.image import view
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


def test_the_last_step_is_shown_first_and_all_steps_are_carried(task, stored):
    one = stored(caption="<b>cat</b>")
    shown = view(
        task(history("val/img", records=[one, [one, stored(scaled_from="-1..1")]], kind="image", steps=[3, 9]))
    )
    assert (shown.step, shown.steps, len(shown.pictures)) == (9, 2, 2)
    assert [frame["step"] for frame in shown.data["frames"]] == [3, 9]
    assert shown.pictures[0].caption == "<b>cat</b>"
    assert shown.pictures[1].note == "values scaled from −1..1"
    assert (shown.pictures[0].width, shown.pictures[0].height) == (6, 4)
    assert shown.notes == ["3 images at 2 steps"]


def test_a_missing_file_costs_one_picture(task, stored):
    gone = stored() | {"file": f"media/cd/{'cd' * 32}.png"}
    shown = view(task(history("img", records=[[stored(), gone]], kind="image")))
    assert len(shown.pictures) == 1
    (problem,) = shown.problems
    assert problem.code.startswith("RG3")
    assert "run-0, img, step 0" in problem.where


@pytest.mark.parametrize(
    "damage",
    [
        {"file": "../../etc/passwd"},
        {"file": "/etc/passwd"},
        {"file": 7},
        {"width": "six"},
        {"width": -1},
        {"format": "tiff"},
    ],
)
def test_a_bad_record_is_a_problem_and_nothing_outside_is_shown(task, stored, damage):
    shown = view(task(history("img", records=[stored() | damage], kind="image")))
    assert shown.pictures == []
    assert len(shown.problems) == 1
    assert shown.data["frames"] == []


def test_a_key_of_many_hundred_pictures_has_no_silent_cap(task, stored):
    shown = view(task(history("img", records=[[stored()] * 300], kind="image")))
    assert len(shown.pictures) == len(shown.data["frames"][0]["images"]) == 300
