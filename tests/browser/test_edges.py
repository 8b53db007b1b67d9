"""Regions that scroll show at which edges more lies, and the page does not move for it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import logged
from tests.browser.chromium import wait_until
from tests.rundir.directories import write_run

Built = Callable[..., Path]
NewPage = Callable[..., Page]

MORE = "region => region.dataset.more ?? ''"
SHADE = """(region, part) => { const style = getComputedStyle(region, part);
    return style.content === 'none' ? 0 : Math.round(parseFloat(style.width)); }"""


@pytest.fixture(scope="session")
def wide_runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty runs with many settings that differ."""
    folder = tmp_path_factory.mktemp("wide")
    for i in range(40):
        write_run(
            folder / f"r{i:02}",
            logged.rows({f"some/metric-{j}": [1.0, 0.5] for j in range(8)}),
            run={"id": f"r{i:02}", "name": f"run number {i}", "notes": "```\n" + "word " * 300 + "\n```"},
            config=json.dumps({f"a_long_setting_{j}": i * j for j in range(1, 30)}).encode(),
        )
    return folder


def says(region: Locator, words: str) -> None:
    expect(region).to_have_attribute("data-more", words)


@pytest.mark.parametrize("screen", ["desktop", "phone"])
def test_the_table_of_runs_says_on_which_side_more_lies(
    built: Built, new_page: NewPage, wide_runs: Path, screen: str
) -> None:
    page = new_page(built(wide_runs), screen=screen)
    region = page.get_by_role("region", name="Table of runs")
    says(region, "end")
    assert region.evaluate(SHADE, "::after") > 10
    if screen == "desktop":
        region.focus()
        page.keyboard.press("ArrowRight")
    else:
        region.evaluate("region => { region.scrollLeft = 40; }")
    says(region, "start end")
    name = page.locator(".runs tbody .fix").first
    assert name.evaluate(SHADE, "::after") > 10
    region.evaluate("region => { region.scrollLeft = 1e6; }")
    says(region, "start")
    assert region.evaluate(SHADE, "::after") == 0
    region.evaluate("region => { region.scrollLeft = 0; }")
    says(region, "end")
    assert name.evaluate(SHADE, "::after") == 0


def test_a_table_that_has_room_says_nothing(built: Built, new_page: NewPage, tmp_path: Path) -> None:
    write_run(tmp_path / "r" / "one", logged.rows({"loss": [1.0, 0.5]}), run={"id": "one", "name": "one"})
    page = new_page(built(tmp_path / "r"))
    wait_until(page, "reportgen.state.page")
    page.wait_for_timeout(100)
    for region in page.locator(".scroll, .legend").all():
        assert region.evaluate(MORE) == ""


def test_columns_that_are_folded_away_and_chosen_runs_count(built: Built, new_page: NewPage, wide_runs: Path) -> None:
    page = new_page(built(wide_runs))
    region, key = page.get_by_role("region", name="Table of runs"), page.locator("[data-key-bar]")
    says(region, "end")
    page.locator(".columns summary").click()
    for box in page.locator(".columns fieldset:last-of-type input").all():
        box.uncheck()
    says(region, "")
    assert key.evaluate(MORE) == ""
    page.get_by_role("button", name="Show all").click()
    says(key, "below")
    key.evaluate("key => { key.scrollTop = 30; }")
    says(key, "above below")
    page.get_by_role("button", name="Show none").click()
    says(key, "")


def test_the_key_of_a_phone_and_the_contents_of_a_run_say_so(built: Built, new_page: NewPage, wide_runs: Path) -> None:
    page = new_page(built(wide_runs, single_file=True), screen="phone")
    key = page.locator("[data-key-bar]")
    key.scroll_into_view_if_needed()
    says(key, "end")
    assert key.evaluate(SHADE, "::after") > 10
    page.evaluate("location.hash = '#run/0'")
    says(page.locator(".page.current .prose pre"), "end")


def test_nothing_moves_for_a_hint(built: Built, new_page: NewPage, wide_runs: Path) -> None:
    page = new_page(built(wide_runs), screen="phone")
    region = page.get_by_role("region", name="Table of runs")
    says(region, "end")
    size = "region => [region.scrollWidth, region.scrollHeight, region.clientHeight, document.body.scrollHeight]"
    with_hint = region.evaluate(size)
    region.evaluate("region => { delete region.dataset.more; }")
    assert region.evaluate(size) == with_hint
    key = page.locator("[data-key-bar]")
    with_hint = key.evaluate(size)
    key.evaluate("key => { delete key.dataset.more; }")
    assert key.evaluate(size) == with_hint


def test_paper_shows_no_hint(built: Built, new_page: NewPage, wide_runs: Path) -> None:
    page = new_page(built(wide_runs))
    region = page.get_by_role("region", name="Table of runs")
    says(region, "end")
    page.emulate_media(media="print")
    assert region.evaluate(SHADE, "::after") == 0
