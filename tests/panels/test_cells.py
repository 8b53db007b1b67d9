"""The cells of a table on a page: numbers in few digits, pictures, links, and words for all else."""

import math

import pytest

from reportgen.panels.cells import Cells, TableCell
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
        (None, "–"),
        (0, "0"),
        (2026, "2026"),
        (-1234567, "−1234567"),
        (2**70, "1180591620717411303424"),
        (3.0, "3"),
        (0.1 + 0.2, "0.3"),
        (-1234.5678, "−1234.57"),
        (1.5e-7, "1.5e-7"),
        (2.5e20, "2.5e20"),
        (math.nan, "NaN"),
        (-math.inf, "−∞"),
    ],
)
def test_numbers(cells, value, text):
    assert cells.column("c", "number", [value]) == [TableCell(text)]


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([1, 0.5, -0.25, None], ["1.00", "0.50", "−0.25", "–"]),
        ([1 / 3, 2.0, math.nan], ["0.33333", "2.00000", "NaN"]),
        ([1234.5, 1 / 3], ["1234.5", "0.333333"]),
        ([0.5, 1e-9], ["0.5", "1e-9"]),
        ([2020, 2026], ["2020", "2026"]),
        ([0.0, 0.125], ["0.000", "0.125"]),
        ([], []),
    ],
)
def test_numbers_of_a_column_have_the_same_decimals(cells, values, texts):
    assert [cell.text for cell in cells.column("c", "number", values)] == texts


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        ("text", "</script>", "</script>"),
        ("text", "a T b", "a T b"),
        ("bool", True, "true"),
        ("time", "2026-11-21T09:11:00", "2026-11-21 09:11:00"),
        ("duration", 1.5, "1.5\u202fs"),
        ("duration", None, "–"),
        ("list", [1, [None, "é"], math.nan], '[1, [null, "é"], "NaN"]'),
        ("map", {"a": 1}, '{"a": 1}'),
        ("mixed", False, "false"),
        ("mixed", 0.5, "0.5"),
        ("mixed", "x", "x"),
        ("of the future", 7, "7"),
    ],
)
def test_other_values(cells, kind, value, text):
    assert cells.column("c", kind, [value]) == [TableCell(text)]


def test_pictures(cells, folder):
    (cell,) = cells.column("c", "image", [Tagged(IMAGE | {"caption": "<b>"})])
    (thumb,) = cell.thumbs
    assert (cell.text, thumb.width, thumb.height, thumb.file.mime) == ("<b>", 30, 20, "image/png")
    assert thumb.file.source == folder / PNG
    (cell,) = cells.column("c", "list", [[IMAGE, IMAGE]])
    assert len(cell.thumbs) == 2
    (cell,) = cells.column("c", "figure", [FIGURE])
    assert (cell.text, len(cell.thumbs)) == ("waves", 1)


def test_media_without_pictures_are_told_in_words(cells, folder):
    assert cells.column("c", "histogram", [HISTOGRAM]) == [TableCell("histogram, 2 bins")]
    assert cells.column("c", "table", [TABLE]) == [TableCell("table, 2 rows, 1 column")]
    tape = Tagged({"_type": "tape", "file": TAPE, "caption": "noise"})
    (cell,) = cells.column("c", "tape", [tape])
    assert cell.text == "tape: noise"
    assert cell.file.source == folder / TAPE


def test_what_is_missing_is_told_once_per_column(cells):
    gone = Tagged(IMAGE | {"file": f"media/cd/{'cd' * 32}.png"})
    outside = Tagged(IMAGE | {"file": "../../etc/passwd.png"})
    shown = cells.column("a", "image", [gone, None, gone]) + cells.column("b", "image", [outside])
    assert all(cell.thumbs == () for cell in shown)
    first, second = cells.problems
    assert (first.code, second.code) == ("RG321", "RG320")
    assert first.where == "run, key, step 3, column 'a', 2 cells"
