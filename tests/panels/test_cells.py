"""The cells of a table on a page: numbers in few digits, pictures, links, and words for all else."""

import math

import numpy as np
import pytest

from reportgen.panels.cells import Cells, Json, TableCell, decimals_of, number_text
from reportgen.rundir.jsonl import Tagged

DIGEST = "ab" * 32
PNG = f"media/ab/{DIGEST}.png"
TAPE = f"media/ab/{DIGEST}.tape"
IMAGE = Tagged({"_type": "image", "file": PNG, "width": 30, "height": 20, "format": "png"})
FIGURE = Tagged({"_type": "figure", "library": "matplotlib", "picture": PNG, "width": 6, "height": 4, "title": "waves"})
HISTOGRAM = Tagged({"_type": "histogram", "counts": [1, 2], "start": 0, "stop": 1})
TABLE = Tagged({"_type": "table", "columns": [{"name": "a", "type": "number"}], "rows": 2, "values": [[1, 2]]})


@pytest.fixture
def folder(tmp_path):
    for name in (PNG, TAPE):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    return tmp_path


@pytest.fixture
def cells(folder):
    return Cells(folder, "run, key, step 3")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (2026, "2026"),
        (-1234567, "−1234567"),
        (2**70, "1180591620717411303424"),
        (3.0, "3"),
        (0.1 + 0.2, "0.3"),
        (-1234.5678, "−1234.57"),
        (1.5e-7, "1.5e-7"),
        (2.5e20, "2.5e20"),
        (100000.5, "100001"),
        (math.nan, "NaN"),
        (-math.inf, "−∞"),
    ],
)
def test_numbers(value, text):
    assert number_text(value) == text


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([1, 0.5, -0.25], ["1.00", "0.50", "−0.25"]),
        ([1 / 3, 2.0, math.nan], ["0.33333", "2.00000", "NaN"]),
        ([1234.5, 1 / 3], ["1234.5", "0.333333"]),
        ([0.5, 1e-9], ["0.5", "1e-9"]),
        ([0.0, 0.125], ["0.000", "0.125"]),
        ([0.125, 100.0, 2.5], ["0.125", "100.000", "2.500"]),
        ([3.0, 4.0], ["3", "4"]),
        ([1e300, 0.5], ["1e300", "0.5"]),
        ([math.inf], ["∞"]),
    ],
)
def test_numbers_of_a_column_have_the_same_decimals(values, texts):
    decimals = decimals_of(np.array(values, dtype=np.float64))
    assert [number_text(value, decimals) for value in values] == texts


@pytest.mark.parametrize(
    ("value", "word"),
    [
        (None, None),
        ("</script>", "</script>"),
        (False, False),
        (0.5, 0.5),
        ([1, [None, "é"], math.nan], '[1, [null, "é"], "NaN"]'),
        ({"a": 1}, '{"a": 1}'),
        ([], "[]"),
    ],
)
def test_values_that_are_no_media(cells, value, word):
    assert cells.word("c", value) == word


def test_lists_are_told_from_texts_that_read_the_same(cells):
    assert isinstance(cells.word("c", [1]), Json)
    assert not isinstance(cells.word("c", "[1]"), Json)


def test_pictures(cells, folder):
    cell = cells.word("c", Tagged(IMAGE | {"caption": "<b>"}))
    (thumb,) = cell.thumbs
    assert (cell.text, thumb.width, thumb.height, thumb.file.mime) == ("<b>", 30, 20, "image/png")
    assert (thumb.file.source, thumb.overlay) == (folder / PNG, -1)
    assert len(cells.word("c", [IMAGE, IMAGE]).thumbs) == 2
    cell = cells.word("c", FIGURE)
    assert (cell.text, len(cell.thumbs)) == ("waves", 1)


def test_what_lies_over_a_picture_has_a_number(folder):
    asked = []
    cells = Cells(folder, "run, key, step 3", lambda column, record: asked.append((column, record)) or 4)
    (thumb,) = cells.word("c", IMAGE).thumbs
    assert (thumb.overlay, asked) == (4, [("c", IMAGE)])
    assert cells.word("c", FIGURE).thumbs[0].overlay == -1


def test_media_without_pictures_are_told_in_words(cells, folder):
    assert cells.word("c", HISTOGRAM) == TableCell("histogram, 2 bins", bars=(0.5, 1.0))
    assert cells.word("c", TABLE) == TableCell("table, 2 rows, 1 column")
    tape = Tagged({"_type": "tape", "file": TAPE, "caption": "noise"})
    cell = cells.word("c", tape)
    assert cell.text == "tape: noise"
    assert cell.file.source == folder / TAPE


@pytest.mark.parametrize(
    ("counts", "bars"),
    [([0, 0], ()), ([1] * 96, (1.0,) * 48), ([math.nan, 2, 1], (1.0, 0.5)), ("none", ()), ([-1, 4], (0.0, 1.0))],
)
def test_a_histogram_has_few_bars(cells, counts, bars):
    assert cells.word("c", Tagged(HISTOGRAM | {"counts": counts})).bars == bars


def test_what_is_missing_is_told_once_per_column(cells):
    gone = Tagged(IMAGE | {"file": f"media/cd/{'cd' * 32}.png"})
    outside = Tagged(IMAGE | {"file": "../../etc/passwd.png"})
    shown = [cells.word("a", gone), cells.word("a", gone), cells.word("b", outside)]
    assert all(cell.thumbs == () for cell in shown)
    first, second = cells.problems
    assert (first.code, second.code) == ("RG321", "RG320")
    assert first.where == "run, key, step 3, column 'a', 2 cells"
