"""Reading a chart of many runs, by pointer and by keys; what its label and the page say about keys."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import logged
from tests.browser.test_scalar import hover, panel

Built = Callable[..., Path]
NewPage = Callable[..., Page]

RUNS = 60


@pytest.fixture(scope="session")
def sixty_runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sixty")
    for i in range(RUNS):
        keys = {"loss": [float(i)] * 50, "acc": [math.sin(s / 9) + i for s in range(50)], "x": [float(i)] * 50}
        logged.run(folder, f"run-{i:02}", {**keys, "y": [float(i)] * 50})
    return folder


def all_shown(page: Page) -> None:
    page.wait_for_function("() => window.reportgen?.manifest.runs.length")
    page.locator("[data-show-runs='all']").click()


def inside(box: Locator, x: float, y: float) -> bool:
    found = box.bounding_box()
    assert found
    return found["x"] <= x <= found["x"] + found["width"] and found["y"] <= y <= found["y"] + found["height"]


@pytest.mark.parametrize("screen", ["desktop", "phone"])
def test_a_tooltip_has_the_rows_next_to_the_pointer(
    built: Built, new_page: NewPage, sixty_runs: Path, screen: str
) -> None:
    page = new_page(built(sixty_runs), screen=screen)
    all_shown(page)
    loss = panel(page, "loss")
    page.wait_for_timeout(100)
    _, *rows, more = hover(page, loss, 0.5, 0.5)
    values = [float(row.split()[-1]) for row in rows]
    assert len(rows) == 12
    assert values == sorted(values, reverse=True)
    assert values[6] == pytest.approx(RUNS / 2, abs=2)  # the middle of the chart
    assert more == "48 more"
    area = loss.locator(".plot-area").bounding_box()
    assert area
    for at, height in ((0.02, 0.1), (0.5, 0.5), (0.98, 0.9), (0.9, 0.1)):
        hover(page, loss, at, height)
        x, y = area["x"] + area["width"] * at, area["y"] + area["height"] * height
        assert not inside(page.locator(".tip"), x, y)


def test_from_the_keyboard_a_chart_comes_into_sight_with_its_tooltip(
    built: Built, new_page: NewPage, sixty_runs: Path
) -> None:
    page = new_page(built(sixty_runs))
    loss = panel(page, "loss")
    loss.locator(".plot-area").focus()
    page.keyboard.press("ArrowRight")
    page.mouse.wheel(0, -3000)
    page.wait_for_timeout(200)
    expect(page.locator(".tip")).to_be_hidden()
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(100)
    expect(loss.locator(".plot-area")).to_be_in_viewport(ratio=1)
    tip, area = page.locator(".tip"), loss.locator(".plot-area").bounding_box()
    box = tip.bounding_box()
    assert box
    assert area
    assert area["x"] <= box["x"] <= area["x"] + area["width"]
    assert box["y"] < area["y"] + area["height"]
    assert box["y"] + box["height"] > area["y"]


def test_the_focus_ring_is_whole(built: Built, new_page: NewPage, sixty_runs: Path) -> None:
    page = new_page(built(sixty_runs))
    loss = panel(page, "loss")
    loss.locator(".plot-area").focus()
    page.keyboard.press("End")
    offset = loss.locator(".plot-area").evaluate("e => parseFloat(getComputedStyle(e).outlineOffset)")
    width = loss.locator(".plot-area").evaluate("e => parseFloat(getComputedStyle(e).outlineWidth)")
    assert offset + width <= 0  # the plot cuts off what is beyond its edges


def test_the_label_of_a_chart_says_its_axis_and_its_keys(built: Built, new_page: NewPage, sixty_runs: Path) -> None:
    page = new_page(built(sixty_runs))
    loss = panel(page, "loss").locator(".plot-area")
    keys = ". Left and right arrows read the values, plus and minus zoom, 0 shows all."
    expect(loss).to_have_attribute("aria-label", "loss by step; lowest 0" + keys)
    for axis, words in (("relative", "relative time"), ("metric:x", "x")):
        page.locator(".page.current [data-axis]").first.select_option(axis)
        expect(loss).to_have_attribute("aria-label", f"loss by {words}; lowest 0" + keys)


@pytest.mark.parametrize("where", ["overview", "run"])
def test_keys_are_told_on_every_page(built: Built, new_page: NewPage, sixty_runs: Path, where: str) -> None:
    site = built(sixty_runs)
    page = new_page(site) if where == "overview" else logged.open_run(new_page, site, "run-00")
    page.locator(".keys > summary").click()
    words = page.locator(".keys dl").inner_text()
    assert "Zoom a chart in, − out, 0 shows all of it" in words
    assert "Read values in a chart" in words


def test_a_double_click_resets_the_zoom_and_chooses_no_step(built: Built, new_page: NewPage, tmp_path: Path) -> None:
    run = logged.run(tmp_path, "long", {"loss": [1 / (step + 1) for step in range(100)]})
    site = built(run)
    page = new_page(site)
    page.goto((site.parent / "runs" / "long.html").as_uri())
    loss = panel(page, "loss")
    loss.scroll_into_view_if_needed()
    expect(loss.locator(".plot.drawn")).to_be_visible()
    box = loss.locator(".plot-area").bounding_box()
    assert box
    now = page.locator("[data-step-now]")
    expect(now).to_have_text("99")
    page.mouse.dblclick(box["x"] + box["width"] * 0.4, box["y"] + box["height"] / 2)
    expect(now).to_have_text("99")
    page.mouse.click(box["x"] + box["width"] * 0.4, box["y"] + box["height"] / 2)
    expect(now).not_to_have_text("99")
