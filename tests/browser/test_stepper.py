"""The step bar: one cursor for a page, moved by buttons, track and keys."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import logged

NewPage = Callable[..., Page]


@pytest.fixture(scope="session")
def two_runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two runs: one with text at three steps, one with numbers alone."""
    folder = tmp_path_factory.mktemp("steps")
    logged.media_run(folder, "a", [(step, {"said": f"at {step}"}) for step in (10, 40, 90)])
    logged.media_run(folder, "b", [])
    return folder


@pytest.fixture
def page(built: Callable[..., Path], new_page: NewPage, two_runs: Path) -> Page:
    return logged.open_run(new_page, built(two_runs, single_file=True), "a")


def now(page: Page) -> Locator:
    return page.locator(".page.current [data-step-bar] [data-step-now]")


def button(page: Page, name: str) -> Locator:
    return page.locator(f".page.current [data-step-go='{name}']")


def test_buttons_and_keys_go_to_steps_with_media(page: Page) -> None:
    expect(now(page)).to_have_text("99")
    expect(button(page, "next")).to_be_disabled()
    for step in (90, 40, 10):
        button(page, "previous").click()
        expect(now(page)).to_have_text(str(step))
    expect(button(page, "previous")).to_be_disabled()
    page.keyboard.press("]")
    expect(now(page)).to_have_text("40")
    page.keyboard.press("[")
    expect(now(page)).to_have_text("10")


def test_keys_are_left_to_fields_for_text(page: Page) -> None:
    page.evaluate(
        """() => { const field = document.createElement('input');
                   document.querySelector('.page.current main').prepend(field);
                   field.focus(); }"""
    )
    page.keyboard.press("[")
    expect(now(page)).to_have_text("99")


def test_play_goes_through_and_stops_at_the_end(page: Page) -> None:
    page.clock.install()
    button(page, "play").click()
    expect(now(page)).to_have_text("10")
    expect(button(page, "play")).to_have_attribute("aria-pressed", "true")
    for step in (40, 90):
        page.clock.run_for(900)
        expect(now(page)).to_have_text(str(step))
    expect(button(page, "play")).to_have_attribute("aria-pressed", "false")
    page.clock.run_for(5000)
    expect(now(page)).to_have_text("90")


def test_pages_of_a_single_file_keep_their_own_step(page: Page) -> None:
    button(page, "previous").click()
    expect(now(page)).to_have_text("90")
    page.evaluate("location.hash = '#run/1'")
    expect(page.locator(".page.current h1")).to_have_text("b")
    expect(now(page)).to_have_text("99")
    page.keyboard.press("[")  # a run without media is walked in strides
    expect(now(page)).to_have_text("94")
    page.evaluate("location.hash = '#run/0'")
    expect(now(page)).to_have_text("90")


def test_the_step_is_there_when_a_reader_comes_back(
    built: Callable[..., Path], new_page: NewPage, two_runs: Path
) -> None:
    page = logged.open_run(new_page, built(two_runs), "a")
    button(page, "previous").click()
    button(page, "previous").click()
    expect(now(page)).to_have_text("40")
    page.get_by_role("navigation", name="Place").get_by_role("link").first.click()
    page.wait_for_url("**/index.html")
    page.go_back()
    expect(now(page)).to_have_text("40")


def test_the_track_may_stand_for_a_time_or_a_metric(page: Page) -> None:
    choice = page.get_by_label("Axis of the step bar")
    track = page.locator(".page.current [data-step-range]")
    choice.select_option("relative")
    expect(page.locator(".step-axis output")).to_have_text("45 s")
    assert [track.get_attribute("max"), track.input_value()] == ["1000", "1000"]
    choice.select_option("metric:loss")
    expect(page.locator(".step-axis output")).to_have_text("0.01099")  # of step 90, the last with media
    assert track.input_value() == "0"
    page.keyboard.press("]")  # the next larger loss is an earlier step
    expect(now(page)).to_have_text("40")
    track.evaluate("t => { t.value = 990; t.dispatchEvent(new Event('input', { bubbles: true })); }")
    expect(now(page)).to_have_text("10")
    expect(page.locator("[data-text]").first).to_have_text("at 10")
    expect(button(page, "next")).to_be_disabled()
    choice.select_option("step")
    expect(track).to_have_js_property("value", "10")
    assert track.get_attribute("max") == "99"


def test_a_page_of_numbers_alone_has_no_other_axis(
    built: Callable[..., Path], new_page: NewPage, two_runs: Path
) -> None:
    page = logged.open_run(new_page, built(two_runs, single_file=False), "b")
    expect(page.locator("[data-step-bar]")).to_have_count(1)
    expect(page.get_by_label("Axis of the step bar")).to_have_count(0)
