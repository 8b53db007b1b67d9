"""Histogram panels: the bars of every step, and what is in no bin."""

import re

import numpy as np
import pytest

from reportgen.panels.histogram import FRAME, view
from tests.panels.conftest import history

EVEN = {"_type": "histogram", "counts": [1, 0, 3, 4], "start": 0.0, "stop": 2.0}
UNEVEN = {"_type": "histogram", "counts": [0.5, 0.25], "edges": [0, 1, 10]}


def corners(d):
    """The outline as a list of shapes: each left, base, and (height, right) of its bars."""
    shapes = []
    for part in re.findall(r"M([\d.]+) ([\d.]+)((?:V[\d.]+H[\d.]+)+)V([\d.]+)z", d):
        shapes.append((float(part[0]), [tuple(map(float, bar)) for bar in re.findall(r"V([\d.]+)H([\d.]+)", part[2])]))
    return shapes


def test_the_last_step_is_shown_first_and_all_steps_are_carried(task):
    shown = view(task(history("grads", records=[UNEVEN, [EVEN, UNEVEN], EVEN], kind="histogram", steps=[3, 5, 9])))
    assert (shown.step, shown.steps, len(shown.items)) == (9, 3, 1)
    assert shown.notes == ["histogram at 3 steps"]
    assert [(frame["step"], frame.get("items", 1)) for frame in shown.data["frames"]] == [(3, 1), (5, 2), (9, 1)]
    arrays = shown.data["columns"].arrays
    assert arrays["bins"].tolist() == [2, 4, 2, 4]
    assert arrays["uneven"].tolist() == [1, 0, 1, 0]
    assert arrays["counts"].tolist() == [0.5, 0.25, 1, 0, 3, 4, 0.5, 0.25, 1, 0, 3, 4]
    assert arrays["edges"].tolist() == [0, 1, 10, 0, 1, 10]
    assert (arrays["low"][1], arrays["high"][1]) == (0, 2)


def test_bars_stand_where_their_edges_are(task):
    (bars,) = view(task(history("h", records=[EVEN], kind="histogram"))).items
    (first, one), (second, two) = corners(bars.d)
    assert (first, second) == (0, 500)
    assert [right for _, right in one + two] == [250, 750, 1000]
    heights = [FRAME - height for height, _ in one + two]
    assert heights[1] / heights[0] == pytest.approx(3, rel=0.01)
    assert heights[2] / heights[0] == pytest.approx(4, rel=0.01)
    assert bars.base == FRAME
    assert [tick.text for tick in bars.y_ticks] == ["0", "2", "4"]
    assert [(tick.at, tick.text) for tick in bars.x_ticks][::2] == [(0, "0"), (0.5, "1"), (1, "2")]


def test_words_tell_what_is_in_no_bin(task):
    odd = EVEN | {"nan": 2, "inf": 1000, "minus_inf": 1, "outside": 5}
    (bars,) = view(task(history("h", records=[odd], kind="histogram"))).items
    assert bars.about == "4 bins, 8 values, 2 × NaN, 1,000 × ∞, 1 × −∞, 5 outside of the edges"
    (bars,) = view(task(history("h", records=[UNEVEN], kind="histogram"))).items
    assert bars.about == "2 bins, bins of different width"
    assert bars.table == [("0", "1", "0.5"), ("1", "10", "0.25")]


def test_the_table_takes_bins_together(task):
    many = EVEN | {"counts": list(range(64))}
    (bars,) = view(task(history("h", records=[many], kind="histogram"))).items
    assert len(bars.table) == 16
    assert bars.table[0] == ("0", "0.125", "6")
    assert bars.table[-1] == ("1.875", "2", "246")


@pytest.mark.parametrize(
    "record",
    [
        EVEN | {"counts": [0, 0]},
        EVEN | {"counts": [-1, 2.5]},
        EVEN | {"counts": [1e308, 1e-300]},
        EVEN | {"start": -1.7e308, "stop": 1.7e308},
        EVEN | {"start": 1.0, "stop": float(np.nextafter(1.0, 2))},
        EVEN | {"counts": [7]},
    ],
)
def test_extreme_histograms_can_be_drawn(task, record):
    shown = view(task(history("h", records=[record], kind="histogram")))
    assert shown.problems == []
    assert "nan" not in shown.items[0].d
    assert "inf" not in shown.items[0].d


@pytest.mark.parametrize("damage", [{"counts": "x"}, {"counts": []}, {"stop": None}, {"_type": "image"}])
def test_a_bad_record_costs_itself(task, damage):
    shown = view(task(history("h", records=[EVEN, EVEN | damage], kind="histogram")))
    assert [frame["step"] for frame in shown.data["frames"]] == [0]
    (problem,) = shown.problems
    assert problem.code == "RG330"
    assert "run-0, h, step 1" in problem.where
    assert shown.notes[1] == "1 could not be shown: see Problems"


def test_nothing_at_all(task):
    shown = view(task(history("h", records=[{}], kind="histogram")))
    assert (shown.items, shown.data["frames"]) == ([], [])
    assert len(shown.data["columns"].arrays["bins"]) == 0
