"""Outlines of masks: filled again, they are the mask."""

import re

import numpy as np
import pytest
from PIL import Image, ImageChops, ImageDraw

from reportgen.panels.contours import CORNERS, outlines, sampled

STEP = re.compile(r"M(\d+) (\d+)|([hv])(-?\d+)|z")


def filled(path, height, width):
    """The area that a path encloses, by the even-odd rule, drawn twenty times as large to see the middles of cells."""
    area = Image.new("1", (width * 4, height * 4))
    for loop in path.split("z")[:-1]:
        points = []
        for x, y, way, by in STEP.findall(loop):
            if x:
                points = [(int(x), int(y))]
            else:
                last = points[-1]
                points.append((last[0] + int(by), last[1]) if way == "h" else (last[0], last[1] + int(by)))
        one = Image.new("1", area.size)
        ImageDraw.Draw(one).polygon([(4 * x, 4 * y) for x, y in points], fill=1)
        area = ImageChops.logical_xor(area, one)
    return np.asarray(area)[2::4, 2::4]


@pytest.mark.parametrize(
    "rows",
    [
        ["#"],
        ["##", "##"],
        ["###", "#.#", "###"],
        ["#.#", ".#.", "#.#"],
        ["##..", "##..", "..##", "..##"],
        [".....", ".###.", ".#.#.", ".###.", "....."],
        ["#...#", ".....", "..#..", "#...#"],
    ],
)
def test_a_filled_outline_is_the_area(rows):
    area = np.array([[cell == "#" for cell in row] for row in rows])
    assert (filled(outlines(area), *area.shape) == area).all()


def test_random_areas_are_found_again():
    dice = np.random.default_rng(5)
    for density in (0.1, 0.5, 0.9):
        area = dice.random((24, 31)) < density
        assert (filled(outlines(area), 24, 31) == area).all()


def test_nothing_has_no_outline():
    assert outlines(np.zeros((4, 5), dtype=bool)) == ""


def test_a_ragged_area_is_drawn_in_coarser_cells_within_its_limits():
    area = np.random.default_rng(0).random((255, 255)) < 0.5
    path = outlines(area)
    assert path.count("h") + path.count("v") <= CORNERS
    assert {int(x) % 2 for x in re.findall(r"M(\d+)", path)} <= {0, 1}
    assert len(path) < 40_000


def test_sampling_takes_the_middles_of_cells_and_keeps_the_shape():
    pixels = np.arange(8, dtype=np.uint8)[None, :].repeat(4, axis=0)
    assert sampled(pixels, 4).tolist() == [[1, 3, 5, 7]] * 2
    assert sampled(pixels, 100).tolist() == pixels.tolist()
    assert sampled(np.zeros((1, 3000), dtype=np.uint8)).shape == (1, 256)
