"""A copied address shows what its reader saw: runs, order, axis, zoom, folded groups, the step."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import logged
from tests.browser.conftest import Report

Built = Callable[..., Path]
NewPage = Callable[..., Page]
Opened = Callable[[Path, str], Report]

KEYS = {
    "train/loss": [3.0, 2.0, 1.5, 1.2],
    "train/acc": [0.1, 0.5, 0.6, 0.7],
    "lr": [0.1, 0.1, 0.2, 0.2],
    "gap": [2.0, 1.0] * 2,
}


@pytest.fixture(scope="session")
def three(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three runs of four metrics; one of them with text at two steps."""
    folder = tmp_path_factory.mktemp("three")
    for name in ("a", "b,=&", "c"):
        logged.run(folder, name, KEYS)
    logged.media_run(folder, "said", [(step, {"words": f"at {step}"}) for step in (10, 40, 90)])
    return folder


@pytest.fixture(params=[False, True], ids=["folder", "single"])
def report(request: pytest.FixtureRequest, built: Built, opened: Opened, three: Path) -> Report:
    return opened(built(three, single_file=request.param), "file")


def settled(page: Page) -> str:
    """The page's address when nothing more is written to it."""
    page.wait_for_timeout(400)
    return str(page.evaluate("location.href"))


def chosen(page: Page) -> list[bool]:
    boxes: list[bool] = page.locator("[data-runs] tbody input").evaluate_all("boxes => boxes.map(box => box.checked)")
    return boxes


def names(page: Page) -> list[str]:
    return page.locator("[data-runs] tbody tr .who a").all_inner_texts()


def test_the_choice_of_runs_and_their_order_are_in_the_address(report: Report, new_page: NewPage) -> None:
    page = new_page(report)
    page.locator("[data-runs] tbody tr", has_text="b,=&").locator("input").uncheck()
    for _ in range(2):
        page.locator("[data-runs] thead .sort", has_text="Run").first.click()
    page.locator("[data-find-run]").fill("a")
    order, boxes = names(page), chosen(page)
    assert order == sorted(order, reverse=True)
    again = new_page(report)
    again.goto(settled(page))
    again.reload()
    again.wait_for_function("() => window.reportgen?.manifest.runs.length")
    expect(again.locator("[data-find-run]")).to_have_value("a")
    assert (names(again), chosen(again)) == (order, boxes)
    assert boxes.count(False) == 1
    expect(again.locator("[data-key-bar] [data-key]")).to_have_text(
        page.locator("[data-key-bar] [data-key]").all_inner_texts()
    )
    page.locator("[data-find-run]").fill("")
    page.locator("[data-show-runs=none]").click()
    again.goto(settled(page))
    again.reload()
    again.wait_for_function("() => window.reportgen?.manifest.runs.length")
    assert chosen(again) == [False] * 4
    page.locator("[data-show-runs=all]").click()
    assert "runs=" not in settled(page)


def test_axis_smoothing_and_folded_groups_are_in_the_address(report: Report, new_page: NewPage) -> None:
    page = new_page(report)
    page.locator(".page.current [data-axis]").select_option("relative")
    page.locator(".page.current [data-smoothing]").fill("0.6")
    page.locator(".page.current .group-head", has_text="train/").click()
    again = new_page(report)
    again.goto(settled(page))
    again.reload()
    again.wait_for_function("() => window.reportgen?.manifest.runs.length")
    expect(again.locator(".page.current [data-axis]")).to_have_value("relative")
    expect(again.locator(".page.current [data-axis-note]")).to_have_text("By time since each run began")
    expect(again.locator(".page.current label", has_text="Smoothing").locator("output")).to_have_text("0.60")
    expect(again.locator(".page.current .group", has_text="train/")).not_to_have_attribute("open", "")
    expect(again.locator(".page.current .group", has_text="Without a prefix")).to_have_attribute("open", "")
    assert again.evaluate("[reportgen.state.axis, reportgen.state.smoothing]") == ["relative", 0.6]


def test_a_filter_of_metrics_folds_nothing_in_the_address(report: Report, new_page: NewPage, built: Built) -> None:
    page = new_page(report)
    page.evaluate("document.querySelector('.page.current details.group').open = false")
    before = settled(page)
    assert "folded=" in before
    page.evaluate("document.querySelector('.page.current details.group').open = true")
    assert "folded=" not in settled(page)


def test_a_zoom_is_in_the_address(report: Report, new_page: NewPage) -> None:
    page = new_page(report)
    area = page.locator(".page.current .panel", has_text="train/loss").locator(".plot-area")
    area.scroll_into_view_if_needed()
    expect(area.locator("canvas").first).to_be_attached()
    area.focus()
    page.keyboard.press("+")
    expect(page.locator(".page.current [data-unzoom]")).to_be_visible()
    zoomed = page.evaluate("reportgen.zooms.at('overview|step')")
    again = new_page(report)
    again.goto(settled(page))
    again.reload()
    again.wait_for_function("() => window.reportgen?.manifest.runs.length")
    expect(again.locator(".page.current [data-unzoom]")).to_be_visible()
    assert again.evaluate("reportgen.zooms.at('overview|step')") == zoomed
    page.locator(".page.current [data-unzoom]").click()
    assert "zoom" not in settled(page)


def test_the_step_is_in_the_address(report: Report, new_page: NewPage) -> None:
    page = new_page(report)
    page.goto(report.run_url("said"))
    now = ".page.current [data-step-bar] [data-step-now]"
    for _ in range(2):
        page.locator(".page.current [data-step-go=previous]").click()
    expect(page.locator(now)).to_have_text("40")
    address = settled(page)
    again = new_page(report)
    again.goto(address)
    again.reload()
    again.wait_for_function("() => window.reportgen?.manifest.runs.length")
    expect(again.locator(now)).to_have_text("40")
    expect(again.locator(".page.current .panel", has_text="words")).to_contain_text("at 40")
    # the same page goes there, and back, without being opened anew
    again.evaluate("address => { location.hash = address.split('#')[1].replace('=40', '=10'); }", address)
    expect(again.locator(now)).to_have_text("10")


def test_an_address_with_nonsense_shows_the_beginning(report: Report, new_page: NewPage) -> None:
    page = new_page(report)
    page.goto(
        f"{report.url}#runs?runs=nobody&sort=-nothing&overview.x=metric:none&overview.smoothing=x&zoom%7Coverview%7Cstep=9,1&folded=,x"
    )
    page.reload()
    page.wait_for_function("() => window.reportgen?.manifest.runs.length")
    assert chosen(page) == [True] * 4
    expect(page.locator(".page.current [data-axis]")).to_have_value("step")
    expect(page.locator(".page.current [data-unzoom]")).to_be_hidden()
