"""Histogram panels follow the cursor, and their bins are read by pointer and by key."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import logged
from tests.browser.logged import go_to, panel

Built = Callable[..., Path]
NewPage = Callable[..., Page]
DELIVERIES = pytest.mark.parametrize("single", [False, True], ids=["folder", "single"])


def bars(*counts: float, **more: Any) -> dict[str, Any]:
    return {"_type": "histogram", "counts": counts, "start": 0, "stop": len(counts), **more}


@pytest.fixture(scope="session")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with a histogram at steps 10, 40 and 90, and two at a time under another key."""
    folder = tmp_path_factory.mktemp("counted")
    frames = [
        (10, {"one": bars(1, 2, 3, 4)}),
        (40, {"one": bars(0, 5, nan=7), "two": bars(1, 1)}),
        (
            90,
            {"one": {"_type": "histogram", "counts": [8, 4], "edges": [0, 1, 10]}, "two": [bars(2, 1), bars(3, 1, 1)]},
        ),
    ]
    logged.media_run(folder, "m", frames)
    return folder


def drawn(of: Locator) -> list[Any]:
    """What stands in the panel: outlines, ticks, words."""
    found: list[Any] = of.evaluate(
        """panel => [...panel.querySelectorAll('.counted')].map(one => [
            one.querySelector('.bars').getAttribute('d'),
            [...one.querySelectorAll('.plot-y span, .plot-x span')].map(e => [
                e.textContent, e.className, Number(e.style.getPropertyValue('--at')).toFixed(3)]),
            one.querySelector('[data-about]').textContent,
            one.querySelector('svg').getAttribute('aria-label'),
            one.querySelector('.gridline').getAttribute('d'),
            one.querySelector('.base').getAttribute('d'),
        ])"""
    )
    return found


@DELIVERIES
def test_a_panel_shows_the_bars_of_its_step(built: Built, new_page: NewPage, counted: Path, single: bool) -> None:
    page = logged.open_run(new_page, built(counted, single_file=single), "m")
    one = panel(page, "one")
    expect(one.locator(".value")).to_have_text("step 90")
    for step, frame, words in (
        (99, 90, "2 bins, 12 values, bins of different width"),
        (50, 40, "2 bins, 5 values, 7 × NaN"),
        (12, 10, "4 bins, 10 values"),
    ):
        go_to(page, step)
        expect(one.locator(".value")).to_have_text(f"step {frame}")
        expect(one.locator("[data-about]")).to_have_text(words)


def test_the_script_draws_what_the_build_draws(built: Built, new_page: NewPage, counted: Path) -> None:
    page = logged.open_run(new_page, built(counted), "m")
    one = panel(page, "one")
    expect(one.locator(".frame-go")).to_have_count(2)
    first = drawn(one)
    go_to(page, 40)
    expect(one.locator("[data-about]")).to_have_text("2 bins, 5 values, 7 × NaN")
    go_to(page, 99)
    expect(one.locator("[data-about]")).to_have_text("2 bins, 12 values, bins of different width")
    assert drawn(one) == first


def test_as_many_histograms_as_a_step_has(built: Built, new_page: NewPage, counted: Path) -> None:
    page = logged.open_run(new_page, built(counted), "m")
    two = panel(page, "two")
    expect(two.locator("[data-about]")).to_have_text(["2 bins, 3 values", "3 bins, 5 values"])
    go_to(page, 50)
    expect(two.locator("[data-about]")).to_have_text(["2 bins, 2 values"])
    go_to(page, 99)
    expect(two.locator("[data-about]")).to_have_text(["2 bins, 3 values", "3 bins, 5 values"])
    two.locator(".plot-area").nth(1).hover()
    expect(page.locator(".tip")).to_have_text("step 901 to 21")


def test_bins_are_read_by_pointer(built: Built, new_page: NewPage, counted: Path) -> None:
    page = logged.open_run(new_page, built(counted), "m")
    one = panel(page, "one")
    go_to(page, 10)
    expect(one.locator("[data-about]")).to_have_text("4 bins, 10 values")
    area = one.locator(".plot-area")
    box = area.bounding_box()
    assert box is not None
    for place, words in ((0.1, "0 to 11"), (0.6, "2 to 33"), (0.99, "3 to 44")):
        area.hover(position={"x": place * box["width"], "y": box["height"] / 2})
        expect(page.locator(".tip")).to_have_text(f"step 10{words}")
    left, width = one.locator(".bin").evaluate("e => [e.style.left, e.style.width]")
    assert (left, width) == ("75%", "25%")
    page.mouse.move(0, 0)
    expect(page.locator(".tip")).to_be_hidden()


def test_bins_are_read_by_key(built: Built, new_page: NewPage, counted: Path) -> None:
    page = logged.open_run(new_page, built(counted, single_file=True), "m")
    one = panel(page, "one")
    area = one.locator(".plot-area")
    area.focus()
    live = one.locator("[aria-live]")
    for key, words in (
        ("ArrowRight", "0 to 1: 8"),
        ("ArrowRight", "1 to 10: 4"),
        ("ArrowRight", "1 to 10: 4"),
        ("Home", "0 to 1: 8"),
        ("End", "1 to 10: 4"),
    ):
        page.keyboard.press(key)
        expect(live).to_have_text(words)
    page.keyboard.press("Escape")
    expect(page.locator(".tip")).to_be_hidden()


def test_without_script_the_last_histogram_and_its_numbers_are_there(
    built: Built, new_page: NewPage, counted: Path
) -> None:
    page = new_page(built(counted), script=False)
    page.goto((built(counted).parent / "runs" / "m.html").as_uri())
    one = page.locator("[data-kind='histogram']").first
    expect(one.locator(".value")).to_have_text("step 90")
    assert one.locator(".bars").get_attribute("d")
    one.locator("summary").last.click()
    expect(one.locator("tbody td")).to_have_text(["0", "1", "8", "1", "10", "4"])
