"""A line chart is the same drawing with and without script, zoomed and on paper: its marks and its dashes."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page

from tests.browser import logged
from tests.browser.test_scalar import drag, panel

Built = Callable[..., Path]
NewPage = Callable[..., Page]


@pytest.fixture(scope="session")
def broken_runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three runs: one is NaN for long, one now and then, one is noise."""
    folder = tmp_path_factory.mktemp("broken")
    logged.run(folder, "a", {"loss": [*[math.nan] * 200, *[1.0] * 100, math.inf, *[2.0] * 99]})
    logged.run(folder, "b", {"loss": [math.nan if i % 40 == 0 else 1.5 for i in range(400)]})
    logged.run(folder, "c", {"loss": [1 + (i * 7919 % 97) / 97 for i in range(400)], "own": [1.0, 2.0, 3.0]})
    return folder


def marks(of: Locator) -> list[Any]:
    """Run, sign, first and last place of every mark."""
    found: list[Any] = of.locator(".odd").evaluate_all(
        """marks => marks.map(m => [m.dataset.run, m.classList[1],
            ...['--at', '--to'].map(name => Math.round(Number(m.style.getPropertyValue(name)) * 1000))])"""
    )
    return sorted(found)


def test_marks_are_the_same_without_script(built: Built, new_page: NewPage, broken_runs: Path) -> None:
    path = built(broken_runs)
    still = marks(new_page(path, script=False).locator("[id='m-loss']"))
    live = marks(panel(new_page(path), "loss"))
    assert len([mark for mark in live if mark[0] == "1"]) == 10
    assert [mark for mark in live if mark[0] == "0"] == [["0", "high", 752, 0], ["0", "nan", 0, 499]]
    assert still == live


def test_a_long_mark_is_as_wide_as_what_it_stands_for(built: Built, new_page: NewPage, broken_runs: Path) -> None:
    loss = panel(new_page(built(broken_runs)), "loss")
    area, mark = loss.locator(".plot-area").bounding_box(), loss.locator(".odd.many").bounding_box()
    assert area
    assert mark
    assert mark["width"] == pytest.approx(area["width"] * 0.499, abs=12)
    assert mark["x"] == pytest.approx(area["x"], abs=6)


SPY = """() => {
    window.dashes = new Set();
    const before = CanvasRenderingContext2D.prototype.setLineDash;
    CanvasRenderingContext2D.prototype.setLineDash = function (dash) {
        if (dash.length) window.dashes.add(dash.map(d => d / devicePixelRatio).join(' '));
        return before.call(this, dash);
    };
}"""


def dash_of(place: Locator) -> str:
    dash: str = place.evaluate("path => getComputedStyle(path).strokeDasharray.replaceAll(/px|,/g, '')")
    return dash


def test_a_run_has_one_dash_everywhere(built: Built, new_page: NewPage, broken_runs: Path) -> None:
    path = built(broken_runs)
    page = new_page(path)
    page.evaluate(SPY)
    loss = panel(page, "loss")
    drag(page, loss, 0.2, 0.9)
    key = [dash_of(page.locator(f"[data-key-bar] [data-key='{run}'] .swatch path")) for run in range(3)]
    assert key[0] == "none"
    assert len(set(key)) == 3
    assert set(page.evaluate("[...window.dashes]")) == set(key[1:])  # however noisy the line is
    page.emulate_media(media="print")
    still = new_page(path, script=False)
    for where in (loss, still.locator("[id='m-loss']")):
        lines = where.locator("svg .line")
        assert [dash_of(line.locator("path")) for line in lines.all()] == key  # and one path each, nothing beneath
    assert dash_of(still.locator("[id='m-own'] svg .line path")) == key[2]  # also where it is alone
